package web

import (
	"encoding/json"
	"net/http"

	"sohoa/dossier"
)

// acceptance names the papers whose count of sheets a person accepts: those of
// one dossier that came with one batch.
type acceptance struct {
	Dossier dossier.DossierID `json:"dossier"`
	Batch   dossier.BatchID   `json:"batch"`
}

// acceptCount carries out the button beside the sentence about the count.
func (s *site) acceptCount(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	a := acceptance{Dossier: dossier.DossierID(r.FormValue("dossier")), Batch: dossier.BatchID(r.FormValue("batch"))}
	if err := s.Placer.AcceptCount(r.Context(), s.actor(r), a.Dossier, a.Batch); err != nil {
		return err
	}
	seeOther(w, r, afterDone(askedReason(r), a.Dossier))
	return nil
}

// apiAcceptCount does the same for programs.
func (s *site) apiAcceptCount(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	var a acceptance
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		return writeJSON(w, http.StatusBadRequest, map[string]string{"error": "the body does not name dossier and batch"})
	}
	if err := s.Placer.AcceptCount(r.Context(), s.actor(r), a.Dossier, a.Batch); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]dossier.DossierID{"dossier": a.Dossier})
}
