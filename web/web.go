package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/places"
)

// What the interfaces below answer when they cannot do what was asked. Any
// other error is a failure of ours: it is logged and the page says so.
var (
	// ErrNotFound: there is no such dossier, page or paper, or the one who asks
	// may not see it; which of them is not told.
	ErrNotFound = errors.New("not found")
	// ErrNotWaiting: the page was placed meanwhile, by somebody else or by the
	// same person twice.
	ErrNotWaiting = errors.New("page no longer waits")
	// ErrRefused: the placement or the undo is not possible as asked.
	ErrRefused = errors.New("refused")
	// ErrChanged: the paper is not as the one who decides saw it.
	ErrChanged = errors.New("changed meanwhile")
	// ErrNoSuchValue: the field can not have the value.
	ErrNoSuchValue = errors.New("no such value")
	// ErrContradiction: the value contradicts others that people have confirmed.
	ErrContradiction = errors.New("values contradict each other")
	// ErrTwoNeeded: two people key the field; nobody confirms it alone.
	ErrTwoNeeded = errors.New("two people are needed")
	// ErrSamePerson: the one who asks has keyed the field before.
	ErrSamePerson = errors.New("the same person keyed it before")
	// ErrDrawn: the month's sample is drawn; ErrNothingToDraw: there is nothing
	// of the month to draw.
	ErrDrawn         = errors.New("sample drawn already")
	ErrNothingToDraw = errors.New("nothing to draw")
	// ErrNotEmpty: nobody can say of the page that nothing is on it.
	ErrNotEmpty = errors.New("page can not be empty")
	// ErrPagesWait: pages of the dossier wait, so that it can not be closed.
	ErrPagesWait = errors.New("pages of the dossier wait")
	// ErrNoSuchCode: no dossier has the code, and none shall be made.
	ErrNoSuchCode = errors.New("no dossier with that code")
	// ErrSameDossier: pages shall go where they are.
	ErrSameDossier = errors.New("the pages are in that dossier")
	// ErrUnnamed: an entry of a register without a value by which it is found.
	ErrUnnamed = errors.New("entry without a name")
	// ErrNotLogged: that somebody looks could not be recorded, so nothing is
	// shown.
	ErrNotLogged = errors.New("view not recorded")
	// ErrNotReady: the picture can't be made now; asking again may help.
	ErrNotReady = errors.New("not ready")
)

// Arrivals reads what came in lately.
type Arrivals interface {
	// Batches lists the newest batches, newest first.
	Batches(ctx context.Context, scope dossier.Scope, limit int) ([]dossier.BatchSummary, error)
	// Arrivals lists the newest files and pages, newest first.
	Arrivals(ctx context.Context, scope dossier.Scope, limit int) ([]dossier.Arrival, error)
	// Unread counts what is taken in and still to be read.
	Unread(ctx context.Context, scope dossier.Scope) (dossier.Unread, error)
}

// Parked reads the pages that wait for a person.
type Parked interface {
	// Parked lists them, the most urgent first, and counts all.
	Parked(ctx context.Context, filter dossier.ReviewFilter) (pages []dossier.Arrival, total int, err error)
	// Arrival is one page, waiting or not.
	Arrival(ctx context.Context, scope dossier.Scope, page dossier.PageID) (dossier.Arrival, error)
}

// Queue counts what waits for a person.
type Queue interface {
	// WaitingReasons counts pages, then fields, by why they wait, and how many are late.
	WaitingReasons(ctx context.Context, scope dossier.Scope, now time.Time) ([]dossier.Waits, error)
}

// Dossiers reads published dossiers.
type Dossiers interface {
	Dossiers(ctx context.Context, filter dossier.DossierFilter) (page []dossier.Manifest, total int, err error)
	// Dossier is the newest version of the dossier with this id or code.
	Dossier(ctx context.Context, scope dossier.Scope, idOrCode string) (dossier.Manifest, error)
	// Intended is the newest version of a dossier that people or the machine have
	// decided on, also while it is still being published; only its own unit sees
	// it.
	Intended(ctx context.Context, scope dossier.Scope, id dossier.DossierID) (dossier.Manifest, error)
	// Versions lists every version, newest first.
	Versions(ctx context.Context, scope dossier.Scope, id dossier.DossierID) ([]dossier.Manifest, error)
}

