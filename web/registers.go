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
)

// Registers reads the entries of registers, and carries out what a person says
// about them.
type Registers interface {
	// WaitingEntries lists the entries that wait for a person, book by book, and
	// counts those that wait and all; a limit of 0 only counts.
	WaitingEntries(ctx context.Context, scope dossier.Scope, offset, limit int) (waiting []dossier.WaitingEntry, open, all int, err error)
	// Entry is one of them, waiting or not.
	Entry(ctx context.Context, scope dossier.Scope, id dossier.EntryID) (dossier.WaitingEntry, error)
	// WriteDown records what is said about an entry.
	WriteDown(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.EntryCorrection) error
}

// The settings of the page. A region more than wideRegion times as wide as high is
// a row, and is shown across the page.
const (
	entryWindow = 40
	wideRegion  = 5
	widthEntry  = 1400 // of the picture of a region
)

type registerBody struct {
	Entry    *entryShown // nil when none waits
	Open     int
	All      int
	Error    string // key of what was wrong with the form
	DoneID   dossier.DossierID
	Back     string // the entry that was written down last
	MayPlace bool
}

// entryShown is one entry as a person writes it down.
type entryShown struct {
	dossier.WaitingEntry
	In dossier.Dossier
	// Regions are where it stands: on its page, and where it goes on beyond the fold
	// of an open book, on Right.
	Regions []entryRegion
	Right   dossier.PageID
	Wide    bool // the region is a row
	Why     string
	Sheet   *sheet
	Fields  []entryField
	Here    string
	Next    string
}

// entryRegion is a region of an entry, with the boxes to write in that have their
// place there.
type entryRegion struct {
	dossier.Box
	Cut    string // address of its picture
	Fields []entryField
}

// entryField is one box to write in: its place in the region, what is offered, and
// what the one who writes saw.
type entryField struct {
	ID         string
	Was, Typed string
	Box        *dossier.Box
}

// registers shows the entry that a request names, or the first that waits.
func (s *site) registers(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	body := registerBody{DoneID: dossier.DossierID(q.Get("done")), Back: localPath(q.Get("back"))}
	return s.showEntryOf(w, r, body, nil)
}

// showEntryOf shows an entry; typed is what a person wrote that was not taken.
func (s *site) showEntryOf(w http.ResponseWriter, r *http.Request, body registerBody, typed map[string]string) error {
	ctx := r.Context()
	if err := s.nextEntry(r, &body); err != nil {
		return err
	}
	body.MayPlace = s.decider(ctx)
	if body.Entry == nil {
		return errors.Join(s.viewed(r, s.viewOfList(dossier.ActionEntriesList, "", 0, body.All)), s.page(w, r, "registers", "registers", body))
	}
	m, err := s.Dossiers.Dossier(ctx, scopeOf(ctx), string(body.Entry.Dossier))
	if err != nil {
		return err
	}
	if !s.mayLook(ctx, body.Entry.Dossier, body.Entry.Kind) {
		return s.askReason(w, r, m.Dossier, "")
	}
	if err := s.fillEntry(r, body.Entry, m.Dossier, typed); err != nil {
		return err
	}
	return s.page(w, r, "registers", "registers", body)
}

// nextEntry finds the entry to show and the one behind it.
func (s *site) nextEntry(r *http.Request, body *registerBody) (err error) {
	ctx, wanted := r.Context(), dossier.EntryID(r.FormValue("entry"))
	var some []dossier.WaitingEntry
	if some, body.Open, body.All, err = s.Registers.WaitingEntries(ctx, scopeOf(ctx), 0, entryWindow); err != nil {
		return err
	}
	at := slices.IndexFunc(some, func(e dossier.WaitingEntry) bool { return e.Entry == wanted })
	if at < 0 && wanted != "" {
		if one, err := s.Registers.Entry(ctx, scopeOf(ctx), wanted); err == nil {
			some, at = append([]dossier.WaitingEntry{one}, some...), 0
		}
	}
	if len(some) == 0 {
		return nil
	}
	at = max(at, 0)
	body.Entry = &entryShown{WaitingEntry: some[at], Here: entryLink(some[at].Entry)}
	if at+1 < len(some) {
		body.Entry.Next = entryLink(some[at+1].Entry)
	}
	return nil
}

func entryLink(id dossier.EntryID) string { return "/registers?entry=" + url.QueryEscape(string(id)) }

// fillEntry adds the region, the page, and the boxes to write in.
func (s *site) fillEntry(r *http.Request, shown *entryShown, d dossier.Dossier, typed map[string]string) error {
	entry, ok := entryIn(d, shown.Component, shown.Entry)
	if !ok {
		return ErrNotFound
	}
	page, err := s.sheet(r.Context(), entry.Page, "")
	if err != nil {
		return err
	}
	page.Boxes = []dossier.Box{entry.Box}
	shown.In, shown.Sheet, shown.State = d, page, entry.State
	shown.Wide = entry.Box.W > wideRegion*entry.Box.H
	if shown.Why = string(entry.State); entry.Why != "" {
		shown.Why = "why_" + entry.Why
	}
	s.fillFields(shown, entry, typed)
	views := []dossier.Deed{viewOfPage(entry.Page), {Action: dossier.ActionDossierView, Subject: string(d.ID)}}
	cut := "/registers/cut/" + string(d.ID) + "/" + string(shown.Component) + "/" + string(shown.Entry)
	shown.Regions = []entryRegion{{Box: entry.Box, Cut: cut, Fields: placedOn(entry, entry.Page, shown.Fields)}}
	if across := entry.Across; across != nil {
		shown.Right = across.Page
		shown.Regions = append(shown.Regions, entryRegion{Box: across.Box, Cut: cut + "?page=" + string(across.Page), Fields: placedOn(entry, across.Page, shown.Fields)})
		views = append(views, viewOfPage(across.Page))
	}
	return s.viewed(r, views...)
}

