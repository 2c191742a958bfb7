package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
)

// checkSigned is the gate for a signed file: every byte is as package pades
// writes it, its signature is valid and covers the whole file.
func checkSigned(ctx context.Context, r io.ReaderAt, size int64) (pades.SignatureFacts, error) {
	if err := pades.Check(ctx, r, size); err != nil {
		return pades.SignatureFacts{}, err
	}
	report, err := pades.Verify(ctx, r, size, pades.VerifyOptions{})
	if err != nil {
		return pades.SignatureFacts{}, err
	}
	n := len(report.Signatures)
	if report.Verdict != pades.Valid || n == 0 || !report.Signatures[n-1].WholeFile || report.Signatures[n-1].Certificate == nil {
		return pades.SignatureFacts{}, fmt.Errorf("the verdict on its signature is %s", report.Verdict)
	}
	return report.Signatures[n-1], nil
}

// checkSignedAs is checkSigned for a file that must be signed as an intent says.
func checkSignedAs(ctx context.Context, r io.ReaderAt, size int64, s *dossier.Signing) error {
	facts, err := checkSigned(ctx, r, size)
	if err != nil {
		return err
	}
	if facts.Certificate.SHA256 != string(s.Certificate.SHA256) || !facts.ClaimedAt.Equal(s.At) {
		return errors.New("it is signed by another certificate or at another time than intended")
	}
	return nil
}

// checkSignedFile passes a signed PDF through the gate again.
func checkSignedFile(ctx context.Context, path string) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	stat, err := file.Stat()
	if err != nil {
		return err
	}
	_, err = checkSigned(ctx, file, stat.Size())
	return err
}
