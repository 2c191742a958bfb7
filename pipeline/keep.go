package pipeline

import (
	"context"
	"slices"

	"sohoa/dossier"
)

// leavePresented marks those of new papers that are only presented in the
// procedure: they get no PDF, and their fields are not taken.
func (f *Flow) leavePresented(procedure string, fresh []dossier.Component) {
	for i, c := range fresh {
		fresh[i] = f.unlessPresented(procedure, c)
	}
}

// unlessPresented is the paper as it is, or as one that is only presented.
func (f *Flow) unlessPresented(procedure string, c dossier.Component) dossier.Component {
	if f.Kinds.OnlyPresented(procedure, c.Kind) {
		return notKept(c)
	}
	return c
}

// notKept is a paper that is only presented.
func notKept(c dossier.Component) dossier.Component {
	c.State, c.PDF, c.Fields = dossier.ComponentNotKept, "", map[string]dossier.Field{}
	return c
}

// Keep publishes a paper that was taken for one that is only presented: the
// machine was wrong about it, or this office keeps it.
func (f *Flow) Keep(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Keeping) error {
	return f.keeping(ctx, ledger, actor, keepingAsked{id: id, action: dossier.ActionKeep, said: said, reason: "kept by a person"})
}

// NotKeep takes a paper out of what is published, searched and signed, since it
// was only presented. Only kinds that the catalogue says are not kept can be
// meant.
func (f *Flow) NotKeep(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Keeping) error {
	return f.keeping(ctx, ledger, actor, keepingAsked{id: id, action: dossier.ActionNotKeep, said: said, reason: "only presented, says a person"})
}

// keepingAsked is one of the two decisions.
type keepingAsked struct {
	id             dossier.DossierID
	action, reason string
	said           dossier.Keeping
}

func (f *Flow) keeping(ctx context.Context, ledger Decisions, actor dossier.Actor, asked keepingAsked) error {
	return f.redrafted(func() error {
		base, err := f.ownDossier(ctx, asked.id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(base.Dossier.Components, func(c dossier.Component) bool { return c.ID == asked.said.Component })
		if i < 0 {
			return ErrChanged
		}
		intent := f.nextIntent(base, actor, asked.reason)
		paper, err := f.keptOrNot(ctx, base.Dossier.Components[i], asked, intent)
		if err != nil {
			return err
		}
		intent.Draft.Dossier.Components[i] = paper
		intent.New = append(intent.New, paper.ID)
		return f.decide(ctx, ledger, dossier.Decision{
			Action: asked.action, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Keeping: &asked.said, Intent: intent,
		})
	})
}

// keptOrNot is the next version of the paper, as the decision wants it.
func (f *Flow) keptOrNot(ctx context.Context, paper dossier.Component, asked keepingAsked, intent dossier.Intent) (dossier.Component, error) {
	kind, ok := f.Kinds.Kind(paper.Kind)
	is, wants := paper.State == dossier.ComponentNotKept, asked.action == dossier.ActionNotKeep
	switch {
	case paper.Kind != asked.said.Kind, is == wants:
		return paper, ErrChanged
	case !ok, wants && kind.Keep:
		return paper, ErrNoSuchKind
	case wants:
		return notKept(f.newVersion(paper, intent)), nil
	}
	var err error
	if paper.Fields, err = f.readFields(ctx, kind, paper, nil); err != nil {
		return paper, err
	}
	paper = f.newVersion(paper, intent)
	if paper.Origin == dossier.OriginFiled {
		err = f.asFiled(ctx, &paper)
	}
	return paper, err
}
