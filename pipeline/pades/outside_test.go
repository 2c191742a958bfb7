package pades_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"strconv"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"sohoa/pipeline/pdfa"
	"sohoa/pipeline/pdfa/pdfatest"
)

// TestOutsidePrograms has programs that are not ours judge every kind of file
// we sign.
func TestOutsidePrograms(t *testing.T) {
	one, two := paper(t, 1), paper(t, 3)
	ec, rs := newSigner(t, ecKey(t), nil), newSigner(t, rsaKey(t), nil)
	once := sign(t, request(one, blockLines()...), ec)
	cases := []struct {
		name       string
		file       []byte
		signatures int
		block      bool
		by         signer // of the newest signature
	}{
		{"ecdsa-block", once, 1, true, ec},
		{"rsa-block", sign(t, request(two, blockLines()...), rs), 1, true, rs},
		{"ecdsa-no-block", sign(t, request(one), ec), 1, false, ec},
		{"twice", sign(t, request(once), rs), 2, true, rs},
	}
	var paths []string
	for _, c := range cases {
		path := save(t, c.name+".pdf", c.file)
		paths = append(paths, path)
		t.Run(c.name, func(t *testing.T) {
			sees(t, path, c.signatures)
			opensslVerifies(t, c.file, c.by)
			pdfcpuVerifies(t, c.file, c.signatures)
			if out, err := run(t, "qpdf", "--check", path); err != nil || strings.Contains(out, "WARNING") {
				t.Errorf("qpdf --check: %v\n%s", err, out)
			}
			text, err := run(t, "pdftotext", "-layout", path, "-")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(strings.Fields(text), " "), "Giấy khai sinh") {
				t.Errorf("words of the page are gone:\n%s", text)
			}
			for _, line := range blockLines() {
				if strings.Contains(text, line) != c.block {
					t.Errorf("block shows %q: %v, want %v\n%s", line, !c.block, c.block, text)
				}
			}
		})
	}
	pdfatest.Validate(t, paths...)
}

// sees checks that pdfsig finds so many valid signatures, the last over all of
// the file.
func sees(t *testing.T, path string, signatures int) {
	t.Helper()
	out, err := run(t, "pdfsig", "-nocert", path)
	if err != nil {
		t.Fatalf("pdfsig: %v\n%s", err, out)
	}
	if n := strings.Count(out, "Signature is Valid."); n != signatures {
		t.Errorf("pdfsig sees %d valid signatures, want %d\n%s", n, signatures, out)
	}
	if n := strings.Count(out, "Total document signed"); n != 1 {
		t.Errorf("pdfsig sees %d signatures over the whole file, want 1\n%s", n, out)
	}
}

// hole finds the container of the newest signature: from its opening to after
// its closing bracket.
func hole(t testing.TB, file []byte) (from, to int) {
	t.Helper()
	from = bytes.LastIndex(file, []byte("/Contents<")) + len("/Contents")
	return from, from + bytes.IndexByte(file[from:], '>') + 1
}

// container cuts the newest container out of a file, without its padding.
func container(t testing.TB, file []byte) []byte {
	t.Helper()
	from, to := hole(t, file)
	padded, err := hex.DecodeString(string(file[from+1 : to-1]))
	if err != nil {
		t.Fatal(err)
	}
	var der asn1.RawValue
	if _, err := asn1.Unmarshal(padded, &der); err != nil {
		t.Fatal(err)
	}
	return der.FullBytes
}

// opensslVerifies has openssl judge the newest container over the covered
// bytes, with the attribute that names the certificates (CAdES).
func opensslVerifies(t *testing.T, file []byte, by signer) {
	t.Helper()
	from, to := hole(t, file)
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: by.chain[len(by.chain)-1].Raw})
	covered := append(bytes.Clone(file[:from]), file[to:]...)
	out, err := run(t, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", save(t, "sig.der", container(t, file)),
		"-content", save(t, "covered", covered), "-cades", "-CAfile", save(t, "root.pem", root), "-purpose", "any", "-attime", strconv.FormatInt(signingTime.Unix(), 10), "-out", "/dev/null")
	if err != nil || !strings.Contains(out, "Verification successful") {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}

// pdfcpuVerifies has pdfcpu judge the structure and every signature, and sees it
// find a flipped byte. Its verdict on trust stays unknown: it does not know the
// test's root.
func pdfcpuVerifies(t *testing.T, file []byte, signatures int) {
	t.Helper()
	if err := pdfa.CheckPdfcpu(t.Context(), bytes.NewReader(file), int64(len(file))); err != nil {
		t.Error(err)
	}
	results := pdfcpuJudges(t, file)
	if len(results) != signatures {
		t.Errorf("pdfcpu sees %d signatures, want %d", len(results), signatures)
	}
	for _, r := range results {
		if r.DocModified == model.True || r.Status == model.SignatureStatusInvalid {
			t.Errorf("pdfcpu: %v", r)
		}
	}
	flipped := bytes.Clone(file)
	flipped[bytes.Index(file, []byte("\xFF\xDA"))+20] ^= 1 // in the picture
	for _, r := range pdfcpuJudges(t, flipped) {
		if r.Status != model.SignatureStatusInvalid {
			t.Errorf("pdfcpu does not find a flipped byte: %v", r)
		}
	}
}

func pdfcpuJudges(t *testing.T, file []byte) []*model.SignatureValidationResult {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	results, err := api.ValidateSignaturesRaw(bytes.NewReader(file), true, conf)
	if err != nil {
		t.Fatal(err)
	}
	return results
}
