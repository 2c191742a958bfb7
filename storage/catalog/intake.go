package catalog

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// Known tells which of the digests the unit already has, and the batch that
// first brought each.
func (c *Catalog) Known(ctx context.Context, unit dossier.UnitID, sums []dossier.SHA256) (map[dossier.SHA256]dossier.BatchID, error) {
	known := make(map[dossier.SHA256]dossier.BatchID)
	if len(sums) == 0 {
		return known, nil
	}
	var rows []fileRow
	err := c.write.NewSelect().Model(&rows).Column("sha256", "batch").
		Where("unit = ?", unit).Where("duplicate_of = ''").Where("state <> ?", fileDuplicate).
		Where("sha256 IN (?)", bun.List(sums)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up known files: %w", err)
	}
	for _, r := range rows {
		known[r.SHA256] = r.Batch
	}
	return known, nil
}

// TakeIn records a batch whose raw objects and record object are durable: its
// rows, its first jobs and its audit row, in one transaction. objects are the
// objects written for it. A batch that is recorded already is left alone.
func (c *Catalog) TakeIn(ctx context.Context, act dossier.Act, batch dossier.Batch, objects []dossier.ObjectRef) error {
	return c.inTx(ctx, "take in batch", func(ctx context.Context, tx bun.Tx) error {
		row := batchRow{
			ID: batch.ID, Unit: batch.Unit, Actor: batch.Actor.ID, Role: batch.Actor.Role, Device: batch.Device,
			At: batch.At.UTC(), State: batchTaken, Version: 1, Background: batch.Background,
		}
		fresh, err := inserted(tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
		if err != nil || !fresh {
			return err
		}
		jobs, err := insertFiles(ctx, tx, batch)
		if err != nil {
			return err
		}
		if err := insertObjects(ctx, tx, batch.Unit, objects); err != nil {
			return err
		}
		if err := audit(ctx, tx, act, "batch.take_in", string(batch.ID), map[string]any{"files": len(batch.Files), "device": batch.Device}); err != nil {
			return err
		}
		if len(jobs) == 0 {
			jobs = append(jobs, dossier.Job{Step: dossier.StepSplit, Unit: batch.Unit, Subject: string(batch.ID)})
		}
		return c.queue.Enqueue(ctx, tx.Tx, jobs...)
	})
}

// insertFiles writes the file rows and returns the jobs they want. Whether a
// file is a duplicate was asked before this transaction; where another batch
// brought the same bytes since, the unique index says so now.
func insertFiles(ctx context.Context, tx bun.Tx, batch dossier.Batch) ([]dossier.Job, error) {
	var jobs []dossier.Job
	for i, f := range batch.Files {
		row := fileRow{
			Batch: batch.ID, Ordinal: i + 1, Unit: batch.Unit, Name: f.Name, SHA256: f.SHA256, Size: f.Size,
			State: fileClaimed,
		}
		if f.Duplicate {
			row.State, row.DuplicateOf = fileDuplicate, f.Of
		}
		if err := insertFile(ctx, tx, &row); err != nil {
			return nil, fmt.Errorf("file %d: %w", i+1, err)
		}
		if row.State == fileClaimed {
			ref := dossier.FileRef{Batch: batch.ID, Ordinal: i + 1}
			jobs = append(jobs, dossier.Job{Step: dossier.StepOpen, Unit: batch.Unit, Subject: FileSubject(ref), Background: batch.Background})
		}
	}
	return jobs, nil
}

// insertFile writes a file's row, as a duplicate where its bytes are there.
func insertFile(ctx context.Context, tx bun.Tx, row *fileRow) error {
	fresh, err := inserted(tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx))
	if err != nil || fresh {
		return err
	}
	var first fileRow
	err = tx.NewSelect().Model(&first).Column("batch").Where("unit = ?", row.Unit).Where("sha256 = ?", row.SHA256).
		Where("duplicate_of = ''").Where("state <> ?", fileDuplicate).Scan(ctx)
	if err != nil {
		return fmt.Errorf("look up the file with the same bytes: %w", err)
	}
	row.State, row.DuplicateOf = fileDuplicate, first.Batch
	_, err = tx.NewInsert().Model(row).Exec(ctx)
	return err
}

// FileSubject is a file's name in jobs: batch and ordinal.
func FileSubject(ref dossier.FileRef) string {
	return string(ref.Batch) + "/" + strconv.Itoa(ref.Ordinal)
}

// ParseFileSubject is the way back from [FileSubject].
func ParseFileSubject(subject string) (dossier.FileRef, error) {
	batch, tail, _ := strings.Cut(subject, "/")
	ordinal, err := strconv.Atoi(tail)
	if err != nil || batch == "" {
		return dossier.FileRef{}, fmt.Errorf("file subject %q: not batch/ordinal", subject)
	}
	return dossier.FileRef{Batch: dossier.BatchID(batch), Ordinal: ordinal}, nil
}

