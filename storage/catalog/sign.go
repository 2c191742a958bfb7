package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

type signingRow struct {
	bun.BaseModel `bun:"table:signing"`

	Component dossier.ComponentID `bun:"component,pk"`
	Dossier   dossier.DossierID   `bun:"dossier"`
	Unit      dossier.UnitID      `bun:"unit"`
	State     string              `bun:"state"`
	Reason    dossier.Reason      `bun:"reason"`
	At        time.Time           `bun:"at"`
}

// The states of a signature on its way.
const (
	signAsked   = "asked"
	signRefused = "refused"
)

// askToSign notes the papers that an intent signs, if it does.
func askToSign(ctx context.Context, tx bun.Tx, intent dossier.Intent) error {
	s := intent.Draft.Signing
	if s == nil {
		return nil
	}
	d := intent.Draft.Dossier
	for _, id := range s.Papers {
		if err := noteSigning(ctx, tx, signingRow{Component: id, Dossier: d.ID, Unit: d.Unit, State: signAsked, At: s.At.UTC()}); err != nil {
			return err
		}
	}
	return nil
}

func noteSigning(ctx context.Context, tx bun.Tx, row signingRow) error {
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (component) DO UPDATE").
		Set("state = EXCLUDED.state").Set("reason = EXCLUDED.reason").Set("at = EXCLUDED.at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("note signing: %w", err)
	}
	return nil
}

// forgetSigning drops what was noted about a paper that has another version
// since, signed or not.
func forgetSigning(ctx context.Context, tx bun.Tx, id dossier.ComponentID) error {
	if _, err := tx.NewDelete().Model((*signingRow)(nil)).Where("component = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("forget signing: %w", err)
	}
	return nil
}

// SignRefused gives up the signatures that could not be made: the intent is
// replaced by one that leaves those papers as they were, and their reasons are
// kept. An intent that signs nothing any more goes, unless a later version was
// drafted after it; that one needs its predecessor.
func (c *Catalog) SignRefused(ctx context.Context, act dossier.Act, replaced dossier.Intent, refused []dossier.SignRefusal) error {
	d := replaced.Draft.Dossier
	return c.inTx(ctx, "give up signing", func(ctx context.Context, tx bun.Tx) error {
		// Whoever drafts the next version meanwhile waits for this row.
		if _, err := tx.NewUpdate().Model((*dossierRow)(nil)).Set("state = state").Where("id = ?", d.ID).Exec(ctx); err != nil {
			return err
		}
		open, err := replaceSigning(ctx, tx, replaced)
		if err != nil || !open {
			return err
		}
		for _, r := range refused {
			row := signingRow{Component: r.Component, Dossier: d.ID, Unit: d.Unit, State: signRefused, Reason: r.Reason, At: act.At.UTC()}
			if err := noteSigning(ctx, tx, row); err != nil {
				return err
			}
		}
		return audit(ctx, tx, act, "papers.not_signed", string(d.ID), map[string]any{"version": d.Version, "refused": refused})
	})
}

// replaceSigning puts what is left of an intent in its place, or takes it away;
// open is false when it was published or taken away before.
func replaceSigning(ctx context.Context, tx bun.Tx, replaced dossier.Intent) (open bool, err error) {
	d := replaced.Draft.Dossier
	if len(replaced.New) == 0 {
		later, err := tx.NewSelect().Model((*intentRow)(nil)).Where("dossier = ?", d.ID).Where("version > ?", d.Version).Exists(ctx)
		if err != nil {
			return false, err
		}
		if !later {
			return inserted(tx.NewDelete().Model((*intentRow)(nil)).Where("id = ?", replaced.ID).Exec(ctx))
		}
	}
	body, err := json.Marshal(replaced)
	if err != nil {
		return false, err
	}
	return inserted(tx.NewUpdate().Model((*intentRow)(nil)).Set("body = ?", string(body)).Where("id = ?", replaced.ID).Exec(ctx))
}

