//go:build corpus

package codes_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sohoa/ocr/codes"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/lept"
	"sohoa/testdata/generate/collection"
)

// patchSheets are the files of the collection with Kodak's own sheet for patch T
// on one of their first pages, scanned or drawn.
func patchSheets() []string {
	return []string{
		"deskew-blank/naps2/deskewed.jpg",
		"split-barcode/naps2/patcht.jpg", "split-barcode/naps2/patcht_cropped_br.jpg",
		"split-barcode/naps2/word_patcht_p1.jpg", "split-barcode/naps2/word_patcht_pdf.pdf",
		"split-barcode/paperless-ngx/patch-code-t.pdf", "split-barcode/paperless-ngx/patch-code-t-double.pdf",
		"split-barcode/paperless-ngx/patch-code-t-middle.pdf", "split-barcode/paperless-ngx/patch-code-t-middle-alpha.tiff",
		"split-barcode/paperless-ngx/patch-code-t-middle-reverse.pdf", "split-barcode/paperless-ngx/several-patcht-codes.pdf",
	}
}

// TestCorpusPatches looks at the first pages of every file of the collection's
// papers: patch T is on the sheets that have it, and nowhere else, and no other
// patch code is anywhere.
func TestCorpusPatches(t *testing.T) {
	lept.Quiet()
	corpus := collection.Dir(t)
	pages := 0
	for _, folder := range []string{
		"deskew-blank", "dossier-pages/pages", "forms", "leptonica", "ocr-gt", "scans-pdf", "split-barcode", "split-page", "vi-scans",
	} {
		t.Run(folder, func(t *testing.T) { pages += patchesBelow(t, corpus, folder) })
	}
	t.Logf("%d pages", pages)
}

// patchesBelow looks at the files of a folder and counts their pages.
func patchesBelow(t *testing.T, corpus, folder string) (pages int) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(corpus), folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		want := ""
		if slices.Contains(patchSheets(), name) {
			want = "T"
		}
		found, n := patchesIn(t, filepath.Join(corpus, name))
		pages += n
		if found != want {
			t.Errorf("%s: patch codes %q, want %q", name, found, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// patchesIn are the patch codes on the first pages of a file, and how many pages
// were looked at: none where it is no picture.
func patchesIn(t *testing.T, path string) (names string, pages int) {
	t.Helper()
	file, err := decode.Decoder{Scratch: t.TempDir()}.Open(context.Background(), path)
	if err != nil {
		return "", 0
	}
	defer file.Close()
	for i := range min(file.Images, 3) {
		p, err := file.Picture(context.Background(), i+1)
		if err != nil {
			continue
		}
		rows, w, h := grayAt(t, p, 150)
		p.Pix.Close()
		pages++
		for _, c := range codes.Patches(rows, w, h, 150) {
			if !strings.Contains(names, c.Text) {
				names += c.Text
			}
		}
	}
	return names, pages
}

// grayAt is a picture as codes are looked for.
func grayAt(t *testing.T, p *decode.Picture, dpi float64) (rows []byte, w, h int) {
	t.Helper()
	gray := p.Pix.Clone()
	if p.Pix.Depth() == 32 {
		var err error
		if gray, err = p.Pix.Luminance(); err != nil {
			t.Fatal(err)
		}
	}
	defer gray.Close()
	scaled, err := gray.Scale(dpi/p.Resolution.X, dpi/p.Resolution.Y)
	if err != nil {
		t.Fatal(err)
	}
	defer scaled.Close()
	if scaled.Depth() == 1 {
		eight, err := scaled.To8()
		if err != nil {
			t.Fatal(err)
		}
		defer eight.Close()
		scaled = eight
	}
	rows, err = scaled.GrayRows(nil)
	if err != nil {
		t.Fatal(err)
	}
	return rows, scaled.Width(), scaled.Height()
}
