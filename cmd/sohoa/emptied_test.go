package main

import (
	"context"
	"crypto/sha256"
	"errors"
	pixels "image"
	"image/color"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/testdata/generate/encode"
)

// pencil is a page on which something stands that nobody can read, as far as the
// machine can tell.
const pencil = " "

// sayOf is what a person says of a page, worked on to its end.
func (r *rig) sayOf(t *testing.T, page dossier.PageID, say dossier.SideSay, counted bool) error {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	said := dossier.SideAnswer{Actor: dossier.Local(flow.Unit.ID), Page: page, Say: say, Counted: counted}
	if err := flow.AnswerSide(t.Context(), a.catalog, said); err != nil {
		return err
	}
	if err := a.workUntilDone(t.Context(), flow, quiet()); err != nil {
		t.Fatal(err)
	}
	return nil
}

// empty wants it to be taken.
func (r *rig) empty(t *testing.T, page dossier.PageID) {
	t.Helper()
	if err := r.sayOf(t, page, dossier.SideEmpty, false); err != nil {
		t.Fatal(err)
	}
}

// arrival is where a page stands.
func (r *rig) arrival(t *testing.T, page dossier.PageID) (at dossier.Arrival) {
	t.Helper()
	r.with(t, func(a *archive) {
		var err error
		if at, err = a.catalog.Arrival(t.Context(), dossier.Whole(a.unit().ID), page); err != nil {
			t.Fatal(err)
		}
	})
	return at
}

// TestSideSaidToBeEmpty: a page that waits in a dossier, and one that waits in none,
// become blanks of their batches when a person says that nothing is on them. Their
// images stay, the dossier has nothing pending any more, and all of that survives a
// rebuild; taken back, they wait again as they did.
func TestSideSaidToBeEmpty(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		for name, feed := range map[string][]string{
			"in a dossier": {separator(t, someCode, 0), paper(birth, "An"), pencil, paper(marriage, "Ba")},
			"in none":      {pencil},
		} {
			r := newRig(t, address)
			o := r.feed(t, feed...)
			if len(o.Parked) != 1 || o.Parked[0].Reason != dossier.ReasonUnreadable {
				t.Fatalf("%s: parked %+v", name, o.Parked)
			}
			page := r.waiting(t)[0]
			waited := r.arrival(t, page)
			stands := func(when string, blank int, is dossier.Arrival) {
				t.Helper()
				for _, one := range []*rig{r, r.rebuilt(t)} {
					account := one.wantNoFindings(t)
					if err := account.Balance(); err != nil || account.Blank != blank || account.Parked != 1-blank || account.Placed != o.Account.Placed {
						t.Errorf("%s, %s: account %+v, %v", name, when, account, err)
					}
					if got := one.arrival(t, page); got.State != is.State || got.Dossier != is.Dossier || got.Reason != is.Reason {
						t.Errorf("%s, %s: the page is %+v, want %+v", name, when, got, is)
					}
					for _, m := range one.dossiers(t) {
						if len(m.Dossier.Pending) != 1-blank || len(m.Dossier.Components) != 2 {
							t.Errorf("%s, %s: %d papers, pending %v", name, when, len(m.Dossier.Components), m.Dossier.Pending)
						}
					}
				}
				wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
			}
			emptied := waited
			emptied.State, emptied.Dossier = dossier.PageBlank, ""
			r.empty(t, page)
			stands("said to be empty", 1, emptied)
			if err := r.sayOf(t, page, dossier.SideEmpty, false); !errors.Is(err, pipeline.ErrNotWaiting) {
				t.Errorf("%s: said twice: %v", name, err)
			}
			if err := r.sayOf(t, page, dossier.SideWithdrawn, false); err != nil {
				t.Fatal(err)
			}
			stands("taken back", 0, waited)
			if err := r.sayOf(t, page, dossier.SideWithdrawn, false); !errors.Is(err, pipeline.ErrNotWaiting) {
				t.Errorf("%s: taken back twice: %v", name, err)
			}
			r.empty(t, page)
			stands("said again", 1, emptied)
			if address != "" { // one database, one archive
				return
			}
		}
	})
}

