package dossier

import "time"

// The values below are what lists on a screen are made of. The catalogue fills
// them; none of them is stored.

// Arrival is one page, or one file not opened yet, on its way from the scanner
// into a dossier.
type Arrival struct {
	Batch  BatchID
	Device string
	// At is when its batch was taken in.
	At      time.Time
	File    string
	Ordinal int // of the file in its batch
	Index   int // of the image in its file, 0 while the file is not opened
	// Page is empty for a file that was not opened, was rejected or is known.
	// Before an image is read it is the image's first page.
	Page   PageID
	State  PageState
	Reason Reason
	// Reading is the version of the page's reading object, 0 for none.
	Reading   int
	Dossier   DossierID
	Component ComponentID
	// DueAt is until when its dossier wants to be done; nil where nothing presses.
	DueAt *time.Time
	// Miscount is there when the page waits for its count of sheets.
	Miscount *Miscount
}

// Why is the sentence that a clerk reads about a page that waits: what is wrong
// and what to do.
func (a Arrival) Why(lang string) string {
	if a.Miscount != nil {
		return a.Miscount.Text(lang)
	}
	return a.Reason.Text(lang)
}

// BatchSummary is a batch as a line on a screen.
type BatchSummary struct {
	ID     BatchID
	Device string
	At     time.Time
	// Done is true when every image has its class and every dossier is
	// published.
	Done    bool
	Account Account
}

// DossierFilter asks for the dossiers of a scope, newest first.
type DossierFilter struct {
	Scope Scope
	// Code, when not empty, is a part of the code.
	Code string
	// State, when not empty, is the state they are in.
	State State
	// Waiting asks only for dossiers with pages that wait for a person.
	Waiting bool
	// From and Until, when not zero, bound the day of receipt; Until is outside.
	From, Until time.Time
	// Digitized, when not empty, asks by the files that the dossier has.
	Digitized     Digitized
	Offset, Limit int
}

// ReviewFilter asks for what waits for a person, the most urgent first; a limit
// of 0 only counts.
type ReviewFilter struct {
	Scope Scope
	// Reason, when not empty, is why it waits.
	Reason        Reason
	Offset, Limit int
}

// Waits is how much waits for a person for one reason.
type Waits struct {
	Reason Reason `bun:"reason"`
	Count  int    `bun:"count"`
	// Late is how much of it is of dossiers whose last day has passed.
	Late int `bun:"late"`
}

// Digitized is how far a dossier is digitized in the sense of indicator 4.2 of
// QĐ 766/QĐ-TTg as the portal's figures are known to be made: at least one
// paper of the applicant, and the result, are there as files. Receipt slips
// and the office's own papers are neither.
type Digitized string

// The degrees that can be asked for.
const (
	DigitizedWhole Digitized = "whole" // both
	DigitizedShort Digitized = "short" // one of the two: one file short
)

// Unread is what is taken in and still to be read.
type Unread struct {
	Files  int `json:"files"`  // not opened yet, so that nobody knows how many images they hold
	Images int `json:"images"` // of opened files
}

// Total is how many images wait, at least.
func (u Unread) Total() int { return u.Files + u.Images }
