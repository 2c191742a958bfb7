// Package ocrtest measures how well pages were read: the error rates that
// docs/BENCHMARKS.md reports, and the pages with exact text they are measured
// on.
//
// Start at [Score] for one page and [Total] for many; [Pages] finds the pages
// of a folder. Everything here is for tests and benchmarks.
package ocrtest

import (
	"strings"

	"sohoa/dossier/viet"
)

// Score compares what was read on one page with what is printed there. Texts
// are compared in NFC with runs of white space as one space.
type Score struct {
	Signs      int // in the truth
	Edits      int // edit distance in reading order (Levenshtein 1965), at most Signs
	LineSigns  int // in the lines of the truth
	LineEdits  int // each line against its best place anywhere in what was read
	TrueWords  int
	ReadWords  int
	Hits       int // words of the truth that were read, as multisets
	BlankSigns int // read on a page without print
}

// Compare scores one page.
func Compare(truth, read string) Score {
	t, r := normal(truth), normal(read)
	if len(t) == 0 {
		return Score{BlankSigns: len([]rune(r))}
	}
	s := Score{Signs: len([]rune(t))}
	s.Edits = min(distance([]rune(t), []rune(r), false), s.Signs)
	for line := range strings.SplitSeq(truth, "\n") {
		if l := []rune(normal(line)); len(l) > 0 {
			s.LineSigns += len(l)
			s.LineEdits += distance(l, []rune(r), true)
		}
	}
	s.countWords(strings.Fields(t), strings.Fields(r))
	return s
}

func normal(text string) string { return strings.Join(strings.Fields(viet.NFC(text)), " ") }

func (s *Score) countWords(truth, read []string) {
	left := make(map[string]int)
	for _, w := range truth {
		left[w]++
	}
	for _, w := range read {
		if left[w] > 0 {
			left[w]--
			s.Hits++
		}
	}
	s.TrueWords, s.ReadWords = len(truth), len(read)
}

// Add sums the scores of two pages.
func (s Score) Add(o Score) Score {
	return Score{
		s.Signs + o.Signs, s.Edits + o.Edits, s.LineSigns + o.LineSigns, s.LineEdits + o.LineEdits,
		s.TrueWords + o.TrueWords, s.ReadWords + o.ReadWords, s.Hits + o.Hits, s.BlankSigns + o.BlankSigns,
	}
}

// Ordered is the character error rate in reading order.
func (s Score) Ordered() float64 { return share(s.Edits, s.Signs) }

// OrderFree is the character error rate line by line, wherever a line stands.
func (s Score) OrderFree() float64 { return share(s.LineEdits, s.LineSigns) }

// Recall is the share of the true words that were read.
func (s Score) Recall() float64 { return share(s.Hits, s.TrueWords) }

// Precision is the share of the words read that are true.
func (s Score) Precision() float64 { return share(s.Hits, s.ReadWords) }

// F1 is the harmonic mean of recall and precision.
func (s Score) F1() float64 { return share(2*s.Hits, s.TrueWords+s.ReadWords) }

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }

// Edit distance by bit vectors (Myers 1999; in blocks of 64 as by Hyyrö 2003):
// one column of the table of distances is held as its vertical differences, a
// bit in up where it grows by one from row to row and in down where it falls.
type vectors struct {
	rows     int
	rowsOf   map[rune][]uint64 // where in the pattern a sign stands
	up, down []uint64
	anywhere bool
}

// distance is the least number of edits from the pattern to the text, or, with
// anywhere, to the part of it that fits best.
func distance(pattern, text []rune, anywhere bool) int {
	v := newVectors(pattern, anywhere)
	now := v.rows
	best := now
	for _, c := range text {
		now += v.column(v.rowsOf[c])
		best = min(best, now)
	}
	if anywhere {
		return best
	}
	return now
}

func newVectors(pattern []rune, anywhere bool) *vectors {
	blocks := (len(pattern) + 63) / 64
	v := &vectors{
		rows: len(pattern), rowsOf: make(map[rune][]uint64), anywhere: anywhere,
		up: make([]uint64, blocks), down: make([]uint64, blocks),
	}
	for i := range v.up {
		v.up[i] = ^uint64(0)
	}
	for i, c := range pattern {
		if v.rowsOf[c] == nil {
			v.rowsOf[c] = make([]uint64, blocks)
		}
		v.rowsOf[c][i/64] |= 1 << (i % 64)
	}
	return v
}

// column moves on by one sign of the text, which stands in the given rows, and
// returns by how much the distance in the last row changes.
func (v *vectors) column(stands []uint64) (change int) {
	last := (v.rows - 1) % 64
	// Into the first row comes one more edit where the whole text counts.
	carryUp, carryDown := uint64(1), uint64(0)
	if v.anywhere {
		carryUp = 0
	}
	for b := range v.up {
		equal := uint64(0)
		if stands != nil {
			equal = stands[b]
		}
		vertical := equal | v.down[b]
		equal |= carryDown
		horizontal := (((equal & v.up[b]) + v.up[b]) ^ v.up[b]) | equal
		up, down := v.down[b]|^(horizontal|v.up[b]), v.up[b]&horizontal
		if b == len(v.up)-1 {
			change = int(up>>last&1) - int(down>>last&1)
		}
		nextUp, nextDown := up>>63, down>>63
		up, down = up<<1|carryUp, down<<1|carryDown
		v.up[b], v.down[b] = down|^(vertical|up), up&vertical
		carryUp, carryDown = nextUp, nextDown
	}
	return change
}
