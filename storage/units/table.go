package units

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"sohoa/dossier/viet"
)

// Row is one line of a table of units: a unit, or one more code of one.
type Row struct {
	Line   int // where it stands, for messages
	Code   string
	Name   string
	Parent string // code of the unit above
	Since  string // first day, "" from the beginning
	Until  string // first day without it, "" to this day
	Became []string
	// AliasOf is a code of the unit that Code is one more code of.
	AliasOf string
}

// columns of a table, in this order.
var columns = []string{"code", "name", "parent", "from", "to", "became", "alias_of"}

// maxTable bounds how many lines a table has: twice all units of the country,
// of today and before.
const maxTable = 50_000

// ErrTable is in every error about what stands in a table.
var ErrTable = errors.New("the table of units is wrong")

// ReadTable reads a table of units. The first line names the columns.
func ReadTable(r io.Reader) ([]Row, error) {
	table := csv.NewReader(r)
	table.Comment = '#'
	header, err := table.Read()
	if err != nil {
		return nil, fmt.Errorf("read units: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff") // as spreadsheets write it
	if !slices.Equal(header, columns) {
		return nil, fmt.Errorf("%w: line 1: the columns are %q, want %q", ErrTable, strings.Join(header, ","), strings.Join(columns, ","))
	}
	var rows []Row
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read units: %w", err)
		}
		line, _ := table.FieldPos(0)
		if len(rows) == maxTable {
			return nil, Row{Line: line}.wrong("a table has at most %d lines", maxTable)
		}
		row, err := newRow(line, cells)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
}

func newRow(line int, cells []string) (Row, error) {
	r := Row{Line: line, Code: cells[0], Name: cells[1], Parent: cells[2], Since: cells[3], Until: cells[4], AliasOf: cells[6]}
	for code := range strings.SplitSeq(cells[5], "|") {
		if code = strings.TrimSpace(code); code != "" {
			r.Became = append(r.Became, code)
		}
	}
	return r.Tidy()
}

// Tidy is the row without what carries no meaning, or what is wrong with it.
func (r Row) Tidy() (Row, error) {
	for _, cell := range []*string{&r.Code, &r.Name, &r.Parent, &r.Since, &r.Until, &r.AliasOf} {
		*cell = viet.NFC(strings.TrimSpace(*cell))
	}
	return r, r.check()
}

// wrong is an error about the row.
func (r Row) wrong(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrTable, r.Line, fmt.Sprintf(format, args...))
}

// A code is an agency code (QĐ 20/2020/QĐ-TTg, Điều 4) or a number of a place
// (QĐ 19/2025/QĐ-TTg and the older list).
var codeForm = regexp.MustCompile(`^[0-9A-Z]+(\.[0-9A-Z]+)*$`)

const maxCode, maxName = 35, 120

// check refuses a row that is wrong by itself.
func (r Row) check() error {
	for _, day := range []string{r.Since, r.Until} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return r.wrong("%q is not a day, of the form 2025-07-01", day)
		}
	}
	switch {
	case len(r.Code) > maxCode || !codeForm.MatchString(r.Code):
		return r.wrong("%q is not a code: capital letters, digits and dots", r.Code)
	case r.Until != "" && r.Until <= r.Since:
		return r.wrong("%s ends on %s, before it begins", r.Code, r.Until)
	case r.AliasOf != "" && (r.Name != "" || r.Parent != "" || len(r.Became) > 0):
		return r.wrong("%s is one more code of %s and has no name, parent or successor of its own", r.Code, r.AliasOf)
	case r.AliasOf == "" && (r.Name == "" || len([]rune(r.Name)) > maxName):
		return r.wrong("%s wants a name of at most %d letters", r.Code, maxName)
	case len(r.Became) > 0 && r.Until == "":
		return r.wrong("%s became something on no day", r.Code)
	}
	return nil
}
