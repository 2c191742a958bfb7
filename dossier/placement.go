package dossier

import (
	"slices"
	"time"
)

// Placement is what a person says about pages that wait: which paper they are,
// of which dossier, and in which order.
type Placement struct {
	// Pages in the order they shall have.
	Pages []PageID `json:"pages"`
	// Kind of the paper; not needed when Component is given.
	Kind string `json:"kind"`
	// Dossier to place them in. When it is empty, Code names it: the unit's
	// dossier with that code, made if there is none. When both are empty, a new
	// dossier without a code is made.
	Dossier DossierID `json:"dossier,omitempty"`
	Code    string    `json:"code,omitempty"`
	// Component to add the pages to, and the position (from 1) the first of
	// them shall have in it; 0 means at the end. When it is empty the pages
	// become a new component.
	Component ComponentID `json:"component,omitempty"`
	Position  int         `json:"position,omitempty"`
	// Replaces is a page of that component whose place the one page takes that is
	// placed: the paper was scanned again. It is kept as replaced.
	Replaces PageID `json:"replaces,omitempty"`
}

// Decision is what a person decided about a dossier, or what the machine makes
// of it ([ActionReadAgain]), kept as an object before any row says so. It carries the whole intent, so that a rebuild finishes what
// a power cut left between the two.
type Decision struct {
	Schema string    `json:"schema"` // [DecisionSchema]
	Seq    int       `json:"seq"`
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	Action string    `json:"action"` // one of the actions below
	// Placement is what was said about pages that wait; empty for all other
	// actions.
	Placement Placement `json:"placement"`
	// Correction is what was said about a published paper, Arrangement what was
	// said about the pages of several.
	Correction  *Correction `json:"correction,omitempty"`
	Arrangement []Arranged  `json:"arrangement,omitempty"`
	// Keeping is the paper that is kept after all, or is not.
	Keeping *Keeping `json:"keeping,omitempty"`
	// Closing is there when the decision closes the dossier.
	Closing *Closing `json:"closing,omitempty"`
	// Entry is what was written down of an entry of a register.
	Entry *EntryCorrection `json:"entry,omitempty"`
	// Turned is the page that was turned.
	Turned *Turned `json:"turned,omitempty"`
	// ReadAgain are the pages of which the machine tells anew what they say, since
	// people have turned them.
	ReadAgain []PageID `json:"read_again,omitempty"`
	// Transfer names the pages that another dossier gets.
	Transfer *Transfer `json:"transfer,omitempty"`
	Intent   Intent    `json:"intent"`
	// Moved are versions of other dossiers that this decision makes, too,
	// because its pages waited there, go there, or go back there.
	Moved []Intent `json:"moved,omitempty"`
}

// Intents are all versions the decision makes, that of its own dossier first.
func (d Decision) Intents() []Intent { return append([]Intent{d.Intent}, d.Moved...) }

// Pages are the pages that the decision takes from where they wait, or out of a
// dossier.
func (d Decision) Pages() []PageID {
	pages := slices.Clone(d.Placement.Pages)
	for _, intent := range d.Intents() {
		pages = append(pages, intent.Left...)
	}
	return pages
}

// DecisionSchema names the form of a decision.
const DecisionSchema = "sohoa/decision/1"

// The actions of a decision.
const (
	ActionPlace = "place"
	ActionUndo  = "undo"
	ActionSign  = "sign"
	// ActionAcceptCount makes the papers that are held because their sheets do
	// not add up; the placement lists their pages.
	ActionAcceptCount = "accept_count"
	ActionCorrect     = "correct"
	ActionArrange     = "arrange"
	ActionTurn        = "turn"
	// ActionReadAgain is the machine's own: turned pages were read again.
	ActionReadAgain = "read_again"
	// ActionTransfer takes pages of published papers into another dossier.
	ActionTransfer = "transfer"
	// ActionKeep makes a paper that was only presented one that is kept, and
	// ActionNotKeep the other way round.
	ActionKeep    = "keep"
	ActionNotKeep = "not_keep"
	ActionClose   = "close"
	ActionReopen  = "reopen"
	// ActionEnter writes down an entry of a register.
	ActionEnter = "enter"
)
