package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/storage/search"
	"sohoa/storage/storagetest/pgtest"
)

// idleQueue takes jobs and does nothing: browsing needs none done.
type idleQueue struct{}

func (idleQueue) Complete(context.Context, *sql.Tx) error                { return nil }
func (idleQueue) Enqueue(context.Context, *sql.Tx, ...dossier.Job) error { return nil }

var morning = time.Date(2026, 9, 9, 1, 0, 0, 0, time.UTC)

// desk is a catalogue with two units' papers.
type desk struct {
	*Catalog
	t *testing.T
}

func onEachDatabase(t *testing.T, test func(t *testing.T, d desk)) {
	for name, address := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "catalog.db"), "postgres": pgtest.Start(t)} {
		t.Run(name, func(t *testing.T) {
			databases, err := OpenDatabases(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = databases.Close() })
			index := search.SQLite()
			if databases.Postgres {
				index = search.Postgres()
			}
			if err := index.Create(t.Context(), databases.Write); err != nil {
				t.Fatal(err)
			}
			test(t, desk{Open(databases, idleQueue{}, index), t})
		})
	}
}

func digest(name string) dossier.SHA256 { return dossier.SHA256(fmt.Sprintf("%064x", name)) }

func (d desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// takeIn records a batch of files, taken in at a minute of the morning.
func (d desk) takeIn(unit dossier.UnitID, id dossier.BatchID, minute int, files ...string) dossier.Act {
	d.t.Helper()
	act := dossier.Act{Actor: dossier.Local(unit), At: morning.Add(time.Duration(minute) * time.Minute)}
	batch := dossier.Batch{ID: id, Unit: unit, Actor: act.Actor, Device: "quay-1", At: act.At}
	for _, name := range files {
		batch.Files = append(batch.Files, dossier.BatchFile{Name: name, SHA256: digest(string(unit) + name), Size: 1})
	}
	d.must(d.TakeIn(d.t.Context(), act, batch, nil))
	return act
}

func local(unit dossier.UnitID) dossier.Act {
	return dossier.Act{Actor: dossier.Local(unit), At: morning}
}

// read opens a file with one image and reads it.
func (d desk) read(batch dossier.BatchID, ordinal int) dossier.PageID {
	d.t.Helper()
	ctx := d.t.Context()
	file, err := d.File(ctx, dossier.FileRef{Batch: batch, Ordinal: ordinal})
	d.must(err)
	d.must(d.FileOpened(ctx, local(file.Unit), file, 1))
	image, err := d.Image(ctx, file.Unit, dossier.NewImageID(file.SHA256, 1))
	d.must(err)
	d.must(d.ImageRead(ctx, local(file.Unit), image, 1, "", dossier.ObjectRef{Key: dossier.ReadingKey(file.Unit, image.ID, 1), SHA256: digest("r"), Size: 1}))
	return image.ID.Page(1)
}

// publish puts pages into a dossier with a code.
func (d desk) publish(act dossier.Act, batch dossier.BatchID, id dossier.DossierID, code string, pages ...dossier.PageID) {
	d.t.Helper()
	component := dossier.Component{ID: dossier.ComponentID("c-" + string(id)), Kind: "birth_notice", State: dossier.ComponentAwaitingSignature, Version: 1}
	for _, p := range pages {
		component.Pages = append(component.Pages, dossier.Page{ID: p, File: "x", Index: 1, Part: 1})
	}
	m := dossier.Manifest{At: act.At, Dossier: dossier.Dossier{
		ID: id, Unit: act.Actor.Unit, Type: dossier.TypeProcedure, ReceivedAt: act.At, State: dossier.StateOpen, Version: 1,
		Components: []dossier.Component{component},
	}}
	if code != "" {
		m.Dossier.Code = &code
	}
	intent := dossier.Intent{ID: "i-" + string(id), Batch: batch, Draft: m, New: []dossier.ComponentID{component.ID}}
	d.must(d.Place(d.t.Context(), act, dossier.Plan{Batch: batch, Intents: []dossier.Intent{intent}}))
	object := dossier.ObjectRef{Key: dossier.ManifestKey(act.Actor.Unit, id, 1), SHA256: digest("m"), Size: 1}
	d.must(d.Publish(d.t.Context(), act, intent, dossier.Publication{Batch: batch, Manifest: m, Object: object}))
}

func (d desk) park(act dossier.Act, batch dossier.BatchID, reason dossier.Reason, pages ...dossier.PageID) {
	d.t.Helper()
	plan := dossier.Plan{Batch: batch}
	for _, p := range pages {
		image, _, err := p.Split()
		d.must(err)
		plan.Pages = append(plan.Pages, dossier.PlacedPage{ID: p, Image: image, State: dossier.PageParked, Reason: reason})
	}
	d.must(d.Place(d.t.Context(), act, plan))
}

// TestArrivals: newest first, each at its most particular state, and nothing of
// another unit.
func TestArrivals(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		early := d.takeIn("here", "b1", 0, "1.jpg", "2.jpg")
		d.publish(early, "b1", "d1", "H38.12-260909-0001", d.read("b1", 1), d.read("b1", 2))
		late := d.takeIn("here", "b2", 5, "3.jpg", "bad.pdf", "4.jpg", "5.pdf")
		d.read("b2", 1)
		bad, err := d.File(t.Context(), dossier.FileRef{Batch: "b2", Ordinal: 2})
		d.must(err)
		d.must(d.FileRejected(t.Context(), late, bad, dossier.ReasonDamaged))
		five, err := d.File(t.Context(), dossier.FileRef{Batch: "b2", Ordinal: 4})
		d.must(err)
		d.must(d.FileOpened(t.Context(), late, five, 2))
		d.takeIn("there", "b3", 9, "secret.jpg")

		all, err := d.Arrivals(t.Context(), dossier.Whole("here"), 50)
		d.must(err)
		var got []string
		for _, a := range all {
			got = append(got, fmt.Sprintf("%s/%d %s %s", a.File, a.Index, a.State, a.Reason))
		}
		want := []string{
			"5.pdf/2 claimed ", "5.pdf/1 claimed ", "4.jpg/0 claimed ", "bad.pdf/0 rejected damaged", "3.jpg/1 read ",
			"2.jpg/1 placed ", "1.jpg/1 placed ",
		}
		if !slices.Equal(got, want) {
			t.Errorf("arrivals\n got %q\nwant %q", got, want)
		}
		if a := all[5]; a.Dossier != "d1" || a.Component != "c-d1" || a.Reading != 1 || a.Device != "quay-1" {
			t.Errorf("a placed page: %+v", a)
		}
		if a := all[0]; a.Page != dossier.NewImageID(five.SHA256, 2).Page(1) || a.Reading != 0 {
			t.Errorf("an image before it is read: %+v", a)
		}
		if few, err := d.Arrivals(t.Context(), dossier.Whole("here"), 2); err != nil || len(few) != 2 {
			t.Errorf("limit 2: %d arrivals, %v", len(few), err)
		}
		if none, err := d.Arrivals(t.Context(), dossier.Whole("nowhere"), 2); err != nil || len(none) != 0 {
			t.Errorf("a unit without paper: %v, %v", none, err)
		}
	})
}