// TestNotEveryPageIsEmpty: of a page with a code, of one that waits with its paper
// or its batch, and of one that is placed, nobody can say that nothing is on it.
func TestNotEveryPageIsEmpty(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 3), "QR 0123456789\n", paper(birth, "An"))
	var reasons []string
	for _, page := range r.waiting(t) {
		reasons = append(reasons, string(r.arrival(t, page).Reason))
		if err := r.sayOf(t, page, dossier.SideEmpty, true); !errors.Is(err, pipeline.ErrNotEmpty) {
			t.Errorf("a page with reason %s: %v", r.arrival(t, page).Reason, err)
		}
	}
	if got := strings.Join(reasons, " "); !strings.Contains(got, string(dossier.ReasonSheetCount)) || len(reasons) != 2 || len(o.Parked) != 2 {
		t.Errorf("waiting for %s", got)
	}
	r = newRig(t, "")
	r.feed(t, paper(birth, "An"))
	placed := r.dossiers(t)[0].Dossier.Components[0].Pages[0].ID
	for say, want := range map[dossier.SideSay]error{dossier.SideEmpty: pipeline.ErrNotWaiting, dossier.SideWithdrawn: pipeline.ErrNothingToUndo, "full": pipeline.ErrNotEmpty} {
		if err := r.sayOf(t, placed, say, false); !errors.Is(err, want) {
			t.Errorf("a placed page, %s: %v", say, err)
		}
	}
	r = newRig(t, "")
	r.feedTwice(t, dossier.BacksStraight, pencil+"\f"+paper(birth, "An"), pencil)
	if err := r.sayOf(t, r.waiting(t)[0], dossier.SideEmpty, false); !errors.Is(err, pipeline.ErrNotEmpty) {
		t.Errorf("a page of a batch whose sides do not fit together: %v", err)
	}
}

// TestEmptySideAndTheCount: an empty side is the back of a sheet, whose front may
// have been fed the wrong way round. Where the count of sheets came out only with
// it, the person is told what would be missing, and says so all the same or not.
// Where papers are held for their count, the sentence has the new number.
func TestEmptySideAndTheCount(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, separator(t, someCode, 2), paper(birth, "An"), pencil)
		page := r.waiting(t)[0]
		err := r.sayOf(t, page, dossier.SideEmpty, false)
		short, ok := errors.AsType[*pipeline.CountError](err)
		if !ok || !strings.HasPrefix(short.Miscount.Text("vi"), "Thiếu 1 tờ") || !strings.Contains(short.Miscount.Text("vi"), "ghi 2 tờ, quét được 1 tờ") {
			t.Fatalf("%v", err)
		}
		if err := r.sayOf(t, page, dossier.SideEmpty, true); err != nil {
			t.Fatal(err)
		}
		if d := r.dossiers(t)[0].Dossier; len(d.Components) != 1 || len(d.Pending) != 0 {
			t.Errorf("the paper does not stay: %+v", d)
		}
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
		r.wantIntact(t)
		if address != "" {
			return
		}
		r = newRig(t, "")
		r.feed(t, separator(t, someCode, 4), paper(birth, "An"), pencil, paper(marriage, "Ba"))
		r.wantCount(t, "ghi 4 tờ, quét được 3 tờ")
		waiting := r.waiting(t)
		unread := waiting[slices.IndexFunc(waiting, func(id dossier.PageID) bool { return r.arrival(t, id).Reason == dossier.ReasonUnreadable })]
		for _, said := range []struct {
			say   dossier.SideSay
			count string
		}{{dossier.SideEmpty, "ghi 4 tờ, quét được 2 tờ"}, {dossier.SideWithdrawn, "ghi 4 tờ, quét được 3 tờ"}} {
			if err := r.sayOf(t, unread, said.say, false); err != nil {
				t.Fatal(err)
			}
			for _, one := range []*rig{r, r.rebuilt(t)} {
				one.wantCount(t, said.count)
			}
		}
		r.wantIntact(t)
	})
}

// wantCount wants the pages that are held for their count to say it.
func (r *rig) wantCount(t *testing.T, count string) {
	t.Helper()
	held := 0
	for _, page := range r.waiting(t) {
		at := r.arrival(t, page)
		if at.Reason != dossier.ReasonSheetCount {
			continue
		}
		if held++; !strings.Contains(at.Why("vi"), count) {
			t.Errorf("%q, want %q", at.Why("vi"), count)
		}
	}
	if held == 0 {
		t.Error("nothing is held")
	}
}

