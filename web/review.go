package web

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// reviewLength is how many waiting pages the list shows at once.
const reviewLength = 60

type reviewBody struct {
	Waiting  []waitingPage
	Total    int
	At       dossier.Arrival
	Sheet    *sheet
	Kinds    []kindChoice
	Recent   []dossier.Dossier
	In       dossier.DossierID // the dossier suggested
	Papers   []dossier.Component
	FedAgain dossier.BatchID // the batch of which was just said that it is fed again
	Emptied  dossier.PageID  // the page of which was just said that nothing is on it
	Side     side
	Done     *dossier.Dossier // what was just placed, to be undone
	DoneID   dossier.DossierID
	// DoneVersion is the version that was made of it; 0 when somebody else has
	// decided about the dossier since.
	DoneVersion int
	Error       string // key of what was wrong with the form
	Changed     *change
	Typed       placeForm
	Nth         int // of the page in the list, from 1
	Before      string
	After       string

	Queue   queue
	Ask     *question // the field that is asked about, instead of a page
	Decided bool      // what was done was about a field
	Back    string    // where an undo leads
}

// waitingPage is a page in the list, with the page itself marked.
type waitingPage struct {
	dossier.Arrival
	Picture string
	Link    string
	Here    bool
}

// kindChoice is a kind as the list offers it. Fold are the words of its titles
// that its name does not have, without tones, for people who type in a hurry.
type kindChoice struct {
	ID, Name, Fold string
	Chosen         bool
}

// review shows one doubtful thing. Pages come first, for a page without a paper
// can not be found by anybody: one waiting page, why it waits, and the form that
// places it. Then fields are asked about. Whoever asks for one reason sees what
// waits for that, and nothing else.
func (s *site) review(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	body, err := s.nextReview(r)
	if err != nil {
		return err
	}
	id := dossier.DossierID(q.Get("done"))
	if decided := dossier.DossierID(q.Get("decided")); decided != "" {
		id, body.Decided, body.Back = decided, true, localPath(q.Get("back"))
	}
	if id != "" {
		if body.Done, err = s.justPlaced(r.Context(), id); err != nil {
			return err
		}
		body.DoneID, body.DoneVersion = id, s.ownVersion(r, id)
	}
	body.FedAgain, body.Emptied = dossier.BatchID(q.Get("fed")), dossier.PageID(q.Get("emptied"))
	if body.Ask != nil {
		return s.reviewField(w, r, body)
	}
	return s.showReview(w, r, body)
}

// nextReview is the page or the field that a request is about.
func (s *site) nextReview(r *http.Request) (body reviewBody, err error) {
	q, reason := r.URL.Query(), askedReason(r)
	wantsField := q.Get("paper") != "" || q.Get("of") == "fields" || reason.OfField()
	if !wantsField {
		if body, err = s.reviewAt(r, dossier.PageID(q.Get("page"))); err != nil || body.Sheet != nil || reason != "" {
			return body, err
		}
	}
	if body.Ask, err = s.doubtAt(r); err != nil || body.Ask != nil || reason != "" || !wantsField {
		return body, err
	}
	return s.reviewAt(r, "")
}

// reviewAt opens the list at a page; at its first when the page does not wait, and
// nobody has said that nothing is on it.
func (s *site) reviewAt(r *http.Request, wanted dossier.PageID) (reviewBody, error) {
	ctx := r.Context()
	reason := askedReason(r)
	pages, total, err := s.Parked.Parked(ctx, dossier.ReviewFilter{Scope: scopeOf(ctx), Reason: reason, Limit: reviewLength})
	if err != nil || total == 0 && wanted == "" {
		return reviewBody{}, err
	}
	at := slices.IndexFunc(pages, func(a dossier.Arrival) bool { return a.Page == wanted })
	if at < 0 {
		at = 0
		if later, err := s.Parked.Arrival(ctx, scopeOf(ctx), wanted); err == nil && (later.State == dossier.PageParked || later.SaidEmpty()) && later.Component == "" {
			pages, at = append(pages, later), len(pages)
		}
	}
	if len(pages) == 0 {
		return reviewBody{}, nil
	}
	body := reviewBody{Total: total, At: pages[at], In: pages[at].Dossier, Nth: at + 1}
	for i, a := range pages {
		body.Waiting = append(body.Waiting, waitingPage{
			Arrival: a, Here: i == at, Picture: pictureURL(a.Page, a.Reading, widthThumb), Link: reviewLink(a.Page, reason),
		})
	}
	if at > 0 {
		body.Before = reviewLink(pages[at-1].Page, reason)
	}
	if at+1 < len(pages) {
		body.After = reviewLink(pages[at+1].Page, reason)
	}
	if err := s.viewed(r, viewOfPage(body.At.Page)); err != nil {
		return reviewBody{}, err
	}
	return body, s.fillReview(ctx, langOf(r), &body)
}

