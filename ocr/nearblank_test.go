package ocr

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/disintegration/imaging"

	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/drawn"
)

// pencil writes a note as a hand does: loops of joined strokes of one width that
// rise, fall and lean, in words. Ink is black; [pale] makes it as faint as wanted.
type pencil struct {
	dpi    int
	width  float64 // of the stroke, pixels
	words  int
	height float64 // of a small letter, in inches
	seed   uint64
}

func (p pencil) draw(page *image.Gray, at image.Point) {
	random := rand.New(rand.NewPCG(p.seed, 7))
	x, y := float64(at.X), float64(at.Y)
	letter := p.height * float64(p.dpi)
	for range p.words {
		for range 3 + random.IntN(6) {
			high := letter * (0.7 + 0.5*random.Float64())
			if random.IntN(4) == 0 {
				high *= 2
			}
			step, loop := letter*(0.5+0.4*random.Float64()), letter*(0.1+0.3*random.Float64())
			for i := range 200 {
				t := float64(i) / 200
				up := high * (1 - math.Cos(2*math.Pi*t)) / 2
				dot(page, x+step*t+loop*math.Sin(2*math.Pi*t)+0.3*up, y-up, p.width)
			}
			x += step
		}
		x += letter
		y += letter * 0.2 * random.NormFloat64()
	}
}

// dot darkens the disc of the width around a point, its edge by how much of the
// pixel it covers.
func dot(page *image.Gray, cx, cy, width float64) {
	r := width / 2
	for y := int(cy - r - 1); y <= int(cy+r+1); y++ {
		for x := int(cx - r - 1); x <= int(cx+r+1); x++ {
			if !(image.Point{x, y}.In(page.Rect)) {
				continue
			}
			cover := min(max(r+0.5-math.Hypot(float64(x)-cx, float64(y)-cy), 0), min(1, width))
			if v := uint8(255 * (1 - cover)); v < page.GrayAt(x, y).Y {
				page.SetGray(x, y, color.Gray{Y: v})
			}
		}
	}
}

// soft is a page as a scanner with a lens of that blur sees it.
func soft(page image.Image, sigma float64) image.Image {
	if sigma == 0 {
		return page
	}
	return imaging.Blur(page, sigma)
}

// back is a page from behind.
func back(page image.Image, sigma float64) image.Image { return soft(imaging.FlipH(page), sigma) }

// stampOn draws a seal: two rings, and a star of strokes.
func stampOn(page *image.Gray, dpi int, at image.Point) {
	for i := range 4000 {
		a := 2 * math.Pi * float64(i) / 4000
		for _, r := range []float64{0.68, 0.47} {
			dot(page, float64(at.X)+math.Cos(a)*r*float64(dpi), float64(at.Y)+math.Sin(a)*r*float64(dpi), float64(dpi)/60)
		}
		if i%40 < 12 {
			for r := 0.52; r < 0.63; r += 0.01 {
				dot(page, float64(at.X)+math.Cos(a)*r*float64(dpi), float64(at.Y)+math.Sin(a)*r*float64(dpi), float64(dpi)/100)
			}
		}
	}
}

// nearlyBlank is a page of a table, and what is told of it.
type nearlyBlank struct {
	name            string
	page            image.Image
	contrast, grain float64
	dpi             int
}

