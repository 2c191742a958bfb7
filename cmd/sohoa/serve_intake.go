package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/scanner/watch"
)

// watchConfig is the watcher's share of the settings.
func (c config) watchConfig(place layout) watch.Config {
	return watch.Config{
		Inbox: c.Inbox, Claimed: place.claimed(), Done: place.done(),
		Poll: c.Poll, Settle: c.Settle, SettlePages: c.SettlePages, SettleUnknown: c.SettleUnknown,
		BatchIdle: c.BatchIdle, BatchHold: c.BatchHold, BatchFiles: c.BatchFiles,
	}
}

// watch runs the watcher until ctx ends, a new one whenever its settings
// change: all it has to remember is on disk.
func (d *daemon) watch(ctx context.Context) error {
	if inbox := d.archive.layout.inbox(); d.settings.Load().Inbox == inbox {
		// Our own inbox is made; another folder may be a share that is away.
		if err := os.MkdirAll(inbox, 0o750); err != nil {
			return fmt.Errorf("make inbox: %w", err)
		}
	}
	for ctx.Err() == nil {
		if err := d.watchOnce(ctx); err != nil {
			return err
		}
	}
	return nil
}

// watchOnce runs one watcher until ctx ends or its settings change.
func (d *daemon) watchOnce(ctx context.Context) error {
	settings := d.settings.Load().watchConfig(d.archive.layout)
	settings.Disk = d.disk
	watcher, err := watch.New(settings, d.take)
	if err != nil {
		return err
	}
	d.watcher.Store(watcher)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- watcher.Run(watching) }()
	for shown := false; ; {
		select {
		case err := <-ended:
			return err
		case <-d.rewatch:
			stop()
			return <-ended
		case <-watcher.Changed():
			// The pages hear of every look at an inbox that holds something, since
			// how long it has waited changes, and of the first at one that does not.
			s := watcher.Snapshot()
			holds := len(s.Waiting)+len(s.Open)+len(s.Offers) > 0 || !s.InboxGone.IsZero()
			if holds || shown {
				d.hub.publish(dossier.Event{Kind: dossier.EventInbox})
			}
			shown = holds
		}
	}
}

// snapshot is the inbox after the watcher's last look; empty before the first.
func (d *daemon) snapshot() watch.Snapshot {
	if watcher := d.watcher.Load(); watcher != nil {
		return watcher.Snapshot()
	}
	return watch.Snapshot{}
}

// take stores a batch that the watcher claimed. It goes on after a stop until
// the stop is one at once: what is half stored would have to be read again.
// After an error the watcher keeps the files and offers the batch again.
func (d *daemon) take(ctx context.Context, b watch.Batch) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(d.hard, cancel)() //nolint:contextcheck // ctx may end before hard does, on purpose
	feed := pipeline.Feed{ID: b.ID, Device: b.Device, Backs: d.settings.Load().deviceBacks(b.Device, len(b.Files))}
	for _, file := range b.Files {
		source, err := input{name: file.Name, path: file.Path}.source()
		if err != nil {
			return d.notTaken(ctx, b, errors.New("a claimed file cannot be read")) // the error would name it
		}
		feed.Sources = append(feed.Sources, source)
	}
	if _, err := d.flow.Claim(ctx, dossier.Local(d.archive.unit().ID), feed); err != nil {
		return d.notTaken(ctx, b, err)
	}
	d.metrics.taken(len(b.Files))
	d.log.InfoContext(ctx, "batch taken in", batchTaken(b.ID, len(b.Files), "inbox")...)
	d.hub.publish(dossier.Event{Kind: dossier.EventBatch, Batch: b.ID})
	return nil
}

// batchTaken is what a log line says of a batch that came in.
func batchTaken(id dossier.BatchID, files int, by string) []any {
	return []any{slog.String("batch", string(id)), slog.Int("files", files), slog.String("by", by)}
}

func (d *daemon) notTaken(ctx context.Context, b watch.Batch, err error) error {
	d.metrics.takeFailures.Inc()
	d.log.WarnContext(ctx, "batch not taken in; it is kept and tried again", slog.String("batch", string(b.ID)), reason(err), cause(err))
	return err
}

// houseTime is how often the house is kept.
const houseTime = time.Hour

// keepHouse puts finished batches under their day, removes days that are over
// age, lists checksums, and enqueues what a state still wants, should a job
// ever have been lost.
func (d *daemon) keepHouse(ctx context.Context) error {
	tick := time.NewTicker(houseTime)
	defer tick.Stop()
	for {
		for _, task := range []struct {
			name string
			do   func() error
		}{
			{"tidy done", func() error { return tidyDone(d.archive.layout.done(), time.Now(), d.settings.Load().KeepDone) }},
			{"list checksums", func() error { return d.listChecksums(ctx) }},
			{"reconcile jobs", func() error { _, err := d.archive.ledger.Reconcile(ctx); return err }},
			{"remove sessions that are over", func() error { return d.door.Sweep(ctx) }},
		} {
			if err := task.do(); err != nil && ctx.Err() == nil {
				d.log.WarnContext(ctx, "housekeeping failed; it is tried again", slog.String("task", task.name), cause(err))
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// day is how the folders in done are named.
const day = "2006-01-02"

// dayName is such a name; batches have ids without dashes in these places.
var dayName = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// tidyDone moves batches that lie in done itself into the folder of the day,
// and removes days that are more than keep days ago. Everything there is stored
// in the archive; it is kept for people who doubt that.
func tidyDone(done string, now time.Time, keep int) error {
	entries, err := os.ReadDir(done)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list done: %w", err)
	}
	today := filepath.Join(done, now.Format(day))
	oldest := now.AddDate(0, 0, -keep).Format(day)
	for _, entry := range entries {
		from := filepath.Join(done, entry.Name())
		switch {
		case !entry.IsDir():
		case dayName.MatchString(entry.Name()):
			if entry.Name() < oldest {
				err = os.RemoveAll(from)
			}
		default:
			if err = os.MkdirAll(today, 0o750); err == nil {
				err = os.Rename(from, filepath.Join(today, entry.Name()))
			}
		}
		if err != nil {
			return fmt.Errorf("tidy done: %w", err)
		}
	}
	return nil
}
