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

// Side is where a page stands; ok is false when the unit has no such page.
func (c *Catalog) Side(ctx context.Context, unit dossier.UnitID, id dossier.PageID) (page dossier.PlacedPage, ok bool, err error) {
	var row pageRow
	err = c.write.NewSelect().Model(&row).Where("unit = ?", unit).Where("id = ?", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return dossier.PlacedPage{}, false, nil
	case err != nil:
		return dossier.PlacedPage{}, false, fmt.Errorf("look up side: %w", err)
	}
	return dossier.PlacedPage{ID: row.ID, Image: row.Image, State: row.State, Reason: row.Reason, Dossier: row.Dossier, Component: row.Component}, true, nil
}

// AnswerSide is transaction A for what a person says of a side, whose object is
// durable: the page becomes a blank of its batch, or waits again, and its dossier
// gets the version that says so. A page that is said to be empty keeps the reason
// for which it waited, and so can be told from what the machine took for empty.
// count, where it is not nil, is what is told of the sheets of the dossier from now
// on. taken is false, and nothing is changed, when the page is not as the answer
// wants it.
func (c *Catalog) AnswerSide(ctx context.Context, act dossier.Act, said dossier.SideAnswer, object dossier.ObjectRef, count *dossier.Miscount) (taken bool, err error) {
	err = c.inTx(ctx, "record side", func(ctx context.Context, tx bun.Tx) error {
		if err := moveSide(ctx, tx, act.Actor.Unit, said); err != nil {
			return err
		}
		if err := c.sideVersion(ctx, tx, said); err != nil {
			return err
		}
		if err := recount(ctx, tx, count); err != nil {
			return err
		}
		if err := insertObjects(ctx, tx, act.Actor.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		kept := map[string]any{"answer": object.Key, "say": said.Say, "batch": said.Batch, "reason": said.Reason}
		if said.Intent != nil {
			kept["dossier"], kept["version"] = said.Dossier, said.Intent.Draft.Dossier.Version
		}
		if said.Counted {
			kept["counted"] = true
		}
		return audit(ctx, tx, act, "page.side", string(said.Page), kept)
	})
	if errors.Is(err, errNotWaiting) {
		return false, nil
	}
	return err == nil, err
}

// moveSide makes a waiting page a blank one, or the other way round.
func moveSide(ctx context.Context, tx bun.Tx, unit dossier.UnitID, said dossier.SideAnswer) error {
	change := tx.NewUpdate().Model((*pageRow)(nil)).Where("unit = ?", unit).Where("id = ?", said.Page).Where("component = ''")
	if said.Say == dossier.SideWithdrawn {
		// The answer says why it waited. What the machine took for empty has no
		// reason, and nobody to take it back.
		change = change.Set("state = ?", dossier.PageParked).Set("dossier = ?", said.Dossier).Set("reason = ?", said.Reason).
			Where("state = ?", dossier.PageBlank).Where("reason <> ''")
	} else {
		change = change.Set("state = ?", dossier.PageBlank).Set("dossier = ''").Where("state = ?", dossier.PageParked).Where("reason = ?", said.Reason)
	}
	moved, err := inserted(change.Exec(ctx))
	if err != nil {
		return fmt.Errorf("move side: %w", err)
	}
	image, _, err := said.Page.Split()
	if err != nil || !moved {
		return errors.Join(err, errNotWaiting)
	}
	return moveImage(ctx, tx, unit, image)
}

// sideVersion records the version of its dossier that an answer makes, if any, and
// asks for its publishing.
func (c *Catalog) sideVersion(ctx context.Context, tx bun.Tx, said dossier.SideAnswer) error {
	if said.Intent == nil {
		return nil
	}
	if err := insertIntent(ctx, tx, *said.Intent); err != nil {
		return err
	}
	d := said.Intent.Draft.Dossier
	return c.queue.Enqueue(ctx, tx.Tx, dossier.Job{Step: dossier.StepPublish, Unit: d.Unit, Subject: string(d.ID)})
}

// recount changes what is told of the sheets of a dossier whose papers are held for
// them.
func recount(ctx context.Context, tx bun.Tx, count *dossier.Miscount) error {
	if count == nil {
		return nil
	}
	body, err := json.Marshal(count)
	if err != nil {
		return fmt.Errorf("count sheets anew: %w", err)
	}
	_, err = tx.NewUpdate().Model((*miscountRow)(nil)).Set("body = ?", string(body)).Where("batch = ?", count.Batch).Where("dossier = ?", count.Dossier).Exec(ctx)
	if err != nil {
		return fmt.Errorf("count sheets anew: %w", err)
	}
	return nil
}

// RestoreSide lists the object of an answer and records the version again that it
// made of a dossier, if that is the next one and the page is in no paper since.
// What becomes of the page [Catalog.RestoreEmpty] says.
func (c *Catalog) RestoreSide(ctx context.Context, act dossier.Act, said dossier.SideAnswer, object dossier.ObjectRef) (restored bool, err error) {
	err = c.inTx(ctx, "restore side", func(ctx context.Context, tx bun.Tx) error {
		restored = false
		if err := insertObjects(ctx, tx, act.Actor.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		if said.Intent == nil {
			return nil
		}
		d := said.Intent.Draft.Dossier
		next, err := isNext(ctx, tx, d)
		if err != nil || !next {
			return err
		}
		placed, err := tx.NewSelect().Model((*pageRow)(nil)).Where("unit = ?", d.Unit).Where("id = ?", said.Page).Where("component <> ''").Exists(ctx)
		if err != nil || placed {
			return err
		}
		if err := insertIntent(ctx, tx, *said.Intent); err != nil {
			return err
		}
		restored = true
		return audit(ctx, tx, act, "rebuild.side", string(said.Page), map[string]any{"dossier": d.ID, "version": d.Version})
	})
	return restored && err == nil, err
}

// RestoreEmpty notes of a page that is in no paper that a person said that nothing
// is on it, so that its batch is split with that.
func (c *Catalog) RestoreEmpty(ctx context.Context, act dossier.Act, said dossier.SideAnswer) error {
	return c.inTx(ctx, "restore empty side", func(ctx context.Context, tx bun.Tx) error {
		noted, err := inserted(tx.NewUpdate().Model((*pageRow)(nil)).Set("state = ?", dossier.PageBlank).Set("reason = ?", said.Reason).Set("dossier = ''").
			Where("unit = ?", act.Actor.Unit).Where("id = ?", said.Page).Where("component = ''").Exec(ctx))
		if err != nil || !noted {
			return err
		}
		return audit(ctx, tx, act, "rebuild.empty", string(said.Page), map[string]any{"batch": said.Batch, "answer": said.Seq})
	})
}
