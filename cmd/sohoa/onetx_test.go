package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/jobs"
	"sohoa/storage/catalog"
	"sohoa/storage/storagetest/pgtest"
)

// brokenQueue enqueues like the real queue and then fails, so that everything
// written before it in the transaction must go.
type brokenQueue struct{ *jobs.Queue }

var errBroken = errors.New("broken on purpose")

func (q brokenQueue) Enqueue(ctx context.Context, tx *sql.Tx, list ...dossier.Job) error {
	return errors.Join(q.Queue.Enqueue(ctx, tx, list...), errBroken)
}

// TestOneTransaction proves what the write order rests on: a catalogue row, a
// River job and an audit row commit together or not at all, and the effect of
// a step commits with the end of its job.
func TestOneTransaction(t *testing.T) {
	t.Parallel()
	for name, address := range databases(t) {
		t.Run(name, func(t *testing.T) { proveOneTransaction(t, address) })
	}
}

func proveOneTransaction(t *testing.T, address string) {
	ctx := context.Background()
	databases, err := catalog.OpenDatabases(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = databases.Close() })
	queue, err := jobs.New(ctx, databases.Write, databases.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	act := dossier.Act{Actor: dossier.Local("unit1"), At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	batch := dossier.Batch{ID: "b1", Unit: "unit1", Actor: act.Actor, At: act.At, Files: []dossier.BatchFile{{Name: "a.jpg", SHA256: "aa", Size: 1}}}

	broken := catalog.Open(databases, brokenQueue{queue}, noIndex{})
	if err := broken.TakeIn(ctx, act, batch, nil); !errors.Is(err, errBroken) {
		t.Fatalf("TakeIn with a broken queue: %v", err)
	}
	wantRows(t, databases.Write, 0)

	ledger := catalog.Open(databases, queue, noIndex{})
	if err := ledger.TakeIn(ctx, act, batch, nil); err != nil {
		t.Fatal(err)
	}
	wantRows(t, databases.Write, 1)
	if err := ledger.TakeIn(ctx, act, batch, nil); err != nil {
		t.Fatal(err)
	}
	wantRows(t, databases.Write, 1)

	run, stop := context.WithCancel(ctx)
	defer stop()
	var states []string
	err = queue.Run(run, 1, func(ctx context.Context, job dossier.Job) error {
		if job.Step == dossier.StepSplit {
			stop()
			return nil
		}
		ref, err := catalog.ParseFileSubject(job.Subject)
		if err != nil {
			return err
		}
		file, err := ledger.File(ctx, ref)
		if err != nil {
			return err
		}
		err = ledger.FileRejected(ctx, act, file, dossier.ReasonDamaged)
		states = append(states, jobState(t, databases.Write))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(states) != 1 || states[0] != "completed" {
		t.Errorf("state of the job right after its effect committed: %q, want completed", states)
	}
}

func jobState(t *testing.T, db *sql.DB) (state string) {
	t.Helper()
	if err := db.QueryRow("SELECT state FROM river_job ORDER BY id LIMIT 1").Scan(&state); err != nil {
		t.Error(err)
	}
	return state
}

// wantRows counts the three things that must come and go together.
func wantRows(t *testing.T, db *sql.DB, want int) {
	t.Helper()
	for _, table := range []string{"batches", "files", "river_job", "audit_pending", "audit_payloads"} {
		var got int
		if err := db.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: %d rows, want %d", table, got, want)
		}
	}
}

// databases names a fresh database of each kind.
func databases(t *testing.T) map[string]string {
	return map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "catalog.db"),
		"postgres": pgtest.Start(t),
	}
}
