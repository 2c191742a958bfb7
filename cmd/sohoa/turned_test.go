package main

import (
	"context"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// turn turns a page of the first dossier and works until that is published and
// the page is read again.
func (r *rig) turn(t *testing.T, id dossier.DossierID, said dossier.Turned) dossier.Dossier {
	t.Helper()
	r.readAgain(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Turn(t.Context(), a.catalog, actor, id, said)
	})
	r.wantIntact(t)
	return r.dossiers(t)[0].Dossier
}

// readAgain carries out a decision and works until nothing of the dossier is to
// be published or to be read again.
func (r *rig) readAgain(t *testing.T, id dossier.DossierID, decide func(*archive, *pipeline.Flow, dossier.Actor) error) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if err := decide(a, flow, dossier.Local(flow.Unit.ID)); err != nil {
		t.Fatal(err)
	}
	if err := readAgainAll(t.Context(), a, flow, id); err != nil {
		t.Fatal(err)
	}
}

// readAgainAll works until nothing of a dossier is to be published or to be read
// again.
func readAgainAll(ctx context.Context, a *archive, flow *pipeline.Flow, id dossier.DossierID) error {
	return a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		_, open, err := a.ledger.NextIntent(ctx, id)
		if err != nil || open {
			return false, err
		}
		newest, _, err := a.ledger.Latest(ctx, id)
		return len(newest.Dossier.ToReadAgain()) == 0, err
	})
}

// shown is the version of the reading by which the pages of the web show a page.
func (r *rig) shown(t *testing.T, page dossier.PageID) (reading int) {
	t.Helper()
	r.with(t, func(a *archive) {
		at, err := a.catalog.Arrival(t.Context(), dossier.Whole(a.unit().ID), page)
		if err != nil {
			t.Fatal(err)
		}
		reading = at.Reading
	})
	return reading
}

// TestTurnedPage turns a page of a published paper: its readings are objects of
// their own, the paper has a new PDF, pages of the web show it so, and a rebuild
// knows it. Undo turns it back.
func TestTurnedPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		id := r.feed(t, separator(t, someCode, 0), born).Dossiers[0].ID
		before := r.dossiers(t)[0].Dossier.Components[0]
		page := before.Pages[0].ID
		after := r.turn(t, id, dossier.Turned{Page: page, By: 90}).Components[0]
		if after.Pages[0].Reading != 6 || after.PDF == before.PDF || after.State != dossier.ComponentAwaitingSignature || after.Kind != before.Kind {
			t.Errorf("the turned paper: %+v", after)
		}
		if name, was := after.Fields["child_name"], before.Fields["child_name"]; name.Value != was.Value {
			t.Errorf("the name was %+v and is %+v", was, name)
		}
		if got := r.shown(t, page); got != 6 {
			t.Errorf("the page is shown by reading %d, want 6", got)
		}
		copied := r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
		if got := copied.shown(t, page); got != 6 {
			t.Errorf("after a rebuild the page is shown by reading %d, want 6", got)
		}
		upsideDown := r.turn(t, id, dossier.Turned{Page: page, By: 90}).Components[0]
		if upsideDown.Pages[0].Reading != 7 {
			t.Errorf("turned twice it has reading %d", upsideDown.Pages[0].Reading)
		}
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Undo(t.Context(), a.catalog, actor, id, 0)
		})
		if back := r.dossiers(t)[0].Dossier.Components[0]; back.Pages[0].Reading != 6 || back.PDF != after.PDF || r.shown(t, page) != 6 {
			t.Errorf("after the undo: %+v", back)
		}
		r.wantIntact(t)
	})
}
