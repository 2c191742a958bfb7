package register

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// An open book often has one case a row over both of its pages: number and names
// on the left one, signatures and notes on the right one. Books with the cases of
// each page on that page look much alike, so that the right page must show that it
// only goes on: heads of its own, and no numbers.
const (
	// meeting is how far two rules may be apart where they meet at the fold, in heights
	// of a row: paper bends there, and each page was made level by itself.
	meeting = 0.25
	// headless is the share of columns on the right whose head may not have been
	// read.
	headless = 0.34
	// lettersOfOne is how many letters of a head carry one wrong one when two are held
	// to be the same: "Họ và tên mẹ" is not "Họ và tên trẻ".
	lettersOfOne = 8
)

// Row is a case that stands on both pages of an open book. Left is as [Find] has it;
// Right has the fields whose heads stand on the right page, and the others without a
// place.
type Row struct{ Left, Right Region }

// Across finds where the cases of the left page of an open book go on. ok is false
// unless both are halves of one image, the left one has certain rows, rules stand at
// the same heights where they meet, and numbers and heads show that the right page has
// no cases of its own.
func Across(kind dossier.Kind, left, right dossier.Reading) (both []Row, ok bool) {
	if !facing(left, right) || right.Grid == nil {
		return nil, false
	}
	p := page{kind: kind, reading: left, lines: left.Lines()}
	l, ok := p.table()
	if !ok {
		return nil, false
	}
	rows, doubt := l.rows()
	r, ok := l.facingTable(right)
	if doubt != "" || !ok || !r.onlyGoesOn(l) || slices.ContainsFunc(r.bands[r.body+len(rows):], func(b band) bool { return slices.Max(b.ink) >= traces }) {
		return nil, false
	}
	for i, row := range rows {
		both = append(both, Row{Left: row, Right: r.region(r.bands[r.body+i])})
	}
	return both, true
}

// facing tells whether two pages are the halves of one image, and the first is the
// left one: they lie on the two sides of one gutter.
func facing(left, right dossier.Reading) bool {
	if left.Cut == nil || right.Cut == nil || left.File != right.File || left.Page != right.Page || left.Part+1 != right.Part {
		return false
	}
	a, b := *left.Cut, *right.Cut
	return a == dossier.Cut{b[2], b[3], b[0], b[1]}
}

// rest is the kind without the fields that have their column in the table.
func (t table) rest() dossier.Kind {
	kind := t.kind
	kind.Entries = slices.DeleteFunc(slices.Clone(kind.Entries), func(f dossier.EntryField) bool { return t.columnOf(f.Field) != nil })
	return kind
}

// facingTable is the table of the right page whose rows meet those of the left one;
// false when not every rule meets one, or one that is not certain runs between.
func (t table) facingTable(right dossier.Reading) (r table, ok bool) {
	back, ok := right.ToInput.Invert()
	if !ok {
		return r, false
	}
	r.page = page{kind: t.rest(), reading: right, lines: right.Lines()}
	r.columns = columnsOf(right.Grid)
	r.bands = bandsOf(right.Grid, r.columns)
	body := t.bands[t.body:]
	edge := t.columns[len(t.columns)-1].to
	meets := func(y int) float64 {
		_, at := back.Apply(t.reading.ToInput.Apply(float64(edge), float64(y)))
		return at
	}
	if r.body = len(r.bands) - len(body); r.body < 1 {
		return r, false
	}
	for i, b := range r.bands[r.body:] {
		off := meeting * float64(b.bottom-b.top)
		if b.faint || math.Abs(meets(body[i].top)-float64(b.top)) > off || math.Abs(meets(body[i].bottom)-float64(b.bottom)) > off {
			return r, false
		}
	}
	return r, r.closed(r.bands[r.body:])
}

// onlyGoesOn tells whether the table of a right page has no cases of its own: heads
// that were read, none of which is one of the left page or says what one of those
// says, and no numbers that count on. It names the columns.
func (t *table) onlyGoesOn(left table) bool {
	unread := 0
	for i := range t.columns {
		text := t.headOf(i)
		if text == "" {
			unread++
			continue
		}
		if likest(text, left.named()) >= max(likest(text, t.kind.Entries), 1) {
			return false
		}
		for j := range left.columns {
			if sameHead(text, left.headOf(j)) {
				return false
			}
		}
	}
	for i := t.body - 1; i >= 0 && t.nameColumns(i) == 0; i-- { // heads may stand above a row of numbers
	}
	return float64(unread) <= headless*float64(len(t.columns)) && !t.counts()
}

// named are the fields that have their column in the table.
func (t table) named() []dossier.EntryField {
	return slices.DeleteFunc(slices.Clone(t.kind.Entries), func(f dossier.EntryField) bool { return t.columnOf(f.Field) == nil })
}

// likest is how many letters of a label of one of the fields a head has, of the one of
// which it has most; 0 when it has none of the labels.
func likest(head string, fields []dossier.EntryField) (letters int) {
	for _, f := range fields {
		for _, label := range f.Words {
			if !heads(head, label) {
				continue
			}
			want, edits := fuzzy.Plain(label), 0
			for !fuzzy.Within(head, want, edits) {
				edits++
			}
			letters = max(letters, len(want)-edits)
		}
	}
	return letters
}

// headOf is what stands in the heads of a column.
func (t table) headOf(i int) string {
	var words []string
	for _, b := range t.bands[:t.body] {
		for _, w := range t.words(b, t.columns[i]) {
			if !columnNumber.MatchString(w.Text) {
				words = append(words, w.Text)
			}
		}
	}
	return fuzzy.Plain(strings.Join(words, " "))
}

// sameHead tells whether two heads are one, with a few letters wrong.
func sameHead(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	limit := max(len(a), len(b)) / lettersOfOne
	return len(a)-len(b) <= limit && len(b)-len(a) <= limit && fuzzy.Within(a, b, limit)
}

// counts tells whether the first column has numbers in print that count on, as that
// of a page with its own cases does.
func (t table) counts() bool {
	last, on := 0, 0
	for _, b := range t.bands[t.body:] {
		for _, w := range t.words(b, t.columns[0]) {
			m := entryNumber.FindStringSubmatch(w.Text)
			if m == nil {
				continue
			}
			n, _ := strconv.Atoi(m[1]) // five digits at most
			if last > 0 && n == last+1 {
				on++
			}
			last = n
		}
	}
	return on > 0
}
