package main

import (
	"errors"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// rescanned is a dossier with a certificate of two pages, and a page of a later
// batch that is the better scan of the second.
func (r *rig) rescanned(t *testing.T) (d dossier.Dossier, better dossier.PageID) {
	t.Helper()
	d, _ = r.twoDossiers(t)
	r.feed(t, "loose page, scanned again")
	waiting := r.waiting(t)
	if len(waiting) != 1 || len(d.Components[0].Pages) != 2 {
		t.Fatalf("%v wait, the paper has %v", waiting, d.Components[0].Pages)
	}
	return d, waiting[0]
}

// TestPageReplaced: a page that was scanned again takes the place of the bad one,
// which stays in the archive as replaced, in every account and after a rebuild.
// What people confirmed on it stands. Taken back, the bad one is there again and
// the better one waits; and when its paper goes to another dossier, both go.
func TestPageReplaced(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		d, better := r.rescanned(t)
		bad := d.Components[0].Pages[1].ID
		replace := dossier.Placement{Pages: []dossier.PageID{better}, Dossier: d.ID, Component: d.Components[0].ID, Replaces: bad}
		same := func() {
			t.Helper()
			r.wantIntact(t)
			copied := r.rebuilt(t)
			wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
			if got, want := copied.account(t), r.account(t); got != want {
				t.Errorf("after a rebuild the account is %+v, before %+v", got, want)
			}
		}
		place := func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
			_, err := flow.Decide(t.Context(), a.catalog, by, replace)
			return err
		}
		r.decided(t, d.ID, place)
		r.wantPages(t, dossier.Account{Placed: 4, Superseded: 1, Separator: 2})
		same()
		r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
			if err := place(a, flow, by); !errors.Is(err, pipeline.ErrNotWaiting) {
				t.Errorf("the same page replaces twice: %v", err)
			}
			return flow.Undo(t.Context(), a.catalog, by, d.ID, 0)
		})
		r.wantPages(t, dossier.Account{Placed: 4, Parked: 1, Separator: 2})
		same()
		if got := r.waiting(t); len(got) != 1 || got[0] != better {
			t.Errorf("%v waits, want the better scan", got)
		}
		r.decided(t, d.ID, place)
		r.decided(t, d.ID, transfer(t, d.ID, dossier.Transfer{Pages: []dossier.PageID{d.Components[0].Pages[0].ID, better}, Code: neighbourCode}))
		r.published(t)
		r.wantPages(t, dossier.Account{Placed: 4, Superseded: 1, Separator: 2})
		same()
		for _, m := range r.dossiers(t) {
			for _, c := range m.Dossier.Components {
				if here := c.Has(bad); here != (*m.Dossier.Code == neighbourCode && c.Has(better)) {
					t.Errorf("%s in %s has the replaced page: %v", c.Kind, *m.Dossier.Code, here)
				}
			}
		}
	})
}

// wantPages wants the images of all batches in these classes.
func (r *rig) wantPages(t *testing.T, want dossier.Account) {
	t.Helper()
	got := r.account(t)
	want.Images = got.Images
	if got != want {
		t.Errorf("the account is %+v, want %+v", got, want)
	}
}

// TestPageReplacedByKeyboard replaces a page on the table, takes that back, and
// inserts the same page in front of it instead.
func TestPageReplacedByKeyboard(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	left, better := r.rescanned(t)
	d := r.sitDown(t, left.ID)
	d.lies("bc d")
	d.Press(kb.ArrowRight)
	d.Press("t")
	d.Until(`document.querySelector("[name=with]").offsetParent !== null`)
	d.Screen("desk-replace")
	d.press("1", "Đã thay trang")
	d.lies("ba d")
	d.True(`document.querySelectorAll(".old img").length === 1`, "the replaced page is shown")
	d.Screen("desk-replaced")
	d.settled()
	d.Do(marked)
	d.Press(kb.Enter)
	d.Until(`window.marked === undefined && document.querySelectorAll(".papers-list .old img").length === 1`)
	d.Screen("dossier-replaced")
	d.Do(marked)
	d.Press("p")
	d.Until(`window.marked === undefined && document.querySelector("[data-desk]") !== null`)
	d.press("u", "Đã hoàn tác")
	d.lies("bc d")
	d.settled()
	d.True(`!document.querySelector(".old")`, "nothing is replaced")
	d.Until(`document.querySelector("#rescans [name=with]") !== null`) // the better scan waits again, and shows by itself
	d.Press(kb.ArrowRight)
	d.Press("t")
	d.Until(`document.querySelector("[name=with]").offsetParent !== null`)
	d.Press("0")
	d.press("1", "Đã chèn trang")
	d.lies("bac d")
	d.settled()
	if errs := d.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
	if got := r.account(t); got.Superseded != 0 || got.Parked != 0 {
		t.Errorf("the account is %+v with %s placed", got, better)
	}
}
