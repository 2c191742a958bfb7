package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/places"
	"sohoa/dossier/viet"
)

// noon is when every test happens.
var noon = time.Date(2026, 9, 9, 5, 0, 0, 0, time.UTC)

// fakeArchive is an archive in memory. The real one is wired in cmd; here the
// pages are tested with exactly the records a test makes.
type fakeArchive struct {
	mu          sync.Mutex
	batches     []dossier.BatchSummary
	arrivals    []dossier.Arrival // newest first
	older       []dossier.Arrival // what busyDay puts behind them
	manifests   []dossier.Manifest
	readings    map[dossier.PageID]dossier.Reading
	pdf         string
	inflow      Inflow
	unread      dossier.Unread
	placed      []dossier.Placement
	doubts      []dossier.Doubt
	written     []dossier.EntryCorrection
	corrected   []dossier.Correction
	twice       []dossier.Doubt // the fields that two people key
	sample      dossier.Sample
	answers     []dossier.SampleAnswer
	decided     *dossier.GateDecision
	keyings     map[string][]dossier.Keying // by paper and field
	problem     Sentence                    // why nobody can sign
	arranged    [][]dossier.Arranged
	transferred []dossier.Transfer
	turned      []dossier.Turned
	toSign      []dossier.Unsigned
	shrunk      []bool // of every ask
	refusals    map[dossier.ComponentID]dossier.Reason
	judged      Signature
	undone      []dossier.DossierID
	accepted    []string
	backs       []dossier.BacksAnswer
	sides       []dossier.SideAnswer
	kept        []KeepAsked
	closed      []dossier.Closing
	reopened    int
	filed       []FiledFile
	filedBody   []string
	refuse      error // what Place answers
	viewed      []dossier.Deed
	unlogged    error // what Viewed answers
	broken      error // what every read answers
	away        error // what the object store answers
	listeners   []chan dossier.Event
	drawn       int
	heard       chan struct{} // a token for every listener
}

func (f *fakeArchive) Batches(_ context.Context, scope dossier.Scope, limit int) ([]dossier.BatchSummary, error) {
	if !sees(scope) {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.batches[:min(limit, len(f.batches))]), f.broken
}

func (f *fakeArchive) Arrivals(_ context.Context, scope dossier.Scope, limit int) ([]dossier.Arrival, error) {
	if !sees(scope) {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.arrivals[:min(limit, len(f.arrivals))]), f.broken
}

