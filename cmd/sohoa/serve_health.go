package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/jobs"
	"sohoa/web"
)

// handler is everything the daemon answers; package web has the one table of
// addresses.
func (d *daemon) handler() (http.Handler, error) {
	proxies, err := d.settings.Load().proxies()
	if err != nil {
		return nil, err
	}
	return d.archive.pages(webParts{
		sample: d.settings.Load().sampleSize(),
		flow:   d.flow, preview: d.pictures, events: d.hub, inbox: d.snapshot, stopped: d.stopped, delayed: d.delayed, machine: d.machine(), log: d.log.Logger,
		door: d.door, provider: d.provider, hosts: d.named, proxies: proxies,
	})
}

// machine is what programs ask:
//
//	/healthz   it is alive
//	/readyz    it can take paper in and work on it; 503 and the reasons if not
//	/status    what waits and what runs, as counts
//	/metrics   the same and more, for Prometheus
func (d *daemon) machine() web.Machine {
	return web.Machine{
		Alive:   http.HandlerFunc(alive),
		Ready:   http.HandlerFunc(d.readyz),
		Status:  http.HandlerFunc(d.statusz),
		Metrics: d.metrics.handler(),
	}
}

func alive(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]bool{"alive": true})
}

func answer(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(value) // whoever asked has gone
}

// condition is one thing that must be so for the daemon to be ready.
type condition struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Says string `json:"says,omitempty"`
}

// probeTime bounds one look at everything.
const probeTime = 5 * time.Second

func (d *daemon) readyz(w http.ResponseWriter, r *http.Request) {
	conditions := d.conditions(r.Context())
	code := http.StatusOK
	for _, c := range conditions {
		if !c.OK {
			code = http.StatusServiceUnavailable
		}
	}
	answer(w, code, map[string]any{"ready": code == http.StatusOK, "checks": conditions})
}

// conditions looks at everything that paper needs on its way.
func (d *daemon) conditions(ctx context.Context) []condition {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	return []condition{
		conditionOf("database", d.probeDatabase(ctx)),
		conditionOf("store", d.probeStore(ctx)),
		conditionOf("engine", d.probeEngine(ctx)),
		conditionOf("disk", d.probeDisk()),
		conditionOf("inbox", d.probeInbox()),
		conditionOf("work", d.probeWork()),
		conditionOf("log", d.probeLog()),
	}
}

func conditionOf(name string, err error) condition {
	if err != nil {
		return condition{Name: name, Says: cause(err).Value.String()}
	}
	return condition{Name: name, OK: true}
}

// probeDatabase takes the write lock and changes nothing.
func (d *daemon) probeDatabase(ctx context.Context) error {
	if _, err := d.archive.databases.Write.ExecContext(ctx, "UPDATE batches SET version = version WHERE id = ''"); err != nil {
		return fmt.Errorf("the database cannot be written: %w", err)
	}
	return nil
}

// probeStore asks for an object that is always there. That it can be written,
// too, shows in what waits to be taken: the last failure is told.
func (d *daemon) probeStore(ctx context.Context) error {
	if _, err := d.archive.store.Stat(ctx, dossier.ArchiveKey); err != nil {
		return fmt.Errorf("the object store cannot be read: %w", err)
	}
	for _, offer := range d.snapshot().Offers {
		if offer.Err != nil {
			return fmt.Errorf("a claimed batch could not be stored; it is kept and tried again: %w", offer.Err)
		}
	}
	return nil
}

// probeEngine looks for what the page-workers need on each page.
func (d *daemon) probeEngine(ctx context.Context) error {
	for _, check := range append(models(*d.settings.Load()), program(ctx, "pdftoppm", "poppler-utils")) {
		if !check.OK {
			return errors.New(check.Name + ": " + check.Says)
		}
	}
	return nil
}

