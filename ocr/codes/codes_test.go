package codes

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/skip2/go-qrcode"
	xdraw "golang.org/x/image/draw"

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
	found, err := s.Search(Picture{page.Pix, page.Rect.Dx(), page.Rect.Dy()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var codes []dossier.Code
	for _, f := range found {
		codes = append(codes, f.Code)
	}
	return codes
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
		if _, err := s.Read(Picture{make([]byte, 8), size[0], size[1]}); err == nil {
			t.Errorf("size %v was taken for 8 bytes", size)
		}
	}
}

// searched150 are the codes that a scanner finds on a page of 150 dpi, enlarged from
// its own pixels where need be.
func searched150(t *testing.T, page *image.Gray) []Found {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found, err := s.Search(Picture{page.Pix, page.Rect.Dx(), page.Rect.Dy()}, func(at image.Rectangle, times float64) (Picture, dossier.Matrix, error) {
		larger := image.NewGray(image.Rect(0, 0, int(float64(at.Dx())*times), int(float64(at.Dy())*times)))
		xdraw.BiLinear.Scale(larger, larger.Rect, page, at, xdraw.Src, nil)
		return Picture{larger.Pix, larger.Rect.Dx(), larger.Rect.Dy()},
			dossier.Matrix{1 / times, 0, 0, 1 / times, float64(at.Min.X), float64(at.Min.Y)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestWhereCodesAre: two codes on a page of print are found, turned and leaning,
// and their outlines lie on them.
func TestWhereCodesAre(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	draw.Draw(page, page.Rect, drawn.Page(t, 150), image.Point{}, draw.Src)
	qr, bars := drawn.QR(t, "SOHOA1|H38.12-260105-0421|7|3K", 3), drawn.Code128("H38.12-0421", 2, 60)
	places := map[string]image.Rectangle{"qr": qr.Rect.Add(image.Pt(300, 1000)), "code128": bars.Rect.Add(image.Pt(600, 1300))}
	draw.Draw(page, places["qr"], qr, image.Point{}, draw.Src)
	draw.Draw(page, places["code128"], bars, image.Point{}, draw.Src)
	for _, degrees := range []float64{0, 4, -12} {
		leaning, moved := drawn.Lean(page, degrees)
		found := searched150(t, leaning)
		if len(found) != 2 {
			t.Errorf("leaning by %g: %v", degrees, found)
		}
		for _, f := range found {
			place := places[f.Type]
			x, y := moved(float64(place.Min.X+place.Max.X)/2, float64(place.Min.Y+place.Max.Y)/2)
			if box := f.box(); !image.Pt(int(x), int(y)).In(box) || box.Dx() > 2*max(place.Dx(), place.Dy()) {
				t.Errorf("leaning by %g: %s is at %v, want around %.0f, %.0f", degrees, f.Type, box, x, y)
			}
		}
	}
}

// TestSmallCode: what zbar alone does not read is read drawn larger.
func TestSmallCode(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	draw.Draw(page, page.Rect, drawn.Page(t, 150), image.Point{}, draw.Src)
	code := shrunk(drawn.QR(t, "ASN00123", 3), 2)
	draw.Draw(page, code.Rect.Add(image.Pt(400, 1100)), code, image.Point{}, draw.Src)
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	alone, err := s.Read(Picture{page.Pix, page.Rect.Dx(), page.Rect.Dy()})
	if err != nil || len(alone) != 0 {
		t.Fatalf("needs no second look: %v, %v", alone, err)
	}
	if found := searched150(t, page); len(found) != 1 || found[0].Text != "ASN00123" {
		t.Errorf("found %v", found)
	}
}

// shrunk averages a picture down.
func shrunk(m *image.Gray, times int) *image.Gray {
	out := drawn.Blank(m.Rect.Dx()/times, m.Rect.Dy()/times)
	xdraw.CatmullRom.Scale(out, out.Rect, m, m.Rect, xdraw.Src, nil)
	return out
}

// TestLittleToLookFor: on a page of print hardly anything is decoded, which is
// what makes looking for codes cheap.
func TestLittleToLookFor(t *testing.T) {
	page := drawn.Page(t, 150)
	area := 0
	for _, r := range seek(Picture{page.Pix, page.Rect.Dx(), page.Rect.Dy()}) {
		area += r.Dx() * r.Dy()
	}
	if all := page.Rect.Dx() * page.Rect.Dy(); 100*area > all {
		t.Errorf("%d of %d pixels have the look of a code", area, all)
	}
}

// TestUnlikePatterns: patterns of one size make a region, to whatever side of them
// the code lies; large ones whose modules differ by two pixels are of no code, and
// small ones, which are measured less well, may differ by a third.
func TestUnlikePatterns(t *testing.T) {
	for _, c := range []struct {
		one, other float64
		regions    int
	}{{8.2, 8.2, 1}, {8.2, 8.9, 1}, {8.2, 6.3, 0}, {2.1, 1.6, 1}} {
		found := []finder{{100, 100, c.one}, {300, 100, c.other}}
		if got := regionsOf(found); len(got) != c.regions {
			t.Errorf("modules of %v and %v: %d regions, want %d", c.one, c.other, len(got), c.regions)
		}
	}
}
