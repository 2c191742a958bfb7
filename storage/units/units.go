package units

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/storage/catalog"
)

// The rows; columns are explained in migrations/0010_units.sql.

type unitRow struct {
	bun.BaseModel `bun:"table:units"`

	ID     dossier.UnitID `bun:"id,pk"`
	Name   string         `bun:"name"`
	Folded string         `bun:"folded"`
	Parent dossier.UnitID `bun:"parent"`
	Since  string         `bun:"since"`
	Until  string         `bun:"until"`
}

type codeRow struct {
	bun.BaseModel `bun:"table:unit_codes"`

	Code  string         `bun:"code,pk"`
	Since string         `bun:"since,pk"`
	Until string         `bun:"until"`
	Unit  dossier.UnitID `bun:"unit"`
}

type successorRow struct {
	bun.BaseModel `bun:"table:unit_successors"`

	Unit      dossier.UnitID `bun:"unit,pk"`
	Successor dossier.UnitID `bun:"successor,pk"`
}

// Units is the open register. Its methods may be called concurrently.
type Units struct {
	write, read *bun.DB
	own         dossier.Unit
}

// Open gives the register over open databases, whose tables exist. own is the
// unit whose archive it is: its id is in the archive's record, and a table that
// names one of its codes names it.
func Open(d catalog.Databases, own dossier.Unit) *Units {
	u := &Units{own: own}
	u.write, u.read = d.Bun()
	return u
}

// Name is what a unit is called; "" for one that the register does not know.
func (u *Units) Name(ctx context.Context, id dossier.UnitID) (string, error) {
	var name string
	err := u.read.NewSelect().Model((*unitRow)(nil)).Column("name").Where("id = ?", id).Scan(ctx, &name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("name unit: %w", err)
	}
	return name, nil
}

// Coded finds the unit that a code is of on a day; ok is false where it is
// nobody's.
func (u *Units) Coded(ctx context.Context, code, day string) (id dossier.UnitID, ok bool, err error) {
	for _, c := range u.own.Codes {
		if c.Code == code {
			return u.own.ID, true, nil
		}
	}
	var rows []codeRow
	if err := u.read.NewSelect().Model(&rows).Where("code = ?", code).Scan(ctx); err != nil {
		return "", false, fmt.Errorf("look for code: %w", err)
	}
	for _, r := range rows {
		if dossier.HoldsOn(r.Since, r.Until, day) {
			return r.Unit, true, nil
		}
	}
	return "", false, nil
}

// Query asks for units.
type Query struct {
	// Words are a code, or a part of a name, with or without tones; "" for all.
	Words string
	// Day leaves those that there are on a day; "" for all there ever were.
	Day   string
	Limit int
}

// List finds units by name.
func (u *Units) List(ctx context.Context, q Query) ([]dossier.UnitName, error) {
	var rows []unitRow
	query := u.read.NewSelect().Model(&rows).Order("folded", "since", "id").Limit(int64(q.Limit))
	if q.Words != "" {
		query = query.Where("(folded LIKE ? ESCAPE '!' OR id IN (SELECT unit FROM unit_codes WHERE code = ?))", "%"+escaped(viet.Fold(q.Words))+"%", strings.ToUpper(q.Words))
	}
	if q.Day != "" {
		query = query.Where("since <= ?", q.Day).Where("(until = '' OR until > ?)", q.Day)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return u.named(ctx, rows)
}

// escaped takes from a text what LIKE would read as a pattern.
func escaped(s string) string { return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) }

// named adds to rows their codes and the names above them.
func (u *Units) named(ctx context.Context, rows []unitRow) ([]dossier.UnitName, error) {
	ids := make([]dossier.UnitID, len(rows))
	parents := make([]dossier.UnitID, len(rows))
	for i, r := range rows {
		ids[i], parents[i] = r.ID, r.Parent
	}
	above := map[dossier.UnitID]string{}
	codes := map[dossier.UnitID][]dossier.UnitAlias{}
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(parents))), inChunk) {
		var found []unitRow
		if err := u.read.NewSelect().Model(&found).Column("id", "name").Where("id IN (?)", bun.List(chunk)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("name units above: %w", err)
		}
		for _, r := range found {
			above[r.ID] = r.Name
		}
	}
	for chunk := range slices.Chunk(ids, inChunk) {
		var found []codeRow
		if err := u.read.NewSelect().Model(&found).Where("unit IN (?)", bun.List(chunk)).Order("since", "code").Scan(ctx); err != nil {
			return nil, fmt.Errorf("list codes: %w", err)
		}
		for _, r := range found {
			codes[r.Unit] = append(codes[r.Unit], dossier.UnitAlias{Code: r.Code, Since: r.Since, Until: r.Until})
		}
	}
	list := make([]dossier.UnitName, len(rows))
	for i, r := range rows {
		list[i] = dossier.UnitName{ID: r.ID, Name: r.Name, Parent: r.Parent, Above: above[r.Parent], Since: r.Since, Until: r.Until, Codes: append([]dossier.UnitAlias{}, codes[r.ID]...)}
	}
	return list, nil
}

// inChunk is how many ids or rows go into one statement: SQLite and PostgreSQL
// both take several thousand values.
const inChunk = 500

// Changed is a unit with what it is today: itself, or whatever took over from
// it, also by several steps.
type Changed struct {
	Unit dossier.UnitName   `json:"unit"`
	Now  []dossier.UnitName `json:"now"`
}

// Now leads from the name or the code that stands on an old paper to the units
// of today. Several may be called so; whoever asks chooses by the unit above.
func (u *Units) Now(ctx context.Context, q Query) ([]Changed, error) {
	found, err := u.List(ctx, q)
	if err != nil {
		return nil, err
	}
	list := make([]Changed, len(found))
	for i, unit := range found {
		list[i].Unit = unit
		if list[i].Now, err = u.today(ctx, unit); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// longestWay bounds how often a unit has changed; a circle ends there, too.
const longestWay = 10

func (u *Units) today(ctx context.Context, unit dossier.UnitName) ([]dossier.UnitName, error) {
	seen := map[dossier.UnitID]bool{unit.ID: true}
	now, ended := []dossier.UnitName{}, []dossier.UnitName{unit}
	for range longestWay {
		var next []dossier.UnitID
		for _, e := range ended {
			if e.Until == "" {
				now = append(now, e)
				continue
			}
			var rows []successorRow
			if err := u.read.NewSelect().Model(&rows).Where("unit = ?", e.ID).Order("successor").Scan(ctx); err != nil {
				return nil, fmt.Errorf("look for successors: %w", err)
			}
			for _, r := range rows {
				if !seen[r.Successor] {
					seen[r.Successor] = true
					next = append(next, r.Successor)
				}
			}
		}
		if len(next) == 0 {
			break
		}
		var rows []unitRow
		if err := u.read.NewSelect().Model(&rows).Where("id IN (?)", bun.List(next)).Order("folded", "id").Scan(ctx); err != nil {
			return nil, fmt.Errorf("look for successors: %w", err)
		}
		var err error
		if ended, err = u.named(ctx, rows); err != nil {
			return nil, err
		}
	}
	return now, nil
}