// Unsigned lists the papers that wait for a signature, by kind and then oldest
// first.
func (c *Catalog) Unsigned(ctx context.Context, filter dossier.UnsignedFilter) ([]dossier.Unsigned, error) {
	query := c.read.NewSelect().TableExpr("components AS c").
		ColumnExpr("c.id AS component, c.dossier, c.kind, COALESCE(d.code, '') AS code, COALESCE(s.state, '') AS state, COALESCE(s.reason, '') AS reason").
		ColumnExpr("COALESCE((SELECT p.id FROM pages AS p WHERE p.unit = c.unit AND p.component = c.id AND p.position = 1), '') AS first").
		ColumnExpr("COALESCE((SELECT p.reading FROM pages AS p WHERE p.unit = c.unit AND p.component = c.id AND p.position = 1), 0) AS first_reading").
		ColumnExpr("(SELECT COUNT(*) FROM pages AS p WHERE p.unit = c.unit AND p.component = c.id) AS pages").
		Join("JOIN dossiers AS d ON d.id = c.dossier").Join("LEFT JOIN signing AS s ON s.component = c.id").
		Where("c.unit = ?", filter.Unit).Where("c.state = ?", dossier.ComponentAwaitingSignature).
		OrderExpr("c.kind, d.received_at, d.id, c.id")
	if filter.Kind != "" {
		query = query.Where("c.kind = ?", filter.Kind)
	}
	if filter.Dossier != "" {
		query = query.Where("c.dossier = ?", filter.Dossier)
	}
	if len(filter.Components) > 0 {
		query = query.Where("c.id IN (?)", bun.List(filter.Components))
	}
	if filter.Limit > 0 {
		query = query.Limit(int64(filter.Limit))
	}
	var rows []unsignedRow
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list unsigned papers: %w", err)
	}
	papers := make([]dossier.Unsigned, len(rows))
	for i, r := range rows {
		papers[i] = dossier.Unsigned{
			Dossier: r.Dossier, Code: r.Code, Component: r.Component, Kind: r.Kind, Pages: r.Pages, First: dossier.Page{ID: r.First, Reading: r.FirstReading},
			Asked: r.State == signAsked, Reason: r.Reason,
		}
	}
	return papers, nil
}

type unsignedRow struct {
	Component dossier.ComponentID `bun:"component"`
	Dossier   dossier.DossierID   `bun:"dossier"`
	Kind      string              `bun:"kind"`
	Code      string              `bun:"code"`
	State     string              `bun:"state"`
	Reason    dossier.Reason      `bun:"reason"`
	First     dossier.PageID      `bun:"first"`

	FirstReading int `bun:"first_reading"`

	Pages int `bun:"pages"`
}

// UnsignedKinds counts the papers that wait for a signature, by kind.
func (c *Catalog) UnsignedKinds(ctx context.Context, unit dossier.UnitID) ([]dossier.KindCount, error) {
	var counts []dossier.KindCount
	err := c.read.NewSelect().Model((*componentRow)(nil)).ColumnExpr("kind, COUNT(*) AS count").
		Where("unit = ?", unit).Where("state = ?", dossier.ComponentAwaitingSignature).
		Group("kind").Order("kind").Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count unsigned papers: %w", err)
	}
	return counts, nil
}

// PaperCounts counts the papers on the way to a signature.
func (c *Catalog) PaperCounts(ctx context.Context, unit dossier.UnitID) (dossier.PaperCounts, error) {
	var counts dossier.PaperCounts
	err := c.read.NewSelect().
		ColumnExpr("(SELECT COUNT(*) FROM components WHERE unit = ?0 AND state = ?1) AS awaiting", unit, dossier.ComponentAwaitingSignature).
		ColumnExpr("(SELECT COUNT(*) FROM components WHERE unit = ?0 AND state = ?1) AS signed", unit, dossier.ComponentSigned).
		ColumnExpr("(SELECT COUNT(*) FROM signing WHERE unit = ?0 AND state = ?1) AS asked", unit, signAsked).
		ColumnExpr("(SELECT COUNT(*) FROM signing WHERE unit = ?0 AND state = ?1) AS refused", unit, signRefused).
		Scan(ctx, &counts.Awaiting, &counts.Signed, &counts.Asked, &counts.Refused)
	if err != nil {
		return counts, fmt.Errorf("count papers: %w", err)
	}
	return counts, nil
}

// AskedToSign lists the papers whose signature was asked for and is neither
// there nor refused.
func (c *Catalog) AskedToSign(ctx context.Context, unit dossier.UnitID) (map[dossier.ComponentID]bool, error) {
	var ids []dossier.ComponentID
	err := c.read.NewSelect().Model((*signingRow)(nil)).Column("component").Where("unit = ?", unit).Where("state = ?", signAsked).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("list signatures on their way: %w", err)
	}
	asked := make(map[dossier.ComponentID]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	return asked, nil
}
