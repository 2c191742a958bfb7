package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
	"sohoa/web"
)

// filedManifest is the file beside electronic files that says where each of them
// belongs, where their folders do not.
const filedManifest = "manifest.csv"

// manifestColumns are what its first line says.
var manifestColumns = []string{"code", "kind", "file", "signature"}

// signedColumn is what its last column says of a file that has to carry a
// signature that holds; empty says nothing about it.
const signedColumn = "signed"

// maxManifest bounds the list of a folder: a line is some hundred bytes.
const maxManifest = 16 << 20

// manifestReader checks a manifest against its folder, and gathers everything
// that is wrong before anything is taken in.
type manifestReader struct {
	kinds  *dossier.Catalogue
	folder string
	inputs map[string]input // of the folder, that no line has named yet
	named  map[string]int   // lines by the file they name
	sums   map[dossier.SHA256]int
	files  []filedInput
	wrong  []string
}

// manifestInputs are the files that the manifest names, or every mistake in it
// as one error: nothing of the folder is taken in then. Whatever lies beside it
// must be named, since a file that is forgotten is lost as well as one that is
// not there.
func (c *cli) manifestInputs(ctx context.Context, kinds *dossier.Catalogue, folder string, all []input) ([]filedInput, error) {
	m := manifestReader{kinds: kinds, folder: folder, inputs: make(map[string]input), named: make(map[string]int), sums: make(map[dossier.SHA256]int)}
	for _, in := range all {
		if in.name != filedManifest {
			m.inputs[in.name] = in
		}
	}
	if err := m.read(); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(m.inputs)) {
		m.find(0, "no line names the file %s", name)
	}
	for _, check := range []func(context.Context, *manifestReader) error{judgeFiled, c.openFiled, c.notElsewhere} {
		if err := check(ctx, &m); err != nil {
			return nil, err
		}
	}
	if len(m.wrong) > 0 {
		return nil, usage("Nothing was taken in. Mend the list, then run the command again.", "%s", strings.Join(m.wrong, "\n"))
	}
	return m.files, nil
}

// find notes what is wrong, with the file and the line where one has it.
func (m *manifestReader) find(line int, format string, args ...any) {
	at := filepath.Join(m.folder, filedManifest)
	if line > 0 {
		at += fmt.Sprintf(":%d", line)
	}
	m.wrong = append(m.wrong, at+": "+fmt.Sprintf(format, args...))
}

// read goes through the lines.
func (m *manifestReader) read() (err error) {
	file, err := os.Open(filepath.Join(m.folder, filedManifest))
	if err != nil {
		return fmt.Errorf("open manifest: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	body, err := io.ReadAll(io.LimitReader(file, maxManifest+1))
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	if len(body) > maxManifest {
		m.find(0, "the list is longer than %d MB", maxManifest>>20)
		return nil
	}
	// Spreadsheets put a byte order mark before the first letter.
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff")))
	rows.FieldsPerRecord, rows.ReuseRecord = -1, true
	for first := true; ; first = false {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			m.find(broken.Line, "%v", broken.Err)
			return nil
		}
		line, _ := rows.FieldPos(0)
		switch {
		case first && !slices.Equal(row, manifestColumns):
			m.find(line, "the first line is not %q", strings.Join(manifestColumns, ","))
			return nil
		case first:
		case len(row) != len(manifestColumns):
			m.find(line, "%d columns, not %d", len(row), len(manifestColumns))
		default:
			if err := m.line(line, row); err != nil {
				return err
			}
		}
	}
}

// line takes one line: code, kind, file, signature.
func (m *manifestReader) line(line int, row []string) error {
	name := row[2]
	filing, reason := newFiling(m.kinds, row[0], row[1])
	switch reason {
	case "":
	case dossier.ReasonFiledKind:
		m.find(line, "no paper is of the kind %q", row[1])
	default:
		m.find(line, "%s", reason.Text("en"))
	}
	if row[3] != "" && row[3] != signedColumn {
		m.find(line, "signature is %q, neither empty nor %q", row[3], signedColumn)
	}
	in, ok := m.inputs[name]
	if before, again := m.named[name]; again {
		m.find(line, "line %d names the file %s, too", before, name)
		return nil
	}
	m.named[name] = line
	if !ok {
		m.find(line, "there is no file %s", name)
		return nil
	}
	delete(m.inputs, name)
	sum, err := digestFile(in.path)
	if err != nil {
		return err
	}
	if before, again := m.sums[sum]; again {
		m.find(line, "%s has the same bytes as the file of line %d", name, before)
	}
	m.sums[sum] = line
	in.filed = &filing
	m.files = append(m.files, filedInput{input: in, filing: filing, sum: sum, line: line, signed: row[3] == signedColumn})
	return nil
}

// judgeFiled judges the files that have to carry a signature.
func judgeFiled(ctx context.Context, m *manifestReader) error {
	for _, file := range m.files {
		if !file.signed {
			continue
		}
		judged, err := judgeApart(ctx, file.path)
		if err != nil {
			return err
		}
		if judged.Verdict != pades.Valid {
			m.find(file.line, "%s: %s", file.name, judged.TextEn)
		}
	}
	return nil
}

// openFiled has page-workers count the images of every file, as taking it in will:
// one that can not be opened would be missing from a batch that is taken in.
func (c *cli) openFiled(ctx context.Context, m *manifestReader) (err error) {
	scratch, err := os.MkdirTemp("", "sohoa-efile-")
	if err != nil {
		return fmt.Errorf("check electronic files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	pages, err := c.startWorkers(scratch, time.Minute)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pages.pool.Close()) }()
	for _, file := range m.files {
		_, err := pages.Open(ctx, file.path)
		if fault, ok := errors.AsType[*dossier.Fault](err); ok && (fault.Kind == dossier.Reject || fault.Kind == dossier.Park) {
			m.find(file.line, "%s: %s", file.name, fault.Reason.Text("en"))
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// notElsewhere finds files that the archive, if there is one, has for another
// dossier.
func (c *cli) notElsewhere(ctx context.Context, m *manifestReader) (err error) {
	if _, err := c.findArchive(ctx); errors.Is(err, errNoArchive) {
		return nil
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	for _, file := range m.files {
		var found web.FiledAnswer
		err := a.findFiled(ctx, &found, file.path, file.filing)
		if fault, ok := errors.AsType[*dossier.Fault](err); ok && fault.Kind == dossier.Reject {
			m.find(file.line, "%s: %s", file.name, fault.Reason.Text("en"))
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
