package ocrtest

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// plain is the textbook table of edit distances, slow and sure.
func plain(pattern, text []rune, anywhere bool) int {
	row := make([]int, len(text)+1)
	for j := range row {
		if !anywhere {
			row[j] = j
		}
	}
	for i, p := range pattern {
		corner := row[0]
		row[0] = i + 1
		for j, c := range text {
			cost := corner
			if p != c {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	if !anywhere {
		return row[len(text)]
	}
	best := row[0]
	for _, v := range row {
		best = min(best, v)
	}
	return best
}

// TestDistance compares the bit vectors with the table on random texts around
// the sizes where blocks begin.
func TestDistance(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	letters := []rune("aăâ đ")
	word := func(n int) []rune {
		out := make([]rune, n)
		for i := range out {
			out[i] = letters[rng.IntN(len(letters))]
		}
		return out
	}
	for _, n := range []int{1, 2, 63, 64, 65, 127, 128, 129, 200} {
		for _, m := range []int{0, 1, 64, 130, 300} {
			for range 20 {
				p, text := word(n), word(m)
				for _, anywhere := range []bool{false, true} {
					if got, want := distance(p, text, anywhere), plain(p, text, anywhere); got != want {
						t.Fatalf("%q in %q, anywhere %v: %d, want %d", string(p), string(text), anywhere, got, want)
					}
				}
			}
		}
	}
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name, truth, read string
		want              Score
	}{
		{"the same", "Họ và tên\nNgày sinh", "Họ và tên Ngày sinh", Score{Signs: 19, LineSigns: 18, TrueWords: 5, ReadWords: 5, Hits: 5}},
		{"another order", "ab cd\nef gh", "ef gh\nab cd", Score{Signs: 11, Edits: 8, LineSigns: 10, TrueWords: 4, ReadWords: 4, Hits: 4}},
		{"decomposed", "tiếng", "tie\u0302\u0301ng", Score{Signs: 5, LineSigns: 5, TrueWords: 1, ReadWords: 1, Hits: 1}},
		{"nothing read", "một hai", "", Score{Signs: 7, Edits: 7, LineSigns: 7, LineEdits: 7, TrueWords: 2}},
		{"a word twice", "a a b", "a b b", Score{Signs: 5, Edits: 1, LineSigns: 5, LineEdits: 1, TrueWords: 3, ReadWords: 3, Hits: 2}},
		{"blank", " \n", "@ 3", Score{BlankSigns: 3}},
	}
	for _, test := range tests {
		if got := Compare(test.truth, test.read); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	if long := Compare("ab", strings.Repeat("x", 9)); long.Edits != 2 {
		t.Errorf("edits %d above the length of the truth", long.Edits)
	}
}

func TestRates(t *testing.T) {
	s := Score{Signs: 100, Edits: 2, LineSigns: 50, LineEdits: 1, TrueWords: 10, ReadWords: 8, Hits: 8}
	s = s.Add(Score{Signs: 100, Edits: 4, TrueWords: 10, ReadWords: 12, Hits: 9})
	for name, pair := range map[string][2]float64{
		"ordered": {s.Ordered(), 0.03}, "order-free": {s.OrderFree(), 0.02}, "recall": {s.Recall(), 0.85},
		"precision": {s.Precision(), 0.85}, "F1": {s.F1(), 0.85},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s %v, want %v", name, pair[0], pair[1])
		}
	}
}
