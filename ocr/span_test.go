package ocr

import "testing"

// Every box lies on the page and has a size, whatever rounding or the engine
// make of its edges: the parent takes anything else for a child gone wrong.
func TestSpanStaysOnThePage(t *testing.T) {
	for _, c := range []struct {
		from, to       int
		scale          float64
		side           int
		wantAt, wantTo int
	}{
		{10, 20, 1, 100, 10, 20},
		{10, 20, 0.5, 100, 20, 40},
		{90, 100, 0.9999, 100, 90, 100},
		{95, 101, 1, 100, 95, 100},
		{30, 30, 1, 100, 30, 31},
		{100, 100, 1, 100, 99, 100},
		{-3, 4, 1, 100, 0, 4},
	} {
		at, length := span(c.from, c.to, c.scale, c.side)
		if at != c.wantAt || at+length != c.wantTo {
			t.Errorf("span(%d, %d, %v, %d) = %d to %d, want %d to %d", c.from, c.to, c.scale, c.side, at, at+length, c.wantAt, c.wantTo)
		}
	}
}