// File reads one file of a batch.
func (c *Catalog) File(ctx context.Context, ref dossier.FileRef) (dossier.TakenFile, error) {
	var row fileRow
	err := c.write.NewSelect().Model(&row).Where("batch = ?", ref.Batch).Where("ordinal = ?", ref.Ordinal).Scan(ctx)
	if err != nil {
		return dossier.TakenFile{}, fmt.Errorf("read file %d of batch %s: %w", ref.Ordinal, ref.Batch, err)
	}
	return row.taken(), nil
}

func (r fileRow) taken() dossier.TakenFile {
	state := map[string]dossier.PageState{
		fileClaimed: dossier.PageClaimed, fileOpened: dossier.PageRead,
		fileRejected: dossier.PageRejected, fileDuplicate: dossier.PageDuplicate,
	}[r.State]
	return dossier.TakenFile{
		FileRef: dossier.FileRef{Batch: r.Batch, Ordinal: r.Ordinal}, Unit: r.Unit, Name: r.Name,
		SHA256: r.SHA256, Size: r.Size, State: state, Reason: r.Reason, Images: r.Images, Of: r.DuplicateOf,
	}
}

// FileOpened records how many images a file holds and asks for each of them to
// be read.
func (c *Catalog) FileOpened(ctx context.Context, act dossier.Act, file dossier.TakenFile, images int) error {
	return c.inTx(ctx, "record opened file", func(ctx context.Context, tx bun.Tx) error {
		moved, err := moveFile(ctx, tx, file.FileRef, fileOpened, "", images)
		if err != nil || !moved {
			return err
		}
		var batch batchRow
		if err := tx.NewSelect().Model(&batch).Column("background").Where("id = ?", file.Batch).Scan(ctx); err != nil {
			return err
		}
		jobs := make([]dossier.Job, images)
		for i := range images {
			row := imageRow{
				Unit: file.Unit, ID: dossier.NewImageID(file.SHA256, i+1), Batch: file.Batch,
				Ordinal: file.Ordinal, Index: i + 1, State: dossier.PageClaimed,
			}
			if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
				return fmt.Errorf("image %d: %w", i+1, err)
			}
			jobs[i] = dossier.Job{Step: dossier.StepRead, Unit: file.Unit, Subject: string(row.ID), Background: batch.Background}
		}
		if err := c.queue.Enqueue(ctx, tx.Tx, jobs...); err != nil {
			return err
		}
		if err := audit(ctx, tx, act, "file.open", FileSubject(file.FileRef), map[string]any{"images": images}); err != nil {
			return err
		}
		return c.queue.Complete(ctx, tx.Tx)
	})
}

// FileRejected records that a file cannot be opened, and why. It counts as one
// image of the account.
func (c *Catalog) FileRejected(ctx context.Context, act dossier.Act, file dossier.TakenFile, reason dossier.Reason) error {
	return c.inTx(ctx, "record rejected file", func(ctx context.Context, tx bun.Tx) error {
		moved, err := moveFile(ctx, tx, file.FileRef, fileRejected, reason, 1)
		if err != nil || !moved {
			return err
		}
		if err := audit(ctx, tx, act, "file.reject", FileSubject(file.FileRef), map[string]any{"reason": reason}); err != nil {
			return err
		}
		if err := c.splitWhenRead(ctx, tx, file.Unit, file.Batch); err != nil {
			return err
		}
		return c.queue.Complete(ctx, tx.Tx)
	})
}

// moveFile takes a claimed file to its next state; moved is false when it has
// left that state already.
func moveFile(ctx context.Context, tx bun.Tx, ref dossier.FileRef, state string, reason dossier.Reason, images int) (moved bool, err error) {
	return inserted(tx.NewUpdate().Model((*fileRow)(nil)).
		Set("state = ?", state).Set("reason = ?", reason).Set("images = ?", images).
		Where("batch = ?", ref.Batch).Where("ordinal = ?", ref.Ordinal).Where("state = ?", fileClaimed).Exec(ctx))
}

// Image reads where one image stands.
func (c *Catalog) Image(ctx context.Context, unit dossier.UnitID, id dossier.ImageID) (dossier.TakenImage, error) {
	var row imageRow
	if err := c.write.NewSelect().Model(&row).Where("unit = ?", unit).Where("id = ?", id).Scan(ctx); err != nil {
		return dossier.TakenImage{}, fmt.Errorf("read image %s: %w", id, err)
	}
	file, err := c.File(ctx, dossier.FileRef{Batch: row.Batch, Ordinal: row.Ordinal})
	if err != nil {
		return dossier.TakenImage{}, err
	}
	image := row.taken(file.Name)
	if image.Device, err = c.device(ctx, row.Batch); err != nil {
		return dossier.TakenImage{}, fmt.Errorf("read image %s: %w", id, err)
	}
	return image, nil
}

