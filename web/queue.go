package web

import (
	"net/http"
	"net/url"
	"slices"

	"sohoa/dossier"
)

// queue is what waits for a person, counted by why it waits, and the one reason
// that somebody works through.
type queue struct {
	Reason  dossier.Reason // "" for all
	Reasons []queued
	Pages   int
	Fields  int
	// Here leads to the first that waits for the reason; it is kept while one
	// thing after the other is answered.
	Here string
}

// queued is one reason in the row above the question.
type queued struct {
	dossier.Waits
	Link string
	On   bool
}

// Total is how much waits for any reason.
func (q queue) Total() int { return q.Pages + q.Fields }

// askedReason is the reason that an address asks for; "" for all, and where it is
// none.
func askedReason(r *http.Request) dossier.Reason {
	reason := dossier.Reason(r.URL.Query().Get("reason"))
	if !slices.Contains(dossier.Reasons(), reason) {
		return ""
	}
	return reason
}

// reviewOf is the address of the first thing that waits for a reason.
func reviewOf(reason dossier.Reason) string {
	if reason == "" {
		return "/review"
	}
	return "/review?reason=" + url.QueryEscape(string(reason))
}

// queueOf counts what waits for whoever asks. The reason that is asked for is
// there also when nothing waits for it any more.
func (s *site) queueOf(r *http.Request) (queue, error) {
	waits, err := s.Queue.WaitingReasons(r.Context(), scopeOf(r.Context()), s.Now())
	if err != nil {
		return queue{}, err
	}
	q := queue{Reason: askedReason(r)}
	q.Here = reviewOf(q.Reason)
	if q.Reason != "" && !slices.ContainsFunc(waits, func(w dossier.Waits) bool { return w.Reason == q.Reason }) {
		waits = append(waits, dossier.Waits{Reason: q.Reason})
	}
	for _, w := range waits {
		if w.Reason.OfField() {
			q.Fields += w.Count
		} else {
			q.Pages += w.Count
		}
		q.Reasons = append(q.Reasons, queued{Waits: w, Link: reviewOf(w.Reason), On: w.Reason == q.Reason})
	}
	return q, nil
}

// showReview writes the page with the row of reasons above it.
func (s *site) showReview(w http.ResponseWriter, r *http.Request, body reviewBody) (err error) {
	if body.Queue, err = s.queueOf(r); err != nil {
		return err
	}
	if body.Back == "" {
		body.Back = body.Queue.Here
	}
	return s.page(w, r, "review", "review", body)
}
