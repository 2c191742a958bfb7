package main

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// accept has a person accept the count of sheets of the first dossier.
func (r *rig) accept(t *testing.T, batch dossier.BatchID) {
	t.Helper()
	id := r.dossiers(t)[0].Dossier.ID
	r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.AcceptCount(t.Context(), a.catalog, actor, id, batch)
	})
}

// TestMissingSheet feeds two of three sheets: the papers are held, the sentence
// says what is missing and between which images, and the account balances. A
// person accepts the count, takes that back, and accepts it again; a rebuild
// knows it all, the sentence too.
func TestMissingSheet(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		o := r.feed(t, separator(t, someCode, 3), paper(birth, "An"), paper(birth, "Bình"))
		if len(o.Parked) != 2 || o.Account.Parked != 2 || o.Parked[0].Reason != dossier.ReasonSheetCount {
			t.Fatalf("parked %+v, account %+v", o.Parked, o.Account)
		}
		sentence := o.Parked[0].Text
		if !strings.HasPrefix(sentence, "Thiếu 1 tờ trong các ảnh từ ") || !strings.Contains(sentence, "ghi 3 tờ, quét được 2 tờ") {
			t.Errorf("%q", sentence)
		}
		r.wantSentence(t, sentence)
		r.rebuilt(t).wantSentence(t, sentence)

		waiting := r.waiting(t)
		r.accept(t, o.Batch)
		d := r.dossiers(t)[0]
		if len(d.Dossier.Components) != 2 || len(d.Dossier.Pending) != 0 || d.Decision == "" || d.Dossier.Version != 2 {
			t.Fatalf("after accepting: %+v", d)
		}
		account := r.wantNoFindings(t)
		if account.Placed != 2 || account.Parked != 0 {
			t.Errorf("account %+v", account)
		}
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))

		r.decided(t, d.Dossier.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			if err := flow.AcceptCount(t.Context(), a.catalog, actor, d.Dossier.ID, o.Batch); !errors.Is(err, pipeline.ErrNotWaiting) {
				t.Errorf("accepted twice: %v", err)
			}
			return flow.Undo(t.Context(), a.catalog, actor, d.Dossier.ID, 0)
		})
		if got := r.waiting(t); !reflect.DeepEqual(got, waiting) {
			t.Errorf("%v wait after the undo, want %v", got, waiting)
		}
		r.wantSentence(t, sentence)
		r.accept(t, o.Batch)
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
		r.wantIntact(t)
	})
}

// wantSentence wants every waiting page to say why, as the pages show it.
func (r *rig) wantSentence(t *testing.T, want string) {
	t.Helper()
	r.with(t, func(a *archive) {
		pages, total, err := a.catalog.Parked(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole(a.unit().ID), Limit: 10})
		if err != nil || total == 0 {
			t.Fatalf("%d pages wait, %v", total, err)
		}
		for _, p := range pages {
			if got := p.Why("vi"); got != want {
				t.Errorf("%s waits: %q, want %q", p.Page, got, want)
			}
		}
	})
}

// TestAcceptCountAroundAPlacedPage: a person has placed one of the held pages
// elsewhere; accepting the count makes the other paper only.
func TestAcceptCountAroundAPlacedPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 3), paper(birth, "An"), paper(birth, "Bình"))
	first := r.waiting(t)[:1]
	r.decide(t, dossier.Placement{Pages: first, Kind: "decision"})
	id := o.Dossiers[0].ID
	r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.AcceptCount(t.Context(), a.catalog, actor, id, o.Batch)
	})
	for _, m := range r.dossiers(t) {
		if len(m.Dossier.Components) != 1 || len(m.Dossier.Pending) != 0 {
			t.Errorf("dossier %+v", m.Dossier)
		}
	}
	r.wantIntact(t)
	wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
}
