package pades_test

import (
	"strings"
	"testing"

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
	}{
		{"ecdsa-block", once, 1, true},
		{"rsa-block", sign(t, request(two, blockLines()...), rs), 1, true},
		{"ecdsa-no-block", sign(t, request(one), ec), 1, false},
		{"twice", sign(t, request(once), rs), 2, true},
	}
	var paths []string
	for _, c := range cases {
		path := save(t, c.name+".pdf", c.file)
		paths = append(paths, path)
		t.Run(c.name, func(t *testing.T) {
			sees(t, path, c.signatures)
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
