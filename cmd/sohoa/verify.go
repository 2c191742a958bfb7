package main

import (
	"context"
	"errors"
	"fmt"

	"sohoa/pipeline"
	"sohoa/pipeline/pades"
	"sohoa/storage/audit"
)

// verifyCmd proves that the archive is whole, or judges the signatures of files.
type verifyCmd struct {
	Files []string `arg:"" optional:"" name:"file.pdf" help:"PDF files whose signatures are to be judged; none means the whole archive."`
}

// Help says what is compared with what.
func (verifyCmd) Help() string {
	return `Reads every object and compares its digest with the recorded one, passes every
published PDF through the gate it passed when it was written, judges every
signature, compares every dossier with its manifest, checks that every batch's
account balances, and that the log proves itself, as sohoa audit verify does.
A catalogue that is damaged, or older than the objects, is found and named.
Exit code 4 when anything is missing or changed; each finding is named.

With files it judges the signatures of those instead, from anywhere, and needs
no archive: exit code 4 for a signature that fails or cannot be judged, 3 for a
file without one.

  sohoa verify
  sohoa verify paper.pdf`
}

// Run verifies the whole archive, or the files.
func (v verifyCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	if len(v.Files) > 0 {
		return v.files(ctx, c, con)
	}
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

// files judges the signatures of files. They may be from anywhere: this process
// holds no archive, and ends with them.
func (v verifyCmd) files(ctx context.Context, c *cli, con console) error {
	judged := make([]judgement, 0, len(v.Files))
	failed, unsigned := false, false
	for _, path := range v.Files {
		j, err := judgeFile(ctx, path)
		if err != nil {
			return usage("Name PDF files that can be read.", "%w", err)
		}
		judged = append(judged, j)
		unsigned = unsigned || j.Verdict == pades.Unsigned
		failed = failed || j.Verdict != pades.Valid && j.Verdict != pades.Unsigned
	}
	if err := printJudged(con, c.JSON, judged); err != nil {
		return err
	}
	switch {
	case failed:
		return &exitError{code: exitIntegrity, err: errors.New("a signature fails or cannot be judged")}
	case unsigned:
		return errParked
	default:
		return nil
	}
}

func printJudged(con console, asJSON bool, judged []judgement) error {
	if asJSON {
		return printJSON(con.out, judged)
	}
	for _, j := range judged {
		if _, err := fmt.Fprint(con.out, j.lines()); err != nil {
			return err
		}
	}
	return nil
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
	_, err := fmt.Fprintf(con.out, "%d object(s), %d bytes, %d dossier(s), %d signed paper(s), %d batch(es)\n%slog: %d entries, %d of them under %d checkpoint(s)\n%s\n",
		v.Objects, v.Bytes, v.Dossiers, v.Signed, v.Batches, accountLine(v.Account), v.Log.Entries, v.Log.Sealed, v.Log.Checkpoints, word)
	return err
}
