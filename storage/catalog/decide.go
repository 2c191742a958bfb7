package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// Waiting gives those of the pages that are parked and that no decision has
// claimed, in the order asked for.
func (c *Catalog) Waiting(ctx context.Context, unit dossier.UnitID, pages []dossier.PageID) ([]dossier.PlacedPage, error) {
	var waiting []dossier.PlacedPage
	for _, id := range pages {
		var rows []pageRow
		err := c.write.NewSelect().Model(&rows).Where("unit = ?", unit).Where("id = ?", id).
			Where("state = ?", dossier.PageParked).Where("component = ''").Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("look up waiting page: %w", err)
		}
		for _, r := range rows {
			waiting = append(waiting, dossier.PlacedPage{ID: r.ID, Image: r.Image, State: r.State, Reason: r.Reason, Dossier: r.Dossier})
		}
	}
	return waiting, nil
}

// Decide is transaction A for a person's decision, whose object is durable: it
// claims the pages, records the intent, asks for the publishing, and writes the
// audit row. claimed is false, and nothing is changed, when a page no longer
// waits.
func (c *Catalog) Decide(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) (claimed bool, err error) {
	draft := decision.Intent.Draft
	err = c.inTx(ctx, "record decision", func(ctx context.Context, tx bun.Tx) error {
		claimed = false
		for _, page := range decision.Placement.Pages {
			moved, err := inserted(tx.NewUpdate().Model((*pageRow)(nil)).
				Set("component = ?", decision.Intent.New[0]).Set("dossier = ?", draft.Dossier.ID).
				Where("unit = ?", act.Actor.Unit).Where("id = ?", page).Where("state = ?", dossier.PageParked).Where("component = ''").Exec(ctx))
			if err != nil {
				return err
			}
			if !moved {
				return errNotWaiting
			}
		}
		jobs, err := recordIntents(ctx, tx, decision)
		if err != nil {
			return err
		}
		if err := askToSign(ctx, tx, decision.Intent); err != nil {
			return err
		}
		if err := settleDoubts(ctx, tx, decision); err != nil {
			return err
		}
		if err := settleEntries(ctx, tx, decision); err != nil {
			return err
		}
		if err := insertObjects(ctx, tx, act.Actor.Unit, []dossier.ObjectRef{object}); err != nil {
			return err
		}
		if err := c.queue.Enqueue(ctx, tx.Tx, jobs...); err != nil {
			return err
		}
		claimed = true
		return audit(ctx, tx, act, "decision."+decision.Action, string(draft.Dossier.ID), decided(decision))
	})
	if errors.Is(err, errNotWaiting) {
		return false, nil
	}
	return claimed && err == nil, err
}

// recordIntents records every version a decision makes, gives the pages that
// leave a dossier to the papers that take them, and gives the jobs that publish
// the versions and read again what is turned in them.
func recordIntents(ctx context.Context, tx bun.Tx, decision dossier.Decision) (jobs []dossier.Job, err error) {
	if err := allPublished(ctx, tx, decision); err != nil {
		return nil, err
	}
	for _, intent := range decision.Intents() {
		if err := insertIntent(ctx, tx, intent); err != nil {
			return nil, err
		}
		d := intent.Draft.Dossier
		jobs = append(jobs, dossier.Job{Step: dossier.StepPublish, Unit: d.Unit, Subject: string(d.ID)})
		if job, wanted := dossier.ReadAgainJob(d); wanted {
			jobs = append(jobs, job)
		}
	}
	return jobs, claimLeft(ctx, tx, decision)
}

// decided is what the log keeps of a decision.
func decided(decision dossier.Decision) map[string]any {
	draft := decision.Intent.Draft
	if s := draft.Signing; s != nil {
		return map[string]any{"version": draft.Dossier.Version, "papers": s.Papers, "certificate": s.Certificate.SHA256}
	}
	kept := map[string]any{
		"decision": draft.Decision, "before": draft.Dossier.Version - 1, "version": draft.Dossier.Version, "pages": len(decision.Placement.Pages),
	}
	if old := decision.Placement.Replaces; old != "" {
		kept["replaces"] = old
	}
	if c := decision.Correction; c != nil {
		// What stood on the paper and what was made of it are in the objects of
		// the decision and of the two versions; the log names them.
		kept = map[string]any{
			"decision": draft.Decision, "before": draft.Dossier.Version - 1, "version": draft.Dossier.Version,
			"component": c.Component, "kind": c.Kind, "fields": changes(c.Fields),
		}
		if c.NewKind != "" {
			kept["new_kind"] = c.NewKind
		}
		if len(c.Keyings) > 0 {
			kept["keyings"] = c.Keyings
		}
	}
	if c := decision.Closing; c != nil {
		kept["missing"] = c.Missing
	}
	if k := decision.Keeping; k != nil {
		kept = map[string]any{
			"decision": draft.Decision, "before": draft.Dossier.Version - 1, "version": draft.Dossier.Version, "component": k.Component, "kind": k.Kind,
		}
	}
	if k := decision.Entry; k != nil {
		kept = map[string]any{
			"decision": draft.Decision, "before": draft.Dossier.Version - 1, "version": draft.Dossier.Version,
			"component": k.Component, "entry": k.Entry, "fields": changes(k.Fields),
		}
		if k.None || k.Count > 0 {
			kept["entries"] = k.Count
		}
	}
	if len(decision.Arrangement) > 0 {
		kept = map[string]any{
			"decision": draft.Decision, "before": draft.Dossier.Version - 1, "version": draft.Dossier.Version, "papers": len(decision.Arrangement),
		}
	}
	if t := decision.Transfer; t != nil {
		kept["pages"], kept["into"], kept["into_version"] = len(t.Pages), decision.Moved[0].Draft.Dossier.ID, decision.Moved[0].Draft.Dossier.Version
	}
	if t := decision.Turned; t != nil {
		kept["page"], kept["by"] = t.Page, t.By
	}
	if decision.Action == dossier.ActionReadAgain {
		kept["pages"] = len(decision.ReadAgain)
	}
	return kept
}

// changes says of each field whether it was confirmed or corrected.
func changes(fields []dossier.FieldCorrection) map[string]string {
	all := make(map[string]string, len(fields))
	for _, f := range fields {
		all[f.Field] = "confirmed"
		if f.Was != f.Is {
			all[f.Field] = "corrected"
		}
	}
	return all
}

// errNotWaiting rolls a decision back.
var errNotWaiting = errors.New("page no longer waits")
