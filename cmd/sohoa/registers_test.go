package main

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage/audit"
	"sohoa/storage/search"
	"sohoa/web/browsertest"
)

// The texts of pages of a register of births: three cases in a table, and a page
// on which nobody knows how many there are.
const (
	ruledPage  = "SỔ ĐĂNG KÝ KHAI SINH\nRULED"
	unruledOne = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nSỔ ĐĂNG KÝ KHAI SINH\n\nHọ, chữ đệm, tên: ghi bằng tay\n"
)

// rule gives a reading what a ruled page of a register of births has: heads of
// columns, four rows, of which three are written in, and the number of the first
// in print.
func rule(r *dossier.Reading) {
	rules := func(at ...int) (all []dossier.Rule) {
		for _, y := range at {
			all = append(all, dossier.Rule{At: y, From: 20, To: 400, Seen: 1})
		}
		return all
	}
	r.Grid = &dossier.Grid{
		Rows: rules(60, 80, 160, 240, 320, 400), Columns: rules(20, 50, 120, 260, 320, 400),
		Ink: [][]float64{{0.1, 0.1, 0.1, 0.1, 0.1}, {0.1, 0.1, 0.1, 0.1, 0.1}, {0.1, 0.1, 0.1, 0, 0.1}, {0.1, 0.1, 0.1, 0.1, 0.1}, {0, 0, 0, 0, 0}},
	}
	for i, line := range []struct {
		x, y int
		text string
	}{
		{110, 20, "SỔ ĐĂNG KÝ KHAI SINH"}, {25, 65, "Số"}, {55, 65, "Ngày đăng ký"}, {125, 65, "Họ và tên trẻ"}, {262, 65, "Giới tính"}, {325, 65, "Ngày sinh"}, {30, 110, "15"},
	} {
		x := line.x
		for word := range strings.FieldsSeq(line.text) {
			w := 4 * len([]rune(word))
			r.Words = append(r.Words, dossier.Word{Text: word, X: x, Y: line.y, W: w, H: 9, Confidence: 0.95, Line: i + 1, Block: i + 1})
			x += w + 3
		}
	}
}

// registered are the entries of the first paper of the first dossier.
func (r *rig) registered(t *testing.T) []dossier.RegisterEntry {
	t.Helper()
	return r.dossiers(t)[0].Dossier.Components[0].Entries
}

// writeDown says something about an entry, and publishes it.
func (r *rig) writeDown(t *testing.T, said dossier.EntryCorrection) {
	t.Helper()
	d := r.dossiers(t)[0].Dossier
	said.Component = d.Components[0].ID
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.WriteDown(t.Context(), a.catalog, actor, d.ID, said)
	})
}

// wantEntries compares how many entries wait, and how many there are.
func (r *rig) wantEntries(t *testing.T, open, all int) {
	t.Helper()
	r.with(t, func(a *archive) {
		list, waiting, total, err := a.catalog.WaitingEntries(t.Context(), dossier.Whole(a.unit().ID), 0, 100)
		if err != nil || waiting != open || total != all || len(list) != open {
			t.Errorf("%d of %d entries wait, %d listed, %v; want %d of %d", waiting, total, len(list), err, open, all)
		}
		for i := 1; i < len(list); i++ {
			if list[i].Component == list[i-1].Component && list[i].Nth <= list[i-1].Nth {
				t.Errorf("entry %d is listed after %d", list[i].Nth, list[i-1].Nth)
			}
		}
	})
}

func saying(e dossier.RegisterEntry, values ...string) dossier.EntryCorrection {
	said := dossier.EntryCorrection{Entry: e.ID, Was: e.State, Fields: []dossier.FieldCorrection{}}
	for i := 0; i < len(values); i += 2 {
		said.Fields = append(said.Fields, dossier.FieldCorrection{Field: values[i], Was: e.Fields[values[i]].Value, Is: values[i+1]})
	}
	return said
}

