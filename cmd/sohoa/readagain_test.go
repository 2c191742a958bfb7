package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage/search"
)

// onHead is a page that was fed upside down and taken for upright: read so it
// says nothing.
const onHead = "¡ɐuɐɥƃ ʇǝs\n" + headOver + "\n" + born

// misjudged is a dossier with a certificate, and a paper of one page behind it
// that stands on its head, which nobody has named.
func (r *rig) misjudged(t *testing.T) dossier.Dossier {
	t.Helper()
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), onHead)
	d := o.Dossiers[0]
	r.decide(t, dossier.Placement{Pages: r.waiting(t), Dossier: d.ID, Component: d.Components[0].ID})
	pages := r.dossiers(t)[0].Dossier.Components[0].Pages
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
		return flow.Arrange(t.Context(), a.catalog, by, d.ID, []dossier.Arranged{
			{Component: d.Components[0].ID, Pages: []dossier.PageID{pages[0].ID}}, {Pages: []dossier.PageID{pages[1].ID}},
		})
	})
	return r.dossiers(t)[0].Dossier
}

// found counts the pages that a search for the name on the turned page finds.
func (r *rig) found(t *testing.T) (total int) {
	t.Helper()
	r.with(t, func(a *archive) {
		found, err := a.index.Search(t.Context(), a.databases.Read, search.Query{Unit: a.unit().ID, Text: "lo van toa", Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		total = found.Total
	})
	return total
}

// stands tells how the last paper of the only dossier stands: its kind, the name
// in it, and the reading of its page.
func (r *rig) stands(t *testing.T) (kind, name string, reading int) {
	t.Helper()
	papers := r.dossiers(t)[0].Dossier.Components
	last := papers[len(papers)-1]
	return last.Kind, last.Fields["child_name"].Value, last.Pages[0].Reading
}

func (r *rig) wantStands(t *testing.T, kind, name string, reading int) {
	t.Helper()
	if k, n, v := r.stands(t); k != kind || n != name || v != reading {
		t.Errorf("the paper is %q of %q by reading %d, want %q of %q by %d", k, n, v, kind, name, reading)
	}
}

// TestTurnedPageIsReadAgain: a page that was taken for upright while it stood on
// its head is turned by a person, and read again so: its paper is named, its
// fields are there, the search finds it. A rebuild comes to the same. One undo
// takes back the turn with all that followed of it.
func TestTurnedPageIsReadAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		d := r.misjudged(t)
		page := d.Components[1].Pages[0].ID
		r.wantStands(t, dossier.KindOther, "", 0)
		after := r.turn(t, d.ID, dossier.Turned{Page: page, By: 180})
		r.wantStands(t, "birth_certificate", "Lò Văn Tỏa", 7)
		if after.Version != d.Version+2 || after.Components[0].PDF != d.Components[0].PDF {
			t.Errorf("version %d after %d; the other paper is %s, was %s", after.Version, d.Version, after.Components[0].PDF, d.Components[0].PDF)
		}
		if got := r.found(t); got != 1 {
			t.Errorf("%d pages are found by the name", got)
		}
		copied := r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
		if got := copied.found(t); got != 1 {
			t.Errorf("after a rebuild %d pages are found by the name", got)
		}
		m := r.dossiers(t)[0]
		if m.Seen() != d.Version+1 || m.Actor.ID != "sohoa" {
			t.Errorf("version %d is seen as %d and by %q", m.Dossier.Version, m.Seen(), m.Actor.ID)
		}
		r.readAgain(t, d.ID, func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
			return flow.Undo(t.Context(), a.catalog, by, d.ID, d.Version+1) // whoever saw the turn may take it back
		})
		r.wantStands(t, dossier.KindOther, "", 0)
		if got := r.found(t); got != 0 || r.shown(t, page) != 1 {
			t.Errorf("after the undo %d pages are found by the name, and the page is shown by reading %d", got, r.shown(t, page))
		}
		r.wantIntact(t)
		copied = r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
	})
}

