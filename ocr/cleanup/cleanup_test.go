package cleanup

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

const testDPI = 200

// picture makes what decode would of a drawn page.
func picture(t *testing.T, page *image.Gray) *decode.Picture {
	t.Helper()
	pix, err := lept.New(page.Rect.Dx(), page.Rect.Dy(), 8)
	if err != nil {
		t.Fatal(err)
	}
	if err := pix.SetRows(page.Pix, page.Stride, 1); err != nil {
		t.Fatal(err)
	}
	return &decode.Picture{Pix: pix, Orientation: 1, Resolution: decode.Resolution{X: testDPI, Y: testDPI, Source: "tag"}}
}

// straighten runs Straighten without a reader.
func straighten(t *testing.T, p *decode.Picture) *Page {
	t.Helper()
	page, err := Straighten(p, Help{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(page.Close)
	return page
}

func upright(t *testing.T, page *Page) *lept.Pix {
	t.Helper()
	pix, err := page.Upright()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pix.Close)
	return pix
}

// TestKnownTurns: a page is turned by a known quarter and angle; both come back
// with their signs, and the matrix leads known points to where they have gone.
func TestKnownTurns(t *testing.T) {
	upright := drawn.Page(t, testDPI)
	for _, quarter := range []int{0, 90, 180, 270} {
		for _, angle := range []float64{-5.3, -0.7, 0, 1.9, 4.4} {
			t.Run(fmt.Sprintf("%d,%v", quarter, angle), func(t *testing.T) {
				leaning, leant := drawn.Lean(upright, angle)
				input, moved := drawn.Quarter(leaning, quarter)
				page := straighten(t, picture(t, input))
				if page.RotationCW != quarter {
					t.Errorf("rotation %d, want %d", page.RotationCW, quarter)
				}
				if math.Abs(page.SkewCWDegrees-angle) > 0.1 {
					t.Errorf("skew %.3f, want %.3f", page.SkewCWDegrees, angle)
				}
				if page.Width != upright.Rect.Dx() || page.Height != upright.Rect.Dy() {
					t.Errorf("size %dx%d, want %v", page.Width, page.Height, upright.Rect.Size())
				}
				for _, p := range [][2]float64{{300, 250}, {900, 300}, {200, 1400}, {1000, 1500}} {
					wantX, wantY := moved(leant(p[0], p[1]))
					x, y := page.ToInput.Apply(p[0], p[1])
					if math.Hypot(x-wantX, y-wantY) > 2 {
						t.Errorf("point %v leads to (%.1f, %.1f), want (%.1f, %.1f)", p, x, y, wantX, wantY)
					}
				}
			})
		}
	}
}

// TestPixelsFollowMatrix: the gray value at a point of the upright page is that
// of the input where the matrix leads.
func TestPixelsFollowMatrix(t *testing.T) {
	leaning, _ := drawn.Lean(drawn.Page(t, testDPI), 3)
	input, _ := drawn.Quarter(leaning, 90)
	page := straighten(t, picture(t, input))
	level := upright(t, page)
	rows, err := level.GrayRows(nil)
	if err != nil {
		t.Fatal(err)
	}
	sum, n := 0.0, 0
	for y := 150; y < page.Height-150; y += 3 {
		for x := 150; x < page.Width-150; x += 3 {
			ix, iy := page.ToInput.Apply(float64(x)+0.5, float64(y)+0.5)
			sum += math.Abs(float64(rows[y*level.Width()+x]) - float64(input.GrayAt(int(ix), int(iy)).Y))
			n++
		}
	}
	if mean := sum / float64(n); mean > 2 {
		t.Errorf("upright page and input differ by %.2f on average", mean)
	}
}

// TestTags: the orientation a file declares is part of the matrix; a mirrored
// page comes out readable.
func TestTags(t *testing.T) {
	upright := drawn.Page(t, testDPI)
	mark := image.Pt(300, 250)
	for tag := decode.Orientation(1); tag <= 8; tag++ {
		mirrored, degrees := tag.Turn()
		// Undo what a viewer would do: turn back, then mirror.
		stored, moved := drawn.Quarter(upright, (360-degrees)%360)
		x, y := moved(float64(mark.X), float64(mark.Y))
		if mirrored {
			stored = mirror(stored)
			x = float64(stored.Rect.Dx()) - x
		}
		p := picture(t, stored)
		p.Orientation = tag
		page := straighten(t, p)
		gotX, gotY := page.ToInput.Apply(float64(mark.X), float64(mark.Y))
		if math.Hypot(gotX-x, gotY-y) > 1 {
			t.Errorf("tag %d: point leads to (%.1f, %.1f), want (%.1f, %.1f)", tag, gotX, gotY, x, y)
		}
		if page.Width != upright.Rect.Dx() || slices.Contains(page.Flags, dossier.FlagSkewUnsure) {
			t.Errorf("tag %d: width %d, flags %v", tag, page.Width, page.Flags)
		}
	}
}

func mirror(page *image.Gray) *image.Gray {
	out := drawn.Blank(page.Rect.Dx(), page.Rect.Dy())
	for y := range page.Rect.Dy() {
		for x := range page.Rect.Dx() {
			out.SetGray(page.Rect.Dx()-1-x, y, page.GrayAt(x, y))
		}
	}
	return out
}

// TestScale: a scan of 600 dpi is read at 300 and described at 600; one with
// different resolutions along and across is squared.
func TestScale(t *testing.T) {
	fine := picture(t, drawn.Page(t, 600))
	fine.Resolution = decode.Resolution{X: 600, Y: 600, Source: "tag"}
	page := straighten(t, fine)
	if page.DPI != 600 || page.Scale != 0.5 || page.Width != 3498 || upright(t, page).Width() != 1749 {
		t.Errorf("dpi %v, scale %v, width %d, read at %d", page.DPI, page.Scale, page.Width, upright(t, page).Width())
	}
	fax := picture(t, halfHeight(drawn.Page(t, testDPI)))
	fax.Resolution.Y = testDPI / 2
	page = straighten(t, fax)
	if page.Width != 1166 || page.Height != 1654 {
		t.Errorf("fax is %dx%d, want 1166x1654", page.Width, page.Height)
	}
	if x, y := page.ToInput.Apply(500, 600); math.Abs(x-500) > 1 || math.Abs(y-300) > 1 {
		t.Errorf("point of a fax leads to (%.1f, %.1f), want (500, 300)", x, y)
	}
}

func halfHeight(page *image.Gray) *image.Gray {
	out := drawn.Blank(page.Rect.Dx(), page.Rect.Dy()/2)
	for y := range out.Rect.Dy() {
		copy(out.Pix[y*out.Stride:(y+1)*out.Stride], page.Pix[2*y*page.Stride:])
	}
	return out
}

// TestBorder: black borders are erased for reading and do not disturb the
// measuring; print that does not touch the edge stays.
func TestBorder(t *testing.T) {
	leaning, _ := drawn.Lean(drawn.Page(t, testDPI), 2)
	for y := range leaning.Rect.Dy() {
		for x := range 40 + y/40 {
			leaning.SetGray(x, y, color.Gray{Y: 20})
		}
	}
	page := straighten(t, picture(t, leaning))
	if math.Abs(page.SkewCWDegrees-2) > 0.1 {
		t.Errorf("skew %.3f, want 2", page.SkewCWDegrees)
	}
	rows, err := upright(t, page).GrayRows(nil)
	if err != nil {
		t.Fatal(err)
	}
	if edge := rows[upright(t, page).Width()*800+20]; edge < 250 {
		t.Errorf("border is still there: %d", edge)
	}
}

// TestUnsure: what gives no certain answer is left as scanned and flagged.
func TestUnsure(t *testing.T) {
	noise := drawn.Blank(1000, 1400)
	seed := uint32(1)
	for y := range 1400 {
		for x := range 1000 {
			seed = seed*1664525 + 1013904223
			if seed>>24 < 20 && (x/6+y/6)%2 == 0 {
				noise.SetGray(x, y, color.Gray{Y: 0})
			}
		}
	}
	page := straighten(t, picture(t, noise))
	if page.RotationCW != 0 || page.SkewCWDegrees != 0 || page.ToInput != dossier.Identity() {
		t.Errorf("noise was turned: %d, %v, %v", page.RotationCW, page.SkewCWDegrees, page.ToInput)
	}
	if !slices.Contains(page.Flags, dossier.FlagSkewUnsure) {
		t.Errorf("flags %v", page.Flags)
	}
}

// fakeReader reads one line always worse than its other side.
type fakeReader struct{ calls, better int }

// ReadLine answers well to every call of the wanted parity.
func (f *fakeReader) ReadLine(*lept.Pix, float64) (float64, int, error) {
	f.calls++
	if f.calls%2 == f.better {
		return 0.95, 20, nil
	}
	return 0.3, 20, nil
}

// TestReaderDecides: few lines in capitals give no count; the reader is asked
// and believed, and one clear line is enough.
func TestReaderDecides(t *testing.T) {
	sheet := drawn.PageOf(t, testDPI, []string{"H38 29 260909 0549 H38 29", "XEM THEM MAT SAU", "NOXI XONI HINO"})
	for name, want := range map[string]struct{ better, rotation int }{"up": {1, 0}, "down": {0, 180}} {
		reader := &fakeReader{better: want.better}
		page, err := Straighten(picture(t, sheet), Help{Reader: reader})
		if err != nil {
			t.Fatal(err)
		}
		defer page.Close()
		if page.RotationCW != want.rotation || reader.calls != 2 || len(page.Flags) > 0 {
			t.Errorf("%s: rotation %d after %d readings, flags %v", name, page.RotationCW, reader.calls, page.Flags)
		}
	}
}

func TestBlankness(t *testing.T) {
	specks := drawn.Blank(1166, 1654)
	for i := range 8 {
		for d := range 64 {
			specks.SetGray(200+90*i+d%8, 300+100*i+d/8, color.Gray{Y: 40})
		}
	}
	gray := drawn.Blank(1166, 1654)
	for i := range gray.Pix {
		gray.Pix[i] = uint8(205 + i%7)
	}
	photo := drawn.Blank(1166, 1654)
	for i := range photo.Pix {
		photo.Pix[i] = uint8(60 + (i/photo.Stride)/10)
	}
	large := drawn.Blank(1166, 1654)
	drawn.Text(t, large, "MẬT", drawn.Size{Points: 60, DPI: testDPI}, image.Pt(400, 500))
	negative := drawn.Page(t, testDPI)
	for i, v := range negative.Pix {
		negative.Pix[i] = 255 - v
	}
	line := drawn.PageOf(t, testDPI, []string{"Một dòng chữ ở giữa"})
	tests := []struct {
		name string
		page *image.Gray
		want Blankness
	}{
		{"white", drawn.Blank(1166, 1654), SurelyBlank},
		{"gray paper", gray, SurelyBlank},
		{"specks", specks, MaybeBlank},
		{"one line", line, MaybeBlank},
		{"photograph", photo, Written},
		{"large print", large, Written},
		{"white on black", negative, Written},
		{"page", drawn.Page(t, testDPI), Written},
	}
	for _, test := range tests {
		page := straighten(t, picture(t, test.page))
		if page.Blankness != test.want {
			t.Errorf("%s: %d, want %d", test.name, page.Blankness, test.want)
		}
	}
}

// BenchmarkStraighten measures a page at 300 dpi, leaning and upside down.
func BenchmarkStraighten(b *testing.B) {
	leaning, _ := drawn.Lean(drawn.Page(b, 300), 2)
	input, _ := drawn.Quarter(leaning, 180)
	for b.Loop() {
		pix, err := lept.New(input.Rect.Dx(), input.Rect.Dy(), 8)
		if err != nil {
			b.Fatal(err)
		}
		if err := pix.SetRows(input.Pix, input.Stride, 1); err != nil {
			b.Fatal(err)
		}
		page, err := Straighten(&decode.Picture{Pix: pix, Resolution: decode.Resolution{X: 300, Y: 300, Source: "tag"}}, Help{})
		if err != nil {
			b.Fatal(err)
		}
		page.Close()
	}
}
