package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"sohoa/pipeline"
)

// alone gives a command the archive to work on in this process, which owns it
// meanwhile: opened, healed of what a killed process left, and with page-workers,
// which start when there is a page for them.
func (c *cli) alone(ctx context.Context, do func(*archive, *pipeline.Flow) error) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.lockForWork(ctx); err != nil {
		return err
	}
	settings, err := c.config()
	if err != nil {
		return err
	}
	pages, err := startReader(a.layout.scratch(), settings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pages.pool.Close()) }()
	return do(a, a.flow(pages))
}

// lockForWork takes the process lock and heals what a killed process left:
// jobs it was running, scratch files, root objects never written, batches
// recorded as objects only, steps never enqueued.
func (a *archive) lockForWork(ctx context.Context) error {
	if err := a.takeLock(ctx); err != nil {
		return err
	}
	if err := a.audit.CheckCurrent(ctx, a.objects); err != nil {
		return err
	}
	if err := a.makeTestKey(ctx); err != nil {
		return err
	}
	if err := a.writeRoot(ctx); err != nil {
		return err
	}
	if err := a.flow(nil).Adopt(ctx, a.objects, a.ledger); err != nil {
		return err
	}
	if err := a.ledger.ChooseTwice(ctx, a.unit().ID, a.twice); err != nil {
		return err
	}
	_, err := a.ledger.Reconcile(ctx)
	return err
}

// takeLock takes the process lock and clears what a killed process was at.
func (a *archive) takeLock(ctx context.Context) error {
	lock, err := a.layout.lockArchive()
	if err != nil {
		return err
	}
	a.lock = lock
	if err := emptyFolder(a.layout.scratch()); err != nil {
		return err
	}
	if err := a.objects.sweep(a.layout, time.Now()); err != nil {
		return err
	}
	return a.queue.Rescue(ctx)
}

// emptyFolder removes what an earlier process left in scratch; nothing there
// outlives a process.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("empty scratch: %w", err)
	}
	for _, entry := range entries {
		if err := os.RemoveAll(dir + "/" + entry.Name()); err != nil {
			return fmt.Errorf("empty scratch: %w", err)
		}
	}
	return nil
}
