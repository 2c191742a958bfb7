package main

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// gate decides about the gate of a field, as somebody who has seen the one in
// force.
func (r *rig) gate(t *testing.T, said dossier.GateChange) (d dossier.GateDecision, err error) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if said.Before == 0 {
		gates, err := flow.FieldGates(t.Context(), a.ledger)
		if err != nil {
			t.Fatal(err)
		}
		said.Before = gates[slices.IndexFunc(gates, func(g dossier.FieldGate) bool { return g.Field == said.Field })].Gate
	}
	return flow.DecideGate(t.Context(), a.ledger, reviewer("lan", flow.Unit.ID), said)
}

// gates lists what people decided, and what they found in review.
func (r *rig) gates(t *testing.T) (decisions []dossier.GateDecision, lines []dossier.GateLine) {
	t.Helper()
	r.with(t, func(a *archive) {
		var err error
		if decisions, err = a.ledger.GateDecisions(t.Context(), a.unit().ID); err != nil {
			t.Fatal(err)
		}
		if lines, err = a.flow(nil).GateLines(t.Context(), a.ledger); err != nil {
			t.Fatal(err)
		}
	})
	return decisions, lines
}

// TestGateDecided raises the gate of a field: what is read from then on waits for
// a person, what was read before does not, also in its next version. Who has not
// seen the gate in force is told. The decision is taken back, and a rebuild knows
// all of it.
func TestGateDecided(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, separator(t, someCode, 0), placed)
		first := []string{"dob", "pid"}
		if got := r.doubted(t); !reflect.DeepEqual(got, first) {
			t.Fatalf("%v wait for a person", got)
		}
		d, err := r.gate(t, dossier.GateChange{Field: "child_name", After: 1, Reason: " two of 60 were wrong "})
		if err != nil || d.Seq != 1 || d.Before != 0.93 || d.After != 1 || d.Reason != "two of 60 were wrong" || d.Actor.ID != "lan" {
			t.Fatalf("decided %+v, %v", d, err)
		}
		for name, c := range map[string]struct {
			said dossier.GateChange
			want error
		}{
			"as it was before": {dossier.GateChange{Field: "child_name", Before: 0.93, After: 0.95, Reason: "x"}, pipeline.ErrChanged},
			"no reason":        {dossier.GateChange{Field: "dob", After: 0.95, Reason: " "}, pipeline.ErrNoSuchValue},
			"the same":         {dossier.GateChange{Field: "child_name", After: 1, Reason: "x"}, pipeline.ErrNoSuchValue},
			"three decimals":   {dossier.GateChange{Field: "dob", After: 0.955, Reason: "x"}, pipeline.ErrNoSuchValue},
			"nothing to undo":  {dossier.GateChange{Field: "dob", Undo: true, Reason: "x"}, pipeline.ErrNothingToUndo},
		} {
			if _, err := r.gate(t, c.said); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if unproven, ok := errors.AsType[*dossier.UnprovenGate](func() error {
			_, err := r.gate(t, dossier.GateChange{Field: "dob", After: 0.79, Reason: "x"})
			return err
		}()); !ok || unproven.Found.Of != 0 {
			t.Error("a gate was lowered without proof")
		}
		r.feed(t, separator(t, otherCode, 0), placed+"Nơi sinh: xã khác\n")
		second := append(slices.Clone(first), "child_name", "dob", "pid")
		if got := r.doubted(t); !reflect.DeepEqual(got, second) {
			t.Errorf("%v wait for a person, want the one that was read under the new gate", got)
		}
		r.correct(t, dossier.Correction{Kind: "birth_certificate", Fields: one("dob", "02/03/2026", "02/03/2026")})
		if got := r.doubted(t); !reflect.DeepEqual(got, second[1:]) {
			t.Errorf("%v wait for a person after the next version of what was read before", got)
		}
		copied := r.rebuilt(t)
		if got := copied.doubted(t); !reflect.DeepEqual(got, second[1:]) {
			t.Errorf("%v wait for a person after a rebuild", got)
		}
		if d, err := r.gate(t, dossier.GateChange{Field: "child_name", Undo: true, Reason: "the scanner was cleaned"}); err != nil || d.After != 0.93 || d.Undoes != 1 {
			t.Errorf("taken back: %+v, %v", d, err)
		}
		r.feed(t, separator(t, thirdCode, 0), placed+"Nơi sinh: xã thứ ba\n")
		if got := r.doubted(t); !reflect.DeepEqual(got, append(second[1:], first...)) {
			t.Errorf("%v wait for a person after the gate was taken back", got)
		}
		r.wantIntact(t)
		decisions, _ := r.gates(t)
		again, _ := r.rebuilt(t).gates(t)
		if len(decisions) != 2 || !reflect.DeepEqual(again, decisions) {
			t.Errorf("%+v after a rebuild, were %+v", again, decisions)
		}
	})
}

