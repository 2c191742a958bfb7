package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// newTwiceRig names an archive in which two people key the names of children.
func newTwiceRig(t *testing.T, address string) *rig {
	t.Helper()
	r := newRig(t, address)
	r.feed(t) // makes the archive
	if err := os.WriteFile(r.place().config(), []byte("double_entry: [birth_certificate.child_name]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

// enter keys the name of the first paper of the first dossier.
func (r *rig) enter(t *testing.T, who, value string) (entered dossier.Entered, err error) {
	t.Helper()
	d := r.dossiers(t)[0].Dossier
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		said := dossier.Keyed{Component: d.Components[0].ID, Kind: "birth_certificate", Field: "child_name", Value: value}
		entered, err = flow.Enter(t.Context(), a.ledger, reviewer(who, actor.Unit), d.ID, said)
		return nil
	})
	return entered, err
}

func reviewer(name string, unit dossier.UnitID) dossier.Actor {
	return dossier.Actor{ID: name, Unit: unit, Role: dossier.RoleReviewer}
}

// toKey counts the fields that wait for somebody.
func (r *rig) toKey(t *testing.T, who string) (counts dossier.EntryCounts) {
	t.Helper()
	r.with(t, func(a *archive) {
		var err error
		if counts, err = a.catalog.EntryCounts(t.Context(), dossier.Whole(a.unit().ID), reviewer(who, a.unit().ID)); err != nil {
			t.Fatal(err)
		}
	})
	return counts
}

// TestTwoPeopleKeyTheSame: the first value waits, and shows nowhere; the same
// person cannot key it again; the second person's equal value is the decision,
// which names the keying it rests on.
func TestTwoPeopleKeyTheSame(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newTwiceRig(t, address)
		r.feed(t, separator(t, someCode, 0), born)
		if got := r.doubted(t); !reflect.DeepEqual(got, []string{"dob", "pid"}) {
			t.Errorf("%v wait for one person", got)
		}
		if got, want := r.toKey(t, "lan"), (dossier.EntryCounts{All: 1, Mine: 1}); got != want {
			t.Errorf("%+v wait for lan, want %+v", got, want)
		}
		d := r.dossiers(t)[0].Dossier
		a, flow := r.open(t)
		alone := dossier.Correction{Component: d.Components[0].ID, Kind: "birth_certificate", Fields: one("child_name", "Lò Văn Tỏa", "Lò Văn Toả"), Keyings: []string{"made up"}}
		if err := flow.Correct(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), d.ID, alone); !errors.Is(err, pipeline.ErrTwoNeeded) {
			t.Errorf("corrected by one person: %v", err)
		}
		closeArchive(t, a)
		if entered, err := r.enter(t, "lan", " Lò  Văn Toả "); entered != dossier.EnteredFirst || err != nil {
			t.Errorf("the first: %s, %v", entered, err)
		}
		if _, err := r.enter(t, "lan", "Lò Văn Toả"); !errors.Is(err, pipeline.ErrSamePerson) {
			t.Errorf("the same person again: %v", err)
		}
		after := r.dossiers(t)[0].Dossier
		if after.Version != 1 || after.Components[0].Fields["child_name"].Value != "Lò Văn Tỏa" {
			t.Errorf("one keying has changed the dossier: %+v", after)
		}
		for who, want := range map[string]dossier.EntryCounts{"lan": {All: 1}, "minh": {All: 1, Mine: 1}} {
			if got := r.toKey(t, who); got != want {
				t.Errorf("%+v wait for %s, want %+v", got, who, want)
			}
		}
		copied := r.rebuilt(t)
		if _, err := copied.enter(t, "lan", "Lò Văn Toả"); !errors.Is(err, pipeline.ErrChanged) {
			t.Errorf("without the setting, after a rebuild: %v", err)
		}
		if entered, err := r.enter(t, "minh", "Lò Văn Toả"); entered != dossier.EnteredAgreed || err != nil {
			t.Errorf("the second: %s, %v", entered, err)
		}
		field := r.dossiers(t)[0].Dossier.Components[0].Fields["child_name"]
		if field.Value != "Lò Văn Toả" || field.Status != dossier.FieldConfirmed {
			t.Errorf("two people agree, and the field is %+v", field)
		}
		if got := r.toKey(t, "hoa"); got.All != 0 {
			t.Errorf("%+v still wait", got)
		}
		r.wantIntact(t)
		again := r.rebuilt(t)
		wantSameDossiers(t, again.dossiers(t), r.dossiers(t))
		again.wantIntact(t)
	})
}

