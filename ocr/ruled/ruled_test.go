package ruled_test

import (
	"math"
	"testing"

	"sohoa/ocr/internal/lept"
	"sohoa/ocr/ruled"
)

// canvas is a page of A4 in black and white at 150 dpi.
type canvas struct {
	t      *testing.T
	raster []byte
}

const (
	width, height = 1240, 1754
	stride        = (width + 7) / 8
)

func newCanvas(t *testing.T) canvas {
	t.Helper()
	return canvas{t, make([]byte, stride*height)}
}

func (c canvas) ink(x, y int) { c.raster[y*stride+x/8] |= 0x80 >> (x % 8) }

func (c canvas) box(x, y, w, h int) {
	for dy := range h {
		for dx := range w {
			c.ink(x+dx, y+dy)
		}
	}
}

// across draws a rule two pixels thick that falls by so many pixels on its way;
// of every ten pieces of it, only the first ones are there.
func (c canvas) across(x0, x1, y, fall, tenths int) {
	for x := x0; x < x1; x++ {
		if (x-x0)*10/(x1-x0) < tenths {
			c.box(x, y+fall*(x-x0)/(x1-x0), 1, 2)
		}
	}
}

func (c canvas) find() (rows, columns []int, seen []float64, ink [][]float64) {
	c.t.Helper()
	pix, err := lept.New(width, height, 1)
	if err != nil {
		c.t.Fatal(err)
	}
	defer pix.Close()
	if err := pix.SetRows(c.raster, stride, 1); err != nil {
		c.t.Fatal(err)
	}
	grid, err := ruled.Find(pix, ruled.Page{Scale: 2, Width: 2 * width, Height: 2 * height})
	if err != nil {
		c.t.Fatal(err)
	}
	if grid == nil {
		return nil, nil, nil, nil
	}
	for _, r := range grid.Rows {
		rows, seen = append(rows, r.At), append(seen, r.Seen)
	}
	for _, r := range grid.Columns {
		columns = append(columns, r.At)
	}
	return rows, columns, seen, grid.Ink
}

func near(have, want []int) bool {
	if len(have) != len(want) {
		return false
	}
	for i := range have {
		if math.Abs(float64(have[i]-want[i])) > 6 {
			return false
		}
	}
	return true
}

// TestTable: a table that hangs a little, with a faint rule, writing in one cell,
// and the dark edge of the paper beside and below it.
func TestTable(t *testing.T) {
	c := newCanvas(t)
	for i, y := range []int{200, 300, 400, 500, 600} {
		tenths := 10
		if i == 2 {
			tenths = 5
		}
		c.across(100, 1100, y, 6, tenths)
	}
	for _, x := range []int{100, 250, 700, 1098} {
		c.box(x, 200, 2, 408)
	}
	c.box(300, 330, 200, 20)
	c.box(0, 1740, width, 3)
	c.box(1230, 0, 3, height)
	rows, columns, seen, ink := c.find()
	if !near(rows, []int{406, 606, 806, 1006, 1206}) || !near(columns, []int{200, 500, 1400, 2196}) {
		t.Fatalf("rows %v columns %v", rows, columns)
	}
	for i, s := range seen {
		if faint := i == 2; faint != (s < 0.7) {
			t.Errorf("rule %d: %.2f seen", i, s)
		}
	}
	if len(ink) != 4 || len(ink[0]) != 3 {
		t.Fatalf("ink %v", ink)
	}
	for i, row := range ink {
		for j, share := range row {
			if written := i == 1 && j == 1; written != (share > 0.05) {
				t.Errorf("cell %d,%d: %.3f", i, j, share)
			}
		}
	}
}

// TestNoTable: print, an underline and a frame are no table.
func TestNoTable(t *testing.T) {
	c := newCanvas(t)
	for y := 200; y < 1500; y += 40 {
		for x := 120; x < 1100; x += 18 {
			c.box(x, y, 11, 16)
		}
	}
	c.across(400, 700, 120, 0, 10)
	c.across(60, 1180, 60, 0, 10)
	c.across(60, 1180, 1690, 0, 10)
	if rows, _, _, _ := c.find(); rows != nil {
		t.Errorf("rows %v", rows)
	}
}

// TestRulesAlone: blocks parted by rules have no rules down; their ends are those
// of the rules.
func TestRulesAlone(t *testing.T) {
	c := newCanvas(t)
	for _, y := range []int{200, 700, 1200, 1700} {
		c.across(150, 1090, y, 0, 10)
	}
	rows, columns, _, _ := c.find()
	if !near(rows, []int{400, 1400, 2400, 3400}) || !near(columns, []int{300, 2180}) {
		t.Errorf("rows %v columns %v", rows, columns)
	}
}
