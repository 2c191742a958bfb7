package dossier

import (
	"slices"
	"time"
)

// SideAnswer is what a person says who has looked at the picture of a page that
// waits: nothing is on it; or, taking that back, that it waits again. Of all that
// people said of a page, here and in a [Decision], the newest counts. It is an
// object before any row says so.
type SideAnswer struct {
	Schema string    `json:"schema"` // [SideSchema]
	Batch  BatchID   `json:"batch"`  // that brought the page
	Seq    int       `json:"seq"`    // in the batch, from 1
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	Page   PageID    `json:"page"`
	Say    SideSay   `json:"say"`
	// Reason is why the page waited, and Dossier where; that is empty for a page
	// that waited in none.
	Reason  Reason    `json:"reason"`
	Dossier DossierID `json:"dossier,omitempty"`
	// Counted is true where the person was told that the sheets of the dossier do
	// not add up when this side is empty, and said so all the same.
	Counted bool `json:"counted,omitempty"`
	// Intent is the version of the dossier in which the page waits no more, or
	// waits again.
	Intent *Intent `json:"intent,omitempty"`
	// Refused is the number of an answer of the batch that was not taken, since
	// somebody else was faster: this one says how the page stands instead.
	Refused int `json:"refused,omitempty"`
}

// SideSchema names the form of a SideAnswer.
const SideSchema = "sohoa/side/1"

// SideSay is what a person can say about a side.
type SideSay string

// What can be said.
const (
	SideEmpty SideSay = "empty"
	// SideWithdrawn takes a SideEmpty back: the page waits again.
	SideWithdrawn SideSay = "withdrawn"
)

// MayBeEmpty tells whether a person may say of a page that waits for the reason
// that nothing is on it. Of a page that no picture can be made of nobody can see
// that; one that waits with its paper or its batch is decided about with those.
func (r Reason) MayBeEmpty() bool {
	return slices.Contains([]Reason{ReasonUnreadable, ReasonKindUnsure, ReasonPageUnplaced, ReasonCodeInvalid}, r)
}

// SaidEmpty tells of a page on a screen that a person said that nothing is on it:
// what the machine takes for empty has never waited.
func (a Arrival) SaidEmpty() bool { return a.State == PageBlank && a.Reason != "" }
