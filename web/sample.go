package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"sohoa/dossier"
)

// Samples reads what is drawn by lot of each month to be keyed, and carries out
// what people say of it.
type Samples interface {
	// SampleReports says what each month's sample says, the newest first.
	SampleReports(ctx context.Context) ([]dossier.SampleReport, error)
	// SamplePlace is what somebody keys next, or settles, behind a number.
	SamplePlace(ctx context.Context, by dossier.Actor, month string, settling bool, after int) (dossier.SamplePlace, error)
	SampleDraw(ctx context.Context, month string, n int) (dossier.SampleDraw, error)
	DrawSample(ctx context.Context, by dossier.Actor, month string) error
	// AnswerSample tells whether the machine had read what was keyed.
	AnswerSample(ctx context.Context, said dossier.SampleAnswer) (same bool, err error)
	SettleSample(ctx context.Context, said dossier.SampleAnswer) error
}

type sampleBody struct {
	Reports []monthReport
	gatesBody
	Offered []monthOffered
	Said    string
	Error   string
}

// monthReport is a report with the month as people write it: 11/2026.
type monthReport struct {
	dossier.SampleReport
	Name string
}

// monthOffered is a month whose sample may be drawn; Running while it is not
// over.
type monthOffered struct {
	Month, Name string
	Running     bool
}

// sampleSaid are the keys of what became of an answer.
var sampleSaid = map[string]string{"drawn": "sample.said_drawn", "same": "sample.said_same", "differs": "sample.said_differs", "settled": "entry.said_settled", "gate": "gates.said"}

// samples shows what the samples say.
func (s *site) samples(w http.ResponseWriter, r *http.Request) error {
	return s.showSamples(w, r, sampleBody{Said: sampleSaid[r.URL.Query().Get("said")]})
}

func (s *site) showSamples(w http.ResponseWriter, r *http.Request, body sampleBody) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	reports, err := s.Samples.SampleReports(r.Context())
	if err != nil {
		return err
	}
	unproven := body.Unproven
	if body.gatesBody, err = s.gates(r.Context(), langOf(r)); err != nil {
		return err
	}
	body.Unproven = unproven
	for _, report := range reports {
		body.Reports = append(body.Reports, monthReport{report, monthName(report.Month)})
	}
	now := s.Now().In(s.zone)
	begun := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, s.zone)
	for i, at := range []time.Time{begun.AddDate(0, -1, 0), begun} {
		month := dossier.MonthOf(at)
		if !slices.ContainsFunc(reports, func(r dossier.SampleReport) bool { return r.Month == month }) {
			body.Offered = append(body.Offered, monthOffered{Month: month, Name: monthName(month), Running: i == 1})
		}
	}
	return s.page(w, r, "sample", "sample", body)
}

// monthName is a month as it is written here.
func monthName(month string) string {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return at.Format("01/2006")
}

// drawSample draws the sample of a month.
func (s *site) drawSample(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	if _, _, err := dossier.MonthSpan(r.FormValue("month")); err != nil {
		return errMalformed
	}
	err := s.Samples.DrawSample(r.Context(), s.actor(r), r.FormValue("month"))
	switch {
	case errors.Is(err, ErrDrawn):
		return s.showSamples(w, r, sampleBody{Error: "sample.drawn"})
	case errors.Is(err, ErrNothingToDraw):
		return s.showSamples(w, r, sampleBody{Error: "sample.nothing"})
	case err != nil:
		return err
	}
	seeOther(w, r, "/sample?said=drawn")
	return nil
}

type sampleKeyBody struct {
	blindBody
	Left int
}

// keySample shows the next place to key, settleSample the next one to settle.
func (s *site) keySample(w http.ResponseWriter, r *http.Request) error {
	return s.showPlace(w, r, blindBody{Said: sampleSaid[r.URL.Query().Get("said")], From: offset(r.URL.Query())}, r.URL.Query().Get("month"))
}

func (s *site) settleSample(w http.ResponseWriter, r *http.Request) error {
	return s.showPlace(w, r, blindBody{Settling: true, Said: sampleSaid[r.URL.Query().Get("said")], From: offset(r.URL.Query())}, r.URL.Query().Get("month"))
}