// TestRegisterEntries writes an entry down, takes that back, writes it down again;
// says of another that nothing is there; and finds what was written. A rebuild
// knows it all.
func TestRegisterEntries(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, ruledPage)
		paper := r.dossiers(t)[0].Dossier.Components[0]
		found := paper.Entries
		if paper.Kind != "birth_register_page" || len(found) != 3 || found[0].State != dossier.EntryFound || found[0].Box != (dossier.Box{X: 20, Y: 80, W: 380, H: 80}) {
			t.Fatalf("%s with entries %+v", paper.Kind, found)
		}
		if number := found[0].Fields["entry_number"]; number.Raw != "15" || number.Value != "" || number.Status != dossier.FieldUnread || number.Page != found[0].Page {
			t.Errorf("number %+v", number)
		}
		r.wantEntries(t, 3, 3)

		r.writeDown(t, saying(found[0], "entry_number", "15", "child_name", "Lò Thị Mẩy", "dob", "2-3-1998"))
		r.wantEntries(t, 2, 3)
		if e := r.registered(t)[0]; e.State != dossier.EntryKeyed || e.Fields["dob"].Value != "02/03/1998" || e.Fields["dob"].Norm != "1998-03-02" || e.Fields["child_name"].Source != "person" {
			t.Errorf("entry %+v", e)
		}
		if after := r.dossiers(t)[0].Dossier.Components[0]; after.PDF != paper.PDF || after.Version != paper.Version {
			t.Error("the PDF was written anew for an entry")
		}
		r.wantHits(t, "lo thi may", 1)

		id := r.dossiers(t)[0].Dossier.ID
		r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Undo(t.Context(), a.catalog, actor, id, 0)
		})
		if !reflect.DeepEqual(r.registered(t), found) {
			t.Errorf("after an undo %+v", r.registered(t)[0])
		}
		r.wantEntries(t, 3, 3)
		r.wantHits(t, "lo thi may", 0)

		r.writeDown(t, saying(found[0], "child_name", "Lò Thị Mẩy"))
		none := saying(found[1])
		none.None = true
		r.writeDown(t, none)
		r.writeDown(t, saying(r.registered(t)[0], "child_name", "Lò Thị Mấy"))
		r.wantEntries(t, 1, 3)
		r.wantIntact(t)
		copied := r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
		copied.wantEntries(t, 1, 3)
		copied.wantHits(t, "Mấy", 1)
		if got := len(r.logged(t, "decision.enter")); got != 4 {
			t.Errorf("%d entries in the log, want 4", got)
		}
	})
}

// wantHits compares how many pages a search finds.
func (r *rig) wantHits(t *testing.T, words string, want int) {
	t.Helper()
	code, out := r.command(t, "search", "--json", words)
	if got := strings.Count(out, `"component"`); code != 0 || got != want {
		t.Errorf("%q finds %d pages, want %d (exit code %d): %s", words, got, want, code, out)
	}
}

// TestUnsureRegisterPage: of a page without certain entries a person says how many
// it has, and each is then written down.
func TestUnsureRegisterPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, unruledOne)
		whole := r.registered(t)
		if len(whole) != 1 || whole[0].State != dossier.EntryUnsure || whole[0].Why != "form" || whole[0].Box != (dossier.Box{W: side, H: side}) {
			t.Fatalf("entries %+v", whole)
		}
		count := saying(whole[0])
		count.Count = 3
		r.writeDown(t, count)
		bands := r.registered(t)
		if len(bands) != 3 || bands[0].State != dossier.EntryFound || bands[2].Box != (dossier.Box{Y: side * 2 / 3, W: side, H: side / 3}) {
			t.Fatalf("entries %+v", bands)
		}
		r.wantEntries(t, 3, 3)
		r.writeDown(t, saying(bands[1], "child_name", "Giàng A Páo"))
		r.wantEntries(t, 2, 3)
		r.wantIntact(t)
	})
}

// TestRefusedEntries: what contradicts itself, or was decided by somebody else
// meanwhile, changes nothing.
func TestRefusedEntries(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, ruledPage)
	d := r.dossiers(t)[0].Dossier
	found := d.Components[0].Entries
	stale, count, otherField := saying(found[0], "child_name", "Lò"), saying(found[0]), saying(found[0], "price", "1")
	stale.Was, count.Count = dossier.EntryKeyed, 2
	a, flow := r.open(t)
	defer closeArchive(t, a)
	for name, c := range map[string]struct {
		said dossier.EntryCorrection
		want error
	}{
		"no name":            {saying(found[0], "entry_number", "15"), pipeline.ErrUnnamed},
		"a day that is none": {saying(found[0], "child_name", "Lò", "dob", "31/02/1998"), pipeline.ErrNoSuchValue},
		"another state":      {stale, pipeline.ErrChanged},
		"counted already":    {count, pipeline.ErrNoSuchValue},
		"no field of it":     {otherField, pipeline.ErrNoSuchValue},
		"no such entry":      {dossier.EntryCorrection{Entry: "x", Was: dossier.EntryFound}, pipeline.ErrChanged},
	} {
		c.said.Component = d.Components[0].ID
		if err := flow.WriteDown(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), d.ID, c.said); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if m, _, err := a.catalog.Latest(t.Context(), d.ID); err != nil || m.Dossier.Version != 1 {
		t.Errorf("version %d, %v", m.Dossier.Version, err)
	}
}

