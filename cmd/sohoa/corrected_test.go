package main

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// born is a birth certificate with more fields than a name, as an engine that is
// sure of nothing reads it.
const born = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n" + birth + "\n\n" +
	"Họ, chữ đệm, tên: Lò Văn Tỏa\nNgày, tháng, năm sinh: 02/03/2026\nSố định danh cá nhân: 015226001234\n"

// decided carries out a decision of a person about a dossier, and works until it
// is published.
func (r *rig) decided(t *testing.T, id dossier.DossierID, decide func(*archive, *pipeline.Flow, dossier.Actor) error) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	if err := decide(a, flow, dossier.Local(flow.Unit.ID)); err != nil {
		t.Fatal(err)
	}
	if err := a.workUntil(t.Context(), flow, func(ctx context.Context) (bool, error) {
		_, open, err := a.catalog.NextIntent(ctx, id)
		return !open, err
	}); err != nil {
		t.Fatal(err)
	}
}

// correct says something about the first paper of the first dossier.
func (r *rig) correct(t *testing.T, said dossier.Correction) {
	t.Helper()
	d := r.dossiers(t)[0].Dossier
	said.Component = d.Components[0].ID
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Correct(t.Context(), a.catalog, actor, d.ID, said)
	})
}

// doubted lists the fields that wait for a person.
func (r *rig) doubted(t *testing.T) (fields []string) {
	t.Helper()
	r.with(t, func(a *archive) {
		doubts, _, err := a.catalog.Doubts(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole(a.unit().ID), Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range doubts {
			fields = append(fields, d.Field)
		}
	})
	return fields
}

func one(field, was, is string) []dossier.FieldCorrection {
	return []dossier.FieldCorrection{{Field: field, Was: was, Is: is}}
}

// TestCorrectedFields confirms one field of a paper, sets another right, and
// takes that back. The PDF stays the same throughout, the log names who did
// what, and a rebuild knows it all.
func TestCorrectedFields(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, separator(t, someCode, 0), born)
		before := r.dossiers(t)[0].Dossier.Components[0]
		if got, want := r.doubted(t), []string{"child_name", "dob", "pid"}; !reflect.DeepEqual(got, want) {
			t.Fatalf("%v wait for a person, want %v", got, want)
		}
		r.correct(t, dossier.Correction{Kind: "birth_certificate", Fields: one("child_name", "Lò Văn Tỏa", "Lò Văn Tỏa")})
		r.correct(t, dossier.Correction{Kind: "birth_certificate", Fields: one("dob", "02/03/2026", "2-3-2025")})
		d := r.dossiers(t)[0].Dossier
		name, dob := d.Components[0].Fields["child_name"], d.Components[0].Fields["dob"]
		if d.Version != 3 || name.Status != dossier.FieldConfirmed || dob.Value != "02/03/2025" || dob.Norm != "2025-03-02" || dob.Source != "person" || dob.Confidence != 1 {
			t.Errorf("version %d, name %+v, date of birth %+v", d.Version, name, dob)
		}
		if d.Components[0].PDF != before.PDF || d.Components[0].Version != before.Version {
			t.Errorf("%s was written anew for a field", d.Components[0].PDF)
		}
		if got := r.doubted(t); !reflect.DeepEqual(got, []string{"pid"}) {
			t.Errorf("%v wait for a person after two decisions", got)
		}
		r.wantIntact(t)
		copied := r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
		if got := copied.doubted(t); !reflect.DeepEqual(got, []string{"pid"}) {
			t.Errorf("%v wait for a person after a rebuild", got)
		}
		r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Undo(t.Context(), a.catalog, actor, d.ID, 0)
		})
		if got := r.dossiers(t)[0].Dossier.Components[0].Fields["dob"]; got.Value != "02/03/2026" || got.Status == dossier.FieldConfirmed {
			t.Errorf("the date of birth after the undo: %+v", got)
		}
		if got := r.doubted(t); !reflect.DeepEqual(got, []string{"dob", "pid"}) {
			t.Errorf("%v wait for a person after the undo", got)
		}
		r.wantIntact(t)
	})
}

// TestCorrectionsThatContradict: a date of birth that a confirmed number denies
// is only taken from somebody who was told so; what no field can hold is taken
// from nobody.
func TestCorrectionsThatContradict(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), born)
	r.correct(t, dossier.Correction{Kind: "birth_certificate", Fields: one("pid", "015226001234", "015226001234")})
	d := r.dossiers(t)[0].Dossier
	said := dossier.Correction{Component: d.Components[0].ID, Kind: "birth_certificate", Fields: one("dob", "02/03/2026", "02/03/1962")}
	a, flow := r.open(t)
	for wrong, want := range map[string]error{"02/03/1962": pipeline.ErrContradiction, "31/02/2026": pipeline.ErrNoSuchValue} {
		said.Fields[0].Is = wrong
		if err := flow.Correct(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), d.ID, said); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", wrong, err, want)
		}
	}
	closeArchive(t, a)
	said.Fields[0].Is, said.Insist = "02/03/1962", true
	r.correct(t, said)
	if got := r.dossiers(t)[0].Dossier; got.Version != 3 || got.Components[0].Fields["dob"].Value != "02/03/1962" {
		t.Errorf("what somebody insists on is not taken: %+v", got.Components[0].Fields["dob"])
	}
	r.wantIntact(t)
}

