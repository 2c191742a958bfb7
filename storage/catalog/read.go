package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// BatchDone tells whether every image of the batch has its final class and
// every dossier of it is published.
func (c *Catalog) BatchDone(ctx context.Context, batch dossier.BatchID) (bool, error) {
	var row batchRow
	if err := c.read.NewSelect().Model(&row).Where("id = ?", batch).Scan(ctx); err != nil {
		return false, fmt.Errorf("state of batch %s: %w", batch, err)
	}
	return row.State == batchDone, nil
}

// AllDone tells whether every batch of the unit is done and every intended
// version is published.
func (c *Catalog) AllDone(ctx context.Context, unit dossier.UnitID) (bool, error) {
	open, err := c.read.NewSelect().Model((*batchRow)(nil)).Where("unit = ?", unit).Where("state <> ?", batchDone).Exists(ctx)
	if err != nil || open {
		return false, wrap("look for unfinished batches", err)
	}
	intended, err := c.read.NewSelect().Model((*intentRow)(nil)).Where("unit = ?", unit).Exists(ctx)
	return !intended && err == nil, wrap("look for unpublished versions", err)
}

func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}

// OpenBatches lists the unit's batches that are not done, oldest first.
func (c *Catalog) OpenBatches(ctx context.Context, unit dossier.UnitID) ([]dossier.BatchID, error) {
	var ids []dossier.BatchID
	err := c.write.NewSelect().Model((*batchRow)(nil)).Column("id").Where("unit = ?", unit).Where("state <> ?", batchDone).
		Order("at", "id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look for unfinished batches: %w", err)
	}
	return ids, nil
}

// Progress counts the images of batches, at least one, that are read, of all
// known so far.
func (c *Catalog) Progress(ctx context.Context, batches ...dossier.BatchID) (read, all int, err error) {
	err = c.read.NewSelect().Model((*imageRow)(nil)).
		ColumnExpr("COALESCE(SUM(CASE WHEN state <> ? THEN 1 ELSE 0 END), 0), COUNT(*)", dossier.PageClaimed).
		Where("batch IN (?)", bun.List(batches)).Scan(ctx, &read, &all)
	if err != nil {
		return 0, 0, fmt.Errorf("progress of batches: %w", err)
	}
	return read, all, nil
}

// Files lists the files of a batch as they were fed.
func (c *Catalog) Files(ctx context.Context, batch dossier.BatchID) ([]dossier.TakenFile, error) {
	var rows []fileRow
	if err := c.read.NewSelect().Model(&rows).Where("batch = ?", batch).Order("ordinal").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list files of batch %s: %w", batch, err)
	}
	files := make([]dossier.TakenFile, len(rows))
	for i, r := range rows {
		files[i] = r.taken()
	}
	return files, nil
}

// FileByDigest is the first file of these bytes in the unit.
func (c *Catalog) FileByDigest(ctx context.Context, unit dossier.UnitID, sum dossier.SHA256) (dossier.TakenFile, error) {
	var row fileRow
	err := c.read.NewSelect().Model(&row).Where("unit = ?", unit).Where("sha256 = ?", sum).
		Where("duplicate_of = ''").Where("state <> ?", fileDuplicate).Scan(ctx)
	if err != nil {
		return dossier.TakenFile{}, fmt.Errorf("look up file: %w", orNotFound(err))
	}
	return row.taken(), nil
}

