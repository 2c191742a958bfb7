package pades_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sohoa/pipeline/pades"
)

// TestFlippedByte flips one bit of every byte of a signed file. Our gate finds
// each one. So does the verifier; in the certificates above the signer's own it
// finds that they are not those the signer meant.
func TestFlippedByte(t *testing.T) {
	by := newSigner(t, ecKey(t), nil)
	every := request(paper(t, 1))
	every.Room = roomFor(t, every, by) // no padding: every digit means something
	flip(t, sign(t, every, by), flipStep)
	flip(t, sign(t, request(paper(t, 1), blockLines()...), by), 67)
}

// roomFor gives the room a container needs.
func roomFor(t *testing.T, r pades.Request, by signer) int {
	t.Helper()
	r.Room = 1
	p, err := pades.Prepare(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.ToBeSigned(by.chain)
	small, ok := errors.AsType[*pades.RoomError](err)
	if !ok {
		t.Fatal(err)
	}
	return small.Need
}

// flip flips a bit of every step-th byte.
func flip(t *testing.T, file []byte, step int) {
	t.Helper()
	bit := rand.New(rand.NewPCG(26, uint64(step)))
	b := bytes.Clone(file)
	for i := bit.IntN(step); i < len(file); i += step {
		b[i] ^= 1 << bit.IntN(8)
		if check(t, b) == nil {
			t.Errorf("the gate lets byte %d pass: %q for %q", i, b[i], file[i])
		}
		if report := verify(t, b); report.Verdict == pades.Valid && !certificatesBroken(report) {
			t.Errorf("the verifier finds nothing at byte %d: %q for %q", i, b[i], file[i])
		}
		b[i] = file[i]
	}
}

func certificatesBroken(r pades.Report) bool {
	return slices.ContainsFunc(r.Signatures[0].Findings, func(f pades.Finding) bool { return f.Code == pades.CertificateBroken })
}

// TestFlippedByteOutside has pdfsig agree, on a sample of the covered bytes.
func TestFlippedByteOutside(t *testing.T) {
	file := sign(t, request(paper(t, 1), blockLines()...), newSigner(t, rsaKey(t), nil))
	from := bytes.Index(file, []byte("/Contents<"))
	places := rand.New(rand.NewPCG(7, 7))
	for range 10 {
		i := places.IntN(from)
		b := bytes.Clone(file)
		b[i] ^= 1
		out, _ := run(t, "pdfsig", "-nocert", save(t, "flipped.pdf", b)) // fails or not: what counts is what it says
		if strings.Contains(out, "Signature is Valid") {
			t.Errorf("pdfsig finds nothing at byte %d", i)
		}
		if check(t, b) == nil {
			t.Errorf("the gate finds nothing at byte %d", i)
		}
	}
}
