package pades_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/pipeline/pades"
	"sohoa/pipeline/pades/cms"
)

// seeds adds our own signed files, and, where the collection is at hand,
// foreign signed and broken ones.
func seeds(f *testing.F, add func(b []byte)) {
	f.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	r := request(paper(f, 1), "SAO Y")
	r.Room = 2500
	add(sign(f, r, newSigner(f, key, nil)))
	root := os.Getenv("SOHOA_CORPUS")
	if root == "" {
		return
	}
	for _, folder := range []string{"sign", "bad-pdf"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".pdf") {
				return err
			}
			b, err := os.ReadFile(path)
			if len(b) < 200<<10 {
				add(b)
			}
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
}

// FuzzVerify: whatever the bytes, there is a verdict, and only a signature
// without a finding against it is valid.
func FuzzVerify(f *testing.F) {
	seeds(f, func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, b []byte) {
		report, err := pades.Verify(context.Background(), bytes.NewReader(b), int64(len(b)), pades.VerifyOptions{At: signingTime})
		if err != nil {
			t.Fatal(err)
		}
		if report.Verdict == pades.Valid && len(report.Signatures) == 0 {
			t.Error("valid without a signature")
		}
		_ = check(t, b) // must come back
	})
}

// FuzzContainer: no container brings the parser down.
func FuzzContainer(f *testing.F) {
	f.Add(container(f, sign(f, request(paper(f, 1)), newSigner(f, ecKey(f), nil))))
	f.Add([]byte{0x30, 0x80, 0x06, 0x01, 0x2A, 0x24, 0x80, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00})
	f.Fuzz(func(_ *testing.T, b []byte) {
		c, err := cms.Parse(b)
		if err != nil {
			return
		}
		c.Chain()
		_, _, _ = c.StampedDigest()
	})
}
