package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/decode"
	"sohoa/ocr/spread"
	"sohoa/pipeline/register"
	"sohoa/testdata/generate/encode"
	"sohoa/testdata/generate/registers"
	"sohoa/testdata/generate/scan"
	"sohoa/testdata/generate/spreads"
)

// openTally counts what became of open books.
type openTally struct {
	spreads, parted, far, unsure int // parted: within nearFold of the fold
	halves, level                int
	across, joined, unjoined     int // books whose rows go on over the fold
	wrongly                      int // joined though they do not, or with other cases
	singles, whole               int
}

const (
	nearFold = 9.0 // millimetres
	nearRow  = 0.8 // of common area, for a region to be that of its case
	nearLean = 0.3 // degrees
)

// openBook is what a seed says: a book of any kind, leaning up to three degrees.
type openBook struct {
	page   registers.Page
	across bool
	set    scan.Settings
}

func rollBook(seed uint64) openBook {
	rng := rand.New(rand.NewPCG(seed, 21))
	kinds := registers.Kinds()
	b := openBook{page: registers.Page{Kind: kinds[rng.IntN(len(kinds))], Layout: registers.Rows, Flat: rng.IntN(3) == 0}, across: rng.IntN(3) > 0}
	b.page.Off = []float64{0, 0, 8, -8, 15, -15}[rng.IntN(6)]
	b.page.Numbered = !b.across && rng.IntN(2) == 0
	if !b.across && rng.IntN(2) == 0 {
		b.page.Layout = registers.Blocks
	}
	b.set = scan.Settings{DPI: 200, Mode: []scan.Mode{scan.Color, scan.Gray, scan.Gray, scan.Bilevel}[rng.IntN(4)]}
	b.set.SkewCW = math.Round(100*(6*rng.Float64()-3)) / 100
	b.set.Damage = scan.Damage{Paper: rng.IntN(2) == 0, Border: rng.IntN(4) == 0, Blur: []float64{0, 0.5, 0.8}[rng.IntN(3)], Noise: 1 + rng.IntN(6)}
	return b
}

// runOpen draws open books and single sheets of A3, one of these to four of those.
// Only one in every is read, of the others is measured how they lie.
func runOpen(books, every int, seed uint64, say bool) (err error) {
	with, err := newTools()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, with.close()) }()
	var t openTally
	for i := range books {
		at := seed + uint64(i)
		b := rollBook(at)
		img, truth, err := registers.DrawOpen(with.fonts, b.page, b.across, b.set, at)
		if err != nil {
			return err
		}
		by := with.reader
		if i%every > 0 {
			by = nil
		}
		pages, err := readA3(by, with.dir, img, b.set.DPI)
		if err != nil {
			return err
		}
		how := t.book(with.cat, b, truth, pages)
		if say {
			fmt.Fprintf(os.Stderr, "%d %s across=%t lean %.2f off %.0f flat=%t %s: %s\n", at, b.page.Kind, b.across, b.set.SkewCW, b.page.Off, b.page.Flat, b.set.Mode, how)
		}
		if i%4 > 0 {
			continue
		}
		kind := spreads.Kinds()[3+i/4%4]
		single, _, err := spreads.Draw(with.fonts, kind, b.set, at)
		if err != nil {
			return err
		}
		if pages, err = readA3(nil, with.dir, single, b.set.DPI); err != nil {
			return err
		}
		t.singles++
		if len(pages) == 1 {
			t.whole++
		}
	}
	fmt.Print(t.report())
	return nil
}

func readA3(reader *ocr.Reader, dir string, img image.Image, dpi int) ([]dossier.Reading, error) {
	path := filepath.Join(dir, "a3.jpg")
	raw, err := encode.JPEG(gray(img), dpi, 85)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		return nil, err
	}
	if reader == nil {
		return lie(path)
	}
	return reader.Read(context.Background(), path, "a3.jpg", 1)
}

