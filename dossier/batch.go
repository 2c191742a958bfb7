package dossier

import (
	"fmt"
	"time"
)

// BatchFile is one input file of a batch as the batch record names it.
type BatchFile struct {
	Name   string `json:"name"`
	SHA256 SHA256 `json:"sha256"`
	Size   int64  `json:"size"`
	// Duplicate is true when the unit already had an object of these bytes
	// when the batch was taken in; its images are not read again.
	Duplicate bool `json:"duplicate,omitempty"`
	// Of names, for a duplicate, the batch that first brought the bytes.
	Of BatchID `json:"of,omitempty"`
	// Filed says, for a file that was filed electronically, where it belongs.
	Filed *Filing `json:"filed,omitempty"`
}

// Filing is what whoever hands in an electronic file says of it: the code of its
// dossier and the kind of paper. Nothing about it is guessed.
type Filing struct {
	Code string `json:"code"`
	Kind string `json:"kind"`
}

// Batch is what was fed in one go: the files of one inbox subfolder, or of one
// `sohoa process`, in natural name order or argument order. Its record is an
// object written before any source file is moved.
type Batch struct {
	Schema string      `json:"schema"` // [BatchSchema]
	ID     BatchID     `json:"id"`
	Unit   UnitID      `json:"unit"`
	Actor  Actor       `json:"actor"`
	Device string      `json:"device"`
	At     time.Time   `json:"at"`
	Files  []BatchFile `json:"files"`
	// Background is true for work that can wait while a counter has paper:
	// what `sohoa process` and backfill bring.
	Background bool `json:"background,omitempty"`
	// Backs is there when all fronts were fed first and then all backs.
	Backs *Backs `json:"backs,omitempty"`
}

// BatchSchema names the form of a batch record.
const BatchSchema = "sohoa/batch/1"

// Account says where every image of a batch went. It balances when each image
// is in exactly one class; pages = images + spreads split.
type Account struct {
	Images     int `json:"images"`
	Placed     int `json:"placed"`
	Separator  int `json:"separator"`
	Blank      int `json:"blank"`
	Parked     int `json:"parked"`
	Superseded int `json:"superseded"`
	Duplicate  int `json:"duplicate"`
	NotKept    int `json:"not_kept"`
	Rejected   int `json:"rejected"`
}

// Count books one image under its state. A state that is not final is booked
// nowhere, so that the account of an unfinished batch does not balance.
func (a *Account) Count(s PageState) {
	a.Images++
	switch s {
	case PagePlaced:
		a.Placed++
	case PageSeparator:
		a.Separator++
	case PageBlank:
		a.Blank++
	case PageParked:
		a.Parked++
	case PageSuperseded:
		a.Superseded++
	case PageDuplicate:
		a.Duplicate++
	case PageNotKept:
		a.NotKept++
	case PageRejected:
		a.Rejected++
	case PageClaimed, PageReading, PageRead:
	}
}

// Add sums two accounts.
func (a Account) Add(b Account) Account {
	return Account{
		Images: a.Images + b.Images, Placed: a.Placed + b.Placed, Separator: a.Separator + b.Separator,
		Blank: a.Blank + b.Blank, Parked: a.Parked + b.Parked, Superseded: a.Superseded + b.Superseded,
		Duplicate: a.Duplicate + b.Duplicate, NotKept: a.NotKept + b.NotKept, Rejected: a.Rejected + b.Rejected,
	}
}

// Balance returns an error that names the gap when an image is in no class or
// in more than one.
func (a Account) Balance() error {
	booked := a.Placed + a.Separator + a.Blank + a.Parked + a.Superseded + a.Duplicate + a.NotKept + a.Rejected
	if booked != a.Images {
		return fmt.Errorf("account does not balance: %d images, %d booked", a.Images, booked)
	}
	return nil
}
