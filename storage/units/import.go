package units

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/storage/catalog"
)

// Counts says what an import did: what was new or other than before.
type Counts struct {
	Lines      int `json:"lines"`
	Units      int `json:"units"`
	Codes      int `json:"codes"`
	Successors int `json:"successors"`
}

// Import takes the rows of a table in. A mistake in any of them is an error
// that names its line, and nothing is written.
func (u *Units) Import(ctx context.Context, act dossier.Act, rows []Row) (Counts, error) {
	known, err := u.known(ctx)
	if err != nil {
		return Counts{}, err
	}
	next := known.clone()
	if err := next.add(rows, u.own); err != nil {
		return Counts{}, err
	}
	counts, err := u.put(ctx, act, next.since(known))
	counts.Lines = len(rows)
	return counts, err
}

// register is the whole register in memory: some ten thousand rows, read for an
// import only.
type register struct {
	units      map[dossier.UnitID]unitRow
	codes      map[string][]codeRow // by code
	successors map[dossier.UnitID][]dossier.UnitID
}

func (u *Units) known(ctx context.Context) (register, error) {
	r := register{units: map[dossier.UnitID]unitRow{}, codes: map[string][]codeRow{}, successors: map[dossier.UnitID][]dossier.UnitID{}}
	var units []unitRow
	var codes []codeRow
	var successors []successorRow
	for _, model := range []any{&units, &codes, &successors} {
		if err := u.read.NewSelect().Model(model).Scan(ctx); err != nil {
			return r, fmt.Errorf("read units: %w", err)
		}
	}
	for _, row := range units {
		r.units[row.ID] = row
	}
	for _, row := range codes {
		r.codes[row.Code] = append(r.codes[row.Code], row)
	}
	for _, row := range successors {
		r.successors[row.Unit] = append(r.successors[row.Unit], row.Successor)
	}
	return r, nil
}

func (r register) clone() register {
	codes := make(map[string][]codeRow, len(r.codes))
	for code, rows := range r.codes {
		codes[code] = slices.Clone(rows)
	}
	return register{units: maps.Clone(r.units), codes: codes, successors: maps.Clone(r.successors)}
}

