package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sohoa/dossier"
)

// ErrPagesWait tells that pages of the dossier wait for a person: nobody knows yet
// what it holds.
var ErrPagesWait = errors.New("pages of the dossier wait for a person")

// IncompleteError is a dossier that lacks other papers than whoever closes it
// was told.
type IncompleteError struct {
	// Missing are the kinds it lacks.
	Missing []string
}

// Error names the kinds.
func (e *IncompleteError) Error() string { return fmt.Sprintf("the dossier lacks %v", e.Missing) }

// Close closes a dossier, as a person says who knows what it lacks. A paper that
// comes later opens it again.
func (f *Flow) Close(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Closing) error {
	return f.redrafted(func() error {
		base, err := f.ownDossier(ctx, id)
		if err != nil {
			return err
		}
		d := base.Dossier
		asked, _ := f.Kinds.Procedure(d.Procedure) // none known: nothing is missing
		missing := asked.Missing(d)
		switch {
		case d.State == dossier.StateClosed:
			return ErrChanged
		case len(d.Pending) > 0:
			return ErrPagesWait
		case !slices.Equal(missing, said.Missing):
			return &IncompleteError{Missing: missing}
		}
		said.Missing = missing // [] where nothing is
		intent := f.nextIntent(base, actor, "closed by a person")
		intent.Draft.Dossier.State = dossier.StateClosed
		return f.decide(ctx, ledger, dossier.Decision{
			Action: dossier.ActionClose, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Closing: &said, Intent: intent,
		})
	})
}

// Reopen opens a closed dossier again, as a person says.
func (f *Flow) Reopen(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID) error {
	return f.redrafted(func() error {
		base, err := f.ownDossier(ctx, id)
		if err != nil {
			return err
		}
		if base.Dossier.State != dossier.StateClosed {
			return ErrChanged
		}
		intent := f.nextIntent(base, actor, "re-opened by a person")
		intent.Draft.Dossier.State = dossier.StateOpen
		return f.decide(ctx, ledger, dossier.Decision{
			Action: dossier.ActionReopen, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Intent: intent,
		})
	})
}

// openAgain opens a closed dossier that gets a paper; its version says so.
func openAgain(next *dossier.Manifest, reason string) {
	if next.Dossier.State == dossier.StateClosed {
		next.Dossier.State, next.Reason = dossier.StateOpen, reason
	}
}