// TestUndoPassesOverAnEmptySide: what was decided about a dossier before a side of
// it was said to be empty can still be taken back, and the side stays empty.
func TestUndoPassesOverAnEmptySide(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	o := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), pencil, "loose page")
	id := o.Dossiers[0].ID
	pages := r.waiting(t)
	r.decide(t, dossier.Placement{Pages: pages[1:], Dossier: id, Kind: "decision"})
	r.empty(t, pages[0])
	r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Undo(t.Context(), a.catalog, actor, id, 0)
	})
	d := r.dossiers(t)[0].Dossier
	if len(d.Components) != 1 || len(d.Pending) != 1 || d.Pending[0] != pages[1] || r.arrival(t, pages[0]).State != dossier.PageBlank {
		t.Errorf("%d papers, pending %v, the empty side is %s", len(d.Components), d.Pending, r.arrival(t, pages[0]).State)
	}
	wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
	if err := r.sayOf(t, pages[0], dossier.SideWithdrawn, false); err != nil {
		t.Fatal(err)
	}
	if got := r.waiting(t); len(got) != 2 {
		t.Errorf("%v wait", got)
	}
	wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
	r.wantIntact(t)
}

// killedSides fails between an answer's object and its row.
type killedSides struct{ pipeline.Sides }

func (killedSides) AnswerSide(context.Context, dossier.Act, dossier.SideAnswer, dossier.ObjectRef, *dossier.Miscount) (bool, error) {
	return false, errKilled
}

// TestAbandonedSide loses the power between an answer and its row. A rebuild
// carries it out, unless the person has decided otherwise since: placed the page,
// or made the next version of its dossier, in which it waits.
func TestAbandonedSide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then  func(*rig, dossier.DossierID, []dossier.PageID) dossier.Placement
		state dossier.PageState
	}{
		"nothing since": {nil, dossier.PageBlank},
		"page placed": {func(_ *rig, _ dossier.DossierID, p []dossier.PageID) dossier.Placement {
			return dossier.Placement{Pages: p[:1], Kind: "decision"}
		}, dossier.PagePlaced},
		"placed there": {func(_ *rig, id dossier.DossierID, p []dossier.PageID) dossier.Placement {
			return dossier.Placement{Pages: p[:1], Dossier: id, Kind: "decision"}
		}, dossier.PagePlaced},
		"another placed": {func(_ *rig, id dossier.DossierID, p []dossier.PageID) dossier.Placement {
			return dossier.Placement{Pages: p[1:], Dossier: id, Kind: "decision"}
		}, dossier.PageParked},
	} {
		r := newRig(t, "")
		id := r.feed(t, separator(t, someCode, 0), paper(birth, "An"), pencil, "loose page").Dossiers[0].ID
		pages := r.waiting(t)
		a, flow := r.open(t)
		said := dossier.SideAnswer{Actor: dossier.Local(flow.Unit.ID), Page: pages[0], Say: dossier.SideEmpty}
		if err := flow.AnswerSide(t.Context(), killedSides{a.catalog}, said); !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		closeArchive(t, a)
		if c.then != nil {
			r.decide(t, c.then(r, id, pages))
			r.wantIntact(t)
		}
		copied := r.rebuilt(t)
		if at := copied.arrival(t, pages[0]); at.State != c.state {
			t.Errorf("%s: after a rebuild the page is %s", name, at.State)
		}
		if c.then != nil {
			wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
		}
		copied.wantIntact(t)
	}
}

// TestEachSideIsCounted: the person is told of every side without which one sheet
// more is missing, and of the count as it is: an answer that no row came of changes
// nothing of it.
func TestEachSideIsCounted(t *testing.T) {
	t.Parallel()
	feed := []string{separator(t, someCode, 3), paper(birth, "An"), pencil, " \n"}
	told := func(r *rig, page dossier.PageID, want string) {
		t.Helper()
		err := r.sayOf(t, page, dossier.SideEmpty, false)
		if short, ok := errors.AsType[*pipeline.CountError](err); !ok || !strings.Contains(short.Miscount.Text("vi"), want) {
			t.Errorf("told %v, want %q", err, want)
		}
	}
	r := newRig(t, "")
	r.feed(t, feed...)
	pages := r.waiting(t)
	told(r, pages[0], "quét được 2 tờ")
	if err := r.sayOf(t, pages[0], dossier.SideEmpty, true); err != nil {
		t.Fatal(err)
	}
	told(r, pages[1], "quét được 1 tờ")

	r = newRig(t, "")
	id := r.feed(t, feed...).Dossiers[0].ID
	a, flow := r.open(t)
	said := dossier.SideAnswer{Actor: dossier.Local(flow.Unit.ID), Page: pages[0], Say: dossier.SideEmpty, Counted: true}
	if err := flow.AnswerSide(t.Context(), killedSides{a.catalog}, said); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	closeArchive(t, a)
	r.decide(t, dossier.Placement{Pages: pages[:1], Dossier: id, Kind: "decision"})
	told(r, pages[1], "quét được 2 tờ")
	told(r.rebuilt(t), pages[1], "quét được 2 tờ")
}

