package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// sidesAfter has something happen between the object of an answer about a side and
// its row.
type sidesAfter struct {
	pipeline.Sides
	do func(row func() (bool, error)) (bool, error)
}

func (s sidesAfter) AnswerSide(ctx context.Context, act dossier.Act, said dossier.SideAnswer, object dossier.ObjectRef, count *dossier.Miscount) (bool, error) {
	return s.do(func() (bool, error) { return s.Sides.AnswerSide(ctx, act, said, object, count) })
}

// decidesAfter has something happen between the object of a decision and its row.
type decidesAfter struct {
	pipeline.Decisions
	do func(row func() (bool, error)) (bool, error)
}

func (d decidesAfter) Decide(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) (bool, error) {
	return d.do(func() (bool, error) { return d.Decisions.Decide(ctx, act, decision, object) })
}

// twoClerks decide about one page at once.
type twoClerks struct {
	t    *testing.T
	a    *archive
	flow *pipeline.Flow
	page dossier.PageID
	into dossier.DossierID // of the placement
}

// say says of the page that it is empty, or takes that back; do happens before the
// row.
func (c *twoClerks) say(say dossier.SideSay, do func(row func() (bool, error)) (bool, error)) error {
	said := dossier.SideAnswer{Actor: dossier.Local(c.flow.Unit.ID), Page: c.page, Say: say}
	return c.flow.AnswerSide(c.t.Context(), sidesAfter{c.a.catalog, do}, said)
}

// place places the page in a dossier of its own.
func (c *twoClerks) place(do func(row func() (bool, error)) (bool, error)) (err error) {
	p := dossier.Placement{Pages: []dossier.PageID{c.page}, Kind: "marriage_certificate"}
	c.into, err = c.flow.Decide(c.t.Context(), decidesAfter{c.a.catalog, do}, dossier.Local(c.flow.Unit.ID), p)
	return err
}

func (c *twoClerks) undo() {
	c.t.Helper()
	c.publish()
	if err := c.flow.Undo(c.t.Context(), c.a.catalog, dossier.Local(c.flow.Unit.ID), c.into, 0); err != nil {
		c.t.Fatal(err)
	}
}

func (c *twoClerks) publish() {
	c.t.Helper()
	if err := c.a.workUntilDone(c.t.Context(), c.flow, quiet()); err != nil {
		c.t.Fatal(err)
	}
}

// atOnce is what becomes a row without anything in between.
func atOnce(row func() (bool, error)) (bool, error) { return row() }

// cutOff is what becomes no row.
func cutOff(func() (bool, error)) (bool, error) { return false, errKilled }

// must wants what a clerk is told.
func (c *twoClerks) must(err, want error) {
	c.t.Helper()
	if !errors.Is(err, want) {
		c.t.Fatalf("told %v, want %v", err, want)
	}
}

// TestNewestStatementCounts has a page said to be empty and placed, at once or one
// after the other, with refusals and power cuts in between: a rebuild leads to what
// the last person was told, also when the versions were not published before.
func TestNewestStatementCounts(t *testing.T) {
	t.Parallel()
	for name, c := range newestCounts {
		for where, feed := range map[string][]string{
			"in none":      {pencil},
			"in a dossier": {separator(t, someCode, 0), paper(birth, "An"), pencil},
		} {
			r := newRig(t, "")
			r.feed(t, feed...)
			page := r.waiting(t)[0]
			a, flow := r.open(t)
			clerks := &twoClerks{t: t, a: a, flow: flow, page: page}
			c.say(clerks)
			early := r.rebuilt(t)
			clerks.publish()
			closeArchive(t, a)
			live := r.arrival(t, clerks.page)
			if live.State != c.state {
				t.Fatalf("%s, %s: the page is %s", name, where, live.State)
			}
			for when, copied := range map[string]*rig{"before publishing": early, "after it": r.rebuilt(t)} {
				if at := copied.arrival(t, clerks.page); at.State != live.State || at.Dossier != live.Dossier || at.Reason != live.Reason {
					t.Errorf("%s, %s: rebuilt %s the page is %s in %q (%s), live %s in %q (%s)", name, where, when, at.State, at.Dossier, at.Reason, live.State, live.Dossier, live.Reason)
				}
				wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
				copied.wantIntact(t)
			}
			r.wantIntact(t)
		}
	}
}

// TestSideIsSaidToTheEnd: who goes away between the object and the row has said it
// all the same.
func TestSideIsSaidToTheEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, pencil)
	page := r.waiting(t)[0]
	a, flow := r.open(t)
	ctx, leave := context.WithCancel(t.Context())
	gone := func(row func() (bool, error)) (bool, error) { leave(); return row() }
	said := dossier.SideAnswer{Actor: dossier.Local(flow.Unit.ID), Page: page, Say: dossier.SideEmpty}
	if err := flow.AnswerSide(ctx, sidesAfter{a.catalog, gone}, said); err != nil {
		t.Error(err)
	}
	closeArchive(t, a)
	if at := r.arrival(t, page); at.State != dossier.PageBlank {
		t.Errorf("the page is %s", at.State)
	}
}

