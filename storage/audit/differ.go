package audit

import (
	"fmt"
	"slices"
)

// judgeDifferences names what was done to the entries that are not as sealed:
// they are compared by their ids, which neither an edit nor a new number
// changes.
func (l *ledger) judgeDifferences() {
	is := make(map[string]Leaf, len(l.is))
	for _, leaf := range l.is {
		is[leaf.ID] = leaf
	}
	was := make(map[string]bool, len(l.was))
	var moved []pair
	shifted := false
	for _, leaf := range l.was {
		was[leaf.ID] = true
		now, there := is[leaf.ID]
		if !there {
			shifted = true
			l.verdict.find(Finding{Name: LeafDeleted, Number: &leaf.N, Text: "the entry is missing"})
			continue
		}
		if now.N != leaf.N {
			moved = append(moved, pair{was: leaf.N, is: now.N})
		}
		if now.N == leaf.N || !sameButNumber(now, leaf) {
			l.verdict.find(Finding{Name: LeafEdited, Number: &leaf.N, Text: "the entry is not the one that was sealed"})
		}
	}
	for _, leaf := range l.is {
		if !was[leaf.ID] && leaf.N < l.sealed.size {
			shifted = true
			l.verdict.find(Finding{Name: LeafInserted, Number: &leaf.N, Text: "the entry was not there when the log was sealed"})
		}
	}
	l.judgeOrder(moved, shifted)
	if l.overflow {
		l.verdict.note("More than %d entries differ; only the first were compared.", kept)
	}
}

// pair is where an entry was and is.
type pair struct{ was, is int64 }

// judgeOrder finds entries that have passed each other. Behind an entry that was
// inserted or deleted all others have other numbers, which is not their doing.
func (l *ledger) judgeOrder(moved []pair, shifted bool) {
	slices.SortFunc(moved, func(a, b pair) int { return int(a.was - b.was) })
	highest := int64(-1)
	for _, p := range moved {
		if p.is < highest || !shifted {
			l.verdict.find(Finding{Name: LeavesReordered, Number: &p.was, Text: fmt.Sprintf("the entry stands at number %d now", p.is)})
		}
		highest = max(highest, p.is)
	}
}

// sameButNumber compares entries apart from where they stand.
func sameButNumber(a, b Leaf) bool {
	a.N, b.N = 0, 0
	a.At, b.At = a.At.UTC(), b.At.UTC()
	return a == b
}
