package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// decision is what a person decides about a dossier.
type decision func(a *archive, flow *pipeline.Flow, by dossier.Actor) error

func transfer(t *testing.T, id dossier.DossierID, said dossier.Transfer) decision {
	t.Helper()
	return func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
		return flow.Transfer(t.Context(), a.catalog, by, id, said)
	}
}

func undo(t *testing.T, id dossier.DossierID) decision {
	t.Helper()
	return func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
		return flow.Undo(t.Context(), a.catalog, by, id, 0)
	}
}

// papersOf tells of every dossier which files its papers are made of, and which
// version each is.
func (r *rig) papersOf(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range r.dossiers(t) {
		text := fmt.Sprintf("v%d:", m.Dossier.Version)
		for _, c := range m.Dossier.Components {
			text += fmt.Sprintf(" %s v%d ", c.Kind, c.Version)
			for _, p := range c.Pages {
				text += p.File[:1]
			}
		}
		all[*m.Dossier.Code] = text
	}
	return all
}

func (r *rig) wantPapers(t *testing.T, want map[string]string) {
	t.Helper()
	if got := r.papersOf(t); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("the papers are\n%v, want\n%v", got, want)
	}
}

// twoDossiers has one of a certificate of two pages and an application, and one
// of a certificate.
func (r *rig) twoDossiers(t *testing.T) (left, joined dossier.Dossier) {
	t.Helper()
	r.reader.sure = true
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page", paper("TỜ KHAI ĐĂNG KÝ KHAI SINH", "An"), separator(t, neighbourCode, 0), paper(birth, "Bình"))
	if waiting := r.waiting(t); len(waiting) > 0 {
		r.decide(t, dossier.Placement{Pages: waiting, Dossier: o.Dossiers[0].ID, Component: o.Dossiers[0].Components[0].ID})
	}
	for _, m := range r.dossiers(t) {
		if *m.Dossier.Code == someCode {
			left = m.Dossier
		} else {
			joined = m.Dossier
		}
	}
	return left, joined
}

// TestPagesTransferred takes a page and then a whole paper of one dossier into
// another, and takes that back, step by step. Whichever version is published
// first, nothing waits in between or is in both, the numbers of papers are those
// of their dossiers, and a rebuild comes to the same: also one that has to finish
// what was decided.
func TestPagesTransferred(t *testing.T) {
	for _, first := range []string{"left", "joined"} {
		t.Run(first+" published first", func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "")
			left, joined := r.twoDossiers(t)
			order := []dossier.DossierID{left.ID, joined.ID}
			if first == "joined" {
				slices.Reverse(order)
			}
			act := func(do decision) {
				t.Helper()
				a, flow := r.open(t)
				err := do(a, flow, dossier.Local(flow.Unit.ID))
				closeArchive(t, a)
				if err != nil {
					t.Fatal(err)
				}
				if got := r.waiting(t); len(got) > 0 {
					t.Errorf("%v waits while the versions are published", got)
				}
				half := r.rebuilt(t) // the database is lost before either version is published
				r.publishInOrder(t, order...)
				for _, copied := range []*rig{half, r.rebuilt(t)} {
					wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
					copied.wantIntact(t)
					if got := copied.waiting(t); len(got) > 0 {
						t.Errorf("after a rebuild %v waits", got)
					}
				}
				r.wantIntact(t)
			}
			before := r.papersOf(t)
			application := left.Components[1]
			act(transfer(t, left.ID, dossier.Transfer{Pages: pageIDsOf(application), Code: neighbourCode}))
			r.wantPapers(t, map[string]string{
				someCode:      "v3: birth_certificate v2 bc",
				neighbourCode: "v2: birth_certificate v1 f birth_registration_application v2 d",
			})
			act(undo(t, left.ID))
			r.wantPapers(t, map[string]string{
				someCode:      "v4:" + before[someCode][3:],
				neighbourCode: "v3:" + before[neighbourCode][3:],
			})
			act(transfer(t, left.ID, dossier.Transfer{Pages: []dossier.PageID{left.Components[0].Pages[1].ID}, Code: neighbourCode}))
			r.wantPapers(t, map[string]string{
				someCode:      "v5: birth_certificate v5 b birth_registration_application v1 d",
				neighbourCode: "v4: birth_certificate v1 f other v4 c",
			})
		})
	}
}

func pageIDsOf(c dossier.Component) (ids []dossier.PageID) {
	for _, p := range c.Pages {
		ids = append(ids, p.ID)
	}
	return ids
}

// TestTransferRefused: pages go nowhere but to a dossier that is there, or that
// the person says shall be made; not where they are; and not twice. What somebody
// has decided about them there since is not undone.
func TestTransferRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		left, joined := r.twoDossiers(t)
		pages := pageIDsOf(left.Components[1])
		const third = "H38.12-250707-0077"
		for name, c := range map[string]struct {
			said dossier.Transfer
			want error
		}{
			"no such dossier": {dossier.Transfer{Pages: pages, Code: third}, pipeline.ErrNoSuchDossier},
			"the same":        {dossier.Transfer{Pages: pages, Code: someCode}, pipeline.ErrSameDossier},
			"of another":      {dossier.Transfer{Pages: pageIDsOf(joined.Components[0]), Code: neighbourCode}, pipeline.ErrChanged},
			"no page":         {dossier.Transfer{Code: neighbourCode}, pipeline.ErrChanged},
		} {
			r.decided(t, left.ID, func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
				if err := transfer(t, left.ID, c.said)(a, flow, by); !errors.Is(err, c.want) {
					t.Errorf("%s: %v, want %v", name, err, c.want)
				}
				return nil
			})
		}
		r.decided(t, left.ID, transfer(t, left.ID, dossier.Transfer{Pages: pages, Code: third, Make: true}))
		r.published(t)
		var made dossier.Dossier
		for _, m := range r.dossiers(t) {
			if *m.Dossier.Code == third {
				made = m.Dossier
			}
		}
		if len(made.Components) != 1 || made.Components[0].Supersedes != left.Components[1].ID || made.ReceivedAt != left.ReceivedAt {
			t.Fatalf("the new dossier is %+v", made)
		}
		r.decided(t, made.ID, func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
			return flow.Turn(t.Context(), a.catalog, by, made.ID, dossier.Turned{Page: pages[0], By: 90})
		})
		r.decided(t, left.ID, func(a *archive, flow *pipeline.Flow, by dossier.Actor) error {
			if err := undo(t, left.ID)(a, flow, by); !errors.Is(err, pipeline.ErrChanged) {
				t.Errorf("undone over what somebody else decided: %v", err)
			}
			return nil
		})
		r.wantIntact(t)
	})
}

// published works until nothing waits to be published.
func (r *rig) published(t *testing.T) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if err := a.workUntil(t.Context(), flow, func(ctx context.Context) (bool, error) {
		var open int
		err := a.databases.Read.QueryRowContext(ctx, "SELECT COUNT(*) FROM intents").Scan(&open)
		return open == 0, err
	}); err != nil {
		t.Fatal(err)
	}
}
