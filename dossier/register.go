package dossier

import "slices"

// EntryState is how far one entry of a register is.
type EntryState string

// The states of an entry.
const (
	// EntryFound: the machine is sure of its region; a person writes down what
	// it says.
	EntryFound EntryState = "found"
	// EntryUnsure: the machine can not tell how many entries the page has, so
	// this one is the whole page, and a person says how many there are.
	EntryUnsure EntryState = "unsure"
	// EntryKeyed: a person has written down what it says.
	EntryKeyed EntryState = "keyed"
	// EntryNone: a person saw that nothing is entered there.
	EntryNone EntryState = "none"
)

// Waits tells whether a person has to look at the entry.
func (s EntryState) Waits() bool { return s == EntryFound || s == EntryUnsure }

// RegisterEntry is one case on a page of a register: a birth, a marriage, a
// parcel. Its region and the boxes of its fields are in pixels of the upright
// page; the page's matrix leads from there to the pixels of the scan. Every
// page of a register has at least one entry, so that none is passed over: a page
// without cases has one of which a person said so.
type RegisterEntry struct {
	ID     EntryID          `json:"id"`
	Page   PageID           `json:"page"`
	Box    Box              `json:"box"`
	State  EntryState       `json:"state"`
	Why    string           `json:"why,omitempty"` // code of why the machine is unsure
	Fields map[string]Field `json:"fields"`
	// Across is where the case goes on beyond the fold of an open book; nil for one
	// that stands on its page only. The fields there name that page as theirs.
	Across *EntryPart `json:"across,omitempty"`
}

// EntryPart is the region of a case on a further page.
type EntryPart struct {
	Page PageID `json:"page"`
	Box  Box    `json:"box"`
}

// PlaceOn is the region of the case on a page; false when it does not stand there.
func (e RegisterEntry) PlaceOn(page PageID) (Box, bool) {
	switch {
	case e.Page == page:
		return e.Box, true
	case e.Across != nil && e.Across.Page == page:
		return e.Across.Box, true
	}
	return Box{}, false
}

// within is the entry as a paper with these pages has it: where the other half of
// an open book went elsewhere, the case ends at the fold. What people wrote down
// stays; where it stood is on no page of the paper any more.
func (e RegisterEntry) within(pages []Page) RegisterEntry {
	if e.Across == nil || slices.ContainsFunc(pages, func(p Page) bool { return p.ID == e.Across.Page }) {
		return e
	}
	fields := make(map[string]Field, len(e.Fields))
	for id, f := range e.Fields {
		if f.Page == e.Across.Page {
			f.Page, f.Box = e.Page, nil
			if f.Status == FieldUnread {
				f = Field{Page: e.Page, Status: FieldUnread}
			}
		}
		fields[id] = f
	}
	e.Across, e.Fields = nil, fields
	return e
}

// EntryField is a field that the entries of a register have, and the words by
// which its place is found: those at the head of a column, or in front of the
// value.
type EntryField struct {
	Field string
	// Opens marks the field with which an entry begins: its number.
	Opens bool
	// Named marks fields without which an entry can not be found again: one of
	// them has to be written down.
	Named bool
	Words []string
}

// IsRegister tells whether pages of the kind hold entries.
func (k Kind) IsRegister() bool { return len(k.Entries) > 0 }

// EntryOf finds an entry of the paper.
func (c Component) EntryOf(id EntryID) (RegisterEntry, bool) {
	return find(c.Entries, func(e RegisterEntry) bool { return e.ID == id })
}

// EntriesOn are the entries of papers that begin on the pages, in the order of the
// pages.
func EntriesOn(papers []Component, pages []Page) (entries []RegisterEntry) {
	for _, page := range pages {
		for _, paper := range papers {
			for _, e := range paper.Entries {
				if e.Page == page.ID {
					entries = append(entries, e.within(pages))
				}
			}
		}
	}
	return entries
}

// UncoveredPages are the pages of the paper on which no entry stands.
func (c Component) UncoveredPages() (pages []Page) {
	for _, page := range c.Pages {
		if !slices.ContainsFunc(c.Entries, func(e RegisterEntry) bool { _, on := e.PlaceOn(page.ID); return on }) {
			pages = append(pages, page)
		}
	}
	return pages
}

// StrayEntries are entries of which a part stands on no page of the paper, or that
// have the id of an earlier one.
func (c Component) StrayEntries() (ids []EntryID) {
	seen := map[EntryID]bool{}
	for _, e := range c.Entries {
		has := func(page PageID) bool { return slices.ContainsFunc(c.Pages, func(p Page) bool { return p.ID == page }) }
		if !has(e.Page) || e.Across != nil && !has(e.Across.Page) || seen[e.ID] {
			ids = append(ids, e.ID)
		}
		seen[e.ID] = true
	}
	return ids
}

// EntryCorrection is what a person writes down of one entry, or says of its place. Like a
// [Correction] it names what the person saw.
type EntryCorrection struct {
	Component ComponentID `json:"component"`
	Entry     EntryID     `json:"entry"`
	// Was is the state in which the person saw the entry.
	Was    EntryState        `json:"was"`
	Fields []FieldCorrection `json:"fields"`
	// None says that nothing is entered there.
	None bool `json:"none,omitempty"`
	// Count says how many entries are on a page of which the machine was unsure:
	// bands of one height take its place, to be written down one after the other.
	Count int `json:"count,omitempty"`
}

// WaitingEntry is an entry that a person has to look at.
type WaitingEntry struct {
	Dossier   DossierID
	Component ComponentID
	Kind      string
	Entry     EntryID
	Nth       int // among the entries of its paper, from 1
	Page      PageID
	State     EntryState
}

// EntriesOf lists the entries of a dossier, paper by paper in the order of their
// pages.
func EntriesOf(d Dossier) (all []WaitingEntry) {
	for _, paper := range d.Components {
		if paper.State == ComponentSuperseded || paper.State == ComponentDisposed {
			continue
		}
		for i, e := range paper.Entries {
			all = append(all, WaitingEntry{
				Dossier: d.ID, Component: paper.ID, Kind: paper.Kind, Entry: e.ID, Nth: i + 1, Page: e.Page, State: e.State,
			})
		}
	}
	return all
}

// Grid is a table of ruled lines on a page. The picture is gone when entries are
// looked for, so that the reading keeps what they need of it.
type Grid struct {
	// Rows are the rules across the page, from top to bottom, Columns those down
	// it, from left to right.
	Rows    []Rule `json:"rows"`
	Columns []Rule `json:"columns"`
	// Ink is the share of ink in the cell between two rules across and two rules
	// down: row by row, and in each from left to right.
	Ink [][]float64 `json:"ink"`
}

// Rule is a ruled line: where it runs, from where to where in the other
// direction, all in pixels of the upright page, and which share of that is inked.
type Rule struct {
	At   int     `json:"at"`
	From int     `json:"from"`
	To   int     `json:"to"`
	Seen float64 `json:"seen"`
}