func reviewLink(page dossier.PageID, reason dossier.Reason) string {
	v := url.Values{"page": {string(page)}}
	if reason != "" {
		v.Set("reason", string(reason))
	}
	return "/review?" + v.Encode()
}

// fillReview adds the page and the choices of the form.
func (s *site) fillReview(ctx context.Context, l lang, body *reviewBody) (err error) {
	if body.Sheet, err = s.sheet(ctx, body.At.Page, ""); err != nil {
		return err
	}
	guess := ""
	if body.At.Reading > 0 && body.Sheet.Readable {
		reading, err := s.Objects.Reading(ctx, body.At.Page, body.At.Reading)
		if err != nil {
			return err
		}
		guess = reading.Kind
		body.Side.Words, body.Side.MayBeEmpty = len(reading.Words), !body.At.SaidEmpty() && body.At.Reason.MayBeEmpty() && len(reading.Codes) == 0 && reading.Width > 0
	}
	if body.Recent, err = s.recent(ctx); err != nil {
		return err
	}
	body.Kinds = s.kindChoices(l, guess, usual(body.Recent)...)
	if body.In == "" {
		return nil
	}
	in, err := s.Dossiers.Dossier(ctx, scopeOf(ctx), string(body.In))
	if errors.Is(err, ErrNotFound) { // decided, not published yet: not to be offered
		body.In = ""
		return nil
	}
	if err != nil {
		return err
	}
	body.Papers = in.Dossier.Components
	if !slices.ContainsFunc(body.Recent, func(d dossier.Dossier) bool { return d.ID == body.In }) {
		body.Recent = append([]dossier.Dossier{in.Dossier}, body.Recent...)
	}
	return nil
}

// usual are the kinds of the newest papers, the most frequent first: what waits
// is mostly one of them.
func usual(recent []dossier.Dossier) (kinds []string) {
	count := map[string]int{}
	for _, d := range recent {
		for _, c := range d.Components {
			count[c.Kind]++
		}
	}
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
}

// kindChoices lists the kinds a paper can have; the guess comes first and is
// chosen, then come those that are likely. The first of them have a digit as
// their key.
func (s *site) kindChoices(l lang, guess string, likely ...string) []kindChoice {
	var choices []kindChoice
	for _, k := range paperKinds(s.Kinds) {
		name := s.kindName(l, k.ID)
		choice := kindChoice{ID: k.ID, Name: name, Fold: otherWords(name, k.AllTitles()), Chosen: k.ID == guess}
		choices = append(choices, choice)
	}
	rank := func(k kindChoice) int {
		at := slices.Index(likely, k.ID)
		switch {
		case k.Chosen:
			return -1
		case at < 0:
			return len(likely)
		}
		return at
	}
	slices.SortStableFunc(choices, func(a, b kindChoice) int { return rank(a) - rank(b) })
	return choices
}

// otherWords are the words of titles that a name does not have, without tones; the
// name itself is on the screen and is folded there, where it has only words.
func otherWords(name string, titles []string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r != ' ' && !unicode.IsLetter(r) }) {
		return foldAll(append(titles, name))
	}
	shown := strings.Fields(viet.Fold(name))
	words := strings.Fields(foldAll(titles))
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return slices.Contains(shown, w) }), " ")
}

// justPlaced is the dossier that a decision was about; it may not be published
// yet, and then it has only an id.
func (s *site) justPlaced(ctx context.Context, id dossier.DossierID) (*dossier.Dossier, error) {
	m, err := s.Dossiers.Dossier(ctx, scopeOf(ctx), string(id))
	if errors.Is(err, ErrNotFound) {
		return nil, nil //nolint:nilnil // the page then speaks of "the dossier"
	}
	return &m.Dossier, err
}

// ownVersion is the newest version of a dossier if the one who asks made it.
func (s *site) ownVersion(r *http.Request, id dossier.DossierID) int {
	m, err := s.Dossiers.Intended(r.Context(), scopeOf(r.Context()), id)
	if err != nil || m.Actor.ID != s.actor(r).ID {
		return 0
	}
	return m.Seen()
}

// reviewPapers is the choice of papers of another dossier, asked for when the
// person picks one.
func (s *site) reviewPapers(w http.ResponseWriter, r *http.Request) error {
	var papers []dossier.Component
	if id := r.URL.Query().Get("dossier"); id != "" {
		m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), id)
		if err != nil {
			return err
		}
		papers = m.Dossier.Components
		if err := s.viewed(r, dossier.Deed{Action: dossier.ActionDossierView, Subject: string(m.Dossier.ID)}); err != nil {
			return err
		}
	}
	return s.write(w, http.StatusOK, langOf(r), "papers", papers)
}

