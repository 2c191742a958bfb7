package search

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"sohoa/dossier"
)

// Tx is what the index needs of a database. *sql.Tx, *sql.Conn and *sql.DB
// have it. Of a bun.Tx hand over the *sql.Tx inside: bun.Tx itself rewrites
// queries and would mistake these.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Entry is one page as it can be found.
type Entry = dossier.Entry

// Query asks for pages of one unit.
type Query struct {
	Unit dossier.UnitID
	// Kinds, when not empty, are the only kinds that may be found.
	Kinds []string
	// Text is what a person typed: see the package comment. Empty finds every
	// page that Kind and Code allow; a text without a letter or digit finds
	// none.
	Text string
	// Kind and Code narrow the search to equal values unless they are "".
	Kind, Code string
	// Others are names that may stand in each other's place: old and new ones of
	// a place. Pages with the words of the text come first.
	Others []dossier.Synonym
	// Limit is the number of hits wanted: 20 when it is not positive, at most
	// 1000. Offset is the number to pass over.
	Limit, Offset int
}

// Hit is a page that was found.
type Hit struct {
	Dossier   dossier.DossierID   `json:"dossier"`
	Code      string              `json:"code"`
	Component dossier.ComponentID `json:"component"`
	Kind      string              `json:"kind"`
	Page      dossier.PageID      `json:"page"`
	PageNo    int                 `json:"page_no"`
	// Snippet is the line of the page with the matched words, these between «
	// and ». Marks that stood on the paper are shown as “ and ”.
	Snippet string            `json:"snippet"`
	Fields  map[string]string `json:"fields"`
	PDF     string            `json:"pdf"`
	// Score orders the hits of one search, higher first, within the three
	// groups exact tones, same letters, misread. It means nothing across
	// searches or engines, and is 0 where too many pages match to tell.
	Score float64 `json:"score"`
}

// Result is what a search found: Total counts all pages, Hits are those asked
// for, in an order that only depends on what is indexed.
type Result struct {
	Total int   `json:"total"`
	Hits  []Hit `json:"hits"`
	// Others are the names that were looked for, too.
	Others []string `json:"others,omitempty"`
}

// Index is the search index of an archive. It holds no connection: every call
// gets the transaction or database to work in, and the caller commits.
type Index struct{ engine engine }

// engine is what differs between the databases.
type engine interface {
	// schema creates the tables, each statement on its own, if they are missing.
	schema() []string
	// session adapts a connection to queries with "?" for arguments.
	session(tx Tx) Tx
	insert(ctx context.Context, tx Tx, row row) error
	// remove deletes the entries for which the condition on search_entry holds.
	remove(ctx context.Context, tx Tx, condition string, args ...any) error
	clauses(m match) clauses
}

// row is an entry ready to be stored.
type row struct {
	Entry
	fields string // JSON
	words  []word
}

// SQLite is an index in a SQLite database with FTS5 (3.43 or later).
func SQLite() *Index { return &Index{engine: sqlite{}} }

// Postgres is an index in a PostgreSQL database with encoding UTF8.
func Postgres() *Index { return &Index{engine: postgres{}} }

// Create makes the tables unless they are there.
func (ix *Index) Create(ctx context.Context, tx Tx) error {
	for _, statement := range ix.engine.schema() {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("create search index: %w", err)
		}
	}
	return nil
}

// Put stores entries. An entry for a page that the component has already takes
// its place, so that a step may run twice.
func (ix *Index) Put(ctx context.Context, tx Tx, entries []Entry) error {
	tx = ix.engine.session(tx)
	var odd []string
	for _, e := range entries {
		r, err := newRow(e)
		if err == nil {
			err = ix.replace(ctx, tx, r)
		}
		if err != nil {
			return fmt.Errorf("index page %s: %w", e.Page, err)
		}
		odd = append(odd, misread(r.words)...)
	}
	if err := learn(ctx, tx, odd); err != nil {
		return fmt.Errorf("remember misread words: %w", err)
	}
	return nil
}

func (ix *Index) replace(ctx context.Context, tx Tx, r row) error {
	if err := ix.engine.remove(ctx, tx, "component = ? AND page = ?", r.Component, r.Page); err != nil {
		return err
	}
	return ix.engine.insert(ctx, tx, r)
}

func newRow(e Entry) (row, error) {
	e.Text = storable(e.Text)
	fields := make(map[string]string, len(e.Fields))
	for name, value := range e.Fields {
		fields[name] = storable(value)
	}
	e.Fields = fields
	encoded, err := json.Marshal(fields)
	if err != nil {
		return row{}, err
	}
	return row{Entry: e, fields: string(encoded), words: entryWords(e)}, nil
}

// storable replaces what PostgreSQL refuses in a text: the zero byte and broken
// UTF-8. Neither can be searched for.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", " ")
}

// DeleteComponent removes every page of a component.
func (ix *Index) DeleteComponent(ctx context.Context, tx Tx, id dossier.ComponentID) error {
	if err := ix.engine.remove(ctx, ix.engine.session(tx), "component = ?", id); err != nil {
		return fmt.Errorf("remove component %s from search index: %w", id, err)
	}
	return nil
}