// publishesThen has something happen once a version is published.
type publishesThen struct {
	pipeline.Ledger
	do func(dossier.Intent)
}

func (l publishesThen) Publish(ctx context.Context, act dossier.Act, intent dossier.Intent, p dossier.Publication) error {
	err := l.Ledger.Publish(ctx, act, intent, p)
	if err == nil {
		l.do(intent)
	}
	return err
}

// TestDecidedBetweenTwoVersions says of a page that it is empty and takes that back;
// when the first of the two versions is published, and the second is not, somebody
// decides about the page: it leaves the dossier in which the second has it waiting.
func TestDecidedBetweenTwoVersions(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"place", "empty"} {
		r := newRig(t, "")
		first := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), pencil).Dossiers[0].ID
		page := r.waiting(t)[0]
		a, flow := r.open(t)
		clerks := &twoClerks{t: t, a: a, page: page}
		plain := *flow
		clerks.flow = &plain
		clerks.must(clerks.say(dossier.SideEmpty, atOnce), nil)
		clerks.must(clerks.say(dossier.SideWithdrawn, atOnce), nil)
		flow.Ledger = publishesThen{flow.Ledger, func(intent dossier.Intent) {
			switch d := intent.Draft.Dossier; {
			case d.ID != first || d.Version != 2:
			case what == "place":
				clerks.must(clerks.place(atOnce), nil)
			default:
				clerks.must(clerks.say(dossier.SideEmpty, atOnce), nil)
			}
		}}
		if err := a.workUntilDone(t.Context(), flow, quiet()); err != nil {
			t.Fatal(err)
		}
		closeArchive(t, a)
		r.wantWhereListed(t, clerks.page)
		r.wantIntact(t)
		r.wantRebuiltSame(t, clerks.page)
	}
}

// wantWhereListed wants a page to wait in the dossier that lists it, and in no
// other.
func (r *rig) wantWhereListed(t *testing.T, page dossier.PageID) {
	t.Helper()
	at, in := r.arrival(t, page), []dossier.DossierID{}
	for _, m := range r.dossiers(t) {
		if slices.Contains(m.Dossier.Pending, page) {
			in = append(in, m.Dossier.ID)
		}
	}
	want := []dossier.DossierID{}
	if at.State == dossier.PageParked && at.Dossier != "" {
		want = append(want, at.Dossier)
	}
	if !slices.Equal(in, want) {
		t.Errorf("the page is %s in %q and waits in %v", at.State, at.Dossier, in)
	}
}

// wantRebuiltSame wants the page to stand after a rebuild as it does.
func (r *rig) wantRebuiltSame(t *testing.T, page dossier.PageID) {
	t.Helper()
	live, at := r.arrival(t, page), r.rebuilt(t).arrival(t, page)
	if live.State != at.State || live.Dossier != at.Dossier || live.State != dossier.PagePlaced && live.Reason != at.Reason {
		t.Errorf("rebuilt the page is %s in %q (%s), live %s in %q (%s)", at.State, at.Dossier, at.Reason, live.State, live.Dossier, live.Reason)
	}
}

// TestManyStatements says, takes back, places and undoes at random, with seeds that
// stay: nothing is lost, and a rebuild comes to the same.
func TestManyStatements(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		lot := rand.New(rand.NewPCG(seed, 7))
		r := newRig(t, "")
		ids := []dossier.DossierID{r.feed(t, separator(t, someCode, 0), paper(birth, "An"), pencil, "loose page").Dossiers[0].ID}
		r.feed(t, " \n ")
		pages := r.waiting(t)
		for step := 1; step <= 12; step++ {
			a, flow := r.open(t)
			ids = sayAtRandom(t, a, flow, lot, pages[lot.IntN(len(pages))], ids)
			if lot.IntN(3) > 0 || step%6 == 0 {
				if err := a.workUntilDone(t.Context(), flow, quiet()); err != nil {
					t.Fatal(err)
				}
			}
			closeArchive(t, a)
			if step%6 > 0 {
				continue
			}
			for _, page := range pages {
				r.wantWhereListed(t, page)
				r.wantRebuiltSame(t, page)
			}
			if r.wantIntact(t); t.Failed() {
				t.Fatalf("seed %d, step %d", seed, step)
			}
		}
	}
}

// sayAtRandom says something of the page, or undoes what is newest of a dossier;
// much of it is refused. It gives the dossiers that there are.
func sayAtRandom(t *testing.T, a *archive, flow *pipeline.Flow, lot *rand.Rand, page dossier.PageID, ids []dossier.DossierID) []dossier.DossierID {
	t.Helper()
	actor, in := dossier.Local(flow.Unit.ID), ids[lot.IntN(len(ids))]
	var err error
	switch what := lot.IntN(7); what {
	case 0, 1:
		err = flow.AnswerSide(t.Context(), a.catalog, dossier.SideAnswer{Actor: actor, Page: page, Say: dossier.SideEmpty})
	case 2:
		err = flow.AnswerSide(t.Context(), a.catalog, dossier.SideAnswer{Actor: actor, Page: page, Say: dossier.SideWithdrawn})
	case 3, 4:
		p := dossier.Placement{Pages: []dossier.PageID{page}, Kind: "decision"}
		if what == 3 {
			p.Dossier = in
		}
		var id dossier.DossierID
		if id, err = flow.Decide(t.Context(), a.catalog, actor, p); err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	default:
		err = flow.Undo(t.Context(), a.catalog, actor, in, 0)
	}
	refused := errors.Is(err, pipeline.ErrNotWaiting) || errors.Is(err, pipeline.ErrNothingToUndo) || dossier.ReasonOf(err) == dossier.ReasonChanged
	if err != nil && !refused {
		t.Fatal(err)
	}
	return ids
}

