package main

import (
	"fmt"
	goimage "image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"

	"sohoa/ocr/decode"
	"sohoa/ocr/spread"
	"sohoa/testdata/generate/encode"
	generated "sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/scan"
	"sohoa/testdata/generate/spreads"
)

// spreadSettings are the ways a spread lies: straight, askew both ways, sideways,
// upside down, off-centre on a dark lid, in gray and in black and white.
func spreadSettings() []scan.Settings {
	plain := scan.Settings{DPI: 120, Mode: scan.Color, Damage: scan.Damage{Noise: 3}}
	askew, sideways, lid, bilevel := plain, plain, plain, plain
	askew.SkewCW, askew.RotationCW = 3, 180
	sideways.SkewCW, sideways.RotationCW = -3, 90
	lid.Damage.Border, lid.SkewCW, lid.Mode, lid.RotationCW = true, -1.5, scan.Gray, 270
	bilevel.Mode, bilevel.SkewCW = scan.Bilevel, 1.2
	return []scan.Settings{plain, askew, sideways, lid, bilevel}
}

// TestSpreads: two pages side by side are parted at the gutter however they lie,
// and one sheet is never parted. A spread that stays whole must at least be said
// to be unsure or be listed.
func TestSpreads(t *testing.T) {
	t.Parallel()
	fonts, err := generated.LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	parted, spreadsIn, whole, singlesIn := 0, 0, 0, 0
	for k, kind := range spreads.Kinds() {
		for i, set := range spreadSettings() {
			img, truth, err := spreads.Draw(fonts, kind, set, uint64(100*k+i))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "a3.jpg")
			raw, err := encode.JPEG(asTrue(img), set.DPI, 80)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			found := findSpread(t, path)
			name := fmt.Sprintf("%s skew %.1f turn %d %s border %t", kind, set.SkewCW, set.RotationCW, set.Mode, set.Damage.Border)
			if truth.Pages == 1 {
				singlesIn++
				if len(found.Parts) > 0 {
					t.Errorf("%s: one sheet was parted", name)
					continue
				}
				whole++
				continue
			}
			spreadsIn++
			if len(found.Parts) == 0 {
				t.Logf("MISS %s: not parted, unsure %t", name, found.Unsure)
				continue
			}
			if off := gutterOff(found.Parts[0], truth.Gutter); off > 9*float64(set.DPI)/25.4 {
				t.Errorf("%s: gutter is off by %.0f pixels", name, off)
				continue
			}
			parted++
		}
	}
	t.Logf("%d of %d spreads parted, %d of %d single sheets left whole", parted, spreadsIn, whole, singlesIn)
	if parted < spreadsIn*9/10 {
		t.Errorf("only %d of %d spreads parted", parted, spreadsIn)
	}
}

// asTrue is a bilevel image in gray, for JPEG.
func asTrue(img goimage.Image) goimage.Image {
	p, ok := img.(*goimage.Paletted)
	if !ok {
		return img
	}
	gray := goimage.NewGray(p.Rect)
	for i, v := range p.Pix {
		gray.Pix[i] = color.GrayModel.Convert(p.Palette[v]).(color.Gray).Y //nolint:errcheck // the model's own type
	}
	return gray
}

func findSpread(t *testing.T, path string) spread.Found {
	t.Helper()
	file, err := decode.Decoder{Scratch: t.TempDir()}.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := file.Picture(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer picture.Pix.Close()
	found, err := spread.Find(picture)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// gutterOff is the largest distance of the ends of the true gutter from the
// found line.
func gutterOff(found [4]float64, truth [4]float64) float64 {
	dx, dy := found[2]-found[0], found[3]-found[1]
	length := math.Hypot(dx, dy)
	off := func(x, y float64) float64 { return math.Abs(dx*(y-found[1])-dy*(x-found[0])) / length }
	return max(off(truth[0], truth[1]), off(truth[2], truth[3]))
}