// TestTwoPeopleOnOneDossier: two people decide about different fields at the
// same moment, and both decisions stand; then both decide about one field, and
// the second is told.
func TestTwoPeopleOnOneDossier(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		id := r.feed(t, separator(t, someCode, 0), born).Dossiers[0].ID
		d := r.dossiers(t)[0].Dossier
		said := func(fields []dossier.FieldCorrection) dossier.Correction {
			return dossier.Correction{Component: d.Components[0].ID, Kind: "birth_certificate", Fields: fields}
		}
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			var both errgroup.Group
			for name, fields := range map[string][]dossier.FieldCorrection{
				"lan": one("child_name", "Lò Văn Tỏa", "Lò Văn Toả"), "minh": one("dob", "02/03/2026", "03/03/2026"),
			} {
				both.Go(func() error {
					return flow.Correct(t.Context(), a.catalog, dossier.Actor{ID: name, Unit: actor.Unit, Role: dossier.RoleReviewer}, id, said(fields))
				})
			}
			return both.Wait()
		})
		after := r.dossiers(t)[0].Dossier.Components[0].Fields
		if after["child_name"].Value != "Lò Văn Toả" || after["dob"].Value != "03/03/2026" {
			t.Errorf("one of two decisions is lost: %+v", after)
		}
		a, flow := r.open(t)
		late := dossier.Actor{ID: "minh", Unit: flow.Unit.ID, Role: dossier.RoleReviewer}
		if err := flow.Correct(t.Context(), a.catalog, late, id, said(one("child_name", "Lò Văn Tỏa", "Lò Văn Toàn"))); !errors.Is(err, pipeline.ErrChanged) {
			t.Errorf("who comes second with a field is answered %v, want %v", err, pipeline.ErrChanged)
		}
		closeArchive(t, a)
		if got := r.dossiers(t)[0].Dossier.Components[0].Fields["child_name"].Value; got != "Lò Văn Toả" {
			t.Errorf("the first decision was overwritten: %q", got)
		}
		r.wantIntact(t)
	})
}

// TestCorrectedKind names another kind for a paper: its fields are read anew for
// that kind, but what a person has confirmed stands; its PDF is written anew. An
// undo brings the first one back.
func TestCorrectedKind(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), born)
	first := r.dossiers(t)[0].Dossier
	r.correct(t, dossier.Correction{Kind: "birth_certificate", Fields: one("child_name", "Lò Văn Tỏa", "Lò Văn Toả")})
	r.correct(t, dossier.Correction{Kind: "birth_certificate", NewKind: "birth_registration_application", Fields: []dossier.FieldCorrection{}})
	d := r.dossiers(t)[0].Dossier
	paper := d.Components[0]
	if paper.Kind != "birth_registration_application" || paper.Version != 3 || paper.PDF == first.Components[0].PDF || paper.Fields["child_name"].Value != "Lò Văn Toả" {
		t.Errorf("the renamed paper: %+v", paper)
	}
	if _, there := paper.Fields["pid"]; there {
		t.Error("a field that the kind does not have is left")
	}
	r.wantIntact(t)
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Undo(t.Context(), a.catalog, actor, d.ID, 0)
	})
	if back := r.dossiers(t)[0].Dossier.Components[0]; back.Kind != "birth_certificate" || back.PDF != first.Components[0].PDF {
		t.Errorf("after the undo the paper is %+v", back)
	}
	r.wantIntact(t)
	copied := r.rebuilt(t)
	wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
}

// TestUndoneAddition adds a page to a published paper and takes that back: the
// paper is as it was, and the page waits.
func TestUndoneAddition(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page")
	before := o.Dossiers[0].Components[0]
	r.decide(t, dossier.Placement{Pages: r.waiting(t), Dossier: o.Dossiers[0].ID, Component: before.ID})
	r.decided(t, o.Dossiers[0].ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Undo(t.Context(), a.catalog, actor, o.Dossiers[0].ID, 0)
	})
	after := r.dossiers(t)[0].Dossier
	if c := after.Components[0]; len(c.Pages) != 1 || c.PDF != before.PDF || len(after.Pending) != 1 {
		t.Errorf("paper %+v, pending %v, want the paper as it was and one page waiting", c, after.Pending)
	}
	if got := r.waiting(t); len(got) != 1 {
		t.Errorf("%d pages wait, want 1", len(got))
	}
	r.wantIntact(t)
}