func (f *fakeArchive) Parked(_ context.Context, filter dossier.ReviewFilter) ([]dossier.Arrival, int, error) {
	if !sees(filter.Scope) {
		return nil, 0, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var waiting []dossier.Arrival
	for _, a := range slices.Backward(f.arrivals) {
		if a.State == dossier.PageParked && (filter.Reason == "" || a.Reason == filter.Reason) {
			waiting = append(waiting, a)
		}
	}
	total := len(waiting)
	waiting = waiting[min(filter.Offset, total):]
	return waiting[:min(filter.Limit, len(waiting))], total, f.broken
}

func (f *fakeArchive) WaitingReasons(ctx context.Context, scope dossier.Scope, now time.Time) (waits []dossier.Waits, err error) {
	count := func(reason dossier.Reason, due *time.Time) {
		i := slices.IndexFunc(waits, func(w dossier.Waits) bool { return w.Reason == reason })
		if i < 0 {
			i, waits = len(waits), append(waits, dossier.Waits{Reason: reason})
		}
		waits[i].Count++
		if due != nil && due.Before(now) {
			waits[i].Late++
		}
	}
	pages, _, _ := f.Parked(ctx, dossier.ReviewFilter{Scope: scope, Limit: 1000})
	for _, a := range pages {
		count(a.Reason, a.DueAt)
	}
	doubts, _, err := f.Doubts(ctx, dossier.ReviewFilter{Scope: scope, Limit: 1000})
	for _, d := range doubts {
		count(d.Reason, d.DueAt)
	}
	return waits, err
}

func (f *fakeArchive) Arrival(_ context.Context, scope dossier.Scope, page dossier.PageID) (dossier.Arrival, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.arrivals {
		if a.Page == page && sees(scope) {
			return a, f.broken
		}
	}
	return dossier.Arrival{}, fmt.Errorf("look up page: %w", ErrNotFound)
}

func (f *fakeArchive) Dossiers(_ context.Context, filter dossier.DossierFilter) ([]dossier.Manifest, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var some []dossier.Manifest
	for _, m := range f.manifests {
		code := ""
		if m.Dossier.Code != nil {
			code = *m.Dossier.Code
		}
		if sees(filter.Scope) && strings.Contains(code, strings.ToUpper(filter.Code)) && (filter.State == "" || m.Dossier.State == filter.State) && (!filter.Waiting || len(m.Dossier.Pending) > 0) &&
			!m.Dossier.ReceivedAt.Before(filter.From) && (filter.Until.IsZero() || m.Dossier.ReceivedAt.Before(filter.Until)) && isDigitized(m.Dossier, filter.Digitized) {
			some = append(some, m)
		}
	}
	total := len(some)
	some = some[min(filter.Offset, total):]
	return some[:min(filter.Limit, len(some))], total, f.broken
}

func isDigitized(d dossier.Dossier, degree dossier.Digitized) bool {
	files := 0
	for _, role := range []dossier.ComponentRole{dossier.RoleComponent, dossier.RoleResult} {
		if slices.ContainsFunc(d.Components, func(c dossier.Component) bool { return c.Role == role }) {
			files++
		}
	}
	return degree == "" || degree == dossier.DigitizedWhole && files == 2 || degree == dossier.DigitizedShort && files == 1
}

func (f *fakeArchive) Dossier(_ context.Context, scope dossier.Scope, idOrCode string) (dossier.Manifest, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.manifests {
		if !sees(scope) {
			break
		}
		if string(m.Dossier.ID) == idOrCode || m.Dossier.Code != nil && *m.Dossier.Code == idOrCode {
			if cut := scope.Cut(m); len(cut.Dossier.Components) > 0 || !scope.Limited() {
				return cut, f.broken
			}
		}
	}
	return dossier.Manifest{}, fmt.Errorf("look up dossier: %w", ErrNotFound)
}

func (f *fakeArchive) Intended(ctx context.Context, scope dossier.Scope, id dossier.DossierID) (dossier.Manifest, error) {
	return f.Dossier(ctx, scope, string(id))
}

func (f *fakeArchive) Arrange(_ context.Context, _ dossier.Actor, id dossier.DossierID, said []dossier.Arranged) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return f.refuse
	}
	f.arranged = append(f.arranged, said)
	for i := range f.manifests {
		if f.manifests[i].Dossier.ID == id {
			f.manifests[i].Dossier.Version++
		}
	}
	return nil
}

func (f *fakeArchive) Turn(_ context.Context, _ dossier.Actor, _ dossier.DossierID, said dossier.Turned) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turned = append(f.turned, said)
	return f.refuse
}

func (f *fakeArchive) Transfer(_ context.Context, _ dossier.Actor, _ dossier.DossierID, said dossier.Transfer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.transferred = append(f.transferred, said)
	return f.refuse
}

func (f *fakeArchive) Versions(ctx context.Context, scope dossier.Scope, id dossier.DossierID) ([]dossier.Manifest, error) {
	m, err := f.Dossier(ctx, scope, string(id))
	return []dossier.Manifest{m}, err
}

func (f *fakeArchive) Reading(_ context.Context, page dossier.PageID, _ int) (dossier.Reading, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.readings[page], errors.Join(f.broken, f.away)
}

// closable makes a reader a file.
type closable struct{ io.ReadSeeker }

func (closable) Close() error { return nil }

func (f *fakeArchive) PDF(context.Context, dossier.Component) (io.ReadSeekCloser, error) {
	return closable{strings.NewReader(f.pdf)}, nil
}

