package pipeline

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
	"sohoa/pipeline/extract"
	"sohoa/pipeline/register"
)

// mostEntries is how many entries a person may say a page has: the fullest
// printed books have some forty rows.
const mostEntries = 100

// guess names the kind of a page. The title of a register is a heading of laws,
// too; what makes it certain are the heads of its columns, or its labels.
func (f *Flow) guess(reading dossier.Reading) classify.Guess {
	g := classify.Classify(f.Kinds, reading)
	kind, ok := f.Kinds.Kind(g.Kind)
	if ok && kind.IsRegister() && g.Confidence < ofRegister && register.IsPage(kind, reading) {
		g.Confidence = ofRegister
		g.Reasons = append(g.Reasons, "the form of this register")
	}
	return g
}

// ofRegister is the confidence in a title of a register above its own form, that
// of a title on a page that looks like a first page.
const ofRegister = 0.97

// fillEntries gives the registers of a draft their entries: every page has at least
// one, and what people have written down stays. Papers that are no register have
// none.
func (f *Flow) fillEntries(ctx context.Context, d *dossier.Dossier) error {
	for i, paper := range d.Components {
		kind, ok := f.Kinds.Kind(paper.Kind)
		if !ok || !kind.IsRegister() || paper.State == dossier.ComponentNotKept {
			d.Components[i].Entries = nil
			continue
		}
		paper.Entries = dossier.EntriesOn([]dossier.Component{paper}, paper.Pages)
		for _, page := range paper.UncoveredPages() {
			filled, err := f.fillPage(ctx, kind, paper, page)
			if err != nil {
				return err
			}
			paper = filled
		}
		d.Components[i].Entries = dossier.EntriesOn([]dossier.Component{paper}, paper.Pages)
	}
	return nil
}

// fillPage gives a page of a register its entries: those that begin there, or those
// of the page before that go on there, over the fold of an open book.
func (f *Flow) fillPage(ctx context.Context, kind dossier.Kind, paper dossier.Component, page dossier.Page) (dossier.Component, error) {
	reading, err := f.readingOf(ctx, page)
	if err != nil {
		return paper, err
	}
	entries, over, err := f.goingOn(ctx, kind, paper, facing{page, reading})
	if err != nil {
		return paper, err
	}
	if over {
		paper.Entries = entries
	} else {
		paper.Entries = append(slices.Clone(paper.Entries), foundOn(page.ID, register.Find(kind, reading))...)
	}
	return paper, nil
}

// facing is a page that may be the right one of an open book.
type facing struct {
	page    dossier.Page
	reading dossier.Reading
}

// goingOn are the entries of a paper when those of the page before go on on the right
// page. None of them may be settled yet: people who wrote one down saw the left half
// of it only.
func (f *Flow) goingOn(ctx context.Context, kind dossier.Kind, paper dossier.Component, right facing) ([]dossier.RegisterEntry, bool, error) {
	at := slices.IndexFunc(paper.Pages, func(p dossier.Page) bool { return p.ID == right.page.ID })
	if at < 1 || right.reading.Cut == nil || !sameImage(paper.Pages[at-1].ID, right.page.ID) {
		return nil, false, nil
	}
	left := paper.Pages[at-1]
	reading, err := f.readingOf(ctx, left)
	if err != nil {
		return nil, false, err
	}
	rows, ok := register.Across(kind, reading, right.reading)
	if !ok {
		return nil, false, nil
	}
	entries := slices.Clone(paper.Entries)
	for i, e := range entries {
		if e.Page != left.ID {
			continue
		}
		if e.State != dossier.EntryFound || e.Across != nil || len(rows) == 0 || e.Box != rows[0].Left.Box {
			return nil, false, nil
		}
		entries[i] = across(e, right.page.ID, rows[0].Right)
		rows = rows[1:]
	}
	return entries, len(rows) == 0, nil
}

// sameImage tells whether two pages were on one image.
func sameImage(a, b dossier.PageID) bool {
	one, _, errOne := a.Split()
	other, _, errOther := b.Split()
	return errOne == nil && errOther == nil && one == other
}

// across is an entry that goes on in a region of a further page.
func across(e dossier.RegisterEntry, page dossier.PageID, region register.Region) dossier.RegisterEntry {
	e.Across, e.Fields = &dossier.EntryPart{Page: page, Box: region.Box}, maps.Clone(e.Fields)
	for id, field := range region.Fields {
		if field.Box != nil {
			field.Page = page
			e.Fields[id] = field
		}
	}
	return e
}

// foundOn are the regions of a page as entries.
func foundOn(page dossier.PageID, found register.Found) (entries []dossier.RegisterEntry) {
	state := dossier.EntryFound
	if found.Why != "" {
		state = dossier.EntryUnsure
	}
	for _, region := range found.Regions {
		for id, field := range region.Fields {
			field.Page = page
			region.Fields[id] = field
		}
		entries = append(entries, dossier.RegisterEntry{
			ID: dossier.EntryID(dossier.NewID()), Page: page, Box: region.Box, State: state, Why: string(found.Why), Fields: region.Fields,
		})
	}
	return entries
}

