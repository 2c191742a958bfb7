package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sohoa/dossier"
)

// fakeClock stands still until it is advanced.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []fakeTimer
	// armed gets a signal for every After.
	armed chan struct{}
}

type fakeTimer struct {
	at time.Time
	c  chan time.Time
}

func newFakeClock() *fakeClock {
	return &fakeClock{now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), armed: make(chan struct{}, 10_000)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := fakeTimer{at: c.now.Add(d), c: make(chan time.Time, 1)}
	if d <= 0 {
		t.c <- c.now
	} else {
		c.timers = append(c.timers, t)
	}
	c.armed <- struct{}{}
	return t.c
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	var later []fakeTimer
	for _, t := range c.timers {
		if t.at.After(c.now) {
			later = append(later, t)
			continue
		}
		t.c <- c.now
	}
	c.timers = later
}

// rig drives an intake step by step on real folders.
type rig struct {
	t      testing.TB
	cfg    Config
	clock  *fakeClock
	ops    ops
	in     *intake
	taken  []taken
	takeFn func(Batch) error // may refuse; nil accepts
}

// taken is a batch as it was when it was accepted.
type taken struct {
	id       dossier.BatchID
	device   string
	names    []string
	contents []string
}

func newRig(t testing.TB, change func(*Config)) *rig {
	t.Helper()
	dir := t.TempDir()
	clock := newFakeClock()
	cfg := Config{
		Inbox: filepath.Join(dir, "inbox"), Claimed: filepath.Join(dir, "claimed"), Done: filepath.Join(dir, "done"), Clock: clock,
		Settle: 4 * time.Second, // two polls, so that tests count in polls
	}
	if change != nil {
		change(&cfg)
	}
	r := &rig{t: t, cfg: cfg.WithDefaults(), clock: clock, ops: systemOps()}
	must(t, r.cfg.Validate())
	must(t, os.MkdirAll(cfg.Inbox, 0o750))
	r.restart()
	return r
}

// restart forgets all that is in memory.
func (r *rig) restart() {
	r.t.Helper()
	r.in = newIntake(r.cfg, r.ops)
	must(r.t, r.in.start())
}

// pass lets time go by, poll by poll, and takes what is offered.
func (r *rig) pass(d time.Duration) {
	r.t.Helper()
	for end := r.clock.Now().Add(d); r.clock.Now().Before(end); {
		r.clock.Advance(r.cfg.Poll)
		r.poll()
	}
}

func (r *rig) poll() {
	r.t.Helper()
	for r.in.poll() {
	}
	for b := r.in.next(); b != nil; b = r.in.next() {
		r.in.answer(b, r.accept(b.view()))
	}
}

func (r *rig) accept(b Batch) error {
	r.t.Helper()
	got := taken{id: b.ID, device: b.Device}
	for _, f := range b.Files {
		content, err := os.ReadFile(f.Path)
		must(r.t, err)
		if int64(len(content)) != f.Size {
			r.t.Errorf("size of a file: batch says %d, disk %d", f.Size, len(content))
		}
		got.names = append(got.names, f.Name)
		got.contents = append(got.contents, string(content))
	}
	if r.takeFn != nil {
		if err := r.takeFn(b); err != nil {
			return err
		}
	}
	r.taken = append(r.taken, got)
	return nil
}

func (r *rig) path(name string) string { return filepath.Join(r.cfg.Inbox, name) }

func (r *rig) write(name, content string) {
	r.t.Helper()
	must(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o750))
	must(r.t, os.WriteFile(r.path(name), []byte(content), 0o640))
}

func (r *rig) appendTo(name, content string) {
	r.t.Helper()
	f, err := os.OpenFile(r.path(name), os.O_WRONLY|os.O_APPEND, 0)
	must(r.t, err)
	_, err = f.WriteString(content)
	must(r.t, errors.Join(err, f.Close()))
}

// waiting is the reason and the time under a name in the snapshot.
func (r *rig) waiting(name string) (Waiting, bool) {
	for _, w := range r.in.snapshot().Waiting {
		if w.Name == name {
			return w, true
		}
	}
	return Waiting{}, false
}

func (r *rig) wantWaiting(name string, reason Reason) Waiting {
	r.t.Helper()
	w, ok := r.waiting(name)
	if !ok || w.Reason != reason {
		r.t.Fatalf("%s: waiting %v for %q, want %q", name, ok, w.Reason, reason)
	}
	return w
}

// wantBatches compares what was taken: one string per batch, "device: names".
func (r *rig) wantBatches(want ...string) {
	r.t.Helper()
	var got []string
	for _, b := range r.taken {
		got = append(got, b.device+": "+strings.Join(b.names, " "))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		r.t.Fatalf("taken %q, want %q", got, want)
	}
}

// pdf is a file that has its end; the payload tells one from another.
func pdf(payload string) string {
	return "%PDF-1.4\n" + payload + "\ntrailer\nstartxref\n9\n%%EOF\n"
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// takeAll is a Take that hands what it gets to the test.
func takeAll(c chan<- Batch) Take {
	return func(ctx context.Context, b Batch) error {
		select {
		case c <- b:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
