package main

import (
	"context"
	"errors"
	"fmt"

	"sohoa/pipeline"
)

// verifyCmd proves that the archive is whole.
type verifyCmd struct{}

// Help says what is compared with what.
func (verifyCmd) Help() string {
	return `Reads every object and compares its digest with the recorded one, passes every
published PDF through the gate it passed when it was written, compares every
dossier with its manifest, and checks that every batch's account balances.
A catalogue that is damaged, or older than the objects, is found and named.
Exit code 4 when anything is missing or changed; each finding is named.`
}

// Run verifies the whole archive.
func (verifyCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	bar := newProgress(con.err, "objects")
	verdict, err := a.flow(nil).Verify(ctx, a.catalog, bar.set)
	bar.finish()
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(con.out, verdict)
	} else {
		err = printVerdict(con, verdict)
	}
	if err == nil && len(verdict.Findings) > 0 {
		return &exitError{code: exitIntegrity, err: errors.New("the archive is not intact")}
	}
	return err
}

func printVerdict(con console, v pipeline.Verdict) error {
	for _, finding := range v.Findings {
		if _, err := fmt.Fprintf(con.out, "NOT INTACT  %s: %s\n", finding.Subject, finding.Text); err != nil {
			return err
		}
	}
	word := "intact"
	if len(v.Findings) > 0 {
		word = "NOT INTACT: restore what is named above from a backup; do not delete anything"
	}
	_, err := fmt.Fprintf(con.out, "%d object(s), %d bytes, %d dossier(s), %d batch(es)\n%s%s\n",
		v.Objects, v.Bytes, v.Dossiers, v.Batches, accountLine(v.Account), word)
	return err
}
