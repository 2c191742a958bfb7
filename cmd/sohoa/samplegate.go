package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline"
)

type sampleGatesCmd struct{}

// Help says who changes a gate.
func (sampleGatesCmd) Help() string {
	return `Counts what was keyed for the samples of the last twelve months, and, apart from
it, how often the machine was right where people looked themselves: below the
gate, where each value is looked at (who confirms sees what was read, so that some
mistakes are passed over); above it, where only who has a reason looks; and keyed
by two people who did not see it. Nothing is changed by this: sohoa sample gate
does, or the row of the field in fields.csv in the archive's folder catalogue/.`
}

// Run prints the table.
func (sampleGatesCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	flow := a.flow(nil)
	lines, err := flow.GateLines(ctx, a.ledger)
	if err != nil {
		return err
	}
	gates, err := flow.FieldGates(ctx, a.ledger)
	if err != nil {
		return err
	}
	decided := []dossier.FieldGate{}
	for _, g := range gates {
		if g.Decision != nil {
			decided = append(decided, g)
		}
	}
	if c.JSON {
		return printJSON(con.out, map[string]any{"gates": lines, "decided": decided})
	}
	return printGates(con.out, lines, decided)
}

func printGates(out io.Writer, lines []dossier.GateLine, decided []dossier.FieldGate) error {
	var b strings.Builder
	if len(lines) == 0 {
		b.WriteString("no value was keyed for a sample yet, and none was looked at\n")
	}
	for _, l := range lines {
		words := map[dossier.GateProposal]string{
			dossier.ProposeFew: "too few to say", dossier.ProposeKeep: "keep it", dossier.ProposeRaise: fmt.Sprintf("raise it to %.2f", l.Proposed),
		}
		fmt.Fprintf(&b, "%s.%s   gate %.2f   %s   %s\n", l.Kind, l.Field, l.Gate, rateLine(l.Accepted), words[l.Proposal])
		for _, r := range []struct {
			words string
			rate  dossier.Rate
		}{{"below the gate, by who looked", l.Reviewed.Below}, {"above it, by who had a reason", l.Reviewed.Above}, {"keyed blind by two", l.Reviewed.Blind}} {
			if r.rate.Of > 0 {
				fmt.Fprintf(&b, "    %s   %s\n", r.words, shareLine(r.rate))
			}
		}
	}
	for _, g := range decided {
		fmt.Fprintf(&b, "%s   %s\n", g.Field, decidedLine(g))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// decidedLine says which gate is in force, and who decided that.
func decidedLine(g dossier.FieldGate) string {
	d := g.Decision
	return fmt.Sprintf("gate %.2f since %s, decided by %s (%s); fields.csv says %.2f", g.Gate, d.At.Format("2006-01-02"), d.Actor.ID, d.Reason, g.Table)
}

type sampleGateCmd struct {
	Field  string  `arg:"" help:"Field, such as child_name."`
	Gate   float64 `arg:"" optional:"" help:"Confidence below which a person confirms the value, such as 0.95."`
	Reason string  `required:"" help:"Why; it is kept with the decision."`
	Undo   bool    `help:"Take the decision in force back."`
}

// Help says what it takes.
func (sampleGateCmd) Help() string {
	return `Decides about the gate of a field, for what is read from then on; what was read
before keeps the gate it had. The decision is kept with what was known then, is in
the log, and can be taken back (--undo). A running serve uses it at once.

A higher gate needs no proof. A lower one does: what people said of the values
between the two must show that at most 0.3 % of them may be wrong, by the upper
end of the 95 % interval, and it goes down by 0.02 at once.

  sohoa sample gate child_name 0.95 --reason "2 of 60 wrong in the sample"
  sohoa sample gate child_name --undo --reason "the scanner was cleaned"`
}

// Run decides.
func (s sampleGateCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	if s.Undo == (s.Gate != 0) {
		return usage("sohoa sample gate --help says more.", "say either a gate or --undo")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	flow := a.flow(nil)
	gates, err := flow.FieldGates(ctx, a.ledger)
	if err != nil {
		return err
	}
	said := dossier.GateChange{Field: s.Field, After: s.Gate, Reason: s.Reason, Undo: s.Undo}
	for _, g := range gates {
		if g.Field == s.Field {
			said.Before = g.Gate
		}
	}
	d, err := flow.DecideGate(ctx, a.ledger, dossier.Local(a.unit().ID), said)
	if err != nil {
		return notDecided(err, s.Field)
	}
	return c.say(con.out, d, "%s: gate %.2f, was %.2f; for what is read from now on", d.Field, d.After, d.Before)
}

// notDecided is why a gate stays as it is, for whoever asked.
func notDecided(err error, field string) error {
	if unproven, ok := errors.AsType[*dossier.UnprovenGate](err); ok {
		return usage(fmt.Sprintf("%d values without an error would prove it; `sohoa sample gates` says what there is.", dossier.FewestRight()), "%w", unproven)
	}
	switch {
	case errors.Is(err, pipeline.ErrNoSuchValue):
		return usage("A gate has two decimals, such as 0.95, and is another one than now; a field is an id of fields.csv; a reason has words.", "%s: no such field or gate", field)
	case errors.Is(err, pipeline.ErrNothingToUndo):
		return usage("fields.csv says the gate.", "%s: nobody has decided about its gate", field)
	case errors.Is(err, pipeline.ErrChanged):
		return usage("`sohoa sample gates` says how it is now.", "%s: somebody else decided about it at this moment", field)
	}
	return err
}

// gatesCheck says which gates people decided otherwise than the tables, of an
// archive that has such decisions. It reads the objects, so that it needs no
// database.
func (c *cli) gatesCheck(ctx context.Context, settings config) check {
	kinds, _, err := layout{root: c.Data}.catalogue(settings)
	if err != nil {
		return check{} // the check of the catalogue says what is wrong
	}
	store, record, err := c.openStore(ctx)
	if err != nil {
		return check{} // the check of the archive does
	}
	decisions, err := pipeline.GateObjects(ctx, store, record.Units[0].ID)
	if err = errors.Join(err, store.close()); err != nil {
		return check{Name: "gates", Says: err.Error(), Fix: "run sohoa verify, and restore what it names from a backup"}
	}
	var decided []string
	for _, g := range kinds.FieldGates(dossier.GatesOf(decisions)) {
		if g.Decision != nil {
			decided = append(decided, g.Field+": "+decidedLine(g))
		}
	}
	return check{Name: "gates", OK: true, Says: strings.Join(decided, "; ")}
}