// Objects reads what the archive keeps.
type Objects interface {
	// Reading is what was read on a page; version is that of the reading.
	Reading(ctx context.Context, page dossier.PageID, version int) (dossier.Reading, error)
	// PDF opens the published file of a component.
	PDF(ctx context.Context, component dossier.Component) (io.ReadSeekCloser, error)
}

// Pictures makes pictures for the screen, as JPEG of the given width. Decoding
// foreign pixels is not done in this process, so both may wait for a worker.
type Pictures interface {
	// Visible gives what page a picture would be of; [ErrNotFound] for one that
	// the scope does not see. It is asked before any picture is sent.
	Visible(ctx context.Context, scope dossier.Scope, page dossier.PageID) (PageOf, error)
	// Picture is a page turned upright as its reading says; before it is read
	// (reading 0) as it was scanned.
	Picture(ctx context.Context, page dossier.PageID, reading, width int) ([]byte, error)
	// Region is a part of a page, in the pixels of its reading.
	Region(ctx context.Context, page dossier.PageID, reading int, part dossier.Box, width int) ([]byte, error)
	// BatchOf is the batch that brought a page.
	BatchOf(ctx context.Context, page dossier.PageID) (dossier.BatchID, error)
	// Incoming is the first image of the n-th file (from 1) of a batch that is
	// still being filled.
	Incoming(ctx context.Context, batch dossier.BatchID, n, width int) ([]byte, error)
}

// PageOf is the paper that a page belongs to; empty while it belongs to none.
type PageOf struct {
	Dossier dossier.DossierID
	Kind    string
	// NotKept is true for a page of a paper that was only presented.
	NotKept bool
}

// Searcher finds pages by their words.
type Searcher interface {
	Search(ctx context.Context, q Query) (Result, error)
}

// Query asks for pages of a scope.
type Query struct {
	Scope         dossier.Scope
	Text, Kind    string
	Offset, Limit int
}

// Result is what was found: Total counts all pages, Hits are those asked for.
type Result struct {
	Total int   `json:"total"`
	Hits  []Hit `json:"hits"`
	// Others are names of places that were looked for, too: old and new ones.
	Others []string `json:"others,omitempty"`
}

// Hit is one page that was found. In Snippet the matched words stand between
// « and ».
type Hit struct {
	Dossier   dossier.DossierID   `json:"dossier"`
	Code      string              `json:"code"`
	Component dossier.ComponentID `json:"component"`
	Kind      string              `json:"kind"`
	Page      dossier.PageID      `json:"page"`
	Snippet   string              `json:"snippet"`
	Fields    map[string]string   `json:"fields"`
}

// Placer carries out what a person decides about waiting pages and doubtful
// fields.
type Placer interface {
	// Place records the decision durably and gives the dossier it is for.
	Place(ctx context.Context, actor dossier.Actor, p dossier.Placement) (dossier.DossierID, error)
	// Correct records what is said about a field or the kind of a published
	// paper.
	Correct(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Correction) error
	// Arrange gives papers of a dossier their pages.
	Arrange(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said []dossier.Arranged) error
	// Turn turns a page of a paper.
	Turn(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Turned) error
	// Transfer takes pages of papers into another dossier; [ErrNoSuchCode] when
	// none has the code and none shall be made.
	Transfer(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Transfer) error
	// Undo takes the last decision about a dossier back, unless somebody has
	// decided since the version that the person saw; 0 for whatever is newest.
	Undo(ctx context.Context, actor dossier.Actor, id dossier.DossierID, saw int) error
	// AcceptCount makes the papers of a dossier that are held because the sheets
	// of a batch do not add up.
	AcceptCount(ctx context.Context, actor dossier.Actor, id dossier.DossierID, batch dossier.BatchID) error
	// AnswerBacks records what is said of a batch whose fronts and backs do not
	// fit together; [ErrNoSuchValue] when the sheets can not be those.
	AnswerBacks(ctx context.Context, said dossier.BacksAnswer) error
	// AnswerSide records that nothing is on a page that waits, or takes that back;
	// [ErrNotEmpty] for a page of which nobody can say so, and a [CountError] for
	// one that makes the sheets of its dossier too few, unless that was told.
	AnswerSide(ctx context.Context, said dossier.SideAnswer) error
	// Close closes a dossier; [ErrChanged] when it lacks other papers than said.
	Close(ctx context.Context, actor dossier.Actor, id dossier.DossierID, said dossier.Closing) error
	// Reopen opens a closed one again.
	Reopen(ctx context.Context, actor dossier.Actor, id dossier.DossierID) error
	// Keep records that a paper is kept after all, or was only presented.
	Keep(ctx context.Context, actor dossier.Actor, id dossier.DossierID, asked KeepAsked) error
}