// sees tells whether a scope sees the fake's records, which are all of one unit.
func sees(scope dossier.Scope) bool { return scope.Unit == "unit1" }

// Visible finds the paper of a page, as the catalogue does: by unit and kind,
// and a page that no paper has while it arrives.
func (f *fakeArchive) Visible(_ context.Context, scope dossier.Scope, page dossier.PageID) (PageOf, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !sees(scope) {
		return PageOf{}, ErrNotFound
	}
	for _, m := range f.manifests {
		for _, c := range m.Dossier.Components {
			if slices.ContainsFunc(c.Pages, func(p dossier.Page) bool { return p.ID == page }) {
				if !scope.Sees(c.Kind) {
					return PageOf{}, ErrNotFound
				}
				return PageOf{m.Dossier.ID, c.Kind, c.State == dossier.ComponentNotKept}, nil
			}
		}
	}
	if !scope.Limited() && slices.ContainsFunc(f.arrivals, func(a dossier.Arrival) bool { return a.Page == page }) {
		return PageOf{}, nil
	}
	return PageOf{}, ErrNotFound
}

// Picture draws lines of words as grey bars: the real one needs a page-worker.
func (f *fakeArchive) Picture(_ context.Context, page dossier.PageID, _, width int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drawn++
	return draw(f.readings[page], width)
}

func (f *fakeArchive) BatchOf(ctx context.Context, page dossier.PageID) (dossier.BatchID, error) {
	a, err := f.Arrival(ctx, dossier.Whole("unit1"), page)
	return a.Batch, err
}

func (f *fakeArchive) Viewed(_ context.Context, _ dossier.Act, views ...dossier.Deed) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.viewed = append(f.viewed, views...)
	return f.unlogged
}

func (f *fakeArchive) Incoming(_ context.Context, _ dossier.BatchID, _, width int) ([]byte, error) {
	return draw(dossier.Reading{}, width)
}

func draw(reading dossier.Reading, width int) ([]byte, error) {
	const fullWidth, fullHeight = 2480, 3508
	picture := image.NewGray(image.Rect(0, 0, width, width*fullHeight/fullWidth))
	for i := range picture.Pix {
		picture.Pix[i] = 250
	}
	for _, w := range reading.Words {
		for y := w.Y * width / fullWidth; y < (w.Y+w.H)*width/fullWidth; y++ {
			for x := w.X * width / fullWidth; x < (w.X+w.W)*width/fullWidth; x++ {
				picture.SetGray(x, y, color.Gray{Y: 90})
			}
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, picture, nil)
	return b.Bytes(), err
}

// Search finds pages by words without tones.
func (f *fakeArchive) Search(_ context.Context, q Query) (Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	result := Result{Hits: []Hit{}}
	for _, m := range f.manifests {
		for _, c := range m.Dossier.Components {
			for _, p := range c.Pages {
				text := f.readings[p.ID].Text
				if !sees(q.Scope) || q.Kind != "" && q.Kind != c.Kind || !strings.Contains(viet.Fold(text), viet.Fold(q.Text)) {
					continue
				}
				result.Total++
				hit := Hit{Dossier: m.Dossier.ID, Component: c.ID, Kind: c.Kind, Page: p.ID, Snippet: "«" + text + "»", Fields: map[string]string{}}
				for id, field := range c.Fields {
					hit.Fields[id] = field.Value
				}
				if m.Dossier.Code != nil {
					hit.Code = *m.Dossier.Code
				}
				result.Hits = append(result.Hits, hit)
			}
		}
	}
	result.Hits = result.Hits[min(q.Offset, len(result.Hits)):]
	result.Hits = result.Hits[:min(q.Limit, len(result.Hits))]
	return result, f.broken
}

func (f *fakeArchive) Place(_ context.Context, actor dossier.Actor, p dossier.Placement) (dossier.DossierID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return "", f.refuse
	}
	f.placed = append(f.placed, p)
	for i := range f.manifests {
		if f.manifests[i].Dossier.ID == p.Dossier {
			f.manifests[i].Actor = actor
		}
	}
	for i, a := range f.arrivals {
		if slices.Contains(p.Pages, a.Page) {
			f.arrivals[i].State, f.arrivals[i].Dossier = dossier.PagePlaced, p.Dossier
		}
	}
	return p.Dossier, nil
}

