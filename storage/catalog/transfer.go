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

// allPublished refuses to take published pages out of a dossier while a version
// that names them is still being published, with a fault to retry. So at most one
// decision about a page's dossier is ever half done, and a rebuild knows which of
// two manifests with the same page is the older one.
func allPublished(ctx context.Context, tx bun.Tx, decision dossier.Decision) error {
	if decision.Action == dossier.ActionPlace { // what waits is in no paper
		return nil
	}
	for _, intent := range decision.Intents() {
		for _, page := range intent.Left {
			open, err := tx.NewSelect().Model((*intentRow)(nil)).Where("body LIKE ?", `%"`+string(page)+`"%`).Exists(ctx)
			if err != nil {
				return fmt.Errorf("look for versions of page: %w", err)
			}
			if open {
				return overtaken(errors.New("a version with the page is being published"))
			}
		}
	}
	return nil
}

// claimLeft gives the pages that leave a dossier to the papers of the dossiers
// that take them, at once: whichever of the versions is published first, they
// do not wait for a person in between.
func claimLeft(ctx context.Context, tx bun.Tx, decision dossier.Decision) error {
	for _, from := range decision.Intents() {
		for _, page := range from.Left {
			for _, into := range decision.Intents() {
				if into.Draft.Dossier.ID == from.Draft.Dossier.ID {
					continue
				}
				if err := claimFor(ctx, tx, into.Draft.Dossier, page); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// claimFor gives a page to the paper that has it in the newest version of a
// dossier, if one has.
func claimFor(ctx context.Context, tx bun.Tx, of dossier.Dossier, page dossier.PageID) error {
	newest, err := newestDossier(ctx, tx, of.ID)
	if err != nil {
		return err
	}
	for _, c := range newest.Components {
		if !c.Has(page) {
			continue
		}
		_, err := tx.NewUpdate().Model((*pageRow)(nil)).Set("component = ?", c.ID).Set("dossier = ?", of.ID).
			Where("unit = ?", of.Unit).Where("id = ?", page).Exec(ctx)
		if err != nil {
			return fmt.Errorf("claim page: %w", err)
		}
	}
	return nil
}

// newestDossier is a dossier as its newest version has it, published or not.
func newestDossier(ctx context.Context, tx bun.Tx, id dossier.DossierID) (dossier.Dossier, error) {
	next, intended, err := intendedDossier(ctx, tx, id)
	if err != nil || intended {
		return next, err
	}
	var row manifestRow
	err = tx.NewSelect().Model(&row).Where("dossier = ?", id).Order("version DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return next, nil
	}
	var m dossier.Manifest
	if err == nil {
		err = json.Unmarshal([]byte(row.Body), &m)
	}
	if err != nil {
		return next, fmt.Errorf("newest version of dossier %s: %w", id, err)
	}
	return m.Dossier, nil
}
