package pipeline

import (
	"context"
	"errors"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/extract"
)

// AnswerSample takes what a person keyed for one that was drawn; same tells
// whether the machine had read exactly that. Who comes second is told so.
func (f *Flow) AnswerSample(ctx context.Context, ledger Samples, said dossier.SampleAnswer) (same bool, err error) {
	draw, keyed, err := f.drawn(ctx, ledger, said)
	if err != nil {
		return false, err
	}
	if keyed != nil {
		return false, ErrNotWaiting
	}
	if said.Value, err = f.sampleValue(draw, said); err != nil {
		return false, err
	}
	return said.Unreadable || said.Value == draw.Read, f.recordAnswer(ctx, ledger, said)
}

// SettleSample takes what a second person says stands where the first one keyed
// something else than the machine read. A value that the machine read wrongly is
// set right in its dossier first, so that no mistake that is known stays there.
func (f *Flow) SettleSample(ctx context.Context, ledger Samples, said dossier.SampleAnswer) error {
	draw, keyed, err := f.drawn(ctx, ledger, said)
	switch {
	case err != nil:
		return err
	case keyed == nil || keyed.Settles || keyed.Unreadable || keyed.Value == draw.Read:
		return ErrNotWaiting
	case keyed.Actor.ID == said.Actor.ID && said.Actor.Role != dossier.RoleLocal:
		return ErrSamePerson
	}
	if said.Value, err = f.sampleValue(draw, said); err != nil {
		return err
	}
	if draw.What == dossier.DrawnField && !said.Unreadable && said.Value != draw.Read {
		err := f.correct(ctx, ledger, said.Actor, draw.Dossier, dossier.Correction{
			Component: draw.Component, Kind: draw.Kind, Insist: true, Sample: said.Month,
			Fields: []dossier.FieldCorrection{{Field: draw.Field, Was: draw.Read, Is: said.Value}},
		})
		// Somebody has decided about the value since: that stands.
		settled := errors.Is(err, ErrChanged) || errors.Is(err, ErrTwoNeeded) || errors.Is(err, ErrNoSuchDossier)
		if err != nil && !settled {
			return err
		}
	}
	said.Settles = true
	return f.recordAnswer(ctx, ledger, said)
}

// drawn finds what an answer is about, and what was said of it last.
func (f *Flow) drawn(ctx context.Context, ledger Samples, said dossier.SampleAnswer) (draw dossier.SampleDraw, last *dossier.SampleAnswer, err error) {
	sample, answers, found, err := ledger.Sample(ctx, f.Unit.ID, said.Month)
	i := slices.IndexFunc(sample.Drawn, func(d dossier.SampleDraw) bool { return d.N == said.N })
	if err != nil || !found || i < 0 {
		return draw, nil, errors.Join(err, noneUnless(found && i >= 0, ErrNotWaiting))
	}
	for j, a := range answers {
		if a.N == said.N && (last == nil || a.Settles) {
			last = &answers[j]
		}
	}
	return sample.Drawn[i], last, nil
}

// sampleValue is what was keyed, in the form in which it is compared.
func (f *Flow) sampleValue(draw dossier.SampleDraw, said dossier.SampleAnswer) (string, error) {
	if said.Unreadable {
		return "", nil
	}
	if draw.What == dossier.DrawnLine {
		return plainLine(said.Value), nil
	}
	kind, _ := f.Kinds.Kind(draw.Kind)
	def, _ := f.Kinds.Field(draw.Field)
	value, _, ok := extract.Typed(kind, def, said.Value)
	return value, noneUnless(ok, ErrNoSuchValue)
}

// recordAnswer makes an answer durable: the object, then the row. One that a
// power cut kept from becoming a row is the answer.
func (f *Flow) recordAnswer(ctx context.Context, ledger Samples, said dossier.SampleAnswer) error {
	said.Schema, said.Unit, said.At = dossier.SampleAnswerSchema, f.Unit.ID, f.Now().UTC()
	key := dossier.SampleAnswerKey(f.Unit.ID, said.Month, said.N, said.Settles)
	ref, existed, err := f.putJSON(ctx, key, said)
	if err == nil && existed {
		_, _, err = f.getJSON(ctx, key, &said)
	}
	if err != nil {
		return err
	}
	ref.Role = "answer"
	taken, err := ledger.Answer(ctx, dossier.Act{Actor: said.Actor, At: said.At}, said, ref)
	return errors.Join(err, noneUnless(taken || err != nil, ErrNotWaiting))
}