func (f *fakeArchive) Doubts(_ context.Context, filter dossier.ReviewFilter) ([]dossier.Doubt, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var seen []dossier.Doubt
	for _, d := range f.doubts {
		if sees(filter.Scope) && filter.Scope.Sees(d.Kind) && (filter.Reason == "" || d.Reason == filter.Reason) {
			seen = append(seen, d)
		}
	}
	total := len(seen)
	seen = seen[min(filter.Offset, total):]
	return seen[:min(filter.Limit, len(seen))], total, f.broken
}

func (f *fakeArchive) Doubt(ctx context.Context, scope dossier.Scope, id dossier.ComponentID, field string) (dossier.Doubt, error) {
	all, _, err := f.Doubts(ctx, dossier.ReviewFilter{Scope: scope, Limit: len(f.doubts)})
	for _, d := range all {
		if d.Component == id && d.Field == field {
			return d, err
		}
	}
	return dossier.Doubt{}, errors.Join(err, ErrNotFound)
}

func (f *fakeArchive) Correct(_ context.Context, _ dossier.Actor, _ dossier.DossierID, said dossier.Correction) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return f.refuse
	}
	f.corrected = append(f.corrected, said)
	f.doubts = slices.DeleteFunc(f.doubts, func(d dossier.Doubt) bool {
		return d.Component == said.Component && (said.NewKind != "" || d.Field == said.Fields[0].Field)
	})
	return nil
}

func (f *fakeArchive) Region(_ context.Context, page dossier.PageID, _ int, part dossier.Box, width int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drawn++
	return draw(dossier.Reading{Words: f.readings[page].Words}, width*part.W/max(part.W, 1))
}

// Unsigned lists the papers of the newest dossiers that wait for a signature.
func (f *fakeArchive) Unsigned(_ context.Context, filter dossier.UnsignedFilter) ([]dossier.Unsigned, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []dossier.Unsigned
	for _, m := range f.manifests {
		for _, c := range m.Dossier.Components {
			if c.State != dossier.ComponentAwaitingSignature || filter.Kind != "" && c.Kind != filter.Kind ||
				len(filter.Components) > 0 && !slices.Contains(filter.Components, c.ID) {
				continue
			}
			asked := slices.ContainsFunc(f.toSign, func(p dossier.Unsigned) bool { return p.Component == c.ID })
			all = append(all, dossier.Unsigned{
				Dossier: m.Dossier.ID, Code: *m.Dossier.Code, Component: c.ID, Kind: c.Kind, Pages: len(c.Pages), First: c.Pages[0],
				Asked: asked, Reason: f.refusals[c.ID],
			})
		}
	}
	if filter.Limit > 0 {
		all = all[:min(len(all), filter.Limit)]
	}
	return all, f.broken
}

func (f *fakeArchive) UnsignedKinds(ctx context.Context, unit dossier.UnitID) ([]dossier.KindCount, error) {
	all, err := f.Unsigned(ctx, dossier.UnsignedFilter{Unit: unit})
	var kinds []dossier.KindCount
	for _, p := range all {
		i := slices.IndexFunc(kinds, func(k dossier.KindCount) bool { return k.Kind == p.Kind })
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, dossier.KindCount{Kind: p.Kind})
		}
		kinds[i].Count++
	}
	return kinds, err
}