// device is what a batch came from.
func (c *Catalog) device(ctx context.Context, batch dossier.BatchID) (string, error) {
	var row batchRow
	err := c.write.NewSelect().Model(&row).Column("device").Where("id = ?", batch).Scan(ctx)
	return row.Device, err
}

func (r imageRow) taken(name string) dossier.TakenImage {
	return dossier.TakenImage{
		ID: r.ID, Unit: r.Unit, Batch: r.Batch, Ordinal: r.Ordinal, Index: r.Index,
		File: name, State: r.State, Reason: r.Reason, Reading: r.Reading,
	}
}

// ImageRead records that the reading object of an image is durable. parts is
// how many pages the image holds; reason is set when the worker gave it up, and
// then it still has one page, for a person to place. The last image of a batch
// asks for the batch to be split.
func (c *Catalog) ImageRead(ctx context.Context, act dossier.Act, image dossier.TakenImage, parts int, reason dossier.Reason, object dossier.ObjectRef) error {
	return c.inTx(ctx, "record reading", func(ctx context.Context, tx bun.Tx) error {
		moved, err := inserted(tx.NewUpdate().Model((*imageRow)(nil)).
			Set("state = ?", dossier.PageRead).Set("reason = ?", reason).Set("reading = ?", 1).
			Where("unit = ?", image.Unit).Where("id = ?", image.ID).Where("state = ?", dossier.PageClaimed).Exec(ctx))
		if err != nil || !moved {
			return err
		}
		for part := 1; part <= max(parts, 1); part++ {
			row := pageRow{
				Unit: image.Unit, ID: image.ID.Page(part), Image: image.ID, Batch: image.Batch, Part: part,
				State: dossier.PageRead, Reason: reason,
			}
			if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
				return fmt.Errorf("page %d: %w", part, err)
			}
		}
		if err := insertObjects(ctx, tx, image.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		if err := audit(ctx, tx, act, "image.read", string(image.ID), map[string]any{"pages": parts, "reason": reason}); err != nil {
			return err
		}
		if err := c.splitWhenRead(ctx, tx, image.Unit, image.Batch); err != nil {
			return err
		}
		return c.queue.Complete(ctx, tx.Tx)
	})
}

// splitWhenRead asks for the batch to be split once no file is unopened and no
// image unread. The update of the batch row makes two last images of one batch
// wait for each other on PostgreSQL.
func (c *Catalog) splitWhenRead(ctx context.Context, tx bun.Tx, unit dossier.UnitID, batch dossier.BatchID) error {
	if _, err := tx.NewUpdate().Model((*batchRow)(nil)).Set("version = version + 1").Where("id = ?", batch).Exec(ctx); err != nil {
		return err
	}
	unopened, err := tx.NewSelect().Model((*fileRow)(nil)).Where("batch = ?", batch).Where("state = ?", fileClaimed).Count(ctx)
	if err != nil {
		return err
	}
	unread, err := tx.NewSelect().Model((*imageRow)(nil)).Where("batch = ?", batch).Where("state = ?", dossier.PageClaimed).Count(ctx)
	if err != nil {
		return err
	}
	if unopened+unread > 0 {
		return nil
	}
	return c.queue.Enqueue(ctx, tx.Tx, dossier.Job{Step: dossier.StepSplit, Unit: unit, Subject: string(batch)})
}

// insertObjects adds objects to the list that fixity is checked against.
func insertObjects(ctx context.Context, tx bun.Tx, unit dossier.UnitID, objects []dossier.ObjectRef) error {
	_, err := insertFresh(ctx, tx, unit, objects)
	return err
}

// insertFresh is insertObjects that counts what was not in the list before.
func insertFresh(ctx context.Context, tx bun.Tx, unit dossier.UnitID, objects []dossier.ObjectRef) (fresh int, err error) {
	for _, o := range objects {
		row := objectRow{Key: o.Key, Unit: unit, SHA256: o.SHA256, Size: o.Size}
		added, err := inserted(tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
		if err != nil {
			return fresh, fmt.Errorf("list object: %w", err)
		}
		if added {
			fresh++
		}
	}
	return fresh, nil
}

// result is what an executed statement tells.
type result interface{ RowsAffected() (int64, error) }

// inserted tells whether a statement changed a row.
func inserted(r result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
