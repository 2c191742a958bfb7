package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sohoa/dossier"
)

// exportCmd writes published PDFs where people can use them.
type exportCmd struct {
	PDF      string   `required:"" help:"Folder to write the PDFs to; made if missing." placeholder:"DIR" name:"pdf"`
	Metadata bool     `help:"Write beside each PDF what is known of the paper, in the fields of CV 7197, as JSON of the same name."`
	Dossier  []string `arg:"" optional:"" help:"Codes or ids of dossiers; none means all."`
}

// Help says how the files are named.
func (exportCmd) Help() string {
	return `Writes one PDF for each published paper, named after the dossier's code (or
id), the number of the paper in it, and its kind:

  sohoa export --pdf out H38.12-260102-0001
  out/H38.12-260102-0001-01-birth_certificate.pdf

A file that is there already is not overwritten.`
}

// Run copies the PDFs out.
func (e exportCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	names := e.Dossier
	if len(names) == 0 {
		ids, err := a.catalog.DossierIDs(ctx, a.unit().ID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			names = append(names, string(id))
		}
	}
	if err := os.MkdirAll(e.PDF, 0o750); err != nil {
		return fmt.Errorf("make export folder: %w", err)
	}
	written := []string{}
	for _, name := range names {
		files, err := a.exportDossier(ctx, name, e)
		if err != nil {
			return err
		}
		written = append(written, files...)
	}
	if c.JSON {
		return printJSON(con.out, map[string]any{"written": written})
	}
	_, err = fmt.Fprintf(con.out, "wrote %d PDF(s) to %s\n", len(written), e.PDF)
	return err
}

func (a *archive) exportDossier(ctx context.Context, name string, e exportCmd) ([]string, error) {
	m, err := a.find(ctx, name)
	if err != nil {
		return nil, err
	}
	title := string(m.Dossier.ID)
	if m.Dossier.Code != nil {
		title = *m.Dossier.Code
	}
	if err := a.viewed(ctx, dossier.Deed{
		Action: dossier.ActionDossierExport, Subject: string(m.Dossier.ID), Payload: map[string]any{"version": m.Dossier.Version},
	}); err != nil {
		return nil, err
	}
	var written []string
	for i, component := range m.Dossier.Components {
		if component.PDF == "" {
			continue // only presented, not kept
		}
		path := filepath.Join(e.PDF, fmt.Sprintf("%s-%02d-%s.pdf", title, i+1, component.Kind))
		if err := a.copyObject(ctx, component.PDF, path); err != nil {
			return written, err
		}
		if e.Metadata {
			if err := writeMetadata(strings.TrimSuffix(path, ".pdf")+".json", a.kinds.Metadata(m.Dossier, component)); err != nil {
				return written, err
			}
		}
		written = append(written, path)
	}
	return written, nil
}

// writeMetadata writes the description of a paper to a new file.
func writeMetadata(path string, m dossier.Metadata) (err error) {
	file, err := newFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := printJSON(file, m); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// newFile makes a file that is not there yet.
func newFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return nil, usage("Export to an empty folder.", "%s exists already", path)
	}
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return file, nil
}

// copyObject writes an object to a new file.
func (a *archive) copyObject(ctx context.Context, key, path string) (err error) {
	r, _, found, err := a.objects.Open(ctx, key)
	if err != nil {
		return err
	}
	if !found {
		return &exitError{code: exitIntegrity, err: fmt.Errorf("object %s is missing", key), hint: "Run `sohoa verify` and restore it from a backup."}
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	file, err := newFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := io.Copy(file, r); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}
