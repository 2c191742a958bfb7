package ocr

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"
	"testing"

	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/ocrtest"
)

// TestSecondLook: two lines that a stroke of a pen joins are taken for one and
// not read as such; the engine looks for print where they were missed.
func TestSecondLook(t *testing.T) {
	r := reader(t)
	page := drawn.Page(t, 200)
	want := append(drawn.Lines(), "Thời gian nhận hồ sơ: 08 giờ 15 phút", "NGƯỜI NỘP HỒ SƠ ký tên")
	for i, line := range want[len(want)-2:] {
		drawn.Text(t, page, line, drawn.Size{Points: 13, DPI: 200}, image.Pt(100, 950+40*i))
	}
	draw.Draw(page, image.Rect(300, 940, 303, 980), image.NewUniform(color.Gray{Y: 30}), image.Point{}, draw.Src)
	file := drawn.File(t, "signed.png", drawn.PNG(t, page))
	read := func(without step) float64 {
		r.without = without
		return ocrtest.Compare(strings.Join(want, "\n"), one(t, r, file).Text).Recall()
	}
	with, without := read(nothing), read(secondLook)
	if with < 0.98 || without > with-0.05 {
		t.Errorf("%.3f of the words read, %.3f without a second look", with, without)
	}
}

// TestOutside: what lies in another box for the most part is inside of it.
func TestOutside(t *testing.T) {
	missed := []lept.Box{{X: 0, Y: 0, W: 100, H: 100}}
	within, astride, away := lept.Box{X: 50, Y: 50, W: 60, H: 20}, lept.Box{X: 80, Y: 50, W: 60, H: 20}, lept.Box{X: 200, Y: 0, W: 9, H: 9}
	if got := outside([]lept.Box{within, astride, away}, missed); !slices.Equal(got, []lept.Box{astride, away}) {
		t.Errorf("outside are %v", got)
	}
}