// placedOn are the boxes to write in whose place is on a page of an entry.
func placedOn(entry dossier.RegisterEntry, page dossier.PageID, fields []entryField) (placed []entryField) {
	for _, f := range fields {
		on := entry.Fields[f.ID].Page
		if on == page || on == "" && page == entry.Page {
			placed = append(placed, f)
		}
	}
	return placed
}

// fillFields adds the boxes to write in.
func (s *site) fillFields(shown *entryShown, entry dossier.RegisterEntry, typed map[string]string) {
	kind, _ := s.Kinds.Kind(shown.Kind)
	for _, f := range kind.Entries {
		field := entry.Fields[f.Field]
		one := entryField{ID: f.Field, Was: field.Value, Typed: field.Value, Box: field.Box}
		if entry.State == dossier.EntryFound && s.believed(f.Field, field) {
			one.Typed = field.Raw
		}
		if given, there := typed[f.Field]; there {
			one.Typed = given
		}
		shown.Fields = append(shown.Fields, one)
	}
}

// believed tells whether print that was read in the place of a field is offered as
// its value: where every word of it is at the field's gate. Strokes of a pen are
// read as words, too, and offering those would have people confirm them.
func (s *site) believed(id string, f dossier.Field) bool {
	def, ok := s.Kinds.Field(id)
	return ok && f.Status == dossier.FieldUnread && f.Confidence >= max(def.Gate, believedPrint)
}

// believedPrint is the least confidence of print that is offered.
const believedPrint = 0.9

func entryIn(d dossier.Dossier, paper dossier.ComponentID, id dossier.EntryID) (dossier.RegisterEntry, bool) {
	i := slices.IndexFunc(d.Components, func(c dossier.Component) bool { return c.ID == paper })
	if i < 0 {
		return dossier.RegisterEntry{}, false
	}
	return d.Components[i].EntryOf(id)
}

// writeDown carries out what a person says about an entry, and goes on to the
// next.
func (s *site) writeDown(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	said, typed, wrong := entryForm(r)
	id := dossier.DossierID(r.PostFormValue("dossier"))
	if wrong == "" {
		err := s.Registers.WriteDown(r.Context(), s.actor(r), id, said)
		if err == nil {
			next := localPath(r.PostFormValue("next"))
			if !strings.HasPrefix(next, "/registers?") {
				next = "/registers?"
			}
			seeOther(w, r, fmt.Sprintf("%s&done=%s&back=%s", next, url.QueryEscape(string(id)), url.QueryEscape(entryLink(said.Entry))))
			return nil
		}
		if wrong = refusedEntry(err); wrong == "" {
			return err
		}
	}
	if wrong == "error.changed" {
		typed = nil
	}
	return s.showEntryOf(w, r, registerBody{Error: wrong}, typed)
}

// entryForm is what the form of an entry says; wrong is the key of what can not be
// meant.
func entryForm(r *http.Request) (said dossier.EntryCorrection, typed map[string]string, wrong string) {
	said = dossier.EntryCorrection{
		Component: dossier.ComponentID(r.PostFormValue("paper")), Entry: dossier.EntryID(r.PostFormValue("entry")),
		Was: dossier.EntryState(r.PostFormValue("state")), None: r.PostFormValue("none") != "", Fields: []dossier.FieldCorrection{},
	}
	if said.None {
		return said, nil, ""
	}
	if said.Was == dossier.EntryUnsure {
		n, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("count")))
		if err != nil || n < 1 {
			wrong = "registers.count_wrong"
		}
		said.Count = n
		return said, nil, wrong
	}
	typed = map[string]string{}
	for _, id := range r.PostForm["field"] {
		typed[id] = r.PostFormValue("is_" + id)
		said.Fields = append(said.Fields, dossier.FieldCorrection{Field: id, Was: r.PostFormValue("was_" + id), Is: strings.TrimSpace(typed[id])})
	}
	return said, typed, ""
}

// refusedEntry is the key of what a person is told about an entry that was not
// taken; "" for a failure of ours.
func refusedEntry(err error) string {
	if errors.Is(err, ErrUnnamed) {
		return "registers.unnamed"
	}
	return refusedValue(err)
}

// entryCut serves the picture of an entry's region: on its page, or on the one that
// is asked for.
func (s *site) entryCut(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	m, err := s.Dossiers.Dossier(ctx, scopeOf(ctx), r.PathValue("dossier"))
	if err != nil {
		return err
	}
	paper := dossier.ComponentID(r.PathValue("paper"))
	entry, ok := entryIn(m.Dossier, paper, dossier.EntryID(r.PathValue("entry")))
	if !ok {
		return ErrNotFound
	}
	for _, c := range m.Dossier.Components {
		if c.ID == paper && !s.mayLook(ctx, m.Dossier.ID, c.Kind) {
			return errReason
		}
	}
	page := entry.Page
	if asked := dossier.PageID(r.URL.Query().Get("page")); asked != "" {
		page = asked
	}
	region, ok := entry.PlaceOn(page)
	if !ok {
		return ErrNotFound
	}
	return s.sendRegion(w, r, page, func(*sheet) cutOut { return cutOut{region, widthEntry} })
}