// TestCorrectionsInTheLog: every decision is an entry with who and when; its
// payload says before and after by naming versions and the decision, and holds
// nothing personal.
func TestCorrectionsInTheLog(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), born)
	r.correct(t, dossier.Correction{Kind: "birth_certificate", Fields: one("child_name", "Lò Văn Tỏa", "Lò Văn Toả")})
	r.with(t, func(a *archive) {
		var payload string
		row := a.databases.Read.QueryRowContext(t.Context(),
			"SELECT p.payload FROM audit_payloads AS p JOIN audit_pending AS l ON l.id = p.id WHERE l.action = 'decision.correct' AND l.actor = 'local'")
		if err := row.Scan(&payload); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"before":1`, `"version":2`, `"child_name":"corrected"`, `"decision":"u/`} {
			if !strings.Contains(payload, want) {
				t.Errorf("the payload %s lacks %s", payload, want)
			}
		}
		if strings.Contains(payload, "Lò") {
			t.Errorf("a name is in the log: %s", payload)
		}
	})
}

// TestArrangedPages splits a paper of three pages, puts it together again in
// another order, and takes both back. No page is ever lost or in two papers.
func TestArrangedPages(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page one", "loose page two")
		id := o.Dossiers[0].ID
		r.decide(t, dossier.Placement{Pages: r.waiting(t), Dossier: id, Component: o.Dossiers[0].Components[0].ID})
		whole := r.dossiers(t)[0].Dossier.Components[0]
		pages := []dossier.PageID{whole.Pages[0].ID, whole.Pages[1].ID, whole.Pages[2].ID}
		arrange := func(said ...dossier.Arranged) {
			t.Helper()
			r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
				return flow.Arrange(t.Context(), a.catalog, actor, id, said)
			})
			r.wantIntact(t)
		}
		arrange(dossier.Arranged{Component: whole.ID, Kind: whole.Kind, Pages: pages[:1]}, dossier.Arranged{Kind: "birth_notice", Pages: pages[1:]})
		two := r.dossiers(t)[0].Dossier.Components
		if len(two) != 2 || len(two[0].Pages) != 1 || len(two[1].Pages) != 2 || two[1].Kind != "birth_notice" || two[0].PDF == whole.PDF {
			t.Fatalf("split into %+v", two)
		}
		a, flow := r.open(t)
		for _, wrong := range [][]dossier.Arranged{
			{{Component: whole.ID, Kind: whole.Kind, Pages: pages}}, // a page of a paper that is not named
			{{Component: whole.ID, Kind: whole.Kind, Pages: nil}},   // a page is nowhere
		} {
			if err := flow.Arrange(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), id, wrong); !errors.Is(err, pipeline.ErrChanged) {
				t.Errorf("%+v: %v, want %v", wrong, err, pipeline.ErrChanged)
			}
		}
		closeArchive(t, a)
		arrange(dossier.Arranged{Component: whole.ID, Kind: whole.Kind, Pages: []dossier.PageID{pages[2], pages[0], pages[1]}}, dossier.Arranged{Component: two[1].ID, Kind: two[1].Kind, Pages: []dossier.PageID{}})
		if merged := r.dossiers(t)[0].Dossier.Components; len(merged) != 1 || len(merged[0].Pages) != 3 || merged[0].Pages[0].ID != pages[2] {
			t.Fatalf("merged into %+v", merged)
		}
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Undo(t.Context(), a.catalog, actor, id, 0)
		})
		if back := r.dossiers(t)[0].Dossier.Components; !reflect.DeepEqual(back, two) {
			t.Errorf("after the undo %+v, want %+v", back, two)
		}
		r.wantIntact(t)
	})
}

// TestNoVersionOfAPaperTwice: a paper that is arranged, taken back, and arranged
// in another way does not get the PDF of the first arrangement.
func TestNoVersionOfAPaperTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page one", "loose page two")
	id := o.Dossiers[0].ID
	r.decide(t, dossier.Placement{Pages: r.waiting(t), Dossier: id, Component: o.Dossiers[0].Components[0].ID})
	whole := r.dossiers(t)[0].Dossier.Components[0]
	pages := []dossier.PageID{whole.Pages[0].ID, whole.Pages[1].ID, whole.Pages[2].ID}
	seen := map[string]bool{whole.PDF: true}
	for n := 1; n <= 2; n++ {
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Arrange(t.Context(), a.catalog, actor, id, []dossier.Arranged{{Component: whole.ID, Pages: pages[:n]}, {Pages: pages[n:]}})
		})
		split := r.dossiers(t)[0].Dossier.Components
		if c := split[0]; len(c.Pages) != n || seen[c.PDF] || len(split) != 2 || split[1].Kind != dossier.KindOther {
			t.Errorf("split behind page %d: %+v", n, split)
		} else {
			seen[c.PDF] = true
		}
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Undo(t.Context(), a.catalog, actor, id, 0)
		})
	}
	r.wantIntact(t)
}