func (f *fakeArchive) PaperCounts(ctx context.Context, unit dossier.UnitID) (dossier.PaperCounts, error) {
	all, err := f.Unsigned(ctx, dossier.UnsignedFilter{Unit: unit})
	f.mu.Lock()
	defer f.mu.Unlock()
	return dossier.PaperCounts{Awaiting: len(all), Asked: len(f.toSign), Refused: len(f.refusals), Signed: 3}, err
}

func (f *fakeArchive) Ready() SignReady {
	return SignReady{
		Certificate: &dossier.Certificate{Holder: "Ủy ban nhân dân xã Mường Khương", Organization: "Tỉnh Lào Cai", Issuer: "Dịch vụ thử", NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(0, 0, 20), Test: true},
		Lines:       []string{"SAO Y", "Ủy ban nhân dân xã Mường Khương"}, Problem: f.problem,
	}
}

func (f *fakeArchive) Sign(_ context.Context, _ dossier.Actor, papers []dossier.Unsigned, shrink bool) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.toSign, f.shrunk = append(f.toSign, papers...), append(f.shrunk, shrink)
	return len(papers), nil
}

func (f *fakeArchive) Signature(context.Context, dossier.Component) (Signature, error) {
	return f.judged, nil
}

// signed finishes what was asked for.
func (f *fakeArchive) signed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.manifests {
		for j, c := range f.manifests[i].Dossier.Components {
			if slices.ContainsFunc(f.toSign, func(p dossier.Unsigned) bool { return p.Component == c.ID }) {
				f.manifests[i].Dossier.Components[j].State = dossier.ComponentSigned
			}
		}
	}
	f.toSign = nil
	for _, l := range f.listeners {
		l <- dossier.Event{Kind: dossier.EventDossier}
	}
}

func (f *fakeArchive) Undo(_ context.Context, _ dossier.Actor, id dossier.DossierID, _ int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return f.refuse
	}
	f.undone = append(f.undone, id)
	for i, a := range f.arrivals {
		if len(f.placed) > 0 && slices.Contains(f.placed[len(f.placed)-1].Pages, a.Page) {
			f.arrivals[i].State = dossier.PageParked
		}
	}
	return nil
}

func (f *fakeArchive) AcceptCount(_ context.Context, _ dossier.Actor, id dossier.DossierID, batch dossier.BatchID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accepted = append(f.accepted, string(id)+" "+string(batch))
	return nil
}

func (f *fakeArchive) AnswerBacks(_ context.Context, said dossier.BacksAnswer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return f.refuse
	}
	f.backs = append(f.backs, said)
	return nil
}

func (f *fakeArchive) AnswerSide(_ context.Context, said dossier.SideAnswer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return f.refuse
	}
	f.sides = append(f.sides, said)
	for i, a := range f.arrivals {
		if a.Page == said.Page {
			f.arrivals[i].State = map[dossier.SideSay]dossier.PageState{dossier.SideEmpty: dossier.PageBlank, dossier.SideWithdrawn: dossier.PageParked}[said.Say]
		}
	}
	return nil
}

func (f *fakeArchive) Subscribe(context.Context) <-chan dossier.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	events := make(chan dossier.Event, 8)
	f.listeners = append(f.listeners, events)
	if f.heard != nil {
		f.heard <- struct{}{}
	}
	return events
}

func (f *fakeArchive) Unread(context.Context, dossier.Scope) (dossier.Unread, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unread, f.broken
}

func (f *fakeArchive) Inflow() Inflow {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inflow
}

// arrive puts a page in front of the strip and tells the listeners.
func (f *fakeArchive) arrive(a dossier.Arrival) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrivals = slices.Insert(f.arrivals, 0, a)
	f.batches[0].Account.Count(a.State)
	for _, l := range f.listeners {
		l <- dossier.Event{Kind: dossier.EventPage, Batch: a.Batch}
	}
}

// newSite serves the archive's pages.
func newSite(t *testing.T, archive *fakeArchive) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(newHandler(t, archive))
	t.Cleanup(server.Close)
	return server
}

