package cleanup

import (
	"slices"
	"testing"

	"sohoa/ocr/internal/lept"
)

// TestAreNote: marks as they are measured on pages of 200 dpi. Of the back of a page of
// print a few pieces measure as sharp, as dark as the others; a hand's are darker, or
// alone, or most of what there is.
func TestAreNote(t *testing.T) {
	grain := energy{contrast: 4.5, slope: 2.6}
	mark := func(contrast, slope float64) energy {
		return energy{contrast: contrast, slope: slope, noise: 6, pixels: 3000, depth: 13}
	}
	behind := []energy{mark(38, 6.7), mark(35, 6.5), mark(34, 6.3), mark(31, 6.5), mark(33, 6.4), mark(35, 6.6), mark(32, 6.2)}
	like, hand, smear := mark(32.2, 7.6), mark(60, 14), mark(20, 4)
	short := lept.Box{W: 20, H: 12}
	for _, tc := range []struct {
		name     string
		measured []energy
		box      lept.Box
		note     bool
	}{
		{"nothing", nil, lept.Box{}, false},
		{"a back", behind, lept.Box{W: 50, H: 20}, false},
		{"a back of which one piece measures as sharp", append(slices.Clone(behind), like), lept.Box{W: 50, H: 20}, false},
		{"a word over a back", append(slices.Clone(behind), hand), lept.Box{W: 50, H: 20}, true},
		{"a word alone", []energy{like}, lept.Box{W: 40, H: 20}, true},
		{"short strokes, each too short for a word, as many as smears", []energy{hand, smear, hand, smear, hand, smear}, short, true},
		{"short strokes among more smears", []energy{hand, smear, smear, hand, smear, smear}, short, false},
		{"one short stroke", []energy{hand}, short, false},
	} {
		if got := areNote(slices.Repeat([]lept.Box{tc.box}, len(tc.measured)), tc.measured, grain); got != tc.note {
			t.Errorf("%s: a note is %v, want %v", tc.name, got, tc.note)
		}
	}
	if !like.isSharp(grain) || !hand.isSharp(grain) || smear.isSharp(grain) || slices.ContainsFunc(behind, func(e energy) bool { return e.isSharp(grain) }) {
		t.Error("the marks are not as sharp as the test says")
	}
}
