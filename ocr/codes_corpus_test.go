//go:build corpus

package ocr

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/testdata/generate/collection"
)

// wantedCode is a code that a file of the collection carries on one of its pages.
type wantedCode struct{ file, text string }

// wantedCodes are the codes of the kinds that are read: QR, Code 39 and Code 128.
// Sheets called patch-code carry the text PATCHT in one of these.
func wantedCodes() []wantedCode {
	return []wantedCode{
		{"leptonica/barcode-128-300.png", ""}, {"leptonica/barcode-39-300.png", ""},
		{"naps2/patcht.jpg", "PATCHT"}, {"naps2/patcht_cropped_br.jpg", "PATCHT"}, {"naps2/word_patcht_p1.jpg", "PATCHT"}, {"naps2/word_patcht_pdf.pdf", "PATCHT"},
		{"paperless-ngx/barcode-128-asn-too-large.pdf", "ASN"}, {"paperless-ngx/barcode-128-custom.pdf", "CUSTOM"},
		{"paperless-ngx/barcode-39-asn-123.pdf", "ASN"}, {"paperless-ngx/barcode-39-asn-custom-prefix.pdf", "123"},
		{"paperless-ngx/barcode-39-asn-invalid.pdf", "ASN"}, {"paperless-ngx/barcode-39-custom.pdf", "CUSTOM"},
		{"paperless-ngx/barcode-qr-asn-000123-upscale-dpi.pdf", "ASN"}, {"paperless-ngx/barcode-qr-custom.pdf", "CUSTOM"},
		{"paperless-ngx/patch-code-t.pdf", "PATCHT"}, {"paperless-ngx/patch-code-t-double.pdf", "PATCHT"}, {"paperless-ngx/patch-code-t-middle.pdf", "PATCHT"},
		{"paperless-ngx/patch-code-t-middle-alpha.tiff", "PATCHT"}, {"paperless-ngx/patch-code-t-middle-reverse.pdf", "PATCHT"},
		{"paperless-ngx/patch-code-t-qr.pdf", "PATCHT"}, {"paperless-ngx/several-patcht-codes.pdf", "PATCHT"},
		{"paperless-ngx/split-by-asn-1.pdf", "ASN"}, {"paperless-ngx/split-by-tag-basic.pdf", "TAG"},
		{"paperless-ngx/split-by-tag-mixed-asn.pdf", "TAG"}, {"paperless-ngx/split-by-tag-multiple-per-page.pdf", "TAG"},
	}
}

// TestCorpusCodes reads the first pages of every file of the collection that
// carries a code, and names what is not found.
func TestCorpusCodes(t *testing.T) {
	r := reader(t)
	found := 0
	for _, w := range wantedCodes() {
		all := codesIn(t, r, filepath.Join(collection.Dir(t), "split-barcode", w.file))
		hit := slices.ContainsFunc(all, func(c dossier.Code) bool { return strings.Contains(c.Text, w.text) })
		if hit {
			found++
		}
		t.Logf("%s: %t %v", w.file, hit, all)
	}
	// Not found: the Code 128 of leptonica, whose bars are ragged.
	const known = 1
	t.Logf("%d of %d", found, len(wantedCodes()))
	if found < len(wantedCodes())-known {
		t.Errorf("only %d of %d files", found, len(wantedCodes()))
	}
}

// codesIn are the codes on the first pages of a file.
func codesIn(t *testing.T, r *Reader, path string) []dossier.Code {
	t.Helper()
	file, err := r.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var all []dossier.Code
	for i := range min(file.Images, 3) {
		picture, err := file.Picture(t.Context(), i+1)
		if err != nil {
			t.Fatal(err)
		}
		scan := scanOf(picture)
		page, err := cleanup.Straighten(picture, cleanup.Help{Reader: r.engine})
		if err != nil {
			t.Fatal(err)
		}
		found, err := r.readCodes(page, scan)
		page.Close()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found.codes...)
	}
	return all
}
