package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/storage/units"
)

// unitCmd looks after the names and codes of units.
type unitCmd struct {
	Import unitImportCmd `cmd:"" help:"Take a table of units in (docs/UNITS.md has its form)."`
	Add    unitAddCmd    `cmd:"" help:"Add a unit, or change one; the office's own code names the office."`
	Alias  unitAliasCmd  `cmd:"" help:"Add one more code of a unit, for some days."`
	List   unitListCmd   `cmd:"" help:"List units by name."`
	Find   unitFindCmd   `cmd:"" help:"Say what an old name or code is today."`
}

// Help says how to begin.
func (unitCmd) Help() string {
	return `A unit is an office, or a place that stands on papers. Codes and names have
days from which and until which they hold; a unit that is no more leads to
those that took over.

  sohoa unit add H38.12 "UBND xã Gia Phú" --from 2025-07-01
  sohoa unit alias 000.00.12.H38 H38.12 --to 2025-07-01
  sohoa unit import units.csv
  sohoa unit find "Phường Phúc Xá"`
}

// onUnits runs f on the register of units.
func (c *cli) onUnits(ctx context.Context, f func(u *units.Units, act dossier.Act) error) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return f(a.units(), dossier.Act{Actor: dossier.Local(a.unit().ID), At: time.Now()})
}

// units is the register of units of the archive.
func (a *archive) units() *units.Units { return units.Open(a.databases, a.unit()) }

// take imports rows and says what was new.
func (c *cli) take(ctx context.Context, con console, rows []units.Row) error {
	return c.onUnits(ctx, func(u *units.Units, act dossier.Act) error {
		counts, err := u.Import(ctx, act, rows)
		if errors.Is(err, units.ErrTable) {
			return usage("Nothing was changed. docs/UNITS.md has the form of a table.", "%w", err)
		}
		if err != nil {
			return err
		}
		return c.say(con.out, counts, "Read %d lines; new or changed: %d units, %d codes, %d successors.", counts.Lines, counts.Units, counts.Codes, counts.Successors)
	})
}

type unitImportCmd struct {
	File string `arg:"" help:"The table, as CSV in UTF-8." type:"existingfile"`
}

// Run takes the table in.
func (u unitImportCmd) Run(ctx context.Context, c *cli, con console) error {
	file, err := os.Open(u.File)
	if err != nil {
		return fmt.Errorf("import units: %w", err)
	}
	defer file.Close()
	rows, err := units.ReadTable(file)
	if err != nil {
		return usage("docs/UNITS.md has the form of a table.", "%w", err)
	}
	return c.take(ctx, con, rows)
}

type unitAddCmd struct {
	Code   string   `arg:"" help:"Its code."`
	Name   string   `arg:"" help:"Its name."`
	Parent string   `help:"Code of the unit above." placeholder:"CODE"`
	From   string   `help:"First day on which there is such a unit." placeholder:"YYYY-MM-DD"`
	To     string   `help:"First day on which it is no more." placeholder:"YYYY-MM-DD"`
	Became []string `help:"Code of a unit that took over then; may be repeated." placeholder:"CODE"`
}

// Run adds the unit.
func (u unitAddCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.takeOne(ctx, con, units.Row{Line: 1, Code: u.Code, Name: u.Name, Parent: u.Parent, Since: u.From, Until: u.To, Became: u.Became})
}

type unitAliasCmd struct {
	Code string `arg:"" help:"The other code."`
	Unit string `arg:"" help:"A code of the unit."`
	From string `help:"First day on which it is its code." placeholder:"YYYY-MM-DD"`
	To   string `help:"First day on which it is no more." placeholder:"YYYY-MM-DD"`
}

// Run adds the code.
func (u unitAliasCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.takeOne(ctx, con, units.Row{Line: 1, Code: u.Code, AliasOf: u.Unit, Since: u.From, Until: u.To})
}

// takeOne takes a row that was written at the command line.
func (c *cli) takeOne(ctx context.Context, con console, row units.Row) error {
	row, err := row.Tidy()
	if err != nil {
		return usage("Codes are capital letters, digits and dots; days are of the form 2025-07-01.", "%w", err)
	}
	return c.take(ctx, con, []units.Row{row})
}

type unitListCmd struct {
	Words string `arg:"" optional:"" help:"A code, or a part of the name, with or without tones."`
	Day   string `help:"Those that there were on a day. Default: today." placeholder:"YYYY-MM-DD"`
	All   bool   `help:"Also those that are no more."`
}

// mostUnits is more than there are and were.
const mostUnits = 50_000

// Run lists units.
func (u unitListCmd) Run(ctx context.Context, c *cli, con console) error {
	query := units.Query{Words: u.Words, Day: u.Day, Limit: mostUnits}
	switch {
	case u.All:
		query.Day = ""
	case query.Day == "":
		query.Day = time.Now().Format(time.DateOnly)
	}
	return c.onUnits(ctx, func(r *units.Units, _ dossier.Act) error {
		list, err := r.List(ctx, query)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(con.out, map[string]any{"units": list})
		}
		var b strings.Builder
		for _, unit := range list {
			b.WriteString(unitLine(unit) + "\n")
		}
		if len(list) == 0 {
			b.WriteString("no units\n")
		}
		_, err = io.WriteString(con.out, b.String())
		return err
	})
}

// unitLine is a unit on one line: its last code, name, place and days.
func unitLine(u dossier.UnitName) string {
	code := ""
	if n := len(u.Codes); n > 0 {
		code = u.Codes[n-1].Code
	}
	line := fmt.Sprintf("%-12s %s", code, u.Name)
	if u.Above != "" {
		line += ", " + u.Above
	}
	switch {
	case u.Since != "" && u.Until != "":
		line += fmt.Sprintf(" (%s – %s)", u.Since, u.Until)
	case u.Since != "":
		line += fmt.Sprintf(" (from %s)", u.Since)
	case u.Until != "":
		line += fmt.Sprintf(" (until %s)", u.Until)
	}
	return line
}

type unitFindCmd struct {
	Words string `arg:"" help:"A code, or a part of the name, with or without tones."`
	Day   string `help:"Only those that there were on a day." placeholder:"YYYY-MM-DD"`
}

// Run says what it is today.
func (u unitFindCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.onUnits(ctx, func(r *units.Units, _ dossier.Act) error {
		list, err := r.Now(ctx, units.Query{Words: u.Words, Day: u.Day, Limit: mostFound})
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(con.out, map[string]any{"units": list})
		}
		var b strings.Builder
		for _, found := range list {
			b.WriteString(unitLine(found.Unit) + "\n")
			for _, now := range found.Now {
				if now.ID != found.Unit.ID {
					b.WriteString("  → " + unitLine(now) + "\n")
				}
			}
		}
		if len(list) == 0 {
			b.WriteString("no such unit\n")
		}
		_, err = io.WriteString(con.out, b.String())
		return err
	})
}

// mostFound bounds an answer that people read.
const mostFound = 200

// unitID is the unit that a person means: by its code of today, or by its id.
func (a *archive) unitID(ctx context.Context, given string) (dossier.UnitID, error) {
	if given == "" {
		return a.unit().ID, nil
	}
	id, ok, err := a.units().Coded(ctx, given, time.Now().Format(time.DateOnly))
	if err != nil || ok {
		return id, err
	}
	if name, err := a.units().Name(ctx, dossier.UnitID(given)); err != nil || name != "" || given == string(a.unit().ID) {
		return dossier.UnitID(given), err
	}
	return "", usage("Add it by sohoa unit add, or take a table of units in.", "there is no unit with the code %q today", given)
}
