package catalog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

type entryRow struct {
	bun.BaseModel `bun:"table:entries"`

	ID         dossier.EntryID     `bun:"id,pk"`
	Component  dossier.ComponentID `bun:"component"`
	Dossier    dossier.DossierID   `bun:"dossier"`
	Unit       dossier.UnitID      `bun:"unit"`
	Kind       string              `bun:"kind"`
	Nth        int                 `bun:"nth"`
	Page       dossier.PageID      `bun:"page"`
	State      dossier.EntryState  `bun:"state"`
	ReceivedAt time.Time           `bun:"received_at"`
}

func (r entryRow) entry() dossier.WaitingEntry {
	return dossier.WaitingEntry{Dossier: r.Dossier, Component: r.Component, Kind: r.Kind, Entry: r.ID, Nth: r.Nth, Page: r.Page, State: r.State}
}

// storeEntries replaces the entries of a dossier's registers by those of its
// newest version. One that a person has decided about since, in a version that is
// not published yet, is as that version has it.
func storeEntries(ctx context.Context, tx bun.Tx, d dossier.Dossier, entries []dossier.WaitingEntry) error {
	if _, err := tx.NewDelete().Model((*entryRow)(nil)).Where("dossier = ?", d.ID).Exec(ctx); err != nil {
		return fmt.Errorf("store entries: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	next, intended, err := intendedDossier(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	rows := make([]entryRow, 0, len(entries))
	for _, e := range entries {
		state := e.State
		if intended {
			state = intendedState(next, e)
		}
		rows = append(rows, entryRow{
			ID: e.Entry, Component: e.Component, Dossier: d.ID, Unit: d.Unit, Kind: e.Kind, Nth: e.Nth, Page: e.Page, State: state, ReceivedAt: d.ReceivedAt.UTC(),
		})
	}
	for some := range slices.Chunk(rows, entriesAtOnce) {
		// A page that goes to another dossier takes its entries along, and that one
		// may be published first.
		_, err := tx.NewInsert().Model(&some).On("CONFLICT (id) DO UPDATE").
			Set("component = EXCLUDED.component").Set("dossier = EXCLUDED.dossier").Set("kind = EXCLUDED.kind").
			Set("nth = EXCLUDED.nth").Set("state = EXCLUDED.state").Set("received_at = EXCLUDED.received_at").Exec(ctx)
		if err != nil {
			return fmt.Errorf("store entries: %w", err)
		}
	}
	return nil
}

// entriesAtOnce keeps a statement below the bounds of both databases.
const entriesAtOnce = 200

// intendedState is the state of an entry in a later version; one that is gone
// there does not wait.
func intendedState(next dossier.Dossier, e dossier.WaitingEntry) dossier.EntryState {
	for _, c := range next.Components {
		if later, ok := c.EntryOf(e.Entry); ok {
			return later.State
		}
	}
	return dossier.EntryNone
}

// settleEntries takes the entry that a decision is about off the list of those
// that wait; the version it makes brings back what waits in it.
func settleEntries(ctx context.Context, tx bun.Tx, decision dossier.Decision) error {
	k := decision.Entry
	if k == nil {
		return nil
	}
	state := dossier.EntryKeyed
	if k.None || k.Count > 0 {
		state = dossier.EntryNone
	}
	if _, err := tx.NewUpdate().Model((*entryRow)(nil)).Set("state = ?", state).Where("id = ?", k.Entry).Exec(ctx); err != nil {
		return fmt.Errorf("settle entry: %w", err)
	}
	return nil
}

// WaitingEntries lists the entries of registers that wait for a person, book by
// book in the order of their pages, and counts those that wait and all. A limit of
// 0 only counts.
func (c *Catalog) WaitingEntries(ctx context.Context, scope dossier.Scope, offset, limit int) (waiting []dossier.WaitingEntry, open, all int, err error) {
	total, err := c.read.NewSelect().TableExpr("entries AS x").Apply(seenDoubts(scope)).Count(ctx)
	if err != nil || total == 0 {
		return nil, 0, 0, wrapped("count entries", err)
	}
	n, err := c.read.NewSelect().TableExpr("entries AS x").Apply(seenDoubts(scope), waits).Count(ctx)
	if err != nil || limit == 0 || n == 0 {
		return nil, int(n), int(total), wrapped("count waiting entries", err)
	}
	var rows []entryRow
	err = c.read.NewSelect().TableExpr("entries AS x").ColumnExpr("x.*").Apply(seenDoubts(scope), waits).
		OrderExpr("x.received_at, x.dossier, x.component, x.nth").Offset(int64(offset)).Limit(int64(limit)).Scan(ctx, &rows)
	for _, r := range rows {
		waiting = append(waiting, r.entry())
	}
	return waiting, int(n), int(total), wrapped("list waiting entries", err)
}

// Entry is one entry, waiting or not; [ErrNotFound] when it is none, or the scope
// does not see it.
func (c *Catalog) Entry(ctx context.Context, scope dossier.Scope, id dossier.EntryID) (dossier.WaitingEntry, error) {
	var row entryRow
	err := c.read.NewSelect().TableExpr("entries AS x").ColumnExpr("x.*").Apply(seenDoubts(scope)).Where("x.id = ?", id).Scan(ctx, &row)
	if err != nil {
		return dossier.WaitingEntry{}, fmt.Errorf("look up entry: %w", orNotFound(err))
	}
	return row.entry(), nil
}

// waits narrows a query over entries x to those that wait.
func waits(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("x.state IN ('found', 'unsure')")
}

func wrapped(op string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}