func newHandler(t *testing.T, archive *fakeArchive) http.Handler {
	t.Helper()
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := New(configOf(archive, kinds))
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// configOf is a site of an archive at which whoever sits at the machine works.
func configOf(archive *fakeArchive, kinds *dossier.Catalogue) Config {
	return withPeople(archive, &fakePeople{way: WayLocal}, kinds)
}

func withPeople(archive *fakeArchive, people *fakePeople, kinds *dossier.Catalogue) Config {
	return Config{
		Door: people, Logins: people, Own: people, Users: people, Reasons: people,
		Arrivals: archive, Parked: archive, Doubts: archive, Queue: archive, Entries: archive, Samples: archive, Gates: archive, Registers: archive, Dossiers: archive, Objects: archive, Pictures: archive, Searcher: archive,
		Placer: archive, Unsigned: archive, Signer: archive, Filer: archive, Views: archive, Events: archive, Inbox: archive, Kinds: kinds, Places: places.New(kinds.Places()), Demo: true,
		Machine: Machine{Alive: saying("alive"), Ready: saying("ready"), Status: saying("status"), Metrics: saying("metrics")},
		Unit:    dossier.Unit{ID: "unit1", Codes: []dossier.UnitCode{{Code: "Y99.12", From: noon.AddDate(-1, 0, 0)}}},
		Now:     func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	}
}

// saying answers every request with a word.
func saying(word string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, word) })
}

var errBroken = errors.New("the disk says no")

// pageID makes a page id that looks like one.
func pageID(n int) dossier.PageID {
	return dossier.NewImageID(dossier.SHA256(fmt.Sprintf("%064x", n)), 1).Page(1)
}

// busyDay is an archive in the middle of a working day: dossiers, a batch that
// is being read, and pages that wait.
func busyDay() *fakeArchive {
	f := &fakeArchive{readings: map[dossier.PageID]dossier.Reading{}, pdf: "%PDF-1.7 made up", heard: make(chan struct{}, 1024)}
	kinds := []string{"birth_registration_application", "birth_notice", "marriage_registration_application", "land_change_application"}
	for i := range 60 {
		f.manifests = append(f.manifests, f.made(i, kinds[i%len(kinds)]))
	}
	reasons := []dossier.Reason{dossier.ReasonKindUnsure, dossier.ReasonUnreadable, dossier.ReasonPageUnplaced}
	for i := range 7 {
		page := pageID(1000 + i)
		f.readings[page] = made("Giấy tờ không rõ loại số "+fmt.Sprint(i), dossier.FlagLowConfidence)
		f.arrivals = append(f.arrivals, dossier.Arrival{
			Batch: "batch1", Device: "quay-1", At: noon, File: fmt.Sprintf("SCN_%04d.jpg", 20-i), Ordinal: 20 - i, Index: 1,
			Page: page, State: dossier.PageParked, Reason: reasons[i%3], Reading: 1, Dossier: f.manifests[0].Dossier.ID,
		})
	}
	for _, c := range f.manifests[0].Dossier.Components {
		for j, p := range c.Pages {
			f.arrivals = append(f.arrivals, dossier.Arrival{
				Batch: "batch1", Device: "quay-1", At: noon, File: p.File, Ordinal: j + 1, Index: 1, Page: p.ID,
				State: dossier.PagePlaced, Reading: 1, Dossier: f.manifests[0].Dossier.ID, Component: c.ID,
			})
		}
	}
	f.arrivals = append(f.arrivals, f.older...)
	for i, m := range f.manifests[:12] {
		for nth, field := range []string{"child_name", "dob"} {
			c := m.Dossier.Components[0]
			f.doubts = append(f.doubts, dossier.Doubt{
				Dossier: m.Dossier.ID, Component: c.ID, Kind: c.Kind, Field: field, Nth: nth + 1, Page: pageID(2 * i), Confidence: c.Fields[field].Confidence, ReceivedAt: m.Dossier.ReceivedAt, Reason: dossier.ReasonFieldUnsure,
			})
		}
	}
	for i, m := range f.manifests[12:15] {
		c := m.Dossier.Components[0]
		f.twice = append(f.twice, dossier.Doubt{Dossier: m.Dossier.ID, Component: c.ID, Kind: c.Kind, Field: "child_name", Nth: 1, Page: pageID(2 * (12 + i)), Twice: true})
	}
	f.sampled()
	f.keyings = map[string][]dossier.Keying{"component0014child_name": {{Actor: dossier.Actor{ID: "lan"}, Value: "Lò Thị Nhất"}, {Actor: dossier.Actor{ID: "minh"}, Value: "Lò Thị Nhì"}}}
	f.batches = []dossier.BatchSummary{{ID: "batch1", Device: "quay-1", At: noon, Account: dossier.Account{Images: 14, Placed: 4, Separator: 1, Blank: 1, Parked: 7}}}
	f.inflow = Inflow{Files: []IncomingFile{{"batch2", 1, "SCN_0021.jpg"}}, Devices: []Device{{
		Name: "quay-1", Last: noon, Filling: 1,
		Waiting: []WaitingFile{{Name: "SCN_0022.pdf", Why: Sentence{"Tệp chưa ghi xong, đang chờ máy quét (12 giây).", "The file is not complete; waiting for the scanner (12 s)."}}},
	}}}
	return f
}

