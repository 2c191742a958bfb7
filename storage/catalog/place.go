package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// Images lists the images of a batch in order: files as fed, images as in
// their file.
func (c *Catalog) Images(ctx context.Context, batch dossier.BatchID) ([]dossier.TakenImage, error) {
	var rows []struct {
		imageRow
		Name string `bun:"name"`
	}
	err := c.write.NewSelect().TableExpr("images AS i").ColumnExpr("i.*, f.name").
		Join("JOIN files AS f ON f.batch = i.batch AND f.ordinal = i.ordinal").
		Where("i.batch = ?", batch).OrderExpr("i.ordinal, i.idx").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list images of batch %s: %w", batch, err)
	}
	images := make([]dossier.TakenImage, len(rows))
	for i, r := range rows {
		images[i] = r.taken(r.Name)
	}
	return images, nil
}

// Latest is the newest manifest of a dossier, published or still intended, by
// the dossier's id; ok is false when there is none.
func (c *Catalog) Latest(ctx context.Context, id dossier.DossierID) (m dossier.Manifest, ok bool, err error) {
	var intent intentRow
	err = c.write.NewSelect().Model(&intent).Where("dossier = ?", id).Order("version DESC").Limit(1).Scan(ctx)
	if err == nil {
		var i dossier.Intent
		err = json.Unmarshal([]byte(intent.Body), &i)
		return i.Draft, err == nil, err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return dossier.Manifest{}, false, fmt.Errorf("latest version of dossier %s: %w", id, err)
	}
	m, err = c.manifest(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return dossier.Manifest{}, false, nil
	}
	return m, err == nil, err
}

// ByCode is the id of the unit's dossier with the code; ok is false when there
// is none.
func (c *Catalog) ByCode(ctx context.Context, unit dossier.UnitID, code string) (id dossier.DossierID, ok bool, err error) {
	var row dossierRow
	err = c.write.NewSelect().Model(&row).Where("unit = ?", unit).Where("code = ?", code).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("look up dossier code: %w", err)
	}
	return row.ID, true, nil
}

// Place is transaction A of the write order: the final class of every page
// that needs no publishing, an intent for every new version, the publish jobs,
// and the audit row. A batch that was placed before is left alone.
func (c *Catalog) Place(ctx context.Context, act dossier.Act, plan dossier.Plan) error {
	return c.inTx(ctx, "place batch", func(ctx context.Context, tx bun.Tx) error {
		state := batchSplit
		if len(plan.Intents) == 0 {
			state = batchDone
		}
		moved, err := inserted(tx.NewUpdate().Model((*batchRow)(nil)).Set("state = ?", state).Set("version = version + 1").
			Where("id = ?", plan.Batch).Where("state = ?", batchTaken).Exec(ctx))
		if err != nil || !moved {
			return err
		}
		if err := movePages(ctx, tx, act.Actor.Unit, plan.Pages); err != nil {
			return err
		}
		if err := noteReasons(ctx, tx, act.Actor.Unit, plan.Waited); err != nil {
			return err
		}
		if err := noteMiscounts(ctx, tx, plan.Miscounts); err != nil {
			return err
		}
		jobs := make([]dossier.Job, 0, len(plan.Intents))
		for _, intent := range plan.Intents {
			if err := insertIntent(ctx, tx, intent); err != nil {
				return err
			}
			jobs = append(jobs, dossier.Job{Step: dossier.StepPublish, Unit: act.Actor.Unit, Subject: string(intent.Draft.Dossier.ID)})
		}
		if err := c.queue.Enqueue(ctx, tx.Tx, jobs...); err != nil {
			return err
		}
		counts := map[string]any{"pages": len(plan.Pages), "intents": len(plan.Intents)}
		if err := audit(ctx, tx, act, "batch.place", string(plan.Batch), counts); err != nil {
			return err
		}
		return c.queue.Complete(ctx, tx.Tx)
	})
}

// movePages sets the final state of pages and of the images they are on. None
// of them is in a component now, though a decision may have claimed it for one.
func movePages(ctx context.Context, tx bun.Tx, unit dossier.UnitID, pages []dossier.PlacedPage) error {
	for _, p := range pages {
		_, err := tx.NewUpdate().Model((*pageRow)(nil)).
			Set("state = ?", p.State).Set("reason = ?", p.Reason).Set("dossier = ?", p.Dossier).
			Set("home = ?", p.Dossier).Set("component = ''").Set("position = 0").
			Where("unit = ?", unit).Where("id = ?", p.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("move page: %w", err)
		}
		if err := moveImage(ctx, tx, unit, p.Image); err != nil {
			return err
		}
	}
	return nil
}

// noteReasons keeps for which reason pages waited that were in a paper when their
// batch was split. One that an undo has freed meanwhile waits for it now.
func noteReasons(ctx context.Context, tx bun.Tx, unit dossier.UnitID, pages []dossier.PlacedPage) error {
	for _, p := range pages {
		_, err := tx.NewUpdate().Model((*pageRow)(nil)).Set("reason = ?", p.Reason).Where("unit = ?", unit).Where("id = ?", p.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note reason of page: %w", err)
		}
		if err := moveImage(ctx, tx, unit, p.Image); err != nil {
			return err
		}
	}
	return nil
}

