package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
)

// Inflow is what lies before the catalogue at one moment: made by whoever
// watches the inbox, never changed afterwards.
type Inflow struct {
	// InboxGone says since when the inbox can't be opened; zero while it can.
	InboxGone time.Time
	// NotStored is why a whole batch could not be stored yet; it is kept and
	// tried again. Empty while all goes well.
	NotStored dossier.Reason
	// Delayed is why steps on stored pages have failed since DelayedAt; they are
	// tried again by themselves. Empty while all goes well.
	Delayed   dossier.Reason
	DelayedAt time.Time
	// Stopped is why work on stored pages has stopped, at StoppedAt.
	Stopped   dossier.Reason
	StoppedAt time.Time

	Devices []Device
	// Files are those that are out of the scanners' reach and not in the
	// catalogue yet, oldest first.
	Files []IncomingFile
}

// IncomingFile is the N-th file (from 1) of a batch.
type IncomingFile struct {
	Batch dossier.BatchID
	N     int
	Name  string
}

// Device is a scanner or a counter with what it brought lately.
type Device struct {
	Name string
	// Last is when its last file came to rest; zero when none did.
	Last time.Time
	// Filling is how many files the batch being filled holds.
	Filling int
	Waiting []WaitingFile
}

// WaitingFile is a file that is not ready to be taken, and why in one sentence.
type WaitingFile struct {
	Name string
	Why  Sentence
}

// The sizes of the intake page: a strip of some forty thumbnails is as much as
// a person scans through.
const (
	stripLength  = 36
	recentLength = 12
)

// arriving is one thumbnail of the strip.
type arriving struct {
	Batch    dossier.BatchID
	ID       string // stable, so that the browser keeps the picture
	Picture  string // empty where there is nothing to show
	File     string
	Number   int    // of the page in its file, 0 when not known
	State    string // key of the word
	Reason   dossier.Reason
	Problems []string // keys of words
	Link     string
}

// live is the part of the intake page that changes by itself.
type live struct {
	Now     time.Time
	Unread  int // files and pages that are out of the scanners' reach and still to be read
	Inflow  Inflow
	Strip   []arriving
	Batch   *dossier.BatchSummary
	Filling *filling
}

// filling is the dossier that the newest pages went to.
type filling struct {
	Dossier   dossier.Dossier
	Procedure string
	Papers    []paper
	Missing   int
	// Held is a page that waits because the sheets do not add up.
	Held *dossier.Arrival
}

// paper is a line of the checklist: there, or missing.
type paper struct {
	Kind  string
	Pages int
	There bool
	// NotKept is true for a paper that was only presented.
	NotKept bool
}

type intakeBody struct {
	Live    live
	Recent  []dossier.Dossier
	Unknown string // the code that was typed and is not here
}

// home leads everybody to the page they work on.
func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	v := visitorOf(r.Context())
	path := "/login"
	switch {
	case v.May(permRead):
		path = "/intake"
	case v.May(permAdminister):
		path = "/users"
	case v.May(permOwn):
		path = "/account"
	}
	seeOther(w, r, path)
	return nil
}

// intake is the page of the counter clerk.
func (s *site) intake(w http.ResponseWriter, r *http.Request) error {
	return s.intakeWith(w, r, "")
}

func (s *site) intakeWith(w http.ResponseWriter, r *http.Request, unknown string) error {
	now, err := s.live(r.Context())
	if err != nil {
		return err
	}
	recent, err := s.recent(r.Context())
	if err != nil {
		return err
	}
	if err := s.viewed(r, viewOfLive(now)...); err != nil {
		return err
	}
	return s.page(w, r, "intake", "intake", intakeBody{Live: now, Recent: recent, Unknown: unknown})
}

// intakeLive is the changing part alone, with the count of the rail.
func (s *site) intakeLive(w http.ResponseWriter, r *http.Request) error {
	now, err := s.live(r.Context())
	if err != nil {
		return err
	}
	_, parked, err := s.Parked.Parked(r.Context(), dossier.ReviewFilter{Scope: scopeOf(r.Context())})
	if err != nil {
		return err
	}
	if err := s.viewed(r, viewOfLive(now)...); err != nil {
		return err
	}
	again := struct {
		Live   live
		Parked int
	}{now, parked}
	return s.write(w, http.StatusOK, langOf(r), "live-again", again)
}

