package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/ocr/decode"
	"sohoa/ocr/decode/decodetest"
	"sohoa/pipeline/pdfa"
	"sohoa/pipeline/pdfa/pdfatest"
)

// TestFormatsPublished: whatever kind of file a page came as, its PDF is valid
// to our own gate and to veraPDF, and another program takes the input's pixels
// out of it again.
func TestFormatsPublished(t *testing.T) {
	t.Parallel()
	from := decodetest.Sources(t)
	dir := t.TempDir()
	var pdfs []string
	same := 0
	all := decodetest.Samples()
	for i, s := range all {
		path := s.Make(t, from[s.From])
		pdf := filepath.Join(dir, fmt.Sprintf("%02d.pdf", i))
		if err := publishAlone(t, path, pdf); err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		pdfs = append(pdfs, pdf)
		w, h, want := decodetest.Oracle(t, path, 0)
		gotW, gotH, got := decodetest.Oracle(t, takenOut(t, pdf), 0)
		if gotW != w || gotH != h {
			t.Errorf("%s: %d x %d pixels in the PDF, want %d x %d", s.Name, gotW, gotH, w, h)
			continue
		}
		if mean, most := decodetest.Apart(got, want); mean > max(s.Nearest, 2) || !s.Lossy && most > 0 {
			t.Errorf("%s: pixels in the PDF differ by %.2f on average, %d at most", s.Name, mean, most)
			continue
		}
		same++
	}
	t.Logf("%d of %d kinds of file come out of their PDF as they went in", same, len(all))
	pdfatest.Validate(t, pdfs...)
}

// publishAlone makes a PDF of the first image of a file, as it lies.
func publishAlone(t *testing.T, path, pdf string) (err error) {
	t.Helper()
	file, err := decode.Decoder{Scratch: t.TempDir()}.Open(t.Context(), path)
	if err != nil {
		return err
	}
	defer file.Close()
	s, err := file.Stream(t.Context(), 1)
	if err != nil {
		return err
	}
	data := s.Data
	if s.Ranges != nil {
		whole, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, r := range s.Ranges {
			data = append(data, whole[r.Offset:r.Offset+r.Length]...)
		}
	}
	out, err := os.Create(pdf)
	if err != nil {
		return err
	}
	defer out.Close()
	image := dossier.ImageStream{
		Width: s.Width, Height: s.Height, BitsPerComponent: s.BitsPerComponent, Components: s.Components, Filter: s.Filter,
		DecodeParms: s.DecodeParms, Inverted: s.Inverted, Globals: s.Globals, Size: int64(len(data)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
	reading := dossier.Reading{Width: s.Width, Height: s.Height, DPI: 100, DPISource: "tag", ToInput: dossier.Identity()}
	meta := pdfa.Meta{Title: "GIẤY KHAI SINH", Lang: "vi-VN", Created: time.Unix(0, 0)}
	written, err := pdfa.Write(t.Context(), out, meta, []pdfa.Page{{Image: image, Reading: reading}})
	if err != nil {
		return err
	}
	if err := pdfa.Check(out, written.Size); err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	return pdfa.CheckPdfcpu(context.Background(), out, written.Size)
}

// takenOut is the only picture of a PDF, as poppler takes it out.
func takenOut(t *testing.T, pdf string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "pdfimages", pdf, filepath.Join(dir, "p")).CombinedOutput(); err != nil {
		t.Fatalf("pdfimages: %v %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "p*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("pdfimages made %d files, %v", len(files), err)
	}
	return files[0]
}