// Pages lists where the pages of a batch stand, in order.
func (c *Catalog) Pages(ctx context.Context, batch dossier.BatchID) ([]dossier.PlacedPage, error) {
	return c.pages(ctx, batch, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// PagesOf lists where the pages of one file stand, in order.
func (c *Catalog) PagesOf(ctx context.Context, ref dossier.FileRef) ([]dossier.PlacedPage, error) {
	return c.pages(ctx, ref.Batch, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("i.ordinal = ?", ref.Ordinal) })
}

func (c *Catalog) pages(ctx context.Context, batch dossier.BatchID, only func(*bun.SelectQuery) *bun.SelectQuery) ([]dossier.PlacedPage, error) {
	var rows []pageRow
	err := c.write.NewSelect().Model(&rows).
		Join("JOIN images AS i ON i.unit = page_row.unit AND i.id = page_row.image").
		Where("i.batch = ?", batch).Apply(only).OrderExpr("i.ordinal, i.idx, page_row.part").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list pages of batch %s: %w", batch, err)
	}
	pages := make([]dossier.PlacedPage, len(rows))
	for i, r := range rows {
		pages[i] = dossier.PlacedPage{ID: r.ID, Image: r.Image, State: r.State, Reason: r.Reason, Dossier: r.Dossier, Component: r.Component}
	}
	return pages, nil
}

// Account is the batch's account. A duplicate file counts as many images as the
// file it repeats; a rejected file counts one.
func (c *Catalog) Account(ctx context.Context, batch dossier.BatchID) (dossier.Account, error) {
	var account dossier.Account
	images, err := c.Images(ctx, batch)
	if err != nil {
		return account, err
	}
	for _, image := range images {
		account.Count(image.State)
	}
	files, err := c.Files(ctx, batch)
	if err != nil {
		return account, err
	}
	for _, f := range files {
		if err := c.countFile(ctx, &account, f); err != nil {
			return account, err
		}
	}
	return account, nil
}

// countFile books what a file without image rows of its own stands for.
func (c *Catalog) countFile(ctx context.Context, account *dossier.Account, f dossier.TakenFile) error {
	switch f.State {
	case dossier.PageRejected:
		account.Count(dossier.PageRejected)
	case dossier.PageClaimed:
		account.Count(dossier.PageClaimed)
	case dossier.PageDuplicate:
		first, err := c.FileByDigest(ctx, f.Unit, f.SHA256)
		if err != nil {
			return err
		}
		for range max(first.Images, 1) {
			account.Count(dossier.PageDuplicate)
		}
	default: // an opened file is booked by its images
	}
	return nil
}

// Dossier is what the scope sees of the newest published manifest of the dossier
// with this id or code; [ErrNotFound] when it sees none. Of two units' dossiers
// with one code, the scope's own comes first.
func (c *Catalog) Dossier(ctx context.Context, scope dossier.Scope, idOrCode string) (dossier.Manifest, error) {
	var id dossier.DossierID
	err := c.read.NewSelect().TableExpr("dossiers AS d").ColumnExpr("d.id").Apply(seenDossiers(scope)).
		Where("(d.id = ? OR d.code = ?)", idOrCode, idOrCode).
		OrderExpr("CASE WHEN d.unit = ? THEN 0 ELSE 1 END, d.id", scope.Unit).Limit(1).Scan(ctx, &id)
	if err != nil {
		return dossier.Manifest{}, fmt.Errorf("look up dossier: %w", orNotFound(err))
	}
	m, err := c.manifest(ctx, id)
	return scope.Cut(m), err
}

// DossierIDs lists the unit's published dossiers, oldest first.
func (c *Catalog) DossierIDs(ctx context.Context, unit dossier.UnitID) ([]dossier.DossierID, error) {
	var ids []dossier.DossierID
	err := c.read.NewSelect().Model((*dossierRow)(nil)).Column("id").Where("unit = ?", unit).Where("version > 0").
		Order("received_at", "id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("list dossiers: %w", err)
	}
	return ids, nil
}

// manifest reads the newest published manifest of a dossier.
func (c *Catalog) manifest(ctx context.Context, id dossier.DossierID) (dossier.Manifest, error) {
	var row manifestRow
	err := c.write.NewSelect().Model(&row).Where("dossier = ?", id).Order("version DESC").Limit(1).Scan(ctx)
	if err != nil {
		return dossier.Manifest{}, fmt.Errorf("manifest of dossier %s: %w", id, orNotFound(err))
	}
	var m dossier.Manifest
	if err := json.Unmarshal([]byte(row.Body), &m); err != nil {
		return dossier.Manifest{}, fmt.Errorf("manifest of dossier %s: %w", id, err)
	}
	return m, nil
}

