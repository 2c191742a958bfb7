package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// Doubts reads the fields of published papers that wait for a person.
type Doubts interface {
	// Doubts lists them, the most urgent first, and counts all.
	Doubts(ctx context.Context, filter dossier.ReviewFilter) (doubts []dossier.Doubt, total int, err error)
	// Doubt is one of them.
	Doubt(ctx context.Context, scope dossier.Scope, id dossier.ComponentID, field string) (dossier.Doubt, error)
}

// doubtWindow is how many fields are looked up around the one that is shown.
const doubtWindow = 60

// choices is how many values are offered for a field, the read one among them.
const choices = 3

// question is one doubtful field as a person is asked about it.
type question struct {
	dossier.Doubt
	In       dossier.Dossier
	Value    dossier.Field
	Choices  []string // what was read first
	Typed    string   // what stands in the box
	Cut      string   // address of the enlarged region; "" where the place is not known
	Region   dossier.Box
	Sheet    *sheet
	Number   int // of the page in its paper, from 1
	Pages    int
	Earlier  string
	Later    string
	Nth      int // of the field in the queue, from 1
	Total    int // of the queue
	Next     string
	Here     string
	Insist   bool // the next time the value is taken though it contradicts others
	Kinds    []kindChoice
	MayPlace bool
}

// doubtAt gives the field that a request asks for, or the first that waits; nil
// when none does.
func (s *site) doubtAt(r *http.Request) (*question, error) {
	ctx, scope, q := r.Context(), scopeOf(r.Context()), r.URL.Query()
	filter := dossier.ReviewFilter{Scope: scope, Reason: askedReason(r), Offset: offset(q), Limit: doubtWindow}
	some, total, err := s.Doubts.Doubts(ctx, filter)
	if err == nil && len(some) == 0 && filter.Offset > 0 {
		filter.Offset = 0
		some, total, err = s.Doubts.Doubts(ctx, filter)
	}
	if err != nil || total == 0 {
		return nil, err
	}
	component, field := dossier.ComponentID(q.Get("paper")), q.Get("field")
	at := slices.IndexFunc(some, func(d dossier.Doubt) bool { return d.Component == component && d.Field == field })
	if at < 0 && component != "" {
		if one, err := s.Doubts.Doubt(ctx, scope, component, field); err == nil {
			some, at = append([]dossier.Doubt{one}, some...), 0
		}
	}
	at = max(at, 0)
	asked := question{Doubt: some[at], Nth: filter.Offset + at + 1, Total: total, Here: doubtLink(some[at], filter)}
	if at+1 < len(some) {
		if at+1 >= doubtWindow/2 {
			filter.Offset += doubtWindow / 2
		}
		asked.Next = doubtLink(some[at+1], filter)
	}
	return &asked, nil
}

// doubtLink leads to a field, and keeps where in the queue it was found.
func doubtLink(d dossier.Doubt, filter dossier.ReviewFilter) string {
	v := url.Values{"paper": {string(d.Component)}, "field": {d.Field}}
	if filter.Offset > 0 {
		v.Set("from", strconv.Itoa(filter.Offset))
	}
	if filter.Reason != "" {
		v.Set("reason", string(filter.Reason))
	}
	return "/review?" + v.Encode()
}

// ask fills a question with the paper it is about.
func (s *site) ask(r *http.Request, asked *question) error {
	ctx := r.Context()
	m, err := s.Dossiers.Dossier(ctx, scopeOf(ctx), string(asked.Dossier))
	if err != nil {
		return err
	}
	asked.In = m.Dossier
	i := slices.IndexFunc(m.Dossier.Components, func(c dossier.Component) bool { return c.ID == asked.Component })
	if i < 0 {
		return ErrNotFound
	}
	paper := m.Dossier.Components[i]
	asked.Value = paper.Fields[asked.Field]
	asked.Typed = asked.Value.Value
	asked.Choices = s.choicesFor(m.Dossier, paper, asked.Field)
	asked.Kinds = s.kindChoices(langOf(r), paper.Kind)
	asked.MayPlace = s.decider(ctx)
	return s.showPage(r, asked, paper)
}

