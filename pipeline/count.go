package pipeline

import (
	"context"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/split"
)

// miscount is a count that does not come out, as the catalogue keeps it.
func (p placer) miscount(m split.Miscount, in dossier.DossierID) dossier.Miscount {
	return dossier.Miscount{
		Batch: p.batch.ID, Dossier: in, Said: m.Said, Least: m.Least, Most: m.Most, After: m.Number, AfterPage: m.After,
		First: p.stack.found[m.First], Last: p.stack.found[m.Last],
	}
}

// AcceptCount makes the papers of a dossier that are held because the sheets of
// a batch do not add up, as splitting would have made them had the count come
// out. Pages that a person has placed meanwhile stay where they are. The
// decision carries the papers it makes, as every decision does.
func (f *Flow) AcceptCount(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, batch dossier.BatchID) error {
	latest, err := f.ownDossier(ctx, id)
	if err != nil {
		return err
	}
	p, held, err := f.held(ctx, latest.Dossier, batch)
	if err != nil {
		return err
	}
	fresh, _ := p.fresh(split.Group{Components: held})
	var pages []dossier.PageID
	for _, c := range fresh {
		pages = append(pages, c.Pages...)
	}
	waiting, err := ledger.Waiting(ctx, f.Unit.ID, pages)
	if err != nil {
		return err
	}
	if len(pages) == 0 || len(waiting) != len(pages) {
		return ErrNotWaiting
	}
	intent := f.nextIntent(latest, actor, "count of sheets accepted by a person")
	intent.Batch = batch
	openAgain(&intent.Draft, "count of sheets accepted: dossier re-opened")
	d := &intent.Draft.Dossier
	for _, c := range fresh {
		component, err := p.component(ctx, c)
		if err != nil {
			return err
		}
		d.Components = append(d.Components, component)
		intent.New = append(intent.New, component.ID)
	}
	d.Pending = slices.DeleteFunc(d.Pending, func(page dossier.PageID) bool { return slices.Contains(pages, page) })
	f.settle(d)
	f.leavePresented(d.Procedure, d.Components[len(d.Components)-len(fresh):])
	return f.decide(ctx, ledger, dossier.Decision{Action: dossier.ActionAcceptCount, Actor: actor, Placement: dossier.Placement{Pages: pages, Dossier: id}, Intent: intent})
}

// held are the papers of the dossier that a batch holds back for its count.
func (f *Flow) held(ctx context.Context, d dossier.Dossier, id dossier.BatchID) (placer, []split.Component, error) {
	var batch dossier.Batch
	_, found, err := f.getJSON(ctx, dossier.BatchKey(f.Unit.ID, id), &batch)
	if err != nil {
		return placer{}, nil, err
	}
	if !found {
		return placer{}, nil, ErrNotWaiting
	}
	stack, err := f.stack(ctx, batch)
	if err != nil {
		return placer{}, nil, err
	}
	for _, group := range stack.divide(f.Kinds).Groups {
		if group.Miscount != nil && group.Code != nil && d.Code != nil && *group.Code == *d.Code {
			return placer{flow: f, stack: stack, batch: batch}, group.Held, nil
		}
	}
	return placer{}, nil, ErrNotWaiting
}
