package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"sohoa/dossier"
)

// TestServeSequences lets the daemon's sequencer run: views get their numbers
// and leave the database under a checkpoint; while the log is stuck, serve says
// that it is not ready, and goes on by itself.
func TestServeSequences(t *testing.T) {
	t.Parallel()
	onEither(t, func(t *testing.T, a *archive) {
		settings := config{CheckpointEvery: time.Nanosecond}
		d := newDaemon(&cli{}, a, settings, &daemonLog{Logger: slog.New(slog.DiscardHandler), level: &slog.LevelVar{}})
		defer d.kill()
		running, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.sequence(running) }()
		look := func(subject string) {
			t.Helper()
			if err := a.viewed(t.Context(), dossier.Deed{Action: dossier.ActionDossierView, Subject: subject}); err != nil {
				t.Fatal(err)
			}
		}
		sealed := func(least int64) func() bool {
			return func() bool {
				state, err := a.audit.State(t.Context())
				return err == nil && state.Pending == 0 && state.Sealed >= least && state.Sealed == state.Size
			}
		}
		look("d1")
		waitFor(t, "a checkpoint", sealed(1))
		exec := func(statement string) {
			t.Helper()
			if _, err := a.databases.Write.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		exec("ALTER TABLE audit_hashes RENAME TO gone")
		look("d2")
		waitFor(t, "the log to be stuck", func() bool { return d.probeLog() != nil })
		exec("ALTER TABLE gone RENAME TO audit_hashes")
		waitFor(t, "the log to go on", func() bool { return d.probeLog() == nil })
		waitFor(t, "a later checkpoint", sealed(2))
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		// What comes after the sequencer has stopped is sealed at the end.
		look("d3")
		if err := d.sealAndList(d.hard); err != nil {
			t.Fatal(err)
		}
		if !sealed(3)() {
			t.Error("something was left without a number at a clean stop")
		}
	})
}
