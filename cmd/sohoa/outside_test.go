package main

import (
	"bytes"
	"context"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	pdfcpu "github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model" // this package has a type called model
	"github.com/rogpeppe/go-internal/testscript"

	"sohoa/pipeline/pdfa/pdfatest"
)

// outsideCommand has programs that are not ours judge what the program signed:
// every version of a paper in an archive but the first; CERTIFICATE is a file with
// the signer's own. As many as said must have a first page that is drawn smaller
// than in the first version.
//
//	outside ARCHIVE CERTIFICATE SMALLER
func outsideCommand(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 3 {
			ts.Fatalf("usage: outside ARCHIVE CERTIFICATE SMALLER")
		}
		archive := ts.MkAbs(args[0])
		signed, err := filepath.Glob(filepath.Join(archive, "objects/u/*/c/*/v[2-9].pdf"))
		ts.Check(err)
		if len(signed) == 0 {
			ts.Fatalf("nothing is signed in %s", archive)
		}
		smaller := 0
		for _, path := range signed {
			ts.Check(judgedWell(t.Context(), path, ts.MkAbs(args[1])))
			isSmaller, err := drawnSmaller(t.Context(), path)
			ts.Check(err)
			if isSmaller {
				smaller++
			}
		}
		if strconv.Itoa(smaller) != args[2] {
			ts.Fatalf("%d of %d signed papers are drawn smaller, want %s", smaller, len(signed), args[2])
		}
		pdfatest.Validate(inScript{t, ts}, signed...)
	}
}

// inScript is a test that fails in its script.
type inScript struct {
	testing.TB
	ts *testscript.TestScript
}

// Fatalf ends the script.
func (s inScript) Fatalf(format string, args ...any) { s.ts.Fatalf(format, args...) }

// Fatal ends the script.
func (s inScript) Fatal(args ...any) { s.ts.Fatalf("%s", fmt.Sprint(args...)) }

// judgedWell asks pdfsig, qpdf, openssl and pdfcpu; certificate is a file with
// the signer's own.
func judgedWell(ctx context.Context, path, certificate string) error {
	sees, err := ask(ctx, "pdfsig", "-nocert", path)
	if err != nil || strings.Count(sees, "Signature is Valid.") != 1 || strings.Count(sees, "Total document signed") != 1 {
		return fmt.Errorf("pdfsig: %w\n%s", errors.Join(errJudgement, err), sees)
	}
	if said, err := ask(ctx, "qpdf", "--check", path); err != nil || strings.Contains(said, "WARNING") {
		return fmt.Errorf("qpdf: %w\n%s", errors.Join(errJudgement, err), said)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return errors.Join(opensslJudges(ctx, file, certificate), pdfcpuJudges(file))
}

var errJudgement = errors.New("not judged well")

// ask runs a program and gives all that it says.
func ask(ctx context.Context, program string, args ...string) (string, error) {
	said, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	return string(said), err
}

// opensslJudges has openssl verify the container over the bytes it covers, with
// the attribute that names its certificates (CAdES).
func opensslJudges(ctx context.Context, file []byte, certificate string) (err error) {
	begin := bytes.LastIndex(file, []byte("/Contents<")) + len("/Contents")
	end := begin + bytes.IndexByte(file[begin:], '>') + 1
	padded, err := hex.DecodeString(string(file[begin+1 : end-1]))
	if err != nil {
		return err
	}
	var container asn1.RawValue
	if _, err := asn1.Unmarshal(padded, &container); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "outside")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	signature, covered := filepath.Join(dir, "signature.der"), filepath.Join(dir, "covered")
	if err := errors.Join(os.WriteFile(signature, container.FullBytes, 0o600), os.WriteFile(covered, append(bytes.Clone(file[:begin]), file[end:]...), 0o600)); err != nil {
		return err
	}
	said, err := ask(ctx, "openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", signature, "-content", covered, "-CAfile", certificate, "-purpose", "any", "-out", "/dev/null")
	if err != nil || !strings.Contains(said, "Verification successful") {
		return fmt.Errorf("openssl: %w\n%s", errors.Join(errJudgement, err), said)
	}
	return nil
}

// pdfcpuJudges has pdfcpu find one signature and nothing changed since. Whom it
// trusts is not asked: it does not know the test's key.
func pdfcpuJudges(file []byte) error {
	settings := pdfcpu.NewDefaultConfiguration()
	settings.Offline = true
	found, err := api.ValidateSignaturesRaw(bytes.NewReader(file), true, settings)
	if err != nil {
		return fmt.Errorf("pdfcpu: %w", err)
	}
	if len(found) != 1 || found[0].DocModified == pdfcpu.True || found[0].Status == pdfcpu.SignatureStatusInvalid {
		return fmt.Errorf("pdfcpu: %w: %+v", errJudgement, found)
	}
	return nil
}

// drawnSmaller tells whether the first picture of a signed paper is drawn at
// more dots an inch than in the first version.
func drawnSmaller(ctx context.Context, path string) (bool, error) {
	var dots [2]float64
	for i, version := range []string{filepath.Join(filepath.Dir(path), "v1.pdf"), path} {
		said, err := ask(ctx, "pdfimages", "-list", "-l", "1", version)
		if err != nil {
			return false, fmt.Errorf("pdfimages: %w: %s", err, said)
		}
		rows := strings.Split(strings.TrimSpace(said), "\n")
		columns := strings.Fields(rows[len(rows)-1])
		if dots[i], err = strconv.ParseFloat(columns[len(columns)-4], 64); err != nil { // x-ppi, before y-ppi, size and ratio
			return false, fmt.Errorf("pdfimages: %w: %s", err, said)
		}
	}
	return dots[1] > dots[0]+1, nil
}
