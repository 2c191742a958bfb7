package main

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

const neighbourCode = "H38.12-250707-0002"

// publishInOrder works until everything is published, the named dossiers one
// after the other.
func (r *rig) publishInOrder(t *testing.T, ids ...dossier.DossierID) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	published := make([]chan struct{}, len(ids))
	for i := range ids {
		published[i] = make(chan struct{})
	}
	inOrder := func(ctx context.Context, job dossier.Job) error {
		i := slices.Index(ids, dossier.DossierID(job.Subject))
		if i > 0 {
			select {
			case <-published[i-1]:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := flow.Do(ctx, job)
		if i >= 0 && err == nil {
			close(published[i])
		}
		return err
	}
	working, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.queue.Run(working, len(ids)+1, inOrder) }()
	for _, one := range published {
		select {
		case <-one:
		case err := <-ended:
			t.Fatal(err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// TestPageMovedToAnotherDossier places a page that waits in one dossier in
// another, takes that back, and does it again: each time both manifests say so,
// whichever is published first, and a rebuild comes to the same, also when it
// has to finish what was decided.
func TestPageMovedToAnotherDossier(t *testing.T) {
	for _, first := range []string{"left", "joined"} {
		t.Run(first+" published first", func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "")
			o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page", separator(t, neighbourCode, 0), paper(birth, "Bình"))
			left, joined := o.Dossiers[0].ID, o.Dossiers[1].ID
			order := []dossier.DossierID{left, joined}
			if first == "joined" {
				slices.Reverse(order)
			}
			page := r.waiting(t)
			if len(page) != 1 {
				t.Fatalf("%d pages wait, want 1", len(page))
			}
			r.wantPending(t, left, page...)
			act := func(do func(a *archive, flow *pipeline.Flow, by dossier.Actor) error) {
				t.Helper()
				a, flow := r.open(t)
				err := do(a, flow, dossier.Local(flow.Unit.ID))
				closeArchive(t, a)
				if err != nil {
					t.Fatal(err)
				}
				// The database is lost before either version is published.
				half := r.rebuilt(t)
				r.publishInOrder(t, order...)
				wantSameDossiers(t, half.dossiers(t), r.dossiers(t))
				half.wantIntact(t)
				r.wantIntact(t)
				whole := r.rebuilt(t)
				wantSameDossiers(t, whole.dossiers(t), r.dossiers(t))
				if fmt.Sprint(whole.waitingIn(t)) != fmt.Sprint(r.waitingIn(t)) {
					t.Errorf("after a rebuild %v waits, before %v", whole.waitingIn(t), r.waitingIn(t))
				}
			}
			place := func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
				_, err := flow.Decide(t.Context(), a.catalog, by, dossier.Placement{Pages: page, Dossier: joined, Kind: "birth_certificate"})
				return err
			}
			undo := func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
				if err := flow.Undo(t.Context(), a.catalog, by, left, 0); err == nil {
					t.Error("the dossier that a page left could undo that alone")
				}
				return flow.Undo(t.Context(), a.catalog, by, joined, 0)
			}
			act(place)
			r.wantPending(t, left)
			r.wantPending(t, joined)
			act(undo)
			r.wantPending(t, left, page...)
			r.wantPending(t, joined)
			if got := r.waitingIn(t); len(got) != 1 || got[0] != left {
				t.Errorf("the page waits in %v, want %s", got, left)
			}
			act(place)
			r.wantPending(t, left)
		})
	}
}

// wantPending compares the pending pages of a dossier's newest version.
func (r *rig) wantPending(t *testing.T, id dossier.DossierID, want ...dossier.PageID) {
	t.Helper()
	for _, m := range r.dossiers(t) {
		if m.Dossier.ID == id && !slices.Equal(m.Dossier.Pending, want) {
			t.Errorf("pending %v in version %d, want %v", m.Dossier.Pending, m.Dossier.Version, want)
		}
	}
}

// waitingIn lists the dossiers in which the waiting pages wait.
func (r *rig) waitingIn(t *testing.T) (in []dossier.DossierID) {
	t.Helper()
	r.with(t, func(a *archive) {
		waiting, err := a.catalog.Waiting(t.Context(), a.unit().ID, r.parked(t, a))
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range waiting {
			in = append(in, page.Dossier)
		}
	})
	return in
}
