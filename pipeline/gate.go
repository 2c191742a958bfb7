package pipeline

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
)

// GateLedger is the catalogue as decisions about gates use it.
type GateLedger interface {
	GateDecisions(ctx context.Context, unit dossier.UnitID) ([]dossier.GateDecision, error)
	// Reviewed counts the fields about which people said since then what stands on
	// the paper.
	Reviewed(ctx context.Context, unit dossier.UnitID, since time.Time) ([]dossier.ReviewedCount, error)
	SampleMonths(ctx context.Context, unit dossier.UnitID) ([]string, error)
	Sample(ctx context.Context, unit dossier.UnitID, month string) (sample dossier.Sample, answers []dossier.SampleAnswer, found bool, err error)
	// DecideGate records a decision whose object is durable; taken is false, and
	// nothing is changed, when there is one of its number.
	DecideGate(ctx context.Context, act dossier.Act, decision dossier.GateDecision, object dossier.ObjectRef) (taken bool, err error)
}

// gateMonths is how many months speak for a gate: engines and scanners change.
const gateMonths = 12

// GateLines says per kind and field what samples and people who looked by
// themselves found in the last months.
func (f *Flow) GateLines(ctx context.Context, ledger GateLedger) ([]dossier.GateLine, error) {
	decisions, err := ledger.GateDecisions(ctx, f.Unit.ID)
	if err != nil {
		return nil, err
	}
	reviewed, err := f.reviewed(ctx, ledger)
	if err != nil {
		return nil, err
	}
	months, err := ledger.SampleMonths(ctx, f.Unit.ID)
	if err != nil {
		return nil, err
	}
	var judged []dossier.Judged
	for _, month := range months[:min(len(months), gateMonths)] {
		sample, answers, _, err := ledger.Sample(ctx, f.Unit.ID, month)
		if err != nil {
			return nil, err
		}
		judged = append(judged, sample.Judge(answers)...)
	}
	return f.Kinds.GateLines(judged, reviewed, dossier.GatesOf(decisions)), nil
}

func (f *Flow) reviewed(ctx context.Context, ledger GateLedger) ([]dossier.ReviewedCount, error) {
	return ledger.Reviewed(ctx, f.Unit.ID, f.Now().AddDate(0, -gateMonths, 0))
}

// FieldGates lists the gates of all fields, and who decided which.
func (f *Flow) FieldGates(ctx context.Context, ledger GateLedger) ([]dossier.FieldGate, error) {
	decisions, err := ledger.GateDecisions(ctx, f.Unit.ID)
	return f.Kinds.FieldGates(dossier.GatesOf(decisions)), err
}

// DecideGate carries out what a person says about the gate of a field: an object,
// then a row, and from then on the gate of what is read. A lower gate wants
// proof, which is a [dossier.UnprovenGate] when it is missing; what was decided
// last is taken back without, since that gate was in force before. Who has not
// seen the gate in force is told with [ErrChanged].
func (f *Flow) DecideGate(ctx context.Context, ledger GateLedger, actor dossier.Actor, said dossier.GateChange) (dossier.GateDecision, error) {
	decisions, err := ledger.GateDecisions(ctx, f.Unit.ID)
	if err != nil {
		return dossier.GateDecision{}, err
	}
	d, err := f.gateDecision(decisions, said)
	if err != nil {
		return d, err
	}
	if !said.Undo {
		reviewed, err := f.reviewed(ctx, ledger)
		if err == nil {
			err = dossier.ProveGate(reviewed, d.Field, d.Before, d.After)
		}
		if err != nil {
			return d, err
		}
	}
	if d.Evidence, err = f.evidence(ctx, ledger, d.Field); err != nil {
		return d, err
	}
	d.Schema, d.Unit, d.Actor, d.At = dossier.GateSchema, f.Unit.ID, actor, f.Now().UTC()
	return d, f.recordGate(ctx, ledger, d)
}