// TestTurnedTwiceAtOnce turns a page twice before anything is read: it is read as
// it stands in the end. Each undo takes one turn back, and what was turned once
// is read so then.
func TestTurnedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		d := r.misjudged(t)
		page := d.Components[1].Pages[0].ID
		r.readAgain(t, d.ID, func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
			once := flow.Turn(t.Context(), a.catalog, by, d.ID, dossier.Turned{Page: page, By: 90})
			return errors.Join(once, flow.Turn(t.Context(), a.catalog, by, d.ID, dossier.Turned{Page: page, By: 90}))
		})
		r.wantStands(t, "birth_certificate", "Lò Văn Tỏa", 7)
		r.readAgain(t, d.ID, undo(t, d.ID))
		r.wantStands(t, dossier.KindOther, "", 6)
		r.readAgain(t, d.ID, undo(t, d.ID))
		r.wantStands(t, dossier.KindOther, "", 0)
		r.wantIntact(t)
	})
}

// TestDecidedWhileReadAgain: whoever decides while a page is read is first. The
// page is turned on, or is in another dossier then, and is read as and where it
// is.
func TestDecidedWhileReadAgain(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*archive, *pipeline.Flow, dossier.Actor, dossier.Dossier) error{
		"turned on": func(a *archive, flow *pipeline.Flow, by dossier.Actor, d dossier.Dossier) error {
			return flow.Turn(t.Context(), a.catalog, by, d.ID, dossier.Turned{Page: d.Components[1].Pages[0].ID, By: 90})
		},
		"sent elsewhere": func(a *archive, flow *pipeline.Flow, by dossier.Actor, d dossier.Dossier) error {
			return flow.Transfer(t.Context(), a.catalog, by, d.ID, dossier.Transfer{Pages: []dossier.PageID{d.Components[1].Pages[0].ID}, Code: neighbourCode, Make: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			d := r.misjudged(t)
			page, first := d.Components[1].Pages[0].ID, 180
			if name == "turned on" {
				first = 90
			}
			a, flow := r.open(t)
			by := dossier.Local(flow.Unit.ID)
			r.reader.told = func([]dossier.WayUp) error {
				return &dossier.Fault{Kind: dossier.Retry, Op: "read page", Reason: dossier.ReasonUnknown}
			}
			if err := flow.Turn(t.Context(), a.catalog, by, d.ID, dossier.Turned{Page: page, By: first}); err != nil {
				t.Fatal(err)
			}
			if err := publishAll(t.Context(), a, flow, d.ID); err != nil {
				t.Fatal(err)
			}
			r.reader.told = func([]dossier.WayUp) error {
				r.reader.told = nil
				return meanwhile(a, flow, by, d)
			}
			if err := flow.Do(t.Context(), dossier.Job{Step: dossier.StepReadAgain, Unit: flow.Unit.ID, Subject: string(d.ID) + "/9"}); err != nil {
				t.Fatal(err)
			}
			var ids []dossier.DossierID
			for _, code := range []string{someCode, neighbourCode} {
				if id, ok, err := a.catalog.ByCode(t.Context(), flow.Unit.ID, code); err != nil {
					t.Fatal(err)
				} else if ok {
					ids = append(ids, id)
				}
			}
			for _, id := range ids {
				if err := readAgainAll(t.Context(), a, flow, id); err != nil {
					t.Fatal(err)
				}
			}
			closeArchive(t, a)
			if got := r.shown(t, page); got != 7 || r.found(t) != 1 {
				t.Errorf("the page is shown by reading %d, and %d are found by the name", got, r.found(t))
			}
			r.wantIntact(t)
			copied := r.rebuilt(t)
			wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
			if name == "sent elsewhere" { // what the machine read there stands in nobody's way
				r.readAgain(t, d.ID, undo(t, d.ID))
				if got := r.dossiers(t); len(got[0].Dossier.Components)+len(got[1].Dossier.Components) != 2 || r.shown(t, page) != 7 {
					t.Errorf("sent back it is shown by reading %d, in %+v", r.shown(t, page), r.papersOf(t))
				}
				r.wantIntact(t)
			}
		})
	}
}

