package ocr

import (
	"image"
	"image/draw"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/drawn"
)

// TestNoWordsInACode: the modules of a code bring no words, and the print around
// it is read. Without leaving them out a letter is read in this one.
func TestNoWordsInACode(t *testing.T) {
	page := drawn.Blank(1654, 1100)
	drawn.Text(t, page, "TỜ PHÂN CÁCH HỒ SƠ", drawn.Size{Points: 20, DPI: 200}, image.Pt(250, 100))
	qr := drawn.QR(t, "SOHOA1|H38.12-260105-0421|7|3K", 4)
	draw.Draw(page, qr.Rect.Add(image.Pt(350, 200)), qr, image.Point{}, draw.Src)
	drawn.Text(t, page, "Số tờ: 7", drawn.Size{Points: 13, DPI: 200}, image.Pt(480, 900))
	got := one(t, reader(t), drawn.File(t, "p.jpg", drawn.JPEG(t, page, 200)))
	if len(got.Codes) != 1 || got.Codes[0].Type != "qr" {
		t.Fatalf("codes %v", got.Codes)
	}
	if want := "TỜ PHÂN CÁCH HỒ SƠ\n\nSố tờ: 7\n"; got.Text != want {
		t.Errorf("read %q, want %q", got.Text, want)
	}
}

// TestCodesOnATurnedPage: where a code lies is known on the upright page, however
// the page was fed and whatever its file says of that.
func TestCodesOnATurnedPage(t *testing.T) {
	r := reader(t)
	page := drawn.Page(t, 200)
	qr := drawn.QR(t, "SOHOA1|H38.12-260105-0421|7|3K", 6)
	place := qr.Rect.Add(image.Pt(350, 1100))
	draw.Draw(page, place, qr, image.Point{}, draw.Src)
	for _, turned := range []int{0, 90, 180} {
		fed, _ := drawn.Quarter(page, turned)
		fed, _ = drawn.Lean(fed, 3)
		file, err := r.Open(t.Context(), drawn.File(t, "p.jpg", drawn.JPEG(t, fed, 200)))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := file.Picture(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if turned == 180 {
			picture.Orientation = 3 // the file knows
		}
		scan := scanOf(picture)
		straight, err := cleanup.Straighten(picture, cleanup.Help{Reader: r.engine})
		if err != nil {
			t.Fatal(err)
		}
		found, err := r.readCodes(straight, scan)
		before := straight.Ink.Black()
		found.wipe(straight)
		if wiped := before - straight.Ink.Black(); wiped < place.Dx()*place.Dy()/8 { // of which 0.56 are pixels of the ink, and 0.4 of these black
			t.Errorf("turned by %d: %d pixels of ink wiped", turned, wiped)
		}
		straight.Close()
		if err != nil || len(found.at) != 1 {
			t.Fatalf("turned by %d: %+v, %v", turned, found, err)
		}
		if at := found.at[0]; !at.In(place.Inset(-8)) || !place.Inset(40).In(at) {
			t.Errorf("turned by %d: the code is at %v, drawn at %v", turned, at, place)
		}
	}
}

// TestShown: a point of the picture as shown is where the tag of the file says.
func TestShown(t *testing.T) {
	// Where the stored top left corner goes on a picture of 30 x 20 (TIFF 6.0,
	// page 36: 1 top left, 2 top right, 3 bottom right, 4 bottom left, then turned).
	corners := []dossier.Matrix{{}, {0: 0, 1: 0}, {0: 30, 1: 0}, {0: 30, 1: 20}, {0: 0, 1: 20}, {0: 0, 1: 0}, {0: 20, 1: 0}, {0: 20, 1: 30}, {0: 0, 1: 30}}
	for o := decode.Orientation(1); o <= 8; o++ {
		if x, y := o.Shown(30, 20).Apply(0, 0); x != corners[o][0] || y != corners[o][1] {
			t.Errorf("orientation %d: (0, 0) goes to (%g, %g), want %v", o, x, y, corners[o][:2])
		}
	}
}
