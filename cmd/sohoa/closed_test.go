package main

import (
	"errors"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// TestClosing closes a dossier that lacks a paper, once with and once without
// saying so, takes it back, closes it again, and feeds the result days later:
// that opens it, and both files are there. Each step is one version, which a
// rebuild comes to as well.
func TestClosing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.reader.sure = true
		id := r.feed(t, birthSlip(), paper("TỜ KHAI ĐĂNG KÝ KHAI SINH", "An")).Dossiers[0].ID
		closeIt := func(missing ...string) func(*archive, *pipeline.Flow, dossier.Actor) error {
			return func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
				return flow.Close(t.Context(), a.catalog, actor, id, dossier.Closing{Missing: missing})
			}
		}
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			var incomplete *pipeline.IncompleteError
			if err := closeIt()(a, flow, actor); !errors.As(err, &incomplete) || !slices.Equal(incomplete.Missing, []string{"birth_notice"}) {
				t.Errorf("closed without a word: %v", err)
			}
			if err := flow.Reopen(t.Context(), a.catalog, actor, id); !errors.Is(err, pipeline.ErrChanged) {
				t.Errorf("an open dossier is opened: %v", err)
			}
			return closeIt("birth_notice")(a, flow, actor)
		})
		r.wantState(t, dossier.StateClosed, 2)
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			if err := closeIt("birth_notice")(a, flow, actor); !errors.Is(err, pipeline.ErrChanged) {
				t.Errorf("closed twice: %v", err)
			}
			return flow.Undo(t.Context(), a.catalog, actor, id, 0)
		})
		r.wantState(t, dossier.StateOpen, 3)
		r.decided(t, id, closeIt("birth_notice"))
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Reopen(t.Context(), a.catalog, actor, id)
		})
		r.wantState(t, dossier.StateOpen, 5)
		r.decided(t, id, closeIt("birth_notice"))

		r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page")
		d := r.wantState(t, dossier.StateOpen, 7)
		if got := d.Components[len(d.Components)-1]; got.Role != dossier.RoleResult {
			t.Errorf("the result is %+v", got)
		}
		r.with(t, func(a *archive) {
			_, whole, err := a.catalog.Dossiers(t.Context(), dossier.DossierFilter{Scope: dossier.Whole(a.unit().ID), Digitized: dossier.DigitizedWhole, Limit: 1})
			if err != nil || whole != 1 {
				t.Errorf("%d dossiers have both files (%v)", whole, err)
			}
		})
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			if err := closeIt("birth_notice")(a, flow, actor); !errors.Is(err, pipeline.ErrPagesWait) {
				t.Errorf("closed while a page waits: %v", err)
			}
			return nil
		})
		r.wantIntact(t)
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
	})
}

// wantState wants the only dossier to be in a state, at a version.
func (r *rig) wantState(t *testing.T, state dossier.State, version int) dossier.Dossier {
	t.Helper()
	d := r.dossiers(t)[0].Dossier
	if d.State != state || d.Version != version {
		t.Fatalf("%s at version %d, want %s at %d", d.State, d.Version, state, version)
	}
	return d
}

// TestPlacedPageOpensAClosedDossier: a page that a person places in a closed
// dossier opens it; a corrected value does not.
func TestPlacedPageOpensAClosedDossier(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	id := r.feed(t, separator(t, someCode, 0), born).Dossiers[0].ID
	r.feed(t, "loose page")
	r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Close(t.Context(), a.catalog, actor, id, dossier.Closing{})
	})
	c := r.wantState(t, dossier.StateClosed, 2).Components[0]
	field := dossier.FieldCorrection{Field: "child_name", Was: c.Fields["child_name"].Value, Is: c.Fields["child_name"].Value}
	r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Correct(t.Context(), a.catalog, actor, id, dossier.Correction{Component: c.ID, Kind: c.Kind, Fields: []dossier.FieldCorrection{field}})
	})
	r.wantState(t, dossier.StateClosed, 3)
	r.decide(t, dossier.Placement{Pages: r.waiting(t), Dossier: id, Kind: "decision"})
	r.wantState(t, dossier.StateOpen, 4)
	r.wantIntact(t)
	wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
}
