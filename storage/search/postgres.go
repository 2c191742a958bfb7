package search

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// postgres keeps the words in two tsvector columns that Go fills: PostgreSQL's
// own parser, which sees numbers with a sign, host names and file paths in a
// dossier's code, never runs. As in SQLite, words, what is filtered and sorted
// by, and texts stand in tables of their own.
type postgres struct{}

// maxScored bounds how many matches are scored. PostgreSQL fetches the words of
// each to do it; SQLite reads its scores from the index.
const maxScored = 2000

// The words are kept in the row up to the size of a disk page. Out of line, the
// table would look small to the planner, which would then read all of it
// rather than ask the index.
func (postgres) schema() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS search_entry (
			id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			unit TEXT NOT NULL,
			kind TEXT NOT NULL,
			code TEXT NOT NULL,
			dossier TEXT NOT NULL,
			component TEXT COLLATE "C" NOT NULL,
			page TEXT COLLATE "C" NOT NULL,
			page_no INTEGER NOT NULL,
			pdf TEXT NOT NULL,
			UNIQUE (component, page)
		)`,
		`CREATE TABLE IF NOT EXISTS search_body (
			id BIGINT PRIMARY KEY REFERENCES search_entry ON DELETE CASCADE,
			fields TEXT NOT NULL,
			body TEXT NOT NULL
		)`,
		`CREATE TABLE IF NOT EXISTS search_words (
			id BIGINT PRIMARY KEY REFERENCES search_entry ON DELETE CASCADE,
			raw TSVECTOR NOT NULL,
			fold TSVECTOR NOT NULL
		) WITH (toast_tuple_target = 8160)`,
		`CREATE INDEX IF NOT EXISTS search_entry_code ON search_entry (unit, code)`,
		`CREATE INDEX IF NOT EXISTS search_words_fold ON search_words USING gin (fold)`,
		`CREATE INDEX IF NOT EXISTS search_words_raw ON search_words USING gin (raw)`,
		misreadSchema,
	}
}

func (postgres) session(tx Tx) Tx { return numbered{tx} }

func (postgres) insert(ctx context.Context, tx Tx, r row) error {
	_, err := tx.ExecContext(ctx, `WITH
		entry AS (INSERT INTO search_entry (unit, kind, code, dossier, component, page, page_no, pdf)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id),
		body AS (INSERT INTO search_body (id, fields, body) SELECT id, ?, ? FROM entry)
		INSERT INTO search_words (id, raw, fold) SELECT id, ?::text::tsvector, ?::text::tsvector FROM entry`,
		string(r.Unit), r.Kind, r.Code, string(r.Dossier), string(r.Component), string(r.Page), r.PageNo, r.PDF,
		r.fields, r.Text, tsvector("raw", r.words), tsvector("fold", r.words))
	return err
}

func (postgres) remove(ctx context.Context, tx Tx, condition string, args ...any) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM search_entry WHERE "+condition, args...)
	return err
}

func (postgres) clauses(m match) clauses {
	if m.wide == nil {
		return everything()
	}
	wide := tsquery("fold", m.wide)
	c := clauses{
		// OFFSET 0: the words choose the rows, by their index and on their own.
		from:  fragment{"(SELECT id FROM search_words WHERE fold @@ ?::text::tsquery OFFSET 0) w JOIN search_entry e ON e.id = w.id", []any{wide}},
		where: fragment{sql: "1 = 1"},
		rank:  fragment{sql: "0"},
		score: fragment{sql: "0"},
		// 1: divided by 1 + the logarithm of the length, as a long page has
		// every word sooner or later.
		late: fragment{`CASE WHEN (SELECT count(*) FROM hit) <= ? THEN
			(SELECT ts_rank(fold, ?::text::tsquery, 1) FROM search_words w WHERE w.id = hit.id) ELSE 0 END`, []any{maxScored, wide}},
	}
	for _, better := range m.better() {
		c.rank.sql += " + (e.id IN (SELECT id FROM search_words WHERE " + better.column + " @@ ?::text::tsquery))::int"
		c.rank.args = append(c.rank.args, tsquery(better.column, better.terms))
	}
	return c
}

// tsvector writes words with their positions in the form PostgreSQL reads back.
// Barriers take a position and leave no word.
func tsvector(column string, words []word) string {
	var b strings.Builder
	for i, w := range forms(column, words) {
		if words[i].raw != barrier {
			b.WriteString("'" + w + "':" + strconv.Itoa(i+1) + " ")
		}
	}
	return b.String()
}

// tsquery writes terms in PostgreSQL's syntax. Words consist of letters, digits
// and marks, so between single quotes nothing can be taken for syntax.
func tsquery(column string, terms []term) string {
	ands := make([]string, len(terms))
	for i, t := range terms {
		ors := make([]string, len(t))
		for j, p := range t {
			ors[j] = "('" + strings.Join(forms(column, p.words), "' <-> '") + "'"
			if p.prefix {
				ors[j] += ":*"
			}
			ors[j] += ")"
		}
		ands[i] = "(" + strings.Join(ors, " | ") + ")"
	}
	return strings.Join(ands, " & ")
}

// numbered lets queries written with "?" run where arguments are $1, $2, …
type numbered struct{ tx Tx }

// ExecContext implements [Tx].
func (n numbered) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return n.tx.ExecContext(ctx, number(query), args...)
}

// QueryContext implements [Tx].
func (n numbered) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return n.tx.QueryContext(ctx, number(query), args...)
}

// QueryRowContext implements [Tx].
func (n numbered) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return n.tx.QueryRowContext(ctx, number(query), args...)
}

// number replaces each "?"; none of this package's queries has one in a string.
func number(query string) string {
	var b strings.Builder
	for i, piece := range strings.Split(query, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(piece)
	}
	return b.String()
}