// TestTakenBackAfterOtherKinds: the list of kinds has another one when the catalogue
// is rebuilt, and the page would wait for another reason, or for none: it is empty
// as it was, with the reason that it had, and can be taken back.
func TestTakenBackAfterOtherKinds(t *testing.T) {
	t.Parallel()
	const unknown = "GIẤY ĐĂNG KÝ NUÔI VOI RỪNG"
	r := newRig(t, "")
	r.feed(t, separator(t, someCode, 0), paper(birth, "An"), paper(unknown, "Voi"))
	page := r.waiting(t)[0]
	waited := r.arrival(t, page)
	r.empty(t, page)
	raw, err := os.ReadFile("../../dossier/tables/kinds.csv")
	if err != nil {
		t.Fatal(err)
	}
	copied := newRig(t, "")
	copied.reader = r.reader
	if err := errors.Join(os.CopyFS(copied.place().objects(), os.DirFS(r.place().objects())), os.MkdirAll(copied.place().tables(), 0o750)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied.place().tables(), "kinds.csv"), []byte(withKind(string(raw), unknown)), 0o600); err != nil {
		t.Fatal(err)
	}
	copied.rebuild(t)
	if at := copied.arrival(t, page); at.State != dossier.PageBlank || at.Reason != waited.Reason {
		t.Errorf("after the rebuild the page is %s (%s)", at.State, at.Reason)
	}
	if err := copied.sayOf(t, page, dossier.SideWithdrawn, false); err != nil {
		t.Fatal(err)
	}
	if at := copied.arrival(t, page); at.State != waited.State || at.Reason != waited.Reason || at.Dossier != waited.Dossier {
		t.Errorf("taken back it is %+v, it was %+v", at, waited)
	}
}

// withKind is the table of kinds with one that has the title.
func withKind(table, title string) string {
	var lines []string
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "id,") {
			lines = append(lines, line)
			continue
		}
		if strings.HasPrefix(line, "birth_certificate,") {
			line = strings.ReplaceAll(line, "birth_certificate", "elephant")
			line = strings.ReplaceAll(line, "GIẤY KHAI SINH", title)
			line = strings.ReplaceAll(line, "BẢN SAO "+title+"|GIẤY CHỨNG NHẬN KHAI SINH", "")
			lines = append(lines, strings.ReplaceAll(line, "child_name dob father mother number pid", ""))
		}
	}
	return strings.Join(lines, "")
}

// TestReasonAfterRebuild: a page that a person placed before a rebuild waits for its
// reason again when that is undone afterwards.
func TestReasonAfterRebuild(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, pencil)
	page := r.waiting(t)[0]
	waited := r.arrival(t, page)
	r.decide(t, dossier.Placement{Pages: []dossier.PageID{page}, Kind: "decision"})
	copied := r.rebuilt(t)
	id := copied.dossiers(t)[0].Dossier.ID
	copied.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Undo(t.Context(), a.catalog, actor, id, 0)
	})
	if at := copied.arrival(t, page); at.State != dossier.PageParked || at.Reason != waited.Reason {
		t.Errorf("the page is %s (%s), it waited for %s", at.State, at.Reason, waited.Reason)
	}
	copied.empty(t, page)
}

// TestTakenBackAfterLoss: the catalogue is lost before the first version of the
// dossier is published, which has another id since; the page waits in that.
func TestTakenBackAfterLoss(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	a, flow := r.open(t)
	batch := claimTexts(t, flow, separator(t, someCode, 0), paper(birth, "An"), pencil)
	r.until(t, a, flow, batch.ID, dossier.StepPublish)
	page := r.parked(t, a)[0]
	if err := flow.AnswerSide(t.Context(), a.catalog, dossier.SideAnswer{Actor: dossier.Local(flow.Unit.ID), Page: page, Say: dossier.SideEmpty}); err != nil {
		t.Fatal(err)
	}
	closeArchive(t, a)
	copied := r.rebuilt(t)
	if at := copied.arrival(t, page); at.State != dossier.PageBlank {
		t.Errorf("after the rebuild the page is %s", at.State)
	}
	if err := copied.sayOf(t, page, dossier.SideWithdrawn, false); err != nil {
		t.Fatal(err)
	}
	if at := copied.arrival(t, page); at.State != dossier.PageParked || at.Dossier == "" {
		t.Errorf("taken back it is %s in %q", at.State, at.Dossier)
	}
	copied.wantWhereListed(t, page)
	copied.wantRebuiltSame(t, page)
	copied.wantIntact(t)
}
