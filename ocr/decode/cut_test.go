package decode

import (
	"image"
	"image/color"
	"math"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/decode/decodetest"
	"sohoa/ocr/internal/drawn"
)

// spreadPicture is a picture of 640 x 400 whose left half is red and whose right
// half is green, both with a pattern.
func spreadPicture() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for y := range 400 {
		for x := range 640 {
			v := uint8(40 + 60*math.Abs(math.Sin(float64(x*y)/3000)))
			c := color.RGBA{R: 180, G: v, B: v, A: 255}
			if x >= 320 {
				c = color.RGBA{R: v, G: 180, B: v, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// TestPart: each half of a spread keeps the very pixels of its side and nothing
// of the other, for a gutter that leans and for every form of stream.
func TestPart(t *testing.T) {
	line := dossier.Cut{330, 0, 310, 400}
	for name, file := range map[string]string{
		"jpeg": drawn.File(t, "a.jpg", drawn.JPEG(t, spreadPicture(), 40)),
		"png":  drawn.File(t, "a.png", drawn.PNG(t, spreadPicture())),
	} {
		_, _, whole := decodetest.Oracle(t, file, 0)
		f := open(t, file)
		for _, cut := range []dossier.Cut{line, {line[2], line[3], line[0], line[1]}} {
			s, err := f.Part(t.Context(), 1, &cut)
			if err != nil {
				t.Fatal(err)
			}
			if name == "jpeg" && (s.Filter != "DCTDecode" || s.X%16 != 0) {
				t.Errorf("jpeg cut as %s at %d", s.Filter, s.X)
			}
			checkHalf(t, name, s, cut, whole)
		}
	}
}

// checkHalf compares the pixels of a half with the whole picture of 640 columns.
// A block of a JPEG is 16 pixels: within one of the gutter it may go either way.
func checkHalf(t *testing.T, name string, s *Stream, cut dossier.Cut, whole []byte) {
	t.Helper()
	near := 1.0
	var rows []byte
	if s.Filter == "DCTDecode" {
		near = 34
		_, _, rows = decodetest.Oracle(t, drawn.File(t, "half.jpg", s.Data), 0)
	} else {
		rows = unpredict(t, s.Data, s.Width, 3)
	}
	length := math.Hypot(cut[2]-cut[0], cut[3]-cut[1])
	for y := range s.Height {
		for x := range s.Width {
			away := cut.Side(float64(s.X+x)+0.5, float64(s.Y+y)+0.5) / length
			got, want := rows[3*(y*s.Width+x):][:3], whole[3*((s.Y+y)*640+s.X+x):][:3]
			for i := range 3 {
				off := int(got[i]) - int(want[i])
				if away > near && off != 0 {
					t.Fatalf("%s: pixel %d, %d is %v, was %v", name, x, y, got, want)
				}
				if away < -near && got[i] < 250 {
					t.Fatalf("%s: pixel %d, %d beyond the gutter is %v", name, x, y, got)
				}
			}
		}
	}
}
