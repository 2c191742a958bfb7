package search

import (
	"context"
	"fmt"
	"strings"
)

// sqlite keeps the words in an FTS5 table without content, what is filtered and
// sorted by in a narrow table beside it, of which many rows fit on a disk page,
// and the texts, which only hits need, in a third.
type sqlite struct{}

// The tokenizer is "ascii": it parts words at spaces and takes every byte above
// 127 as a letter. So the words that Go has made, joined by spaces, are exactly
// the words of the index, whatever SQLite thinks of Unicode.
func (sqlite) schema() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS search_entry (
			id INTEGER PRIMARY KEY,
			unit TEXT NOT NULL,
			kind TEXT NOT NULL,
			code TEXT NOT NULL,
			dossier TEXT NOT NULL,
			component TEXT NOT NULL,
			page TEXT NOT NULL,
			page_no INTEGER NOT NULL,
			pdf TEXT NOT NULL,
			UNIQUE (component, page)
		)`,
		`CREATE TABLE IF NOT EXISTS search_body (
			id INTEGER PRIMARY KEY,
			fields TEXT NOT NULL,
			body TEXT NOT NULL
		)`,
		`CREATE INDEX IF NOT EXISTS search_entry_code ON search_entry (unit, code)`,
		`CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(
			raw, fold, content='', contentless_delete=1, prefix='3', tokenize='ascii')`,
		misreadSchema + " WITHOUT ROWID",
	}
}

func (sqlite) session(tx Tx) Tx { return tx }

func (sqlite) insert(ctx context.Context, tx Tx, r row) error {
	done, err := tx.ExecContext(ctx, `INSERT INTO search_entry
		(unit, kind, code, dossier, component, page, page_no, pdf) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Unit, r.Kind, r.Code, r.Dossier, r.Component, r.Page, r.PageNo, r.PDF)
	if err != nil {
		return err
	}
	id, err := done.LastInsertId()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO search_body (id, fields, body) VALUES (?, ?, ?)", id, r.fields, r.Text); err != nil {
		return err
	}
	var raw, fold strings.Builder
	for _, w := range r.words {
		raw.WriteString(w.raw + " ")
		fold.WriteString(w.fold + " ")
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO search_words (rowid, raw, fold) VALUES (?, ?, ?)", id, raw.String(), fold.String())
	return err
}

func (sqlite) remove(ctx context.Context, tx Tx, condition string, args ...any) error {
	for _, beside := range []string{"search_words WHERE rowid", "search_body WHERE id"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+beside+" IN (SELECT id FROM search_entry WHERE "+condition+")", args...); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM search_entry WHERE "+condition, args...)
	return err
}

func (sqlite) clauses(m match) clauses {
	if m.wide == nil {
		return everything()
	}
	c := clauses{
		// CROSS JOIN: the words choose the rows. The planner may not turn it
		// round and ask FTS5 once for every page of the unit.
		from:  fragment{sql: "search_words CROSS JOIN search_entry e ON e.id = search_words.rowid"},
		where: fragment{"search_words MATCH ?", []any{ftsQuery("fold", m.wide)}},
		score: fragment{sql: "-bm25(search_words)"},
		rank:  fragment{sql: "0"},
		late:  fragment{sql: "hit.score"},
	}
	for _, better := range m.better() {
		c.rank.sql += " + (e.id IN (SELECT rowid FROM search_words WHERE search_words MATCH ?))"
		c.rank.args = append(c.rank.args, ftsQuery(better.column, better.terms))
	}
	return c
}

// ftsQuery writes terms in the syntax of FTS5. Words consist of letters, digits
// and marks, so between double quotes nothing can be taken for syntax.
func ftsQuery(column string, terms []term) string {
	ands := make([]string, len(terms))
	for i, t := range terms {
		ors := make([]string, len(t))
		for j, p := range t {
			ors[j] = ftsPhrase(column, p)
		}
		ands[i] = "(" + strings.Join(ors, " OR ") + ")"
	}
	return fmt.Sprintf("{%s} : (%s)", column, strings.Join(ands, " AND "))
}

func ftsPhrase(column string, p phrase) string {
	quoted := `"` + strings.Join(forms(column, p.words), " ") + `"`
	if p.prefix {
		return quoted + "*"
	}
	return quoted
}

// forms gives the words as they stand in a column, "raw" or "fold".
func forms(column string, words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.fold
		if column == "raw" {
			out[i] = w.raw
		}
	}
	return out
}