// add takes rows in: first all units, then what leads from one to another, so
// that a table needs no order.
func (r register) add(rows []Row, own dossier.Unit) error {
	ids := make([]dossier.UnitID, len(rows))
	for i, row := range rows {
		if row.AliasOf != "" {
			continue
		}
		ids[i] = dossier.NameUnit(row.Code, row.Since)
		if slices.ContainsFunc(own.Codes, func(c dossier.UnitCode) bool { return c.Code == row.Code }) {
			ids[i] = own.ID
		}
		before := r.units[ids[i]]
		r.units[ids[i]] = unitRow{ID: ids[i], Name: row.Name, Folded: viet.Fold(row.Name), Parent: before.Parent, Since: row.Since, Until: row.Until}
		if err := r.addCode(row, ids[i]); err != nil {
			return err
		}
	}
	for _, row := range rows {
		if row.AliasOf == "" {
			continue
		}
		id, ok := r.ever(row.AliasOf)
		if !ok {
			return row.wrong("there is no unit with the code %s", row.AliasOf)
		}
		if err := r.addCode(row, id); err != nil {
			return err
		}
	}
	for i, row := range rows {
		if row.AliasOf == "" {
			if err := r.link(row, ids[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// addCode gives a unit a code for some days, which must be nobody else's then.
func (r register) addCode(row Row, id dossier.UnitID) error {
	next := codeRow{Code: row.Code, Since: row.Since, Until: row.Until, Unit: id}
	rows := slices.DeleteFunc(r.codes[row.Code], func(c codeRow) bool { return c.Since == next.Since && c.Unit == id })
	for _, other := range rows {
		if (other.Until == "" || next.Since < other.Until) && (next.Until == "" || other.Since < next.Until) {
			return row.wrong("on some days %s is the code of %s, too", row.Code, r.units[other.Unit].Name)
		}
	}
	r.codes[row.Code] = append(rows, next)
	return nil
}

// ever finds the unit that a code was last of.
func (r register) ever(code string) (dossier.UnitID, bool) {
	rows := r.codes[code]
	if len(rows) == 0 {
		return "", false
	}
	return slices.MaxFunc(rows, func(a, b codeRow) int { return cmp.Compare(a.Since, b.Since) }).Unit, true
}

// link sets the unit above and the successors of a unit.
func (r register) link(row Row, id dossier.UnitID) error {
	unit := r.units[id]
	if unit.Parent = ""; row.Parent != "" {
		parent, ok := r.on(row.Parent, row.Since, row.Until)
		if !ok || parent == id {
			return row.wrong("there is no unit above with the code %s in these days", row.Parent)
		}
		unit.Parent = parent
	}
	r.units[id] = unit
	var successors []dossier.UnitID
	for _, code := range row.Became {
		successor, ok := r.on(code, row.Until, "")
		if !ok || successor == id {
			return row.wrong("on %s there is no other unit with the code %s", row.Until, code)
		}
		successors = append(successors, successor)
	}
	slices.Sort(successors)
	r.successors[id] = slices.Compact(successors)
	return nil
}

// on finds the unit whose code it is on the first day of some days, or, where
// that is not known, on a later one of them.
func (r register) on(code, since, until string) (dossier.UnitID, bool) {
	rows := slices.Clone(r.codes[code])
	slices.SortFunc(rows, func(a, b codeRow) int { return cmp.Compare(a.Since, b.Since) })
	for _, c := range rows {
		if (c.Until == "" || since < c.Until) && (until == "" || c.Since < until) {
			return c.Unit, true
		}
	}
	return "", false
}

// changes are the rows to write.
type changes struct {
	units      []unitRow
	codes      []codeRow
	successors []successorRow
	gone       []successorRow
}

// since is what is new or other than before, in a fixed order.
func (r register) since(before register) changes {
	var c changes
	for _, id := range slices.Sorted(maps.Keys(r.units)) {
		if r.units[id] != before.units[id] {
			c.units = append(c.units, r.units[id])
		}
	}
	for _, code := range slices.Sorted(maps.Keys(r.codes)) {
		for _, row := range r.codes[code] {
			if !slices.Contains(before.codes[code], row) {
				c.codes = append(c.codes, row)
			}
		}
	}
	c.successors, c.gone = missing(before.successors, r.successors), missing(r.successors, before.successors)
	return c
}

// missing is what stands in one list of successors and not in the other.
func missing(from, in map[dossier.UnitID][]dossier.UnitID) []successorRow {
	var rows []successorRow
	for _, unit := range slices.Sorted(maps.Keys(in)) {
		for _, successor := range in[unit] {
			if !slices.Contains(from[unit], successor) {
				rows = append(rows, successorRow{Unit: unit, Successor: successor})
			}
		}
	}
	return rows
}

// put writes changes, some hundred rows in each transaction: no write
// transaction lasts long, and half an import is as good as a shorter table. The
// same table, read again, does the rest.
func (u *Units) put(ctx context.Context, act dossier.Act, c changes) (Counts, error) {
	counts := Counts{Units: len(c.units), Codes: len(c.codes), Successors: len(c.successors)}
	var steps []func(ctx context.Context, tx bun.Tx) error
	for chunk := range slices.Chunk(c.units, inChunk) {
		steps = append(steps, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewInsert().Model(&chunk).On("CONFLICT (id) DO UPDATE").
				Set("name = EXCLUDED.name, folded = EXCLUDED.folded, parent = EXCLUDED.parent, since = EXCLUDED.since, until = EXCLUDED.until").Exec(ctx)
			return err
		})
	}
	for chunk := range slices.Chunk(c.codes, inChunk) {
		steps = append(steps, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewInsert().Model(&chunk).On("CONFLICT (code, since) DO UPDATE").Set("until = EXCLUDED.until, unit = EXCLUDED.unit").Exec(ctx)
			return err
		})
	}
	for chunk := range slices.Chunk(c.gone, inChunk) {
		steps = append(steps, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewDelete().Model(&chunk).WherePK().Exec(ctx)
			return err
		})
	}
	for chunk := range slices.Chunk(c.successors, inChunk) {
		steps = append(steps, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewInsert().Model(&chunk).On("CONFLICT DO NOTHING").Exec(ctx)
			return err
		})
	}
	for i, step := range steps {
		err := u.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if err := step(ctx, tx); err != nil {
				return err
			}
			return catalog.Audit(ctx, tx, act, "units.import", string(u.own.ID), map[string]any{"part": i + 1, "of": len(steps), "units": counts.Units, "codes": counts.Codes})
		})
		if err != nil {
			return Counts{}, fmt.Errorf("write units: %w", err)
		}
	}
	return counts, nil
}