// showPlace shows a place of a page enlarged, and nothing of what was read
// there, but to who settles it.
func (s *site) showPlace(w http.ResponseWriter, r *http.Request, shown blindBody, month string) error {
	ctx := r.Context()
	if err := s.decides(ctx); err != nil {
		return err
	}
	place, err := s.Samples.SamplePlace(ctx, s.actor(r), month, shown.Settling, shown.From)
	if err != nil {
		return err
	}
	body := sampleKeyBody{blindBody: shown, Left: place.Left}
	if place.Left == 0 {
		return s.page(w, r, "sample-key", "sample", body)
	}
	d := place.Draw
	path := "/sample/key"
	if shown.Settling {
		path = "/sample/settle"
	}
	ask := &blind{Action: path, Why: "sample.why", What: d.What, Month: month, N: d.N, question: &question{
		Doubt: dossier.Doubt{Kind: d.Kind, Field: d.Field}, Cut: fmt.Sprintf("/sample/cut/%s/%d", url.PathEscape(month), d.N),
	}}
	if ask.Sheet, err = s.sheet(ctx, d.Page, ""); err != nil {
		return err
	}
	ask.Sheet.Text, ask.Sheet.Boxes = nil, []dossier.Box{around(d.Box)}
	ask.Region = placeRegion(d, ask.Sheet)
	if place.Left > 1 {
		ask.Next = fmt.Sprintf("%s?month=%s&from=%d", path, url.QueryEscape(month), d.N)
	}
	if shown.Settling {
		ask.Why, ask.Values = "sample.settle_why", []string{d.Read, place.Keyed.Value}
	}
	body.Ask = ask
	if err := s.viewed(r, viewOfPage(d.Page)); err != nil {
		return err
	}
	return s.page(w, r, "sample-key", "sample", body)
}

// placeRegion is what is shown enlarged: a line by itself, a value with what
// stands around it.
func placeRegion(d dossier.SampleDraw, shown *sheet) dossier.Box {
	if d.What == dossier.DrawnField {
		return region(d.Box, shown.Width, shown.Height)
	}
	air := max(d.Box.H/3, 3)
	x, y := max(d.Box.X-air, 0), max(d.Box.Y-air, 0)
	return dossier.Box{X: x, Y: y, W: max(min(d.Box.W+2*air, shown.Width-x), 1), H: max(min(d.Box.H+2*air, shown.Height-y), 1)}
}

// sampleCut serves the enlarged place.
func (s *site) sampleCut(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || s.decides(ctx) != nil {
		return ErrNotFound
	}
	d, err := s.Samples.SampleDraw(ctx, r.PathValue("month"), n)
	if err != nil {
		return err
	}
	return s.sendRegion(w, r, d.Page, func(shown *sheet) cutOut { return cutOut{placeRegion(d, shown), widthCut} })
}

// sampleForm is what the form of a place says; wrong is the key of what is
// missing.
func (s *site) sampleForm(r *http.Request) (said dossier.SampleAnswer, wrong string) {
	said = dossier.SampleAnswer{Month: r.FormValue("month"), Actor: s.actor(r), Value: r.FormValue("is"), Unreadable: r.FormValue("unreadable") != ""}
	said.N, _ = strconv.Atoi(r.FormValue("n")) // what is no number was not drawn
	picked, ok := r.Form["pick"]
	switch {
	case r.FormValue("none") != "", said.Unreadable:
		said.Value = ""
	case ok:
		said.Value = picked[0]
	case said.Value == "":
		wrong = "ask.empty"
	}
	return said, wrong
}

// answerSample takes what somebody keyed, and goes on to the next place.
func (s *site) answerSample(w http.ResponseWriter, r *http.Request) error {
	return s.takeAnswer(w, r, "/sample/key", func(said dossier.SampleAnswer) (string, error) {
		same, err := s.Samples.AnswerSample(r.Context(), said)
		return map[bool]string{true: "same", false: "differs"}[same], err
	})
}

// takeSettled takes what a second person says.
func (s *site) takeSettled(w http.ResponseWriter, r *http.Request) error {
	return s.takeAnswer(w, r, "/sample/settle", func(said dossier.SampleAnswer) (string, error) {
		return "settled", s.Samples.SettleSample(r.Context(), said)
	})
}

func (s *site) takeAnswer(w http.ResponseWriter, r *http.Request, path string, take func(dossier.SampleAnswer) (string, error)) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	said, wrong := s.sampleForm(r)
	if wrong == "" {
		became, err := take(said)
		if err == nil {
			seeOther(w, r, fmt.Sprintf("%s?month=%s&from=%d&said=%s", path, url.QueryEscape(said.Month), said.N, became))
			return nil
		}
		if wrong = refusedValue(err); wrong == "" {
			return err
		}
	}
	body := blindBody{Settling: path == "/sample/settle", From: max(said.N-1, 0), Error: wrong}
	if wrong == "ask.no_such_value" {
		body.Typed = said.Value
	}
	return s.showPlace(w, r, body, said.Month)
}
