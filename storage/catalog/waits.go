package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// WaitingReasons counts what waits for a person by why it waits: pages, then fields, of
// each first what has most that is late, then most. The counts add up to the
// totals of [Catalog.Parked] and [Catalog.Doubts].
func (c *Catalog) WaitingReasons(ctx context.Context, scope dossier.Scope, now time.Time) (waits []dossier.Waits, err error) {
	filter := dossier.ReviewFilter{Scope: scope}
	if !scope.Limited() {
		pages := c.read.NewSelect().TableExpr("pages AS p").Join(joinDue).Apply(askedPages(filter))
		if waits, err = byReason(ctx, pages, "p.reason", "due.due_at", now); err != nil {
			return nil, fmt.Errorf("count waiting pages by reason: %w", err)
		}
	}
	fields := c.read.NewSelect().TableExpr("doubts AS x").Apply(askedDoubts(filter))
	doubts, err := byReason(ctx, fields, "x.reason", "x.due_at", now)
	if err != nil {
		return nil, fmt.Errorf("count doubts by reason: %w", err)
	}
	return append(waits, doubts...), nil
}

// byReason groups a query by reason; due is the column that says until when.
func byReason(ctx context.Context, q *bun.SelectQuery, reason, due string, now time.Time) (waits []dossier.Waits, err error) {
	late := "COALESCE(SUM(CASE WHEN " + due + " < ? THEN 1 ELSE 0 END), 0)"
	err = q.ColumnExpr(reason+" AS reason, COUNT(*) AS count, "+late+" AS late", now.UTC()).
		GroupExpr(reason).OrderExpr("late DESC, count DESC, reason").Scan(ctx, &waits)
	return waits, err
}
