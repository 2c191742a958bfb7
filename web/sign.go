package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"sohoa/dossier"
)

// Unsigned reads the papers that wait for a signature.
type Unsigned interface {
	// Unsigned lists them by kind, oldest first.
	Unsigned(ctx context.Context, filter dossier.UnsignedFilter) ([]dossier.Unsigned, error)
	UnsignedKinds(ctx context.Context, unit dossier.UnitID) ([]dossier.KindCount, error)
	PaperCounts(ctx context.Context, unit dossier.UnitID) (dossier.PaperCounts, error)
}

// Signer asks for signatures, and judges those that are there.
type Signer interface {
	// Ready tells by which certificate papers would be signed now.
	Ready() SignReady
	// Sign asks for the papers to be signed and gives how many were asked for;
	// papers of dossiers that are being changed are left for later. Shrink draws
	// first pages smaller where their corner is printed on.
	Sign(ctx context.Context, actor dossier.Actor, papers []dossier.Unsigned, shrink bool) (asked int, err error)
	// Signature judges the signature of a signed paper.
	Signature(ctx context.Context, c dossier.Component) (Signature, error)
}

// SignReady says who would sign now. Problem is empty when all is well.
type SignReady struct {
	Certificate *dossier.Certificate // nil when there is none
	// Lines would stand on the papers.
	Lines   []string
	Problem Sentence
}

// Signature is what a verifier says about a signed file.
type Signature struct {
	Valid bool
	At    time.Time // as claimed
	// Holder and Organization are those of the certificate.
	Holder, Organization string
	Test                 bool
	// Says is the verdict in a sentence.
	Says Sentence
}

// The sizes of the page.
const (
	// signGroup is how many papers of a kind are shown; the box of the group
	// takes all.
	signGroup = 40
	// signMost is how many papers are signed in one go: their ids fit into a
	// form.
	signMost = 5000
	// soonExpired is when the card warns of the end of a certificate.
	soonExpired = 30 * 24 * time.Hour
)

type signBody struct {
	Ready  SignReady
	Soon   bool // the certificate ends soon
	Groups []signPapers
	Total  int
	Counts dossier.PaperCounts
	Error  string // key of what was wrong with the form
	Asked  int    // papers just asked for
	Later  int    // papers left for later
}

// signPapers are the papers of one kind; Shown may be fewer than Count.
type signPapers struct {
	Kind  string
	Count int
	Shown []signPaper
}

type signPaper struct {
	dossier.Unsigned
	Picture string
	Link    string
}

// sign shows what waits for a signature and who would sign.
func (s *site) sign(w http.ResponseWriter, r *http.Request) error {
	body, err := s.signBody(r)
	if err != nil {
		return err
	}
	// Numbers that are no numbers are not said.
	body.Asked, _ = strconv.Atoi(r.URL.Query().Get("asked"))
	body.Later, _ = strconv.Atoi(r.URL.Query().Get("later"))
	return s.page(w, r, "sign", "sign", body)
}

// signLive is the list alone, asked for when something changed.
func (s *site) signLive(w http.ResponseWriter, r *http.Request) error {
	body, err := s.signBody(r)
	if err != nil {
		return err
	}
	return s.write(w, http.StatusOK, langOf(r), "sign-list", body)
}

// signProgress says how far signing is, and counts the badge of the rail again.
func (s *site) signProgress(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	counts, err := s.Unsigned.PaperCounts(r.Context(), s.Unit.ID)
	if err != nil {
		return err
	}
	return s.write(w, http.StatusOK, langOf(r), "sign-progress-again", counts)
}

// signBody gathers the page; that somebody saw the list is in the log first.
func (s *site) signBody(r *http.Request) (body signBody, err error) {
	ctx, shown := r.Context(), 0
	if err := s.decides(ctx); err != nil {
		return body, err
	}
	body.Ready = s.Signer.Ready()
	if c := body.Ready.Certificate; c != nil {
		left := c.NotAfter.Sub(s.Now())
		body.Soon = left > 0 && left < soonExpired
	}
	if body.Counts, err = s.Unsigned.PaperCounts(ctx, s.Unit.ID); err != nil {
		return body, err
	}
	kinds, err := s.Unsigned.UnsignedKinds(ctx, s.Unit.ID)
	if err != nil {
		return body, err
	}
	for _, k := range kinds {
		group := signPapers{Kind: k.Kind, Count: k.Count}
		papers, err := s.Unsigned.Unsigned(ctx, dossier.UnsignedFilter{Unit: s.Unit.ID, Kind: k.Kind, Limit: signGroup})
		if err != nil {
			return body, err
		}
		for _, p := range papers {
			group.Shown = append(group.Shown, signPaper{Unsigned: p, Picture: pictureURL(p.First.ID, p.First.ReadingOf(), widthStrip), Link: pageLink(p.Dossier, p.First.ID, "")})
		}
		body.Total += k.Count
		shown += len(papers)
		body.Groups = append(body.Groups, group)
	}
	return body, s.viewed(r, s.viewOfList(dossier.ActionUnsignedList, "", 0, shown))
}