// BatchIDs lists the unit's batches, oldest first.
func (c *Catalog) BatchIDs(ctx context.Context, unit dossier.UnitID) ([]dossier.BatchID, error) {
	var ids []dossier.BatchID
	err := c.read.NewSelect().Model((*batchRow)(nil)).Column("id").Where("unit = ?", unit).Order("at", "id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("list batches: %w", err)
	}
	return ids, nil
}

// Objects lists every object the catalogue knows, by key. With unlisted, only
// those that no checksum list names yet.
func (c *Catalog) Objects(ctx context.Context, unlisted bool) ([]dossier.ObjectRef, error) {
	var rows []objectRow
	query := c.read.NewSelect().Model(&rows).Order("key")
	if unlisted {
		query = query.Where("listed = 0")
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list objects: %w", err)
	}
	refs := make([]dossier.ObjectRef, len(rows))
	for i, r := range rows {
		refs[i] = dossier.ObjectRef{Key: r.Key, SHA256: r.SHA256, Size: r.Size}
	}
	return refs, nil
}

// Listed records that a durable checksum list names these objects. It changes
// no record, and is not in the log: each list would then make new entries, and
// those a new list.
func (c *Catalog) Listed(ctx context.Context, objects []dossier.ObjectRef) error {
	return c.inTx(ctx, "mark listed objects", func(ctx context.Context, tx bun.Tx) error {
		for _, o := range objects {
			if _, err := tx.NewUpdate().Model((*objectRow)(nil)).Set("listed = 1").Where("key = ?", o.Key).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reconcile enqueues every job that the catalogue's state still wants. Jobs
// already waiting are not doubled, so it may run at any time; after a crash or
// a rebuild it must.
func (c *Catalog) Reconcile(ctx context.Context) (wanted int, err error) {
	err = c.inTx(ctx, "reconcile jobs", func(ctx context.Context, tx bun.Tx) error {
		if err := finishBatches(ctx, tx); err != nil {
			return err
		}
		jobs, err := wantedJobs(ctx, tx)
		if err != nil {
			return err
		}
		wanted = len(jobs)
		return c.queue.Enqueue(ctx, tx.Tx, jobs...)
	})
	return wanted, err
}

func wantedJobs(ctx context.Context, tx bun.Tx) ([]dossier.Job, error) {
	var jobs []dossier.Job
	background, err := backgroundBatches(ctx, tx)
	if err != nil {
		return nil, err
	}
	var files []fileRow
	if err := tx.NewSelect().Model(&files).Where("state = ?", fileClaimed).Order("batch", "ordinal").Scan(ctx); err != nil {
		return nil, err
	}
	for _, f := range files {
		subject := FileSubject(dossier.FileRef{Batch: f.Batch, Ordinal: f.Ordinal})
		jobs = append(jobs, dossier.Job{Step: dossier.StepOpen, Unit: f.Unit, Subject: subject, Background: background[f.Batch]})
	}
	var images []imageRow
	if err := tx.NewSelect().Model(&images).Where("state = ?", dossier.PageClaimed).Order("batch", "ordinal", "idx").Scan(ctx); err != nil {
		return nil, err
	}
	for _, i := range images {
		jobs = append(jobs, dossier.Job{Step: dossier.StepRead, Unit: i.Unit, Subject: string(i.ID), Background: background[i.Batch]})
	}
	var batches []batchRow
	err = tx.NewSelect().Model(&batches).Where("state = ?", batchTaken).
		Where("NOT EXISTS (SELECT 1 FROM files AS f WHERE f.batch = batch_row.id AND f.state = ?)", fileClaimed).
		Where("NOT EXISTS (SELECT 1 FROM images AS i WHERE i.batch = batch_row.id AND i.state = ?)", dossier.PageClaimed).
		Order("at").Scan(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range batches {
		jobs = append(jobs, dossier.Job{Step: dossier.StepSplit, Unit: b.Unit, Subject: string(b.ID)})
	}
	var intents []intentRow // one job publishes every version of a dossier that waits
	if err := tx.NewSelect().Model(&intents).ColumnExpr("DISTINCT unit, dossier").Order("dossier").Scan(ctx); err != nil {
		return nil, err
	}
	for _, i := range intents {
		jobs = append(jobs, dossier.Job{Step: dossier.StepPublish, Unit: i.Unit, Subject: string(i.Dossier)})
	}
	again, err := readAgainJobs(ctx, tx, intents)
	return append(jobs, again...), err
}

// readAgainJobs are those of the dossiers in which pages are turned, in their
// newest versions; open are the dossiers with a version that is not published.
func readAgainJobs(ctx context.Context, tx bun.Tx, open []intentRow) (jobs []dossier.Job, err error) {
	var ids []dossier.DossierID
	err = tx.NewSelect().Model((*pageRow)(nil)).ColumnExpr("DISTINCT dossier").Where("reading BETWEEN 2 AND ?", dossier.ReadBefore).Where("component <> ''").Order("dossier").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look for turned pages: %w", err)
	}
	for _, row := range open {
		ids = append(ids, row.Dossier)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		d, err := newestDossier(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if job, wanted := dossier.ReadAgainJob(d); wanted {
			jobs = append(jobs, job)
		}
	}
	return jobs, nil
}

// backgroundBatches tells which unfinished batches give way to others.
func backgroundBatches(ctx context.Context, tx bun.Tx) (map[dossier.BatchID]bool, error) {
	var ids []dossier.BatchID
	err := tx.NewSelect().Model((*batchRow)(nil)).Column("id").Where("background").Where("state <> ?", batchDone).Scan(ctx, &ids)
	if err != nil {
		return nil, err
	}
	background := make(map[dossier.BatchID]bool, len(ids))
	for _, id := range ids {
		background[id] = true
	}
	return background, nil
}

// finishBatches marks every split batch done that waits for nothing any more.
func finishBatches(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewUpdate().Model((*batchRow)(nil)).Set("state = ?", batchDone).Where("state = ?", batchSplit).
		Where("NOT EXISTS (SELECT 1 FROM intents WHERE intents.batch = batch_row.id)").Exec(ctx)
	return err
}

// Owner is the unit whose archive this catalogue belongs to; ok is false while
// the catalogue is empty, and until a rebuild has come to its end.
func (c *Catalog) Owner(ctx context.Context) (unit dossier.UnitID, ok bool, err error) {
	var row objectRow
	err = c.write.NewSelect().Model(&row).Where("key = ?", dossier.ArchiveKey).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("whose catalogue it is: %w", err)
	}
	return row.Unit, true, nil
}

func orNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// ObjectRefs gives digest and size of known objects, in the order of keys.
func (c *Catalog) ObjectRefs(ctx context.Context, keys []string) ([]dossier.ObjectRef, error) {
	refs := make([]dossier.ObjectRef, len(keys))
	for i, key := range keys {
		var row objectRow
		if err := c.write.NewSelect().Model(&row).Where("key = ?", key).Scan(ctx); err != nil {
			return nil, fmt.Errorf("look up object %s: %w", key, orNotFound(err))
		}
		refs[i] = dossier.ObjectRef{Key: row.Key, SHA256: row.SHA256, Size: row.Size}
	}
	return refs, nil
}

// AddObjects lists objects that belong to no batch and no dossier: the
// archive's root.
func (c *Catalog) AddObjects(ctx context.Context, act dossier.Act, objects []dossier.ObjectRef) error {
	return c.inTx(ctx, "list objects", func(ctx context.Context, tx bun.Tx) error {
		fresh, err := insertFresh(ctx, tx, act.Actor.Unit, objects)
		if err != nil || fresh == 0 {
			return err
		}
		return audit(ctx, tx, act, "objects.list", string(act.Actor.Unit), map[string]any{"objects": fresh})
	})
}
