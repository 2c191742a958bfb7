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

// ErrNotFound says that the unit has no such dossier.
var ErrNotFound = errors.New("not found")

// NextIntent is the oldest unpublished version of a dossier; ok is false when
// all are published.
func (c *Catalog) NextIntent(ctx context.Context, id dossier.DossierID) (intent dossier.Intent, ok bool, err error) {
	var row intentRow
	err = c.write.NewSelect().Model(&row).Where("dossier = ?", id).Order("version").Limit(1).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return dossier.Intent{}, false, nil
	case err != nil:
		return dossier.Intent{}, false, fmt.Errorf("next version of dossier %s: %w", id, err)
	}
	if err := json.Unmarshal([]byte(row.Body), &intent); err != nil {
		return dossier.Intent{}, false, fmt.Errorf("next version of dossier %s: %w", id, err)
	}
	return intent, true, nil
}

// Publish is transaction B of the write order: the manifest and everything it
// references are durable; now the catalogue, the index and the log say so, and
// the intent is gone.
func (c *Catalog) Publish(ctx context.Context, act dossier.Act, intent dossier.Intent, p dossier.Publication) error {
	return c.inTx(ctx, "publish dossier", func(ctx context.Context, tx bun.Tx) error {
		gone, err := inserted(tx.NewDelete().Model((*intentRow)(nil)).Where("id = ?", intent.ID).Exec(ctx))
		if err != nil || !gone {
			return err
		}
		if err := c.storeManifest(ctx, tx, p); err != nil {
			return err
		}
		if err := finishBatch(ctx, tx, intent.Batch); err != nil {
			return err
		}
		d := p.Manifest.Dossier
		if err := auditPublished(ctx, tx, act, p.Manifest); err != nil {
			return err
		}
		open, err := tx.NewSelect().Model((*intentRow)(nil)).Where("dossier = ?", d.ID).Exists(ctx)
		if err != nil || open {
			return err
		}
		return c.queue.Complete(ctx, tx.Tx)
	})
}

// auditPublished writes the audit row of a version: that papers were signed, or
// that it was published.
func auditPublished(ctx context.Context, tx bun.Tx, act dossier.Act, m dossier.Manifest) error {
	d := m.Dossier
	if s := m.Signing; s != nil {
		return audit(ctx, tx, act, "papers.sign", string(d.ID), map[string]any{"version": d.Version, "papers": s.Papers, "certificate": s.Certificate.SHA256})
	}
	return audit(ctx, tx, act, "dossier.publish", string(d.ID), map[string]any{"version": d.Version, "components": len(d.Components)})
}

// storeManifest writes everything a manifest says: dossier, components, pages,
// objects and index entries. Publishing and rebuilding share it, so that a
// rebuilt catalogue cannot differ from a published one.
func (c *Catalog) storeManifest(ctx context.Context, tx bun.Tx, p dossier.Publication) error {
	m, d := p.Manifest, p.Manifest.Dossier
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("store manifest: %w", err)
	}
	row := manifestRow{Dossier: d.ID, Version: d.Version, Unit: d.Unit, Batch: p.Batch, At: m.At.UTC(), Body: string(body)}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("store manifest: %w", err)
	}
	head := dossierHead(d)
	head.Version = d.Version
	_, err = tx.NewInsert().Model(&head).On("CONFLICT (id) DO UPDATE").
		Set("code = EXCLUDED.code").Set("type = EXCLUDED.type").Set("procedure = EXCLUDED.procedure").
		Set("receiving_unit = EXCLUDED.receiving_unit").Set("deciding_unit = EXCLUDED.deciding_unit").
		Set("due_at = EXCLUDED.due_at").Set("state = EXCLUDED.state").Set("version = EXCLUDED.version").Exec(ctx)
	if err != nil {
		return fmt.Errorf("store dossier: %w", err)
	}
	if err := c.dropComponents(ctx, tx, d); err != nil {
		return err
	}
	for _, component := range d.Components {
		if err := storeComponent(ctx, tx, d, component); err != nil {
			return err
		}
	}
	if !p.Older {
		if err := placePages(ctx, tx, d); err != nil {
			return err
		}
	}
	if err := storeDoubts(ctx, tx, d, p.Doubts); err != nil {
		return err
	}
	if err := storeReviewed(ctx, tx, d, p.Reviewed); err != nil {
		return err
	}
	if err := storeEntries(ctx, tx, d, p.Cases); err != nil {
		return err
	}
	if err := insertObjects(ctx, tx, d.Unit, append(slices.Clone(m.Objects), p.Object)); err != nil {
		return err
	}
	return c.index.Put(ctx, tx.Tx, p.Entries)
}

