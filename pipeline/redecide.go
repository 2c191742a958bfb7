package pipeline

import (
	"cmp"
	"context"
	"slices"

	"sohoa/dossier"
)

// keptDecision is a decision with its object, or an answer about a side.
type keptDecision struct {
	dossier.Decision
	side   *dossier.SideAnswer
	object dossier.ObjectRef
}

// restore records the versions again that it makes.
func (k keptDecision) restore(ctx context.Context, r *rebuilder) (restored bool, err error) {
	if k.side != nil {
		return r.ledger.RestoreSide(ctx, r.flow.restoring(), *k.side, k.object)
	}
	return r.ledger.RestoreDecision(ctx, r.flow.restoring(), k.Decision, k.object)
}

// decisions lists what people decided; a decision whose versions were not
// published before the database was lost is carried out now. Where several
// drafted the same version, the later one replaced one that never became a row.
// A version may wait for another decision's, about another dossier, and they
// come in no order: they are gone through until nothing is left to do.
func (r *rebuilder) decisions(ctx context.Context) error {
	kept, err := r.keptDecisions(ctx)
	if err != nil {
		return err
	}
	sides, err := r.keptSides(ctx)
	if err != nil {
		return err
	}
	words, err := r.wordsOf(ctx, kept, sides)
	if err != nil {
		return err
	}
	all, err := r.mayBeRestored(ctx, append(kept, sides...), words)
	if err != nil {
		return err
	}
	for again := true; again; {
		again = false
		for _, one := range all {
			restored, err := one.restore(ctx, r)
			if err != nil {
				return err
			}
			again = again || restored
		}
	}
	return r.emptySides(ctx, words)
}

// keptDecisions are all decisions of people.
func (r *rebuilder) keptDecisions(ctx context.Context) ([]keptDecision, error) {
	var all []keptDecision
	for ref, err := range r.objects.List(ctx, dossier.UnitPrefix(r.flow.Unit.ID)+"p/") {
		if err != nil {
			return nil, err
		}
		var one keptDecision
		if one.object, err = r.load(ctx, ref.Key, &one.Decision); err != nil {
			return nil, err
		}
		one.object.Role = "decision"
		r.found.Decisions++
		r.restsOn(one.Correction)
		all = append(all, one)
	}
	return all, nil
}

// mayBeRestored are the decisions, and the answers about sides, that may be carried
// out now, in order; the others are only listed.
func (r *rebuilder) mayBeRestored(ctx context.Context, kept []keptDecision, words sideWords) (all []keptDecision, err error) {
	for _, one := range kept {
		stands, err := r.standsBeside(ctx, one, words)
		if err != nil {
			return nil, err
		}
		if stands {
			all = append(all, one)
			continue
		}
		if err := r.ledger.AddObjects(ctx, r.flow.restoring(), []dossier.ObjectRef{one.object}); err != nil {
			return nil, err
		}
	}
	// By number, not by name: "10" is not before "9".
	slices.SortStableFunc(all, func(a, b keptDecision) int {
		x, y := a.Intent.Draft.Dossier, b.Intent.Draft.Dossier
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Version, y.Version), b.later(a))
	})
	return all, nil
}

// later compares what drafted the same version. Decisions about a dossier are
// numbered; with answers about sides, which are numbered by batch, they share no
// more than the clock.
func (k keptDecision) later(than keptDecision) int {
	if k.side == nil && than.side == nil {
		return cmp.Compare(k.Seq, than.Seq)
	}
	return k.At.Compare(than.At)
}

// revived tells whether a rebuild may carry a decision out that has no version.
// Signatures that were asked for once are not made now, unless the key had begun
// to sign: its papers wait, and a person asks again.
func (r *rebuilder) revived(ctx context.Context, d dossier.Decision) (bool, error) {
	if d.Action != dossier.ActionSign {
		return true, nil
	}
	for _, id := range d.Intent.New {
		c := componentOf(d.Intent.Draft.Dossier, id)
		body, _, found, err := r.flow.Objects.Open(ctx, c.PDF)
		if err != nil {
			return false, err
		}
		if found {
			return true, body.Close()
		}
	}
	return false, nil
}
