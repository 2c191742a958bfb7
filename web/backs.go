package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sohoa/dossier"
)

// answerBacks carries out the buttons beside the sentence about fronts and backs:
// one side of some sheets is empty and was not scanned, or the batch is fed
// again, or that is taken back.
func (s *site) answerBacks(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	said := dossier.BacksAnswer{
		Batch: dossier.BatchID(r.FormValue("batch")), Actor: s.actor(r), Say: dossier.BacksSay(r.FormValue("say")), Sheets: sheetNumbers(r.FormValue("sheets")),
	}
	err := s.Placer.AnswerBacks(r.Context(), said)
	switch {
	case errors.Is(err, ErrNoSuchValue):
		body, err := s.reviewAt(r, dossier.PageID(r.FormValue("page")))
		if err != nil {
			return err
		}
		body.Error = "review.backs_wrong"
		return s.showReview(w, r, body)
	case err != nil:
		return err
	}
	next := url.Values{}
	if reason := askedReason(r); reason != "" {
		next.Set("reason", string(reason))
	}
	if said.Say == dossier.BacksRescan {
		next.Set("fed", string(said.Batch))
	}
	seeOther(w, r, "/review?"+next.Encode())
	return nil
}

// sheetNumbers reads what was typed; what is no number is 0, which no sheet is.
func sheetNumbers(typed string) (numbers []int) {
	for word := range strings.FieldsFuncSeq(typed, func(r rune) bool { return strings.ContainsRune(" ,;", r) }) {
		n, err := strconv.Atoi(word)
		if err != nil {
			n = 0
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// apiAnswerBacks does the same for programs.
func (s *site) apiAnswerBacks(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	var asked struct {
		Batch  dossier.BatchID  `json:"batch"`
		Say    dossier.BacksSay `json:"say"`
		Sheets []int            `json:"sheets"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return writeJSON(w, http.StatusBadRequest, map[string]string{"error": "the body does not name batch, say and sheets"})
	}
	err := s.Placer.AnswerBacks(r.Context(), dossier.BacksAnswer{Batch: asked.Batch, Actor: s.actor(r), Say: asked.Say, Sheets: asked.Sheets})
	if errors.Is(err, ErrNoSuchValue) {
		return writeJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "these can not be the sheets without a side"})
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]dossier.BatchID{"batch": asked.Batch})
}