// CountError says what does not add up any more when a side is empty.
type CountError struct{ Miscount dossier.Miscount }

func (e *CountError) Error() string { return "the sheets would not add up" }

// KeepAsked is a decision about whether a paper is kept.
type KeepAsked struct {
	dossier.Keeping
	Keep bool
}

// Events tells when something changed. The channel is closed when ctx ends; an
// event may be dropped for a listener that is slow, for it is only a hint.
type Events interface {
	Subscribe(ctx context.Context) <-chan dossier.Event
}

// Inbox shows what lies before the catalogue: files that are not taken yet.
type Inbox interface {
	Inflow() Inflow
}

// Units is the register of units: what people call them.
type Units interface {
	// Name is the name of a unit; "" for one without.
	Name(ctx context.Context, id dossier.UnitID) (string, error)
}

// Config is what the pages are made of. Inbox may be nil where nothing is
// watched, and Provider; everything else is required.
type Config struct {
	Arrivals  Arrivals
	Parked    Parked
	Doubts    Doubts
	Queue     Queue
	Entries   Entries
	Samples   Samples
	Gates     Gates
	Registers Registers
	Dossiers  Dossiers
	Objects   Objects
	Pictures  Pictures
	Searcher  Searcher
	Placer    Placer
	Unsigned  Unsigned
	Signer    Signer
	Filer     Filer
	Views     Views
	Events    Events
	Inbox     Inbox
	// Door, Logins, Own, Users and Reasons are the register of people; Provider
	// may be nil.
	Door     Door
	Logins   Logins
	Own      Own
	Users    Users
	Reasons  Reasons
	Provider Provider
	// Hosts tells under which names the server answers beside those of the
	// machine itself. nil: none.
	Hosts func(host string) bool
	// Proxies are the addresses of our own proxies, which are believed about who
	// asks.
	Proxies []netip.Prefix
	Kinds   *dossier.Catalogue
	// Places are the names of places that have changed.
	Places *places.Names
	// Calendar tells on which days the office works.
	Calendar dossier.Calendar
	Unit     dossier.Unit
	// Units names units, the own one and others; nil where codes have to do.
	Units Units
	// Machine answers what programs ask.
	Machine Machine
	// Demo puts the bar of a demo archive on every page.
	Demo bool
	Now  func() time.Time
	// Log gets one line for every request that failed.
	Log *slog.Logger
}

// Machine is what programs ask about the running server, in counts and
// conditions: none of it names a file, a person or a dossier. A field that is
// nil is not found.
type Machine struct {
	Alive   http.Handler // it runs
	Ready   http.Handler // it can take paper in and work on it
	Status  http.Handler // what waits and what runs
	Metrics http.Handler // the same and more, for Prometheus
}

// site is the running thing behind the handler.
type site struct {
	Config
	words     words
	templates map[lang]*template.Template
	pictures  *pictureCache
	readings  *readingCache
	watchers  chan struct{} // a slot for every open event stream
	limits    limits
	zone      *time.Location
}

// New gives the handler that serves every page.
func New(cfg Config) (http.Handler, error) {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &site{Config: cfg, zone: zone, watchers: make(chan struct{}, maxWatchers), limits: newLimits()}
	if s.words, err = loadWords(); err != nil {
		return nil, err
	}
	if s.templates, err = s.parseTemplates(); err != nil {
		return nil, err
	}
	s.pictures = newPictureCache(pictureCacheBytes)
	s.readings = newReadingCache(cfg.Objects)
	return s.handler(), nil
}
