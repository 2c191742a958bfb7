package ocr

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
)

func reader(t *testing.T) *Reader {
	t.Helper()
	r, err := NewReader(Config{Scratch: t.TempDir()})
	if err != nil {
		t.Fatalf("%v; install: apt install tesseract-ocr-vie", err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func one(t *testing.T, r *Reader, path string) dossier.Reading {
	t.Helper()
	readings, err := r.Read(t.Context(), path, "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(readings) != 1 {
		t.Fatalf("%d readings", len(readings))
	}
	return readings[0]
}

// TestBlankIsDecidedByReading: a page of few marks is blank unless a word can
// be read on it.
func TestBlankIsDecidedByReading(t *testing.T) {
	r := reader(t)
	few := drawn.PageOf(t, 300, []string{"Trang này trống"})
	if got := one(t, r, drawn.File(t, "few.png", drawn.PNG(t, few))); got.Blank || !strings.Contains(got.Text, "Trang") {
		t.Errorf("three words: blank %v, text %q", got.Blank, got.Text)
	}
	dust := drawn.Blank(1749, 2481)
	for i := range 12 {
		for d := range 15 * 15 {
			if (d%15-7)*(d%15-7)+(d/15-7)*(d/15-7) < 50 {
				dust.Pix[(300+120*i+d/15)*dust.Stride+200+100*i+d%15] = 30
			}
		}
	}
	if got := one(t, r, drawn.File(t, "dust.png", drawn.PNG(t, dust))); !got.Blank || len(got.Words) > 0 {
		t.Errorf("dust: blank %v, words %v", got.Blank, got.Words)
	}
}

// TestFineScanInPagePixels: what is read at 300 dpi has its boxes in the pixels
// of the page.
func TestFineScanInPagePixels(t *testing.T) {
	r := reader(t)
	at300 := one(t, r, drawn.File(t, "300.jpg", drawn.JPEG(t, drawn.Page(t, 300), 300)))
	at600 := one(t, r, drawn.File(t, "600.jpg", drawn.JPEG(t, drawn.Page(t, 600), 600)))
	if at600.DPI != 600 || at600.Width != 3498 || len(at600.Words) < 60 {
		t.Fatalf("600 dpi: %v, %d wide, %d words", at600.DPI, at600.Width, len(at600.Words))
	}
	a, b := at300.Words[0], at600.Words[0]
	if a.Text != b.Text || abs(2*a.X-b.X) > 8 || abs(2*a.W-b.W) > 12 {
		t.Errorf("first words %+v and %+v", a, b)
	}
}

func abs(v int) int { return max(v, -v) }

// TestLowResolution is remarked on.
func TestLowResolution(t *testing.T) {
	got := one(t, reader(t), drawn.File(t, "a.jpg", drawn.JPEG(t, drawn.Page(t, 150), 150)))
	if !slices.Contains(got.Flags, dossier.FlagResolutionLow) {
		t.Errorf("flags %v", got.Flags)
	}
}

// TestOpenedFileIsKept: the pages of a file are read from one opening; a file
// that was replaced is opened again.
func TestOpenedFileIsKept(t *testing.T) {
	r := reader(t)
	path := drawn.File(t, "a.png", drawn.PNG(t, drawn.Blank(600, 800)))
	first, err := r.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Open(t.Context(), path)
	if err != nil || first != second {
		t.Errorf("opened again: %v", err)
	}
	if err := os.WriteFile(path, drawn.JPEG(t, drawn.Blank(600, 800), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	third, err := r.Open(t.Context(), path)
	if err != nil || third.Format != "jpeg" {
		t.Errorf("replaced file: %+v, %v", third, err)
	}
}
