package ocr

import (
	"image"
	"slices"
	"testing"

	"sohoa/ocr/tesseract"
)

// lineWith is a line of words 100 pixels wide and 20 apart, with these confidences.
func lineWith(confidences ...float64) []tesseract.Word {
	var words []tesseract.Word
	for i, c := range confidences {
		words = append(words, tesseract.Word{Text: string(rune('a' + i)), Confidence: c, Box: image.Rect(120*i, 0, 120*i+100, 30)})
	}
	return words
}

func TestStretches(t *testing.T) {
	for _, c := range []struct {
		name  string
		words []tesseract.Word
		want  []stretch
		most  bool
	}{
		{"no doubt", lineWith(0.9, 0.9, 0.9), nil, false},
		{"the first of six", lineWith(0.5, 0.9, 0.9, 0.9, 0.9, 0.9), []stretch{{0, 2}}, false},
		{"the last of six", lineWith(0.9, 0.9, 0.9, 0.9, 0.9, 0.5), []stretch{{4, 6}}, false},
		{"one in the middle", lineWith(0.9, 0.9, 0.5, 0.9, 0.9, 0.9), []stretch{{1, 4}}, false},
		{"neighbours of two touch", lineWith(0.9, 0.5, 0.9, 0.9, 0.5, 0.9), []stretch{{0, 6}}, true},
		{"two far apart", lineWith(0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5), []stretch{{0, 2}, {6, 8}}, false},
		{"one of three", lineWith(0.9, 0.5, 0.9), []stretch{{0, 3}}, true},
	} {
		got := stretches(c.words)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: stretches %v, want %v", c.name, got, c.want)
		}
		if most := coverMost(got, c.words); most != c.most {
			t.Errorf("%s: most of the line: %v, want %v", c.name, most, c.most)
		}
	}
}

// TestWithoutNeighbours: of a second reading only what was doubted counts, where the
// neighbours are in their places; a word that both became stays as it is.
func TestWithoutNeighbours(t *testing.T) {
	words := lineWith(0.9, 0.9, 0.5, 0.9, 0.9)
	at := func(x0, x1 int, text string) tesseract.Word {
		return tesseract.Word{Text: text, Confidence: 0.9, Box: image.Rect(x0, 0, x1, 30)}
	}
	for _, c := range []struct {
		name string
		near []tesseract.Word
		left []string
		want stretch
	}{
		{"both in place", []tesseract.Word{at(122, 221, "B"), at(240, 340, "C"), at(362, 470, "D.")}, []string{"C"}, stretch{2, 3}},
		{"joined with the left one", []tesseract.Word{at(120, 340, "BC"), at(360, 460, "D")}, []string{"BC"}, stretch{1, 3}},
		{"nothing was read", nil, nil, stretch{1, 4}},
	} {
		near, got := withoutNeighbours(c.near, words, stretch{1, 4})
		var left []string
		for _, w := range near {
			left = append(left, w.Text)
		}
		if got != c.want || !slices.Equal(left, c.left) {
			t.Errorf("%s: %v of %v, want %v of %v", c.name, left, got, c.left, c.want)
		}
	}
}

// TestApart: a box over the rest of its line ends at the next word; those that are
// apart stay.
func TestApart(t *testing.T) {
	words := lineWith(0.9, 0.9, 0.9)
	words[0].Box.Max.X = 500
	apart(words)
	if got := words[0].Box.Max.X; got != 120 {
		t.Errorf("the first word ends at %d, want 120", got)
	}
	if got := words[1].Box; got != image.Rect(120, 0, 220, 30) {
		t.Errorf("the second is at %v", got)
	}
}
