package catalog

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
)

// unlogged are the methods that write without an event in the log, each with
// its reason.
var unlogged = map[string]string{
	"ChooseTwice": "applies a setting to a list for a screen; no record changes",
	"Listed":      "marks objects whose digests are in a list; no record changes",
	"Reconcile":   "enqueues jobs, and closes a batch whose last version was published, which is logged",
}

// readers are the methods that write nothing.
var readers = strings.Fields(`AllDone WaitingEntries Account Arrival Arrivals AskedToSign BatchDone BatchIDs Batches ByCode Check Dossier Disputes DossierIDs Dossiers Doubt Doubts Empty Entries Entry EntryCounts
	File FileByDigest Files Frame GateDecisions Image Images Keyings Known Latest Miscounts NextIntent ObjectRefs Objects OpenBatches Owner Pages PagesOf PaperCounts Parked Progress Reviewed Sample SampleMonths Side
	Unread Unsigned UnsignedKinds Versions Visible Waiting WaitingReasons`)

// TestEveryWriteIsLogged walks all methods of the catalogue: each is a reader,
// has a reason to write without an event, or is called here, and then one more
// event must wait. A method added later fails until it is put in one of these.
func TestEveryWriteIsLogged(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		logged := d.writeOneOfEach()
		for method := range reflect.TypeFor[*Catalog]().Methods() {
			_, excused := unlogged[method.Name]
			if !excused && !slices.Contains(readers, method.Name) && !logged[method.Name] {
				t.Errorf("%s is no reader and was not seen to write an event into the log", method.Name)
			}
		}
	})
}

// events counts what waits for a number.
func (d desk) events() int64 {
	d.t.Helper()
	n, err := d.write.NewSelect().TableExpr("audit_pending").Count(d.t.Context())
	d.must(err)
	return n
}

