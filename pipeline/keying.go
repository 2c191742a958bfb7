package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/extract"
)

// What a person may be told about double entry.
var (
	// ErrTwoNeeded: the field is one that two people key; nobody confirms or
	// corrects it alone.
	ErrTwoNeeded = errors.New("two people key this field")
	// ErrSamePerson: whoever keyed a field once neither keys it a second time
	// nor settles it.
	ErrSamePerson = errors.New("the same person keyed it before")
)

// Entries is the catalogue as double entry uses it.
type Entries interface {
	Decisions
	// Keyings gives what people keyed for a field, in the order of their coming.
	Keyings(ctx context.Context, component dossier.ComponentID, field string) ([]dossier.Keying, error)
	// Key records a keying whose object is durable as the nth (from 1) of its
	// field; taken is false, and nothing is changed, when another one is.
	Key(ctx context.Context, act dossier.Act, keying dossier.Keying, nth int, object dossier.ObjectRef) (taken bool, err error)
}

// Enter takes what a person keyed for a field that two people key. The first
// keying waits; a second one by somebody else that is equal is the decision, and
// one that is not waits with the first for a third person. It is durable when
// Enter returns.
func (f *Flow) Enter(ctx context.Context, ledger Entries, actor dossier.Actor, id dossier.DossierID, said dossier.Keyed) (entered dossier.Entered, err error) {
	err = f.redrafted(func() error {
		paper, value, err := f.asked(ctx, id, said)
		if err != nil {
			return err
		}
		before, err := ledger.Keyings(ctx, said.Component, said.Field)
		if err != nil {
			return err
		}
		switch {
		case keyedBy(before, actor):
			return ErrSamePerson
		case len(before) > 1:
			return ErrChanged
		case len(before) == 1 && before[0].Value == value:
			entered = dossier.EnteredAgreed
			return f.correctOnce(ctx, ledger, actor, id, restingOn(before, paper, said))
		case len(before) == 1:
			entered = dossier.EnteredDiffer
		default:
			entered = dossier.EnteredFirst
		}
		return f.keyed(ctx, ledger, len(before)+1, keyingOf(actor, id, said, paper, value))
	})
	return entered, err
}

// Dispute gives the two values that people keyed for a field, to whoever keyed
// neither of them.
func (f *Flow) Dispute(ctx context.Context, ledger Entries, actor dossier.Actor, component dossier.ComponentID, field string) ([]string, error) {
	both, err := ledger.Keyings(ctx, component, field)
	switch {
	case err != nil:
		return nil, err
	case keyedBy(both, actor):
		return nil, ErrSamePerson
	case len(both) != 2:
		return nil, ErrNotWaiting
	}
	return []string{both[0].Value, both[1].Value}, nil
}

// Settle carries out what a third person says about a field that two people
// keyed differently.
func (f *Flow) Settle(ctx context.Context, ledger Entries, actor dossier.Actor, id dossier.DossierID, said dossier.Keyed) error {
	return f.redrafted(func() error {
		if _, err := f.Dispute(ctx, ledger, actor, said.Component, said.Field); err != nil {
			return err
		}
		paper, _, err := f.asked(ctx, id, said)
		if err != nil {
			return err
		}
		both, err := ledger.Keyings(ctx, said.Component, said.Field)
		if err != nil {
			return err
		}
		return f.correctOnce(ctx, ledger, actor, id, restingOn(both, paper, said))
	})
}

// asked is the paper that a keying is about, and the value in the form in which
// it is recorded.
func (f *Flow) asked(ctx context.Context, id dossier.DossierID, said dossier.Keyed) (paper dossier.Component, value string, err error) {
	latest, err := f.ownDossier(ctx, id)
	if err != nil {
		return paper, "", err
	}
	paper = componentOf(latest.Dossier, said.Component)
	chosen := slices.Contains(f.Twice, dossier.KindField{Kind: paper.Kind, Field: said.Field})
	if paper.ID == "" || paper.Kind != said.Kind || !chosen || paper.Fields[said.Field].Status == dossier.FieldConfirmed {
		return paper, "", ErrChanged
	}
	kind, _ := f.Kinds.Kind(paper.Kind)
	def, _ := f.Kinds.Field(said.Field)
	value, _, ok := extract.Typed(kind, def, said.Value)
	if !ok {
		return paper, "", ErrNoSuchValue
	}
	return paper, value, nil
}

// restingOn is the correction that rests on what people keyed. Two of them saw
// the value on the paper, so it stands though it may contradict others.
func restingOn(keyings []dossier.Keying, paper dossier.Component, said dossier.Keyed) dossier.Correction {
	correction := dossier.Correction{
		Component: paper.ID, Kind: paper.Kind, Insist: true,
		Fields: []dossier.FieldCorrection{{Field: said.Field, Was: paper.Fields[said.Field].Value, Is: said.Value}},
	}
	for _, k := range keyings {
		correction.Keyings = append(correction.Keyings, k.ID)
	}
	return correction
}

// keyed makes a keying durable: the object, then the row. When somebody else was
// faster, the object stays as one that never became a row.
func (f *Flow) keyed(ctx context.Context, ledger Entries, nth int, k dossier.Keying) error {
	k.Schema, k.ID, k.At = dossier.KeyingSchema, dossier.NewID(), f.Now().UTC()
	ref, _, err := f.putJSON(ctx, dossier.KeyingKey(f.Unit.ID, k.ID), k)
	if err != nil {
		return err
	}
	ref.Role = "keying"
	taken, err := ledger.Key(ctx, dossier.Act{Actor: k.Actor, At: k.At}, k, nth, ref)
	if err == nil && !taken {
		err = &dossier.Fault{Kind: dossier.Retry, Op: "key field", Reason: dossier.ReasonChanged, Err: fmt.Errorf("field %s of paper %s was keyed meanwhile", k.Field, k.Component)}
	}
	return err
}

func keyingOf(actor dossier.Actor, id dossier.DossierID, said dossier.Keyed, paper dossier.Component, value string) dossier.Keying {
	k := dossier.Keying{Actor: actor, Dossier: id, Component: paper.ID, Kind: paper.Kind, Field: said.Field, Pages: []dossier.PageID{}, Value: value}
	for _, page := range paper.Pages {
		k.Pages = append(k.Pages, page.ID)
	}
	return k
}

func keyedBy(keyings []dossier.Keying, actor dossier.Actor) bool {
	return slices.ContainsFunc(keyings, func(k dossier.Keying) bool { return k.Actor.ID == actor.ID })
}
