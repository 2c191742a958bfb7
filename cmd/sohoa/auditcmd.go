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
	"sohoa/storage/audit"
)

// auditCmd is the log of every change and every view.
type auditCmd struct {
	Verify     auditVerifyCmd     `cmd:"" help:"Check that no entry of the log was changed, removed or added."`
	Show       auditShowCmd       `cmd:"" help:"Print entries of the log."`
	Checkpoint auditCheckpointCmd `cmd:"" help:"Print the newest signed checkpoint, to be kept elsewhere."`
	NewKey     auditNewKeyCmd     `cmd:"" name:"new-key" help:"Make a new key for the log after the old one was lost."`
}

// auditVerifyCmd proves the log.
type auditVerifyCmd struct {
	Objects    bool     `help:"Check the objects alone, without the database."`
	Checkpoint []string `help:"A checkpoint that was kept elsewhere; the log must extend it. - reads standard input." placeholder:"FILE"`
}

// Help says what is compared with what.
func (auditVerifyCmd) Help() string {
	return `Recomputes every entry, hash and root of the log; checks the signature of
every exported checkpoint, that each extends each earlier one, and that the
database extends the newest. Every finding is named, with the number of the
entry (the first is 0); exit code 4.

Whoever holds the machine and its key could write another log. Against that
helps a checkpoint that has left the machine, on paper or by mail:

  sohoa audit checkpoint > today.txt
  sohoa audit verify --checkpoint today.txt`
}

// Run checks and reports.
func (v auditVerifyCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	outside := make([]string, len(v.Checkpoint))
	for i, name := range v.Checkpoint {
		if outside[i], err = readCheckpoint(name); err != nil {
			return err
		}
	}
	verdict, err := v.verify(ctx, c, outside)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(con.out, verdict)
	} else {
		_, err = io.WriteString(con.out, logVerdict(verdict))
	}
	if err == nil && len(verdict.Findings) > 0 {
		return &exitError{code: exitIntegrity, err: errors.New("the log is not intact")}
	}
	return err
}

// verify checks the archive's log, or its objects alone.
func (v auditVerifyCmd) verify(ctx context.Context, c *cli, outside []string) (verdict audit.Verdict, err error) {
	if v.Objects {
		return c.checkObjects(ctx, outside)
	}
	a, err := c.open(ctx)
	if err != nil {
		return verdict, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.checkLog(ctx, outside...)
}

// checkObjects checks the exported log without a database.
func (c *cli) checkObjects(ctx context.Context, outside []string) (verdict audit.Verdict, err error) {
	store, record, err := c.openStore(ctx)
	if err != nil {
		return verdict, err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	return audit.Verify(ctx, audit.Check{Objects: store, Archive: record.ID, Verifier: record.LogKey, Outside: outside})
}

func readCheckpoint(name string) (string, error) {
	if name == "-" {
		body, err := io.ReadAll(os.Stdin)
		return string(body), err
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return "", usage("Name a file that `sohoa audit checkpoint` has written.", "--checkpoint: %w", err)
	}
	return string(body), nil
}

// logVerdict is a verdict for people.
func logVerdict(v audit.Verdict) string {
	var b strings.Builder
	for _, finding := range v.Findings {
		f := logFinding(finding)
		fmt.Fprintf(&b, "NOT INTACT  %s: %s\n", f.Subject, f.Text)
	}
	for _, note := range v.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	fmt.Fprintf(&b, "%d entries, %d of them under %d signed checkpoint(s), %d waiting for a number\n", v.Entries, v.Sealed, v.Checkpoints, v.Pending)
	if v.Erased > 0 {
		fmt.Fprintf(&b, "%d payload(s) erased by decision\n", v.Erased)
	}
	if len(v.Findings) > 0 {
		b.WriteString("NOT INTACT: keep this copy as evidence, and compare with checkpoints that left the machine\n")
	} else {
		b.WriteString("intact\n")
	}
	return b.String()
}

// auditShowCmd prints the log.
type auditShowCmd struct {
	Since   string `help:"Only entries from this day or moment on: 2026-01-31, or RFC 3339." placeholder:"TIME"`
	Subject string `help:"Only entries about this dossier, page, batch… by id." placeholder:"ID"`
	From    int64  `help:"Only entries from this number on." placeholder:"N"`
	Limit   int64  `help:"How many entries to print." default:"200"`
}

// Run prints entries by number. That somebody reads the log is in the log.
func (s auditShowCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	since, err := parseSince(s.Since)
	if err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	entries, err := a.audit.Entries(ctx, audit.Filter{Since: since, Subject: s.Subject, From: s.From, Limit: s.Limit})
	if err != nil {
		return err
	}
	if err := a.viewed(ctx, dossier.Deed{Action: dossier.ActionLogView, Subject: a.record.ID, Payload: map[string]any{"entries": len(entries)}}); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, entries)
	}
	for _, e := range entries {
		_, err = fmt.Fprintf(con.out, "%d  %s  %s  %s  %s  %s\n", e.N, e.At.Format(time.RFC3339), e.Actor, e.Action, e.Subject, e.Text)
		if err != nil {
			return err
		}
	}
	return nil
}

// parseSince reads a day, which begins in the office's zone, or a moment.
func parseSince(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	office := time.FixedZone("+07:00", 7*60*60)
	if day, err := time.ParseInLocation(time.DateOnly, text, office); err == nil {
		return day, nil
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return moment, usage("Write a day as 2026-01-31, or a moment as 2026-01-31T08:00:00+07:00.", "--since: %q is no time", text)
	}
	return moment, nil
}

// auditCheckpointCmd prints what should leave the machine.
type auditCheckpointCmd struct{}

// Run prints the newest checkpoint.
func (auditCheckpointCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	store, _, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	last, ok, err := audit.NewestCheckpoint(ctx, store)
	if err != nil {
		return err
	}
	if !ok {
		return &exitError{code: exitOther, err: errors.New("the log has no checkpoint yet"), hint: "There is one after the first `sohoa process` or `sohoa serve`."}
	}
	if c.JSON {
		return printJSON(con.out, map[string]any{"origin": last.Origin, "size": last.Size, "root": last.Root, "note": last.Note})
	}
	_, err = io.WriteString(con.out, last.Note)
	return err
}

// auditNewKeyCmd replaces a lost key.
type auditNewKeyCmd struct{}

// Help says what that costs.
func (auditNewKeyCmd) Help() string {
	return `Only for a key that is lost: the file audit.key in the archive's folder is not
there and no backup has it. The log says, in an entry of its own, that another
key signs from there on, and every check mentions it.`
}

// Run makes the key; the next process or serve announces it.
func (auditNewKeyCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.takeLock(ctx); err != nil {
		return err
	}
	if _, err := audit.LoadKey(a.layout.logKey()); !errors.Is(err, audit.ErrNoKey) {
		return usage("It is not replaced while it is there.", "%s holds the key of the log", a.layout.logKey())
	}
	key, err := audit.MakeKey(a.layout.logKey(), a.record.ID)
	if err != nil {
		return err
	}
	if err := a.openLog(); err != nil {
		return err
	}
	if err := a.seal(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "Made %s. Keep a copy of it elsewhere.\n%s\n", a.layout.logKey(), key.Verifier())
	return err
}
