package web

import (
	"context"
	"slices"
	"time"

	"sohoa/dossier"
)

// What the fake archive knows of samples: one of September, of a value and a
// line, and what was keyed for it.

func (f *fakeArchive) sampled() {
	f.sample = dossier.Sample{Month: "2026-09", Drawn: []dossier.SampleDraw{
		{N: 1, What: dossier.DrawnField, Device: "quay-1", Page: pageID(0), Reading: 1, Box: dossier.Box{X: 300, Y: 400, W: 700, H: 60}, Read: "Lò Văn Tỏa", Kind: "birth_notice", Field: "child_name"},
		{N: 2, What: dossier.DrawnLine, Device: "quay-1", Page: pageID(0), Reading: 1, Box: dossier.Box{X: 300, Y: 520, W: 1700, H: 60}, Read: "sinh ngày 02 tháng 3", Line: 2},
		{N: 3, What: dossier.DrawnLine, Device: "quay-2", Page: pageID(1), Reading: 1, Box: dossier.Box{X: 300, Y: 400, W: 1700, H: 60}, Read: "Tờ khai", Line: 1},
	}}
}

func (f *fakeArchive) SampleReports(context.Context) ([]dossier.SampleReport, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return []dossier.SampleReport{f.sample.Report(f.answers)}, f.broken
}

func (f *fakeArchive) GateLines(context.Context) ([]dossier.GateLine, error) {
	return []dossier.GateLine{
		{Kind: "birth_notice", Field: "dob", Gate: 0.8, Accepted: dossier.NewRate(45, 50), Reviewed: dossier.Reviewed{Below: dossier.NewRate(180, 200), Above: dossier.NewRate(0, 2), Blind: dossier.NewRate(0, 0)}, Proposal: dossier.ProposeRaise, Proposed: 0.95},
		{Kind: "birth_notice", Field: "mother", Gate: 0.92, Accepted: dossier.NewRate(50, 50), Proposal: dossier.ProposeKeep, Proposed: 0.92},
		{Kind: "birth_certificate", Field: "pid", Gate: 0.8, Accepted: dossier.NewRate(3, 3), Proposal: dossier.ProposeFew, Proposed: 0.8},
	}, f.broken
}

func (f *fakeArchive) FieldGates(context.Context) ([]dossier.FieldGate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return []dossier.FieldGate{{Field: "child_name", Table: 0.93, Gate: 0.93}, {Field: "dob", Table: 0.8, Gate: f.gateOfDob(), Decision: f.decided}}, f.broken
}

func (f *fakeArchive) gateOfDob() float64 {
	if f.decided != nil {
		return f.decided.After
	}
	return 0.8
}

// DecideGate knows one field, and refuses each lower gate.
func (f *fakeArchive) DecideGate(_ context.Context, by dossier.Actor, said dossier.GateChange) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case said.Before != f.gateOfDob():
		return ErrChanged
	case said.Undo:
		f.decided = nil
	case said.Field != "dob":
		return ErrNoSuchValue
	case said.After < said.Before:
		return &dossier.UnprovenGate{Field: said.Field, Before: said.Before, After: said.After, Lowest: said.Before - 0.02, Found: dossier.NewRate(12, 12)}
	default:
		f.decided = &dossier.GateDecision{Seq: 1, Actor: by, At: time.Date(2026, 9, 15, 3, 0, 0, 0, time.UTC), Field: "dob", Before: said.Before, After: said.After, Reason: said.Reason}
	}
	return nil
}

func (f *fakeArchive) SamplePlace(_ context.Context, by dossier.Actor, month string, settling bool, after int) (dossier.SamplePlace, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if month != f.sample.Month {
		return dossier.SamplePlace{}, ErrNotFound
	}
	return f.sample.NextPlace(f.answers, by, settling, after), f.broken
}

func (f *fakeArchive) SampleDraw(_ context.Context, month string, n int) (dossier.SampleDraw, error) {
	i := slices.IndexFunc(f.sample.Drawn, func(d dossier.SampleDraw) bool { return month == f.sample.Month && d.N == n })
	if i < 0 {
		return dossier.SampleDraw{}, ErrNotFound
	}
	return f.sample.Drawn[i], nil
}

func (f *fakeArchive) DrawSample(_ context.Context, _ dossier.Actor, month string) error {
	if month == f.sample.Month {
		return ErrDrawn
	}
	return ErrNothingToDraw
}

func (f *fakeArchive) AnswerSample(_ context.Context, said dossier.SampleAnswer) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.sample.Drawn, func(d dossier.SampleDraw) bool { return d.N == said.N })
	if i < 0 {
		return false, ErrNotWaiting
	}
	f.answers = append(f.answers, said)
	return said.Value == f.sample.Drawn[i].Read, nil
}

func (f *fakeArchive) SettleSample(_ context.Context, said dossier.SampleAnswer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	said.Settles = true
	f.answers = append(f.answers, said)
	return nil
}
