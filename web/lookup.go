package web

import (
	"errors"
	"fmt"
	"net/http"

	"sohoa/dossier"
)

// lookupBody is all that anybody is told about a dossier: where it stands and
// what is missing. No name, no paper that is there, no number but the one that
// was typed.
type lookupBody struct {
	Code    string
	Asked   bool
	Found   bool
	State   dossier.State
	Missing []string // kinds
	Error   string   // key
}

// lookup answers a citizen who has the code of a receipt. Only a whole code is
// looked up, so that nothing can be listed; a code that is not there and one
// that is not known look the same.
func (s *site) lookup(w http.ResponseWriter, r *http.Request) error {
	typed := short(r.URL.Query().Get("code"))
	body := lookupBody{Asked: typed != ""}
	if typed == "" {
		return s.plain(w, r, http.StatusOK, "lookup", body)
	}
	code, whole := readCode(typed)
	if !whole {
		body.Error = "place.code_wrong"
		return s.plain(w, r, http.StatusOK, "lookup", body)
	}
	body.Code = code
	m, err := s.Dossiers.Dossier(r.Context(), dossier.Whole(s.Unit.ID), code)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	look := dossier.Deed{Action: dossier.ActionDossierLookup, Subject: string(s.Unit.ID), Words: code}
	if body.Found = err == nil; body.Found {
		look.Subject = string(m.Dossier.ID)
	}
	// Who looks is not known, and no address is kept: the log tells how often a
	// dossier is asked for, and how often codes are tried.
	if err := s.Views.Viewed(r.Context(), dossier.Act{Actor: dossier.Nobody(s.Unit.ID), At: s.Now()}, look); err != nil {
		return fmt.Errorf("%w: %w", ErrNotLogged, err)
	}
	if body.Found {
		body.State = m.Dossier.State
		_, papers := s.checklist(m.Dossier)
		for _, p := range papers {
			if !p.There {
				body.Missing = append(body.Missing, p.Kind)
			}
		}
	}
	return s.plain(w, r, http.StatusOK, "lookup", body)
}