// showPage chooses the page to show: one asked for, that of the field, or the
// first.
func (s *site) showPage(r *http.Request, asked *question, paper dossier.Component) error {
	at := slices.IndexFunc(paper.Pages, func(p dossier.Page) bool { return string(p.ID) == r.URL.Query().Get("at") })
	if at < 0 {
		at = max(0, slices.IndexFunc(paper.Pages, func(p dossier.Page) bool { return p.ID == asked.Value.Page }))
	}
	if len(paper.Pages) == 0 {
		return ErrNotFound
	}
	page := paper.Pages[at].ID
	shown, err := s.sheet(r.Context(), page, "")
	if err != nil {
		return err
	}
	asked.Sheet, asked.Number, asked.Pages = shown, at+1, len(paper.Pages)
	if at > 0 {
		asked.Earlier = asked.Here + "&at=" + url.QueryEscape(string(paper.Pages[at-1].ID))
	}
	if at+1 < len(paper.Pages) {
		asked.Later = asked.Here + "&at=" + url.QueryEscape(string(paper.Pages[at+1].ID))
	}
	if box := asked.Value.Box; box != nil && asked.Value.Page == page && shown.Readable {
		shown.Boxes = []dossier.Box{around(*box)}
		asked.Region = region(*box, shown.Width, shown.Height)
		asked.Cut = "/review/cut/" + string(asked.Dossier) + "/" + string(asked.Component) + "/" + url.PathEscape(asked.Field)
	}
	return s.viewed(r, viewOfPage(page), dossier.Deed{Action: dossier.ActionDossierView, Subject: string(asked.Dossier)})
}

// region is what of a page is shown enlarged: the value with the words beside
// it and the lines next to it.
func region(b dossier.Box, width, height int) dossier.Box {
	w := min(max(b.W+6*b.H, width*2/5), width)
	h := min(3*b.H, height)
	x := min(max(b.X+b.W/2-w/2, 0), width-w)
	y := min(max(b.Y+b.H/2-h/2, 0), height-h)
	return dossier.Box{X: x, Y: y, W: max(w, 1), H: max(h, 1)}
}

// choicesFor are the values a field may have: the one that was read, what stood
// there letter by letter, and what other papers of the dossier say, for one
// person has one name. An unread field has only those, and the options of its
// squares.
func (s *site) choicesFor(d dossier.Dossier, paper dossier.Component, id string) (values []string) {
	add := func(value string) {
		if value != "" && !slices.Contains(values, value) && len(values) < choices {
			values = append(values, value)
		}
	}
	f := paper.Fields[id]
	add(f.Value)
	if f.Status != dossier.FieldUnread {
		add(f.Raw)
	}
	for _, more := range f.More {
		add(more.Value)
	}
	def, _ := s.Kinds.Field(id)
	for _, c := range d.Components {
		for _, name := range fieldOrder(s.Kinds, c) {
			other, _ := s.Kinds.Field(name)
			said := c.Fields[name].Value
			likely := name == id || other.Type == def.Type && viet.Fold(said) == viet.Fold(f.Value)
			if c.ID != paper.ID && likely {
				add(said)
			}
		}
	}
	return values
}

// reviewField shows one doubtful field.
func (s *site) reviewField(w http.ResponseWriter, r *http.Request, body reviewBody) error {
	if !s.mayLook(r.Context(), body.Ask.Dossier, body.Ask.Kind) {
		m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), string(body.Ask.Dossier))
		if err != nil {
			return err
		}
		return s.askReason(w, r, m.Dossier, "")
	}
	if err := s.ask(r, body.Ask); err != nil {
		return err
	}
	if body.Typed.Is != nil {
		body.Ask.Typed, body.Ask.Insist = *body.Typed.Is, body.Error == "ask.contradiction"
	}
	return s.showReview(w, r, body)
}

// correction is what the form of a field says.
func correction(r *http.Request) dossier.Correction {
	said := dossier.Correction{
		Component: dossier.ComponentID(r.FormValue("paper")), Kind: r.FormValue("kind"), Fields: []dossier.FieldCorrection{},
	}
	if renamed := r.FormValue("new_kind"); renamed != "" {
		said.NewKind = renamed
		return said
	}
	is := r.FormValue("is")
	if pick := r.FormValue("pick"); pick != "" {
		is = pick
	}
	if r.FormValue("none") != "" {
		is = ""
	}
	said.Insist = r.FormValue("insist") != ""
	said.Fields = append(said.Fields, dossier.FieldCorrection{Field: r.FormValue("field"), Was: r.FormValue("was"), Is: strings.TrimSpace(is)})
	return said
}

