package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// numberPause is how long an event waits for its number at most, while
// nothing is in the way.
const numberPause = 500 * time.Millisecond

// sequence gives events their numbers until ctx ends, and now and then takes
// the log out of the database. What fails is tried again; the pages go on, for
// events are durable before they have a number.
func (d *daemon) sequence(ctx context.Context) error {
	tick := time.NewTicker(numberPause)
	defer tick.Stop()
	for sealed := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := d.archive.sealer.NumberAll(ctx)
		if err == nil && time.Since(sealed) >= d.settings.Load().CheckpointEvery {
			if err = d.archive.checkpoint(ctx); err == nil {
				sealed = time.Now()
			}
		}
		d.noteSequence(ctx, err)
	}
}

// noteSequence remembers why the log is stuck, and logs when that begins and
// ends.
func (d *daemon) noteSequence(ctx context.Context, err error) {
	before := d.logStuck.Load()
	switch {
	case err == nil && before != nil:
		d.logStuck.Store(nil)
		d.log.InfoContext(ctx, "the audit log goes on")
	case err != nil && ctx.Err() == nil && before == nil:
		d.logStuck.Store(&trouble{err: err, since: time.Now()})
		d.log.ErrorContext(ctx, "the audit log is stuck; it is tried again", reason(err), cause(err))
	case err != nil && before != nil:
		d.logStuck.Store(&trouble{err: err, since: before.since})
	}
}

// probeLog says why the log is stuck.
func (d *daemon) probeLog() error {
	if stuck := d.logStuck.Load(); stuck != nil {
		return fmt.Errorf("the log is stuck since %s: %w", stuck.since.UTC().Format(time.RFC3339), stuck.err)
	}
	return nil
}

// sealAndList ends a batch, or a day: everything has its number, the log is out
// of the database, and the digests of what is new are in a list.
func (d *daemon) sealAndList(ctx context.Context) error {
	if err := d.archive.seal(ctx); err != nil {
		return err
	}
	return d.listChecksums(ctx)
}

// collectLog measures the log for Prometheus.
func (g *gauges) collectLog(ctx context.Context, set func(*prometheus.Desc, float64, ...string)) {
	state, err := g.daemon.archive.audit.State(ctx)
	if err != nil {
		g.daemon.log.WarnContext(ctx, "log not measured", cause(err))
		return
	}
	set(g.logEntries, float64(state.Size))
	set(g.logPending, float64(state.Pending))
	set(g.logSealed, float64(state.Sealed))
	if state.Sealed > 0 {
		set(g.logAge, time.Since(state.SealedAt).Seconds())
	}
}
