package registers

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"sohoa/dossier"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/scan"
)

// OpenTruth says where the cases of an open book stand, in millimetres of both pages
// side by side.
type OpenTruth struct {
	Kind string
	// Across says that the rows of the left page go on over the fold: then Right has,
	// for each case of Left, where it goes on. Else each page has cases of its own.
	Across      bool
	Left, Right []Rect
	Fold        float64 // where the fold runs
	ToInput     dossier.Matrix
	DPI         int
}

// DrawOpen draws an open book as an A3 scanner sees it: two pages side by side, and
// the shadow of the binding. With across the rows of the left page go on over the
// fold; else both pages are drawn as [Draw] does.
func DrawOpen(fonts *paper.Fonts, page Page, across bool, set scan.Settings, seed uint64) (image.Image, OpenTruth, error) {
	rng := rand.New(rand.NewPCG(seed, 13))
	truth := OpenTruth{Kind: page.Kind, Across: across, DPI: set.DPI}
	text, ok := texts()[page.Kind]
	if !ok {
		return nil, truth, fmt.Errorf("no register is called %q", page.Kind)
	}
	halves := make([]drawer, 2)
	for i := range halves {
		halves[i] = drawer{sheet: paper.New(fonts, set.DPI, rng), rng: rng, page: page, pen: paper.PenBlue, text: text}
	}
	switch {
	case across:
		rowsAcross(&halves[0], &halves[1])
	case page.Layout == Blocks:
		halves[0].blocks()
		halves[1].blocks()
	default:
		halves[0].rows()
		halves[1].rows()
	}
	a3, err := bound(halves, page, set.DPI)
	if err != nil {
		return nil, truth, fmt.Errorf("draw %s: %w", page.Kind, err)
	}
	begins := max(0, 2*page.Off)
	truth.Fold = begins + paper.Width
	truth.Left, truth.Right = moved(halves[0].truth.Entries, begins), moved(halves[1].truth.Entries, truth.Fold)
	img, toInput := scan.Scan(scan.Sheet{Front: a3, Paper: color.RGBA{R: 250, G: 247, B: 236, A: 255}}, set, rng)
	truth.ToInput = toInput
	return img, truth, nil
}

// heightOfHeads is room for three lines of print.
const heightOfHeads = 16

// rowsAcross draws a table whose rows go on from the left page to the right one: its
// heads are parted between them, and the right one has two more.
func rowsAcross(left, right *drawer) {
	heads := left.text.heads
	part := (len(heads) + 1) / 2
	left.text.heads = heads[:part]
	right.text.heads = append(append([]head{}, heads[part:]...), head{"Chữ ký người đi đăng ký", 3}, head{"Những điều cần ghi thêm", 3})
	left.high, right.high, right.right = heightOfHeads, heightOfHeads, true
	r := ruling{x: left.between(9, 16), top: left.heading(), pitch: left.between(9, 16), faint: -1}
	r.w = paper.Width - 2*r.x
	r.body = max(left.headsOf(r.x, r.w, r.top), right.headsOf(r.x, r.w, r.top))
	left.fill(&r)
	left.ruled(r)
	right.ruled(r)
}

func moved(entries []Rect, by float64) (all []Rect) {
	for _, r := range entries {
		r.X += by
		all = append(all, r)
	}
	return all
}

// bound lays two pages side by side, with the shadow of the binding between them,
// unless the book lies flat: it darkens the paper over 12 mm on each side. A fold off
// the middle leaves room on one side, where the desk is.
func bound(halves []drawer, book Page, dpi int) (*image.RGBA, error) {
	size := halves[0].sheet.Size()
	room := int(2 * math.Abs(book.Off) * float64(dpi) / 25.4)
	a3 := image.NewRGBA(image.Rect(0, 0, 2*size.X+room, size.Y))
	draw.Draw(a3, a3.Rect, image.White, image.Point{}, draw.Src)
	fold := size.X
	if book.Off > 0 {
		fold += room
	}
	for i, half := range halves {
		page, _, err := half.sheet.Finish()
		if err != nil {
			return nil, err
		}
		draw.Draw(a3, page.Rect.Add(image.Pt(fold+(i-1)*size.X, 0)), page, image.Point{}, draw.Src)
	}
	if book.Flat {
		return a3, nil
	}
	wide := 12 * float64(dpi) / 25.4
	for x := fold - int(wide); x < fold+int(wide); x++ {
		away := math.Abs(float64(x-fold)) / wide
		light := 1 - 0.45*(1-away)*(1-away)
		for y := range size.Y {
			p := a3.RGBAAt(x, y)
			a3.SetRGBA(x, y, color.RGBA{R: uint8(float64(p.R) * light), G: uint8(float64(p.G) * light), B: uint8(float64(p.B) * light), A: 255})
		}
	}
	return a3, nil
}
