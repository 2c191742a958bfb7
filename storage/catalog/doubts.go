package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

type doubtRow struct {
	bun.BaseModel `bun:"table:doubts"`

	Component  dossier.ComponentID `bun:"component,pk"`
	Field      string              `bun:"field,pk"`
	Dossier    dossier.DossierID   `bun:"dossier"`
	Unit       dossier.UnitID      `bun:"unit"`
	Kind       string              `bun:"kind"`
	Nth        int                 `bun:"nth"`
	Page       dossier.PageID      `bun:"page"`
	Confidence float64             `bun:"confidence"`
	ReceivedAt time.Time           `bun:"received_at"`
	DueAt      *time.Time          `bun:"due_at"`
	Twice      bool                `bun:"twice"`
	Reason     dossier.Reason      `bun:"reason"`
}

func (r doubtRow) doubt() dossier.Doubt {
	return dossier.Doubt{
		Dossier: r.Dossier, Component: r.Component, Kind: r.Kind, Field: r.Field, Nth: r.Nth, Page: r.Page,
		Confidence: r.Confidence, ReceivedAt: r.ReceivedAt, DueAt: r.DueAt, Reason: r.Reason, Twice: r.Twice,
	}
}

// storeDoubts replaces what is doubtful in a dossier by what is so in its newest
// version. What a person has decided since, in a version that is not published
// yet, is not doubtful any more.
func storeDoubts(ctx context.Context, tx bun.Tx, d dossier.Dossier, doubts []dossier.Doubt) error {
	if _, err := tx.NewDelete().Model((*doubtRow)(nil)).Where("dossier = ?", d.ID).Exec(ctx); err != nil {
		return fmt.Errorf("store doubts: %w", err)
	}
	if len(doubts) == 0 {
		return nil
	}
	next, intended, err := intendedDossier(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	for _, x := range doubts {
		if intended && isSettled(next, x) {
			continue
		}
		row := doubtRow{
			Component: x.Component, Field: x.Field, Dossier: d.ID, Unit: d.Unit, Kind: x.Kind, Nth: x.Nth, Page: x.Page,
			Confidence: x.Confidence, ReceivedAt: x.ReceivedAt.UTC(), DueAt: x.DueAt, Reason: x.Reason, Twice: x.Twice,
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("store doubts: %w", err)
		}
	}
	return nil
}

// intendedDossier is the dossier as its newest unpublished version has it.
func intendedDossier(ctx context.Context, tx bun.Tx, id dossier.DossierID) (d dossier.Dossier, ok bool, err error) {
	var row intentRow
	err = tx.NewSelect().Model(&row).Where("dossier = ?", id).Order("version DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	var intent dossier.Intent
	if err == nil {
		err = json.Unmarshal([]byte(row.Body), &intent)
	}
	if err != nil {
		return d, false, fmt.Errorf("newest intent of dossier %s: %w", id, err)
	}
	return intent.Draft.Dossier, true, nil
}

// isSettled tells whether a later version has no such doubt: the field is
// confirmed, or the paper is gone or another one.
func isSettled(next dossier.Dossier, x dossier.Doubt) bool {
	i := slices.IndexFunc(next.Components, func(c dossier.Component) bool { return c.ID == x.Component })
	return i < 0 || next.Components[i].Kind != x.Kind || next.Components[i].Fields[x.Field].Status == dossier.FieldConfirmed
}

// settleDoubts takes what a decision is about off the list, with what was keyed
// for it; the version it makes brings back what is doubtful in it.
func settleDoubts(ctx context.Context, tx bun.Tx, decision dossier.Decision) error {
	forget := func(id dossier.ComponentID, fields []string) error {
		q := tx.NewDelete().Model((*doubtRow)(nil)).Where("component = ?", id)
		if len(fields) > 0 {
			q = q.Where("field IN (?)", bun.List(fields))
		}
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("settle doubts: %w", err)
		}
		return forgetKeyings(ctx, tx, id, fields)
	}
	if c := decision.Correction; c != nil {
		var fields []string
		for _, f := range c.Fields {
			fields = append(fields, f.Field)
		}
		if c.NewKind != "" {
			fields = nil
		}
		if err := forget(c.Component, fields); err != nil {
			return err
		}
	}
	for _, paper := range decision.Arrangement {
		if err := forget(paper.Component, nil); err != nil {
			return err
		}
	}
	for _, id := range remade(decision) {
		if err := forgetKeyings(ctx, tx, id, nil); err != nil {
			return err
		}
	}
	return nil
}

// remade are the papers that a decision makes other ones: what was keyed for
// them was about something else.
func remade(decision dossier.Decision) []dossier.ComponentID {
	switch decision.Action {
	case dossier.ActionSign:
		return nil
	case dossier.ActionUndo:
		return decision.Intent.Kept
	default:
		return decision.Intent.New
	}
}

// mostUrgent is the order of doubts x.
const mostUrgent = "CASE WHEN x.due_at IS NULL THEN 1 ELSE 0 END, x.due_at, x.received_at, x.dossier, x.component, x.nth"

// Doubts lists the fields that wait for a person, and counts all of them: what
// is due first, then the oldest; the fields of one paper together. Those that two
// people key are not among them.
func (c *Catalog) Doubts(ctx context.Context, filter dossier.ReviewFilter) (doubts []dossier.Doubt, total int, err error) {
	count, err := c.read.NewSelect().TableExpr("doubts AS x").Apply(askedDoubts(filter)).Count(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("count doubts: %w", err)
	}
	total = int(count)
	if filter.Limit == 0 || total == 0 {
		return nil, total, nil
	}
	var rows []doubtRow
	err = c.read.NewSelect().TableExpr("doubts AS x").ColumnExpr("x.*").Apply(askedDoubts(filter)).
		OrderExpr(mostUrgent).
		Offset(int64(filter.Offset)).Limit(int64(filter.Limit)).Scan(ctx, &rows)
	if err != nil {
		return nil, 0, fmt.Errorf("list doubts: %w", err)
	}
	for _, r := range rows {
		doubts = append(doubts, r.doubt())
	}
	return doubts, total, nil
}

// askedDoubts narrows a query over doubts x to those that one person settles.
func askedDoubts(filter dossier.ReviewFilter) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("x.twice = ?", false).Apply(seenDoubts(filter.Scope))
		if filter.Reason != "" {
			q = q.Where("x.reason = ?", filter.Reason)
		}
		return q
	}
}

// Doubt is one of them; [ErrNotFound] when it is none, or the scope does not see
// it.
func (c *Catalog) Doubt(ctx context.Context, scope dossier.Scope, id dossier.ComponentID, field string) (dossier.Doubt, error) {
	var row doubtRow
	err := c.read.NewSelect().TableExpr("doubts AS x").ColumnExpr("x.*").Apply(seenDoubts(scope)).
		Where("x.twice = ?", false).Where("x.component = ?", id).Where("x.field = ?", field).Scan(ctx, &row)
	if err != nil {
		return dossier.Doubt{}, fmt.Errorf("look up doubt: %w", orNotFound(err))
	}
	return row.doubt(), nil
}

// seenDoubts narrows a query over doubts x to papers of the unit and the kinds.
func seenDoubts(scope dossier.Scope) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("x.unit = ?", ofUnit(scope))
		if scope.Limited() {
			q = q.Where("x.kind IN (?)", bun.List(scope.Kinds))
		}
		return q
	}
}
