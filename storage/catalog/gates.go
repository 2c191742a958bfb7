package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

type gateRow struct {
	bun.BaseModel `bun:"table:gate_decisions"`

	Unit dossier.UnitID `bun:"unit,pk"`
	Seq  int            `bun:"seq,pk"`
	Body string         `bun:"body"`
}

type reviewedRow struct {
	bun.BaseModel `bun:"table:reviewed_fields"`

	Component dossier.ComponentID `bun:"component,pk"`
	Field     string              `bun:"field,pk"`
	Dossier   dossier.DossierID   `bun:"dossier"`
	Unit      dossier.UnitID      `bun:"unit"`
	Kind      string              `bun:"kind"`
	By        dossier.SaidBy      `bun:"said_by"`
	Below     bool                `bun:"below"`
	Hundredth int                 `bun:"hundredth"`
	Right     bool                `bun:"is_right"`
	At        time.Time           `bun:"at"`
}

// GateDecisions lists what people decided about gates, in the order of its
// numbers.
func (c *Catalog) GateDecisions(ctx context.Context, unit dossier.UnitID) (decisions []dossier.GateDecision, err error) {
	var rows []gateRow
	if err := c.read.NewSelect().Model(&rows).Where("unit = ?", unit).Order("seq").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list decisions about gates: %w", err)
	}
	for _, row := range rows {
		var d dossier.GateDecision
		if err := json.Unmarshal([]byte(row.Body), &d); err != nil {
			return nil, fmt.Errorf("decision %d about a gate: %w", row.Seq, err)
		}
		decisions = append(decisions, d)
	}
	return decisions, nil
}

// DecideGate records a decision about a gate whose object is durable; taken is
// false, and nothing is changed, when there is one of its number. Why the person
// decided so is in the object only.
func (c *Catalog) DecideGate(ctx context.Context, act dossier.Act, d dossier.GateDecision, object dossier.ObjectRef) (taken bool, err error) {
	body, err := json.Marshal(d)
	if err != nil {
		return false, err
	}
	return c.recordOnce(ctx, act, &gateRow{Unit: d.Unit, Seq: d.Seq, Body: string(body)}, object, dossier.Deed{
		Action: "gate.decide", Subject: string(d.Unit),
		Payload: map[string]any{"seq": d.Seq, "field": d.Field, "before": d.Before, "after": d.After, "undoes": d.Undoes},
	})
}

// Reviewed counts the fields about which people said since a moment what stands
// on the paper.
func (c *Catalog) Reviewed(ctx context.Context, unit dossier.UnitID, since time.Time) (counts []dossier.ReviewedCount, err error) {
	var rows []struct {
		Kind, Field string
		SaidBy      dossier.SaidBy
		Below       bool
		Hundredth   int
		Hits, N     int
	}
	err = c.read.NewSelect().Model((*reviewedRow)(nil)).
		Column("kind", "field", "said_by", "below", "hundredth").
		ColumnExpr("SUM(CASE WHEN is_right THEN 1 ELSE 0 END) AS hits").ColumnExpr("COUNT(*) AS n").
		Where("unit = ?", unit).Where("at >= ?", since.UTC()).
		Group("kind", "field", "said_by", "below", "hundredth").Order("kind", "field", "said_by", "below", "hundredth").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count reviewed fields: %w", err)
	}
	for _, r := range rows {
		as := dossier.ReviewedAs{Kind: r.Kind, By: r.SaidBy, Below: r.Below, Hundredth: r.Hundredth}
		counts = append(counts, dossier.ReviewedCount{Field: r.Field, ReviewedAs: as, Right: r.Hits, Of: r.N})
	}
	return counts, nil
}

// storeReviewed replaces what is known of a dossier by what its newest version
// says.
func storeReviewed(ctx context.Context, tx bun.Tx, d dossier.Dossier, reviewed []dossier.ReviewedField) error {
	if _, err := tx.NewDelete().Model((*reviewedRow)(nil)).Where("dossier = ?", d.ID).Exec(ctx); err != nil {
		return fmt.Errorf("store reviewed fields: %w", err)
	}
	for _, r := range reviewed {
		row := reviewedRow{
			Component: r.Component, Field: r.Field, Dossier: d.ID, Unit: d.Unit, Kind: r.Kind,
			By: r.By, Below: r.Below, Hundredth: r.Hundredth, Right: r.Right, At: r.At.UTC(),
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("store reviewed fields: %w", err)
		}
	}
	return nil
}
