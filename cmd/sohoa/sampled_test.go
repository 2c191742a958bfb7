package main

import (
	"errors"
	"reflect"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// placed is a birth certificate that an engine is sure of, with the places of
// its words.
const placed = born + "\nPLACES\n"

// drawnSample is the sample of this month, with its answers.
func (r *rig) drawnSample(t *testing.T) (s dossier.Sample, answers []dossier.SampleAnswer) {
	t.Helper()
	r.with(t, func(a *archive) {
		var err error
		if s, answers, _, err = a.catalog.Sample(t.Context(), a.unit().ID, dossier.MonthOf(a.flow(nil).Now())); err != nil {
			t.Fatal(err)
		}
	})
	return s, answers
}

// TestSample draws a month's sample, keys it, and has a second person look at
// what differs: a value that the machine read wrongly is set right in its
// dossier. The same is drawn wherever it is drawn, and a rebuild knows it all.
func TestSample(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, separator(t, someCode, 0), placed, separator(t, otherCode, 0), placed+"Nơi sinh: xã khác\n")
		a, flow := r.open(t)
		month, lan := dossier.MonthOf(flow.Now()), reviewer("lan", flow.Unit.ID)
		size := pipeline.SampleSize{Fields: 100, Lines: 2}
		s, err := flow.DrawSample(t.Context(), a.ledger, lan, month, size)
		if err != nil {
			t.Fatal(err)
		}
		fields := 0
		for _, d := range s.Drawn {
			if d.What == dossier.DrawnField {
				fields++
			}
		}
		if fields == 0 || fields != s.OfFields || len(s.Drawn) != fields+2 || s.OfPages != 2 {
			t.Fatalf("drawn %+v", s)
		}
		if _, err := flow.DrawSample(t.Context(), a.ledger, lan, month, size); !errors.Is(err, pipeline.ErrDrawn) {
			t.Errorf("drawn twice: %v", err)
		}
		if _, err := flow.DrawSample(t.Context(), a.ledger, lan, "2001-01", size); !errors.Is(err, pipeline.ErrNothingToDraw) {
			t.Errorf("of a month without paper: %v", err)
		}
		for _, d := range s.Drawn {
			value := d.Read
			if d.N == 1 {
				value = "31/12/2020"
				if d.Field != "dob" {
					value = "015226001299"
				}
			}
			said := dossier.SampleAnswer{Month: month, N: d.N, Actor: lan, Value: value}
			if same, err := flow.AnswerSample(t.Context(), a.ledger, said); err != nil || same == (d.N == 1) {
				t.Errorf("%+v: the same: %v, %v", d, same, err)
			}
			if _, err := flow.AnswerSample(t.Context(), a.ledger, said); !errors.Is(err, pipeline.ErrNotWaiting) {
				t.Errorf("keyed twice: %v", err)
			}
		}
		settled := dossier.SampleAnswer{Month: month, N: 1, Actor: lan, Value: "31/12/2020"}
		if s.Drawn[0].Field != "dob" {
			settled.Value = "015226001299"
		}
		if err := flow.SettleSample(t.Context(), a.ledger, settled); !errors.Is(err, pipeline.ErrSamePerson) {
			t.Errorf("settled by who keyed it: %v", err)
		}
		closeArchive(t, a)
		r.decided(t, s.Drawn[0].Dossier, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			settled.Actor = reviewer("hoa", actor.Unit)
			return flow.SettleSample(t.Context(), a.ledger, settled)
		})
		r.wantSettled(t, s.Drawn[0], settled.Value)
		r.wantIntact(t)

		r.wantGates(t)
		_, answers := r.drawnSample(t)
		copied := r.rebuilt(t)
		if again, kept := copied.drawnSample(t); !reflect.DeepEqual(again, s) || !reflect.DeepEqual(kept, answers) || len(kept) != len(s.Drawn)+1 {
			t.Errorf("a rebuild has %d answers of %d, and another sample", len(kept), len(answers))
		}
	})
}

// wantGates: the one wrong value is counted under its field; too few were keyed
// to propose anything, and no gate is another one.
func (r *rig) wantGates(t *testing.T) {
	t.Helper()
	r.with(t, func(a *archive) {
		lines, err := a.flow(nil).GateLines(t.Context(), a.ledger)
		if err != nil || len(lines) == 0 {
			t.Fatalf("%+v, %v", lines, err)
		}
		if worst := lines[0].Accepted; worst.Right != worst.Of-1 {
			t.Errorf("what is worst comes first: %+v", lines)
		}
		for _, l := range lines {
			def, _ := a.kinds.Field(l.Field)
			if l.Proposal != dossier.ProposeFew || l.Gate != def.Gate || l.Proposed != def.Gate {
				t.Errorf("%+v", l)
			}
		}
	})
}

// wantSettled: the value is set right in its dossier, and the report counts one
// that was wrong.
func (r *rig) wantSettled(t *testing.T, d dossier.SampleDraw, value string) {
	t.Helper()
	for _, m := range r.dossiers(t) {
		for _, c := range m.Dossier.Components {
			if f := c.Fields[d.Field]; c.ID == d.Component && (f.Value != value || f.Status != dossier.FieldConfirmed) {
				t.Errorf("the dossier still has %+v", f)
			}
		}
	}
	s, answers := r.drawnSample(t)
	report := s.Report(answers)
	one := report.Devices[0]
	if report.Differ != 0 || report.ToKey != 0 || one.Fields.Right != one.Fields.Of-1 || one.Characters.Right != one.Characters.Of || one.Lines.Of != 2 {
		t.Errorf("the report says %+v", report)
	}
}
