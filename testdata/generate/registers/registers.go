// Package registers draws pages of the registers that communes keep by hand: some
// have a case a row of a ruled table, some a few blocks with printed labels. What
// is written in them looks like handwriting and says nothing; where each case
// stands is known.
//
// Start at [Draw], or at [DrawOpen] for an open book. One seed always yields the same pixels.
package registers

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"

	"sohoa/dossier"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/scan"
)

// Layout is how the cases of a page stand.
type Layout string

// The layouts.
const (
	Rows   Layout = "rows"   // a row of a table each
	Blocks Layout = "blocks" // one below the other, with labels
)

// Page says what to draw.
type Page struct {
	Kind   string // a kind of register
	Layout Layout
	// Faint is the share of pages with a rule of which only parts are left.
	Faint float64
	// Numbered prints the numbers of the cases, as books made by computers do.
	Numbered bool
	// Flat is an open book without a shadow along its fold, and Off how far its
	// fold lies to the right of the middle of the image, in millimetres.
	Flat bool
	Off  float64
}

// Truth says where each case stands, in millimetres of the sheet.
type Truth struct {
	Kind    string
	Layout  Layout
	Entries []Rect
	// ToInput leads from pixels of the sheet to those of the scan, DPI of them
	// an inch.
	ToInput dossier.Matrix
	DPI     int
	// Damaged says that a rule of the page is faint.
	Damaged bool
}

// Rect is a rectangle in millimetres.
type Rect struct{ X, Y, W, H float64 }

// Kinds lists the kinds of register that can be drawn.
func Kinds() []string {
	return []string{"birth_register_page", "marriage_register_page", "death_register_page", "land_register_page"}
}

// Draw draws and scans one page.
func Draw(fonts *paper.Fonts, page Page, set scan.Settings, seed uint64) (image.Image, Truth, error) {
	rng := rand.New(rand.NewPCG(seed, 11))
	d := drawer{sheet: paper.New(fonts, set.DPI, rng), rng: rng, page: page, truth: Truth{Kind: page.Kind, Layout: page.Layout, DPI: set.DPI}}
	d.pen = []color.Color{paper.PenBlue, color.RGBA{R: 20, G: 20, B: 60, A: 255}, color.RGBA{R: 60, G: 20, B: 110, A: 255}}[rng.IntN(3)]
	text, ok := texts()[page.Kind]
	if !ok {
		return nil, Truth{}, fmt.Errorf("no register is called %q", page.Kind)
	}
	d.text = text
	if page.Layout == Blocks {
		d.blocks()
	} else {
		d.rows()
	}
	front, _, err := d.sheet.Finish()
	if err != nil {
		return nil, Truth{}, fmt.Errorf("draw %s: %w", page.Kind, err)
	}
	img, toInput := scan.Scan(scan.Sheet{Front: front, Paper: color.RGBA{R: 250, G: 247, B: 236, A: 255}}, set, rng)
	d.truth.ToInput = toInput
	return img, d.truth, nil
}

// wording is what is printed in a register.
type wording struct {
	title string
	heads []head
	// labels are the lines of a block, each with one or two labels.
	labels [][]string
}

// head is the head of a column and its share of the width.
type head struct {
	text  string
	share float64
}

