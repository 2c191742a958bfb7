package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/testdata/generate/encode"
	generated "sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/registers"
	"sohoa/testdata/generate/scan"
)

// openBook is an image of both pages of a register of births: three cases, which go on
// over the fold.
const openBook = ruledPage + "\vGOES ON"

// ruleRight gives a reading what the right page of an open book has: the rules of
// [rule], and heads of its own.
func ruleRight(r *dossier.Reading) {
	left := dossier.Reading{}
	rule(&left)
	r.Grid = &dossier.Grid{Rows: left.Grid.Rows, Columns: []dossier.Rule{{At: 20, From: 60, To: 400, Seen: 1}, {At: 220, From: 60, To: 400, Seen: 1}, {At: 400, From: 60, To: 400, Seen: 1}}}
	for _, row := range left.Grid.Ink {
		r.Grid.Ink = append(r.Grid.Ink, row[:2])
	}
	for i, line := range []struct {
		x    int
		text string
	}{{25, "Họ và tên mẹ"}, {225, "Chữ ký"}} {
		x := line.x
		for word := range strings.FieldsSeq(line.text) {
			w := 4 * len([]rune(word))
			r.Words = append(r.Words, dossier.Word{Text: word, X: x, Y: 65, W: w, H: 9, Confidence: 0.95, Line: i + 1, Block: i + 1})
			x += w + 3
		}
	}
}

// TestEntriesAcrossTheFold: a case of an open book is one entry with a region on each
// page. What is written down of it is found once, stays when the pages are parted (each
// page has entries then), comes back with an undo, and a rebuild knows it all.
func TestEntriesAcrossTheFold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.feed(t, openBook)
		d := r.dossiers(t)[0].Dossier
		paper := d.Components[0]
		if len(paper.Pages) != 2 || len(paper.Entries) != 3 || len(paper.UncoveredPages()) != 0 {
			t.Fatalf("%d pages, entries %+v", len(paper.Pages), paper.Entries)
		}
		left, right := paper.Pages[0].ID, paper.Pages[1].ID
		e := paper.Entries[1]
		if e.Page != left || e.Across == nil || *e.Across != (dossier.EntryPart{Page: right, Box: dossier.Box{X: 20, Y: 160, W: 380, H: 80}}) {
			t.Errorf("entry %+v goes on at %+v", e, e.Across)
		}
		if mother := e.Fields["mother"]; mother.Page != right || mother.Box == nil || e.Fields["child_name"].Page != left {
			t.Errorf("fields %+v", e.Fields)
		}
		r.writeDown(t, saying(e, "child_name", "Lò Thị Mẩy", "mother", "Giàng Thị Dủa"))
		r.wantEntries(t, 2, 3)
		r.wantHits(t, "giang thi dua", 1)
		r.wantIntact(t)
		wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))

		written := r.registered(t)
		r.turnRight(t, right)
		if box := r.registered(t)[1].Across.Box; box != (dossier.Box{X: side - 400, Y: side - 240, W: 380, H: 80}) {
			t.Errorf("the right page turned: the case goes on at %+v", box)
		}
		r.undoLast(t)
		r.partFold(t, right, paper.Kind)
		papers := r.dossiers(t)[0].Dossier.Components
		if e := papers[0].Entries[1]; e.Across != nil || e.State != dossier.EntryKeyed || e.Fields["mother"].Value != "Giàng Thị Dủa" || e.Fields["mother"].Box != nil || e.Fields["mother"].Page != left {
			t.Errorf("parted: %+v", e)
		}
		if alone := papers[1].Entries; len(alone) != 1 || alone[0].State != dossier.EntryUnsure || alone[0].Page != right {
			t.Errorf("the right page has %+v", alone)
		}
		r.wantIntact(t)
		r.undoLast(t)
		if !reflect.DeepEqual(r.registered(t), written) {
			t.Errorf("undone: %+v", r.registered(t))
		}
		copied := r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), r.dossiers(t))
		copied.wantHits(t, "giang thi dua", 1)
		copied.wantEntries(t, 2, 3)
	})
}

func (r *rig) turnRight(t *testing.T, page dossier.PageID) {
	t.Helper()
	id := r.dossiers(t)[0].Dossier.ID
	r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Turn(t.Context(), a.catalog, actor, id, dossier.Turned{Page: page, By: 180})
	})
}

func (r *rig) undoLast(t *testing.T) {
	t.Helper()
	id := r.dossiers(t)[0].Dossier.ID
	r.decided(t, id, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Undo(t.Context(), a.catalog, actor, id, 0)
	})
}