// correct carries out what a person says about a field, and goes on to the next.
func (s *site) correct(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	said, id, here := correction(r), dossier.DossierID(r.FormValue("dossier")), localPath(r.FormValue("here"))
	wrong := ""
	if len(said.Fields) == 1 && said.Fields[0].Is == "" && r.FormValue("none") == "" {
		wrong = "ask.empty"
	} else if err := s.Placer.Correct(r.Context(), s.actor(r), id, said); err != nil {
		if wrong = refusedValue(err); wrong == "" {
			return err
		}
	}
	if wrong == "" {
		next := localPath(r.FormValue("next"))
		if !strings.HasPrefix(next, "/review?") {
			next = afterFields(here)
		}
		seeOther(w, r, fmt.Sprintf("%s&decided=%s&back=%s", next, url.QueryEscape(string(id)), url.QueryEscape(here)))
		return nil
	}
	return s.askAgain(w, r, here, said, wrong)
}

// afterFields is where the last field of a queue leads: to what waits for the
// same reason meanwhile, or to any field.
func afterFields(here string) string {
	if at, err := url.Parse(here); err == nil && at.Query().Get("reason") != "" {
		return reviewOf(dossier.Reason(at.Query().Get("reason")))
	}
	return "/review?of=fields"
}

// askAgain shows the question again and says what is wrong with the answer; when
// the question is settled, the next one.
func (s *site) askAgain(w http.ResponseWriter, r *http.Request, here string, said dossier.Correction, wrong string) error {
	again := r.Clone(r.Context())
	if at, err := url.Parse(here); err == nil {
		again.URL = at
	}
	asked, err := s.doubtAt(again)
	if err != nil {
		return err
	}
	body := reviewBody{Ask: asked, Error: wrong}
	if wrong == "error.changed" {
		body.Changed = s.changeOfField(r, dossier.DossierID(r.FormValue("dossier")), said)
	}
	if asked == nil {
		return s.showReview(w, again, body)
	}
	if wrong != "error.changed" && len(said.Fields) == 1 && said.Component == asked.Component && said.Fields[0].Field == asked.Field {
		body.Typed.Is = &said.Fields[0].Is
	}
	return s.reviewField(w, again, body)
}

// refusedValue is the key of what a person is told about a correction that was
// not taken; "" for a failure of ours.
func refusedValue(err error) string {
	switch {
	case errors.Is(err, ErrContradiction):
		return "ask.contradiction"
	case errors.Is(err, ErrNoSuchValue):
		return "ask.no_such_value"
	default:
		return refusal(err)
	}
}

// cut serves the enlarged region of a field. Which one that is the field says,
// not the address: free sizes would let anybody fill the cache.
func (s *site) cut(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	m, err := s.Dossiers.Dossier(ctx, scopeOf(ctx), r.PathValue("dossier"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(m.Dossier.Components, func(c dossier.Component) bool { return string(c.ID) == r.PathValue("paper") })
	if i < 0 {
		return ErrNotFound
	}
	paper := m.Dossier.Components[i]
	f, there := paper.Fields[r.PathValue("field")]
	if !there || f.Box == nil || f.Page == "" {
		return ErrNotFound
	}
	if !s.mayLook(ctx, m.Dossier.ID, paper.Kind) {
		return errReason
	}
	return s.sendRegion(w, r, f.Page, func(shown *sheet) cutOut { return cutOut{region(*f.Box, shown.Width, shown.Height), widthCut} })
}

// cutOut is a part of a page, and how many pixels wide its picture is.
type cutOut struct {
	part  dossier.Box
	width int
}

// sendRegion sends a part of a page enlarged, chosen when its size is known, and
// has the view logged.
func (s *site) sendRegion(w http.ResponseWriter, r *http.Request, page dossier.PageID, choose func(*sheet) cutOut) error {
	shown, err := s.sheet(r.Context(), page, "")
	if err != nil {
		return err
	}
	if err := s.viewed(r, viewOfPage(page)); err != nil {
		return err
	}
	cut := choose(shown)
	b := cut.part
	key := fmt.Sprintf("%s/cut/%d/%d/%d/%d", pictureKey(page, shown.Reading, cut.width), b.X, b.Y, b.W, b.H)
	w.Header().Set("Cache-Control", "private, no-cache")
	jpeg, err := s.pictures.get(r.Context(), key, func(ctx context.Context) ([]byte, error) {
		return s.Pictures.Region(ctx, page, shown.Reading, b, cut.width)
	})
	return sendPicture(w, r, jpeg, err)
}
