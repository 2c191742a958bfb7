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
	Waiting       bool
	Offset, Limit int
}

// Unread is what is taken in and still to be read.
type Unread struct {
	Files  int `json:"files"`  // not opened yet, so that nobody knows how many images they hold
	Images int `json:"images"` // of opened files
}

// Total is how many images wait, at least.
func (u Unread) Total() int { return u.Files + u.Images }
