package catalog

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// AnswerBacks records what a person says about a batch whose fronts and backs do
// not fit together, whose object is durable, and has the batch split again: its
// pages are as they were when they had just been read, so that nobody places one
// meanwhile. taken is false, and nothing is changed, when no page waits for it.
func (c *Catalog) AnswerBacks(ctx context.Context, act dossier.Act, said dossier.BacksAnswer, object dossier.ObjectRef) (taken bool, err error) {
	unit := act.Actor.Unit
	err = c.inTx(ctx, "record backs", func(ctx context.Context, tx bun.Tx) error {
		again, err := inserted(tx.NewUpdate().Model((*batchRow)(nil)).Set("state = ?", batchTaken).Set("version = version + 1").
			Where("unit = ?", unit).Where("id = ?", said.Batch).Where("state = ?", batchDone).Exec(ctx))
		if err != nil {
			return err
		}
		pages, err := heldForBacks(ctx, tx, unit, said)
		if err != nil {
			return err
		}
		if !again || len(pages) == 0 {
			return errNotWaiting
		}
		if err := movePages(ctx, tx, unit, pages); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*miscountRow)(nil)).Where("batch = ?", said.Batch).Where("dossier = ''").Exec(ctx); err != nil {
			return err
		}
		if err := insertObjects(ctx, tx, unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		if err := c.queue.Enqueue(ctx, tx.Tx, dossier.Job{Step: dossier.StepSplit, Unit: unit, Subject: string(said.Batch)}); err != nil {
			return err
		}
		return audit(ctx, tx, act, "batch.backs", string(said.Batch), map[string]any{"answer": object.Key, "say": said.Say, "sheets": said.Sheets, "pages": len(pages)})
	})
	if errors.Is(err, errNotWaiting) {
		return false, nil
	}
	return err == nil, err
}

// heldForBacks are the pages that an answer is about, as they were before the
// batch was split: those that wait for it, or, where a rescan is withdrawn, those
// that it superseded.
func heldForBacks(ctx context.Context, tx bun.Tx, unit dossier.UnitID, said dossier.BacksAnswer) (pages []dossier.PlacedPage, err error) {
	state, reason := dossier.PageParked, dossier.ReasonBacks
	if said.Say == dossier.BacksWithdrawn {
		state, reason = dossier.PageSuperseded, ""
	}
	var rows []pageRow
	err = tx.NewSelect().Model(&rows).Where("unit = ?", unit).Where("batch = ?", said.Batch).
		Where("state = ?", state).Where("reason = ?", reason).Where("component = ''").Order("id").Scan(ctx)
	for _, r := range rows {
		pages = append(pages, dossier.PlacedPage{ID: r.ID, Image: r.Image, State: dossier.PageRead})
	}
	return pages, err
}
