package ticked_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/decode"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/ticked"
)

// pen draws a stroke of a pen as wide as so many millimetres.
func pen(page *image.Gray, wide float64, points ...[2]float64) {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		steps := int(math.Hypot(b[0]-a[0], b[1]-a[1])*2) + 1
		for s := range steps + 1 {
			t := float64(s) / float64(steps)
			blot(page, a[0]+t*(b[0]-a[0]), a[1]+t*(b[1]-a[1]), wide/2)
		}
	}
}

func blot(page *image.Gray, x, y, radius float64) {
	for py := int(y - radius - 1); py <= int(y+radius+1); py++ {
		for px := int(x - radius - 1); px <= int(x+radius+1); px++ {
			if math.Hypot(float64(px)-x, float64(py)-y) <= radius {
				page.SetGray(px, py, color.Gray{Y: 30})
			}
		}
	}
}

// outline draws a square of rules.
func outline(page *image.Gray, at image.Rectangle, thick int) {
	draw.Draw(page, at, image.Black, image.Point{}, draw.Src)
	draw.Draw(page, at.Inset(thick), image.White, image.Point{}, draw.Src)
}

// marks are the ways in which a square is filled in; want is what has to be said
// of it, or unsure, which is never wrong. Points are shares of the side.
type mark struct {
	name string
	want dossier.CheckState
	draw func(page *image.Gray, at image.Rectangle, wide float64, chance *rand.Rand)
}

func strokes(lines ...[][2]float64) func(*image.Gray, image.Rectangle, float64, *rand.Rand) {
	return func(page *image.Gray, at image.Rectangle, wide float64, chance *rand.Rand) {
		for _, line := range lines {
			points := make([][2]float64, len(line))
			for i, p := range line {
				points[i] = [2]float64{
					float64(at.Min.X) + (p[0]+0.16*chance.Float64()-0.08)*float64(at.Dx()), float64(at.Min.Y) + (p[1]+0.16*chance.Float64()-0.08)*float64(at.Dy()),
				}
			}
			pen(page, wide, points...)
		}
	}
}

func allMarks() []mark {
	return []mark{
		{"empty", dossier.CheckEmpty, strokes()},
		{"tick", dossier.CheckTicked, strokes([][2]float64{{0.15, 0.5}, {0.4, 0.85}, {1.1, -0.15}})},
		{"cross", dossier.CheckTicked, strokes([][2]float64{{0.05, 0.05}, {0.95, 0.95}}, [][2]float64{{0.95, 0.05}, {0.05, 0.95}})},
		{"filled", dossier.CheckTicked, func(page *image.Gray, at image.Rectangle, _ float64, _ *rand.Rand) {
			draw.Draw(page, at, image.Black, image.Point{}, draw.Src)
		}},
		{"stray stroke", dossier.CheckUnsure, strokes([][2]float64{{-2, 0.9}, {3, 0.2}})},
		{"speck", dossier.CheckUnsure, func(page *image.Gray, at image.Rectangle, wide float64, _ *rand.Rand) {
			blot(page, float64(at.Min.X+at.Dx()/2), float64(at.Min.Y+at.Dy()/2), 0.6*wide)
		}},
	}
}

// row is one option of a form: where its square is drawn, and how it is marked.
type row struct {
	at   image.Rectangle
	mark mark
}

// form draws lines of print, and squares of one to a line between the options of
// a form.
func form(t *testing.T, dpi int, side float64, chance *rand.Rand) (*image.Gray, []row) {
	t.Helper()
	mm := float64(dpi) / 25.4
	page := drawn.Page(t, dpi)
	var rows []row
	for i, m := range allMarks() {
		y := int(float64(dpi)*4.4) + i*dpi*6/10
		x := int(float64(dpi)*(1.4+0.2*chance.Float64())) + chance.IntN(4)
		at := image.Rect(x, y, x+int(side*mm), y+int(side*mm))
		drawn.Text(t, page, "Nam", drawn.Size{Points: 13, DPI: dpi}, image.Pt(x-dpi*45/100, y+int(side*mm)))
		drawn.Text(t, page, "Nữ", drawn.Size{Points: 13, DPI: dpi}, image.Pt(x+int(side*mm)+dpi/5, y+int(side*mm)))
		outline(page, at, max(1, int((0.2+0.3*chance.Float64())*mm)))
		m.draw(page, at, (0.35+0.4*chance.Float64())*mm, chance)
		rows = append(rows, row{at, m})
	}
	return page, rows
}