// WriteDown carries out what a person writes down of an entry of a register, or says
// of its place: that nothing is entered there, or how many entries the page has.
// It is durable as an object, then as an intent, when WriteDown returns.
func (f *Flow) WriteDown(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.EntryCorrection) error {
	return f.redrafted(func() error {
		base, err := f.ownDossier(ctx, id)
		if err != nil {
			return err
		}
		intent, err := f.entered(base, actor, said)
		if err != nil {
			return err
		}
		return f.decide(ctx, ledger, dossier.Decision{
			Action: dossier.ActionEnter, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Entry: &said, Intent: intent,
		})
	})
}

// entered drafts the version after base in which one entry is as a person says.
func (f *Flow) entered(base dossier.Manifest, actor dossier.Actor, said dossier.EntryCorrection) (dossier.Intent, error) {
	i := slices.IndexFunc(base.Dossier.Components, func(c dossier.Component) bool { return c.ID == said.Component })
	if i < 0 {
		return dossier.Intent{}, ErrChanged
	}
	paper := base.Dossier.Components[i]
	at := slices.IndexFunc(paper.Entries, func(e dossier.RegisterEntry) bool { return e.ID == said.Entry })
	kind, ok := f.Kinds.Kind(paper.Kind)
	if at < 0 || !ok || paper.Entries[at].State != said.Was {
		return dossier.Intent{}, ErrChanged
	}
	after, err := f.enteredEntry(kind, paper.Entries[at], said)
	if err != nil {
		return dossier.Intent{}, err
	}
	paper.Entries = slices.Replace(slices.Clone(paper.Entries), at, at+1, after...)
	intent := f.nextIntent(base, actor, "register entry written down by a person")
	intent.Kept = append(intent.Kept, paper.ID)
	intent.Draft.Dossier.Components[i] = paper
	return intent, nil
}

// enteredEntry is what becomes of an entry: itself, written down or empty, or the
// entries that a person has counted on its page.
func (f *Flow) enteredEntry(kind dossier.Kind, e dossier.RegisterEntry, said dossier.EntryCorrection) ([]dossier.RegisterEntry, error) {
	switch {
	case said.Count > 0:
		if e.State != dossier.EntryUnsure || said.Count > mostEntries {
			return nil, ErrNoSuchValue
		}
		return foundOn(e.Page, register.Found{Regions: register.Bands(kind, e.Box, said.Count)}), nil
	case said.None:
		e.State, e.Why = dossier.EntryNone, ""
		return []dossier.RegisterEntry{e}, nil
	case e.State == dossier.EntryUnsure:
		return nil, ErrNoSuchValue // first the entries of the page are counted
	}
	fields, err := f.enteredFields(kind, e.Fields, said.Fields)
	if err != nil {
		return nil, err
	}
	e.State, e.Fields = dossier.EntryKeyed, fields
	return []dossier.RegisterEntry{e}, nil
}

// enteredFields are the fields of an entry as a person has written them down. One
// of those by which the entry can be found again must have a value.
func (f *Flow) enteredFields(kind dossier.Kind, before map[string]dossier.Field, said []dossier.FieldCorrection) (map[string]dossier.Field, error) {
	after := map[string]dossier.Field{}
	for id, field := range before {
		after[id] = field
	}
	for _, s := range said {
		def, known := f.Kinds.Field(s.Field)
		if !known || !slices.ContainsFunc(kind.Entries, func(e dossier.EntryField) bool { return e.Field == s.Field }) {
			return nil, ErrNoSuchValue
		}
		if before[s.Field].Value != s.Was {
			return nil, ErrChanged
		}
		value, norm, ok := extract.Typed(kind, def, s.Is)
		if !ok {
			return nil, ErrNoSuchValue
		}
		field := before[s.Field]
		field.Value, field.Norm, field.Confidence, field.Source, field.Status = value, norm, 1, "person", dossier.FieldConfirmed
		after[s.Field] = field
	}
	for _, e := range kind.Entries {
		if e.Named && after[e.Field].Value != "" {
			return after, nil
		}
	}
	return nil, ErrUnnamed
}

// enteredText is how the entries of a page that people have written down are found:
// a line for each.
func (f *Flow) enteredText(paper dossier.Component, page dossier.PageID) string {
	kind, _ := f.Kinds.Kind(paper.Kind)
	var text strings.Builder
	for _, e := range paper.Entries {
		if e.Page != page || e.State != dossier.EntryKeyed {
			continue
		}
		var values []string
		for _, field := range kind.Entries {
			if value := e.Fields[field.Field].Value; value != "" {
				values = append(values, value)
			}
		}
		text.WriteString("\n" + strings.Join(values, " · "))
	}
	return text.String()
}
