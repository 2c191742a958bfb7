package pipeline

import (
	"context"
	"slices"
	"strings"

	"sohoa/dossier"
)

// restsOn notes which keyings a decision rests on: they wait no longer.
func (r *rebuilder) restsOn(c *dossier.Correction) {
	if c == nil {
		return
	}
	if r.rested == nil {
		r.rested = make(map[string]bool)
	}
	for _, id := range c.Keyings {
		r.rested[id] = true
	}
}

// keyings restores what people keyed blind and what no decision rests on, in the
// order of their coming. A keying of a paper that is another one now, or of a
// field that somebody has confirmed, is only listed.
func (r *rebuilder) keyings(ctx context.Context) error {
	type kept struct {
		dossier.Keying
		object dossier.ObjectRef
	}
	var waiting []kept
	for ref, err := range r.objects.List(ctx, dossier.KeyingPrefix(r.flow.Unit.ID)) {
		if err != nil {
			return err
		}
		var one kept
		if one.object, err = r.load(ctx, ref.Key, &one.Keying); err != nil {
			return err
		}
		one.object.Role = "keying"
		r.found.Keyings++
		waits, err := r.waits(ctx, one.Keying)
		if err != nil {
			return err
		}
		if waits {
			waiting = append(waiting, one)
		} else if err := r.ledger.AddObjects(ctx, r.flow.restoring(), []dossier.ObjectRef{one.object}); err != nil {
			return err
		}
	}
	slices.SortStableFunc(waiting, func(a, b kept) int { return a.At.Compare(b.At) })
	for _, one := range waiting {
		if err := r.ledger.RestoreKeying(ctx, r.flow.restoring(), one.Keying, one.object); err != nil {
			return err
		}
	}
	return nil
}

// waits tells whether a keying still waits for another person.
func (r *rebuilder) waits(ctx context.Context, k dossier.Keying) (bool, error) {
	if r.rested[k.ID] {
		return false, nil
	}
	latest, ok, err := r.flow.Ledger.Latest(ctx, k.Dossier)
	return ok && k.Of(componentOf(latest.Dossier, k.Component)), err
}

// samples restores what was drawn, and what was keyed for it: a month's sample
// stands before its answers in the order of keys ("2026-11.json", then
// "2026-11/1.json").
func (r *rebuilder) samples(ctx context.Context) error {
	prefix := dossier.SamplePrefix(r.flow.Unit.ID)
	for ref, err := range r.objects.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if strings.Contains(strings.TrimPrefix(ref.Key, prefix), "/") {
			var answer dossier.SampleAnswer
			object, err := r.load(ctx, ref.Key, &answer)
			if err == nil {
				_, err = r.ledger.Answer(ctx, r.flow.restoring(), answer, object)
			}
			if err != nil {
				return err
			}
			continue
		}
		var sample dossier.Sample
		object, err := r.load(ctx, ref.Key, &sample)
		if err == nil {
			_, err = r.ledger.Draw(ctx, r.flow.restoring(), sample, object)
		}
		if err != nil {
			return err
		}
		r.found.Samples++
	}
	return nil
}