// noteMiscounts keeps what is told beside the pages that wait for their count.
func noteMiscounts(ctx context.Context, tx bun.Tx, all []dossier.Miscount) error {
	for _, m := range all {
		body, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("record miscount: %w", err)
		}
		row := miscountRow{Batch: m.Batch, Dossier: m.Dossier, Body: string(body)}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("record miscount: %w", err)
		}
	}
	return nil
}

// Miscounts are the counts of a batch that do not come out.
func (c *Catalog) Miscounts(ctx context.Context, batch dossier.BatchID) ([]dossier.Miscount, error) {
	var rows []miscountRow
	if err := c.read.NewSelect().Model(&rows).Where("batch = ?", batch).Order("dossier").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list miscounts of batch %s: %w", batch, err)
	}
	all := make([]dossier.Miscount, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Body), &all[i]); err != nil {
			return nil, fmt.Errorf("list miscounts of batch %s: %w", batch, err)
		}
	}
	return all, nil
}

// moveImage gives an image the class of its pages: parked while any of them
// waits for a person, else placed when any is placed, else what they all are.
// The first update makes two dossiers that share a spread wait for each other on
// PostgreSQL: neither could see the other's page placed.
func moveImage(ctx context.Context, tx bun.Tx, unit dossier.UnitID, image dossier.ImageID) error {
	if _, err := tx.NewUpdate().Model((*imageRow)(nil)).Set("reading = reading").Where("unit = ?", unit).Where("id = ?", image).Exec(ctx); err != nil {
		return fmt.Errorf("move image: %w", err)
	}
	var rows []pageRow
	if err := tx.NewSelect().Model(&rows).Where("unit = ?", unit).Where("image = ?", image).Order("part").Scan(ctx); err != nil {
		return fmt.Errorf("move image: %w", err)
	}
	state, reason := imageClass(rows)
	_, err := tx.NewUpdate().Model((*imageRow)(nil)).Set("state = ?", state).Set("reason = ?", reason).
		Where("unit = ?", unit).Where("id = ?", image).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move image: %w", err)
	}
	return nil
}

func imageClass(pages []pageRow) (dossier.PageState, dossier.Reason) {
	var state dossier.PageState
	for _, p := range pages {
		switch {
		case !p.State.Settled():
			return dossier.PageRead, ""
		case p.State == dossier.PageParked:
			return dossier.PageParked, p.Reason
		case p.State == dossier.PagePlaced || state == "":
			state = p.State
		}
	}
	return state, ""
}

// insertIntent records an intent and, for a new dossier, its row, so that the
// next batch with the same code finds it. Drafted on a version that is not the
// newest any more, or for a code that has a dossier since, it is refused with a
// fault to retry: the draft has to be made again.
func insertIntent(ctx context.Context, tx bun.Tx, intent dossier.Intent) error {
	d := intent.Draft.Dossier
	body, err := json.Marshal(intent)
	if err != nil {
		return fmt.Errorf("record intent: %w", err)
	}
	row := intentRow{ID: intent.ID, Unit: d.Unit, Batch: intent.Batch, Dossier: d.ID, Version: d.Version, Body: string(body)}
	fresh, err := inserted(tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if err != nil {
		return fmt.Errorf("record intent: %w", err)
	}
	// Asked after the insert: an intent that was published before it is gone.
	published, err := tx.NewSelect().Model((*manifestRow)(nil)).Where("dossier = ?", d.ID).Where("version >= ?", d.Version).Exists(ctx)
	if err != nil {
		return fmt.Errorf("record intent: %w", err)
	}
	if !fresh || published {
		return overtaken(fmt.Errorf("dossier %s has version %d", d.ID, d.Version))
	}
	if err := noteDossier(ctx, tx, d); err != nil {
		return err
	}
	return hasPredecessor(ctx, tx, d)
}

// hasPredecessor refuses a draft whose version before was given up meanwhile.
// The row of the dossier is locked by now.
func hasPredecessor(ctx context.Context, tx bun.Tx, d dossier.Dossier) error {
	if d.Version == 1 {
		return nil
	}
	for _, rows := range []any{(*manifestRow)(nil), (*intentRow)(nil)} {
		found, err := tx.NewSelect().Model(rows).Where("dossier = ?", d.ID).Where("version = ?", d.Version-1).Exists(ctx)
		if err != nil {
			return fmt.Errorf("record intent: %w", err)
		}
		if found {
			return nil
		}
	}
	return overtaken(fmt.Errorf("dossier %s has no version %d", d.ID, d.Version-1))
}

// noteDossier writes the row of a dossier that is about to be published.
func noteDossier(ctx context.Context, tx bun.Tx, d dossier.Dossier) error {
	known, err := inserted(tx.NewUpdate().Model((*dossierRow)(nil)).Set("state = ?", d.State).Where("id = ?", d.ID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("record dossier: %w", err)
	}
	if known {
		return nil
	}
	head := dossierHead(d)
	fresh, err := inserted(tx.NewInsert().Model(&head).On("CONFLICT DO NOTHING").Exec(ctx))
	if err != nil {
		return fmt.Errorf("record dossier: %w", err)
	}
	if !fresh {
		return overtaken(fmt.Errorf("the code of dossier %s has a dossier", d.ID))
	}
	return nil
}

// overtaken is the fault of a draft that another batch or person was faster
// than.
func overtaken(err error) error {
	return &dossier.Fault{Kind: dossier.Retry, Op: "record intent", Reason: dossier.ReasonChanged, Err: err}
}
