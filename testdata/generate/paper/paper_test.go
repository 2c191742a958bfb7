package paper

import (
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"
)

func newSheet(t *testing.T) *Sheet {
	t.Helper()
	fonts, err := LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	return New(fonts, 100, rand.New(rand.NewPCG(1, 1)))
}

// TestGlyphs holds the fonts against every letter of Vietnamese, in every cut.
func TestGlyphs(t *testing.T) {
	letters := "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ0123456789.,;:/()²-–"
	for _, family := range []Family{Serif, Sans} {
		for _, cut := range []Style{{}, {Bold: true}, {Italic: true}, {Bold: true, Italic: true}} {
			cut.Family, cut.Size = family, 10
			s := newSheet(t)
			s.checkGlyphs(cut, letters+strings.ToUpper(letters))
			if _, _, err := s.Finish(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestMissingGlyphNamesThePackage(t *testing.T) {
	s := newSheet(t)
	s.Body(TopMargin).Line("số 漢")
	_, _, err := s.Finish()
	if err == nil || !strings.Contains(err.Error(), FontPackage) {
		t.Errorf("error %v does not name the package %s", err, FontPackage)
	}
}

func TestTextThatRunsOffTheSheet(t *testing.T) {
	s := newSheet(t)
	c := s.Body(TopMargin)
	for range 80 {
		c.Line("Họ, chữ đệm, tên:")
	}
	if _, _, err := s.Finish(); err == nil {
		t.Error("80 lines on one side: no error")
	}
}

func TestStrayMarkupIsAnError(t *testing.T) {
	s := newSheet(t)
	s.Body(TopMargin).Line("số 12*a của")
	if _, _, err := s.Finish(); err == nil {
		t.Error("a star inside a word was printed")
	}
}

// TestLines checks what a sheet says it printed: wrapped lines, their boxes
// around ink, blocks parted.
func TestLines(t *testing.T) {
	s := newSheet(t)
	c := s.Column(LeftMargin, TopMargin, 60)
	c.Para("*Điều 1.* Phê duyệt kèm theo Quyết định này _Kế hoạch_ số hóa hồ sơ.")
	s.Break()
	c.Entry("Giới tính: Nữ", "Dân tộc: Mông")
	img, lines, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	want := "Điều 1. Phê duyệt kèm theo\nQuyết định này Kế hoạch số hóa\nhồ sơ.\n\nGiới tính: Nữ Dân tộc: Mông\n"
	if got := Text(lines); got != want {
		t.Errorf("printed\n%q, want\n%q", got, want)
	}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.RGBAAt(x, y) == (color.RGBA{255, 255, 255, 255}) {
				continue
			}
			if !insideAny(lines, x, y) {
				t.Fatalf("ink at (%d, %d) outside every line", x, y)
			}
		}
	}
}

func insideAny(lines []Line, x, y int) bool {
	for _, line := range lines {
		// A pixel of slack: letters may lean over their advance width.
		if box := line.Box.Inset(-2); x >= box.Min.X && x < box.Max.X && y >= box.Min.Y && y < box.Max.Y {
			return true
		}
	}
	return false
}

// TestMarksLeaveNoText: seals and signatures are not text, and ink darkens but
// never brightens.
func TestMarksLeaveNoText(t *testing.T) {
	s := newSheet(t)
	s.Seal(100, 100, "ỦY BAN NHÂN DÂN XÃ Y TÝ", "T. LÀO CAI")
	s.Sign(120, 100, PenBlue)
	img, lines, err := s.Finish()
	if err != nil || len(lines) != 0 {
		t.Fatalf("%d lines, error %v", len(lines), err)
	}
	red := 0
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] > 150 && img.Pix[i+1] < 120 {
			red++
		}
	}
	if red < 500 {
		t.Errorf("%d red pixels in a seal, want hundreds", red)
	}
}
