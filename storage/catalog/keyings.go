package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

type keyingRow struct {
	bun.BaseModel `bun:"table:keyings"`

	Component dossier.ComponentID `bun:"component,pk"`
	Field     string              `bun:"field,pk"`
	Nth       int                 `bun:"nth,pk"`
	Unit      dossier.UnitID      `bun:"unit"`
	Actor     string              `bun:"actor"`
	Body      string              `bun:"body"`
}

// Keyings gives what people keyed for a field and what no decision rests on yet,
// in the order of their coming. It reads what is newest: whoever decides rests
// on it.
func (c *Catalog) Keyings(ctx context.Context, component dossier.ComponentID, field string) (all []dossier.Keying, err error) {
	var rows []keyingRow
	err = c.write.NewSelect().Model(&rows).Where("component = ?", component).Where("field = ?", field).Order("nth").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up keyings: %w", err)
	}
	for _, row := range rows {
		var k dossier.Keying
		if err := json.Unmarshal([]byte(row.Body), &k); err != nil {
			return nil, fmt.Errorf("keying of paper %s: %w", component, err)
		}
		all = append(all, k)
	}
	return all, nil
}

// Key records a keying whose object is durable. taken is false, and nothing is
// changed, when its field has an nth keying already, or one by the same person.
func (c *Catalog) Key(ctx context.Context, act dossier.Act, keying dossier.Keying, nth int, object dossier.ObjectRef) (taken bool, err error) {
	err = c.inTx(ctx, "record keying", func(ctx context.Context, tx bun.Tx) error {
		taken, err = insertKeying(ctx, tx, act.Actor.Unit, keying, nth)
		if err != nil || !taken {
			return err
		}
		if err := insertObjects(ctx, tx, act.Actor.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		return audit(ctx, tx, act, "field.key", string(keying.Dossier), map[string]any{
			"keying": keying.ID, "component": keying.Component, "kind": keying.Kind, "field": keying.Field, "nth": nth,
		})
	})
	return taken && err == nil, err
}

// RestoreKeying writes a keying back that no decision rests on. Of a third one,
// and of a second one by the same person, only the object is listed: it never
// became a row.
func (c *Catalog) RestoreKeying(ctx context.Context, act dossier.Act, keying dossier.Keying, object dossier.ObjectRef) error {
	return c.inTx(ctx, "restore keying", func(ctx context.Context, tx bun.Tx) error {
		if err := insertObjects(ctx, tx, act.Actor.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*keyingRow)(nil)).Where("component = ?", keying.Component).Where("field = ?", keying.Field).Count(ctx)
		if err != nil {
			return err
		}
		if n < 2 {
			if _, err := insertKeying(ctx, tx, act.Actor.Unit, keying, int(n)+1); err != nil {
				return err
			}
		}
		return audit(ctx, tx, act, "rebuild.keying", string(keying.Dossier), map[string]any{"keying": keying.ID})
	})
}

func insertKeying(ctx context.Context, tx bun.Tx, unit dossier.UnitID, keying dossier.Keying, nth int) (taken bool, err error) {
	body, err := json.Marshal(keying)
	if err != nil {
		return false, err
	}
	row := keyingRow{Component: keying.Component, Field: keying.Field, Nth: nth, Unit: unit, Actor: keying.Actor.ID, Body: string(body)}
	return inserted(tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
}

// forgetKeyings takes off the list what was keyed for fields of a paper, or for
// all of them: somebody has decided about them, or the paper is another one.
func forgetKeyings(ctx context.Context, tx bun.Tx, id dossier.ComponentID, fields []string) error {
	q := tx.NewDelete().Model((*keyingRow)(nil)).Where("component = ?", id)
	if len(fields) > 0 {
		q = q.Where("field IN (?)", bun.List(fields))
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("forget keyings: %w", err)
	}
	return nil
}

// ChooseTwice marks the waiting fields that two people key, and no others. A
// field that was marked and is not any more waits for one person.
func (c *Catalog) ChooseTwice(ctx context.Context, unit dossier.UnitID, chosen []dossier.KindField) error {
	return c.inTx(ctx, "choose fields to key twice", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewUpdate().Model((*doubtRow)(nil)).Set("twice = ?", false).Where("unit = ?", unit).Where("twice = ?", true).Exec(ctx); err != nil {
			return err
		}
		for _, k := range chosen {
			_, err := tx.NewUpdate().Model((*doubtRow)(nil)).Set("twice = ?", true).
				Where("unit = ?", unit).Where("kind = ?", k.Kind).Where("field = ?", k.Field).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Entries lists the fields that a person may key as the first or second of two:
// those that wait, that this one has not keyed and that two others have not.
func (c *Catalog) Entries(ctx context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error) {
	return c.twice(ctx, scope, offset, limit, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Apply(toKey(by)) })
}

// Disputes lists the fields that two others keyed differently.
func (c *Catalog) Disputes(ctx context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error) {
	return c.twice(ctx, scope, offset, limit, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Apply(toSettle(by)) })
}

// EntryCounts counts the fields that two people key.
func (c *Catalog) EntryCounts(ctx context.Context, scope dossier.Scope, by dossier.Actor) (counts dossier.EntryCounts, err error) {
	for _, one := range []struct {
		into   *int
		narrow func(*bun.SelectQuery) *bun.SelectQuery
	}{
		{&counts.All, func(q *bun.SelectQuery) *bun.SelectQuery { return q }}, {&counts.Mine, toKey(by)}, {&counts.ToSettle, toSettle(by)},
	} {
		n, err := c.read.NewSelect().TableExpr("doubts AS x").Where("x.twice = ?", true).Apply(seenDoubts(scope)).Apply(one.narrow).Count(ctx)
		if err != nil {
			return counts, fmt.Errorf("count fields to key: %w", err)
		}
		*one.into = int(n)
	}
	return counts, nil
}

func (c *Catalog) twice(ctx context.Context, scope dossier.Scope, offset, limit int, narrow func(*bun.SelectQuery) *bun.SelectQuery) (doubts []dossier.Doubt, err error) {
	var rows []doubtRow
	err = c.read.NewSelect().TableExpr("doubts AS x").ColumnExpr("x.*").Where("x.twice = ?", true).Apply(seenDoubts(scope)).Apply(narrow).
		OrderExpr(mostUrgent).Offset(int64(offset)).Limit(int64(limit)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list fields to key: %w", err)
	}
	for _, r := range rows {
		doubts = append(doubts, r.doubt())
	}
	return doubts, nil
}

// toKey narrows a query over doubts x to those that somebody may key.
func toKey(by dossier.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("NOT EXISTS (SELECT 1 FROM keyings k WHERE k.component = x.component AND k.field = x.field AND (k.nth = 2 OR k.actor = ?))", by.ID)
	}
}

// toSettle narrows a query over doubts x to those that two others have keyed.
func toSettle(by dossier.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("EXISTS (SELECT 1 FROM keyings k WHERE k.component = x.component AND k.field = x.field AND k.nth = 2)").
			Where("NOT EXISTS (SELECT 1 FROM keyings k WHERE k.component = x.component AND k.field = x.field AND k.actor = ?)", by.ID)
	}
}