// TestTwoPeopleKeyDifferently: both values wait for a third person, also after
// the database was lost; neither of the two may settle it.
func TestTwoPeopleKeyDifferently(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newTwiceRig(t, address)
		r.feed(t, separator(t, someCode, 0), born)
		if _, err := r.enter(t, "lan", "Lò Văn Toả"); err != nil {
			t.Fatal(err)
		}
		setting, err := os.ReadFile(r.place().config())
		if err != nil {
			t.Fatal(err)
		}
		copied := r.rebuilt(t)
		if err := os.WriteFile(copied.place().config(), setting, 0o600); err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]*rig{"grown": r, "rebuilt": copied} {
			closeNow(t, r)
			if entered, err := r.enter(t, "minh", "Lò Văn Toàn"); entered != dossier.EnteredDiffer || err != nil {
				t.Errorf("%s: the second: %s, %v", name, entered, err)
			}
			for who, want := range map[string]dossier.EntryCounts{"lan": {All: 1}, "minh": {All: 1}, "hoa": {All: 1, ToSettle: 1}} {
				if got := r.toKey(t, who); got != want {
					t.Errorf("%s: %+v wait for %s, want %+v", name, got, who, want)
				}
			}
			r.settle(t)
			r.wantIntact(t)
		}
		if kept, err := filepath.Glob(filepath.Join(r.place().objects(), "u/*/k/*.json")); err != nil || len(kept) != 2 {
			t.Errorf("the archive keeps %v of two keyings, %v", kept, err)
		}
	})
}

// closeNow opens and closes the archive once, as a start does that applies the
// settings.
func closeNow(t *testing.T, r *rig) {
	t.Helper()
	a, _ := r.open(t)
	closeArchive(t, a)
}

// settle has the third person decide; the others are refused.
func (r *rig) settle(t *testing.T) {
	t.Helper()
	d := r.dossiers(t)[0].Dossier
	said := dossier.Keyed{Component: d.Components[0].ID, Kind: "birth_certificate", Field: "child_name", Value: "Lò Văn Toàn"}
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		for _, who := range []string{"lan", "minh"} {
			if _, err := flow.Dispute(t.Context(), a.ledger, reviewer(who, actor.Unit), said.Component, said.Field); !errors.Is(err, pipeline.ErrSamePerson) {
				t.Errorf("%s is shown both values: %v", who, err)
			}
			if err := flow.Settle(t.Context(), a.ledger, reviewer(who, actor.Unit), d.ID, said); !errors.Is(err, pipeline.ErrSamePerson) {
				t.Errorf("%s settles it: %v", who, err)
			}
		}
		values, err := flow.Dispute(t.Context(), a.ledger, reviewer("hoa", actor.Unit), said.Component, said.Field)
		if err != nil || !reflect.DeepEqual(values, []string{"Lò Văn Toả", "Lò Văn Toàn"}) {
			t.Errorf("the third sees %v, %v", values, err)
		}
		return flow.Settle(t.Context(), a.ledger, reviewer("hoa", actor.Unit), d.ID, said)
	})
	if got := r.dossiers(t)[0].Dossier.Components[0].Fields["child_name"]; got.Value != "Lò Văn Toàn" || got.Status != dossier.FieldConfirmed {
		t.Errorf("settled as %+v", got)
	}
}
