package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"sohoa/dossier"
)

// Reasons keeps why people look at papers of sensitive kinds.
type Reasons interface {
	GiveReason(ctx context.Context, v dossier.Visitor, act dossier.Act, id dossier.DossierID, reason string) error
}

// errReason: the dossier has papers of a sensitive kind, and no reason was
// given in this session.
var errReason = errors.New("a reason is asked for")

// reasonsOffered are the keys of what people mostly say; anything else is
// written.
var reasonsOffered = []string{"access.settle", "access.answer", "access.copy", "access.check"}

type reasonBody struct {
	Dossier dossier.Dossier
	Offered []string
	Next    string
	Refused dossier.Refusal
}

// sensitive tells whether the visitor has to say why before seeing the dossier.
func (s *site) sensitive(ctx context.Context, d dossier.Dossier) bool {
	return slices.ContainsFunc(d.Components, func(c dossier.Component) bool { return !s.mayLook(ctx, d.ID, c.Kind) })
}

// askReason asks why instead of showing.
func (s *site) askReason(w http.ResponseWriter, r *http.Request, d dossier.Dossier, refused dossier.Refusal) error {
	next, code := dossierPath(d.ID), http.StatusUnprocessableEntity
	if r.Method == http.MethodGet {
		next, code = r.URL.RequestURI(), http.StatusForbidden
	} else if given := localPath(r.PostFormValue("next")); given != "/" {
		next = given
	}
	body := reasonBody{Dossier: d, Offered: reasonsOffered, Next: next, Refused: refused}
	return s.pageAs(w, r, code, frame{Title: "title.reason", Active: "dossiers", Body: body}, "reason")
}

// giveReason notes the reason and goes on.
func (s *site) giveReason(w http.ResponseWriter, r *http.Request) error {
	m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), r.PathValue("dossier"))
	if err != nil {
		return err
	}
	reason := short(r.PostFormValue("other"))
	if offered := r.PostFormValue("reason"); reason == "" && slices.Contains(reasonsOffered, offered) {
		reason = s.words.say(vi, offered)
	}
	v := visitorOf(r.Context())
	if v.Session == "" { // at the machine nobody is asked
		return ErrNotFound
	}
	err = s.Reasons.GiveReason(r.Context(), v, s.act(r), m.Dossier.ID, reason)
	if refused, ok := errors.AsType[dossier.Refusal](err); ok {
		return s.askReason(w, r, m.Dossier, refused)
	}
	if err != nil {
		return err
	}
	next := localPath(r.PostFormValue("next"))
	if next == "/" {
		next = dossierPath(m.Dossier.ID)
	}
	seeOther(w, r, next)
	return nil
}
