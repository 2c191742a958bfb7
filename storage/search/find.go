package search

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"sohoa/dossier"
)

// Search finds the pages that a query asks for.
func (ix *Index) Search(ctx context.Context, tx Tx, q Query) (Result, error) {
	tx = ix.engine.session(tx)
	m, err := plan(ctx, tx, q)
	if err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	if m.nothing {
		return Result{Hits: []Hit{}}, nil
	}
	result, err := ix.find(ctx, tx, q, m)
	if err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	result.Others = m.others
	return result, nil
}

// match is a query as it is put to an engine.
type match struct {
	nothing bool   // no page can match
	wide    []term // what a page must have; nil for any page
	letters []term // the same without misread words and other names, nil when equal to wide
	tones   []term // to be matched with tones, nil when the query has none
	others  []string
}

// narrower is a stricter match: pages that pass it rank above those that do not.
type narrower struct {
	column string
	terms  []term
}

func (m match) better() []narrower {
	var better []narrower
	if m.letters != nil {
		better = append(better, narrower{"fold", m.letters})
	}
	if m.tones != nil {
		better = append(better, narrower{"raw", m.tones})
	}
	return better
}

func plan(ctx context.Context, tx Tx, q Query) (match, error) {
	if strings.TrimSpace(q.Text) == "" {
		return match{}, nil
	}
	terms := parse(q.Text)
	if len(terms) == 0 {
		return match{nothing: true}, nil
	}
	wide, err := withMisread(ctx, tx, terms)
	if err != nil {
		return match{}, err
	}
	wide, others := withOthers(wide, q.Others)
	m := match{wide: wide, others: others}
	if len(wide) > 0 && !sameTerms(wide, terms) {
		m.letters = terms
	}
	if toned(terms) {
		m.tones = terms
	}
	return m, nil
}

func sameTerms(a, b []term) bool {
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
	}
	return true
}

// clauses is a match in the engine's SQL. Conditions and expressions may use
// the table search_entry as e.
type clauses struct {
	from  fragment // the tables
	where fragment
	rank  fragment // 2 exact tones, 1 same letters, 0 misread
	score fragment
	// late is the score once all hits are known, an expression over the table
	// hit with the columns id and score.
	late fragment
}

// everything is the clauses of a search without words.
func everything() clauses {
	zero := fragment{sql: "0"}
	return clauses{from: fragment{sql: "search_entry e"}, where: fragment{sql: "1 = 1"}, rank: zero, score: zero, late: zero}
}

// fragment is a piece of SQL with its arguments.
type fragment struct {
	sql  string
	args []any
}

const (
	defaultLimit = 20
	maxLimit     = 1000
)

// find counts and fetches in one statement, so that the total and the hits are
// of the same moment. The order is settled on the small columns alone; texts
// are fetched for the hits that are returned.
func (ix *Index) find(ctx context.Context, tx Tx, q Query, m match) (Result, error) {
	c := ix.engine.clauses(m)
	filter := unitFilter(q)
	statement := `WITH hit AS MATERIALIZED (
			SELECT e.id AS id, e.page AS page, e.component AS component, ` + c.rank.sql + ` AS tier, ` + c.score.sql + ` AS score
			FROM ` + c.from.sql + ` WHERE ` + c.where.sql + ` AND ` + filter.sql + `),
		top AS (SELECT id, page, component, tier, ` + c.late.sql + ` AS score FROM hit
			ORDER BY tier DESC, score DESC, page, component LIMIT ? OFFSET ?)
		SELECT n.total, top.score, e.dossier, e.code, e.component, e.kind, e.page, e.page_no, e.pdf, b.fields, b.body
		FROM (SELECT count(*) AS total FROM hit) n LEFT JOIN top ON 1 = 1
			LEFT JOIN search_entry e ON e.id = top.id LEFT JOIN search_body b ON b.id = top.id
		ORDER BY top.tier DESC, top.score DESC, top.page, top.component`
	var args []any
	for _, f := range []fragment{c.rank, c.score, c.from, c.where, filter, c.late} {
		args = append(args, f.args...) // in the order of the text
	}
	rows, err := tx.QueryContext(ctx, statement, append(args, limit(q), max(q.Offset, 0))...)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = rows.Close() }()
	return collect(rows, m)
}

func limit(q Query) int {
	if q.Limit <= 0 {
		return defaultLimit
	}
	return min(q.Limit, maxLimit)
}

func unitFilter(q Query) fragment {
	f := fragment{"e.unit = ?", []any{string(q.Unit)}}
	for _, column := range []struct{ name, value string }{{"kind", q.Kind}, {"code", q.Code}} {
		if column.value != "" {
			f.sql += " AND e." + column.name + " = ?"
			f.args = append(f.args, column.value)
		}
	}
	if len(q.Kinds) > 0 {
		f.sql += " AND e.kind IN (?" + strings.Repeat(", ?", len(q.Kinds)-1) + ")"
		for _, kind := range q.Kinds {
			f.args = append(f.args, kind)
		}
	}
	return f
}

func collect(rows *sql.Rows, m match) (Result, error) {
	result := Result{Hits: []Hit{}}
	for rows.Next() {
		hit, found, err := scanHit(rows, &result.Total, m)
		if err != nil {
			return Result{}, err
		}
		if found {
			result.Hits = append(result.Hits, hit)
		}
	}
	return result, rows.Err()
}

// scanHit reads one row. The only row of a page beyond the end has a total and
// no hit.
func scanHit(rows *sql.Rows, total *int, m match) (Hit, bool, error) {
	var score sql.NullFloat64
	var dossierID, code, component, kind, page, pdf, fields, body sql.NullString
	var pageNo sql.NullInt64
	if err := rows.Scan(total, &score, &dossierID, &code, &component, &kind, &page, &pageNo, &pdf, &fields, &body); err != nil {
		return Hit{}, false, err
	}
	if !page.Valid {
		return Hit{}, false, nil
	}
	hit := Hit{
		Dossier: dossier.DossierID(dossierID.String), Code: code.String, Component: dossier.ComponentID(component.String),
		Kind: kind.String, Page: dossier.PageID(page.String), PageNo: int(pageNo.Int64), PDF: pdf.String, Score: score.Float64,
	}
	if err := json.Unmarshal([]byte(fields.String), &hit.Fields); err != nil {
		return Hit{}, false, fmt.Errorf("fields of page %s: %w", hit.Page, err)
	}
	hit.Snippet = snippet(body.String, code.String, hit.Fields, m.wide)
	return hit, true, nil
}
