package catalog

import (
	"testing"

	"sohoa/dossier"
)

// TestSideIsAnswered walks a waiting page to the blanks of its batch and back: its
// image changes its class in the account, it waits no more or again where it
// waited, a second answer finds nothing to do, and of two that share an image the
// other one still counts.
func TestSideIsAnswered(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		ctx := t.Context()
		act := d.takeIn("u1", "b1", 0, "a")
		_, halves := d.spread("b1", 1)
		first, second := halves[0], halves[1]
		d.park(act, "b1", dossier.ReasonUnreadable, first, second)
		answer := func(page dossier.PageID, say dossier.SideSay, reason dossier.Reason, in dossier.DossierID) bool {
			said := dossier.SideAnswer{Batch: "b1", Page: page, Say: say, Reason: reason, Dossier: in}
			taken, err := d.AnswerSide(ctx, act, said, dossier.ObjectRef{Key: "e/" + dossier.NewID()}, nil)
			d.must(err)
			return taken
		}
		stands := func(when string, waiting int, state dossier.PageState, class dossier.PageState) {
			t.Helper()
			pages, total, err := d.Parked(ctx, dossier.ReviewFilter{Scope: dossier.Whole("u1"), Limit: 9})
			d.must(err)
			at, err := d.Arrival(ctx, dossier.Whole("u1"), first)
			d.must(err)
			if total != waiting || at.State != state || at.SaidEmpty() != (state == dossier.PageBlank) {
				t.Errorf("%s: %d wait, %+v; the page is %+v", when, total, pages, at)
			}
			images, err := d.Images(ctx, "b1")
			d.must(err)
			if images[0].State != class {
				t.Errorf("%s: the image is %s, want %s", when, images[0].State, class)
			}
		}
		stands("before", 2, dossier.PageParked, dossier.PageParked)
		if answer(first, dossier.SideEmpty, dossier.ReasonKindUnsure, "") || answer(first, dossier.SideWithdrawn, dossier.ReasonUnreadable, "") {
			t.Error("taken though the page stands otherwise")
		}
		if !answer(first, dossier.SideEmpty, dossier.ReasonUnreadable, "") || answer(first, dossier.SideEmpty, dossier.ReasonUnreadable, "") {
			t.Error("an empty page is not taken, or twice")
		}
		stands("one half empty", 1, dossier.PageBlank, dossier.PageParked)
		if !answer(second, dossier.SideEmpty, dossier.ReasonUnreadable, "") {
			t.Error("the other half is not taken")
		}
		stands("both halves empty", 0, dossier.PageBlank, dossier.PageBlank)
		// The answer says why it waited, whatever the row says.
		if !answer(first, dossier.SideWithdrawn, dossier.ReasonKindUnsure, "d1") || answer(first, dossier.SideWithdrawn, dossier.ReasonKindUnsure, "d1") {
			t.Error("it is not taken back, or twice")
		}
		stands("taken back", 1, dossier.PageParked, dossier.PageParked)
		if at, err := d.Arrival(ctx, dossier.Whole("u1"), first); err != nil || at.Dossier != "d1" || at.Reason != dossier.ReasonKindUnsure {
			t.Errorf("it waits again as %+v, %v", at, err)
		}
	})
}

// TestCountIsToldAnew: the numbers that are told of a count follow an answer.
func TestCountIsToldAnew(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		ctx := t.Context()
		act := d.takeIn("u1", "b1", 0, "a")
		page := d.read("b1", 1)
		count := dossier.Miscount{Batch: "b1", Dossier: "d1", Said: 3, Least: 1, Most: 2}
		image, _, err := page.Split()
		d.must(err)
		d.must(d.Place(ctx, act, dossier.Plan{Batch: "b1", Miscounts: []dossier.Miscount{count}, Pages: []dossier.PlacedPage{
			{ID: page, Image: image, State: dossier.PageParked, Reason: dossier.ReasonUnreadable},
		}}))
		count.Most = 1
		said := dossier.SideAnswer{Batch: "b1", Page: page, Say: dossier.SideEmpty, Reason: dossier.ReasonUnreadable}
		if taken, err := d.AnswerSide(ctx, act, said, dossier.ObjectRef{Key: "e"}, &count); err != nil || !taken {
			t.Fatal(taken, err)
		}
		told, err := d.Miscounts(ctx, "b1")
		d.must(err)
		if len(told) != 1 || told[0].Most != 1 {
			t.Errorf("told %+v", told)
		}
	})
}

// TestReasonIsKept: the splitting of a batch says of a page that a person has placed
// for which reason it waited; one that was freed meanwhile waits for it, and so does
// its image.
func TestReasonIsKept(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		ctx := t.Context()
		act := d.takeIn("u1", "b1", 0, "a")
		page := d.read("b1", 1)
		image, _, err := page.Split()
		d.must(err)
		_, err = d.write.NewUpdate().TableExpr("pages").Set("state = ?", dossier.PageParked).Where("id = ?", page).Exec(ctx)
		d.must(err)
		d.must(d.Place(ctx, act, dossier.Plan{Batch: "b1", Waited: []dossier.PlacedPage{{ID: page, Image: image, State: dossier.PageParked, Reason: dossier.ReasonUnreadable}}}))
		at, _, err := d.Side(ctx, "u1", page)
		d.must(err)
		images, err := d.Images(ctx, "b1")
		d.must(err)
		if at.State != dossier.PageParked || at.Reason != dossier.ReasonUnreadable || images[0].Reason != dossier.ReasonUnreadable {
			t.Errorf("the page is %+v, its image %+v", at, images[0])
		}
	})
}
