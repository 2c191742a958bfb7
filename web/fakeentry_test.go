package web

import (
	"context"

	"sohoa/dossier"
)

// What the fake archive knows of fields that two people key. Its rules are those
// of package pipeline, in short.

func (f *fakeArchive) keyedBy(d dossier.Doubt, by dossier.Actor) (n int, own bool) {
	all := f.keyings[string(d.Component)+d.Field]
	for _, k := range all {
		own = own || k.Actor.ID == by.ID
	}
	return len(all), own
}

func (f *fakeArchive) listTwice(scope dossier.Scope, offset, limit int, wanted func(dossier.Doubt) bool) (some []dossier.Doubt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.twice {
		if sees(scope) && wanted(d) {
			some = append(some, d)
		}
	}
	some = some[min(offset, len(some)):]
	return some[:min(limit, len(some))]
}

func (f *fakeArchive) Entries(_ context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error) {
	return f.listTwice(scope, offset, limit, func(d dossier.Doubt) bool { n, own := f.keyedBy(d, by); return n < 2 && !own }), f.broken
}

func (f *fakeArchive) Disputes(_ context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error) {
	return f.listTwice(scope, offset, limit, func(d dossier.Doubt) bool { n, own := f.keyedBy(d, by); return n == 2 && !own }), f.broken
}

func (f *fakeArchive) EntryCounts(ctx context.Context, scope dossier.Scope, by dossier.Actor) (dossier.EntryCounts, error) {
	mine, _ := f.Entries(ctx, scope, by, 0, len(f.twice))
	settle, err := f.Disputes(ctx, scope, by, 0, len(f.twice))
	return dossier.EntryCounts{All: len(f.twice), Mine: len(mine), ToSettle: len(settle)}, err
}

func (f *fakeArchive) Dispute(_ context.Context, by dossier.Actor, component dossier.ComponentID, field string) (values []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, own := f.keyedBy(dossier.Doubt{Component: component, Field: field}, by); own {
		return nil, ErrSamePerson
	}
	for _, k := range f.keyings[string(component)+field] {
		values = append(values, k.Value)
	}
	return values, nil
}

func (f *fakeArchive) Enter(_ context.Context, by dossier.Actor, _ dossier.DossierID, said dossier.Keyed) (dossier.Entered, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, own := f.keyedBy(dossier.Doubt{Component: said.Component, Field: said.Field}, by)
	if own || f.refuse != nil {
		return "", ErrSamePerson
	}
	at := string(said.Component) + said.Field
	f.keyings[at] = append(f.keyings[at], dossier.Keying{Actor: by, Value: said.Value})
	return map[int]dossier.Entered{0: dossier.EnteredFirst, 1: dossier.EnteredDiffer}[n], nil
}

func (f *fakeArchive) Settle(_ context.Context, _ dossier.Actor, _ dossier.DossierID, said dossier.Keyed) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.corrected = append(f.corrected, dossier.Correction{Component: said.Component, Fields: []dossier.FieldCorrection{{Field: said.Field, Is: said.Value}}})
	delete(f.keyings, string(said.Component)+said.Field)
	return nil
}