// TestRefusedWritesNothing: what is refused at once leaves no object.
func TestRefusedWritesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, pencil)
	page := r.waiting(t)[0]
	for _, say := range []dossier.SideSay{dossier.SideWithdrawn, dossier.SideEmpty, dossier.SideEmpty, dossier.SideWithdrawn, dossier.SideWithdrawn, dossier.SideWithdrawn} {
		_ = r.sayOf(t, page, say, false)
	}
	r.with(t, func(a *archive) {
		objects := 0
		for _, err := range a.store.List(t.Context(), dossier.SidePrefix(a.unit().ID)) {
			if objects++; err != nil {
				t.Fatal(err)
			}
		}
		if objects != 2 {
			t.Errorf("%d objects of two answers", objects)
		}
	})
}

// emptyOnce says that nothing is on the page that nobody can read, unless that was
// said.
func emptyOnce(ctx context.Context, a *archive, flow *pipeline.Flow) error {
	page := dossier.NewImageID(dossier.SumString(sha256.Sum256([]byte(pencil))), 1).Page(1)
	said := dossier.SideAnswer{Actor: dossier.Local(flow.Unit.ID), Page: page, Say: dossier.SideEmpty}
	if err := flow.AnswerSide(ctx, a.ledger, said); err != nil && !errors.Is(err, pipeline.ErrNotWaiting) {
		return err
	}
	return a.workUntilDone(ctx, flow, quiet())
}

// strokesCommand draws a sheet of even paper with a few pale strokes on it, as of a
// pencil, that are no letters:
//
//	strokes feed/004.jpg
func strokesCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: strokes FILE")
	}
	const dpi = 200
	img := pixels.NewGray(pixels.Rect(0, 0, 1654, 2339))
	grain := rand.New(rand.NewPCG(7, 7))
	for i := range img.Pix {
		img.Pix[i] = uint8(242 + grain.IntN(5))
	}
	for n := range 3 {
		for x := range 500 {
			y := 700 + 160*n + int(60*math.Sin(float64(x)/45+float64(n)))
			for dy := range 3 {
				img.SetGray(400+x, y+dy, color.Gray{Y: 165})
			}
		}
	}
	raw, err := encode.JPEG(img, dpi, 90)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o600))
}

// sideCommand says of the page that waits, or of the one that it said something of
// before, what is on it, and wants a word in the page that follows; api sends it as
// a program does and wants a status. The address is in serve.out:
//
//	side empty 'Đã ghi'
//	side api withdrawn 200
func sideCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: side [api] SAY WORD")
	}
	at := servedAt.FindString(ts.ReadFile("serve.out"))
	if _, err := os.Stat(ts.MkAbs("side.page")); err != nil {
		ts.Check(os.WriteFile(ts.MkAbs("side.page"), []byte(firstWaiting(ts, at)), 0o600))
	}
	page := ts.ReadFile("side.page")
	if args[0] != "api" {
		form := url.Values{"page": {page}, "say": {args[0]}}
		if said := fetched(ts, at+"review/side", form); !strings.Contains(said, args[1]) {
			ts.Fatalf("%s: no %q in %s", args[0], args[1], said)
		}
		return
	}
	answer, err := http.Post(at+"api/side", "application/json", strings.NewReader(`{"page":"`+page+`","say":"`+args[1]+`"}`))
	ts.Check(err)
	defer answer.Body.Close()
	if strconv.Itoa(answer.StatusCode) != args[2] {
		ts.Fatalf("%s: %s", args[1], answer.Status)
	}
}
