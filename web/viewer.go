package web

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/places"
)

// sheet is a page as a person looks at it: picture, outlines, text.
type sheet struct {
	ID      dossier.PageID
	Reading int
	Picture string
	Zoom    string
	// Width and Height are the page's own pixels, the units of Boxes. The
	// browser keeps room of that shape, so nothing jumps when the picture comes.
	Width, Height int
	Boxes         []dossier.Box
	Text          []textPart
	Flags         []dossier.Flag
	Readable      bool
}

// The tabs beside a page.
const (
	tabFields    = "fields"
	tabText      = "text"
	tabSignature = "signature"
	tabHistory   = "history"
)

type dossierBody struct {
	Dossier   dossier.Dossier
	Procedure string
	Papers    []paper // what is missing only
	Component dossier.Component
	Sheet     *sheet
	Number    int // of the page in its paper, from 1
	Earlier   string
	Later     string
	Tab       string
	Query     string
	Fields    []fieldLine
	Signature *Signature // nil for a paper that is not signed
	Versions  []dossier.Manifest
	Here      string // this address without the tab
	PDFName   string
	// Keep and Leave say which button the open paper has: to keep it after all,
	// or not to.
	Keep, Leave bool
	Decider     bool // whether the visitor may decide about papers
	Closing     closing
	// ReadingAgain: the page was turned, and its words are those of before until
	// it is read again.
	ReadingAgain bool
	// Lacks are the required values of CV 7197 that are not known of the paper.
	Lacks []string
}

// fieldLine is a field with its values; the box leads to the picture.
type fieldLine struct {
	ID    string
	Value dossier.Field
	Link  string
	// Now is what places that the value names are called today; the value stays as
	// it is on the paper.
	Now []places.Now
}

// dossierPage shows a dossier: its papers, one page, and what is known of it.
func (s *site) dossierPage(w http.ResponseWriter, r *http.Request) error {
	m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), r.PathValue("dossier"))
	if err != nil {
		return err
	}
	if s.sensitive(r.Context(), m.Dossier) {
		return s.askReason(w, r, m.Dossier, "")
	}
	q := r.URL.Query()
	body := dossierBody{Dossier: m.Dossier, Tab: tab(q), Query: short(q.Get("q")), Decider: s.decider(r.Context())}
	procedure, papers := s.checklist(m.Dossier)
	body.Procedure = procedure
	body.Closing = s.closing(r.Context(), m.Dossier)
	body.Papers = slices.DeleteFunc(papers, func(p paper) bool { return p.There })
	if err := s.openAt(r.Context(), &body, dossier.PageID(q.Get("page")), q.Get("field")); err != nil {
		return err
	}
	switch body.Tab {
	case tabHistory:
		body.Versions, err = s.Dossiers.Versions(r.Context(), scopeOf(r.Context()), m.Dossier.ID)
	case tabSignature:
		body.Signature, err = s.signature(r.Context(), body.Component)
	}
	if err != nil {
		return err
	}
	if err := s.viewed(r, viewOfDossier(body)...); err != nil {
		return err
	}
	return s.page(w, r, "dossier", "dossiers", body)
}

// tab is the chosen tab; with a query the text is what people look for.
func tab(q url.Values) string {
	chosen := q.Get("tab")
	if slices.Contains([]string{tabFields, tabText, tabSignature, tabHistory}, chosen) {
		return chosen
	}
	return tabFields
}

// openAt chooses the page to show: the one asked for, else the first.
func (s *site) openAt(ctx context.Context, body *dossierBody, wanted dossier.PageID, field string) error {
	c, n, ok := s.findPage(ctx, body.Dossier, wanted)
	if !ok {
		return nil // a dossier whose pages all wait, or are not kept
	}
	body.Component, body.Number = c, n+1
	body.Keep, body.Leave = s.keepable(ctx, c)
	if c.State != dossier.ComponentNotKept {
		body.Lacks = s.Kinds.Metadata(body.Dossier, c).Missing
	}
	page := c.Pages[n]
	body.ReadingAgain = page.ToReadAgain() && c.ToReadAgain()
	body.Here = pageLink(body.Dossier.ID, page.ID, body.Query)
	body.Earlier, body.Later = neighbours(body.Dossier, page.ID, body.Query)
	for _, id := range fieldOrder(s.Kinds, c) {
		line := fieldLine{ID: id, Value: c.Fields[id], Now: s.placesNow(id, c.Fields[id].Value)}
		if line.Value.Box != nil && line.Value.Page != "" {
			line.Link = pageLink(body.Dossier.ID, line.Value.Page, body.Query) + "&field=" + url.QueryEscape(id)
		}
		body.Fields = append(body.Fields, line)
	}
	shown, err := s.sheet(ctx, page.ID, body.Query)
	if err != nil {
		return err
	}
	shown.Boxes = append(shown.Boxes, enteredPlaces(c, page.ID, body.Query)...)
	if f := c.Fields[field]; f.Box != nil && f.Page == page.ID {
		shown.Boxes = []dossier.Box{around(*f.Box)}
	}
	body.Sheet = shown
	return nil
}

