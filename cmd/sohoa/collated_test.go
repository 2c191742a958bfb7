package main

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// feedTwice takes a file of fronts and one of backs in as one batch.
func (r *rig) feedTwice(t *testing.T, order dossier.BacksOrder, files ...string) outcome {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	feed := pipeline.Feed{Device: "test", Backs: config{Profiles: map[string]profile{"test": {Backs: order}}}.deviceBacks("test", len(files))}
	for i, content := range files {
		feed.Sources = append(feed.Sources, pipeline.Source{
			Name:      []string{"fronts.pdf", "backs.pdf", "more.pdf"}[i],
			Open:      func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
			Unchanged: func() error { return nil },
		})
	}
	batch, err := flow.Claim(t.Context(), dossier.Local(flow.Unit.ID), feed)
	if err != nil {
		t.Fatal(err)
	}
	o, err := a.finish(t.Context(), flow, batch, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// later is page n of a paper of n pages and more, which says so.
func later(n string) string { return "- " + n + " -\nnội dung trang " + n + "\n" }

// TestFrontsAndBacks feeds the sheets of a dossier twice, the backs in either
// order: each paper has its pages in the order of the paper, an empty back is
// dropped, the account balances, and a rebuild comes to the same.
func TestFrontsAndBacks(t *testing.T) {
	t.Parallel()
	fronts := []string{separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba")}
	backs := []string{"", later("2"), ""}
	for order, given := range map[dossier.BacksOrder][]string{dossier.BacksStraight: backs, dossier.BacksReverse: {backs[2], backs[1], backs[0]}} {
		r := newRig(t, "")
		o := r.feedTwice(t, order, strings.Join(fronts, "\f"), strings.Join(given, "\f"))
		if o.Account.Placed != 3 || o.Account.Blank != 2 || o.Account.Separator != 1 || len(o.Parked) != 0 || len(o.Dossiers) != 1 {
			t.Fatalf("%s: account %+v, parked %+v", order, o.Account, o.Parked)
		}
		pages := o.Dossiers[0].Components[0].Pages
		if len(pages) != 2 || pages[0].File != "fronts.pdf" || pages[0].Index != 2 || pages[1].File != "backs.pdf" || pages[1].Index != 2 {
			t.Errorf("%s: pages %+v", order, pages)
		}
		r.wantIntact(t)
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
	}
}

// TestFrontsWithoutBacks: a batch whose sides do not fit together is held whole,
// and the sentence names the first sheet without its other side; so is one of
// which nobody knows the backs. A person places the pages.
func TestFrontsWithoutBacks(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		fronts := strings.Join([]string{separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba")}, "\f")
		for name, c := range map[string]struct {
			files []string
			says  string
		}{
			"a back is missing":  {[]string{fronts, "\f" + later("2")}, "Có 3 mặt trước nhưng chỉ có 2 mặt sau: từ tờ thứ 3 của mặt trước (fronts.pdf (ảnh 3))"},
			"a front is missing": {[]string{paper(birth, "An"), later("2") + "\f" + later("4")}, "Chỉ có 1 mặt trước nhưng có 2 mặt sau: từ tờ thứ 2 của mặt sau (backs.pdf (ảnh 2))"},
			"one file":           {[]string{fronts}, "cần đúng hai tệp"},
			"three files":        {[]string{paper(birth, "An"), paper(marriage, "Ba"), later("2")}, "cần đúng hai tệp"},
		} {
			r := newRig(t, address)
			o := r.feedTwice(t, dossier.BacksReverse, c.files...)
			if o.Account.Parked != o.Account.Images || len(o.Dossiers) != 0 || len(o.Parked) == 0 {
				t.Fatalf("%s: account %+v", name, o.Account)
			}
			for _, w := range o.Parked {
				if w.Reason != dossier.ReasonBacks || !strings.Contains(w.Text, c.says) {
					t.Errorf("%s: %s %q", name, w.Reason, w.Text)
				}
			}
			r.wantSentence(t, o.Parked[0].Text)
			r.rebuilt(t).wantSentence(t, o.Parked[0].Text)
			r.decide(t, dossier.Placement{Pages: r.waiting(t)[:1], Kind: "decision"})
			r.wantIntact(t)
			if address != "" { // one database, one archive
				return
			}
		}
	})
}

// say is what a person says about the backs of a batch, worked on to its end.
func (r *rig) say(t *testing.T, batch dossier.BatchID, say dossier.BacksSay, sheets ...int) (o outcome, err error) {
	t.Helper()
	a, flow := r.open(t)
	defer closeArchive(t, a)
	said := dossier.BacksAnswer{Batch: batch, Actor: dossier.Local(flow.Unit.ID), Say: say, Sheets: sheets}
	if err := flow.AnswerBacks(t.Context(), a.catalog, said); err != nil {
		return o, err
	}
	o, err = a.finish(t.Context(), flow, dossier.Batch{ID: batch}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return o, nil
}

// TestBlankBacksNotScanned: a person says of which sheets one side is empty and
// was not scanned, in either order and of either side; the papers are then made
// as if it had been, and a rebuild comes to the same. Numbers that can not be
// are refused, and so is a second answer.
func TestBlankBacksNotScanned(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		opener, an, ba := separator(t, someCode, 0), paper(birth, "An"), paper(marriage, "Ba")
		for name, c := range map[string]struct {
			order         dossier.BacksOrder
			fronts, backs []string
			sheets        []int
			second        dossier.Page // the second page of the first paper
		}{
			"of a paper":         {dossier.BacksStraight, []string{opener, an, ba}, []string{later("2"), ""}, []int{1}, dossier.Page{File: "backs.pdf", Index: 1}},
			"turned over":        {dossier.BacksReverse, []string{opener, an, ba}, []string{"", later("2")}, []int{1}, dossier.Page{File: "backs.pdf", Index: 2}},
			"a front":            {dossier.BacksStraight, []string{opener, an}, []string{"", later("2"), later("3")}, []int{3}, dossier.Page{File: "backs.pdf", Index: 2}},
			"a front, turned":    {dossier.BacksReverse, []string{opener, an}, []string{later("3"), later("2"), ""}, []int{1}, dossier.Page{File: "backs.pdf", Index: 2}},
			"more than one back": {dossier.BacksStraight, []string{opener, an, ba}, []string{later("2")}, []int{1, 3}, dossier.Page{File: "backs.pdf", Index: 1}},
		} {
			r := newRig(t, address)
			batch := r.feedTwice(t, c.order, strings.Join(c.fronts, "\f"), strings.Join(c.backs, "\f")).Batch
			for _, wrong := range [][]int{nil, {9}, {0}, {2, 1}, {1, 2, 3}} {
				if _, err := r.say(t, batch, dossier.BacksBlank, wrong...); !errors.Is(err, pipeline.ErrNoSuchSheets) {
					t.Errorf("%s: sheets %v: %v", name, wrong, err)
				}
			}
			o, err := r.say(t, batch, dossier.BacksBlank, c.sheets...)
			if err != nil || len(o.Parked) != 0 || len(o.Dossiers) != 1 {
				t.Fatalf("%s: %v, parked %+v, account %+v", name, err, o.Parked, o.Account)
			}
			if pages := o.Dossiers[0].Components[0].Pages; len(pages) < 2 || pages[1].File != c.second.File || pages[1].Index != c.second.Index {
				t.Errorf("%s: pages %+v", name, pages)
			}
			if _, err := r.say(t, batch, dossier.BacksBlank, c.sheets...); !errors.Is(err, pipeline.ErrNotWaiting) {
				t.Errorf("%s: said twice: %v", name, err)
			}
			if _, err := r.say(t, batch, dossier.BacksWithdrawn); !errors.Is(err, pipeline.ErrNothingToUndo) {
				t.Errorf("%s: withdrawn: %v", name, err)
			}
			r.wantIntact(t)
			wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
			if address != "" { // one database, one archive
				return
			}
		}
	})
}

// TestBatchFedAgain: a person says that a held batch is fed again; its pages count
// no more, but the one that was placed. That is taken back, and said again, and a
// rebuild knows.
func TestBatchFedAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		o := r.feedTwice(t, dossier.BacksStraight, paper(birth, "An")+"\f"+paper(marriage, "Ba"), later("2"))
		waiting, why := r.waiting(t), o.Parked[0].Text
		r.decide(t, dossier.Placement{Pages: waiting[:1], Kind: "decision"})
		if o, err := r.say(t, o.Batch, dossier.BacksRescan); err != nil || o.Account.Superseded != 2 || o.Account.Placed != 1 || len(o.Parked) != 0 {
			t.Fatalf("%v, account %+v", err, o.Account)
		}
		r.wantIntact(t)
		if account := r.rebuilt(t).wantNoFindings(t); account.Superseded != 2 {
			t.Errorf("after a rebuild: %+v", account)
		}
		if _, err := r.say(t, o.Batch, dossier.BacksWithdrawn); err != nil {
			t.Fatal(err)
		}
		if got := r.waiting(t); !slices.Equal(got, waiting[1:]) {
			t.Errorf("%v wait after it was taken back, want %v", got, waiting[1:])
		}
		r.wantSentence(t, why)
		if o, err := r.say(t, o.Batch, dossier.BacksRescan); err != nil || o.Account.Superseded != 2 {
			t.Errorf("said again: %v, %+v", err, o.Account)
		}
		r.wantIntact(t)
	})
}

// TestSettingOfBacks: what is no order is refused by name, and a device that has
// none is fed as ever.
func TestSettingOfBacks(t *testing.T) {
	t.Parallel()
	c := config{Profiles: map[string]profile{"quay-1": {Backs: dossier.BacksReverse}, "quay-2": {Backs: "upside-down"}}}
	if err := c.checkProfiles(); err == nil || !strings.Contains(err.Error(), "quay-2: backs") {
		t.Errorf("%v", err)
	}
	if c.deviceBacks("quay-3", 2) != nil || *c.deviceBacks("quay-1", 2) != (dossier.Backs{From: 2, Order: dossier.BacksReverse}) {
		t.Errorf("%+v", c.deviceBacks("quay-1", 2))
	}
}
