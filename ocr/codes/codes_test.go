package codes

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/skip2/go-qrcode"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
)

func scan(t *testing.T, page *image.Gray) []dossier.Code {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found, err := s.Read(page.Pix, page.Rect.Dx(), page.Rect.Dy())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// withQR draws a page of print with a QR code of the module size on it.
func withQR(t *testing.T, text string, module int) *image.Gray {
	t.Helper()
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	page := drawn.Page(t, 150)
	at := image.Rect(450, 820, 450+400, 820+400)
	draw.Draw(page, at, q.Image(-module), image.Point{}, draw.Src)
	return page
}

// TestQR: exact text, any quarter turn, leaning, on a page of print.
func TestQR(t *testing.T) {
	const text = "SOHOA1|H38.12-260105-0421|7|3K"
	for _, quarter := range []int{0, 90, 180, 270} {
		leaning, _ := drawn.Lean(withQR(t, text, 3), 3.5)
		page, _ := drawn.Quarter(leaning, quarter)
		found := scan(t, page)
		if len(found) != 1 || found[0] != (dossier.Code{Type: "qr", Text: text}) {
			t.Errorf("turned by %d: %v", quarter, found)
		}
	}
}

// TestVietnameseQR: identity cards hold names in UTF-8.
func TestVietnameseQR(t *testing.T) {
	const text = "001085000123|Nguyễn Thị Hường|02031985|Nữ"
	if found := scan(t, withQR(t, text, 3)); len(found) != 1 || found[0].Text != text {
		t.Errorf("found %v", found)
	}
}

// code39 holds the bars and gaps of some signs, wide ones in capitals.
var code39 = map[rune]string{'*': "nWnnWnWnn", 'H': "WnnnnWWnn", '3': "WnWWnnnnn", '8': "WnnWnnWnn", '1': "WnnWnnnnW"}

// TestCode39: bars of three pixels at 150 dpi.
func TestCode39(t *testing.T) {
	page := drawn.Page(t, 150)
	x := 80
	for _, sign := range "*H381*" {
		for i, bar := range code39[sign] {
			width := 3
			if bar == 'W' {
				width = 8
			}
			if i%2 == 0 {
				draw.Draw(page, image.Rect(x, 900, x+width, 1000), image.NewUniform(color.Black), image.Point{}, draw.Src)
			}
			x += width
		}
		x += 3
	}
	if found := scan(t, page); len(found) != 1 || found[0] != (dossier.Code{Type: "code39", Text: "H381"}) {
		t.Errorf("found %v", found)
	}
}

// TestNoCode: print, noise and emptiness hold none; wrong sizes are refused.
func TestNoCode(t *testing.T) {
	if found := scan(t, drawn.Page(t, 150)); len(found) != 0 {
		t.Errorf("print: %v", found)
	}
	noise := drawn.Blank(600, 800)
	seed := uint32(7)
	for i := range noise.Pix {
		seed = seed*1664525 + 1013904223
		noise.Pix[i] = uint8(seed >> 24)
	}
	if found := scan(t, noise); len(found) != 0 {
		t.Errorf("noise: %v", found)
	}
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, size := range [][2]int{{0, 5}, {5, 0}, {3, 3}, {-1, 2}} {
		if _, err := s.Read(make([]byte, 8), size[0], size[1]); err == nil {
			t.Errorf("size %v was taken for 8 bytes", size)
		}
	}
}
