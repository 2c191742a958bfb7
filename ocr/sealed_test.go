package ocr

import (
	"image"
	"image/draw"
	"slices"
	"strings"
	"testing"

	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

// TestNameUnderADarkSeal: of a black-and-white page the title and the name that a
// seal lies across are read, which they are not with the seal left on it, and
// nothing is read of the seal.
func TestNameUnderADarkSeal(t *testing.T) {
	const dpi = 300
	sheet := drawn.Blank(2000, 2900)
	text := drawn.Page(t, dpi)
	draw.Draw(sheet, text.Rect, text, image.Point{}, draw.Src)
	size := drawn.Size{Points: 13, DPI: dpi}
	drawn.Text(t, sheet, "GIÁM ĐỐC", size, image.Pt(1100, 1900))
	drawn.Text(t, sheet, "Lương Thị Hoa", size, image.Pt(1050, 2230))
	drawn.Seal(sheet, image.Pt(1030, 2060), dpi, 0, 1)
	for i, v := range sheet.Pix {
		sheet.Pix[i] = 255
		if v < 160 {
			sheet.Pix[i] = 0
		}
	}
	path := drawn.File(t, "a.jpg", drawn.JPEG(t, sheet, dpi))
	r := reader(t)
	got := strings.Fields(one(t, r, path).Text)
	for _, word := range strings.Fields("GIÁM ĐỐC Lương Thị Hoa") {
		if !slices.Contains(got, word) {
			t.Errorf("%s is not read", word)
		}
	}
	if want := len(strings.Fields(strings.Join(drawn.Lines(), " "))) + 5; len(got) > want {
		t.Errorf("%d words are read, %d are printed: %v", len(got), want, got)
	}
	r.without = step(cleanup.DarkSeals)
	if left := strings.Fields(one(t, r, path).Text); slices.Contains(left, "GIÁM") && slices.Contains(left, "Lương") {
		t.Error("all is read through the seal: the page tests nothing")
	}
}

func TestBesideSeals(t *testing.T) {
	line := lept.Box{X: 0, Y: 95, W: 1000, H: 10}
	for _, tt := range []struct {
		name  string
		seals []lept.Box
		want  []lept.Box
	}{
		{"none", nil, []lept.Box{line}},
		{"through its middle", []lept.Box{{X: 400, Y: 0, W: 200, H: 200}}, []lept.Box{{X: 0, Y: 95, W: 400, H: 10}, {X: 600, Y: 95, W: 400, H: 10}}},
		{"its left end", []lept.Box{{X: -100, Y: 0, W: 200, H: 200}}, []lept.Box{{X: 100, Y: 95, W: 900, H: 10}}},
		{"where it is less wide", []lept.Box{{X: 400, Y: 55, W: 200, H: 200}}, []lept.Box{{X: 0, Y: 95, W: 413, H: 10}, {X: 587, Y: 95, W: 413, H: 10}}},
		{"below", []lept.Box{{X: 400, Y: 200, W: 200, H: 200}}, []lept.Box{line}},
		{"two", []lept.Box{{X: 100, Y: 0, W: 200, H: 200}, {X: 310, Y: 0, W: 200, H: 200}}, []lept.Box{{X: 0, Y: 95, W: 100, H: 10}, {X: 510, Y: 95, W: 490, H: 10}}},
	} {
		if got := besideSeals(line, tt.seals, 20); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDensest(t *testing.T) {
	gray, err := lept.New(200, 100, 8)
	if err != nil {
		t.Fatal(err)
	}
	defer gray.Close()
	rows := make([]byte, 200*100)
	for i := range rows {
		rows[i] = 255
	}
	for y := 60; y < 80; y++ {
		for x := 20; x < 150; x++ {
			rows[y*200+x] = 0
		}
	}
	for y := 10; y < 95; y++ {
		rows[y*200+100] = 0
	}
	if err := gray.SetRows(rows, 200, 1); err != nil {
		t.Fatal(err)
	}
	ink, err := gray.Threshold(128)
	if err != nil {
		t.Fatal(err)
	}
	defer ink.Close()
	got, err := densest(ink, lept.Box{X: 10, Y: 5, W: 150, H: 90}, 20)
	if want := (lept.Box{X: 10, Y: 60, W: 150, H: 20}); err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}