// looksBlank straightens a page and tells whether it is blank unless words are read
// on it.
func (n nearlyBlank) looksBlank(t *testing.T, v *Viewer) bool {
	t.Helper()
	file, err := v.Open(t.Context(), drawn.File(t, "page.jpg", drawn.JPEG(t, pale(n.page, n.contrast, n.grain), n.dpi)))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := file.Picture(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	page, err := cleanup.Straighten(picture, cleanup.Help{})
	if err != nil {
		t.Fatal(err)
	}
	page.Close()
	return page.Blankness != cleanup.Written && !page.Note
}

// wrongOf says how many pages of a table are told wrongly, and names them.
func wrongOf(t *testing.T, table []nearlyBlank, blank bool) (wrong int) {
	t.Helper()
	v := NewViewer(Config{Scratch: t.TempDir()})
	defer v.Close()
	for _, n := range table {
		if n.looksBlank(t, v) != blank {
			t.Logf("wrong: %s", n.name)
			wrong++
		}
	}
	t.Logf("%d pages, %d right, %d wrong", len(table), len(table)-wrong, wrong)
	return wrong
}

func a5(dpi int) *image.Gray { return drawn.Blank(583*dpi/100, 827*dpi/100) }

// TestPencilNotes: a note that no engine reads is not blank.
func TestPencilNotes(t *testing.T) {
	var table []nearlyBlank
	for _, dpi := range []int{200, 300} {
		for _, width := range []float64{1, 2, 3} {
			for i, contrast := range []float64{0.15, 0.25, 0.4} {
				for _, grain := range []float64{1, 4} {
					page := a5(dpi)
					pencil{dpi: dpi, width: width, words: 1 + i, height: 0.1, seed: uint64(len(table))}.draw(page, image.Pt(dpi, 2*dpi))
					name := fmt.Sprintf("%d dpi, %g wide, contrast %g, grain %g", dpi, width, contrast, grain)
					table = append(table, nearlyBlank{name, soft(page, 0.7), contrast, grain, dpi})
				}
			}
		}
	}
	if wrong := wrongOf(t, table, false); wrong > 0 {
		t.Errorf("%d notes are blank", wrong)
	}
}

// TestANoteIsLeftToAPerson: the reader makes no blank page of a note, and no words.
func TestANoteIsLeftToAPerson(t *testing.T) {
	page := a5(300)
	pencil{dpi: 300, width: 2, words: 2, height: 0.1, seed: 3}.draw(page, image.Pt(300, 900))
	got := one(t, reader(t), drawn.File(t, "note.jpg", drawn.JPEG(t, pale(soft(page, 0.7), 0.2, 4), 300)))
	if got.Blank || len(got.Words) > 0 {
		t.Errorf("blank %v, %d words", got.Blank, len(got.Words))
	}
}

// TestBacksAreBlank: print and seals behind the paper are blank, as is the paper.
func TestBacksAreBlank(t *testing.T) {
	var table []nearlyBlank
	print, seal := drawn.Page(t, 300), a5(300)
	stampOn(seal, 300, image.Pt(900, 1500))
	for _, blur := range []float64{1.5, 2, 3} {
		print, seal := back(print, blur), back(seal, blur)
		for _, contrast := range []float64{0.05, 0.15, 0.25} {
			for _, grain := range []float64{1, 4} {
				name := fmt.Sprintf("blurred by %g, contrast %g, grain %g", blur, contrast, grain)
				table = append(table, nearlyBlank{"print " + name, print, contrast, grain, 300},
					nearlyBlank{"seal " + name, seal, contrast, grain, 300})
			}
		}
	}
	for _, grain := range []float64{0, 2, 4, 8} {
		table = append(table, nearlyBlank{fmt.Sprint("paper of grain ", grain), a5(200), 1, grain, 200})
	}
	if wrong := wrongOf(t, table, true); wrong > 0 {
		t.Errorf("%d backs are not blank", wrong)
	}
}

// TestNotesOverTheBack: a note is not blank either where the back shines through
// around it, as long as it is not the paler of the two.
func TestNotesOverTheBack(t *testing.T) {
	var table []nearlyBlank
	behind := back(drawn.Page(t, 300), 2)
	for _, width := range []float64{2, 3} {
		for _, through := range []float64{0.1, 0.2, 0.3} {
			for _, grain := range []float64{1, 4} {
				page := a5(300)
				pencil{dpi: 300, width: width, words: 2, height: 0.1, seed: uint64(len(table))}.draw(page, image.Pt(300, 2200))
				for at := range page.Pix {
					x, y := at%page.Stride, at/page.Stride
					is, _, _, _ := behind.At(x, y).RGBA()
					page.Pix[at] -= uint8(float64(255-is>>8) * through * float64(page.Pix[at]) / 255)
				}
				name := fmt.Sprintf("%g wide, back %g of the note, grain %g", width, through, grain)
				table = append(table, nearlyBlank{name, soft(page, 0.7), 0.35, grain, 300})
			}
		}
	}
	if wrong := wrongOf(t, table, false); wrong > 0 {
		t.Errorf("%d notes are blank", wrong)
	}
}
