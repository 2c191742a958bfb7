package main

import (
	"context"
	"errors"
	"fmt"

	"sohoa/pipeline"
	"sohoa/storage/audit"
)

// verifyCmd proves that the archive is whole.
type verifyCmd struct{}

// Help says what is compared with what.
func (verifyCmd) Help() string {
	return `Reads every object and compares its digest with the recorded one, passes every
published PDF through the gate it passed when it was written, compares every
dossier with its manifest, checks that every batch's account balances, and
that the log proves itself, as sohoa audit verify does.
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
	whole := wholeVerdict{Verdict: verdict}
	if whole.Log, err = a.checkLog(ctx); err != nil {
		return err
	}
	for _, finding := range whole.Log.Findings {
		whole.Findings = append(whole.Findings, logFinding(finding))
	}
	if c.JSON {
		err = printJSON(con.out, whole)
	} else {
		err = printVerdict(con, whole)
	}
	if err == nil && len(whole.Findings) > 0 {
		return &exitError{code: exitIntegrity, err: errors.New("the archive is not intact")}
	}
	return err
}

// wholeVerdict is the verdict about an archive, with that about its log. What is
// found in the log stands among the findings, too.
type wholeVerdict struct {
	pipeline.Verdict
	Log audit.Verdict `json:"log"`
}

func printVerdict(con console, v wholeVerdict) error {
	for _, finding := range v.Findings {
		if _, err := fmt.Fprintf(con.out, "NOT INTACT  %s: %s\n", finding.Subject, finding.Text); err != nil {
			return err
		}
	}
	word := "intact"
	if len(v.Findings) > 0 {
		word = "NOT INTACT: restore what is named above from a backup; do not delete anything"
	}
	for _, note := range v.Log.Notes {
		if _, err := fmt.Fprintf(con.out, "note: %s\n", note); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(con.out, "%d object(s), %d bytes, %d dossier(s), %d batch(es)\n%slog: %d entries, %d of them under %d checkpoint(s)\n%s\n",
		v.Objects, v.Bytes, v.Dossiers, v.Batches, accountLine(v.Account), v.Log.Entries, v.Log.Sealed, v.Log.Checkpoints, word)
	return err
}
