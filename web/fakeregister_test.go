package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sohoa/dossier"
)

// What the fake archive knows of registers: the second dossier has two entries, a
// row and a page on which nobody knows how many there are.

func (f *fakeArchive) madeEntries(i int) []dossier.RegisterEntry {
	if i != 1 {
		return nil
	}
	return []dossier.RegisterEntry{
		{ID: "entry0", Page: pageID(2), Box: dossier.Box{X: 100, Y: 600, W: 2200, H: 160}, State: dossier.EntryFound, Fields: map[string]dossier.Field{}},
		{ID: "entry1", Page: pageID(3), Box: dossier.Box{W: 2480, H: 3508}, State: dossier.EntryUnsure, Why: "rules", Fields: map[string]dossier.Field{}},
	}
}

func (f *fakeArchive) WaitingEntries(_ context.Context, scope dossier.Scope, offset, limit int) (waiting []dossier.WaitingEntry, open, all int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil || !sees(scope) {
		return nil, 0, 0, f.broken
	}
	for _, m := range f.manifests {
		for _, e := range dossier.EntriesOf(m.Dossier) {
			all++
			if e.State.Waits() {
				waiting = append(waiting, e)
			}
		}
	}
	open = len(waiting)
	waiting = waiting[min(offset, open):]
	return waiting[:min(limit, len(waiting))], open, all, nil
}

func (f *fakeArchive) Entry(ctx context.Context, scope dossier.Scope, id dossier.EntryID) (dossier.WaitingEntry, error) {
	all, _, _, err := f.WaitingEntries(ctx, scope, 0, 100)
	for _, e := range all {
		if e.Entry == id {
			return e, err
		}
	}
	return dossier.WaitingEntry{}, ErrNotFound
}

func (f *fakeArchive) WriteDown(_ context.Context, _ dossier.Actor, _ dossier.DossierID, said dossier.EntryCorrection) error {
	if len(said.Fields) == 0 && !said.None && said.Count == 0 {
		return ErrUnnamed
	}
	f.written = append(f.written, said)
	return nil
}

// TestEntryPage: a row is shown across the page, a page of which the machine is
// not sure as a whole, with the question how many entries it has; what can not be
// meant is asked again.
func TestEntryPage(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	row := get(t, h, "/registers")
	for _, want := range []string{`src="/registers/cut/dossier0001/component0001/entry0"`, `class="register wide"`, "Còn 2 trong 2", "/registers?entry=entry1"} {
		if !strings.Contains(row.body, want) {
			t.Errorf("the page of a row has no %s", want)
		}
	}
	whole := get(t, h, "/registers?entry=entry1")
	if !strings.Contains(whole.body, `name="count"`) || !strings.Contains(whole.body, "Đường kẻ mờ") || strings.Contains(whole.body, `class="region"`) {
		t.Error("the page of which nobody knows how many entries it has does not ask for them")
	}
	said := url.Values{"dossier": {"dossier0001"}, "paper": {"component0001"}, "entry": {"entry1"}, "state": {"unsure"}, "count": {"x"}}
	if got := ask(t, h, http.MethodPost, "/registers", said); got.Code != 200 || !strings.Contains(got.body, "Hãy gõ số trường hợp") || len(archive.written) != 0 {
		t.Errorf("a count that is none: %d, %v", got.Code, archive.written)
	}
	said.Set("count", "3")
	if got := ask(t, h, http.MethodPost, "/registers", said); got.Code != 303 || got.Header().Get("Location") != "/registers?&done=dossier0001&back=%2Fregisters%3Fentry%3Dentry1" {
		t.Errorf("a count: %d to %s", got.Code, got.Header().Get("Location"))
	}
	if got := fmt.Sprint(archive.written); got != "[{component0001 entry1 unsure [] false 3}]" {
		t.Errorf("written down: %s", got)
	}
}

// TestEntryAcrossTheFold: of a case that stands on both pages of an open book both
// regions are shown, each with the boxes that have their place there; of no other page
// of the archive a picture is given by that address.
func TestEntryAcrossTheFold(t *testing.T) {
	archive := busyDay()
	paper := &archive.manifests[1].Dossier.Components[0]
	at := dossier.Box{X: 100, Y: 600, W: 400, H: 160}
	paper.Entries[0].Fields = map[string]dossier.Field{"child_name": {Page: pageID(2), Box: &at}, "mother": {Page: pageID(3), Box: &at}}
	paper.Entries[0].Across = &dossier.EntryPart{Page: pageID(3), Box: dossier.Box{X: 60, Y: 620, W: 2300, H: 160}}
	h := newHandler(t, archive)
	page := get(t, h, "/registers?entry=entry0").body
	const cut = "/registers/cut/dossier0001/component0001/entry0"
	first, second, found := strings.Cut(page, `src="`+cut+`?page=`+string(pageID(3))+`"`)
	if !found || !strings.Contains(first, `src="`+cut+`"`) || !strings.Contains(second, `viewBox="60 620 2300 160"`) || !strings.Contains(page, "ghi tiếp sang trang bên phải") {
		t.Errorf("the page of the entry does not show both regions: %s", page)
	}
	for path, want := range map[string]int{cut: 200, cut + "?page=" + string(pageID(3)): 200, cut + "?page=" + string(pageID(4)): 404, cut + "?page=x": 404} {
		if got := get(t, h, path); got.Code != want {
			t.Errorf("%s: %d, want %d", path, got.Code, want)
		}
	}
}

// TestSearchedEntry: who comes from a search to a page of a register sees the entry
// that says all of it outlined, and no other.
func TestSearchedEntry(t *testing.T) {
	archive := busyDay()
	paper := &archive.manifests[1].Dossier.Components[0]
	at := paper.Pages[0].ID
	entry := func(y int, name string) dossier.RegisterEntry {
		return dossier.RegisterEntry{Page: at, Box: dossier.Box{X: 100, Y: y, W: 2200, H: 160}, State: dossier.EntryKeyed,
			Fields: map[string]dossier.Field{"child_name": {Value: name}, "dob": {Value: "02/03/1998"}}}
	}
	paper.Entries = []dossier.RegisterEntry{entry(600, "Lò Thị Mẩy"), entry(900, "Lò Thị Mơ")}
	h := newHandler(t, archive)
	first, second := `y="600" width="2200"`, `y="900" width="2200"`
	for query, want := range map[string][2]bool{"lo+thi+may": {true, false}, "lo+1998": {true, true}, "lo+van": {false, false}, "%22thi+mo%22": {false, true}, "": {false, false}} {
		page := get(t, h, "/dossiers/dossier0001?page="+string(at)+"&q="+query).body
		if got := [2]bool{strings.Contains(page, first), strings.Contains(page, second)}; got != want {
			t.Errorf("%q outlines %v, want %v", query, got, want)
		}
	}
}