func TestBatchSummaries(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		early := d.takeIn("here", "b1", 0, "1.jpg")
		d.publish(early, "b1", "d1", "", d.read("b1", 1))
		d.takeIn("here", "b2", 5, "2.jpg", "3.jpg")
		d.takeIn("there", "b3", 9, "secret.jpg")
		batches, err := d.Batches(t.Context(), dossier.Whole("here"), 5)
		d.must(err)
		if len(batches) != 2 || batches[0].ID != "b2" || batches[0].Done || batches[0].Account.Images != 2 || !batches[1].Done || batches[1].Account.Placed != 1 {
			t.Errorf("%+v", batches)
		}
	})
}

// TestParkedWaitInTheOrderOfThePaper: what a decision has claimed waits no more.
func TestParkedWaitInTheOrderOfThePaper(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		act := d.takeIn("here", "b1", 0, "1.jpg", "2.jpg", "3.jpg")
		one, two, three := d.read("b1", 1), d.read("b1", 2), d.read("b1", 3)
		d.park(act, "b1", dossier.ReasonKindUnsure, three, one, two)
		pages, total, err := d.Parked(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole("here"), Limit: 2})
		d.must(err)
		if total != 3 || len(pages) != 2 || pages[0].Page != one || pages[1].Page != two || pages[0].Reason != dossier.ReasonKindUnsure {
			t.Errorf("total %d, %+v", total, pages)
		}
		if rest, _, err := d.Parked(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole("here"), Offset: 2, Limit: 2}); err != nil || len(rest) != 1 || rest[0].Page != three {
			t.Errorf("the rest: %+v, %v", rest, err)
		}
		if pages, total, err := d.Parked(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole("here")}); err != nil || total != 3 || pages != nil {
			t.Errorf("only counted: %v %d %v", pages, total, err)
		}
		if _, total, err := d.Parked(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole("there"), Limit: 5}); err != nil || total != 0 {
			t.Errorf("another unit sees %d, %v", total, err)
		}
		decision := dossier.Decision{Action: dossier.ActionPlace, Placement: dossier.Placement{Pages: []dossier.PageID{two}}, Intent: dossier.Intent{
			ID: "i9", Batch: "b1", New: []dossier.ComponentID{"c9"}, Draft: dossier.Manifest{Dossier: dossier.Dossier{ID: "d9", Unit: "here", Version: 1}},
		}}
		if claimed, err := d.Decide(t.Context(), act, decision, dossier.ObjectRef{Key: "k", SHA256: digest("k"), Size: 1}); err != nil || !claimed {
			t.Fatalf("decide: %v %v", claimed, err)
		}
		if _, total, err := d.Parked(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole("here"), Limit: 5}); err != nil || total != 2 {
			t.Errorf("after a decision %d wait, want 2 (%v)", total, err)
		}
		if a, err := d.Arrival(t.Context(), dossier.Whole("here"), two); err != nil || a.Component != "c9" || a.File != "2.jpg" {
			t.Errorf("the decided page: %+v %v", a, err)
		}
		if _, err := d.Arrival(t.Context(), dossier.Whole("there"), one); !errors.Is(err, ErrNotFound) {
			t.Errorf("another unit's page: %v", err)
		}
	})
}

