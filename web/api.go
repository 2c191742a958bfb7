package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sohoa/dossier"
)

// apiStatusAnswer is what a program or a monitor asks first.
type apiStatusAnswer struct {
	Unit    string           `json:"unit"` // its code
	Name    string           `json:"name"` // what people call it
	Demo    bool             `json:"demo"`
	At      time.Time        `json:"at"`
	Parked  int              `json:"parked"`
	Waiting int              `json:"waiting"` // files in the inbox that are not ready
	Filling int              `json:"filling"` // files of batches not in the catalogue yet
	Unread  dossier.Unread   `json:"unread"`  // what is in the catalogue and still to be read
	Trouble []dossier.Reason `json:"trouble"`
	// InboxGone is true while the inbox can't be opened.
	InboxGone bool             `json:"inbox_gone"`
	Batch     *dossier.Account `json:"batch"` // of the newest batch
	Done      bool             `json:"done"`  // whether the newest batch is
}

func (s *site) apiStatus(w http.ResponseWriter, r *http.Request) error {
	_, parked, err := s.Parked.Parked(r.Context(), dossier.ReviewFilter{Scope: scopeOf(r.Context())})
	if err != nil {
		return err
	}
	answer := apiStatusAnswer{Unit: s.Unit.CodeAt(s.Now()), Name: s.unitName(r.Context(), s.Unit.ID), Demo: s.Demo, At: s.Now().UTC(), Parked: parked, Trouble: []dossier.Reason{}}
	if s.seesInbox(r.Context()) {
		inflow := s.Inbox.Inflow()
		for _, d := range inflow.Devices {
			answer.Waiting += len(d.Waiting)
		}
		answer.Filling = len(inflow.Files)
		for _, reason := range []dossier.Reason{inflow.NotStored, inflow.Delayed, inflow.Stopped} {
			if reason != "" {
				answer.Trouble = append(answer.Trouble, reason)
			}
		}
		answer.InboxGone = !inflow.InboxGone.IsZero()
	}
	if answer.Unread, err = s.Arrivals.Unread(r.Context(), scopeOf(r.Context())); err != nil {
		return err
	}
	batches, err := s.Arrivals.Batches(r.Context(), scopeOf(r.Context()), 1)
	if err != nil {
		return err
	}
	if len(batches) > 0 {
		answer.Batch, answer.Done = &batches[0].Account, batches[0].Done
	}
	return writeJSON(w, http.StatusOK, answer)
}

func (s *site) apiSearch(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	query := Query{Scope: scopeOf(r.Context()), Text: short(q.Get("q")), Kind: q.Get("kind"), Offset: offset(q), Limit: searchLength}
	found, err := s.Searcher.Search(r.Context(), query)
	if err != nil {
		return err
	}
	if err := s.viewed(r, s.viewOfSearch(query.Text, query.Offset, found.Total)); err != nil {
		return err
	}
	for i, hit := range found.Hits {
		found.Hits[i] = s.listed(r.Context(), hit)
	}
	return writeJSON(w, http.StatusOK, found)
}

func (s *site) apiDossier(w http.ResponseWriter, r *http.Request) error {
	m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), r.PathValue("dossier"))
	if err != nil {
		return err
	}
	views := []dossier.Deed{{Action: dossier.ActionDossierView, Subject: string(m.Dossier.ID)}}
	if s.sensitive(r.Context(), m.Dossier) {
		reason := reasonOf(r)
		if reason == "" {
			return errReason
		}
		views = append(views, dossier.Deed{Action: dossier.ActionDossierReason, Subject: string(m.Dossier.ID), Payload: map[string]any{"reason": reason}})
	}
	if err := s.viewed(r, views...); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, m.Dossier)
}

// reasonHeader is where a program says why it wants a dossier with papers of a
// sensitive kind. It holds for the one request. What is not ASCII stands there
// percent-encoded (RFC 3986); an address is no place for it, for those are kept
// in many logs.
const reasonHeader = "Sohoa-Reason"

// reasonOf is the reason that a program gives, "" without one that a person can
// read later.
func reasonOf(r *http.Request) string {
	reason, err := url.PathUnescape(r.Header.Get(reasonHeader))
	if err != nil || !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl) {
		return ""
	}
	return short(reason)
}

// apiWaiting is a waiting page for programs.
type apiWaiting struct {
	Page    dossier.PageID    `json:"page"`
	File    string            `json:"file"`
	Index   int               `json:"index"`
	Reason  dossier.Reason    `json:"reason"`
	Text    string            `json:"text"`
	Dossier dossier.DossierID `json:"dossier,omitempty"`
	// DueAt is until when its dossier wants to be done.
	DueAt *time.Time `json:"due_at,omitempty"`
}

func (s *site) apiParked(w http.ResponseWriter, r *http.Request) error {
	pages, total, err := s.Parked.Parked(r.Context(), dossier.ReviewFilter{
		Scope: scopeOf(r.Context()), Reason: dossier.Reason(r.URL.Query().Get("reason")), Offset: offset(r.URL.Query()), Limit: reviewLength,
	})
	if err != nil {
		return err
	}
	if err := s.viewed(r, s.viewOfList(dossier.ActionPagesList, "", offset(r.URL.Query()), len(pages))); err != nil {
		return err
	}
	list := make([]apiWaiting, len(pages))
	for i, a := range pages {
		list[i] = apiWaiting{Page: a.Page, File: a.File, Index: a.Index, Reason: a.Reason, Text: a.Why(string(langOf(r))), Dossier: a.Dossier, DueAt: a.DueAt}
	}
	return writeJSON(w, http.StatusOK, map[string]any{"total": total, "pages": list})
}

// apiPlace places pages as a JSON [dossier.Placement] says.
func (s *site) apiPlace(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	var p dossier.Placement
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return writeJSON(w, http.StatusBadRequest, map[string]string{"error": "the body is not a placement"})
	}
	id, err := s.Placer.Place(r.Context(), s.actor(r), p)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]dossier.DossierID{"dossier": id})
}
