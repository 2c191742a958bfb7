package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// onEither runs a test on an archive of either database.
func onEither(t *testing.T, test func(t *testing.T, a *archive)) {
	t.Helper()
	for name, address := range databases(t) {
		t.Run(name, func(t *testing.T) { test(t, newTestArchive(t, address)) })
	}
}

// newTestArchive makes an office archive and opens it for work.
func newTestArchive(t *testing.T, database string) *archive {
	t.Helper()
	c := &cli{Data: t.TempDir(), Database: database}
	if _, err := c.makeArchive(t.Context(), "H38.12", false); err != nil {
		t.Fatal(err)
	}
	a, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// feed writes files of these contents and gives them as a batch.
func feed(t *testing.T, id dossier.BatchID, contents ...string) pipeline.Feed {
	t.Helper()
	f := pipeline.Feed{ID: id, Device: "counter-1"}
	for i, content := range contents {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.jpg", i))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		source, err := input{name: filepath.Base(path), path: path}.source()
		if err != nil {
			t.Fatal(err)
		}
		f.Sources = append(f.Sources, source)
	}
	return f
}

// powerCut is a catalogue whose machine goes down before the transaction that
// takes a batch in.
type powerCut struct{ pipeline.Ledger }

var errPowerCut = errors.New("power cut")

func (powerCut) TakeIn(context.Context, dossier.Act, dossier.Batch, []dossier.ObjectRef) error {
	return errPowerCut
}

// A claimed batch is offered again after a crash at any point, and is there
// once.
func TestClaimingAgainIsOnce(t *testing.T) { onEither(t, claimingAgainIsOnce) }

func claimingAgainIsOnce(t *testing.T, a *archive) {
	t.Helper()
	flow := a.flow(nil)
	actor, batch := dossier.Local(a.unit().ID), feed(t, "b1", "one", "two", "one")

	flow.Ledger = powerCut{a.catalog}
	if _, err := flow.Claim(t.Context(), actor, batch); !errors.Is(err, errPowerCut) {
		t.Fatalf("claim in a power cut: %v", err)
	}
	// Meanwhile somebody else brings one of the papers.
	flow.Ledger = a.catalog
	if _, err := flow.Claim(t.Context(), actor, feed(t, "", "two")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again, err := flow.Claim(t.Context(), actor, batch)
		if err != nil || again.ID != "b1" {
			t.Fatalf("claim again: %v, %v", again.ID, err)
		}
	}
	files, err := a.catalog.Files(t.Context(), "b1")
	if err != nil {
		t.Fatal(err)
	}
	var states []dossier.PageState
	for _, file := range files {
		states = append(states, file.State)
	}
	want := []dossier.PageState{dossier.PageClaimed, dossier.PageDuplicate, dossier.PageDuplicate}
	if !slices.Equal(states, want) {
		t.Errorf("files are %v, want %v", states, want)
	}
	ids, err := a.catalog.BatchIDs(t.Context(), a.unit().ID)
	if err != nil || len(ids) != 2 {
		t.Errorf("batches %v, %v; want two", ids, err)
	}
}

// An id stands for its files: others are refused.
func TestClaimingOtherFilesUnderAnIDIsRefused(t *testing.T) {
	t.Parallel()
	onEither(t, claimingOtherFilesUnderAnIDIsRefused)
}

func claimingOtherFilesUnderAnIDIsRefused(t *testing.T, a *archive) {
	t.Helper()
	flow := a.flow(nil)
	actor := dossier.Local(a.unit().ID)
	if _, err := flow.Claim(t.Context(), actor, feed(t, "b1", "one")); err != nil {
		t.Fatal(err)
	}
	_, err := flow.Claim(t.Context(), actor, feed(t, "b1", "one", "two"))
	if dossier.KindOf(err) != dossier.Stop || dossier.ReasonOf(err) != dossier.ReasonChanged {
		t.Errorf("got %v", err)
	}
}

// Batches that bring the same bytes at the same time are all taken; the bytes
// are worked on once.
func TestTheSameBytesAtOnce(t *testing.T) { onEither(t, theSameBytesAtOnce) }

func theSameBytesAtOnce(t *testing.T, a *archive) {
	t.Helper()
	flow := a.flow(nil)
	batches := make([]pipeline.Feed, 8)
	for i := range batches {
		batches[i] = feed(t, dossier.BatchID(fmt.Sprintf("b%d", i)), "one", "two")
	}
	var claims sync.WaitGroup
	for _, batch := range batches {
		claims.Go(func() {
			if _, err := flow.Claim(t.Context(), dossier.Local(a.unit().ID), batch); err != nil {
				t.Errorf("claim: %v", err)
			}
		})
	}
	claims.Wait()
	backlog, err := a.queue.Backlog(t.Context())
	// Two files to open, and seven batches that are nothing but duplicates.
	if err != nil || backlog.Waiting != 2+7 {
		t.Errorf("%+v, %v; want 9 steps", backlog, err)
	}
}

// The paper of a counter goes before what came earlier in the background.
func TestCountersGoFirst(t *testing.T) { onEither(t, countersGoFirst) }

func countersGoFirst(t *testing.T, a *archive) {
	t.Helper()
	flow := a.flow(nil)
	actor := dossier.Local(a.unit().ID)
	slow := feed(t, "slow", "one", "two")
	slow.Background = true
	for _, batch := range []pipeline.Feed{slow, feed(t, "fast", "three", "four")} {
		if _, err := flow.Claim(t.Context(), actor, batch); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var order []string
	err := a.queue.Run(ctx, 1, func(_ context.Context, job dossier.Job) error {
		batch, _, _ := strings.Cut(job.Subject, "/")
		if order = append(order, batch); len(order) == 4 {
			stop()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"fast", "fast", "slow", "slow"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

func TestDoneIsKeptByDay(t *testing.T) {
	t.Parallel()
	done := t.TempDir()
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	for _, dir := range []string{"batch1", "2026-03-01/old", "2026-02-28/older", "2026-03-31/batch0"} {
		if err := os.MkdirAll(filepath.Join(done, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(done, "note.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := tidyDone(done, now, 30); err != nil {
			t.Fatal(err)
		}
	}
	var left []string
	err := fs.WalkDir(os.DirFS(done), ".", func(path string, _ fs.DirEntry, err error) error {
		left = append(left, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".", "2026-03-01", "2026-03-01/old", "2026-03-31", "2026-03-31/batch0", "2026-03-31/batch1", "note.txt"}
	if !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
	if err := tidyDone(filepath.Join(done, "nowhere"), now, 30); err != nil {
		t.Errorf("no done folder yet: %v", err)
	}
}

// Log lines must not name files: scanners are told names of people.
func TestCausesNameNoFile(t *testing.T) {
	t.Parallel()
	_, missing := os.Open("/nowhere/Nguyen Thi Dao.pdf")
	renamed := os.Rename("/nowhere/Nguyen Thi Dao.pdf", "/elsewhere/Dao.pdf")
	for _, err := range []error{missing, fmt.Errorf("take in: %w", missing), errors.Join(errors.New("x"), fmt.Errorf("y: %w", renamed))} {
		said := cause(err).Value.String()
		if strings.Contains(said, "Dao") || !strings.Contains(said, "no such file") {
			t.Errorf("cause is %q", said)
		}
	}
}

func TestListenersHearUntilTheyGo(t *testing.T) {
	t.Parallel()
	h := newHub()
	ctx, gone := context.WithCancel(t.Context())
	events := h.Subscribe(ctx)
	want := dossier.Event{Kind: dossier.EventBatch, Batch: "b1"}
	for range 2 * heardLate { // a deaf listener holds nobody up
		h.publish(want)
	}
	if got := <-events; got != want {
		t.Errorf("heard %+v", got)
	}
	gone()
	for range events { // ends when the channel is closed
	}
	h.publish(want)
}

// serveOnce answers one connection on a socket at path.
func serveOnce(t *testing.T, path string, answer func(net.Conn)) {
	t.Helper()
	listener, err := listenSocket(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		answer(conn)
	}()
}

// askOnce hands one file over.
func askOnce(t *testing.T, path string) (*outcome, error) {
	t.Helper()
	conn, err := dialServe(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	request, err := newHandover([]input{{name: "a.jpg", path: "a.jpg"}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := handOver(t.Context(), conn, request, func(reply) {})
	return answer.Outcome, err
}

// A socket's address holds 107 bytes; archives lie deeper.
func TestSocketInADeepFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "sohoa.sock")
	asked := make(chan handover, 1)
	serveOnce(t, path, func(conn net.Conn) {
		request, err := receiveHandover(conn)
		if err != nil {
			t.Error(err)
		}
		asked <- request
		_ = json.NewEncoder(conn).Encode(reply{Outcome: &outcome{Batch: "b1"}})
	})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", info, err)
	}
	got, err := askOnce(t, path)
	if err != nil || got.Batch != "b1" {
		t.Errorf("got %+v, %v", got, err)
	}
	if file := (<-asked).Files[0]; file.Name != "a.jpg" || !filepath.IsAbs(file.Path) {
		t.Errorf("asked for %+v", file)
	}
}

func TestNobodyServes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sohoa.sock")
	if _, err := dialServe(t.Context(), path); !errors.Is(err, errNoServe) {
		t.Errorf("no socket: %v", err)
	}
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	if err := stale.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := dialServe(t.Context(), path); !errors.Is(err, errNoServe) {
		t.Errorf("socket of a dead process: %v", err)
	}
}

func TestServeGoesAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, says, hint string
		answer           func(net.Conn)
	}{
		{"before it took the work over", "before it took the work over", "nothing was changed", func(conn net.Conn) { _, _ = receiveHandover(conn) }},
		{"before they were finished", "before batch b1 was finished", "taken in", func(conn net.Conn) {
			_, _ = receiveHandover(conn)
			_ = json.NewEncoder(conn).Encode(reply{Batch: "b1"})
		}},
		{"after it said why", "disk is full", "", func(conn net.Conn) {
			_, _ = receiveHandover(conn)
			_ = json.NewEncoder(conn).Encode(reply{Failure: &failure{Text: "the disk is full", Code: exitOther}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s")
			serveOnce(t, path, c.answer)
			_, err := askOnce(t, path)
			exit := classifyExit(err)
			if exit.code != exitOther || !strings.Contains(exit.Error(), c.says) || !strings.Contains(exit.hint, c.hint) {
				t.Errorf("got %v (%s), want %q (%s)", err, exit.hint, c.says, c.hint)
			}
		})
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	for _, request := range []string{
		`{"version":99,"files":[{"name":"a","path":"/a"}]}`, `{"version":1,"files":[]}`,
		`{"version":1,"files":[{"name":"a","path":"a"}]}`, `nonsense`, ``,
	} {
		client, server := net.Pipe()
		go func() {
			_, _ = client.Write([]byte(request))
			_ = client.Close()
		}()
		if _, err := receiveHandover(server); err == nil {
			t.Errorf("%s is taken", request)
		}
		_ = server.Close()
	}
}

// TestFailingStepsAreTroubleAfterAMinute: a step that fails is tried again by
// itself; only when that does not help is serve called not ready.
func TestFailingStepsAreTroubleAfterAMinute(t *testing.T) {
	t.Parallel()
	d := &daemon{}
	d.failing.Store(&trouble{err: errKilled, since: time.Now()})
	if err := d.probeWork(); err != nil {
		t.Errorf("not ready at the first failure: %v", err)
	}
	d.failing.Store(&trouble{err: errKilled, since: time.Now().Add(-stepGrace)})
	if d.probeWork() == nil {
		t.Error("ready although steps have failed for a minute")
	}
	d.failing.Store(nil)
	if err := d.probeWork(); err != nil {
		t.Errorf("not ready after a success: %v", err)
	}
}
