// Package spreads draws A3 images: some hold two pages side by side, as an open
// register, a folded certificate or two forms on one glass do, and some are one
// sheet, such as a map, a table or an enlarged form.
//
// Start at [Draw]. One seed always yields the same pixels.
package spreads

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"

	"github.com/disintegration/imaging"

	"sohoa/dossier"
	"sohoa/testdata/generate/forms"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
	"sohoa/testdata/generate/scan"
)

// The kinds: three of two pages, then four of one.
const (
	Forms       = "two_forms"
	Register    = "open_register"
	Certificate = "folded_certificate"
	Map         = "map"
	Table       = "table"
	Drawing     = "drawing"
	Poster      = "enlarged_form"
)

// Kinds lists them; the first three are spreads.
func Kinds() []string { return []string{Forms, Register, Certificate, Map, Table, Drawing, Poster} }

// Pages is how many pages an image of the kind holds.
func Pages(kind string) int {
	switch kind {
	case Forms, Register, Certificate:
		return 2
	}
	return 1
}

// Truth says what an image is.
type Truth struct {
	Kind  string `json:"kind"`
	Pages int    `json:"pages"`
	// Gutter is where the fold runs, from head to foot of the upright spread, in
	// pixels of the image; zero for one page.
	Gutter     [4]float64 `json:"gutter"`
	SkewCW     float64    `json:"skew_cw_degrees"`
	RotationCW int        `json:"rotation_cw"`
	// Texts are what the pages say, in reading order.
	Texts []string `json:"texts"`
}

// Draw draws and scans one image.
func Draw(fonts *paper.Fonts, kind string, set scan.Settings, seed uint64) (image.Image, Truth, error) {
	rng := rand.New(rand.NewPCG(seed, 7))
	d := drawer{fonts: fonts, dpi: set.DPI, rng: rng}
	front, texts, err := d.front(kind)
	if err != nil {
		return nil, Truth{}, fmt.Errorf("draw %s: %w", kind, err)
	}
	img, toInput := scan.Scan(scan.Sheet{Front: front, Paper: color.RGBA{R: 255, G: 255, B: 255, A: 255}}, set, rng)
	truth := Truth{Kind: kind, Pages: Pages(kind), SkewCW: set.SkewCW, RotationCW: set.RotationCW, Texts: texts}
	if truth.Pages == 2 {
		truth.Gutter = gutter(toInput, front.Rect.Size())
	}
	return img, truth, nil
}

func gutter(m dossier.Matrix, size image.Point) [4]float64 {
	x0, y0 := m.Apply(float64(size.X)/2, 0)
	x1, y1 := m.Apply(float64(size.X)/2, float64(size.Y))
	return [4]float64{x0, y0, x1, y1}
}

type drawer struct {
	fonts *paper.Fonts
	dpi   int
	rng   *rand.Rand
}

func (d drawer) px(mm float64) int { return int(mm*float64(d.dpi)/25.4 + 0.5) }

func (d drawer) front(kind string) (*image.RGBA, []string, error) {
	switch kind {
	case Forms:
		return d.pair([2]string{"birth_registration_application", "marriage_registration_application"}, [2]int{0, 0})
	case Certificate:
		a3, texts, err := d.pair([2]string{"land_use_certificate", "land_use_certificate"}, [2]int{0, 1})
		if err == nil {
			d.line(a3, 0.4)
		}
		return a3, texts, err
	case Register:
		return d.register()
	case Map, Drawing:
		return d.lines(kind), nil, nil
	case Table:
		return d.table(), nil, nil
	case Poster:
		return d.poster()
	}
	return nil, nil, fmt.Errorf("no kind of spread is called %q", kind)
}

func (d drawer) blank() *image.RGBA {
	a3 := image.NewRGBA(image.Rect(0, 0, 2*d.px(paper.Width), d.px(paper.Height)))
	draw.Draw(a3, a3.Rect, image.White, image.Point{}, draw.Src)
	return a3
}

// pair lays two papers side by side.
func (d drawer) pair(kinds [2]string, sides [2]int) (*image.RGBA, []string, error) {
	a3 := d.blank()
	var texts []string
	for i, kind := range kinds {
		matter := forms.NewMatter(people.New(d.rng), forms.ProcedureWith(kind))
		matter.Sheets = 1
		drawn, err := forms.New(kind, matter)
		if err != nil {
			return nil, nil, err
		}
		sheet := paper.New(d.fonts, d.dpi, d.rng)
		drawn.Sides[min(sides[i], len(drawn.Sides)-1)](sheet)
		img, lines, err := sheet.Finish()
		if err != nil {
			return nil, nil, err
		}
		texts = append(texts, paper.Text(lines))
		d.put(a3, img, i)
	}
	return a3, texts, nil
}

func (d drawer) put(a3, page *image.RGBA, half int) {
	at := image.Pt(half*d.px(paper.Width), 0)
	draw.Draw(a3, page.Rect.Add(at), page, image.Point{}, draw.Src)
}