// squares are what is found on a page, in its own pixels, as the front end has
// it: the page straightened, in black and white.
func squares(t *testing.T, page *image.Gray, dpi int) (found []dossier.CheckBox, toPage func(x, y float64) (float64, float64)) {
	t.Helper()
	pix, err := lept.New(page.Bounds().Dx(), page.Bounds().Dy(), 8)
	if err != nil {
		t.Fatal(err)
	}
	if err := pix.SetRows(page.Pix, page.Stride, 1); err != nil {
		t.Fatal(err)
	}
	straight, err := cleanup.Straighten(&decode.Picture{Pix: pix, Orientation: 1, Resolution: decode.Resolution{X: float64(dpi), Y: float64(dpi), Source: "tag"}}, cleanup.Help{})
	if err != nil {
		t.Fatal(err)
	}
	defer straight.Close()
	if found, err = ticked.Find(straight.Ink); err != nil {
		t.Fatal(err)
	}
	scale := straight.DPI / measure.DPI
	return found, func(x, y float64) (float64, float64) { return straight.ToInput.Apply(x*scale, y*scale) }
}

// TestSquares: on pages of 150 to 300 dpi that lean, squares of 3 to 5 mm are
// found where they were drawn; what is said of a mark is what it is, or that it
// is unsure, and seldom the latter. Of the eight hundred large letters beside
// them hardly one is taken for a square.
func TestSquares(t *testing.T) {
	counts := map[string]map[dossier.CheckState]int{}
	total, lost, extra := 0, 0, 0
	for seed := range uint64(12) {
		chance := rand.New(rand.NewPCG(seed, 7))
		dpi := []int{150, 200, 300}[seed%3]
		plain, rows := form(t, dpi, 3+2*chance.Float64(), chance)
		page, gone := drawn.Lean(plain, 4*chance.Float64()-2)
		found, toPage := squares(t, page, dpi)
		extra += len(found)
		for _, r := range rows {
			total++
			c, ok := nearest(found, toPage, gone, r.at)
			if !ok {
				lost++
				continue
			}
			extra--
			if counts[r.mark.name] == nil {
				counts[r.mark.name] = map[dossier.CheckState]int{}
			}
			counts[r.mark.name][c.State]++
			if c.State != r.mark.want && c.State != dossier.CheckUnsure {
				t.Errorf("%d dpi, seed %d: %s is %s", dpi, seed, r.mark.name, c.State)
			}
		}
	}
	t.Logf("%d squares, %d not found, %d that are none: %v", total, lost, extra, counts)
	if lost*20 > total || extra > 2 {
		t.Errorf("%d of %d not found, %d that are none", lost, total, extra)
	}
	for name, want := range map[string]dossier.CheckState{"empty": dossier.CheckEmpty, "tick": dossier.CheckTicked, "cross": dossier.CheckTicked, "filled": dossier.CheckTicked} {
		if unsure := counts[name][dossier.CheckUnsure]; unsure*5 > counts[name][want] {
			t.Errorf("%d of %s are unsure", unsure, name)
		}
	}
}

// nearest is the square that was found where one was drawn.
func nearest(found []dossier.CheckBox, toPage, gone func(x, y float64) (float64, float64), at image.Rectangle) (dossier.CheckBox, bool) {
	wantX, wantY := gone(float64(at.Min.X+at.Max.X)/2, float64(at.Min.Y+at.Max.Y)/2)
	for _, c := range found {
		x, y := toPage(float64(c.X)+float64(c.W)/2, float64(c.Y)+float64(c.H)/2)
		if math.Hypot(x-wantX, y-wantY) < float64(at.Dx())/4 {
			return c, true
		}
	}
	return dossier.CheckBox{}, false
}