// gateDecision is the decision that follows from what a person says, without what
// it rests on.
func (f *Flow) gateDecision(decisions []dossier.GateDecision, said dossier.GateChange) (d dossier.GateDecision, err error) {
	def, known := f.Kinds.Field(said.Field)
	reason := strings.TrimSpace(said.Reason)
	if !known || reason == "" {
		return d, ErrNoSuchValue
	}
	gates := dossier.GatesOf(decisions)
	d = dossier.GateDecision{Seq: 1, Field: def.ID, Before: gates.Of(def), Reason: reason}
	if n := len(decisions); n > 0 {
		d.Seq = decisions[n-1].Seq + 1
	}
	if said.Before != d.Before {
		return d, ErrChanged
	}
	if said.Undo {
		last, decided := gates[def.ID]
		if !decided {
			return d, ErrNothingToUndo
		}
		d.Undoes = last.Seq
		d.After = dossier.GatesOf(append(slices.Clone(decisions), d)).Of(def)
		return d, nil
	}
	after, ok := dossier.RoundGate(said.After)
	if d.After = after; !ok || after == d.Before {
		return d, ErrNoSuchValue
	}
	return d, nil
}

// evidence is what is known about a field now, kind by kind.
func (f *Flow) evidence(ctx context.Context, ledger GateLedger, field string) ([]dossier.GateEvidence, error) {
	lines, err := f.GateLines(ctx, ledger)
	evidence := []dossier.GateEvidence{}
	for _, l := range lines {
		if l.Field == field {
			evidence = append(evidence, dossier.GateEvidence{Kind: l.Kind, Accepted: l.Accepted, Reviewed: l.Reviewed})
		}
	}
	return evidence, err
}

// recordGate makes a decision about a gate durable: the object, then the row. One
// that a power cut kept from becoming a row counts, and whoever comes after it is
// told.
func (f *Flow) recordGate(ctx context.Context, ledger GateLedger, d dossier.GateDecision) error {
	key := dossier.GateKey(f.Unit.ID, d.Seq)
	ref, existed, err := f.putJSON(ctx, key, d)
	if err == nil && existed {
		_, _, err = f.getJSON(ctx, key, &d)
	}
	if err != nil {
		return err
	}
	ref.Role = "gate"
	taken, err := ledger.DecideGate(ctx, dossier.Act{Actor: d.Actor, At: d.At}, d, ref)
	return errors.Join(err, noneUnless(taken && !existed || err != nil, ErrChanged))
}

// gated marks fields that were just read with the gates that people have decided;
// what was read before keeps the gate it had.
func (f *Flow) gated(ctx context.Context, fields map[string]dossier.Field) error {
	decisions, err := f.Ledger.GateDecisions(ctx, f.Unit.ID)
	if err != nil {
		return err
	}
	for id, decided := range dossier.GatesOf(decisions) {
		if field, read := fields[id]; read && field.Status != dossier.FieldConfirmed {
			field.Gate = decided.After
			fields[id] = field
		}
	}
	return nil
}

// asRead is what the machine had read where a person says what stands there, to be
// kept beside it; nil where it read nothing that a gate is about.
func (f *Flow) asRead(field string, before dossier.Field, said dossier.Correction) *dossier.MachineRead {
	if before.Machine != nil {
		return before.Machine // the first who looked judged the machine, whoever says more
	}
	if before.Value == "" || before.Source != "ocr" || before.Status == dossier.FieldConfirmed || before.Status == dossier.FieldUnread {
		return nil
	}
	by := dossier.SaidReview
	switch {
	case said.Sample != "":
		by = dossier.SaidSample
	case len(said.Keyings) > 0:
		by = dossier.SaidBlind
	}
	return &dossier.MachineRead{Value: before.Value, Confidence: before.Confidence, Gate: f.Kinds.GateOf(field, before), By: by, At: f.Now().UTC()}
}

// gates restores what people decided about gates, in the order of its numbers.
func (r *rebuilder) gates(ctx context.Context) error {
	decisions, err := GateObjects(ctx, r.flow.Objects, r.flow.Unit.ID)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		object, err := r.load(ctx, dossier.GateKey(d.Unit, d.Seq), &d)
		if err != nil {
			return err
		}
		object.Role = "gate"
		if _, err := r.ledger.DecideGate(ctx, r.flow.restoring(), d, object); err != nil {
			return err
		}
		r.found.Decisions++
	}
	return nil
}

// GateObjects reads what people of a unit decided about gates out of the objects,
// in the order of its numbers.
func GateObjects(ctx context.Context, objects Objects, unit dossier.UnitID) (all []dossier.GateDecision, err error) {
	f := Flow{Objects: objects}
	for ref, err := range objects.List(ctx, dossier.GatePrefix(unit)) {
		if err != nil {
			return nil, err
		}
		var d dossier.GateDecision
		if _, _, err := f.getJSON(ctx, ref.Key, &d); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b dossier.GateDecision) int { return cmp.Compare(a.Seq, b.Seq) })
	return all, nil
}
