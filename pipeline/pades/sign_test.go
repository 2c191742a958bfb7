package pades_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"image"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
)

// TestSignedPassesTheGate signs in every way and has our own gate and verifier
// judge the file.
func TestSignedPassesTheGate(t *testing.T) {
	ec, rs := newSigner(t, ecKey(t), nil), newSigner(t, rsaKey(t), nil)
	once := sign(t, request(paper(t, 1), blockLines()...), ec)
	alone := ec
	alone.chain = ec.chain[:1]
	for _, c := range []struct {
		name       string
		file       []byte
		signatures int
	}{
		{"ecdsa", once, 1},
		{"rsa", sign(t, request(paper(t, 2), blockLines()...), rs), 1},
		{"without block", sign(t, request(paper(t, 1)), ec), 1},
		{"without chain", sign(t, request(paper(t, 1)), alone), 1},
		{"twice", sign(t, request(once), rs), 2},
		{"three times", sign(t, request(sign(t, request(once), rs)), ec), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := check(t, c.file); err != nil {
				t.Error(err)
			}
			report := verify(t, c.file)
			if report.Verdict != pades.Valid || len(report.Signatures) != c.signatures {
				t.Errorf("verdict %s with %d signatures: %+v", report.Verdict, len(report.Signatures), report)
			}
			for i, s := range report.Signatures {
				if s.WholeFile != (i == len(report.Signatures)-1) || !s.ClaimedAt.Equal(signingTime) || s.Certificate.Organization != "UBND xã Đông Thạnh" {
					t.Errorf("signature %d: %+v", i, s)
				}
			}
		})
	}
}

func check(t testing.TB, file []byte) error {
	t.Helper()
	return pades.Check(context.Background(), bytes.NewReader(file), int64(len(file)))
}