func TestDossierFilters(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		for i, code := range []string{"H38.12-260909-0001", "H38.12-260909-0010", "", "H38.12-260910-0_%!"} {
			batch := dossier.BatchID(fmt.Sprint("b", i))
			act := d.takeIn("here", batch, i, fmt.Sprint(i, ".jpg"))
			d.publish(act, batch, dossier.DossierID(fmt.Sprint("d", i)), code, d.read(batch, 1))
		}
		waiting := d.takeIn("here", "b4", 20, "waits.jpg")
		image, _, err := d.read("b4", 1).Split()
		d.must(err)
		d.must(d.Place(t.Context(), waiting, dossier.Plan{Batch: "b4", Pages: []dossier.PlacedPage{
			{ID: image.Page(1), Image: image, State: dossier.PageParked, Reason: dossier.ReasonPageUnplaced, Dossier: "d2"},
		}}))
		act := d.takeIn("there", "b9", 30, "secret.jpg")
		d.publish(act, "b9", "d9", "H38.12-260909-0001", d.read("b9", 1))
		roles := []struct {
			in   dossier.DossierID
			role dossier.ComponentRole
		}{{"d0", dossier.RoleComponent}, {"d0", dossier.RoleResult}, {"d1", dossier.RoleComponent}, {"d3", dossier.RoleSlip}}
		_, err = d.Catalog.write.NewDelete().TableExpr("components").Where("unit = ?", "here").Exec(t.Context())
		d.must(err)
		for i, r := range roles {
			_, err := d.Catalog.write.NewRaw("INSERT INTO components (id, dossier, unit, kind, role, state, version, pdf) VALUES (?, ?, 'here', 'decision', ?, 'signed', 1, '')",
				fmt.Sprint("c", i), r.in, r.role).Exec(t.Context())
			d.must(err)
		}
		received := func(i int) time.Time {
			var at time.Time
			d.must(d.Catalog.read.NewSelect().TableExpr("dossiers").ColumnExpr("received_at").Where("id = ?", fmt.Sprint("d", i)).Scan(t.Context(), &at))
			return at
		}
		for name, c := range map[string]struct {
			filter dossier.DossierFilter
			want   []dossier.DossierID
			total  int
		}{
			"digitized whole":    {dossier.DossierFilter{Digitized: dossier.DigitizedWhole, Limit: 9}, []dossier.DossierID{"d0"}, 1},
			"one file short":     {dossier.DossierFilter{Digitized: dossier.DigitizedShort, Limit: 9}, []dossier.DossierID{"d1"}, 1},
			"received from":      {dossier.DossierFilter{From: received(2), Limit: 9}, []dossier.DossierID{"d3", "d2"}, 2},
			"received until":     {dossier.DossierFilter{Until: received(2), Limit: 9}, []dossier.DossierID{"d1", "d0"}, 2},
			"all, newest first":  {dossier.DossierFilter{Limit: 9}, []dossier.DossierID{"d3", "d2", "d1", "d0"}, 4},
			"a page of them":     {dossier.DossierFilter{Offset: 1, Limit: 2}, []dossier.DossierID{"d2", "d1"}, 4},
			"part of a code":     {dossier.DossierFilter{Code: "h38.12-260909", Limit: 9}, []dossier.DossierID{"d1", "d0"}, 2},
			"no pattern":         {dossier.DossierFilter{Code: "_%!", Limit: 9}, []dossier.DossierID{"d3"}, 1},
			"a state":            {dossier.DossierFilter{State: dossier.StateClosed, Limit: 9}, nil, 0},
			"with waiting pages": {dossier.DossierFilter{Waiting: true, Limit: 9}, []dossier.DossierID{"d2"}, 1},
		} {
			c.filter.Scope = dossier.Whole("here")
			page, total, err := d.Dossiers(t.Context(), c.filter)
			d.must(err)
			var got []dossier.DossierID
			for _, m := range page {
				got = append(got, m.Dossier.ID)
			}
			if total != c.total || !slices.Equal(got, c.want) {
				t.Errorf("%s: %v of %d, want %v of %d", name, got, total, c.want, c.total)
			}
		}
		if versions, err := d.Versions(t.Context(), dossier.Whole("here"), "d1"); err != nil || len(versions) != 1 || versions[0].Dossier.ID != "d1" {
			t.Errorf("versions: %v, %v", versions, err)
		}
		if versions, err := d.Versions(t.Context(), dossier.Whole("there"), "d1"); err != nil || len(versions) != 0 {
			t.Errorf("versions of another unit's dossier: %v, %v", versions, err)
		}
	})
}