// openCode goes to the dossier whose code was typed, read by a barcode reader
// or picked. What is a part of codes only lists the dossiers that have it.
func (s *site) openCode(w http.ResponseWriter, r *http.Request) error {
	typed := strings.TrimSpace(r.FormValue("code"))
	if typed == "" {
		seeOther(w, r, "/intake")
		return nil
	}
	code, whole := readCode(typed)
	if whole {
		m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), code)
		if err == nil {
			seeOther(w, r, dossierPath(m.Dossier.ID))
			return nil
		}
		if codeOf, _ := status(err); codeOf != http.StatusNotFound {
			return err
		}
		return s.intakeWith(w, r, code)
	}
	seeOther(w, r, "/dossiers?q="+url.QueryEscape(typed))
	return nil
}

// readCode reads a whole dossier code, or the text of a separator sheet's QR
// code, which some readers type too.
func readCode(typed string) (code string, whole bool) {
	if sep, isSeparator, err := dossier.ParseSeparator(typed); isSeparator && err == nil {
		return sep.Code, true
	}
	parsed, err := dossier.ParseCode(typed)
	if err != nil {
		return typed, false
	}
	return parsed.String(), true
}

// recent are the dossiers that came in last, to be picked from.
func (s *site) recent(ctx context.Context) ([]dossier.Dossier, error) {
	page, _, err := s.Dossiers.Dossiers(ctx, dossier.DossierFilter{Scope: scopeOf(ctx), Limit: recentLength})
	if err != nil {
		return nil, err
	}
	dossiers := make([]dossier.Dossier, len(page))
	for i, m := range page {
		dossiers[i] = m.Dossier
	}
	return dossiers, nil
}

// seesInbox tells whether the one who asks may see what lies before the
// catalogue: the office's own people, unless they are limited to kinds of paper.
func (s *site) seesInbox(ctx context.Context) bool {
	scope := scopeOf(ctx)
	return s.Inbox != nil && scope.Unit == s.Unit.ID && !scope.Limited()
}

// live looks at inbox and catalogue.
func (s *site) live(ctx context.Context) (live, error) {
	now := live{Now: s.Now()}
	if s.seesInbox(ctx) {
		now.Inflow = s.Inbox.Inflow()
	}
	arrivals, err := s.Arrivals.Arrivals(ctx, scopeOf(ctx), stripLength)
	if err != nil {
		return live{}, err
	}
	now.Strip = s.strip(ctx, now.Inflow, arrivals)
	unread, err := s.Arrivals.Unread(ctx, scopeOf(ctx))
	if err != nil {
		return live{}, err
	}
	now.Unread = unread.Total() + len(now.Inflow.Files)
	batches, err := s.Arrivals.Batches(ctx, scopeOf(ctx), 1)
	if err != nil {
		return live{}, err
	}
	if len(batches) > 0 {
		now.Batch = &batches[0]
	}
	now.Filling, err = s.filling(ctx, arrivals)
	return now, err
}

// strip is the newest pages first: files of batches being filled, then what is
// in the catalogue.
func (s *site) strip(ctx context.Context, inflow Inflow, arrivals []dossier.Arrival) []arriving {
	var strip []arriving
	for _, file := range slices.Backward(inflow.Files) {
		if len(strip) >= stripLength {
			return strip
		}
		strip = append(strip, incomingThumb(file))
	}
	looking, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	for _, a := range arrivals {
		if len(strip) >= stripLength {
			break
		}
		look, read, err := s.readings.look(looking, a)
		if err != nil {
			stop() // the others would fail alike
		}
		thumb := thumbOf(a)
		if read {
			thumb.Problems = problems(look, a.State)
		}
		strip = append(strip, thumb)
	}
	return strip
}

// lookTime bounds what the strip asks of the object store: one that is slow or
// away costs the words about problems, not the page.
const lookTime = time.Second

func incomingThumb(f IncomingFile) arriving {
	return arriving{
		Batch:   f.Batch,
		ID:      fmt.Sprintf("in-%s-%d", f.Batch, f.N),
		Picture: fmt.Sprintf("/incoming/%s/%d/%d", url.PathEscape(string(f.Batch)), f.N, widthStrip),
		File:    f.Name, State: "arriving",
	}
}

// thumbOf says about a page what the catalogue knows: where it stands.
func thumbOf(a dossier.Arrival) arriving {
	thumb := arriving{
		Batch: a.Batch, ID: thumbID(a), File: a.File, Number: a.Index,
		State: string(a.State), Reason: a.Reason, Link: linkOf(a),
	}
	if a.SaidEmpty() { // why it waited before somebody looked is no news
		thumb.Reason = ""
	}
	if a.Page != "" && a.State != dossier.PageNotKept {
		thumb.Picture = pictureURL(a.Page, a.Reading, widthStrip)
	}
	return thumb
}

// thumbID names a thumbnail on the page. htmx looks elements up by id, so it must
// be plain; the reading belongs to it because the picture changes with it.
func thumbID(a dossier.Arrival) string {
	return fmt.Sprintf("p-%s-%d-%s-%d", a.Batch, a.Ordinal, strings.ReplaceAll(string(a.Page), ".", "-"), a.Reading)
}