// TestReviewsAreCounted: what a person confirms and corrects is counted apart from
// samples, by whether it lay below the gate; what is taken back is counted no
// more, and a rebuild counts the same.
func TestReviewsAreCounted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, separator(t, someCode, 0), placed)
		if _, err := r.gate(t, dossier.GateChange{Field: "child_name", After: 1, Reason: "tried"}); err != nil {
			t.Fatal(err)
		}
		r.feed(t, separator(t, otherCode, 0), placed+"Nơi sinh: xã khác\n")
		for _, m := range r.dossiers(t) {
			r.decided(t, m.Dossier.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
				said := dossier.Correction{Component: m.Dossier.Components[0].ID, Kind: "birth_certificate", Sample: "2001-01", Insist: true, Fields: []dossier.FieldCorrection{
					{Field: "child_name", Was: "Lò Văn Tỏa", Is: "Lò Văn Tòa"}, {Field: "dob", Was: "02/03/2026", Is: "02/03/2026"},
				}}
				return flow.Correct(t.Context(), a.ledger, actor, m.Dossier.ID, said)
			})
		}
		want := map[string]dossier.Reviewed{
			"child_name": {Below: dossier.NewRate(0, 1), Above: dossier.NewRate(0, 1), Blind: dossier.NewRate(0, 0)},
			"dob":        {Below: dossier.NewRate(2, 2), Above: dossier.NewRate(0, 0), Blind: dossier.NewRate(0, 0)},
		}
		counted := func(r *rig) map[string]dossier.Reviewed {
			_, lines := r.gates(t)
			found := map[string]dossier.Reviewed{}
			for _, l := range lines {
				found[l.Field] = l.Reviewed
			}
			return found
		}
		if got := counted(r); !reflect.DeepEqual(got, want) {
			t.Fatalf("counted %+v", got)
		}
		if got := counted(r.rebuilt(t)); !reflect.DeepEqual(got, want) {
			t.Errorf("a rebuild counts %+v", got)
		}
		last := r.dossiers(t)[1].Dossier.ID
		r.decided(t, last, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Undo(t.Context(), a.ledger, actor, last, 0)
		})
		if got := counted(r); got["child_name"].Below.Of+got["child_name"].Above.Of != 1 || got["dob"].Below.Of != 1 {
			t.Errorf("what was taken back is counted: %+v", got)
		}
		decisions, _ := r.gates(t)
		if d, err := r.gate(t, dossier.GateChange{Field: "dob", After: 0.9, Reason: "as it seems"}); err != nil || d.Seq != len(decisions)+1 || len(d.Evidence) != 1 || d.Evidence[0].Below.Of != 1 {
			t.Errorf("the decision rests on %+v, %v", d.Evidence, err)
		}
		r.wantIntact(t)
	})
}

// TestGateChangesWhileServing: another process decides about a gate while one is at
// work, and what that one reads next is gated by it.
func TestGateChangesWhileServing(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	a, flow := r.open(t)
	defer closeArchive(t, a)
	r.with(t, func(other *archive) {
		said := dossier.GateChange{Field: "child_name", Before: 0.93, After: 1, Reason: "tried"}
		if _, err := other.flow(nil).DecideGate(t.Context(), other.ledger, dossier.Local(flow.Unit.ID), said); err != nil {
			t.Fatal(err)
		}
	})
	batch := claimTexts(t, flow, separator(t, someCode, 0), placed)
	if _, err := a.finish(t.Context(), flow, batch, quiet()); err != nil {
		t.Fatal(err)
	}
	if got := r.doubted(t); !slices.Contains(got, "child_name") {
		t.Errorf("%v wait for a person", got)
	}
}