// dropComponents takes the components that a new version no longer has, or has
// with other pages, out of the index; pages that are in none of its components
// wait for a person again, for the reason they had.
func (c *Catalog) dropComponents(ctx context.Context, tx bun.Tx, d dossier.Dossier) error {
	var before []componentRow
	if err := tx.NewSelect().Model(&before).Where("dossier = ?", d.ID).Where("state <> ?", dossier.ComponentSuperseded).Scan(ctx); err != nil {
		return fmt.Errorf("compare components: %w", err)
	}
	for _, row := range before {
		i := slices.IndexFunc(d.Components, func(c dossier.Component) bool { return c.ID == row.ID })
		if i >= 0 && d.Components[i].Version == row.Version {
			continue
		}
		if err := c.releaseComponent(ctx, tx, row, i < 0); err != nil {
			return err
		}
	}
	return nil
}

// releaseComponent frees the pages of a component, which wait again where they
// are pending, and takes it out of the index; superseded marks it as gone for good.
func (c *Catalog) releaseComponent(ctx context.Context, tx bun.Tx, row componentRow, superseded bool) error {
	if err := forgetSigning(ctx, tx, row.ID); err != nil {
		return err
	}
	if err := c.index.DeleteComponent(ctx, tx.Tx, row.ID); err != nil {
		return err
	}
	if superseded {
		_, err := tx.NewUpdate().Model((*componentRow)(nil)).Set("state = ?", dossier.ComponentSuperseded).Where("id = ?", row.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("supersede component: %w", err)
		}
	}
	var pages []pageRow
	if err := tx.NewSelect().Model(&pages).Where("unit = ?", row.Unit).Where("component = ?", row.ID).Scan(ctx); err != nil {
		return fmt.Errorf("free pages: %w", err)
	}
	for _, page := range pages {
		_, err := tx.NewUpdate().Model((*pageRow)(nil)).Set("state = ?", dossier.PageParked).Set("component = ''").Set("position = 0").Set("reading = 0").Set("dossier = home").
			Where("unit = ?", row.Unit).Where("id = ?", page.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("free page: %w", err)
		}
		if err := moveImage(ctx, tx, row.Unit, page.Image); err != nil {
			return err
		}
	}
	return nil
}

func storeComponent(ctx context.Context, tx bun.Tx, d dossier.Dossier, component dossier.Component) error {
	row := componentRow{
		ID: component.ID, Dossier: d.ID, Unit: d.Unit, Kind: component.Kind, Role: component.Role,
		State: component.State, Version: component.Version, PDF: component.PDF,
	}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").
		Set("state = EXCLUDED.state").Set("version = EXCLUDED.version").Set("pdf = EXCLUDED.pdf").
		Set("kind = EXCLUDED.kind").Set("role = EXCLUDED.role").Exec(ctx)
	if err != nil {
		return fmt.Errorf("store component: %w", err)
	}
	return nil
}

// placePages says of the pages of a dossier in which of its papers they are, or
// that they wait in it.
func placePages(ctx context.Context, tx bun.Tx, d dossier.Dossier) error {
	for _, component := range d.Components {
		if err := placeComponent(ctx, tx, d, component); err != nil {
			return err
		}
	}
	return storePending(ctx, tx, d)
}

func placeComponent(ctx context.Context, tx bun.Tx, d dossier.Dossier, component dossier.Component) error {
	state, replaced := dossier.PagePlaced, dossier.PageSuperseded
	if component.State == dossier.ComponentNotKept { // nor is what was replaced in it
		state, replaced = dossier.PageNotKept, dossier.PageNotKept
	}
	for i, p := range component.Pages {
		row := pageRow{ID: p.ID, Unit: d.Unit, State: state, Dossier: d.ID, Component: component.ID, Position: i + 1, Reading: p.Reading}
		if err := placePage(ctx, tx, row); err != nil {
			return err
		}
	}
	for _, r := range component.Replaced {
		row := pageRow{ID: r.Page.ID, Unit: d.Unit, State: replaced, Dossier: d.ID, Component: component.ID, Reading: r.Page.Reading}
		if err := placePage(ctx, tx, row); err != nil {
			return err
		}
	}
	return nil
}