// TestQueueByReason: pages and fields are counted by why they wait, with how many
// are late; asked for by a reason, only what waits for it comes.
func TestQueueByReason(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		now := time.Date(2026, 9, 9, 5, 0, 0, 0, time.UTC)
		act := d.takeIn("here", "b1", 0, "1.jpg", "2.jpg", "3.jpg")
		placed := d.read("b1", 1)
		d.park(act, "b1", dossier.ReasonKindUnsure, d.read("b1", 2), d.read("b1", 3))
		d.park(d.takeIn("here", "b2", 1, "4.jpg"), "b2", dossier.ReasonUnreadable, d.read("b2", 1))
		d.publish(act, "b1", "d1", "H38.12-260909-0001", placed)
		late, soon := now.Add(-time.Hour), now.Add(time.Hour)
		for i, x := range []doubtRow{
			{Field: "dob", Reason: dossier.ReasonFieldUnsure, DueAt: &late}, {Field: "sex", Reason: dossier.ReasonFieldUnread, DueAt: &soon},
			{Field: "mother", Reason: dossier.ReasonFieldUnsure, DueAt: &soon}, {Field: "father", Reason: dossier.ReasonFieldUnsure},
			{Field: "pid", Reason: dossier.ReasonFieldUnread, Twice: true},
		} {
			x.Component, x.Dossier, x.Unit, x.Kind, x.Nth, x.ReceivedAt = "c1", "d1", "here", "birth_certificate", i+1, now
			_, err := d.write.NewInsert().Model(&x).Exec(t.Context())
			d.must(err)
		}
		whole := dossier.Whole("here")
		waits, err := d.WaitingReasons(t.Context(), whole, now)
		d.must(err)
		want := []dossier.Waits{{Reason: dossier.ReasonKindUnsure, Count: 2}, {Reason: dossier.ReasonUnreadable, Count: 1}, {Reason: dossier.ReasonFieldUnsure, Count: 3, Late: 1}, {Reason: dossier.ReasonFieldUnread, Count: 1}}
		if !slices.Equal(waits, want) {
			t.Errorf("waits %+v, want %+v", waits, want)
		}
		for _, w := range want {
			filter := dossier.ReviewFilter{Scope: whole, Reason: w.Reason, Limit: 9}
			pages, np, errP := d.Parked(t.Context(), filter)
			doubts, nd, errD := d.Doubts(t.Context(), filter)
			d.must(errors.Join(errP, errD))
			if np+nd != w.Count || len(pages)+len(doubts) != w.Count {
				t.Errorf("%s: %d pages, %d fields, want %d", w.Reason, np, nd, w.Count)
			}
			for _, p := range pages {
				if p.Reason != w.Reason {
					t.Errorf("asked for %s, got a page that waits for %s", w.Reason, p.Reason)
				}
			}
			for _, x := range doubts {
				if x.Reason != w.Reason {
					t.Errorf("asked for %s, got a field that waits for %s", w.Reason, x.Reason)
				}
			}
		}
		for _, other := range []dossier.Scope{{}, dossier.Whole("there"), {Unit: "here", Kinds: []string{"birth_notice"}}} {
			if waits, err := d.WaitingReasons(t.Context(), other, now); err != nil || len(waits) != 0 {
				t.Errorf("%+v sees %+v, %v", other, waits, err)
			}
		}
	})
}
