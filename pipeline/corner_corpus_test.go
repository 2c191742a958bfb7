//go:build corpus

package pipeline

import (
	"bytes"
	"encoding/csv"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr" //nolint:depguard // this test alone: the pixels must be those that a page-worker draws, and the decision is no part of the package's face
	"sohoa/pipeline/pades"
	"sohoa/testdata/generate/collection"
)

// TestCorners looks at corners that people have labelled: "printed" where
// anything stands in the place of a block of three lines, or where the paper
// ends in it; else "free", dust included. No printed corner may be called free.
// Reading takes seconds a page, so every sixth is looked at; with the tag soak,
// all of them are. With SOHOA_CORNERS naming a folder it leaves pictures of the corners, to be
// labelled.
func TestCorners(t *testing.T) {
	labels := cornerLabels(t)
	reader, err := ocr.NewReader(ocr.Config{Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var printed, free, falseFree, falseBusy int
	for i, l := range labels {
		if i%cornersEvery != 0 {
			continue
		}
		reading, view := l.read(t, reader)
		block := &pades.Block{Lines: []string{"SAO Y", "Ủy ban nhân dân xã Mường Khương", "Thời gian ký: 2026-11-26T10:00:00+07:00"}}
		area, _, err := placeOf(block, &reading)
		if err != nil {
			t.Fatalf("%s, page %d: %v", l.file, l.page, err)
		}
		small := inView(area, view, &reading)
		found := shadesIn(view, small)
		busy := wordsIn(reading.Words, area) || found.printed()
		l.keepPicture(t, view, small)
		switch {
		case l.printed && !busy:
			falseFree++
			t.Errorf("%s, page %d: printed on, called free: paper %d, ink %.4f", l.file, l.page, found.paper(), found.ink())
		case !l.printed && busy:
			falseBusy++
			t.Logf("%s, page %d: free, called printed on: paper %d, ink %.4f, words %v", l.file, l.page, found.paper(), found.ink(), wordsIn(reading.Words, area))
		}
		if l.printed {
			printed++
			continue
		}
		free++
		if !busy {
			strokesAreFound(t, l, view, small)
		}
	}
	t.Logf("%d corners printed on, %d of them called free; %d free, %d of them called printed on", printed, falseFree, free, falseBusy)
	if printed == 0 || free == 0 {
		t.Errorf("%d corners printed on, %d free: nothing was compared", printed, free)
	}
	if falseBusy*10 > free {
		t.Errorf("%d of %d free corners are called printed on", falseBusy, free)
	}
}

// cornerLabel is what a person says about the corner of a page.
type cornerLabel struct {
	file    string // below the collection
	page    int
	printed bool
}

func cornerLabels(t *testing.T) (labels []cornerLabel) {
	t.Helper()
	file, err := os.Open("testdata/corners.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		page, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, cornerLabel{file: row[0], page: page, printed: row[2] == "printed"})
	}
	return labels
}

// read reads a page and draws it as the flow does.
func (l cornerLabel) read(t *testing.T, reader *ocr.Reader) (dossier.Reading, image.Image) {
	t.Helper()
	path := filepath.Join(collection.Dir(t), l.file)
	readings, err := reader.Read(t.Context(), path, l.file, l.page)
	if err != nil {
		t.Fatal(err)
	}
	r := readings[0]
	encoded, err := reader.Preview(t.Context(), path, l.page, ocr.View{ToInput: r.ToInput, Width: r.Width, Height: r.Height, Pixels: cornerWidth})
	if err != nil {
		t.Fatal(err)
	}
	view, err := jpeg.Decode(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return r, view
}

// strokesAreFound draws the least that a person would miss into a free corner, a
// stroke as long as a digit of handwriting, 5 mm, and a third of a millimetre
// wide, as dark against its paper as pencil, and wants it found.
func strokesAreFound(t *testing.T, l cornerLabel, view image.Image, area image.Rectangle) {
	t.Helper()
	const (
		long   = 20 // pixels: 5 mm of 210 mm on 800
		wide   = 2  // a third of a millimetre falls on two
		pencil = 70
	)
	drawn := image.NewGray(view.Bounds())
	draw.Draw(drawn, drawn.Bounds(), view, view.Bounds().Min, draw.Src)
	paper := shadesIn(drawn, area).paper()
	at := area.Min.Add(area.Size().Div(2))
	for y := range long {
		for x := range wide {
			drawn.SetGray(at.X+x, at.Y-long/2+y, color.Gray{Y: uint8(max(0, paper-pencil))})
		}
	}
	if s := shadesIn(drawn, area); !s.printed() {
		t.Errorf("%s, page %d: a stroke of pencil is called free: ink %.4f", l.file, l.page, s.ink())
	}
}

// keepPicture leaves a picture of the corner, with the block's place outlined.
func (l cornerLabel) keepPicture(t *testing.T, view image.Image, area image.Rectangle) {
	t.Helper()
	dir := os.Getenv("SOHOA_CORNERS")
	if dir == "" {
		return
	}
	around := image.Rect(max(0, area.Min.X-120), 0, view.Bounds().Dx(), min(area.Max.Y+50, view.Bounds().Dy()))
	crop := image.NewRGBA(around)
	draw.Draw(crop, around, view, around.Min, draw.Src)
	for _, edge := range []image.Rectangle{{area.Min, image.Pt(area.Max.X, area.Min.Y+1)}, {image.Pt(area.Min.X, area.Max.Y), image.Pt(area.Max.X, area.Max.Y+1)}} {
		draw.Draw(crop, edge, image.NewUniform(color.RGBA{G: 160, A: 255}), image.Point{}, draw.Src)
	}
	file, err := os.Create(filepath.Join(dir, filepath.Base(l.file)+"-"+strconv.Itoa(l.page)+".png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(file, crop); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
