package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// runRig is a Watcher that runs in the test, with its clock standing still.
type runRig struct {
	t     *testing.T
	w     *Watcher
	clock *fakeClock
	inbox string
	taken chan Batch
	stop  func() error
}

func newRunRig(t *testing.T, pollOnly bool, take Take) *runRig {
	t.Helper()
	dir := t.TempDir()
	r := &runRig{t: t, clock: newFakeClock(), inbox: filepath.Join(dir, "inbox"), taken: make(chan Batch, 100)}
	must(t, os.Mkdir(r.inbox, 0o750))
	if take == nil {
		take = takeAll(r.taken)
	}
	w, err := New(Config{
		Inbox: r.inbox, Claimed: filepath.Join(dir, "claimed"), Done: filepath.Join(dir, "done"), Clock: r.clock, PollOnly: pollOnly,
	}, take)
	must(t, err)
	r.w = w
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	r.stop = func() error {
		cancel()
		return <-ended
	}
	<-r.clock.armed // the first poll is over
	return r
}

// poll lets one poll's time go by and waits until it is over.
func (r *runRig) poll() {
	r.clock.Advance(2 * time.Second)
	<-r.clock.armed
}

func (r *runRig) write(name, content string) {
	r.t.Helper()
	must(r.t, os.WriteFile(filepath.Join(r.inbox, name), []byte(content), 0o640))
}

// idle lets enough polls go by for a batch to settle and close.
func (r *runRig) idle() {
	for range 25 {
		r.poll()
	}
}

// With no notices at all, polls alone bring the paper in.
func TestLostNoticesAreMadeUpForByPolls(t *testing.T) {
	t.Parallel()
	r := newRunRig(t, true, nil)
	r.write("1.pdf", pdf("1"))
	r.idle()
	b := <-r.taken
	if b.Device != RootDevice || len(b.Files) != 1 || b.Files[0].Name != "1.pdf" {
		t.Fatalf("batch %+v", b)
	}
	must(t, r.stop())
}

// A notice brings a poll although the clock stands before the next one.
func TestNoticeBringsAPollForward(t *testing.T) {
	t.Parallel()
	r := newRunRig(t, false, nil)
	if err := r.w.Snapshot().HintErr; err != nil {
		t.Fatalf("no notices here: %v", err)
	}
	r.write("1.pdf", pdf("1"))
	<-r.clock.armed // the notice armed a timer of its own
	r.clock.Advance(minGap)
	<-r.clock.armed // and its poll is over
	s := r.w.Snapshot()
	if len(s.Waiting) != 1 || s.Waiting[0].Reason != ReasonArriving {
		t.Fatalf("waiting %+v", s.Waiting)
	}
	must(t, r.stop())
}

func TestPokeAndChanged(t *testing.T) {
	t.Parallel()
	r := newRunRig(t, true, nil)
	<-r.w.Changed()
	r.write("1.pdf", pdf("1"))
	r.w.Poke()
	r.w.Poke()
	<-r.clock.armed
	r.clock.Advance(minGap)
	<-r.w.Changed()
	if n := len(r.w.Snapshot().Waiting); n != 1 {
		t.Fatalf("%d files waiting, want 1", n)
	}
	must(t, r.stop())
}

func TestClosingKeyAndTakeAnyway(t *testing.T) {
	t.Parallel()
	r := newRunRig(t, true, nil)
	r.write("1.pdf", pdf("1"))
	r.write("2.pdf", pdf("2")[:20])
	for range 4 {
		r.poll()
	}
	if err := r.w.TakeAnyway(t.Context(), RootDevice, "3.pdf"); !errors.Is(err, ErrNotWaiting) {
		t.Fatalf("a file that is not there: %v", err)
	}
	must(t, r.w.TakeAnyway(t.Context(), RootDevice, "2.pdf"))
	must(t, r.w.CloseBatch(t.Context(), RootDevice))
	if b := <-r.taken; len(b.Files) != 2 { // with no more time going by
		t.Fatalf("batch %+v, want both files", b)
	}
	must(t, r.stop())
}

// Pages stay alive while a batch is being taken, and Run waits for it at the end.
func TestPollsGoOnDuringTakeAndRunWaitsForIt(t *testing.T) {
	t.Parallel()
	started, finished := make(chan struct{}), make(chan struct{})
	r := newRunRig(t, true, func(ctx context.Context, _ Batch) error {
		close(started)
		<-ctx.Done()
		close(finished)
		return ctx.Err()
	})
	r.write("1.pdf", pdf("1"))
	r.idle()
	<-started
	r.write("2.pdf", pdf("2"))
	r.poll()
	s := r.w.Snapshot()
	if len(s.Waiting) != 1 || len(s.Offers) != 1 || !s.Offers[0].Taking {
		t.Fatalf("during Take: waiting %+v, offers %+v", s.Waiting, s.Offers)
	}
	must(t, r.stop())
	select {
	case <-finished:
	default:
		t.Fatal("Run returned before Take did")
	}
	if s := r.w.Snapshot(); len(s.Offers) != 1 || s.Offers[0].Attempts != 1 {
		t.Fatalf("after the stop: offers %+v", s.Offers)
	}
}

func TestCommandWithoutRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := New(Config{Inbox: dir + "/in", Claimed: dir + "/claimed", Done: dir + "/done"}, takeAll(nil))
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.CloseBatch(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestRunRefusesToStartWithoutItsFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/claimed", nil, 0o600))
	w, err := New(Config{Inbox: dir + "/in", Claimed: dir + "/claimed", Done: dir + "/done"}, takeAll(nil))
	must(t, err)
	if err := w.Run(t.Context()); err == nil {
		t.Fatal("Run started although claimed is a file")
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := Config{Inbox: "/srv/in", Claimed: "/srv/claimed", Done: "/srv/done"}
	for name, c := range map[string]struct {
		change func(*Config)
		says   string // part of the error, "" for none
	}{
		"defaults":              {func(*Config) {}, ""},
		"hidden in the inbox":   {func(c *Config) { c.Claimed, c.Done = "/srv/in/.claimed", "/srv/in/.done" }, ""},
		"no inbox":              {func(c *Config) { c.Inbox = "" }, "no inbox"},
		"claimed in the inbox":  {func(c *Config) { c.Claimed = "/srv/in/claimed" }, "outside the inbox"},
		"inbox in claimed":      {func(c *Config) { c.Inbox = "/srv/claimed/in" }, "inbox must lie outside"},
		"the same folder":       {func(c *Config) { c.Claimed = "/srv/../srv/in/" }, "outside the inbox"},
		"done in claimed":       {func(c *Config) { c.Done = "/srv/claimed/done" }, "in each other"},
		"negative time":         {func(c *Config) { c.BatchIdle = -time.Second }, "positive"},
		"negative files":        {func(c *Config) { c.BatchFiles = -1 }, "positive"},
		"siblings by name only": {func(c *Config) { c.Claimed = "/srv/inbox-claimed" }, ""},
	} {
		cfg := good
		c.change(&cfg)
		_, err := New(cfg, takeAll(nil))
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if _, err := New(good, nil); err == nil {
		t.Error("a watcher without Take")
	}
}
