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

// RestoreDecision lists a decision's object and records again what the decision
// intended and no version says yet: the next version of its dossier, when its
// pages still wait, and of those that pages were moved out of or back into.
// restored tells whether there was such a version. A decision that came to
// nothing (its number was tried and given up) is only listed.
func (c *Catalog) RestoreDecision(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) (restored bool, err error) {
	err = c.inTx(ctx, "restore decision", func(ctx context.Context, tx bun.Tx) error {
		restored = false
		draft := decision.Intent.Draft
		if err := insertObjects(ctx, tx, draft.Dossier.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		made, err := restoreIntended(ctx, tx, decision)
		if err != nil {
			return err
		}
		moved, err := restoreMoved(ctx, tx, decision)
		if restored = made || moved; err != nil || !restored {
			return err
		}
		if err := claimLeft(ctx, tx, decision); err != nil {
			return err
		}
		return audit(ctx, tx, act, "rebuild.decision", string(draft.Dossier.ID), map[string]any{"version": draft.Dossier.Version})
	})
	return restored && err == nil, err
}

// restoreIntended records the decision's own version again when it is the next
// one and the pages still wait.
func restoreIntended(ctx context.Context, tx bun.Tx, decision dossier.Decision) (made bool, err error) {
	next, err := isNext(ctx, tx, decision.Intent.Draft.Dossier)
	if err != nil || !next {
		return false, err
	}
	free, err := claimRestored(ctx, tx, decision)
	if err != nil || !free {
		return false, err
	}
	if err := insertIntent(ctx, tx, decision.Intent); err != nil {
		return false, err
	}
	return true, askToSign(ctx, tx, decision.Intent)
}

// restoreMoved records the versions of other dossiers again, if the decision's
// own version stands.
func restoreMoved(ctx context.Context, tx bun.Tx, decision dossier.Decision) (made bool, err error) {
	if len(decision.Moved) == 0 {
		return false, nil
	}
	stands, err := stands(ctx, tx, decision.Intent.Draft)
	if err != nil || !stands {
		return false, err
	}
	for _, moved := range decision.Moved {
		next, err := isNext(ctx, tx, moved.Draft.Dossier)
		if err != nil {
			return made, err
		}
		if !next {
			continue
		}
		if err := insertIntent(ctx, tx, moved); err != nil {
			return made, err
		}
		made = true
	}
	return made, nil
}

// isNext tells whether a version is the one behind all that are published or
// intended.
func isNext(ctx context.Context, tx bun.Tx, d dossier.Dossier) (bool, error) {
	known := int64(0)
	for _, rows := range []any{(*manifestRow)(nil), (*intentRow)(nil)} {
		n, err := tx.NewSelect().Model(rows).Where("dossier = ?", d.ID).Count(ctx)
		if err != nil {
			return false, fmt.Errorf("count versions of dossier %s: %w", d.ID, err)
		}
		known += n
	}
	return int64(d.Version) == known+1, nil
}

// stands tells whether the version that a decision drafted is published or
// intended, and not another decision's in its place.
func stands(ctx context.Context, tx bun.Tx, draft dossier.Manifest) (bool, error) {
	d := draft.Dossier
	var published manifestRow
	err := tx.NewSelect().Model(&published).Where("dossier = ?", d.ID).Where("version = ?", d.Version).Scan(ctx)
	if err == nil {
		var m dossier.Manifest
		err = json.Unmarshal([]byte(published.Body), &m)
		return m.Decision == draft.Decision, err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("look up version of dossier %s: %w", d.ID, err)
	}
	var intended intentRow
	err = tx.NewSelect().Model(&intended).Where("dossier = ?", d.ID).Where("version = ?", d.Version).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up version of dossier %s: %w", d.ID, err)
	}
	var i dossier.Intent
	err = json.Unmarshal([]byte(intended.Body), &i)
	return i.Draft.Decision == draft.Decision, err
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
