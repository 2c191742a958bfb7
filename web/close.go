package web

import (
	"context"
	"net/http"

	"sohoa/dossier"
)

// closing is which button about the state of a dossier there is: to close it,
// with what it lacks, or to open it again. Wait says that it can not be closed
// yet.
type closing struct {
	Close, Reopen, Wait bool
	Missing             []string
}

func (s *site) closing(ctx context.Context, d dossier.Dossier) closing {
	_, scope, may := visitorOf(ctx).As(permDispose, s.Unit.ID)
	switch {
	case !may || scope.Limited() || d.Unit != s.Unit.ID:
		return closing{}
	case d.State == dossier.StateClosed:
		return closing{Reopen: true}
	case len(d.Pending) > 0:
		return closing{Wait: true}
	}
	asked, _ := s.Kinds.Procedure(d.Procedure) // none known: nothing is missing
	return closing{Close: true, Missing: asked.Missing(d)}
}

// closeDossier closes a dossier. What the page said that it lacks comes along:
// when that has changed since, whoever closes it looks again.
func (s *site) closeDossier(w http.ResponseWriter, r *http.Request) error {
	said := dossier.Closing{Missing: r.Form["missing"]}
	return s.onDossier(w, r, func(id dossier.DossierID) error { return s.Placer.Close(r.Context(), s.actor(r), id, said) })
}

// reopenDossier opens a closed dossier again.
func (s *site) reopenDossier(w http.ResponseWriter, r *http.Request) error {
	return s.onDossier(w, r, func(id dossier.DossierID) error { return s.Placer.Reopen(r.Context(), s.actor(r), id) })
}

// onDossier carries out a decision about the dossier of an address and goes back
// to its page.
func (s *site) onDossier(w http.ResponseWriter, r *http.Request, decide func(dossier.DossierID) error) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), r.PathValue("dossier"))
	if err != nil {
		return err
	}
	if err := decide(m.Dossier.ID); err != nil {
		return err
	}
	seeOther(w, r, dossierPath(m.Dossier.ID))
	return nil
}
