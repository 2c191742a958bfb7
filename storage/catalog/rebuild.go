package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// ErrNotEmpty says that a rebuild was asked for over a catalogue that holds
// something: it would be mixed with what the objects say.
var ErrNotEmpty = errors.New("the catalogue is not empty")

// Empty returns [ErrNotEmpty] unless the catalogue holds no batch and no
// dossier.
func (c *Catalog) Empty(ctx context.Context) error {
	batches, err := c.write.NewSelect().Model((*batchRow)(nil)).Count(ctx)
	if err != nil {
		return fmt.Errorf("count batches: %w", err)
	}
	dossiers, err := c.write.NewSelect().Model((*dossierRow)(nil)).Count(ctx)
	if err != nil {
		return fmt.Errorf("count dossiers: %w", err)
	}
	if batches+dossiers > 0 {
		return ErrNotEmpty
	}
	return nil
}

// RestoreBatch writes a batch back from its record object; objects are the
// record and the raw objects it brought. The files are claimed: the flow opens
// them again unless their images are restored too.
func (c *Catalog) RestoreBatch(ctx context.Context, act dossier.Act, batch dossier.Batch, objects []dossier.ObjectRef) error {
	return c.inTx(ctx, "restore batch", func(ctx context.Context, tx bun.Tx) error {
		row := batchRow{
			ID: batch.ID, Unit: batch.Unit, Actor: batch.Actor.ID, Role: batch.Actor.Role, Device: batch.Device,
			At: batch.At.UTC(), State: batchTaken, Version: 1, Background: batch.Background,
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if _, err := insertFiles(ctx, tx, batch); err != nil {
			return err
		}
		if err := insertObjects(ctx, tx, batch.Unit, objects); err != nil {
			return err
		}
		return audit(ctx, tx, act, "rebuild.batch", string(batch.ID), map[string]any{"files": len(batch.Files)})
	})
}

// RestoreManifest writes one version of a dossier back. Versions must come in
// ascending order; entries come with the newest one only.
func (c *Catalog) RestoreManifest(ctx context.Context, act dossier.Act, p dossier.Publication) error {
	return c.inTx(ctx, "restore dossier", func(ctx context.Context, tx bun.Tx) error {
		if err := c.storeManifest(ctx, tx, p); err != nil {
			return err
		}
		m := p.Manifest
		return audit(ctx, tx, act, "rebuild.dossier", string(m.Dossier.ID), map[string]any{"version": m.Dossier.Version})
	})
}

// RestoreDecision lists a decision's object and, when it is the next version of
// its dossier and its pages still wait, claims them and records its intent
// again. A decision that came to nothing (its number was tried and given up) is
// only listed.
func (c *Catalog) RestoreDecision(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) error {
	return c.inTx(ctx, "restore decision", func(ctx context.Context, tx bun.Tx) error {
		draft := decision.Intent.Draft
		if err := insertObjects(ctx, tx, draft.Dossier.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		published, err := tx.NewSelect().Model((*manifestRow)(nil)).Where("dossier = ?", draft.Dossier.ID).Count(ctx)
		if err != nil {
			return err
		}
		intended, err := tx.NewSelect().Model((*intentRow)(nil)).Where("dossier = ?", draft.Dossier.ID).Count(ctx)
		if err != nil {
			return err
		}
		if int64(draft.Dossier.Version) != published+intended+1 {
			return nil
		}
		free, err := claimRestored(ctx, tx, decision)
		if err != nil || !free {
			return err
		}
		if err := insertIntent(ctx, tx, decision.Intent); err != nil {
			return err
		}
		if err := askToSign(ctx, tx, decision.Intent); err != nil {
			return err
		}
		return audit(ctx, tx, act, "rebuild.decision", string(draft.Dossier.ID), map[string]any{"version": draft.Dossier.Version})
	})
}

// claimRestored claims the pages of a decision; free is false, and nothing is
// changed, when one of them is in a component since.
func claimRestored(ctx context.Context, tx bun.Tx, decision dossier.Decision) (free bool, err error) {
	d := decision.Intent.Draft.Dossier
	for _, page := range decision.Placement.Pages {
		placed, err := tx.NewSelect().Model((*pageRow)(nil)).Where("unit = ?", d.Unit).Where("id = ?", page).Where("component <> ''").Exists(ctx)
		if err != nil || placed {
			return false, err
		}
	}
	for _, page := range decision.Placement.Pages {
		_, err := tx.NewUpdate().Model((*pageRow)(nil)).Set("component = ?", decision.Intent.New[0]).Set("dossier = ?", d.ID).
			Where("unit = ?", d.Unit).Where("id = ?", page).Exec(ctx)
		if err != nil {
			return false, err
		}
	}
	return true, nil
}
