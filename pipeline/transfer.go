package pipeline

import (
	"context"
	"reflect"
	"slices"

	"sohoa/dossier"
)

// Transfer takes pages of published papers into another dossier of the office,
// as a person says who found them in the wrong one. A whole paper goes as it is,
// with what people have confirmed on it; single pages become a paper that is
// named from what is read on them. What stays behind is written anew without
// them. Both dossiers get their next version by this one decision, which is
// durable when Transfer returns: the pages are never in both, and never in none.
//
// A paper gets a new id there: its number is that of the dossier's version that
// writes it, and under its old id that number may be used.
func (f *Flow) Transfer(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Transfer) error {
	return f.redrafted(func() error {
		from, err := f.ownDossier(ctx, id)
		if err != nil {
			return err
		}
		into, err := f.transferInto(ctx, from, said)
		if err != nil {
			return err
		}
		given, err := givenBy(from.Dossier, said.Pages)
		if err != nil {
			return err
		}
		gives, err := f.givesAway(ctx, from, actor, given)
		if err != nil {
			return err
		}
		takes, err := f.takesIn(ctx, into, actor, given)
		if err != nil {
			return err
		}
		if takes.Batch == "" { // a dossier that was not there
			takes.Batch = gives.Batch
		}
		return f.decide(ctx, ledger, dossier.Decision{
			Action: dossier.ActionTransfer, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Transfer: &said,
			Intent: gives, Moved: []dossier.Intent{takes},
		})
	})
}

// transferInto is the dossier that gets the pages. One that is not there is made
// only for who was told so: a digit typed wrongly would make a dossier that
// nobody ever opens.
func (f *Flow) transferInto(ctx context.Context, from dossier.Manifest, said dossier.Transfer) (dossier.Manifest, error) {
	parsed, err := dossier.ParseCode(said.Code)
	if err != nil {
		return dossier.Manifest{}, err
	}
	code := parsed.String()
	id, found, err := f.Ledger.ByCode(ctx, f.Unit.ID, code)
	switch {
	case err != nil:
		return dossier.Manifest{}, err
	case id == from.Dossier.ID:
		return dossier.Manifest{}, ErrSameDossier
	case found:
		return f.ownDossier(ctx, id)
	case !said.Make:
		return dossier.Manifest{}, ErrNoSuchDossier
	}
	return f.newDossier(&code, from.Dossier.ReceivedAt), nil
}

// given is a paper that gives pages away.
type given struct {
	paper dossier.Component
	pages []dossier.Page
}

func (g given) whole() bool { return len(g.pages) == len(g.paper.Pages) }

// givenBy finds the papers that have the pages. Each page must be in one: where
// somebody was faster, nothing goes. A paper that is not kept has nothing to
// give, and an electronic original is one paper.
func givenBy(d dossier.Dossier, pages []dossier.PageID) (all []given, err error) {
	found := 0
	for _, c := range d.Components {
		g := given{paper: c}
		for _, p := range c.Pages {
			if slices.Contains(pages, p.ID) {
				g.pages = append(g.pages, p)
			}
		}
		switch {
		case len(g.pages) == 0:
			continue
		case c.State == dossier.ComponentNotKept:
			return nil, ErrChanged
		case c.State == dossier.ComponentFiled:
			return nil, ErrOriginal
		}
		found += len(g.pages)
		all = append(all, g)
	}
	if found == 0 || found != len(pages) {
		return nil, ErrChanged
	}
	return all, nil
}

