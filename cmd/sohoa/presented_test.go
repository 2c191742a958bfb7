package main

import (
	"errors"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage/search"
)

// birthSlip is a receipt slip that names a procedure in which identity cards are
// only presented.
func birthSlip() string {
	return slip(someCode) + "Nội dung yêu cầu giải quyết: Đăng ký khai sinh\n"
}

// idCard is the front of a made-up identity card.
const idCard = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nCĂN CƯỚC CÔNG DÂN\nCitizen Identity Card\n" +
	"Số / No.: 038062001234\nHọ và tên / Full name: TRẦN KHÔNG LƯU\nNgày sinh / Date of birth: 01/02/1962\n"

// only is the paper of a kind in the only dossier.
func (r *rig) only(t *testing.T, kind string) (d dossier.Dossier, c dossier.Component) {
	t.Helper()
	all := r.dossiers(t)
	if len(all) != 1 {
		t.Fatalf("%d dossiers", len(all))
	}
	for _, c := range all[0].Dossier.Components {
		if c.Kind == kind {
			return all[0].Dossier, c
		}
	}
	t.Fatalf("no %s among %+v", kind, all[0].Dossier.Components)
	return d, c
}

// wantNotKept wants the card to be nowhere but in the account of the images.
func (r *rig) wantNotKept(t *testing.T) {
	t.Helper()
	_, card := r.only(t, dossier.KindCitizenIDCard)
	if card.State != dossier.ComponentNotKept || card.PDF != "" || len(card.Fields) != 0 {
		t.Errorf("the card: %+v", card)
	}
	if account := r.wantNoFindings(t); account.NotKept != 1 || account.Balance() != nil {
		t.Errorf("account %+v", account)
	}
	r.wantFound(t, 0)
	r.with(t, func(a *archive) {
		unsigned, err := a.catalog.Unsigned(t.Context(), dossier.UnsignedFilter{Unit: a.unit().ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range unsigned {
			if u.Kind == dossier.KindCitizenIDCard {
				t.Error("the card waits for a signature")
			}
		}
	})
}

// wantFound wants so many pages with the name on the card.
func (r *rig) wantFound(t *testing.T, want int) {
	t.Helper()
	r.with(t, func(a *archive) {
		found, err := a.index.Search(t.Context(), a.databases.Read, search.Query{Unit: a.unit().ID, Text: "Trần Không Lưu", Limit: 10})
		if err != nil || found.Total != want {
			t.Errorf("%d pages found, want %d (%v)", found.Total, want, err)
		}
	})
}

// TestPresentedPaperIsNotKept feeds an identity card with a procedure that only
// wants to see it. Nothing of it is published, signed or found, and the account
// names it. A person keeps it after all, takes that back, and takes a card that
// was published out again; a rebuild comes to the same each time.
func TestPresentedPaperIsNotKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.reader.sure = true
		o := r.feed(t, birthSlip(), paper(birth, "An"), idCard)
		if o.Account.NotKept != 1 || o.Account.Placed != 2 || len(o.Parked) != 0 {
			t.Fatalf("account %+v, parked %+v", o.Account, o.Parked)
		}
		r.wantNotKept(t)
		r.rebuilt(t).wantNotKept(t)

		d, card := r.only(t, dossier.KindCitizenIDCard)
		said := dossier.Keeping{Component: card.ID, Kind: card.Kind}
		keep := func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Keep(t.Context(), a.catalog, actor, d.ID, said)
		}
		r.decided(t, d.ID, keep)
		r.wantKept(t)
		copied := r.rebuilt(t)
		copied.wantKept(t)
		wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))

		r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			if err := keep(a, flow, actor); !errors.Is(err, pipeline.ErrChanged) {
				t.Errorf("kept twice: %v", err)
			}
			return flow.Undo(t.Context(), a.catalog, actor, d.ID, 0)
		})
		r.wantNotKept(t)
		r.decided(t, d.ID, keep)
		r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.NotKeep(t.Context(), a.catalog, actor, d.ID, said)
		})
		r.wantNotKept(t)
		r.rebuilt(t).wantNotKept(t)
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
	})
}

func (r *rig) wantKept(t *testing.T) {
	t.Helper()
	_, card := r.only(t, dossier.KindCitizenIDCard)
	if card.State != dossier.ComponentAwaitingSignature || card.PDF == "" || card.Fields["id"].Value == "" {
		t.Errorf("the card: %+v", card)
	}
	if account := r.wantNoFindings(t); account.NotKept != 0 || account.Placed != 3 {
		t.Errorf("account %+v", account)
	}
	r.wantFound(t, 1)
}

// TestOnlyWhatIsNotToBeKeptIsLeftOut: a paper that the procedure takes in can not
// be made one that is only presented, and a card without a known procedure is
// kept.
func TestOnlyWhatIsNotToBeKeptIsLeftOut(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"), idCard)
	d, card := r.only(t, dossier.KindCitizenIDCard)
	if card.State != dossier.ComponentAwaitingSignature {
		t.Errorf("the card: %+v", card)
	}
	_, certificate := r.only(t, "birth_certificate")
	a, flow := r.open(t)
	defer closeArchive(t, a)
	for _, said := range []dossier.Keeping{{Component: certificate.ID, Kind: certificate.Kind}, {Component: certificate.ID, Kind: "decision"}} {
		if err := flow.NotKeep(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), d.ID, said); err == nil {
			t.Errorf("%+v is not kept", said)
		}
	}
}

// TestBackOfACardIsPlacedWithItsFront: pages that a person adds to a paper that
// is not kept are not kept either, and a card that a person names is not.
func TestBackOfACardIsPlacedWithItsFront(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.reader.sure = true
	r.feed(t, birthSlip(), idCard, "loose one", "loose two")
	d, card := r.only(t, dossier.KindCitizenIDCard)
	pages := r.waiting(t)
	if len(pages) != 2 {
		t.Fatalf("%d pages wait", len(pages))
	}
	r.decide(t, dossier.Placement{Pages: pages[:1], Dossier: d.ID, Component: card.ID})
	r.decide(t, dossier.Placement{Pages: pages[1:], Dossier: d.ID, Kind: dossier.KindCitizenIDCard})
	d = r.dossiers(t)[0].Dossier
	for _, c := range d.Components[1:] {
		if c.State != dossier.ComponentNotKept || c.PDF != "" {
			t.Errorf("%+v", c)
		}
	}
	if account := r.wantNoFindings(t); account.NotKept != 3 {
		t.Errorf("account %+v", account)
	}
	wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
}
