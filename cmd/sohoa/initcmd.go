package main

import (
	"context"
	"errors"
	"fmt"

	"sohoa/dossier"
)

// initCmd makes an office archive.
type initCmd struct {
	Unit string `required:"" help:"Agency code of the office (mã định danh đơn vị), for example H38.12." placeholder:"CODE"`
}

// Help teaches what an archive is.
func (initCmd) Help() string {
	return `Makes an archive for an office: a folder of objects that is readable without
sohoa, and a catalogue that can be rebuilt from it. There is no key yet:
papers wait unsigned until one is configured.

  sohoa init --unit H38.12 --data /srv/sohoa`
}

// Run makes the archive.
func (i initCmd) Run(ctx context.Context, c *cli, con console) error {
	if err := dossier.CheckUnitCode(i.Unit); err != nil {
		return usage("An agency code looks like H38 or H38.12 (QĐ 20/2020/QĐ-TTg).", "--unit: %w", err)
	}
	if _, err := c.findArchive(ctx); !errors.Is(err, errNoArchive) {
		if err != nil {
			return err
		}
		return usage("Give another folder with --data; an archive is never overwritten.", "%s holds an archive already", c.Data)
	}
	record, err := c.makeArchive(ctx, i.Unit, false)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, record)
	}
	_, err = fmt.Fprintf(con.out, "Made the archive of %s in %s.\nNext: sohoa process --data %s SCANS…\n", i.Unit, c.Data, c.Data)
	return err
}
