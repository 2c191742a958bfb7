package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pdfa"
	"sohoa/pipeline/sheet"
)

// separatorCmd prints separator sheets.
type separatorCmd struct {
	Codes  []string `arg:"" name:"code" help:"Dossier codes; one sheet each."`
	Sheets int      `help:"How many sheets of paper will follow; 0 when not known." default:"0"`
	Out    string   `short:"o" help:"PDF file to write." default:"separator.pdf" placeholder:"FILE"`
}

// Help says how to use the sheets.
func (separatorCmd) Help() string {
	return `Makes a PDF to print: lay a sheet before the papers of each dossier and scan the
whole stack in one go. With --sheets the scan is counted against the number;
a batch with a gap is held for a person.

  sohoa separator H38.12-260102-0001 --sheets 6 -o sheet.pdf`
}

// Run writes the PDF.
func (s separatorCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	var pages []pdfa.Page
	for _, arg := range s.Codes {
		code, err := dossier.ParseCode(arg)
		if err != nil {
			return usage("A dossier code looks like H38.12-260102-0001: unit, date (yymmdd), number.", "%w", err)
		}
		drawn, err := sheet.Separator(code.String(), s.Sheets)
		if err != nil {
			return usage("", "%w", err)
		}
		pages = append(pages, pdfa.Page{Image: drawn.Image, Reading: drawn.Reading})
	}
	file, err := os.OpenFile(s.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if errors.Is(err, os.ErrExist) {
		return usage("Give another name with -o.", "%s exists already", s.Out)
	}
	if err != nil {
		return fmt.Errorf("write separator: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	meta := pdfa.Meta{Title: "Tờ phân cách hồ sơ", Lang: "vi-VN", Created: time.Now()}
	if _, err := rand.Read(meta.ID[:]); err != nil {
		return fmt.Errorf("write separator: %w", err)
	}
	if _, err := pdfa.Write(ctx, file, meta, pages); err != nil {
		return fmt.Errorf("write separator: %w", err)
	}
	if c.JSON {
		return printJSON(con.out, map[string]any{"written": []string{s.Out}, "sheets": len(pages)})
	}
	_, err = fmt.Fprintf(con.out, "wrote %d sheet(s) to %s\n", len(pages), s.Out)
	return err
}