// writeOneOfEach calls every writing method, and names those that wrote exactly
// one event, together with its payload.
func (d desk) writeOneOfEach() map[string]bool {
	ctx, t := d.t.Context(), d.t
	act := local("u1")
	logged := make(map[string]bool)
	watch := func(name string, call func() error) {
		t.Helper()
		before := d.events()
		d.must(call())
		payloads, err := d.write.NewSelect().TableExpr("audit_payloads").Count(ctx)
		d.must(err)
		if after := d.events(); after != before+1 || payloads != after {
			t.Errorf("%s wrote %d events, %d payloads for %d", name, after-before, payloads, after)
		}
		logged[name] = true
	}
	object := func(key string) dossier.ObjectRef { return dossier.ObjectRef{Key: key, SHA256: digest(key), Size: 1} }
	batch := dossier.Batch{ID: "b1", Unit: "u1", Actor: act.Actor, At: morning, Files: []dossier.BatchFile{
		{Name: "a", SHA256: digest("a"), Size: 1}, {Name: "b", SHA256: digest("b"), Size: 1},
	}}
	watch("TakeIn", func() error { return d.TakeIn(ctx, act, batch, nil) })
	file := func(n int) dossier.TakenFile {
		f, err := d.File(ctx, dossier.FileRef{Batch: "b1", Ordinal: n})
		d.must(err)
		return f
	}
	watch("FileRejected", func() error { return d.FileRejected(ctx, act, file(2), dossier.ReasonDamaged) })
	watch("FileOpened", func() error { return d.FileOpened(ctx, act, file(1), 1) })
	image, err := d.Image(ctx, "u1", dossier.NewImageID(digest("a"), 1))
	d.must(err)
	watch("ImageRead", func() error { return d.ImageRead(ctx, act, image, 1, "", object("reading")) })
	parked := []dossier.PlacedPage{{ID: image.ID.Page(1), Image: image.ID, State: dossier.PageParked, Reason: dossier.ReasonKindUnsure}}
	watch("Place", func() error { return d.Place(ctx, act, dossier.Plan{Batch: "b1", Pages: parked}) })
	intent := d.intent("d1", 1)
	decision := dossier.Decision{Action: dossier.ActionPlace, Actor: act.Actor, Placement: dossier.Placement{Pages: []dossier.PageID{parked[0].ID}}, Intent: intent}
	watch("Decide", func() error {
		_, err := d.Decide(ctx, act, decision, object("decision"))
		return err
	})
	watch("PublishFailed", func() error { return d.PublishFailed(ctx, act, intent, parked) })
	watch("Publish", func() error {
		return d.Publish(ctx, act, intent, dossier.Publication{Batch: "b1", Manifest: intent.Draft, Object: object("manifest")})
	})
	watch("AddObjects", func() error { return d.AddObjects(ctx, act, []dossier.ObjectRef{object("root")}) })
	watch("RestoreBatch", func() error {
		return d.RestoreBatch(ctx, act, dossier.Batch{ID: "b2", Unit: "u1", Actor: act.Actor, At: morning}, nil)
	})
	restored := d.intent("d2", 1)
	watch("RestoreManifest", func() error {
		return d.RestoreManifest(ctx, act, dossier.Publication{Batch: "b2", Manifest: restored.Draft, Object: object("restored")})
	})
	next := decision
	next.Intent, next.Placement.Pages = d.intent("d2", 2), nil
	watch("RestoreDecision", func() error {
		_, err := d.RestoreDecision(ctx, act, next, object("decision 2"))
		return err
	})
	keying := func(id, by string) dossier.Keying {
		return dossier.Keying{ID: id, At: morning, Actor: dossier.Actor{ID: by, Unit: "u1"}, Dossier: "d2", Component: "c", Field: "dob"}
	}
	must := func(_ any, err error) { d.must(err) }
	must(d.write.NewUpdate().TableExpr("pages").Set("state = ?, reason = ?, component = ''", dossier.PageParked, dossier.ReasonBacks).Where("id = ?", parked[0].ID).Exec(ctx))
	must(d.write.NewUpdate().TableExpr("batches").Set("state = 'done'").Where("id = 'b1'").Exec(ctx))
	watch("AnswerBacks", func() error {
		_, err := d.AnswerBacks(ctx, act, dossier.BacksAnswer{Batch: "b1", Say: dossier.BacksRescan}, object("answer of backs"))
		return err
	})
	must(d.write.NewUpdate().TableExpr("pages").Set("state = ?, reason = ?, component = ''", dossier.PageParked, dossier.ReasonUnreadable).Where("id = ?", parked[0].ID).Exec(ctx))
	side := dossier.SideAnswer{Batch: "b1", Page: parked[0].ID, Say: dossier.SideEmpty, Reason: dossier.ReasonUnreadable}
	watch("AnswerSide", func() error {
		_, err := d.AnswerSide(ctx, act, side, object("answer of a side"), nil)
		return err
	})
	again := d.intent("d2", 3)
	side.Dossier, side.Intent = "d2", &again
	watch("RestoreSide", func() error {
		_, err := d.RestoreSide(ctx, act, side, object("answer of a side 2"))
		return err
	})
	must(d.write.NewUpdate().TableExpr("pages").Set("component = ''").Where("id = ?", side.Page).Exec(ctx))
	watch("RestoreEmpty", func() error { return d.RestoreEmpty(ctx, act, side) })
	watch("Key", func() error {
		_, err := d.Key(ctx, act, keying("k1", "lan"), 1, object("keying"))
		return err
	})
	watch("RestoreKeying", func() error { return d.RestoreKeying(ctx, act, keying("k2", "minh"), object("keying 2")) })
	watch("Draw", func() error {
		_, err := d.Draw(ctx, act, dossier.Sample{Unit: "u1", Month: "2026-11"}, object("sample"))
		return err
	})
	watch("Answer", func() error {
		_, err := d.Answer(ctx, act, dossier.SampleAnswer{Unit: "u1", Month: "2026-11", N: 1}, object("answer"))
		return err
	})
	watch("DecideGate", func() error {
		_, err := d.DecideGate(ctx, act, dossier.GateDecision{Unit: "u1", Seq: 1, Field: "dob", Before: 0.8, After: 0.9}, object("gate"))
		return err
	})
	given := next.Intent
	given.New = nil
	watch("SignRefused", func() error {
		return d.SignRefused(ctx, act, given, []dossier.SignRefusal{{Component: "c", Reason: dossier.ReasonDamaged}})
	})
	return logged
}

// intent is a version of a dossier without papers.
func (d desk) intent(id dossier.DossierID, version int) dossier.Intent {
	draft := dossier.Manifest{At: morning, Dossier: dossier.Dossier{
		ID: id, Unit: "u1", Type: dossier.TypeProcedure, ReceivedAt: morning, State: dossier.StateOpen, Version: version,
	}}
	return dossier.Intent{ID: dossier.NewID(), Batch: "b1", Draft: draft, New: []dossier.ComponentID{"c"}}
}