// signForm is what the form sends: whole kinds, single papers, or one paper
// that is to be drawn smaller.
type signForm struct {
	Kinds     []string
	Papers    []dossier.ComponentID
	Shrink    bool
	Confirmed bool
}

func readSignForm(r *http.Request) (f signForm, err error) {
	if err := r.ParseForm(); err != nil {
		return f, err
	}
	f.Kinds, f.Confirmed, f.Shrink = r.PostForm["kind"], r.PostForm.Get("confirm") != "", r.PostForm.Get("shrink") != ""
	for _, id := range r.PostForm["paper"] {
		f.Papers = append(f.Papers, dossier.ComponentID(id))
	}
	if one := r.PostForm.Get("smaller"); one != "" { // the button of one paper: nothing else is meant
		f.Kinds, f.Papers, f.Shrink = nil, []dossier.ComponentID{dossier.ComponentID(one)}, true
	}
	return f, nil
}

// chosen lists the papers a form means that are not on their way already.
func (s *site) chosen(ctx context.Context, f signForm) ([]dossier.Unsigned, error) {
	var all []dossier.Unsigned
	add := func(filter dossier.UnsignedFilter) error {
		filter.Unit, filter.Limit = s.Unit.ID, signMost
		papers, err := s.Unsigned.Unsigned(ctx, filter)
		for _, p := range papers {
			if !p.Asked && !slices.ContainsFunc(all, func(x dossier.Unsigned) bool { return x.Component == p.Component }) {
				all = append(all, p)
			}
		}
		return err
	}
	for _, kind := range f.Kinds {
		if err := add(dossier.UnsignedFilter{Kind: kind}); err != nil {
			return nil, err
		}
	}
	if len(f.Papers) > 0 {
		if err := add(dossier.UnsignedFilter{Components: f.Papers}); err != nil {
			return nil, err
		}
	}
	return all[:min(len(all), signMost)], nil
}

// signConfirmBody is what a person confirms: these papers, by this certificate,
// with these lines on them.
type signConfirmBody struct {
	Ready  SignReady
	Kinds  []dossier.KindCount
	Papers []dossier.Unsigned
	Shrink bool
}

// askToSign shows what is about to be signed, because it can't be undone, and
// asks for the signatures once that is confirmed.
func (s *site) askToSign(w http.ResponseWriter, r *http.Request) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	form, err := readSignForm(r)
	if err != nil {
		return err
	}
	papers, err := s.chosen(r.Context(), form)
	if err != nil {
		return err
	}
	ready := s.Signer.Ready()
	if len(papers) == 0 || ready.Problem != (Sentence{}) {
		return s.nothingToSign(w, r, ready)
	}
	if !form.Confirmed {
		body := signConfirmBody{Ready: ready, Papers: papers, Shrink: form.Shrink}
		for _, p := range papers {
			if n := len(body.Kinds); n == 0 || body.Kinds[n-1].Kind != p.Kind {
				body.Kinds = append(body.Kinds, dossier.KindCount{Kind: p.Kind})
			}
			body.Kinds[len(body.Kinds)-1].Count++
		}
		return s.page(w, r, "sign-confirm", "sign", body)
	}
	asked, err := s.Signer.Sign(r.Context(), s.actor(r), papers, form.Shrink)
	if err != nil {
		return err
	}
	seeOther(w, r, "/sign?"+url.Values{"asked": {strconv.Itoa(asked)}, "later": {strconv.Itoa(len(papers) - asked)}}.Encode())
	return nil
}

// nothingToSign shows the page again, with the reason.
func (s *site) nothingToSign(w http.ResponseWriter, r *http.Request, ready SignReady) error {
	body, err := s.signBody(r)
	if err != nil {
		return err
	}
	if ready.Problem == (Sentence{}) {
		body.Error = "sign.none_chosen"
	}
	return s.page(w, r, "sign", "sign", body)
}

// signature judges the paper that is shown; nil for one that is neither signed
// here nor an electronic original, or whose file is away.
func (s *site) signature(ctx context.Context, c dossier.Component) (*Signature, error) {
	if c.State != dossier.ComponentSigned && c.State != dossier.ComponentFiled {
		return nil, nil //nolint:nilnil // the tab says that the paper is not signed
	}
	judged, err := s.Signer.Signature(ctx, c)
	if errors.Is(err, ErrNotFound) {
		return nil, nil //nolint:nilnil // as above
	}
	return &judged, err
}