// partFold makes the right page a paper of its own, of some kind.
func (r *rig) partFold(t *testing.T, right dossier.PageID, kind string) {
	t.Helper()
	d := r.dossiers(t)[0].Dossier
	paper := d.Components[0]
	said := []dossier.Arranged{{Component: paper.ID, Kind: paper.Kind, Pages: []dossier.PageID{paper.Pages[0].ID}}, {Kind: kind, Pages: []dossier.PageID{right}}}
	r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
		return flow.Arrange(t.Context(), a.catalog, actor, d.ID, said)
	})
}

// TestRightPageThatComesLater: a right page that lay in a paper of another kind, and
// that a person puts behind its left one, is one with the entries there while nobody has
// settled any; after that it is looked at by itself, since who wrote one down saw its
// left half only.
func TestRightPageThatComesLater(t *testing.T) {
	t.Parallel()
	for _, settled := range []bool{false, true} {
		r := newRig(t, "")
		r.feed(t, openBook)
		right := r.dossiers(t)[0].Dossier.Components[0].Pages[1].ID
		r.partFold(t, right, "decision")
		if entries := r.registered(t); len(entries) != 3 || entries[0].Across != nil {
			t.Fatalf("parted: %+v", entries)
		}
		if settled {
			r.writeDown(t, saying(r.registered(t)[0], "child_name", "Lò Thị Mẩy"))
		}
		d := r.dossiers(t)[0].Dossier
		said := []dossier.Arranged{
			{Component: d.Components[0].ID, Kind: d.Components[0].Kind, Pages: []dossier.PageID{d.Components[0].Pages[0].ID, right}}, {Component: d.Components[1].ID},
		}
		r.decided(t, d.ID, func(a *archive, flow *pipeline.Flow, actor dossier.Actor) error {
			return flow.Arrange(t.Context(), a.catalog, actor, d.ID, said)
		})
		entries := r.registered(t)
		if !settled && (len(entries) != 3 || entries[2].Across == nil || entries[2].Across.Page != right) {
			t.Errorf("put together: entries %+v", entries)
		}
		if settled && (len(entries) != 4 || entries[0].Across != nil || entries[3].State != dossier.EntryUnsure || entries[3].Page != right) {
			t.Errorf("put together after one was written down: entries %+v", entries)
		}
		r.wantIntact(t)
	}
}

// openBookCommand draws an open register of births whose cases go on over the fold:
//
//	openbook book/0001.jpg
func openBookCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: openbook FILE")
	}
	fonts, err := generated.LoadFonts()
	ts.Check(err)
	set := scan.Settings{DPI: 200, Mode: scan.Color, Damage: scan.Damage{Noise: 3}}
	img, _, err := registers.DrawOpen(fonts, registers.Page{Kind: "birth_register_page", Layout: registers.Rows}, true, set, 5)
	ts.Check(err)
	raw, err := encode.JPEG(img, set.DPI, 85)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, raw, 0o600))
}

var formValue = regexp.MustCompile(`name="([a-z_]+)" (?:inputmode="numeric" )?value="([^"]*)"`)

// writeDownCommand writes down the first entry that waits, as a browser sends its form;
// the address is in serve.out:
//
//	writedown 'child_name=Lò Thị Mẩy' mother=…
func writeDownCommand(ts *testscript.TestScript, neg bool, args []string) {
	at := servedAt.FindString(ts.ReadFile("serve.out"))
	if neg || len(args) == 0 || at == "" {
		ts.Fatalf("usage: writedown FIELD=VALUE…, while serve runs")
	}
	page := fetched(ts, at+"registers", nil)
	_, shown, found := strings.Cut(page, `class="entryform"`)
	if !found {
		ts.Fatalf("no entry waits: %s", page)
	}
	form := url.Values{}
	for _, m := range formValue.FindAllStringSubmatch(shown, -1) {
		if m[1] != "none" {
			form.Add(m[1], html.UnescapeString(m[2]))
		}
	}
	for _, pair := range args {
		field, value, _ := strings.Cut(pair, "=")
		form.Set("is_"+field, value)
	}
	if said := fetched(ts, at+"registers", form); strings.Contains(said, `role="alert"`) {
		ts.Fatalf("not taken: %s", said)
	}
}

// fetched is the page at an address, or what is answered to a form; both must be there.
func fetched(ts *testscript.TestScript, at string, form url.Values) string {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequest(method, at, strings.NewReader(form.Encode()))
	ts.Check(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	ts.Check(err)
	return string(text)
}