func verify(t testing.TB, file []byte) pades.Report {
	t.Helper()
	report, err := pades.Verify(context.Background(), bytes.NewReader(file), int64(len(file)), pades.VerifyOptions{At: signingTime})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestSameRequestSameBytes: all but the signature is a function of the request,
// so that an interrupted signer can prepare again and find the same digest.
func TestSameRequestSameBytes(t *testing.T) {
	file, by := paper(t, 1), newSigner(t, ecKey(t), nil)
	var digests [2][32]byte
	for i := range digests {
		p, err := pades.Prepare(t.Context(), request(file, blockLines()...))
		if err != nil {
			t.Fatal(err)
		}
		tbs, err := p.ToBeSigned(by.chain)
		if err != nil {
			t.Fatal(err)
		}
		digests[i] = tbs.Digest
	}
	if digests[0] != digests[1] {
		t.Error("the same request gives two digests")
	}
	r := newSigner(t, rsaKey(t), nil) // PKCS#1 v1.5 has no randomness
	if !bytes.Equal(sign(t, request(file), r), sign(t, request(file), r)) {
		t.Error("the same request and signature give two files")
	}
}

// TestCertificateRefused: a certificate that can not sign is refused before the
// key is touched, with a reason for the clerk.
func TestCertificateRefused(t *testing.T) {
	p, err := pades.Prepare(t.Context(), request(paper(t, 1)))
	if err != nil {
		t.Fatal(err)
	}
	key := ecKey(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other := newSigner(t, key, nil)
	for _, c := range []struct {
		name  string
		chain []*x509.Certificate
		want  dossier.Reason
	}{
		{"not yet", newSigner(t, key, func(c *x509.Certificate) { c.NotBefore = signingTime.Add(time.Second) }).chain, dossier.ReasonCertificateEarly},
		{"expired", newSigner(t, key, func(c *x509.Certificate) { c.NotAfter = signingTime.Add(-time.Second) }).chain, dossier.ReasonCertificateExpired},
		{"usage", newSigner(t, key, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }).chain, dossier.ReasonCertificateUsage},
		{"chain", append(newSigner(t, key, nil).chain[:1:1], other.chain[1:]...), dossier.ReasonCertificateChain},
		{"curve", newSigner(t, p384, nil).chain, dossier.ReasonKeyUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := p.ToBeSigned(c.chain); dossier.ReasonOf(err) != c.want || dossier.KindOf(err) != dossier.Park {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	tbs, err := p.ToBeSigned(other.chain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tbs.Sign(t.Context(), ecKey(t)); dossier.ReasonOf(err) != dossier.ReasonCertificateKey {
		t.Errorf("another key: %v", err)
	}
	if _, err := tbs.Complete([]byte{1, 2, 3}); dossier.ReasonOf(err) != dossier.ReasonSigning || dossier.KindOf(err) != dossier.Park {
		t.Errorf("a signature that is none: %v", err)
	}
}

// TestRoom: a container that does not fit is told before the key signs, and
// what the error asks for is enough.
func TestRoom(t *testing.T) {
	by := newSigner(t, rsaKey(t), nil)
	r := request(paper(t, 1))
	r.Room = 100
	p, err := pades.Prepare(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.ToBeSigned(by.chain)
	small, ok := errors.AsType[*pades.RoomError](err)
	if !ok || small.Have != 100 {
		t.Fatalf("got %v", err)
	}
	r.Room = small.Need
	if err := check(t, sign(t, r, by)); err != nil {
		t.Error(err)
	}
}

// TestChangedInput: a file that changes between hashing and writing is not
// signed silently.
func TestChangedInput(t *testing.T) {
	file, by := paper(t, 1), newSigner(t, ecKey(t), nil)
	p, err := pades.Prepare(t.Context(), request(file))
	if err != nil {
		t.Fatal(err)
	}
	tbs, err := p.ToBeSigned(by.chain)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := tbs.Sign(t.Context(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	file[len(file)/2] ^= 1
	if _, err := signed.WriteTo(&bytes.Buffer{}); dossier.ReasonOf(err) != dossier.ReasonChanged {
		t.Errorf("got %v", err)
	}
}

// TestRefusedInput: what is not a finished file of ours is not signed.
func TestRefusedInput(t *testing.T) {
	file := paper(t, 1)
	for name, b := range map[string][]byte{
		"empty": nil, "cut": file[:len(file)-10], "tail": append(bytes.Clone(file), ' '), "no pdf": []byte(strings.Repeat("x", 500)),
	} {
		if _, err := pades.Prepare(t.Context(), request(b)); dossier.ReasonOf(err) != dossier.ReasonGate {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, reason := range []string{"a\nb", strings.Repeat("x", 2000), "\xFF"} {
		r := request(file)
		r.Reason = reason
		if _, err := pades.Prepare(t.Context(), r); err == nil {
			t.Errorf("reason %q was taken", reason[:1])
		}
	}
}

// TestBlock: where the block lies, and what it refuses.
func TestBlock(t *testing.T) {
	b := pades.Block{Lines: blockLines()}
	const w, h = 595.28, 841.89 // A4
	place, err := b.Place(w, h)
	if err != nil {
		t.Fatal(err)
	}
	if place.X0 < w/2 || place.X1 > w-28 || place.Y0 < h-70 || place.Y1 > h-14 || place.X0 >= place.X1 || place.Y0 >= place.Y1 {
		t.Errorf("block lies at %+v", place)
	}
	for _, c := range []struct {
		name  string
		lines []string
		wide  float64
		want  dossier.Reason
	}{
		{"no lines", nil, w, dossier.ReasonBlockRoom},
		{"narrow page", blockLines(), 150, dossier.ReasonBlockRoom},
		{"line break", []string{"a\nb"}, w, dossier.ReasonBlockRoom},
		{"letter of another script", []string{"Ủy ban 喃"}, w, dossier.ReasonLetterMissing},
	} {
		_, err := pades.Block{Lines: c.lines}.Place(c.wide, h)
		if dossier.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if c.want == dossier.ReasonLetterMissing && !strings.Contains(err.Error(), "U+5583") {
			t.Errorf("the missing letter is not named: %v", err)
		}
	}
	if _, err := pades.Prepare(t.Context(), request(paperOf(t, 1, image.Rect(0, 0, 20, 20)), blockLines()...)); dossier.ReasonOf(err) != dossier.ReasonBlockRoom {
		t.Errorf("a small page: %v", err)
	}
}

// TestUserUnit: a sheet larger than PDF's units allow carries a block of the
// same size on paper.
func TestUserUnit(t *testing.T) {
	file := sign(t, request(paperOf(t, 1, image.Rect(0, 0, 2500, 300)), blockLines()...), newSigner(t, ecKey(t), nil)) // 250 inches at 10 dpi
	if err := check(t, file); err != nil {
		t.Fatal(err)
	}
	place, err := pades.Block{Lines: blockLines()}.Place(18000, 2160)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(file, []byte("/Rect["))
	var left float64
	for i, word := range strings.Fields(string(file[at+6 : at+40])) {
		if i == 0 {
			left, err = strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if math.Abs(left-place.X0/2) > 0.02 {
		t.Errorf("left edge %v units of two points, want %v points", left, place.X0)
	}
}

// TestTimeLine: the time of a block is that of Viet Nam.
func TestTimeLine(t *testing.T) {
	if got, want := pades.TimeLine(signingTime), "2026-11-22T11:02:08+07:00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSecondBlock: a second block would cover the first.
func TestSecondBlock(t *testing.T) {
	by := newSigner(t, ecKey(t), nil)
	once := sign(t, request(paper(t, 1), blockLines()...), by)
	if _, err := pades.Prepare(t.Context(), request(once, blockLines()...)); dossier.ReasonOf(err) != dossier.ReasonBlockRoom {
		t.Errorf("got %v", err)
	}
}
