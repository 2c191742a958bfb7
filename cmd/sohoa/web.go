package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/places"
	"sohoa/ocr"
	"sohoa/pipeline"
	"sohoa/scanner/watch"
	"sohoa/storage/catalog"
	"sohoa/storage/search"
	"sohoa/storage/units"
	"sohoa/web"
)

// previewer makes pictures of pages in a process of its own: worker.Pool.
type previewer interface {
	// Preview gives one image of a file as JPEG, turned and sized as view says.
	Preview(ctx context.Context, path string, index int, view ocr.View) ([]byte, error)
}

// webParts is what the pages need beside the archive.
type webParts struct {
	flow    *pipeline.Flow
	preview previewer
	events  web.Events
	// inbox gives the watcher's latest look; it may be nil where nothing is
	// watched.
	inbox func() watch.Snapshot
	// stopped says why work has stopped and since when, delayed why steps fail
	// and are tried again; the reason is empty while all goes on.
	stopped, delayed func() (dossier.Reason, time.Time)
	machine          web.Machine
	log              *slog.Logger
	door             entrance
	provider         web.Provider
	// sample is how much of a month is drawn.
	sample pipeline.SampleSize
	// hosts tells under which names the server answers beside localhost.
	hosts   func(host string) bool
	proxies []netip.Prefix
}

// pages is the web server's handler over this archive.
func (a *archive) pages(parts webParts) (http.Handler, error) {
	shown := webArchive{archive: a, flow: parts.flow, preview: parts.preview, inbox: parts.inbox, size: parts.sample, places: places.New(a.kinds.Places())}
	cfg := web.Config{
		Arrivals: a.catalog, Parked: shown, Doubts: a.catalog, Queue: a.catalog, Entries: shown, Samples: shown, Gates: shown, Registers: shown, Dossiers: shown, Objects: shown, Pictures: shown, Searcher: shown, Placer: shown,
		Unsigned: a.catalog, Signer: shown, Filer: shown, Views: a.audit,
		Door: parts.door, Logins: parts.door, Own: parts.door, Reasons: parts.door, Users: register{parts.door}, Provider: parts.provider,
		Hosts: parts.hosts, Proxies: parts.proxies,
		Events: parts.events, Kinds: a.kinds, Places: shown.places, Calendar: a.calendar, Unit: a.unit(), Units: namedUnits{a.units(), a.unit().ID, a.signing.Agency}, Demo: a.record.Demo, Now: time.Now, Log: parts.log,
		Machine: parts.machine,
	}
	if parts.inbox != nil {
		cfg.Inbox = inflow{snapshot: parts.inbox, stopped: parts.stopped, delayed: parts.delayed}
	}
	return web.New(cfg)
}

// namedUnits is the register of units; where that does not name the own one, it
// is called as it signs.
type namedUnits struct {
	register *units.Units
	own      dossier.UnitID
	agency   string
}

// Name is what a unit is called.
func (n namedUnits) Name(ctx context.Context, id dossier.UnitID) (string, error) {
	name, err := n.register.Name(ctx, id)
	if name == "" && id == n.own {
		name = n.agency
	}
	return name, err
}

// webArchive shows the archive as package web asks for it. It says "not found"
// and "refused" in web's words.
type webArchive struct {
	archive *archive
	flow    *pipeline.Flow
	preview previewer
	inbox   func() watch.Snapshot
	// size is how much of a month is drawn.
	size pipeline.SampleSize
	// places are the names of places that have changed.
	places *places.Names
}

