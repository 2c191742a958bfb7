// Package split turns the sheets of one batch, in the order they were fed,
// into dossiers and their components.
//
// Start at [Split], a pure function: it decides from what was read and guessed
// and touches nothing. Its promises: every page lands in exactly one place of
// the [Plan]; order is kept; what is unsure is parked for a person with a
// reason, and never put where it might belong.
//
// # Rules
//
// A separator opens the dossier of its code; the same code twice in a batch is
// the same dossier. Where its square code is gone, the printed code counts if the
// printed count carries its check character and both were read clearly. A separator whose code is not certain parks everything up
// to the next separator or slip, because those pages belong to a dossier
// nobody can name yet. A sheet with nothing but patch code T on it opens a dossier
// without a code, which the slip right behind it names, or later a person. A
// receipt slip opens the dossier of its code, unless a
// separator of that code is open; then it is that dossier's slip. A slip that
// is not certain, or whose code was not read clearly, opens a dossier without a
// code, which a person names later. Before the first opener a batch has one
// provisional dossier without a code.
//
// A page with first-page cues and a kind above its gate begins a component. A
// page with such cues and an unsure kind is parked, and what follows it waits
// with it.
//
// # Later pages
//
// Pages of an input file that holds one paper were put together by somebody, so a
// page without first-page cues continues the component before it, whatever its
// size, turn or contents, unless there is clear evidence of another paper: words of another
// kind, a clearly smaller sheet, a printed number that goes back where two pages
// agree on the numbering, or a following page that prints 2. A number that is
// too high does not count: numbers are misread and sheets get lost. An annex
// belongs to the paper before it if that is of the kind the annex names; its
// numbering starts anew.
//
// Pages of different input files, and of a file with more than one paper in it,
// which a feeder made, prove nothing by lying together: only the printed number
// that comes next, articles that go on where those of the page before end, or
// words that only stand on a later page or the back of the same kind, continue a
// component; an annex only by its number, when it counts on.
//
// A parked, unreadable or lost page breaks the chain. If it looked like a first
// page, what follows belongs to it and waits too. Otherwise later pages of the
// same input continue the component again once a printed number proves that they
// are its pages; those that print none wait.
//
// # Counting sheets
//
// A separator may say how many sheets follow. Each sheet has a front, and no
// paper begins on the back of another, so there are at least as many sheets as
// images on which a paper begins, and at least half as many as images. An empty
// image is a back: whoever feeds paper the wrong way round into a scanner that
// sees one side gets empty images, and those sheets are as good as lost. So
// there are at most as many sheets as images with something on them. If the
// separator's own back came along empty, the scanner is duplex and keeps empty
// backs: then n sheets give exactly 2n images. When the number on the separator
// is outside these bounds, the whole dossier of this batch is parked with reason
// sheet_count. A page that could not be read, right before a slip, may be the
// separator that nobody could read: the count may come out with it or without.
// Where the count does not come out with everything, but before a page that could
// not be read, that page is taken for such a separator, and what follows it waits
// as behind any separator without a code.
//
// A side of which a person said later that nothing is on it changes none of this,
// but what is told: the numbers of a count that does not come out, and whether one
// that came out still would (Group.Short).
//
// # Limits
//
// A separator sheet that could not be read at all (lost, or without code and
// title) can not be told from another page; it is parked, and what follows it
// with first-page cues stays with the dossier before. Counting sheets is the
// defence.
//
// A paper that begins behind the only other paper of an input file without any
// cue (no letterhead, no title, no number on it or on the next page) is taken
// for a later page of it.
package split

import (
	"sohoa/dossier"
	"sohoa/pipeline/classify"
)

// Sheet is one page of the batch with what is known about it.
type Sheet struct {
	Page  dossier.PageID
	Image dossier.ImageID
	// Input is the ordinal of the input file in the batch.
	Input   int
	Reading dossier.Reading
	Guess   classify.Guess
	// Lost is set when the worker gave the image up.
	Lost dossier.Reason
	// Empty is set when a person has said that nothing is on the page. It is
	// split as if nobody had, so that what was made around it stays; only the
	// sheets are counted anew.
	Empty bool
}

// Plan says where every page of the batch goes.
type Plan struct {
	Groups []Group
	// Separators and Blanks are dropped from components, never from the archive.
	Separators, Blanks []dossier.PageID
	// Parked are in the order they were fed.
	Parked []Parked
}

// Parked is a page that waits for a person.
type Parked struct {
	Page   dossier.PageID
	Reason dossier.Reason
	// Group is the index of the group the page probably belongs to; -1 when
	// that is not known either.
	Group int
}

// Opener is what began a group.
type Opener string

// The openers.
const (
	OpenerNone      Opener = "none" // the start of the batch
	OpenerSeparator Opener = "separator"
	OpenerSlip      Opener = "slip"
)

// Group is what one batch holds of one dossier. A group may be without
// components: an opener with nothing behind it, or everything parked.
type Group struct {
	// Code is the dossier's code; nil for a provisional dossier.
	Code   *string
	Opener Opener
	// SheetsExpected is the number of sheets its separators announce, 0 when
	// none does.
	SheetsExpected int
	Components     []Component
	// Miscount is there when the sheets do not add up: then every page is
	// parked, and Held are the components they would have made.
	Miscount *Miscount
	Held     []Component
	// Short are the openers whose sheets added up, and do so no more with what
	// people said of empty sides.
	Short []Miscount
}

// Miscount is a count of sheets that does not come out.
type Miscount struct {
	Said, Least, Most int
	// First and Last are the first and the last page counted; nothing came
	// where they are empty.
	First, Last dossier.PageID
	// After is the page behind which the printed numbers have a gap, Number
	// what is printed on it; empty and 0 when no number says where.
	After  dossier.PageID
	Number int
}

// Off is by how many sheets the count does not come out.
func (m Miscount) Off() int { return max(m.Said-m.Most, m.Least-m.Said, 0) }

// Component is one paper.
type Component struct {
	Kind       string
	Confidence float64
	Role       dossier.ComponentRole
	Reasons    []string
	Pages      []dossier.PageID
}

// Split plans the batch.
func Split(cat *dossier.Catalogue, sheets []Sheet) Plan {
	s := splitter{cat: cat, sheets: sheets, stacks: stacks(sheets), byCode: map[string]int{}, provisional: nowhere, group: nowhere, component: nowhere}
	for i := range sheets {
		s.place(i)
	}
	s.endRun()
	s.holdMiscounted()
	return s.plan()
}
