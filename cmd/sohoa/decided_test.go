package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// decide has a person place pages, and works until that is published.
func (r *rig) decide(t *testing.T, p dossier.Placement) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	id, err := flow.Decide(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.workUntil(t.Context(), flow, func(ctx context.Context) (bool, error) {
		_, open, err := a.catalog.NextIntent(ctx, id)
		return !open, err
	}); err != nil {
		t.Fatal(err)
	}
}

// waiting lists the pages that wait for a person.
func (r *rig) waiting(t *testing.T) (ids []dossier.PageID) {
	t.Helper()
	r.with(t, func(a *archive) { ids = r.parked(t, a) })
	return ids
}

// TestFailedAdditionKeepsThePaper adds a page that cannot be published to a
// published paper: the paper stays as it was, only the page waits again.
func TestFailedAdditionKeepsThePaper(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "UNPUBLISHABLE")
	before := o.Dossiers[0].Components[0]
	r.decide(t, dossier.Placement{Pages: r.waiting(t), Dossier: o.Dossiers[0].ID, Component: before.ID})

	after := r.dossiers(t)[0].Dossier
	if len(after.Components) != 1 || after.Components[0].Version != before.Version || len(after.Pending) != 1 {
		t.Errorf("papers %+v, pending %v, want the paper as it was and one page waiting", after.Components, after.Pending)
	}
	r.wantIntact(t)
	if got := r.waiting(t); len(got) != 1 {
		t.Errorf("%d pages wait, want 1", len(got))
	}
	copied := r.rebuilt(t)
	wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
}

// killedDecider fails between a decision's object and its row.
type killedDecider struct{ pipeline.Decisions }

func (killedDecider) Decide(context.Context, dossier.Act, dossier.Decision, dossier.ObjectRef) (bool, error) {
	return false, errKilled
}

// TestAbandonedDecision loses the power between a decision and its row; the
// person then decides otherwise. A rebuild must not carry both out.
func TestAbandonedDecision(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "loose page")
	page := r.waiting(t)
	a, flow := r.open(t)
	_, err := flow.Decide(t.Context(), killedDecider{a.catalog}, dossier.Local(flow.Unit.ID), dossier.Placement{Pages: page, Dossier: o.Dossiers[0].ID, Kind: "birth_certificate"})
	if !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	closeArchive(t, a)
	r.decide(t, dossier.Placement{Pages: page, Kind: "marriage_certificate"})
	before := r.dossiers(t)
	r.wantIntact(t)

	copied := r.rebuilt(t)
	wantSameDossiers(t, copied.dossiers(t), before)
	copied.wantIntact(t)
}

// TestManyDecisionsAreRestored makes more than nine versions of a dossier, the
// last two of them not published when the database is lost.
func TestManyDecisionsAreRestored(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	texts := []string{separator(t, someCode, 0), paper(birth, "An")}
	for i := range 10 {
		texts = append(texts, "loose page "+string(rune('a'+i)))
	}
	id := r.feed(t, texts...).Dossiers[0].ID
	pages := r.waiting(t)
	for _, page := range pages[:7] {
		r.decide(t, dossier.Placement{Pages: []dossier.PageID{page}, Dossier: id, Kind: "birth_certificate"})
	}
	a, flow := r.open(t)
	for _, page := range pages[7:] {
		if _, err := flow.Decide(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), dossier.Placement{Pages: []dossier.PageID{page}, Dossier: id, Kind: "birth_certificate"}); err != nil {
			t.Fatal(err)
		}
	}
	closeArchive(t, a)
	copied := r.rebuilt(t)
	d := copied.dossiers(t)[0].Dossier
	if d.Version != 11 || len(d.Components) != 11 || len(d.Pending) != 0 {
		t.Errorf("version %d with %d papers and %d pending pages, want 11, 11, 0", d.Version, len(d.Components), len(d.Pending))
	}
	copied.wantIntact(t)
}

// TestTamperedBeforeRebuild changes a reading and removes an original, then
// loses the database: the rebuilt catalogue must still miss both.
func TestTamperedBeforeRebuild(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, "loose page", paper(birth, "An"))
	r.loseCatalogue(t)
	raw := r.tamper(t, "u/*/raw/*", nil)
	reading := r.tamper(t, "u/*/t/*/v1.json", func(body []byte) []byte { return append(body, '\n') })
	r.rebuild(t)
	r.with(t, func(a *archive) {
		verdict, err := a.flow(nil).Verify(t.Context(), a.catalog, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		found := make(map[string]bool)
		for _, finding := range verdict.Findings {
			found[finding.Subject] = true
		}
		if !found[raw] || !found[reading] {
			t.Errorf("findings %+v, want %s and %s among them", verdict.Findings, raw, reading)
		}
	})
}

// tamper changes the first object that matches, or removes it, and gives its
// key.
func (r *rig) tamper(t *testing.T, pattern string, change func([]byte) []byte) string {
	t.Helper()
	root := r.place().objects()
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("nothing matches %s: %v", pattern, err)
	}
	path := paths[0]
	body, err := os.ReadFile(path)
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil && change != nil {
		err = os.WriteFile(path, change(body), 0o444)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(path, root+"/")
}

// lent is a ledger that says of one unit's pages that they wait in another.
type lent struct {
	pipeline.Decisions
	owner dossier.UnitID
}

func (l lent) Waiting(ctx context.Context, _ dossier.UnitID, pages []dossier.PageID) ([]dossier.PlacedPage, error) {
	return l.Decisions.Waiting(ctx, l.owner, pages)
}

// TestForeignDossiersAreNotThere: whoever has learned the id of another unit's
// dossier can neither place a page in it nor undo what was decided about it.
func TestForeignDossiersAreNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), "two", "three")
	in, pages := o.Dossiers[0], r.waiting(t)
	r.decide(t, dossier.Placement{Pages: pages[:1], Dossier: in.ID, Component: in.Components[0].ID})
	a, own := r.open(t)
	defer closeArchive(t, a)
	foreign := *own
	foreign.Unit.ID = "elsewhere"
	actor := dossier.Actor{ID: "spy", Unit: "elsewhere", Role: dossier.RoleReviewer}
	into := dossier.Placement{Pages: pages[1:], Dossier: in.ID, Component: in.Components[0].ID}
	if _, err := foreign.Decide(t.Context(), lent{a.catalog, own.Unit.ID}, actor, into); !errors.Is(err, pipeline.ErrNoSuchDossier) {
		t.Errorf("placed in a foreign dossier: %v", err)
	}
	if err := foreign.Undo(t.Context(), a.catalog, actor, in.ID, 0); !errors.Is(err, pipeline.ErrNoSuchDossier) {
		t.Errorf("undone in a foreign dossier: %v", err)
	}
}
