package paper

import (
	"image/color"
	"strings"
)

// Table draws a ruled table across the column. Shares are the widths of its
// columns relative to each other; the first row is the heading. In the truth a
// table is read row by row, each cell from top to bottom.
func (c *Column) Table(shares []float64, rows [][]string) {
	total := 0.0
	for _, share := range shares {
		total += share
	}
	top := c.Y
	c.horizontal()
	for i, row := range rows {
		c.row(row, shares, total, i == 0)
		c.horizontal()
	}
	x := c.X
	for _, share := range append([]float64{0}, shares...) {
		x += share / total * c.W
		c.sheet.fill(x-0.12, top, 0.25, c.Y-top, color.Black)
	}
	c.Gap(2)
}

func (c *Column) horizontal() { c.sheet.Rule(c.X, c.Y, c.W, 0.25) }

// row sets the cells side by side and moves on by the tallest.
func (c *Column) row(cells []string, shares []float64, total float64, heading bool) {
	const pad = 1.2
	x, bottom := c.X, c.Y
	for i, text := range cells {
		w := shares[i] / total * c.W
		cell := *c
		cell.X, cell.W, cell.Y, cell.Leaders = x+pad, w-2*pad, c.Y+0.6, false
		switch {
		case heading:
			cell.Centre("*" + text + "*")
		case i > 0 && c.sheet.writesValue(strings.Trim(text, "*_ ")):
			c.sheet.byHand(cell.X, cell.nextBaseline(), cell.W, strings.Trim(text, "*_ "))
		default:
			cell.Line(text)
		}
		x, bottom = x+w, max(bottom, cell.Y+0.8)
	}
	c.Y = bottom
}