// made is a reading of a few lines of words.
func made(text string, flags ...dossier.Flag) dossier.Reading {
	r := dossier.Reading{Width: 2480, Height: 3508, Text: text, Flags: flags, Kind: "birth_notice"}
	for i, word := range strings.Fields(text) {
		r.Words = append(r.Words, dossier.Word{
			Text: word, X: 300 + 260*(i%7), Y: 400 + 120*(i/7), W: 220, H: 60, Confidence: 0.9, Line: 1 + i/7, Block: 1,
		})
	}
	return r
}

// made is dossier number i: one paper of the kind, of two pages.
func (f *fakeArchive) made(i int, kind string) dossier.Manifest {
	code := fmt.Sprintf("Y99.12-260909-%04d", i)
	d := dossier.Dossier{
		ID: dossier.DossierID(fmt.Sprintf("dossier%04d", i)), Code: &code, Unit: "unit1", ReceivedAt: noon.Add(-time.Duration(i) * time.Hour),
		State: dossier.StateOpen, Version: 1, Procedure: "1.001193",
	}
	c := dossier.Component{
		ID: dossier.ComponentID(fmt.Sprintf("component%04d", i)), Kind: kind, KindConfidence: 0.94, State: dossier.ComponentAwaitingSignature,
		Version: 1, PDF: "x.pdf",
		Entries: f.madeEntries(i),
		Fields: map[string]dossier.Field{
			"child_name": {Value: "Lò Văn Tỏa", Confidence: 0.91, Box: &dossier.Box{X: 300, Y: 400, W: 700, H: 60}, Page: pageID(2 * i)},
			"dob":        {Value: "02/03/2026", Confidence: 0.88},
			"pid":        {Value: "015012345612", Confidence: 0.99},
		},
	}
	for j := range 2 {
		page := pageID(2*i + j)
		c.Pages = append(c.Pages, dossier.Page{ID: page, File: fmt.Sprintf("SCN_%04d.jpg", 2*i+j), Index: 1, Part: 1})
		f.readings[page] = made("Tờ khai đăng ký khai sinh của cháu Lò Văn Tỏa sinh ngày 02 tháng 3 năm 2026 tại xã Mường Khương")
		if i > 0 {
			f.older = append(f.older, dossier.Arrival{
				Batch: "old", Device: "process", At: noon, File: "old.jpg", Ordinal: 2*i + j, Index: 1, Page: page,
				State: dossier.PagePlaced, Reading: 1, Dossier: d.ID, Component: c.ID,
			})
		}
	}
	d.Components = []dossier.Component{c}
	return dossier.Manifest{Dossier: d, At: noon, Reason: "first papers"}
}
