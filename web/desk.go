package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"sohoa/dossier"
)

// deskFull is up to how many pages of a dossier lie open on the table at once;
// of a larger one only the paper that is looked at does, and its neighbours.
const deskFull = 100

// deskBody is a dossier with all its pages on a table, to be put in order.
type deskBody struct {
	Dossier dossier.Dossier
	Saw     int // the version by which what is shown here is named
	Papers  []deskPaper
	At      dossier.PageID
	Nth     int // of the paper of the page
	Picture string
	Zoom    string
	Done    string // key of what was just done
	Error   string // key of why something was not done
	Changed *change
	Back    string // the page of review that led here
	Kinds   []kindChoice
	Moving  bool // the drawer with the places is open
	Sending sending
	Rescans []rescan // pages that wait, to take the place of the one that is looked at
	Reading int      // how many turned pages are still to be read again
	NotRead bool     // the page that is looked at could not be
}

// deskPaper is one paper with its pages; they are left out where the table is
// too small.
type deskPaper struct {
	dossier.Component
	Here  bool
	Open  bool
	Thumb []deskPage
	Old   []deskPage // pages that were replaced
}

type deskPage struct {
	ID      dossier.PageID
	Link    string
	Picture string
	Here    bool
	Picked  bool
	Reading bool // turned, and still to be read again
}

// sending is what stands in the drawer that sends pages to another dossier.
type sending struct {
	Open   bool
	Code   string
	Make   bool // no dossier has the code; asked again, it is made
	Picked []dossier.PageID
}

