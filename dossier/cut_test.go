package dossier_test

import (
	"math/rand/v2"
	"testing"

	"sohoa/dossier"
)

// TestCut: the two pages of a spread share the image between them, without a
// pixel in both or in neither, however the gutter lies.
func TestCut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		w, h := 40+random.IntN(40), 40+random.IntN(40)
		line := dossier.Cut{float64(w) * random.Float64(), 0, float64(w) * random.Float64(), float64(h)}
		if random.IntN(2) == 0 { // a spread that lies sideways
			line = dossier.Cut{0, float64(h) * random.Float64(), float64(w), float64(h) * random.Float64()}
		}
		other := dossier.Cut{line[2], line[3], line[0], line[1]}
		frame := line.Frame(w, h)
		for y := range h {
			from, to := line.Span(float64(y)+0.5, w)
			otherFrom, otherTo := other.Span(float64(y)+0.5, w)
			if to-from+otherTo-otherFrom != w || to > from && otherTo > otherFrom && to != otherFrom && otherTo != from {
				t.Fatalf("row %d of %d x %d by %v: %d-%d and %d-%d", y, w, h, line, from, to, otherFrom, otherTo)
			}
			if to > from && (from < frame.X || to > frame.X+frame.W || y < frame.Y || y >= frame.Y+frame.H) {
				t.Fatalf("row %d of %v is outside of %+v", y, line, frame)
			}
		}
	}
	left := dossier.Cut{50, 0, 50, 100} // downwards: the right hand is the west
	if left.Side(10, 50) <= 0 || left.Side(90, 50) >= 0 || left.Frame(100, 100) != (dossier.Box{W: 50, H: 100}) {
		t.Errorf("sides of %v: %v, %v, %+v", left, left.Side(10, 50), left.Side(90, 50), left.Frame(100, 100))
	}
}