// placePage says of a page what the row does, and of its image what follows.
func placePage(ctx context.Context, tx bun.Tx, row pageRow) error {
	image, _, err := row.ID.Split()
	if err != nil {
		return fmt.Errorf("place page: %w", err)
	}
	_, err = tx.NewUpdate().Model(&row).Column("state", "dossier", "component", "position", "reading").
		Where("unit = ?", row.Unit).Where("id = ?", row.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("place page: %w", err)
	}
	return moveImage(ctx, tx, row.Unit, image)
}

// storePending notes which pages a dossier lists as pending. One that a decision
// claims for a paper meanwhile keeps the note: should the decision be undone, it
// waits here again.
func storePending(ctx context.Context, tx bun.Tx, d dossier.Dossier) error {
	var before []pageRow
	if err := tx.NewSelect().Model(&before).Where("home = ?", d.ID).Scan(ctx); err != nil {
		return fmt.Errorf("note pending pages: %w", err)
	}
	for _, row := range before {
		if slices.Contains(d.Pending, row.ID) {
			continue
		}
		_, err := tx.NewUpdate().Model((*pageRow)(nil)).Set("home = ''").
			Where("unit = ?", row.Unit).Where("id = ?", row.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note pending page: %w", err)
		}
	}
	for _, page := range d.Pending {
		if _, err := tx.NewUpdate().Model((*pageRow)(nil)).Set("home = ?", d.ID).Where("unit = ?", d.Unit).Where("id = ?", page).Exec(ctx); err != nil {
			return fmt.Errorf("note pending page: %w", err)
		}
		_, err := tx.NewUpdate().Model((*pageRow)(nil)).Set("dossier = ?", d.ID).
			Where("unit = ?", d.Unit).Where("id = ?", page).Where("component = ''").Where("state <> ?", dossier.PageBlank).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note pending page: %w", err)
		}
	}
	return nil
}

// finishBatch marks a split batch done once none of its dossiers waits to be
// published. The first update makes the last two dossiers of a batch wait for
// each other on PostgreSQL: neither could see the other's intent go.
func finishBatch(ctx context.Context, tx bun.Tx, batch dossier.BatchID) error {
	if _, err := tx.NewUpdate().Model((*batchRow)(nil)).Set("version = version + 1").Where("id = ?", batch).Exec(ctx); err != nil {
		return fmt.Errorf("finish batch: %w", err)
	}
	_, err := tx.NewUpdate().Model((*batchRow)(nil)).Set("state = ?", batchDone).
		Where("id = ?", batch).Where("state = ?", batchSplit).
		Where("NOT EXISTS (SELECT 1 FROM intents WHERE intents.batch = ?)", batch).Exec(ctx)
	if err != nil {
		return fmt.Errorf("finish batch: %w", err)
	}
	return nil
}

// PublishFailed parks the pages of the components that could not be published
// (the written PDF did not pass its gate) by replacing the intent with one that
// leaves them out.
func (c *Catalog) PublishFailed(ctx context.Context, act dossier.Act, replaced dossier.Intent, parked []dossier.PlacedPage) error {
	return c.inTx(ctx, "park unpublished pages", func(ctx context.Context, tx bun.Tx) error {
		body, err := json.Marshal(replaced)
		if err != nil {
			return err
		}
		open, err := inserted(tx.NewUpdate().Model((*intentRow)(nil)).Set("body = ?", string(body)).Where("id = ?", replaced.ID).Exec(ctx))
		if err != nil || !open {
			return err
		}
		if err := movePages(ctx, tx, act.Actor.Unit, parked); err != nil {
			return err
		}
		return audit(ctx, tx, act, "pages.park", string(replaced.Draft.Dossier.ID), map[string]any{"pages": len(parked)})
	})
}