// desk shows the pages of a dossier paper by paper. It shows what people have
// decided, also while that is still being published.
func (s *site) desk(w http.ResponseWriter, r *http.Request) error {
	m, err := s.onDesk(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	body := deskBody{Dossier: m.Dossier, Saw: m.Seen(), At: dossier.PageID(q.Get("at")), Back: reviewBack(q.Get("back")), Moving: q.Get("move") != ""}
	if slices.Contains(deeds, q.Get("done")) {
		body.Done = "desk.done_" + q.Get("done")
	}
	return s.showDesk(w, r, body)
}

// deeds are those that the page says something about when they are done.
var deeds = []string{doSplit, doJoin, doEarlier, doLater, doPut, doName, doTurn, doBack, doSend, doReplace, doInsert, doUndo}

// onDesk is the dossier of a request as people have decided on it, for those
// who may decide. A paper that was only presented has no pages to arrange.
func (s *site) onDesk(r *http.Request) (dossier.Manifest, error) {
	if err := s.decides(r.Context()); err != nil {
		return dossier.Manifest{}, err
	}
	m, err := s.Dossiers.Intended(r.Context(), scopeOf(r.Context()), dossier.DossierID(r.PathValue("dossier")))
	m.Dossier.Components = withoutNotKept(m.Dossier.Components)
	return m, err
}

// showDesk fills the table and writes the page.
func (s *site) showDesk(w http.ResponseWriter, r *http.Request, body deskBody) error {
	if s.sensitive(r.Context(), body.Dossier) {
		return s.askReason(w, r, body.Dossier, "")
	}
	at, n, ok := s.findPage(r.Context(), body.Dossier, body.At)
	if ok {
		page := at.Pages[n]
		body.At = page.ID
		body.Picture, body.Zoom = pictureURL(page.ID, page.ReadingOf(), widthPage), pictureURL(page.ID, page.ReadingOf(), widthZoom)
		body.Kinds = s.kindChoices(langOf(r), at.Kind)
		var err error
		if body.NotRead, err = s.notReadAgain(r.Context(), page); err != nil {
			return err
		}
	}
	body.Reading = len(body.Dossier.ToReadAgain())
	all := 0
	for i, c := range body.Dossier.Components {
		all += len(c.Pages)
		if c.ID == at.ID {
			body.Nth = i + 1
		}
	}
	for i, c := range body.Dossier.Components {
		near := i+2 >= body.Nth && i <= body.Nth
		body.Papers = append(body.Papers, s.deskPaper(body, c, all <= deskFull || near))
	}
	var err error
	if body.Rescans, err = s.rescans(r.Context(), body.Dossier.ID); err != nil {
		return err
	}
	views := []dossier.Deed{{Action: dossier.ActionDossierView, Subject: string(body.Dossier.ID)}}
	if ok {
		views = append(views, viewOfPage(body.At))
	}
	if err := s.viewed(r, views...); err != nil {
		return err
	}
	return s.page(w, r, "desk", "dossiers", body)
}

// notReadAgain tells whether the engine gave up on a page that people have turned.
func (s *site) notReadAgain(ctx context.Context, page dossier.Page) (bool, error) {
	if page.ReadingOf() <= dossier.ReadBefore {
		return false, nil
	}
	read, err := s.Objects.Reading(ctx, page.ID, page.ReadingOf())
	return slices.Contains(read.Flags, dossier.FlagNotReadAgain), err
}

func (s *site) deskPaper(body deskBody, c dossier.Component, open bool) deskPaper {
	paper := deskPaper{Component: c, Open: open}
	for i, p := range c.Pages {
		here := p.ID == body.At
		paper.Here = paper.Here || here
		if open || i == 0 {
			paper.Thumb = append(paper.Thumb, deskPage{
				ID: p.ID, Link: deskLink(body.Dossier.ID, p.ID, body.Back), Picture: pictureURL(p.ID, p.ReadingOf(), widthThumb), Here: here, Picked: slices.Contains(body.Sending.Picked, p.ID),
				Reading: p.ToReadAgain() && c.ToReadAgain(),
			})
		}
	}
	for _, old := range c.Replaced {
		p := old.Page
		paper.Old = append(paper.Old, deskPage{ID: p.ID, Link: pictureURL(p.ID, p.ReadingOf(), widthZoom), Picture: pictureURL(p.ID, p.ReadingOf(), widthThumb)})
	}
	return paper
}

func deskPath(id dossier.DossierID) string { return dossierPath(id) + "/pages" }

func deskLink(id dossier.DossierID, page dossier.PageID, back string) string {
	v := url.Values{"at": {string(page)}}
	if back != "" {
		v.Set("back", back)
	}
	return deskPath(id) + "?" + v.Encode()
}

// reviewBack lets through an address of the review page, to go back to.
func reviewBack(path string) string {
	u, err := url.Parse(localPath(path))
	if err != nil || u.Path != "/review" {
		return ""
	}
	return u.String()
}

// arrange carries out one key or one drag.
func (s *site) arrange(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	m, err := s.onDesk(r)
	if err != nil {
		return err
	}
	if s.sensitive(r.Context(), m.Dossier) {
		return errReason
	}
	form := readDeskForm(r)
	body := deskBody{Dossier: m.Dossier, Saw: m.Seen(), At: form.Page, Back: reviewBack(r.FormValue("back"))}
	if form.Do == doSend {
		body.Sending = sending{Open: true, Code: form.Code, Picked: form.Pages}
	}
	saw, _ := strconv.Atoi(r.FormValue("saw")) // what is no number is no version, and is told as one that has passed
	if saw == m.Seen() {
		if err = s.decideOnDesk(r, m, form); err == nil {
			at := form.Page
			if form.With != "" {
				at = form.With
			}
			link := deskLink(m.Dossier.ID, at, body.Back) + "&done=" + url.QueryEscape(form.Do)
			seeOther(w, r, link)
			return nil
		}
	} else {
		err = ErrChanged
	}
	if body.Error = refusal(err); body.Error == "" && !errors.Is(err, ErrNotReady) {
		return err
	}
	return s.askDeskAgain(w, r, body, err)
}

// askDeskAgain shows the pages as they are now and says why nothing was done.
func (s *site) askDeskAgain(w http.ResponseWriter, r *http.Request, body deskBody, why error) error {
	m, err := s.onDesk(r)
	if err != nil {
		return err
	}
	body.Dossier, body.Saw = m.Dossier, m.Seen()
	code, key := status(why)
	if body.Error = key; code == http.StatusUnprocessableEntity && key == "error.refused" {
		body.Error = "desk.impossible"
	}
	body.Sending.Make = errors.Is(why, ErrNoSuchCode)
	if errors.Is(why, ErrChanged) {
		body.Changed = s.changeOf(r.Context(), langOf(r), m)
	}
	return s.showDesk(w, r, body)
}

// decideOnDesk makes a deed a decision.
func (s *site) decideOnDesk(r *http.Request, m dossier.Manifest, form deskForm) error {
	switch form.Do {
	case doUndo:
		return s.Placer.Undo(r.Context(), s.actor(r), m.Dossier.ID, m.Seen())
	case doTurn:
		return s.Placer.Turn(r.Context(), s.actor(r), m.Dossier.ID, dossier.Turned{Page: form.Page, By: 90})
	case doReplace, doInsert:
		return s.rescanned(r, m.Dossier, form)
	case doSend:
		return s.send(r, m.Dossier, form)
	case doBack:
		return s.Placer.Turn(r.Context(), s.actor(r), m.Dossier.ID, dossier.Turned{Page: form.Page, By: 270})
	}
	said, ok := form.arrangement(m.Dossier)
	if !ok {
		return ErrRefused
	}
	return s.Placer.Arrange(r.Context(), s.actor(r), m.Dossier.ID, said)
}

// send takes the pages that were picked into another dossier; where none was, the
// paper of the page that is looked at.
func (s *site) send(r *http.Request, d dossier.Dossier, form deskForm) error {
	code, whole := readCode(form.Code)
	if !whole {
		return errWrongCode
	}
	pages := form.Pages
	if len(pages) == 0 {
		for _, c := range d.Components {
			if ids := pageIDs(c); slices.Contains(ids, form.Page) {
				pages = ids
			}
		}
	}
	return s.Placer.Transfer(r.Context(), s.actor(r), d.ID, dossier.Transfer{Pages: pages, Code: code, Make: r.FormValue("make") == form.Code})
}

// errWrongCode: what was typed is no code of a dossier.
var errWrongCode = errors.New("no code of a dossier")