func (d *daemon) probeDisk() error {
	free, err := freeSpace(d.archive.layout.root)
	if err != nil {
		return err
	}
	if least := d.settings.Load().MinFree; float64(free)/1e9 < least {
		return fmt.Errorf("%.1f GB are free, fewer than %.1f", float64(free)/1e9, least)
	}
	return nil
}

// freeSpace is what the folder's file system can still hold, in bytes.
func freeSpace(dir string) (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("look for free space: %w", err)
	}
	return fs.Bavail * uint64(max(fs.Bsize, 0)), nil
}

func (d *daemon) probeInbox() error {
	if s := d.snapshot(); !s.InboxGone.IsZero() {
		return fmt.Errorf("the inbox cannot be listed since %s: %w", s.InboxGone.UTC().Format(time.RFC3339), s.InboxErr)
	}
	return nil
}

// stopped is why work has stopped, for the pages, and delayed why steps fail;
// the reason is empty while all goes on.
func (d *daemon) stopped() (dossier.Reason, time.Time) { return d.trouble.Load().told() }

func (d *daemon) delayed() (dossier.Reason, time.Time) { return d.failing.Load().told() }

// stepGrace is how long steps may fail before the daemon is called not ready.
// One that failed is tried again by itself within seconds; whoever sends paper
// elsewhere, or starts serve anew, for that only loses time.
const stepGrace = time.Minute

func (d *daemon) probeWork() error {
	if t := d.trouble.Load(); t != nil {
		return fmt.Errorf("work has stopped since %s and is tried again: %w", t.since.UTC().Format(time.RFC3339), t.err)
	}
	if t := d.failing.Load(); t != nil && time.Since(t.since) >= stepGrace {
		return fmt.Errorf("steps have failed since %s and are tried again: %w", t.since.UTC().Format(time.RFC3339), t.err)
	}
	return nil
}

// status is how much there is to do, in counts.
type status struct {
	Version string       `json:"version"`
	Begun   time.Time    `json:"begun"`
	Inbox   intakeCounts `json:"inbox"`
	// Taken counts what came into the archive since the start.
	Taken takenCounts `json:"taken"`
	// Unread is what is taken in and still to be read.
	Unread dossier.Unread `json:"unread"`
	// Jobs are the steps still to be done for what is taken in.
	Jobs jobs.Backlog `json:"jobs"`
}

// takenCounts is what came into the archive.
type takenCounts struct {
	Batches int64 `json:"batches"`
	Files   int64 `json:"files"`
}

// intakeCounts is what lies before the catalogue.
type intakeCounts struct {
	Waiting int `json:"waiting"` // files that are not ready
	Open    int `json:"open"`    // files of batches that are being filled
	Offered int `json:"offered"` // files of batches on their way into the archive
	Failing int `json:"failing"` // batches that could not be stored yet
}

func (d *daemon) counts() intakeCounts {
	var in intakeCounts
	s := d.snapshot()
	in.Waiting = len(s.Waiting)
	for _, batch := range s.Open {
		in.Open += len(batch.Files)
	}
	for _, offer := range s.Offers {
		in.Offered += len(offer.Files)
		if offer.Err != nil {
			in.Failing++
		}
	}
	return in
}

func (d *daemon) statusz(w http.ResponseWriter, r *http.Request) {
	backlog, err := d.archive.queue.Backlog(r.Context())
	if err != nil {
		answer(w, http.StatusServiceUnavailable, map[string]string{"error": cause(err).Value.String()})
		return
	}
	unread, err := d.archive.catalog.Unread(r.Context(), dossier.Whole(d.archive.unit().ID))
	if err != nil {
		answer(w, http.StatusServiceUnavailable, map[string]string{"error": cause(err).Value.String()})
		return
	}
	answer(w, http.StatusOK, status{Version: version, Begun: d.begun.UTC(), Inbox: d.counts(), Taken: d.metrics.takenCounts(), Unread: unread, Jobs: backlog})
}
