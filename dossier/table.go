package dossier

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// row is one row of a CSV table with its place, for messages.
type row struct {
	file    string
	line    int
	columns []string
	values  []string
	seen    map[string]bool // ids of this file so far
}

// readTable calls each for the rows of a table; a file that is not there has
// none. The first row must name exactly the columns, so that a table written
// for another version is refused and not misread.
func readTable(source fs.FS, name string, columns []string, each func(row) error) (err error) {
	f, err := source.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := csv.NewReader(withoutMark(f))
	r.Comment = '#'
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if !slices.Equal(header, columns) {
		line, _ := r.FieldPos(0)
		return fmt.Errorf("%s:%d: columns are %q, want %q", name, line, strings.Join(header, ","), strings.Join(columns, ","))
	}
	seen := map[string]bool{}
	for {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		for _, cell := range values {
			if !utf8.ValidString(cell) {
				return fmt.Errorf("%s:%d: not UTF-8; save the file as \"CSV UTF-8\"", name, line)
			}
		}
		at := row{file: name, line: line, columns: columns, values: values, seen: seen}
		if err := each(at); err != nil {
			return fmt.Errorf("%s: %w", at.where(), err)
		}
	}
}

// withoutMark drops the byte order mark that spreadsheets write in front of
// UTF-8.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = b.Discard(len(mark)) // they were just peeked at
	}
	return b
}

func (r row) where() string { return r.file + ":" + strconv.Itoa(r.line) }

func (r row) get(column string) string {
	return strings.TrimSpace(r.values[slices.Index(r.columns, column)])
}

// list splits a cell at "|" and drops empty entries.
func (r row) list(column string) []string {
	var list []string
	for entry := range strings.SplitSeq(r.get(column), "|") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}

func (r row) flag(column string) (bool, error) {
	switch r.get(column) {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, fmt.Errorf("column %s: %q is not yes or no", column, r.get(column))
}

// gate reads the column gate; empty is the default.
func (r row) gate() (float64, error) {
	text := r.get("gate")
	if text == "" {
		return DefaultGate, nil
	}
	gate, err := strconv.ParseFloat(text, 64)
	if err != nil || gate <= 0 || gate > 1 {
		return 0, fmt.Errorf("column gate: %q is not a confidence between 0 and 1", text)
	}
	return gate, nil
}

// repeated tells whether an earlier row of the same file had the id.
func (r row) repeated(id string) bool {
	if r.seen[id] {
		return true
	}
	r.seen[id] = true
	return false
}
