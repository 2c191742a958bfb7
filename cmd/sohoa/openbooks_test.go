package main

import (
	goimage "image"
	"math"
	"os"
	"path/filepath"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr"
	rows "sohoa/pipeline/register"
	"sohoa/testdata/generate/encode"
	generated "sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/registers"
	"sohoa/testdata/generate/scan"
)

// TestOpenBooks reads open books that were drawn, so that where each case stands is
// known. Rows that go on over the fold are one case with a region on each page; a book
// whose pages have their own cases, in rows or in blocks, is never joined.
func TestOpenBooks(t *testing.T) {
	t.Parallel()
	fonts, err := generated.LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := scan.Settings{DPI: 200, Mode: scan.Color, Damage: scan.Damage{Noise: 3}}
	askew := plain
	askew.SkewCW, askew.Mode = -0.7, scan.Gray
	for name, c := range map[string]struct {
		page   registers.Page
		across bool
		set    scan.Settings
	}{
		"rows over the fold":     {registers.Page{Kind: "birth_register_page", Layout: registers.Rows}, true, plain},
		"a table on each page":   {registers.Page{Kind: "birth_register_page", Layout: registers.Rows, Numbered: true}, false, plain},
		"cases below each other": {registers.Page{Kind: "birth_register_page", Layout: registers.Blocks}, false, plain},
		"a book of land, askew":  {registers.Page{Kind: "land_register_page", Layout: registers.Rows}, true, askew},
	} {
		t.Run(name, func(t *testing.T) {
			img, truth, err := registers.DrawOpen(fonts, c.page, c.across, c.set, 5)
			if err != nil {
				t.Fatal(err)
			}
			pages := readOpen(t, img, c.set.DPI)
			kind, _ := cat.Kind(c.page.Kind)
			joined, ok := rows.Across(kind, pages[0], pages[1])
			if ok != c.across {
				t.Fatalf("joined: %t, want %t", ok, c.across)
			}
			if !ok {
				return
			}
			if len(joined) != len(truth.Left) {
				t.Fatalf("%d cases, want %d", len(joined), len(truth.Left))
			}
			for i, row := range joined {
				if l, r := overlap(row.Left.Box, pages[0], truth, truth.Left[i]), overlap(row.Right.Box, pages[1], truth, truth.Right[i]); l < 0.8 || r < 0.8 {
					t.Errorf("case %d: its regions share %.2f and %.2f with where it was drawn", i+1, l, r)
				}
			}
		})
	}
}

// readOpen reads an A3 image, which must be parted into two pages.
func readOpen(t *testing.T, img goimage.Image, dpi int) []dossier.Reading {
	t.Helper()
	reader, err := ocr.NewReader(ocr.Config{Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	raw, err := encode.JPEG(img, dpi, 85)
	path := filepath.Join(t.TempDir(), "a3.jpg")
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	pages, err := reader.Read(t.Context(), path, "a3.jpg", 1)
	if err != nil || len(pages) != 2 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	return pages
}

// overlap is what a region of a page and a drawn rectangle have in common, of what
// both cover.
func overlap(b dossier.Box, page dossier.Reading, truth registers.OpenTruth, want registers.Rect) float64 {
	back, _ := truth.ToInput.Invert()
	mm := 25.4 / float64(truth.DPI)
	x0, y0 := back.Apply(page.ToInput.Apply(float64(b.X), float64(b.Y)))
	x1, y1 := back.Apply(page.ToInput.Apply(float64(b.X+b.W), float64(b.Y+b.H)))
	w := math.Min(x1*mm, want.X+want.W) - math.Max(x0*mm, want.X)
	h := math.Min(y1*mm, want.Y+want.H) - math.Max(y0*mm, want.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (want.W*want.H + (x1-x0)*(y1-y0)*mm*mm - w*h)
}
