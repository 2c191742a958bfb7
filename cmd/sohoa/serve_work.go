package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"sohoa/dossier"
)

// trouble is why work has stopped: something that a person must mend, and that
// trying the next step would only make worse.
type trouble struct {
	err   error
	since time.Time
}

// told is the trouble as a page shows it; the reason is empty for none.
func (t *trouble) told() (dossier.Reason, time.Time) {
	if t == nil {
		return "", time.Time{}
	}
	return dossier.ReasonOf(t.err), t.since
}

// Pauses between attempts to go on after a stop.
const (
	firstPause   = 5 * time.Second
	longestPause = time.Minute
)

// work runs the queue until ctx ends. An error that stops the flow (a full
// disk, a damaged object) pauses work and is shown; the watcher and the pages
// go on, and work is tried again by itself.
func (d *daemon) work(ctx context.Context) error {
	for pause := d.pause; ; {
		err := d.archive.queue.Run(ctx, d.slots, d.step)
		if ctx.Err() != nil {
			if err != nil {
				d.log.WarnContext(ctx, "steps did not end in time; they will run again", cause(err))
			}
			return nil
		}
		if d.trouble.Load() == nil { // a step went well since the last stop
			pause = d.pause
		}
		d.trouble.Store(&trouble{err: err, since: time.Now()})
		d.log.ErrorContext(ctx, "work stopped; it is tried again", reason(err), cause(err), slog.Duration("pause", pause))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// errKilled ends steps that must not go on.
var errKilled = errors.New("stopped at once")

// step runs one step of the flow for the queue: measured, logged, told to
// whoever watches, and ended when the daemon must stop at once.
func (d *daemon) step(ctx context.Context, job dossier.Job) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	release := context.AfterFunc(d.hard, func() { cancel(errKilled) }) //nolint:contextcheck // a second, shorter life beside ctx
	defer release()
	begun := time.Now()
	err := d.flow.Do(ctx, job)
	d.metrics.step(job.Step, time.Since(begun), err)
	switch {
	case err == nil:
		d.trouble.Store(nil)
		d.failing.Store(nil)
		d.hub.publish(eventOf(job))
		d.log.DebugContext(ctx, "step done", slog.String("step", string(job.Step)), slog.String("subject", job.Subject))
	case d.hard.Err() != nil:
		return &dossier.Fault{Kind: dossier.Retry, Op: "run step", Reason: dossier.ReasonUnknown, Err: errKilled}
	default:
		if dossier.ReasonOf(err) != dossier.ReasonChanged { // a plan that was overtaken is made anew: nothing to tell
			d.failing.CompareAndSwap(nil, &trouble{err: err, since: time.Now()})
			d.hub.publish(dossier.Event{Kind: dossier.EventInbox})
		}
		d.log.WarnContext(ctx, "step failed; it will run again",
			slog.String("step", string(job.Step)), slog.String("subject", job.Subject), reason(err), cause(err))
	}
	return err
}

// eventOf tells what a finished step changed.
func eventOf(job dossier.Job) dossier.Event {
	switch job.Step {
	case dossier.StepRead:
		return dossier.Event{Kind: dossier.EventPage, Image: dossier.ImageID(job.Subject)}
	case dossier.StepSplit:
		return dossier.Event{Kind: dossier.EventBatch, Batch: dossier.BatchID(job.Subject)}
	case dossier.StepPublish:
		return dossier.Event{Kind: dossier.EventDossier, Dossier: dossier.DossierID(job.Subject)}
	case dossier.StepReadAgain:
		id, _, _ := strings.Cut(job.Subject, "/")
		return dossier.Event{Kind: dossier.EventDossier, Dossier: dossier.DossierID(id)}
	default:
		return dossier.Event{Kind: dossier.EventPage}
	}
}
