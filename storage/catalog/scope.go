package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// Who may see what is decided here, in the query itself: a row that may not be
// seen is a row that is not there, and nothing above has to remember to look.

// ofUnit is a unit in a condition of a scope. A dossier that nobody received or
// decided has "" there, and so has the zero scope: it must match nothing.
func ofUnit(scope dossier.Scope) any {
	if scope.Unit == "" {
		return nil // NULL equals nothing
	}
	return scope.Unit
}

// seenDossiers narrows a query over dossiers d to those of the scope: of its
// unit, or received or decided there, and with a paper of its kinds.
func seenDossiers(scope dossier.Scope) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("(d.unit = ? OR d.receiving_unit = ? OR d.deciding_unit = ?)", ofUnit(scope), ofUnit(scope), ofUnit(scope)).Where("d.version > 0")
		if scope.Limited() {
			q = q.Where("EXISTS (SELECT 1 FROM components AS c WHERE c.dossier = d.id AND c.state <> ? AND c.kind IN (?))",
				dossier.ComponentSuperseded, bun.List(scope.Kinds))
		}
		return q
	}
}

// seenPages narrows a query over pages p in the same way: pages of the unit,
// and pages of papers whose dossier is received or decided there. Limited to
// kinds, only pages of papers of these kinds are left.
func seenPages(scope dossier.Scope) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where(`(p.unit = ? OR p.component <> '' AND EXISTS (SELECT 1 FROM dossiers AS d
			WHERE d.id = p.dossier AND (d.receiving_unit = ? OR d.deciding_unit = ?)))`, ofUnit(scope), ofUnit(scope), ofUnit(scope))
		if scope.Limited() {
			q = q.Where("EXISTS (SELECT 1 FROM components AS c WHERE c.id = p.component AND c.kind IN (?))", bun.List(scope.Kinds))
		}
		return q
	}
}

// PageOf is the paper that a page belongs to, empty while it is of none, and
// where the page stands.
type PageOf struct {
	Dossier dossier.DossierID `bun:"dossier"`
	Kind    string            `bun:"kind"`
	State   dossier.PageState `bun:"state"`
}

// Visible tells which paper a page is of, and gives [ErrNotFound] for a page that
// the scope does not see. A page that is not read yet is seen as its image is: by
// its unit.
func (c *Catalog) Visible(ctx context.Context, scope dossier.Scope, page dossier.PageID) (of PageOf, err error) {
	err = c.read.NewSelect().TableExpr("pages AS p").ColumnExpr("COALESCE(o.dossier, '') AS dossier, COALESCE(o.kind, '') AS kind, p.state").
		Join("LEFT JOIN components AS o ON o.id = p.component").Apply(seenPages(scope)).Where("p.id = ?", page).Limit(1).Scan(ctx, &of)
	if err == nil {
		return of, nil
	}
	if err = orNotFound(err); !errors.Is(err, ErrNotFound) {
		return of, fmt.Errorf("look for page: %w", err)
	}
	image, _, errID := page.Split()
	if errID != nil || scope.Limited() {
		return of, fmt.Errorf("look for page: %w", ErrNotFound)
	}
	seen, err := c.read.NewSelect().Model((*imageRow)(nil)).Where("unit = ?", scope.Unit).Where("id = ?", image).Exists(ctx)
	if err == nil && !seen {
		err = ErrNotFound
	}
	if err != nil {
		return of, fmt.Errorf("look for page: %w", err)
	}
	return of, nil
}