// TestEntriesGoWithTheirPage: pages of a book that are parted keep what was
// written down on each.
func TestEntriesGoWithTheirPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, ruledPage+"\f"+ruledPage+" again")
	d := r.dossiers(t)[0].Dossier
	for _, c := range d.Components {
		if len(c.Entries) != 3*len(c.Pages) {
			t.Fatalf("%d entries on %d pages", len(c.Entries), len(c.Pages))
		}
	}
	r.writeDown(t, saying(d.Components[0].Entries[0], "child_name", "Lò Thị Mẩy"))
	d = r.dossiers(t)[0].Dossier
	paper := d.Components[0]
	said := []dossier.Arranged{{Kind: paper.Kind, Pages: []dossier.PageID{paper.Pages[0].ID}}}
	if len(paper.Pages) == 2 {
		said = append(said, dossier.Arranged{Component: paper.ID, Kind: paper.Kind, Pages: []dossier.PageID{paper.Pages[1].ID}})
	} else {
		said = append(said, dossier.Arranged{Component: paper.ID, Kind: paper.Kind})
	}
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Arrange(t.Context(), a.catalog, actor, d.ID, said)
	})
	for _, c := range r.dossiers(t)[0].Dossier.Components {
		e, there := c.EntryOf(paper.Entries[0].ID)
		if holds := c.Pages[0].ID == paper.Pages[0].ID; holds != there || there && e.State != dossier.EntryKeyed {
			t.Errorf("paper with page %s: entry there %t, %s", c.Pages[0].ID, there, e.State)
		}
	}
	r.wantEntries(t, 5, 6)
	r.wantIntact(t)
}

// TestEntriesAreWrittenDownByKeyboard writes three entries down in a real browser
// without the mouse, takes the last one back, and writes it down again. Then the
// log has every decision, by whoever sat there, and the search finds the names.
func TestEntriesAreWrittenDownByKeyboard(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, ruledPage)
	a, flow := r.open(t)
	defer closeArchive(t, a)
	server := r.pagesOf(t, a, flow)
	rest := atWork(t, a, flow)

	b := browsertest.Start(t)
	b.Open(server.URL + "/registers")
	press := func(keys, then string) {
		t.Helper()
		b.Do(marked)
		b.Press(keys)
		b.Until(`window.marked === undefined && ` + then)
	}
	ready := `document.activeElement.id === "is_entry_number"`
	b.Until(ready)
	b.True(`document.activeElement.value === "15"`, "print that was read is offered")
	b.True(`document.querySelector("[data-of=is_entry_number]").classList.contains("on")`, "the place of the number is marked")
	b.Screen("registers")
	press("\t1/3/1998\tLò Thị Mẩy\tNữ\t31/02/1998\r", `document.querySelector("[role=alert]") !== null && document.querySelector("#is_child_name").value === "Lò Thị Mẩy"`)
	b.Do(chromedp.Evaluate(`document.querySelector("#is_dob").select(); undefined`, nil))
	press("28/02/1998\r", `document.querySelector(".done") !== null && `+ready)
	press("16\t2/3/1998\tGiàng A Páo\r", `document.querySelector(".done") !== null && `+ready)
	press("17\t2/3/1998\tVàng Thị Dủa\r", `document.querySelector(".empty.good") !== null`)
	if err := a.workUntil(t.Context(), flow, func(ctx context.Context) (bool, error) {
		m, _, err := a.catalog.Latest(ctx, onlyDossier(t, a))
		_, open, errOpen := a.catalog.NextIntent(ctx, m.Dossier.ID)
		return m.Dossier.Version == 4 && !open, errors.Join(err, errOpen)
	}); err != nil {
		t.Fatal(err)
	}
	press("u", `document.querySelector("#is_child_name") !== null && document.querySelector("#is_child_name").value === "Vàng Thị Dủa" || `+ready)
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
	rest()
	if err := a.seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := a.audit.Entries(t.Context(), audit.Filter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	logged := map[string]int{}
	for _, e := range entries {
		if strings.HasPrefix(e.Action, "decision.") && e.Actor == "local" {
			logged[e.Action]++
		}
	}
	if want := map[string]int{"decision.enter": 3, "decision.undo": 1}; !reflect.DeepEqual(logged, want) {
		t.Errorf("the log has %v, want %v", logged, want)
	}
	found, err := a.index.Search(t.Context(), a.databases.Read, search.Query{Unit: a.unit().ID, Text: "giang a pao"})
	if err != nil || found.Total != 1 || !strings.Contains(found.Hits[0].Snippet, "«Giàng A Páo»") {
		t.Errorf("search: %+v, %v", found, err)
	}
}

// onlyDossier is the one dossier of an open archive.
func onlyDossier(t *testing.T, a *archive) dossier.DossierID {
	t.Helper()
	ids, err := a.catalog.DossierIDs(t.Context(), a.unit().ID)
	if err != nil || len(ids) != 1 {
		t.Fatalf("dossiers %v, %v", ids, err)
	}
	return ids[0]
}
