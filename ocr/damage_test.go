package ocr

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/ocrtest"
)

// leastF1 of a page of known print: the words that are read upright and clean
// are read in every position and with every damage, but for two in a hundred.
const leastF1 = 0.98

func wantPrint(t *testing.T, got dossier.Reading) {
	t.Helper()
	score := ocrtest.Compare(strings.Join(drawn.Lines(), "\n"), got.Text)
	if score.F1() < leastF1 {
		t.Errorf("word F1 %.3f, turned by %d and %.2f; read:\n%s", score.F1(), got.RotationCW, got.SkewCWDegrees, got.Text)
	}
}

// TestTurnedPagesReadTheSame turns one page by quarters and leans it as far as a
// page is brought level, and reads the same words each time.
func TestTurnedPagesReadTheSame(t *testing.T) {
	r := reader(t)
	page := roomy(t)
	for _, turn := range []struct {
		quarter int
		lean    float64
	}{{0, 0}, {90, 0}, {180, 0}, {270, 0}, {0, -14.5}, {90, -6}, {180, 0.4}, {270, 3}, {0, 14.5}, {180, -11}} {
		leaning, _ := drawn.Lean(page, turn.lean)
		turned, _ := drawn.Quarter(leaning, turn.quarter)
		t.Run(fmt.Sprintf("%d degrees, leaning %g", turn.quarter, turn.lean), func(t *testing.T) {
			got := one(t, r, drawn.File(t, "a.jpg", drawn.JPEG(t, turned, 200)))
			if got.RotationCW != turn.quarter || got.SkewCWDegrees < turn.lean-0.1 || got.SkewCWDegrees > turn.lean+0.1 {
				t.Errorf("found to be turned by %d and leaning by %.2f", got.RotationCW, got.SkewCWDegrees)
			}
			wantPrint(t, got)
		})
	}
}

// roomy is the page of known print at 200 dpi on a larger sheet, so that nothing
// of it leaves the picture when it leans.
func roomy(tb testing.TB) *image.Gray {
	tb.Helper()
	page := drawn.Page(tb, 200)
	sheet := drawn.Blank(1654, 2339)
	draw.Draw(sheet, page.Bounds().Add(image.Pt(230, 330)), page, image.Point{}, draw.Src)
	return sheet
}

// TestDamagedEdgesReadTheSame draws what scanners and files do to the edges of
// paper over one page, and reads the same words and nothing else.
func TestDamagedEdgesReadTheSame(t *testing.T) {
	r := reader(t)
	for _, damage := range []struct {
		name string
		draw func(*image.Gray)
	}{
		{"punch holes", punch}, {"black holes of a lidless scan", func(page *image.Gray) { disc(page, 90, 800, 26, 0); disc(page, 90, 1440, 26, 0) }},
		{"staple", staple}, {"torn edge", tear}, {"black borders", border}, {"everything", edges},
	} {
		t.Run(damage.name, func(t *testing.T) {
			page := roomy(t)
			damage.draw(page)
			got := one(t, r, drawn.File(t, "a.jpg", drawn.JPEG(t, page, 200)))
			wantPrint(t, got)
			if want := len(strings.Fields(strings.Join(drawn.Lines(), " "))); len(got.Words) > want+1 {
				t.Errorf("%d words, want %d; read:\n%s", len(got.Words), want, got.Text)
			}
		})
	}
}

// edges has every damage to its edges.
func edges(page *image.Gray) {
	punch(page)
	staple(page)
	tear(page)
	border(page)
}

// disc fills a circle.
func disc(page *image.Gray, x, y, radius int, ink uint8) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			if dx*dx+dy*dy <= radius*radius {
				page.SetGray(x+dx, y+dy, color.Gray{Y: ink})
			}
		}
	}
}

// punch makes two filing holes: 6 mm wide, 80 mm apart, 12 mm from the edge (ISO
// 838), with the shadow of their rim.
func punch(page *image.Gray) {
	for _, y := range []int{855, 1485} {
		disc(page, 94, y, 24, 90)
		disc(page, 97, y+3, 21, 225)
	}
}

// staple draws a staple and its shadow in the upper left corner.
func staple(page *image.Gray) {
	for i := range 90 {
		for w := range 5 {
			page.SetGray(60+i, 130-i/2+w, color.Gray{Y: 40})
			page.SetGray(64+i, 138-i/2+w, color.Gray{Y: 170})
		}
	}
}

// tear takes an uneven piece of the right edge away; the scanner's lid is dark.
func tear(page *image.Gray) {
	width := page.Rect.Dx()
	depth := 12
	for y := 300; y < 1100; y++ {
		depth += (y*7919>>3)%5 - 2
		depth = min(max(depth, 4), 60)
		for x := width - depth; x < width; x++ {
			page.SetGray(x, y, color.Gray{Y: 25})
		}
	}
}

// border is the dark that a scanner sees beside paper that is smaller or lies
// askew: a wedge above, bands at the sides.
func border(page *image.Gray) {
	width, height := page.Rect.Dx(), page.Rect.Dy()
	for x := range width {
		for y := range 30 + x/60 {
			page.SetGray(x, y, color.Gray{Y: 12})
		}
	}
	for y := range height {
		for x := range 25 {
			page.SetGray(x, y, color.Gray{Y: 12})
			page.SetGray(width-1-x, y, color.Gray{Y: 12})
		}
	}
}

// TestLoneNumbers draws numbers of two digits, each alone as in a cell of a table
// on grainy paper, and reads each of them.
func TestLoneNumbers(t *testing.T) {
	r := reader(t)
	page := roomy(t)
	var want []string
	for n := range 48 {
		number := strconv.Itoa(11 + n)
		want = append(want, number)
		drawn.Text(t, page, number, drawn.Size{Points: 13, DPI: 200}, image.Pt(260+200*(n%6), 1700+70*(n/6)))
	}
	grain := rand.New(rand.NewPCG(1, 2))
	for i := range page.Pix {
		page.Pix[i] = uint8(max(0, min(255, int(page.Pix[i])+int(grain.NormFloat64()*9))))
	}
	read := strings.Fields(one(t, r, drawn.File(t, "a.png", drawn.PNG(t, page))).Text)
	for _, number := range want {
		if !slices.Contains(read, number) {
			t.Errorf("%s is not read", number)
		}
	}
}
