package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/storage/storagetest/gwtest"
)

// line is the way to a server that can be cut and mended.
type line struct {
	address string // of our end
	to      string
	mu      sync.Mutex
	cut     bool
	open    map[net.Conn]struct{}
}

// newLine leads to the server at address.
func newLine(t *testing.T, address string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{address: listener.Addr().String(), to: address, open: map[net.Conn]struct{}{}}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			served.Go(func() { l.carry(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		l.set(true)
		served.Wait()
	})
	return l
}

// set cuts the line, with everything on it, or mends it.
func (l *line) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	for conn := range l.open {
		if cut {
			_ = conn.Close()
		}
	}
}

func (l *line) register(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return false
	}
	for _, conn := range conns {
		l.open[conn] = struct{}{}
	}
	return true
}

func (l *line) carry(near net.Conn) {
	defer func() { _ = near.Close() }()
	far, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	if !l.register(near, far) {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, near)
	delete(l.open, far)
}

// waitFor looks until something holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for !holds() {
		select {
		case <-late:
			t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}

// The bucket goes away while paper comes: the inbox is emptied all the same,
// serve says what is wrong, and delivery follows when the bucket is back.
func TestTheBucketGoesAwayWhilePaperComes(t *testing.T) {
	t.Parallel()
	server := gwtest.Start(t)
	way := newLine(t, strings.TrimPrefix(server.Endpoint, "http://"))
	keys := filepath.Join(t.TempDir(), "keys")
	c := &cli{Data: t.TempDir()}
	settings := fmt.Sprintf("objects: s3+http://%s/%s\ns3_key_file: %s\npoll: 50ms\nsettle: 100ms\nbatch_idle: 200ms\nsettle_unknown: 100ms\n",
		way.address, server.Bucket(t, false), keys)
	for path, body := range map[string]string{keys: server.AccessKey + "\n" + server.SecretKey + "\n", layout{root: c.Data}.config(): settings} {
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.makeArchive(t.Context(), "H38.12", false); err != nil {
		t.Fatal(err)
	}
	d := watching(t, c)

	way.set(true)
	paper := filepath.Join(d.archive.layout.inbox(), "paper.txt")
	if err := os.WriteFile(paper, []byte("paper"), 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "a batch that cannot be stored", func() bool { return d.counts().Failing == 1 })
	if _, err := os.Stat(paper); err == nil {
		t.Error("the file is still in the inbox")
	}
	if claimed, _ := filepath.Glob(filepath.Join(d.archive.layout.claimed(), "*", "paper.txt")); len(claimed) != 1 {
		t.Error("the file is not kept in claimed")
	}
	if c := storeCondition(t, d); c.OK || c.Says == "" {
		t.Errorf("ready with a store that is away: %+v", c)
	}

	way.set(false)
	waitFor(t, "delivery", func() bool { return d.metrics.takenCounts().Files == 1 && d.counts().Offered == 0 })
	if c := storeCondition(t, d); !c.OK {
		t.Errorf("not ready although the store is back: %+v", c)
	}
	files, err := filepath.Glob(filepath.Join(d.archive.layout.done(), "*", "paper.txt"))
	if err != nil || len(files) != 1 {
		t.Errorf("done holds %v, %v", files, err)
	}
	if has, err := d.archive.objects.hasRecords(t.Context()); err != nil || !has {
		t.Errorf("nothing in the bucket: %v", err)
	}
}

// watching is a daemon without workers whose watcher runs until the test ends.
func watching(t *testing.T, c *cli) *daemon {
	t.Helper()
	a, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings, err := c.config()
	if err != nil {
		t.Fatal(err)
	}
	d := newDaemon(c, a, settings, &daemonLog{Logger: slog.New(slog.DiscardHandler), level: &slog.LevelVar{}})
	ended := make(chan error, 1)
	go func() { ended <- d.watch(t.Context()) }()
	t.Cleanup(func() { // the test's context has ended
		if err := <-ended; err != nil {
			t.Error(err)
		}
		d.kill()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	waitFor(t, "the watcher", func() bool { return !d.snapshot().At.IsZero() })
	return d
}

func storeCondition(t *testing.T, d *daemon) condition {
	t.Helper()
	for _, c := range d.conditions(t.Context()) {
		if c.Name == "store" {
			return c
		}
	}
	t.Fatal("no condition is called store")
	return condition{}
}

// fullDisk is a reader for which the disk is full until there is room.
type fullDisk struct{ room atomic.Bool }

func (r *fullDisk) Open(context.Context, string) (int, error) {
	if !r.room.Load() {
		return 0, &dossier.Fault{Kind: dossier.Stop, Op: "open file", Reason: dossier.ReasonDiskFull}
	}
	return 1, nil
}

func (*fullDisk) Read(context.Context, string, dossier.TakenImage) ([]dossier.Reading, error) {
	return nil, &dossier.Fault{Kind: dossier.Park, Op: "read page", Reason: dossier.ReasonUnreadable}
}

func (*fullDisk) ReadAs(context.Context, string, dossier.TakenImage, []dossier.WayUp) ([]dossier.Reading, error) {
	return nil, errors.New("nothing is turned here")
}

func (*fullDisk) Extract(context.Context, string, int, *dossier.Cut) (dossier.ImageStream, func(), error) {
	return dossier.ImageStream{}, func() {}, errors.New("nothing is published here")
}

func (*fullDisk) View(context.Context, string, int, dossier.Reading, int) ([]byte, error) {
	return nil, errors.New("nothing is signed here")
}

// What stops the flow stops work, not serve: it is shown, and work goes on by
// itself when the cause is gone.
func TestStoppedWorkGoesOn(t *testing.T) {
	t.Parallel()
	d := watching(t, &cli{Data: newOffice(t)})
	disk := &fullDisk{}
	d.flow = d.archive.flow(disk)
	d.pause, d.slots = 50*time.Millisecond, 1
	batch, err := d.flow.Claim(t.Context(), dossier.Local(d.archive.unit().ID), feed(t, "", "paper"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- d.work(ctx) }()
	waitFor(t, "stopped work", func() bool { reason, _ := d.stopped(); return reason == dossier.ReasonDiskFull && d.probeWork() != nil })
	disk.room.Store(true)
	waitFor(t, "the batch", func() bool {
		done, err := d.archive.catalog.BatchDone(t.Context(), batch.ID)
		return err == nil && done
	})
	if err := d.probeWork(); err != nil {
		t.Errorf("work that goes on is shown as stopped: %v", err)
	}
	stop()
	if err := <-worked; err != nil {
		t.Error(err)
	}
}

// A step that will not end is ended by a stop at once, and wanted again.
func TestStopAtOnce(t *testing.T) {
	t.Parallel()
	d := watching(t, &cli{Data: newOffice(t)})
	reading := &stuck{began: make(chan struct{})}
	d.flow = d.archive.flow(reading)
	d.slots = 1
	if _, err := d.flow.Claim(t.Context(), dossier.Local(d.archive.unit().ID), feed(t, "", "paper")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- d.work(ctx) }()
	<-reading.began
	stop()
	d.kill()
	if err := <-worked; err != nil {
		t.Error(err)
	}
	backlog, err := d.archive.queue.Backlog(t.Context())
	if err != nil || backlog.Waiting+backlog.Retrying+backlog.Running != 1 {
		t.Errorf("%+v, %v; want the step to be there still", backlog, err)
	}
}

// stuck is a reader that waits for the end of its context.
type stuck struct {
	fullDisk
	began chan struct{}
}

func (r *stuck) Open(ctx context.Context, _ string) (int, error) {
	close(r.began)
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

// newOffice makes an archive and gives its folder.
func newOffice(t *testing.T) string {
	t.Helper()
	c := &cli{Data: t.TempDir()}
	if _, err := c.makeArchive(t.Context(), "H38.12", false); err != nil {
		t.Fatal(err)
	}
	return c.Data
}