// register draws two ruled leaves whose tables run close to the fold, and the
// shadow of the binding.
func (d drawer) register() (*image.RGBA, []string, error) {
	a3 := d.blank()
	var texts []string
	for half := range 2 {
		sheet := paper.New(d.fonts, d.dpi, d.rng)
		c := sheet.Column(10, 20, paper.Width-16)
		if half == 1 {
			c = sheet.Column(6, 20, paper.Width-16)
		}
		c.Title("SỔ ĐĂNG KÝ KHAI SINH")
		c.Size = 11
		person := people.New(d.rng)
		rows := [][]string{{"Số", "Họ, chữ đệm, tên", "Ngày sinh", "Nơi sinh"}}
		for i := range 14 {
			who := forms.NewMatter(person, forms.ProcedureWith("birth_certificate"))
			rows = append(rows, []string{fmt.Sprint(14*half + i + 1), who.Chairman, fmt.Sprintf("%02d/%02d/1962", 1+i, 1+i%12), who.Place.Commune()})
		}
		c.Table([]float64{1, 4, 2, 3}, rows)
		img, lines, err := sheet.Finish()
		if err != nil {
			return nil, nil, err
		}
		texts = append(texts, paper.Text(lines))
		d.put(a3, img, half)
	}
	d.shade(a3)
	return a3, texts, nil
}

// shade darkens the paper towards the fold, over 12 mm on each side.
func (d drawer) shade(a3 *image.RGBA) {
	const reach, deepest = 12.0, 0.45
	middle, wide := a3.Rect.Dx()/2, d.px(reach)
	for x := middle - wide; x < middle+wide; x++ {
		away := math.Abs(float64(x-middle)) / float64(wide)
		light := 1 - deepest*(1-away)*(1-away)
		for y := range a3.Rect.Dy() {
			p := a3.RGBAAt(x, y)
			a3.SetRGBA(x, y, color.RGBA{R: uint8(float64(p.R) * light), G: uint8(float64(p.G) * light), B: uint8(float64(p.B) * light), A: 255})
		}
	}
}

// line draws the crease of a fold.
func (d drawer) line(a3 *image.RGBA, width float64) {
	middle := a3.Rect.Dx() / 2
	r := image.Rect(middle-d.px(width)/2, 0, middle+max(1, d.px(width)/2), a3.Rect.Dy())
	draw.Draw(a3, r, image.NewUniform(color.RGBA{R: 120, G: 118, B: 116, A: 255}), image.Point{}, draw.Src)
}

// lines draws a map of parcels or, with fewer lines, a plan: a frame with curves.
func (d drawer) lines(kind string) *image.RGBA {
	a3 := d.blank()
	curves, margin := 26, d.px(12)
	if kind == Drawing {
		curves = 9
	}
	frame := a3.Rect.Inset(margin)
	d.frame(a3, frame)
	for range curves {
		y, phase, height := float64(frame.Min.Y)+d.rng.Float64()*float64(frame.Dy()), d.rng.Float64()*6, float64(d.px(3+15*d.rng.Float64()))
		for x := frame.Min.X; x < frame.Max.X; x++ {
			at := int(y + height*math.Sin(phase+float64(x)/float64(d.px(40))))
			for t := range max(1, d.px(0.3)) {
				if p := image.Pt(x, at+t); p.In(frame) {
					a3.SetRGBA(p.X, p.Y, color.RGBA{A: 255})
				}
			}
		}
	}
	return a3
}

func (d drawer) frame(a3 *image.RGBA, r image.Rectangle) {
	thick := max(1, d.px(0.5))
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+thick)}, {image.Pt(r.Min.X, r.Max.Y-thick), r.Max},
		{r.Min, image.Pt(r.Min.X+thick, r.Max.Y)}, {image.Pt(r.Max.X-thick, r.Min.Y), r.Max},
	} {
		draw.Draw(a3, side, image.Black, image.Point{}, draw.Src)
	}
}

// table draws a ruled table across the sheet, one of whose rules is in the middle.
func (d drawer) table() *image.RGBA {
	a3 := d.blank()
	r := a3.Rect.Inset(d.px(14))
	r.Min.Y += d.px(25)
	d.frame(a3, r)
	thick := max(1, d.px(0.3))
	for i := range 24 {
		y := r.Min.Y + r.Dy()*i/24
		draw.Draw(a3, image.Rect(r.Min.X, y, r.Max.X, y+thick), image.Black, image.Point{}, draw.Src)
	}
	for i := range 8 {
		x := r.Min.X + r.Dx()*i/8
		draw.Draw(a3, image.Rect(x, r.Min.Y, x+thick, r.Max.Y), image.Black, image.Point{}, draw.Src)
	}
	return a3
}

// poster is an A4 form enlarged to A3; upright it is higher than wide, and so it
// is laid down to have the size of the others.
func (d drawer) poster() (*image.RGBA, []string, error) {
	matter := forms.NewMatter(people.New(d.rng), forms.ProcedureWith("birth_certificate"))
	drawn, err := forms.New("birth_certificate", matter)
	if err != nil {
		return nil, nil, err
	}
	sheet := paper.New(d.fonts, d.dpi, d.rng)
	drawn.Sides[0](sheet)
	img, lines, err := sheet.Finish()
	if err != nil {
		return nil, nil, err
	}
	a3 := d.blank()
	large := imaging.Rotate90(imaging.Resize(img, a3.Rect.Dy(), a3.Rect.Dx(), imaging.Linear))
	draw.Draw(a3, a3.Rect, large, image.Point{}, draw.Src)
	return a3, []string{paper.Text(lines)}, nil
}