// placesNow is what places in a value are called today; names of people and numbers
// name none.
func (s *site) placesNow(field, value string) []places.Now {
	if def, known := s.Kinds.Field(field); !known || def.Type != dossier.TypeText {
		return nil
	}
	return s.Places.Now(value)
}

// findPage finds a page in the dossier's papers, the first page when wanted is
// not there or not to be shown.
func (s *site) findPage(ctx context.Context, d dossier.Dossier, wanted dossier.PageID) (c dossier.Component, n int, ok bool) {
	shown := withoutNotKept(d.Components)
	among := shown
	if s.decider(ctx) {
		among = d.Components
	}
	for _, c := range among {
		if n := slices.IndexFunc(c.Pages, func(p dossier.Page) bool { return p.ID == wanted }); n >= 0 {
			return c, n, true
		}
	}
	for _, c := range shown {
		if len(c.Pages) > 0 {
			return c, 0, true
		}
	}
	return dossier.Component{}, 0, false
}

// neighbours leads to the pages before and after, across papers.
func neighbours(d dossier.Dossier, at dossier.PageID, query string) (earlier, later string) {
	var all []dossier.PageID
	for _, c := range withoutNotKept(d.Components) {
		for _, p := range c.Pages {
			all = append(all, p.ID)
		}
	}
	i := slices.Index(all, at)
	if i > 0 {
		earlier = pageLink(d.ID, all[i-1], query)
	}
	if i >= 0 && i+1 < len(all) {
		later = pageLink(d.ID, all[i+1], query)
	}
	return earlier, later
}

func pageLink(id dossier.DossierID, page dossier.PageID, query string) string {
	v := url.Values{"page": {string(page)}}
	if query != "" {
		v.Set("q", query)
	}
	return dossierPath(id) + "?" + v.Encode()
}

// fieldOrder is the order in which the kind names its fields; others follow.
func fieldOrder(kinds *dossier.Catalogue, c dossier.Component) []string {
	var order []string
	if kind, ok := kinds.Kind(c.Kind); ok {
		for _, id := range kind.Fields {
			if _, there := c.Fields[id]; there {
				order = append(order, id)
			}
		}
	}
	var rest []string
	for id := range c.Fields {
		if !slices.Contains(order, id) {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	return append(order, rest...)
}

// sheet prepares one page to be looked at, with the words of the query
// outlined.
func (s *site) sheet(ctx context.Context, page dossier.PageID, query string) (*sheet, error) {
	at, err := s.Parked.Arrival(ctx, scopeOf(ctx), page)
	if err != nil {
		return nil, err
	}
	shown := sheet{ID: page, Reading: at.Reading, Width: a4Width, Height: a4Height}
	shown.Picture, shown.Zoom = pictureURL(page, at.Reading, widthPage), pictureURL(page, at.Reading, widthZoom)
	if at.Reading == 0 {
		return &shown, nil
	}
	reading, err := s.Objects.Reading(ctx, page, at.Reading)
	if err != nil {
		return nil, err
	}
	if reading.Width > 0 && reading.Height > 0 {
		shown.Width, shown.Height, shown.Readable = reading.Width, reading.Height, true
	}
	hits := matched(reading.Words, query)
	for i, hit := range hits {
		if hit {
			shown.Boxes = append(shown.Boxes, around(reading.Words[i].Box()))
		}
	}
	shown.Text, shown.Flags = textParts(reading, hits), reading.Flags
	return &shown, nil
}

// around is a box with a little air, so that an outline does not touch letters.
func around(b dossier.Box) dossier.Box {
	air := max(b.H/8, 3)
	return dossier.Box{X: b.X - air, Y: b.Y - air, W: b.W + 2*air, H: b.H + 2*air}
}

// The shape of a page that was not measured: A4 at 300 dpi.
const (
	a4Width  = 2480
	a4Height = 3508
)

// dossierPDF sends the published file of one paper, whole or by ranges.
func (s *site) dossierPDF(w http.ResponseWriter, r *http.Request) error {
	m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), r.PathValue("dossier"))
	if err != nil {
		return err
	}
	id := dossier.ComponentID(r.PathValue("component"))
	i := slices.IndexFunc(m.Dossier.Components, func(c dossier.Component) bool { return c.ID == id })
	if i < 0 || m.Dossier.Components[i].PDF == "" {
		return ErrNotFound
	}
	c := m.Dossier.Components[i]
	if !s.mayLook(r.Context(), m.Dossier.ID, c.Kind) {
		return errReason
	}
	file, err := s.Objects.PDF(r.Context(), c)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := s.viewed(r, dossier.Deed{
		Action: dossier.ActionPDFDownload, Subject: string(c.ID), Payload: map[string]any{"dossier": m.Dossier.ID, "version": c.Version},
	}); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": pdfName(m.Dossier, c)}))
	h.Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%s.%d", c.ID, c.Version)))
	http.ServeContent(w, r, "", time.Time{}, file)
	return nil
}

// pdfName names a downloaded file by code and kind: nothing personal, and two
// papers of one dossier differ.
func pdfName(d dossier.Dossier, c dossier.Component) string {
	name := string(d.ID)
	if d.Code != nil && *d.Code != "" {
		name = *d.Code
	}
	return strings.Join([]string{name, c.Kind, string(c.ID[:min(len(c.ID), 6)])}, "_") + ".pdf"
}