func texts() map[string]wording {
	return map[string]wording{
		"birth_register_page": {
			title: "SỔ ĐĂNG KÝ KHAI SINH",
			heads: []head{{"Số", 1}, {"Ngày đăng ký", 2}, {"Họ và tên trẻ", 4}, {"Giới tính", 1.3}, {"Ngày sinh", 2}, {"Họ và tên mẹ", 3.3}, {"Họ và tên cha", 3.3}},
			labels: [][]string{
				{"Họ, chữ đệm, tên:", "Giới tính:"}, {"Ngày, tháng, năm sinh:"}, {"Nơi sinh:"}, {"Họ và tên mẹ:"}, {"Họ và tên cha:"}, {"Ngày, tháng, năm đăng ký:"},
			},
		},
		"marriage_register_page": {
			title: "SỔ ĐĂNG KÝ KẾT HÔN",
			heads: []head{{"Số", 1}, {"Ngày đăng ký", 2}, {"Họ và tên chồng", 4}, {"Ngày sinh chồng", 2}, {"Họ và tên vợ", 4}, {"Ngày sinh vợ", 2}, {"Ghi chú", 2}},
			labels: [][]string{
				{"Họ và tên chồng:"}, {"Ngày sinh chồng:", "Dân tộc:"}, {"Họ và tên vợ:"}, {"Ngày sinh vợ:", "Dân tộc:"}, {"Nơi cư trú:"}, {"Ngày, tháng, năm đăng ký:"},
			},
		},
		"death_register_page": {
			title: "SỔ ĐĂNG KÝ KHAI TỬ",
			heads: []head{{"STT", 1}, {"Ngày đăng ký", 2}, {"Họ và tên người chết", 4}, {"Ngày sinh", 2}, {"Ngày chết", 2}, {"Người đi khai tử", 3.5}},
			labels: [][]string{
				{"Họ, chữ đệm, tên người chết:"}, {"Ngày sinh:", "Dân tộc:"}, {"Ngày chết:"}, {"Nguyên nhân chết:"}, {"Người đi khai tử:"}, {"Ngày, tháng, năm đăng ký:"},
			},
		},
		"land_register_page": {
			title: "SỔ ĐỊA CHÍNH",
			heads: []head{{"Số thứ tự", 1.2}, {"Tên người sử dụng đất", 4}, {"Số tờ bản đồ", 1.6}, {"Số thửa", 1.6}, {"Diện tích (m2)", 2}, {"Số phát hành", 2.4}, {"Ghi chú", 2}},
			labels: [][]string{
				{"Tên người sử dụng đất:"}, {"Tờ bản đồ số:", "Thửa đất số:"}, {"Diện tích:"}, {"Số phát hành:"}, {"Mục đích sử dụng:"},
			},
		},
	}
}

type drawer struct {
	sheet *paper.Sheet
	rng   *rand.Rand
	page  Page
	text  wording
	pen   color.Color
	truth Truth
	// right says that the page goes on with the cases of the left one: it has no
	// column for their number.
	right bool
	// high is the least height of the heads: those of two pages end at one height.
	high float64
}

func (d *drawer) between(least, most float64) float64 { return least + (most-least)*d.rng.Float64() }

// heading prints the running title and gives where the body begins.
func (d *drawer) heading() float64 {
	c := d.sheet.Column(15, 10+4*d.rng.Float64(), paper.Width-30)
	c.Title(d.text.title)
	c.Size = 11
	c.Centre(fmt.Sprintf("Quyển số: %02d · Trang số: %d", 1+d.rng.IntN(4), 1+d.rng.IntN(200)))
	return c.Y + 3
}

// rows draws a table whose rows are filled from the top; the last of them may be
// empty.
func (d *drawer) rows() {
	r := ruling{x: d.between(9, 16), top: d.heading(), faint: -1}
	r.w, r.pitch = paper.Width-2*r.x, d.between(9, 16)
	r.body = d.headsOf(r.x, r.w, r.top)
	d.fill(&r)
	d.ruled(r)
}

// ruling is how a table is ruled: its place, where the rows begin, how many there are
// and how many of them are written in.
type ruling struct {
	x, w, top, body, pitch float64
	n, filled, faint       int
}

// fill rules as many rows as the page has room for, and says which are written in.
func (d *drawer) fill(r *ruling) {
	for r.body+float64(r.n+1)*r.pitch < paper.Height-14 {
		r.n++
	}
	r.filled = r.n
	if d.rng.IntN(3) == 0 {
		r.filled = 1 + d.rng.IntN(r.n)
	}
	if d.rng.Float64() < d.page.Faint {
		r.faint, d.truth.Damaged = d.rng.IntN(r.n+1), true
	}
}

// ruled draws the rules of a table, and writes into its rows.
func (d *drawer) ruled(r ruling) {
	foot := r.body + float64(r.n)*r.pitch
	for i := range r.n + 1 {
		y := r.body + float64(i)*r.pitch
		if i == r.faint {
			d.sheet.Faint(r.x, y, r.w, 0.25, d.between(0, 0.7))
		} else {
			d.sheet.Rule(r.x, y, r.w, 0.25)
		}
		if i < r.filled {
			d.row(r.x, y, r.w, r.pitch, i+1)
			d.truth.Entries = append(d.truth.Entries, Rect{r.x, y, r.w, r.pitch})
		}
	}
	d.columns(r.x, r.w, func(at, _ float64, _ int) { d.sheet.Upright(at, r.top, foot-r.top, 0.25) })
	d.sheet.Upright(r.x+r.w, r.top, foot-r.top, 0.25)
	d.sheet.Rule(r.x, r.top, r.w, 0.25)
}

