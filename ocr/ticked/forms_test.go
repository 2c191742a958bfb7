package ticked_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
)

// place draws what is there to be ticked, round a square of the page; marks then go
// inside it.
type place struct {
	name     string
	brackets bool
	draw     func(t *testing.T, page *image.Gray, at image.Rectangle, thick, dpi int)
}

func fill(page *image.Gray, r image.Rectangle) {
	draw.Draw(page, r, image.Black, image.Point{}, draw.Src)
}

// ruledPlace is a square of which some edges are rules of a table or a line to write on.
func ruledPlace(name string, top, foot, left bool) place {
	return place{name: name, draw: func(_ *testing.T, page *image.Gray, at image.Rectangle, thick, dpi int) {
		outline(page, at, thick)
		long := dpi * 9 / 20
		if top {
			fill(page, image.Rect(at.Min.X-long, at.Min.Y, at.Max.X+long, at.Min.Y+thick))
		}
		if foot {
			fill(page, image.Rect(at.Min.X-long, at.Max.Y-thick, at.Max.X+long, at.Max.Y))
		}
		if left {
			fill(page, image.Rect(at.Min.X, at.Min.Y-dpi/6, at.Min.X+thick, at.Max.Y+dpi/6))
		}
	}}
}

func typed(opening, closing string) place {
	return place{name: opening + " " + closing, brackets: true, draw: func(t *testing.T, page *image.Gray, at image.Rectangle, _, dpi int) {
		t.Helper()
		size := drawn.Size{Points: 13, DPI: dpi}
		drawn.Text(t, page, opening, size, image.Pt(at.Min.X-dpi/16, at.Max.Y))
		drawn.Text(t, page, closing, size, image.Pt(at.Max.X, at.Max.Y))
	}}
}

func allPlaces() []place {
	return []place{
		ruledPlace("alone", false, false, false), ruledPlace("on a line", false, true, false), ruledPlace("against a rule", false, false, true),
		ruledPlace("in the corner of a cell", true, false, true), ruledPlace("between two rules", true, true, false), typed("[", "]"), typed("(", ")"),
	}
}

// marksOfForms are those of [allMarks], and a stroke from corner to corner, one that
// passes below, and the x that a typist sets.
func marksOfForms() []mark {
	return append(allMarks(),
		mark{"slash", dossier.CheckUnsure, strokes([][2]float64{{0.1, 0.95}, {0.9, 0.05}})},
		mark{"stroke below", dossier.CheckEmpty, strokes([][2]float64{{-0.6, 1.5}, {1.8, 1.35}})},
		mark{"heavy cross", dossier.CheckTicked, strokes([][2]float64{{0.1, 0.1}, {0.9, 0.9}, {0.2, 0.2}}, [][2]float64{{0.9, 0.1}, {0.1, 0.9}, {0.8, 0.2}})})
}

// choice is one thing to be ticked on a page.
type choice struct {
	at    image.Rectangle
	place place
	mark  mark
}

// formOf draws a page with one of each mark in each of the places, if it takes it.
func formOf(t *testing.T, dpi int, places []place, chance *rand.Rand) (page *image.Gray, choices []choice) {
	t.Helper()
	mm := float64(dpi) / 25.4
	page = drawn.PageOf(t, dpi, drawn.Lines()[:5])
	for i, p := range places {
		for j, m := range marksOfForms() {
			if p.brackets && m.name == "filled" {
				continue
			}
			side := int((2.8 + 1.6*chance.Float64()) * mm)
			if p.brackets {
				side = int((2.4 + 0.8*chance.Float64()) * mm)
			}
			n := i*len(marksOfForms()) + j
			x, y := int(float64(dpi)*(0.7+1.25*float64(n%4)+0.2*chance.Float64())), dpi*24/10+n/4*dpi*6/10
			at := image.Rect(x, y, x+side, y+side)
			p.draw(t, page, at, max(1, int((0.2+0.3*chance.Float64())*mm)), dpi)
			inside := at
			if p.brackets {
				inside = at.Inset(side / 6)
			}
			m.draw(page, inside, (0.35+0.35*chance.Float64())*mm, chance)
			choices = append(choices, choice{at, p, m})
		}
	}
	return page, choices
}

// noisy adds the grain of a scanner.
func noisy(page *image.Gray, sigma float64, chance *rand.Rand) {
	for i, v := range page.Pix {
		page.Pix[i] = color.Gray{Y: uint8(min(max(float64(v)+sigma*chance.NormFloat64(), 0), 255))}.Y
	}
}

// told counts what was said of the choices in one place.
type told struct{ right, asked, lost, wrong int }

// TestForms draws forms of 200 and 300 dpi that lean and are grainy, with squares
// and brackets alone, on lines and in tables, and nothing said of a mark is wrong:
// empty for ticked or ticked for empty. What is not found or unsure, a person is
// asked about.
func TestForms(t *testing.T) {
	counts, byMark := map[string]told{}, map[string]told{}
	extra := 0
	for seed := range uint64(24) {
		chance := rand.New(rand.NewPCG(seed, 17))
		dpi, places := []int{200, 300}[seed/2%2], allPlaces()[:4]
		if seed%2 == 1 {
			places = allPlaces()[4:]
		}
		plain, choices := formOf(t, dpi, places, chance)
		page, gone := drawn.Lean(plain, 6*chance.Float64()-3)
		noisy(page, 12*chance.Float64(), chance)
		found, toPage := squares(t, page, dpi)
		extra += len(found)
		for _, c := range choices {
			got, ok := nearest(found, toPage, gone, c.at)
			n, m := counts[c.place.name], byMark[c.mark.name]
			for _, to := range []*told{&n, &m} {
				to.add(ok, got.State, c.mark.want)
			}
			counts[c.place.name], byMark[c.mark.name] = n, m
			if ok {
				extra--
			}
			if ok && got.State != dossier.CheckUnsure && got.State != c.mark.want {
				t.Errorf("%d dpi, seed %d, %s: %s is %s", dpi, seed, c.place.name, c.mark.name, got.State)
			}
		}
	}
	t.Logf("%d that are none\n%s%s", extra, table(counts), table(byMark))
	if extra > 6 {
		t.Errorf("%d that are none", extra)
	}
	for name, least := range map[string]int{"alone": 9, "on a line": 9, "against a rule": 9, "[ ]": 8, "( )": 8} {
		if n := counts[name]; n.right*12 < least*(n.right+n.lost+n.wrong) {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

// add counts a verdict; what had better be asked about is right when it is.
func (n *told) add(found bool, got, want dossier.CheckState) {
	switch {
	case !found:
		n.lost++
	case got == want:
		n.right++
	case got == dossier.CheckUnsure:
		n.asked++
	default:
		n.wrong++
	}
}

func table(counts map[string]told) string {
	var lines []string
	for name, n := range counts {
		lines = append(lines, fmt.Sprintf("%-24s right %3d, asked %3d, not found %3d, wrong %d\n", name, n.right, n.asked, n.lost, n.wrong))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
