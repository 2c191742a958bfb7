package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"sohoa/dossier"
)

// side is what can be said of the page that is looked at: that nothing is on it,
// or, where that was said, that it waits after all.
type side struct {
	MayBeEmpty bool
	// Words is how many words the machine has read on the page.
	Words int
	// Count is what would not add up: the person was told, and may say so all the
	// same.
	Count *dossier.Miscount
}

// answerSide carries out the button beside a page on which nothing is, or takes
// that back.
func (s *site) answerSide(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	said := dossier.SideAnswer{
		Actor: s.actor(r), Page: dossier.PageID(r.FormValue("page")), Say: dossier.SideSay(r.FormValue("say")), Counted: r.FormValue("counted") != "",
	}
	err := s.Placer.AnswerSide(r.Context(), said)
	if err == nil {
		seeOther(w, r, afterSide(askedReason(r), said))
		return nil
	}
	count, miscounted := errors.AsType[*CountError](err)
	wrong := refusal(err)
	if !miscounted && wrong == "" {
		return err
	}
	body, err := s.reviewAt(r, said.Page)
	if err != nil {
		return err
	}
	if body.Error = wrong; miscounted {
		body.Error, body.Side.Count = "", &count.Miscount
	}
	if wrong == "error.not_waiting" {
		body.Changed = s.changeOfPage(r, said.Page)
	}
	return s.showReview(w, r, body)
}

// afterSide is where an answer leads: to the next that waits, where it can be taken
// back, or to the page that waits again.
func afterSide(reason dossier.Reason, said dossier.SideAnswer) string {
	if said.Say == dossier.SideWithdrawn {
		return reviewLink(said.Page, reason)
	}
	v := url.Values{"emptied": {string(said.Page)}}
	if reason != "" {
		v.Set("reason", string(reason))
	}
	return "/review?" + v.Encode()
}

// apiAnswerSide does the same for programs.
func (s *site) apiAnswerSide(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	var asked struct {
		Page    dossier.PageID  `json:"page"`
		Say     dossier.SideSay `json:"say"`
		Counted bool            `json:"counted"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return writeJSON(w, http.StatusBadRequest, map[string]string{"error": "the body does not name page and say"})
	}
	err := s.Placer.AnswerSide(r.Context(), dossier.SideAnswer{Actor: s.actor(r), Page: asked.Page, Say: asked.Say, Counted: asked.Counted})
	if count, ok := errors.AsType[*CountError](err); ok {
		return writeJSON(w, http.StatusConflict, map[string]any{"error": count.Miscount.Text(string(en)), "counted": false})
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]dossier.PageID{"page": asked.Page})
}