// TestNotReadAgain: where the page-worker gives up, the page stays as it was
// turned, with the words it had, and says so; where it only has to be asked
// again, it is.
func TestNotReadAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	d := r.misjudged(t)
	page := d.Components[1].Pages[0].ID
	r.reader.told = func([]dossier.WayUp) error {
		return &dossier.Fault{Kind: dossier.Park, Op: "read page", Reason: dossier.ReasonCrash}
	}
	r.turn(t, d.ID, dossier.Turned{Page: page, By: 180})
	r.wantStands(t, dossier.KindOther, "", 7)
	r.with(t, func(a *archive) {
		read, err := webArchive{archive: a}.Reading(t.Context(), page, 7)
		if err != nil || !slices.Contains(read.Flags, dossier.FlagNotReadAgain) || read.RotationCW != 180 || strings.Contains(read.Text, "Tỏa") {
			t.Errorf("the reading says %+v, %v", read, err)
		}
	})
	asked := 0
	r.reader.told = func([]dossier.WayUp) error {
		if asked++; asked == 1 {
			return &dossier.Fault{Kind: dossier.Retry, Op: "read page", Reason: dossier.ReasonUnknown}
		}
		return nil
	}
	r.turn(t, d.ID, dossier.Turned{Page: page, By: 90})
	r.wantStands(t, dossier.KindOther, "", 8)
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

// TestTurnedHalfIsReadAgain: the pages of a spread are read again by the gutter
// that was found; the one that was not turned stays as it was.
func TestTurnedHalfIsReadAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	d := r.feed(t, separator(t, someCode, 0), paper(birth, "An")+"\v"+onHead).Dossiers[0]
	if waiting := r.waiting(t); len(waiting) > 0 {
		r.decide(t, dossier.Placement{Pages: waiting, Dossier: d.ID, Component: d.Components[0].ID})
	}
	pages := r.dossiers(t)[0].Dossier.Components[0].Pages
	if len(pages) != 2 {
		t.Fatalf("the paper has %+v", pages)
	}
	var told []dossier.WayUp
	r.reader.told = func(ways []dossier.WayUp) error { told = ways; return nil }
	after := r.turn(t, d.ID, dossier.Turned{Page: pages[1].ID, By: 180}).Components[0]
	if after.Pages[0] != pages[0] || after.Pages[1].Reading != 7 || r.found(t) != 1 || after.Kind != "birth_certificate" {
		t.Errorf("the paper is %+v, and %d pages are found by the name", after, r.found(t))
	}
	if len(told) != 2 || told[0].Cut == nil || told[1].Cut == nil || told[1].RotationCW != 180 {
		t.Errorf("the worker was told %+v", told)
	}
}

// TestNotSignedBeforeReadAgain: a turned paper is not signed with the words of
// another way up; once it is read again, it is.
func TestNotSignedBeforeReadAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	d := r.misjudged(t)
	a, flow := r.open(t)
	defer closeArchive(t, a)
	by := dossier.Local(flow.Unit.ID)
	papers := []dossier.ComponentID{d.Components[1].ID}
	sign := func() error {
		_, err := flow.Sign(t.Context(), a.catalog, by, pipeline.SignOrder{Dossier: d.ID, Papers: papers, At: flow.Now().Truncate(time.Second)})
		return err
	}
	var ready atomic.Bool
	r.reader.told = func([]dossier.WayUp) error { return unlessReady(&ready) }
	if err := flow.Turn(t.Context(), a.catalog, by, d.ID, dossier.Turned{Page: d.Components[1].Pages[0].ID, By: 180}); err != nil {
		t.Fatal(err)
	}
	if err := publishAll(t.Context(), a, flow, d.ID); err != nil {
		t.Fatal(err)
	}
	if err := sign(); !errors.Is(err, pipeline.ErrBusy) {
		t.Errorf("before it is read again: %v", err)
	}
	ready.Store(true)
	if err := readAgainAll(t.Context(), a, flow, d.ID); err != nil {
		t.Fatal(err)
	}
	if err := sign(); err != nil {
		t.Errorf("after it was read again: %v", err)
	}
	if err := readAgainAll(t.Context(), a, flow, d.ID); err != nil {
		t.Fatal(err)
	}
	m, err := a.catalog.Dossier(t.Context(), dossier.Whole(flow.Unit.ID), string(d.ID))
	if err != nil || m.Dossier.Components[1].State != dossier.ComponentSigned || m.After != 0 || m.Dossier.Components[1].Kind != "birth_certificate" {
		t.Errorf("signed it is %+v, %v", m, err)
	}
}

