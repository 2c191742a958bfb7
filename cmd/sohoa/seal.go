package main

import (
	"context"
	"fmt"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage/audit"
)

// sealer is the log as far as it is numbered, signed and exported. Every step
// may be cut off and done again.
type sealer interface {
	NumberAll(ctx context.Context) error
	Sign(ctx context.Context, act dossier.Act) (fresh bool, err error)
	Export(ctx context.Context, objects audit.Objects) error
}

// seal gives everything that waits its number, and takes the log out of the
// database: signed, as objects.
func (a *archive) seal(ctx context.Context) error {
	if err := a.sealer.NumberAll(ctx); err != nil {
		return err
	}
	return a.checkpoint(ctx)
}

// checkpoint signs what has a number, and exports it.
func (a *archive) checkpoint(ctx context.Context) error {
	if _, err := a.sealer.Sign(ctx, a.act("sohoa")); err != nil {
		return err
	}
	return a.sealer.Export(ctx, a.objects)
}

// sealAndList seals the log, and lists the digests of everything new, the
// log's own objects among it.
func (a *archive) sealAndList(ctx context.Context, flow *pipeline.Flow) error {
	if err := a.seal(ctx); err != nil {
		return err
	}
	return flow.ListChecksums(ctx, a.ledger)
}

// checkLog gives the verdict about the log, with checkpoints from outside.
func (a *archive) checkLog(ctx context.Context, outside ...string) (audit.Verdict, error) {
	check := audit.Check{
		Objects: a.objects, Log: a.audit, Archive: a.record.ID, Verifier: a.record.LogKey, Outside: outside,
		Serving: serves(ctx, a.layout), Now: a.act("").At,
	}
	return audit.Verify(ctx, check)
}

// serves tells whether a serve works on the archive.
func serves(ctx context.Context, place layout) bool {
	conn, err := dialServe(ctx, place.socket())
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was said
	return true
}

// logFinding is a finding about the log as one about the archive.
func logFinding(f audit.Finding) pipeline.Finding {
	subject := "log"
	if f.Number != nil {
		subject = fmt.Sprintf("log entry %d", *f.Number)
	}
	if f.Object != "" {
		subject += " (" + f.Object + ")"
	}
	return pipeline.Finding{Subject: subject, Text: f.Name + ": " + f.Text}
}