// lie tells how the pages of an image lie, without reading them, which takes a tenth of
// the time.
func lie(path string) ([]dossier.Reading, error) {
	ctx := context.Background()
	file, err := decode.Decoder{Scratch: filepath.Dir(path)}.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	picture, err := file.Picture(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer picture.Pix.Close()
	found, err := spread.Find(picture)
	if err != nil || len(found.Parts) == 0 {
		one := dossier.Reading{}
		if found.Unsure {
			one.Flags = []dossier.Flag{dossier.FlagSpreadUnsure}
		}
		return []dossier.Reading{one}, err
	}
	var pages []dossier.Reading
	for _, cut := range found.Parts {
		half := *picture
		if half.Pix, err = decode.CutPix(picture.Pix, cut, cut.Frame(picture.Pix.Width(), picture.Pix.Height())); err != nil {
			return nil, err
		}
		page, err := cleanup.Straighten(&half, cleanup.Help{})
		if err != nil {
			return nil, err
		}
		pages = append(pages, dossier.Reading{SkewCWDegrees: page.SkewCWDegrees, RotationCW: page.RotationCW, Flags: page.Flags, Cut: &cut})
		page.Close()
	}
	return pages, nil
}

// book compares one open book with the truth, and says how it went.
func (t *openTally) book(cat *dossier.Catalogue, b openBook, truth registers.OpenTruth, pages []dossier.Reading) string {
	t.spreads++
	if len(pages) != 2 {
		if slices.Contains(pages[0].Flags, dossier.FlagSpreadUnsure) {
			t.unsure++
			return "not parted, unsure"
		}
		return "not parted"
	}
	if away := awayFrom(truth, *pages[0].Cut); away > nearFold {
		t.far++
		return fmt.Sprintf("parted %.0f mm from the fold", away)
	}
	t.parted++
	how := "parted"
	for i, p := range pages {
		t.halves++
		if p.RotationCW != 0 {
			how += fmt.Sprintf(", half %d turned by %d", i+1, p.RotationCW)
		}
		if math.Abs(p.SkewCWDegrees-b.set.SkewCW) <= nearLean {
			t.level++
		} else {
			how += fmt.Sprintf(", half %d leans by %.2f", i+1, p.SkewCWDegrees)
		}
	}
	if pages[0].Engine == "" {
		return how // not read
	}
	if b.across {
		t.across++
	}
	kind, _ := cat.Kind(truth.Kind)
	rows, ok := register.Across(kind, pages[0], pages[1])
	switch {
	case !ok && b.across:
		t.unjoined++
		return how + ", unjoined"
	case !ok:
		return how
	case !b.across || !same(rows, truth, pages):
		t.wrongly++
		return how + ", WRONGLY JOINED"
	}
	t.joined++
	return how + ", joined"
}

// awayFrom is how far a cut lies from the fold at its worse end, in millimetres.
func awayFrom(truth registers.OpenTruth, cut dossier.Cut) (away float64) {
	back, _ := truth.ToInput.Invert()
	mm := 25.4 / float64(truth.DPI)
	for _, end := range [][2]float64{{cut[0], cut[1]}, {cut[2], cut[3]}} {
		x, _ := back.Apply(end[0], end[1])
		away = max(away, math.Abs(x*mm-truth.Fold))
	}
	return away
}

// same tells whether the cases that were joined are those that were drawn.
func same(rows []register.Row, truth registers.OpenTruth, pages []dossier.Reading) bool {
	if len(rows) != len(truth.Left) {
		return false
	}
	as := registers.Truth{ToInput: truth.ToInput, DPI: truth.DPI}
	for i, row := range rows {
		if share(onSheet(row.Left.Box, as, pages[0]), truth.Left[i]) < nearRow || share(onSheet(row.Right.Box, as, pages[1]), truth.Right[i]) < nearRow {
			return false
		}
	}
	return true
}

func (t *openTally) report() string {
	return fmt.Sprintf("open books: %d; parted at the fold %d, elsewhere %d, not parted and unsure %d; halves levelled %d of %d\n"+
		"of those read rows over the fold: %d; joined %d, unjoined %d; wrongly joined %d\nsingle A3 sheets left whole: %d of %d\n",
		t.spreads, t.parted, t.far, t.unsure, t.level, t.halves, t.across, t.joined, t.unjoined, t.wrongly, t.whole, t.singles)
}