// TestConfirmedBeforeReadAgain: what people have said of a paper stands when it
// is read again: its kind, a value, and where that stands.
func TestConfirmedBeforeReadAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.reader.sure = true
	d := r.feed(t, separator(t, someCode, 0), strings.Replace(born, "Tỏa", "Toả", 1)+headOver+"\n"+paper(marriage, "Ba")).Dossiers[0]
	before := r.dossiers(t)[0].Dossier.Components[0]
	r.correct(t, dossier.Correction{Kind: before.Kind, Fields: one("child_name", before.Fields["child_name"].Value, "Lò Văn Tỏa")})
	was := r.dossiers(t)[0].Dossier.Components[0].Fields["child_name"]
	after := r.turn(t, d.ID, dossier.Turned{Page: before.Pages[0].ID, By: 180}).Components[0]
	is := after.Fields["child_name"]
	if after.Kind != "birth_certificate" || is.Value != "Lò Văn Tỏa" || is.Status != dossier.FieldConfirmed {
		t.Errorf("the paper is %s, its name %+v", after.Kind, is)
	}
	if want := was.Turned(180, side, side); is.Box == nil || *is.Box != *want.Box {
		t.Errorf("the name stands at %+v, want %+v", is.Box, want.Box)
	}
	if _, there := after.Fields["dob"]; there {
		t.Errorf("a value that nobody confirmed is still there: %+v", after.Fields["dob"])
	}
}

// TestReadAgainAfterRebuild loses the database when the turned page was read and
// no version says so: a rebuild goes on from there, without reading anew.
func TestReadAgainAfterRebuild(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	d := r.misjudged(t)
	a, flow := r.open(t)
	by := dossier.Local(flow.Unit.ID)
	if err := flow.Turn(t.Context(), a.catalog, by, d.ID, dossier.Turned{Page: d.Components[1].Pages[0].ID, By: 180}); err != nil {
		t.Fatal(err)
	}
	late := *flow
	late.Ledger = undecided{flow.Ledger}
	if err := late.Do(t.Context(), dossier.Job{Step: dossier.StepReadAgain, Unit: flow.Unit.ID, Subject: string(d.ID) + "/4"}); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	closeArchive(t, a)
	for _, decided := range []bool{true, false} { // with the decision's object, and without
		copied := newRig(t, "")
		copied.reader = &textReader{told: func([]dossier.WayUp) error { return errors.New("it was read") }}
		if err := os.CopyFS(copied.place().objects(), os.DirFS(r.place().objects())); err != nil {
			t.Fatal(err)
		}
		if !decided {
			copied.tamper(t, "u/*/p/*/5.json", nil)
		}
		copied.rebuild(t)
		b, again := copied.open(t)
		if err := readAgainAll(t.Context(), b, again, d.ID); err != nil {
			t.Fatal(err)
		}
		closeArchive(t, b)
		copied.wantStands(t, "birth_certificate", "Lò Văn Tỏa", 7)
		copied.wantIntact(t)
	}
}

// undecided is a ledger that is killed before a decision is a row.
type undecided struct{ pipeline.Ledger }

func (undecided) Decide(context.Context, dossier.Act, dossier.Decision, dossier.ObjectRef) (bool, error) {
	return false, errKilled
}