// inWebWords translates what a page has an answer for.
func inWebWords(err error) error {
	switch {
	case errors.Is(err, catalog.ErrNotFound), errors.Is(err, pipeline.ErrNoSuchDossier):
		return fmt.Errorf("%w: %w", web.ErrNotFound, err)
	case errors.Is(err, pipeline.ErrNotWaiting):
		return fmt.Errorf("%w: %w", web.ErrNotWaiting, err)
	case errors.Is(err, pipeline.ErrSameDossier):
		return fmt.Errorf("%w: %w", web.ErrSameDossier, err)
	case errors.Is(err, pipeline.ErrNotEmpty):
		return fmt.Errorf("%w: %w", web.ErrNotEmpty, err)
	case errors.Is(err, pipeline.ErrPagesWait):
		return fmt.Errorf("%w: %w", web.ErrPagesWait, err)
	case errors.Is(err, pipeline.ErrChanged), isIncomplete(err):
		return fmt.Errorf("%w: %w", web.ErrChanged, err)
	case errors.Is(err, pipeline.ErrNoSuchValue), errors.Is(err, pipeline.ErrNoSuchSheets):
		return fmt.Errorf("%w: %w", web.ErrNoSuchValue, err)
	case errors.Is(err, pipeline.ErrUnnamed):
		return fmt.Errorf("%w: %w", web.ErrUnnamed, err)
	case errors.Is(err, pipeline.ErrContradiction):
		return fmt.Errorf("%w: %w", web.ErrContradiction, err)
	case errors.Is(err, pipeline.ErrTwoNeeded):
		return fmt.Errorf("%w: %w", web.ErrTwoNeeded, err)
	case errors.Is(err, pipeline.ErrSamePerson):
		return fmt.Errorf("%w: %w", web.ErrSamePerson, err)
	case dossier.KindOf(err) == dossier.Retry && dossier.ReasonOf(err) == dossier.ReasonChanged:
		return fmt.Errorf("%w: %w", web.ErrNotReady, err)
	case errors.Is(err, pipeline.ErrNoSuchKind), errors.Is(err, pipeline.ErrNothingToUndo), errors.Is(err, pipeline.ErrOriginal), errors.Is(err, pipeline.ErrWrittenDown):
		return fmt.Errorf("%w: %w", web.ErrRefused, err)
	default:
		return err
	}
}

// Parked lists waiting pages.
func (w webArchive) Parked(ctx context.Context, filter dossier.ReviewFilter) ([]dossier.Arrival, int, error) {
	return w.archive.catalog.Parked(ctx, filter)
}

// Arrival is one page.
func (w webArchive) Arrival(ctx context.Context, scope dossier.Scope, page dossier.PageID) (dossier.Arrival, error) {
	a, err := w.archive.catalog.Arrival(ctx, scope, page)
	return a, inWebWords(err)
}

// Dossiers lists dossiers.
func (w webArchive) Dossiers(ctx context.Context, filter dossier.DossierFilter) ([]dossier.Manifest, int, error) {
	return w.archive.catalog.Dossiers(ctx, filter)
}

// Dossier is the newest version of one dossier.
func (w webArchive) Dossier(ctx context.Context, scope dossier.Scope, idOrCode string) (dossier.Manifest, error) {
	m, err := w.archive.catalog.Dossier(ctx, scope, idOrCode)
	return m, inWebWords(err)
}

// Intended is the newest version of one dossier, published or not.
func (w webArchive) Intended(ctx context.Context, scope dossier.Scope, id dossier.DossierID) (dossier.Manifest, error) {
	m, ok, err := w.archive.catalog.Latest(ctx, id)
	if err == nil && (!ok || m.Dossier.Unit != scope.Unit || scope.Limited()) {
		err = web.ErrNotFound
	}
	return m, err
}

// Versions lists a dossier's versions.
func (w webArchive) Versions(ctx context.Context, scope dossier.Scope, id dossier.DossierID) ([]dossier.Manifest, error) {
	return w.archive.catalog.Versions(ctx, scope, id)
}

// Reading is what was read on a page; empty for a page that could not be read.
func (w webArchive) Reading(ctx context.Context, page dossier.PageID, version int) (dossier.Reading, error) {
	image, part, err := page.Split()
	if err != nil {
		return dossier.Reading{}, fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	r, _, found, err := w.archive.objects.Open(ctx, dossier.ReadingKey(w.archive.unit().ID, image, version))
	if err != nil || !found {
		return dossier.Reading{}, errors.Join(err, missing(found))
	}
	defer r.Close()
	var kept dossier.ImageReading
	if err := json.NewDecoder(r).Decode(&kept); err != nil {
		return dossier.Reading{}, fmt.Errorf("reading of image %s: %w", image, err)
	}
	if part > len(kept.Readings) {
		return dossier.Reading{}, nil
	}
	return kept.Readings[part-1], nil
}

func missing(found bool) error {
	if found {
		return nil
	}
	return web.ErrNotFound
}

// PDF opens the published file of a component.
func (w webArchive) PDF(ctx context.Context, component dossier.Component) (io.ReadSeekCloser, error) {
	path, release, err := w.archive.objects.Path(ctx, component.PDF)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		release()
		return nil, fmt.Errorf("open published file: %w", err)
	}
	return released{file, release}, nil
}