// placeForm is what the form sends. Pages stand in the order of the list, which
// is the order of the paper.
type placeForm struct {
	Page      dossier.PageID // the one that was looked at
	Pages     []dossier.PageID
	Kind      string
	Dossier   dossier.DossierID
	Code      string
	Component dossier.ComponentID
	Position  int
	Is        *string // what was typed for a field
}

func readPlaceForm(r *http.Request) placeForm {
	f := placeForm{
		Page: dossier.PageID(r.FormValue("page")), Kind: r.FormValue("kind"),
		Dossier: dossier.DossierID(r.FormValue("dossier")), Code: strings.TrimSpace(r.FormValue("code")),
		Component: dossier.ComponentID(r.FormValue("component")),
	}
	// A position that is no number is no position: at the end.
	f.Position, _ = strconv.Atoi(r.FormValue("position"))
	for _, id := range r.Form["pages"] {
		f.Pages = append(f.Pages, dossier.PageID(id))
	}
	if !slices.Contains(f.Pages, f.Page) {
		f.Pages = append([]dossier.PageID{f.Page}, f.Pages...)
	}
	return f
}

// placement is the form as a decision, or the key of what is wrong with it. A
// typed code wins over a picked dossier, and then no paper of the picked one
// can be meant.
func (f placeForm) placement() (p dossier.Placement, wrong string) {
	p = dossier.Placement{Pages: f.Pages, Dossier: f.Dossier, Component: f.Component}
	if f.Code != "" {
		code, whole := readCode(f.Code)
		if !whole {
			return p, "place.code_wrong"
		}
		p.Code, p.Dossier, p.Component = code, "", ""
	}
	if p.Component != "" {
		p.Position = max(f.Position, 0)
		return p, ""
	}
	if f.Kind == "" {
		return p, "place.kind_missing"
	}
	p.Kind = f.Kind
	return p, ""
}

// decides lets those decide about pages who see the pages that wait: people of
// the unit that keeps them, for every kind. Others get the answer to a page that
// is not there.
func (s *site) decides(ctx context.Context) error {
	if scope := scopeOf(ctx); scope.Unit != s.Unit.ID || scope.Limited() {
		return ErrNotFound
	}
	return nil
}

// place carries out the form and goes on to the next waiting page.
func (s *site) place(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	form := readPlaceForm(r)
	placement, wrong := form.placement()
	if wrong == "" {
		id, err := s.Placer.Place(r.Context(), s.actor(r), placement)
		if err == nil {
			seeOther(w, r, afterDone(askedReason(r), id))
			return nil
		}
		if wrong = refusal(err); wrong == "" {
			return err
		}
	}
	body, err := s.reviewAt(r, form.Page)
	if err != nil {
		return err
	}
	body.Error, body.Typed = wrong, form
	if wrong == "error.not_waiting" {
		body.Changed = s.changeOfPage(r, form.Page)
	}
	return s.showReview(w, r, body)
}

// afterDone is where a decision about pages of a dossier leads: to the next that
// waits for the same reason.
func afterDone(reason dossier.Reason, id dossier.DossierID) string {
	v := url.Values{"done": {string(id)}}
	if reason != "" {
		v.Set("reason", string(reason))
	}
	return "/review?" + v.Encode()
}

// refusal is the key of what a person is told about a decision that could not
// be carried out; "" for a failure of ours.
func refusal(err error) string {
	code, key := status(err)
	switch code {
	case http.StatusConflict, http.StatusUnprocessableEntity, http.StatusNotFound:
		return key
	default:
		return ""
	}
}

// undo takes the last decision about a dossier back, unless somebody has decided
// since: then nothing is taken back, and the one who asked is told.
func (s *site) undo(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	id := dossier.DossierID(r.FormValue("dossier"))
	saw, _ := strconv.Atoi(r.FormValue("saw")) // a form of a program that does not say takes back what is newest
	err := s.Placer.Undo(r.Context(), s.actor(r), id, saw)
	back := localPath(r.FormValue("back"))
	if !strings.HasPrefix(back, "/review") && !strings.HasPrefix(back, "/registers") {
		back = "/review"
	}
	if err == nil {
		seeOther(w, r, back)
		return nil
	}
	if !errors.Is(err, ErrChanged) {
		return err
	}
	again := r.Clone(r.Context())
	if at, err := url.Parse(back); err == nil {
		again.URL = at
	}
	body, errNext := s.nextReview(again)
	if errNext != nil {
		return errNext
	}
	body.Error, body.Changed = "error.changed", s.changeOfField(r, id, dossier.Correction{})
	if body.Ask != nil {
		return s.reviewField(w, again, body)
	}
	return s.showReview(w, again, body)
}