// givesAway drafts the next version of the dossier that the pages leave.
func (f *Flow) givesAway(ctx context.Context, from dossier.Manifest, actor dossier.Actor, all []given) (dossier.Intent, error) {
	intent := f.nextIntent(from, actor, "pages taken to another dossier")
	openAgain(&intent.Draft, "pages taken to another dossier: dossier re-opened")
	d := &intent.Draft.Dossier
	for _, g := range all {
		at, rest := indexOf(d.Components, g.paper.ID), g.paper
		rest.Pages = slices.DeleteFunc(slices.Clone(g.paper.Pages), func(p dossier.Page) bool { return slices.Contains(g.pages, p) })
		for _, p := range g.pages {
			intent.Left = append(intent.Left, p.ID)
		}
		for _, r := range dossier.ReplacedOn([]dossier.Component{g.paper}, g.pages) {
			intent.Left = append(intent.Left, r.Page.ID)
		}
		if g.whole() {
			d.Components = slices.Delete(d.Components, at, at+1)
			continue
		}
		paper, err := f.arrangedPaper(ctx, []dossier.Component{rest}, dossier.Arranged{Component: rest.ID, Pages: pageIDs(rest)}, intent)
		if err != nil {
			return intent, err
		}
		if paper.Kind != g.paper.Kind {
			paper = f.unlessPresented(d.Procedure, paper)
		}
		d.Components[at] = paper
		intent.New = append(intent.New, paper.ID)
	}
	f.settle(d)
	return intent, nil
}

// takesIn drafts the next version of the dossier that gets the pages.
func (f *Flow) takesIn(ctx context.Context, into dossier.Manifest, actor dossier.Actor, all []given) (dossier.Intent, error) {
	intent := f.nextIntent(into, actor, "papers taken from another dossier")
	openAgain(&intent.Draft, "papers taken from another dossier: dossier re-opened")
	d := &intent.Draft.Dossier
	for _, g := range all {
		paper, err := f.takenPaper(ctx, g, intent)
		if err != nil {
			return intent, err
		}
		d.Components = append(d.Components, paper)
		intent.New = append(intent.New, paper.ID)
	}
	f.settle(d)
	f.leavePresented(d.Procedure, d.Components[len(into.Dossier.Components):])
	return intent, f.fillEntries(ctx, d)
}

// takenPaper is a paper with the pages that another one gives.
func (f *Flow) takenPaper(ctx context.Context, g given, intent dossier.Intent) (dossier.Component, error) {
	if !g.whole() {
		part := g.paper
		part.Pages = g.pages
		return f.arrangedPaper(ctx, []dossier.Component{part}, dossier.Arranged{Pages: pageIDs(part)}, intent)
	}
	paper := g.paper
	paper.ID, paper.Supersedes = dossier.ComponentID(dossier.NewID()), g.paper.ID
	return f.newVersion(paper, intent), nil
}

// givenBack drafts the next versions of the dossiers that took pages, without
// the papers that they took. Where somebody has decided about one of those since,
// nothing goes back.
func (f *Flow) givenBack(ctx context.Context, actor dossier.Actor, took []dossier.Intent) (moved []dossier.Intent, err error) {
	for _, before := range took {
		latest, err := f.ownDossier(ctx, before.Draft.Dossier.ID)
		if err != nil {
			return nil, err
		}
		seen := latest
		if latest.After > 0 { // what the machine read again is no decision
			if seen, err = f.published(ctx, latest.Dossier.ID, latest.After); err != nil {
				return nil, err
			}
		}
		intent := f.nextIntent(latest, actor, "decision undone")
		if intent.Batch == "" {
			intent.Batch = before.Batch
		}
		d := &intent.Draft.Dossier
		for _, id := range before.New {
			at := indexOf(d.Components, id)
			if at < 0 || !reflect.DeepEqual(componentOf(seen.Dossier, id), componentOf(before.Draft.Dossier, id)) {
				return nil, ErrChanged
			}
			intent.Left = append(intent.Left, pageIDs(d.Components[at])...)
			for _, r := range d.Components[at].Replaced {
				intent.Left = append(intent.Left, r.Page.ID)
			}
			d.Components = slices.Delete(d.Components, at, at+1)
		}
		moved = append(moved, intent)
	}
	return moved, nil
}
