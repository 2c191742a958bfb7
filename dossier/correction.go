package dossier

import (
	"slices"
	"time"
)

// Correction is what a person says about one paper that is published: what
// fields of it really say, or which kind of paper it is. It names what the
// person saw, so that nobody corrects what somebody else has changed meanwhile.
type Correction struct {
	Component ComponentID `json:"component"`
	// Kind is what the paper was taken for; NewKind, when not empty, what it is.
	Kind    string            `json:"kind"`
	NewKind string            `json:"new_kind,omitempty"`
	Fields  []FieldCorrection `json:"fields"`
	// Insist says that the person was told that values which people have
	// confirmed contradict each other, and that they stand so on the paper.
	Insist bool `json:"insist,omitempty"`
	// Keyings are the ids of what others keyed blind for the field, and on which
	// the correction rests.
	Keyings []string `json:"keyings,omitempty"`
	// Sample is the month whose sample brought the mistake to light.
	Sample string `json:"sample,omitempty"`
}

// FieldCorrection is one field before and after. Both are the same when a person
// confirms what the machine read.
type FieldCorrection struct {
	Field string `json:"field"`
	Was   string `json:"was"`
	Is    string `json:"is"`
}

// Keeping is what a person says about whether a paper is kept or was only
// presented. Kind is what the paper was taken for.
type Keeping struct {
	Component ComponentID `json:"component"`
	Kind      string      `json:"kind"`
}

// Closing is what whoever closes a dossier was told that it lacks.
type Closing struct {
	Missing []string `json:"missing"`
}

// Transfer is what a person says about pages that belong to another dossier.
type Transfer struct {
	// Pages in published papers of the dossier, as many as shall go; those of one
	// paper are one paper there, too.
	Pages []PageID `json:"pages"`
	// Code of the dossier to which they belong.
	Code string `json:"code"`
	// Make says that the person was told that there is no such dossier yet.
	Make bool `json:"make,omitempty"`
}

// Arranged is one paper as a person wants it: which pages it has, in their
// order. Component is empty for a paper that is new. Kind is empty where the
// machine shall name the paper from its pages; it does not rename one that a
// person has named, nor one that begins with the page it began with.
type Arranged struct {
	Component ComponentID `json:"component,omitempty"`
	Kind      string      `json:"kind"`
	Pages     []PageID    `json:"pages"`
}

// Doubt is a field of a published paper that a person has to look at.
type Doubt struct {
	Dossier   DossierID
	Component ComponentID
	Kind      string
	Field     string
	// Nth is the place of the field among those of its paper, from 1.
	Nth        int
	Page       PageID
	Confidence float64
	ReceivedAt time.Time
	DueAt      *time.Time // nil where nothing presses, as [Dossier.Pressing] says
	Reason     Reason     // one of those of fields
	// Twice marks a field that two people key, neither seeing what the other
	// keyed.
	Twice bool
}

// Doubts lists the fields of a dossier that a person has to look at: those that
// nobody has confirmed and that are marked as unread, or below their gate, and
// those that are keyed twice, whatever the machine read. They come paper by
// paper, in the order in which the kind names them.
func (c *Catalogue) Doubts(d Dossier, twice []KindField) (doubts []Doubt) {
	for _, paper := range d.Components {
		kind, ok := c.Kind(paper.Kind)
		if !ok || paper.State.Gone() {
			continue
		}
		for i, id := range kind.Fields {
			f, there := paper.Fields[id]
			byTwo := slices.Contains(twice, KindField{kind.ID, id}) && f.Status != FieldConfirmed
			if !byTwo && (!there || !c.doubtful(id, f)) {
				continue
			}
			reason := ReasonFieldUnsure
			if f.Status == FieldUnread {
				reason = ReasonFieldUnread
			}
			doubts = append(doubts, Doubt{
				Dossier: d.ID, Component: paper.ID, Kind: paper.Kind, Field: id, Nth: i + 1, Page: f.Page,
				Confidence: f.Confidence, ReceivedAt: d.ReceivedAt, DueAt: d.Pressing(), Reason: reason, Twice: byTwo,
			})
		}
	}
	return doubts
}

func (c *Catalogue) doubtful(id string, f Field) bool {
	if f.Status == FieldConfirmed {
		return false
	}
	_, ok := c.Field(id)
	return ok && (f.Status == FieldUnread || f.Confidence < c.GateOf(id, f))
}
