package lines

import (
	"image"
	"image/color"
	"strconv"
	"testing"

	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
)

// inkOf is the measuring copy of a page drawn at 150 dpi.
func inkOf(t *testing.T, page *image.Gray) *lept.Pix {
	t.Helper()
	pix, err := lept.New(page.Rect.Dx(), page.Rect.Dy(), 8)
	if err != nil {
		t.Fatal(err)
	}
	defer pix.Close()
	if err := pix.SetRows(page.Pix, page.Stride, 1); err != nil {
		t.Fatal(err)
	}
	ink, err := pix.Threshold(170)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ink.Close)
	return ink
}

func write(t *testing.T, page *image.Gray, text string, x, y int) {
	t.Helper()
	drawn.Text(t, page, text, drawn.Size{Points: 13, DPI: measure.DPI}, image.Pt(x, y))
}

func fill(page *image.Gray, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			page.SetGray(x, y, color.Gray{})
		}
	}
}

func find(t *testing.T, page *image.Gray) Found {
	t.Helper()
	found, err := Find(inkOf(t, page))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestFind: a line is one box with its marks; a letterhead is two; a lone digit
// is a line; rules and frames are none; a stroke taller than print is told
// apart.
func TestFind(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	write(t, page, "ỦY BAN NHÂN DÂN", 100, 200)
	write(t, page, "CỘNG HÒA XÃ HỘI", 700, 200)
	write(t, page, "Tôi tên là Giàng A Páo, sinh ngày 01 tháng 02", 100, 400)
	write(t, page, "7", 600, 500)
	fill(page, image.Rect(100, 600, 1100, 603))
	fill(page, image.Rect(800, 700, 840, 900))
	found := find(t, page)
	if len(found.Lines) != 4 {
		t.Fatalf("%d lines: %v", len(found.Lines), found.Lines)
	}
	if body := found.Lines[2]; body.X > 102 || body.W < 450 || body.H < 20 || body.H > 45 {
		t.Errorf("the long line has the box %+v", body)
	}
	if len(found.Tall) != 1 || found.Tall[0].H != 200 {
		t.Errorf("tall pieces %v", found.Tall)
	}
	if h := found.UsualHeight(); h < 15 || h > 45 {
		t.Errorf("usual height %d", h)
	}
}

// TestMarks: a mark that stands free above its letter is in the line's box, and
// the line below does not take it.
func TestMarks(t *testing.T) {
	page := drawn.Blank(1240, 600)
	fill(page, image.Rect(100, 200, 400, 220))
	fill(page, image.Rect(200, 192, 206, 196))
	fill(page, image.Rect(100, 240, 400, 260))
	found := find(t, page)
	if len(found.Lines) != 2 || found.Lines[0].Y != 192 || found.Lines[1].Y != 240 {
		t.Errorf("lines %v", found.Lines)
	}
}

// TestNothing: an empty page has no lines, and nothing is left of it.
func TestNothing(t *testing.T) {
	found := find(t, drawn.Blank(300, 300))
	missed, err := Missed(inkOf(t, drawn.Blank(300, 300)), nil)
	if len(found.Lines) != 0 || found.UsualHeight() != 0 || len(missed) != 0 || err != nil {
		t.Errorf("%v, %v, %v", found, missed, err)
	}
}

// TestLargePrint: a title of 36 points is one line with its marks; strokes as
// tall, each for itself, stay what they are.
func TestLargePrint(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	drawn.Text(t, page, "TỜ PHÂN CÁCH HỒ SƠ", drawn.Size{Points: 36, DPI: measure.DPI}, image.Pt(150, 300))
	for i, x := range []int{200, 420, 700} {
		fill(page, image.Rect(x, 800+40*i, x+20, 880+40*i))
	}
	found := find(t, page)
	if len(found.Lines) != 1 {
		t.Fatalf("lines %v, want the title", found.Lines)
	}
	if l := found.Lines[0]; l.W < 700 || l.H < 65 {
		t.Errorf("the title is %v, want all of it with its marks", l)
	}
	if len(found.Tall) != 3 {
		t.Errorf("tall pieces %v, want the three strokes", found.Tall)
	}
}

// TestFrameOfOrnaments: the ornaments of a frame are no lines; a column of
// numbers at the edge is.
func TestFrameOfOrnaments(t *testing.T) {
	page := drawn.Blank(1240, 1754)
	for i := range 25 {
		fill(page, image.Rect(60, 100+40*i, 76, 116+40*i))
		fill(page, image.Rect(1150, 100+40*i, 1166, 116+40*i))
	}
	for i := range 15 {
		write(t, page, strconv.Itoa(i+1), 150, 150+45*i)
		write(t, page, "Giàng A Páo", 400, 150+45*i)
	}
	found := find(t, page)
	if len(found.Lines) != 30 {
		t.Errorf("%d lines, want 15 numbers and 15 names: %v", len(found.Lines), found.Lines)
	}
}