// linkOf is where a person goes from a page: to its dossier, to where it waits, or
// to where one that was said to be empty can be made to wait again.
func linkOf(a dossier.Arrival) string {
	switch {
	case a.State == dossier.PageParked && a.Component == "", a.SaidEmpty():
		return reviewLink(a.Page, "")
	case a.Dossier != "" && a.State == dossier.PagePlaced:
		return pageLink(a.Dossier, a.Page, "")
	default:
		return ""
	}
}

// problems are the flags a clerk can do something about, by feeding the sheet
// again.
func problems(l look, state dossier.PageState) []string {
	var keys []string
	for _, f := range l.Flags {
		switch f {
		case dossier.FlagLowConfidence, dossier.FlagSkewUnsure, dossier.FlagTurnUnsure, dossier.FlagResolutionLow, dossier.FlagPartial, dossier.FlagSpreadUnsure, dossier.FlagNotReadAgain:
			keys = append(keys, "flag."+string(f))
		case dossier.FlagDPIGuessed, dossier.FlagForeignTextKept, dossier.FlagForeignSigned, dossier.FlagRendered:
			// Of interest to whoever looks at the page, not at the counter.
		}
	}
	if l.Blank && state != dossier.PageBlank { // else its state says so
		keys = append(keys, "flag.blank")
	}
	return keys
}

// filling is the dossier of the newest placed or waiting page, with what it
// holds and lacks; nil when there is none.
func (s *site) filling(ctx context.Context, arrivals []dossier.Arrival) (*filling, error) {
	at := slices.IndexFunc(arrivals, func(a dossier.Arrival) bool { return a.Dossier != "" })
	if at < 0 {
		return nil, nil //nolint:nilnil // no dossier yet is a plain state of the page
	}
	m, err := s.Dossiers.Dossier(ctx, scopeOf(ctx), string(arrivals[at].Dossier))
	if err != nil {
		if code, _ := status(err); code == http.StatusNotFound { // decided, not published yet
			return nil, nil //nolint:nilnil // as above
		}
		return nil, err
	}
	f := filling{Dossier: m.Dossier}
	if held := slices.IndexFunc(arrivals, func(a dossier.Arrival) bool { return a.Miscount != nil && a.Dossier == m.Dossier.ID }); held >= 0 {
		f.Held = &arrivals[held]
	}
	f.Procedure, f.Papers = s.checklist(m.Dossier)
	for _, p := range f.Papers {
		if !p.There {
			f.Missing++
		}
	}
	return &f, nil
}

// checklist is what the dossier holds, and after it what its procedure asks
// for and is not there. A requirement that several kinds meet is named by the
// first.
func (s *site) checklist(d dossier.Dossier) (procedure string, papers []paper) {
	for _, c := range d.Components {
		papers = append(papers, paper{Kind: c.Kind, Pages: len(c.Pages), There: true, NotKept: c.State == dossier.ComponentNotKept})
	}
	asked, ok := s.Kinds.Procedure(d.Procedure)
	if !ok {
		return "", papers
	}
	for _, requirement := range asked.Required {
		met := slices.ContainsFunc(d.Components, func(c dossier.Component) bool {
			return slices.Contains(requirement, c.Kind) && !c.State.Gone()
		})
		if !met && len(requirement) > 0 {
			papers = append(papers, paper{Kind: requirement[0]})
		}
	}
	return asked.Name, papers
}

// term is one class of an account, as a part of a sum.
type term struct {
	Plus  bool
	N     int
	Word  string // key
	Class string
}

// accountTerms writes an account as a sum, leaving out what is nothing. Images
// that have no class yet are in work: they too are told, or the sum would lie.
func accountTerms(a dossier.Account) []term {
	classes := []term{
		{N: a.Placed, Word: "placed"}, {N: a.Separator, Word: "separator"}, {N: a.Blank, Word: "blank"},
		{N: a.Parked, Word: "parked"}, {N: a.Duplicate, Word: "duplicate"}, {N: a.Superseded, Word: "superseded"},
		{N: a.NotKept, Word: "not_kept"}, {N: a.Rejected, Word: "rejected"},
	}
	rest := a.Images
	for _, c := range classes {
		rest -= c.N
	}
	var sum []term
	for _, c := range append(classes, term{N: rest, Word: "working"}) {
		if c.N == 0 {
			continue
		}
		sum = append(sum, term{Plus: len(sum) > 0, N: c.N, Word: "account." + c.Word, Class: "is-" + c.Word})
	}
	return sum
}
