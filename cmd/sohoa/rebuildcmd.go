package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sohoa/pipeline"
	"sohoa/storage/audit"
	"sohoa/storage/catalog"
)

// rebuildCmd restores the catalogue from objects.
type rebuildCmd struct {
	PageTimeout time.Duration `help:"Processor time for one page before it is parked; ten times as long by the clock." default:"60s"`
}

// Help says when to use it.
func (rebuildCmd) Help() string {
	return `For a lost or damaged database: move catalog.db (and its -wal and -shm files)
away, then run this. Batches, pages, dossiers and the search index come back
from the objects alone; pages that were not finished are worked on again.
A catalogue that holds anything is never overwritten.`
}

// Run rebuilds, then finishes what was unfinished.
func (r rebuildCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.openForRebuild(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := c.requireParts(ctx); err != nil {
		return err
	}
	pages, err := c.startWorkers(a.layout.scratch(), r.PageTimeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pages.pool.Close()) }()
	found, err := a.rebuild(ctx, a.flow(pages))
	if errors.Is(err, catalog.ErrNotEmpty) {
		return usage("Move catalog.db and its -wal and -shm files away first; nothing was changed.", "%s: %w", c.Data, err)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, found)
	}
	_, err = fmt.Fprintf(con.out, "restored %d batch(es), %d image(s), %d dossier(s) in %d version(s), %d entries of the log\n",
		found.Batches, found.Images, found.Dossiers, found.Versions, found.Entries)
	for _, key := range found.Orphans {
		_, _ = fmt.Fprintf(con.out, "no batch names %s: feed its source again\n", key)
	}
	for _, lost := range found.Lost {
		_, _ = fmt.Fprintf(con.out, "cannot be restored: %s\n", lost)
	}
	return err
}

// openForRebuild opens an archive whose catalogue is to be made again.
func (c *cli) openForRebuild(ctx context.Context) (*archive, error) {
	a, err := c.openAny(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.takeLock(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// rebuild fills the empty catalogue from the objects and works until nothing is
// unfinished.
func (a *archive) rebuild(ctx context.Context, flow *pipeline.Flow) (pipeline.Restored, error) {
	if err := a.catalog.Empty(ctx); err != nil {
		return pipeline.Restored{}, err
	}
	log, err := a.restoreLog(ctx)
	if err != nil {
		return pipeline.Restored{}, err
	}
	found, err := flow.Rebuild(ctx, a.objects, a.catalog)
	if err != nil {
		return found, err
	}
	found.Entries, found.Lost = log.Entries, append(found.Lost, log.Lost...)
	if err := a.audit.Relist(ctx, a.objects); err != nil {
		return found, err
	}
	if err := a.writeRoot(ctx); err != nil {
		return found, err
	}
	if err := a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		return a.catalog.AllDone(ctx, a.unit().ID)
	}); err != nil {
		return found, err
	}
	return found, a.sealAndList(ctx, flow)
}

// restoreLog restores the log before anything else is, so that what a rebuild
// does goes on behind what was there. A folder that was put together from a
// copy of the objects has no key any more, and gets a new one.
func (a *archive) restoreLog(ctx context.Context) (audit.Restored, error) {
	if _, err := audit.MakeKey(a.layout.logKey(), a.record.ID); err != nil {
		return audit.Restored{}, err
	}
	if err := a.openLog(); err != nil {
		return audit.Restored{}, err
	}
	return a.audit.Restore(ctx, a.act("rebuild"), a.objects)
}