// released is a file that gives its object back when it is closed.
type released struct {
	*os.File
	release func()
}

// Close closes the file, then lets the object go.
func (r released) Close() error {
	defer r.release()
	return r.File.Close()
}

// Visible finds the paper of a page, as far as the scope sees it.
func (w webArchive) Visible(ctx context.Context, scope dossier.Scope, page dossier.PageID) (web.PageOf, error) {
	of, err := w.archive.catalog.Visible(ctx, scope, page)
	return web.PageOf{Dossier: of.Dossier, Kind: of.Kind, NotKept: of.State == dossier.PageNotKept}, inWebWords(err)
}

// Picture is a page as its reading turns it.
func (w webArchive) Picture(ctx context.Context, page dossier.PageID, reading, width int) ([]byte, error) {
	view := ocr.View{Pixels: width}
	if reading > 0 {
		read, err := w.Reading(ctx, page, reading)
		if err != nil {
			return nil, err
		}
		view.ToInput, view.Width, view.Height = read.ToInput, read.Width, read.Height
	}
	return w.view(ctx, page, view)
}

// view draws the image that a page is on.
func (w webArchive) view(ctx context.Context, page dossier.PageID, view ocr.View) ([]byte, error) {
	image, _, err := page.Split()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	raw, index, err := image.Split()
	if err != nil {
		return nil, err
	}
	path, release, err := w.archive.objects.Path(ctx, dossier.RawKey(w.archive.unit().ID, raw))
	if err != nil {
		return nil, err
	}
	defer release()
	jpeg, err := w.preview.Preview(ctx, path, index, view)
	return jpeg, unpictured(err)
}

// Region is a part of a page as its reading turns it.
func (w webArchive) Region(ctx context.Context, page dossier.PageID, reading int, part dossier.Box, width int) ([]byte, error) {
	read, err := w.Reading(ctx, page, reading)
	if err != nil {
		return nil, err
	}
	corner := dossier.Matrix{1, 0, 0, 1, float64(part.X), float64(part.Y)}
	return w.view(ctx, page, ocr.View{Pixels: width, ToInput: corner.Then(read.ToInput), Width: part.W, Height: part.H})
}