// columns calls each with the left end and the width of every column.
func (d *drawer) columns(x, w float64, each func(at, width float64, i int)) {
	total := 0.0
	for _, h := range d.text.heads {
		total += h.share
	}
	for i, h := range d.text.heads {
		each(x, w*h.share/total, i)
		x += w * h.share / total
	}
}

// headsOf prints the heads of the columns, and a row that numbers them in half
// of the books; it gives where the rows begin.
func (d *drawer) headsOf(x, w, top float64) float64 {
	bottom := top + d.high
	d.columns(x, w, func(at, width float64, i int) {
		c := d.sheet.Column(at+0.8, top+1, width-1.6)
		c.Size, c.Leading = 9.5, 1.25
		c.Centre("*" + d.text.heads[i].text + "*")
		bottom = max(bottom, c.Y+1.5)
	})
	if d.rng.IntN(2) == 0 {
		return bottom
	}
	d.sheet.Rule(x, bottom, w, 0.25)
	next := bottom
	d.columns(x, w, func(at, width float64, i int) {
		c := d.sheet.Column(at+0.8, bottom+0.4, width-1.6)
		c.Size = 9
		c.Centre(fmt.Sprintf("(%d)", i+1))
		next = max(next, c.Y+0.8)
	})
	return next
}

// row writes into the cells of a row; some are left empty, but not its number
// nor all others.
func (d *drawer) row(x, y, w, pitch float64, number int) {
	high := min(2.6, pitch*d.between(0.16, 0.22))
	baseline := y + pitch*d.between(0.55, 0.72)
	d.columns(x, w, func(at, width float64, i int) {
		switch {
		case i == 0 && d.right:
			d.sheet.Write(at+1.2, baseline, (width-3)*d.between(0.7, 1), high, d.pen)
		case i == 0 && d.page.Numbered:
			c := d.sheet.Column(at+0.8, y+pitch/2-3, width-1.6)
			c.Size = 11
			c.Centre(fmt.Sprint(number))
		case i == 0:
			d.sheet.Digits(at+width*0.35, baseline, 1+d.rng.IntN(2), high, d.pen)
		case i > 2 && d.rng.IntN(8) == 0: // left empty
		default:
			d.sheet.Write(at+1.2, baseline, (width-3)*d.between(0.7, 1), high, d.pen)
		}
	})
}

// blocks draws two or three forms one below the other.
func (d *drawer) blocks() {
	x, top := d.between(14, 22), d.heading()
	w := paper.Width - 2*x
	n := 2 + d.rng.IntN(2)
	pitch := (paper.Height - 14 - top) / float64(n)
	ruled := d.rng.IntN(2) == 0
	for i := range n {
		y := top + float64(i)*pitch
		d.block(x, y+2, w, pitch-4, i+1)
		d.truth.Entries = append(d.truth.Entries, Rect{x, y, w, pitch})
		if ruled {
			d.sheet.Rule(x, y, w, 0.3)
		}
	}
	if ruled {
		d.sheet.Rule(x, top+float64(n)*pitch, w, 0.3)
	}
}

// block prints the labels of one case and writes behind them.
func (d *drawer) block(x, y, w, h float64, number int) {
	lines := append([][]string{{"Số:"}}, d.text.labels...)
	step := h / float64(len(lines)+1)
	for i, labels := range lines {
		at := y + step*(float64(i)+0.25)
		share := w / float64(len(labels))
		for j, label := range labels {
			c := d.sheet.Column(x+float64(j)*share, at, share)
			c.Size = 11.5
			if i == 0 && d.page.Numbered {
				c.Line(fmt.Sprintf("%s %d", label, number))
				continue
			}
			c.Leaders = true
			c.Entry(label)
			from := x + float64(j)*share + float64(len([]rune(label)))*2.1 + 2
			room := x + float64(j+1)*share - 3 - from
			if i == 0 {
				d.sheet.Digits(from, at+4.4, 1+d.rng.IntN(3), 2.1, d.pen)
			} else if room > 8 {
				d.sheet.Write(from, at+4.4, room*d.between(0.4, 0.95), d.between(1.5, 2.2), d.pen)
			}
		}
	}
}
