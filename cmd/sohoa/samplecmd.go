package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// sampleCmd measures how well papers are read.
type sampleCmd struct {
	Draw   sampleDrawCmd   `cmd:"" help:"Draw the sample of a month by lot, once."`
	Report sampleReportCmd `cmd:"" help:"Say how much was read rightly, per device."`
	Gates  sampleGatesCmd  `cmd:"" help:"Say per kind and field how often accepted values were right, and which gate that speaks for."`
	Gate   sampleGateCmd   `cmd:"" help:"Decide about the gate of a field."`
}

// Help says what it is about.
func (sampleCmd) Help() string {
	return `Of each month values that nobody has looked at are drawn by lot, and lines of
text of each device. People key them on the page Lấy mẫu without seeing what
the machine read. The report gives the share that was read rightly, with the
interval in which the true one lies with 95 % confidence (Wilson).

  sohoa sample draw              last month
  sohoa sample draw 2026-11
  sohoa sample report --json
  sohoa sample gates             which gates that speaks for
  sohoa sample gate dob 0.9 --reason "4 of 60 were wrong"`
}

type sampleDrawCmd struct {
	Month string `arg:"" optional:"" help:"Month, as 2026-11; the last one by default. Of a month that is not over, what comes later is not drawn from."`
}

// Run draws.
func (s sampleDrawCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	settings, err := c.config()
	if err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	month := s.Month
	if month == "" {
		from, _, err := dossier.MonthSpan(dossier.MonthOf(time.Now()))
		if err != nil {
			return err
		}
		month = dossier.MonthOf(from.Add(-time.Hour))
	}
	if _, _, err := dossier.MonthSpan(month); err != nil {
		return usage("", "%w", err)
	}
	sample, err := a.flow(nil).DrawSample(ctx, a.ledger, dossier.Local(a.unit().ID), month, settings.sampleSize())
	if errors.Is(err, pipeline.ErrDrawn) || errors.Is(err, pipeline.ErrNothingToDraw) {
		return usage("`sohoa sample report` says what there is.", "%s: %w", month, err)
	}
	if err != nil {
		return err
	}
	return c.say(con.out, sample.Report(nil), "%s: %d drawn, of %d values and %d pages. They are keyed on the page Lấy mẫu.", month, len(sample.Drawn), sample.OfFields, sample.OfPages)
}

type sampleReportCmd struct {
	Month string `arg:"" optional:"" help:"Month, as 2026-11; all of them by default."`
}

// Run prints what the samples say.
func (s sampleReportCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	all, err := a.reports(ctx)
	if err != nil {
		return err
	}
	wanted := []dossier.SampleReport{}
	for _, r := range all {
		if s.Month == "" || s.Month == r.Month {
			wanted = append(wanted, r)
		}
	}
	if s.Month != "" && len(wanted) == 0 {
		return usage("Draw it with `sohoa sample draw "+s.Month+"`.", "no sample of %s was drawn", s.Month)
	}
	if c.JSON {
		return printJSON(con.out, map[string]any{"months": wanted})
	}
	return printReports(con.out, wanted)
}

func printReports(out io.Writer, reports []dossier.SampleReport) error {
	if len(reports) == 0 {
		_, err := fmt.Fprintln(out, "no sample was drawn yet")
		return err
	}
	for _, r := range reports {
		if _, err := fmt.Fprintf(out, "%s   drawn %d, keyed %d, to key %d, to settle %d\n", r.Month, r.Drawn, r.Keyed, r.ToKey, r.Differ); err != nil {
			return err
		}
		for _, d := range r.Devices {
			if _, err := fmt.Fprintf(out, "  %s\n    values      %s\n    characters  %s\n", d.Device, rateLine(d.Fields), rateLine(d.Characters)); err != nil {
				return err
			}
		}
	}
	return nil
}

// rateLine is a rate with what it says about the limit, in words.
func rateLine(r dossier.Rate) string {
	words := map[dossier.Verdict]string{
		dossier.VerdictNothing: "nothing was keyed", dossier.VerdictProven: "at least 98 %, by the whole interval",
		dossier.VerdictLikely: "98 % is reached, but not proven: key more", dossier.VerdictBelow: "BELOW 98 %",
	}
	if r.Of == 0 {
		return words[dossier.VerdictNothing]
	}
	return shareLine(r) + "   " + words[r.Verdict()]
}

// shareLine is a rate in figures.
func shareLine(r dossier.Rate) string {
	return fmt.Sprintf("%d of %d   %.1f %% (%.1f to %.1f %%)", r.Right, r.Of, 100*r.Share, 100*r.Low, 100*r.High)
}