// BatchOf is the batch that brought a page.
func (w webArchive) BatchOf(ctx context.Context, page dossier.PageID) (dossier.BatchID, error) {
	image, _, err := page.Split()
	if err != nil {
		return "", fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	taken, err := w.archive.catalog.Image(ctx, w.archive.unit().ID, image)
	return taken.Batch, inWebWords(err)
}

// Incoming is the first look at a file of a batch that is not in the catalogue
// yet.
func (w webArchive) Incoming(ctx context.Context, batch dossier.BatchID, n, width int) ([]byte, error) {
	if w.inbox == nil {
		return nil, web.ErrNotFound
	}
	for _, b := range untaken(w.inbox()) {
		if b.ID == batch && n >= 1 && n <= len(b.Files) {
			jpeg, err := w.preview.Preview(ctx, b.Files[n-1].Path, 1, ocr.View{Pixels: width})
			return jpeg, unpictured(err)
		}
	}
	return nil, web.ErrNotFound
}

// untaken are the batches that are filled or wait to be stored, oldest first.
func untaken(s watch.Snapshot) []watch.Batch {
	var batches []watch.Batch
	for _, o := range s.Offers {
		if !o.Taken {
			batches = append(batches, o.Batch)
		}
	}
	for _, o := range s.Open {
		batches = append(batches, o.Batch)
	}
	return batches
}

// unpictured says of an image that can't be decoded that it has no picture: the
// page shows its reason beside an empty frame, which is no failure of ours.
func unpictured(err error) error {
	if f, ok := errors.AsType[*dossier.Fault](err); ok && (f.Kind == dossier.Park || f.Kind == dossier.Reject) {
		return fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	return err
}

// Search finds pages.
func (w webArchive) Search(ctx context.Context, q web.Query) (web.Result, error) {
	found, err := w.archive.index.Search(ctx, w.archive.databases.Read, search.Query{
		Unit: q.Scope.Unit, Kinds: q.Scope.Kinds, Text: q.Text, Kind: q.Kind, Offset: q.Offset, Limit: q.Limit, Others: w.places.Synonyms(),
	})
	if err != nil {
		return web.Result{}, err
	}
	result := web.Result{Total: found.Total, Others: found.Others, Hits: make([]web.Hit, len(found.Hits))}
	for i, h := range found.Hits {
		result.Hits[i] = web.Hit{
			Dossier: h.Dossier, Code: h.Code, Component: h.Component, Kind: h.Kind, Page: h.Page, Snippet: h.Snippet, Fields: h.Fields,
		}
	}
	return result, nil
}

// Place carries out a decision about waiting pages.
func (w webArchive) Place(ctx context.Context, actor dossier.Actor, p dossier.Placement) (dossier.DossierID, error) {
	id, err := w.flow.Decide(ctx, w.archive.ledger, actor, p)
	return id, inWebWords(err)
}

// Correct carries out a decision about a published paper.
func (w webArchive) Correct(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Correction) error {
	return inWebWords(w.flow.Correct(ctx, w.archive.ledger, actor, id, said))
}

// Keep says that a paper is kept after all, or was only presented.
func (w webArchive) Keep(ctx context.Context, actor dossier.Actor, id dossier.DossierID, asked web.KeepAsked) error {
	decide := w.flow.NotKeep
	if asked.Keep {
		decide = w.flow.Keep
	}
	return inWebWords(decide(ctx, w.archive.ledger, actor, id, asked.Keeping))
}

// isIncomplete tells whether a dossier lacks other papers than was told.
func isIncomplete(err error) bool {
	_, ok := errors.AsType[*pipeline.IncompleteError](err)
	return ok
}

// Close closes a dossier.
func (w webArchive) Close(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Closing) error {
	return inWebWords(w.flow.Close(ctx, w.archive.ledger, actor, id, said))
}

// Reopen opens a closed dossier.
func (w webArchive) Reopen(ctx context.Context, actor dossier.Actor, id dossier.DossierID) error {
	return inWebWords(w.flow.Reopen(ctx, w.archive.ledger, actor, id))
}

// WaitingEntries lists the entries of registers that wait for a person.
func (w webArchive) WaitingEntries(ctx context.Context, scope dossier.Scope, offset, limit int) (waiting []dossier.WaitingEntry, open, all int, err error) {
	return w.archive.catalog.WaitingEntries(ctx, scope, offset, limit)
}

// Entry is one entry of a register.
func (w webArchive) Entry(ctx context.Context, scope dossier.Scope, id dossier.EntryID) (dossier.WaitingEntry, error) {
	e, err := w.archive.catalog.Entry(ctx, scope, id)
	return e, inWebWords(err)
}

// WriteDown carries out what is said about an entry of a register.
func (w webArchive) WriteDown(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.EntryCorrection) error {
	return inWebWords(w.flow.WriteDown(ctx, w.archive.ledger, actor, id, said))
}

// AcceptCount makes the papers that were held for their count of sheets.
func (w webArchive) AcceptCount(ctx context.Context, actor dossier.Actor, id dossier.DossierID, batch dossier.BatchID) error {
	return inWebWords(w.flow.AcceptCount(ctx, w.archive.ledger, actor, id, batch))
}

// AnswerBacks takes what is said of a batch that is held for its backs.
func (w webArchive) AnswerBacks(ctx context.Context, said dossier.BacksAnswer) error {
	return inWebWords(w.flow.AnswerBacks(ctx, w.archive.ledger, said))
}

// AnswerSide takes what is said of a page that waits and on which nothing is.
func (w webArchive) AnswerSide(ctx context.Context, said dossier.SideAnswer) error {
	err := w.flow.AnswerSide(ctx, w.archive.ledger, said)
	if count, ok := errors.AsType[*pipeline.CountError](err); ok {
		return &web.CountError{Miscount: count.Miscount}
	}
	return inWebWords(err)
}
