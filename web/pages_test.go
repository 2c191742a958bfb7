package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sohoa/dossier"
)

func TestOpenCode(t *testing.T) {
	h := newHandler(t, busyDay())
	for typed, want := range map[string]string{
		"Y99.12-260909-0007":        "/dossiers/dossier0007",
		" y99.12–260909–0007 ":      "/dossiers/dossier0007",
		"SOHOA1|Y99.12-260909-0007": "/dossiers/dossier0007",
		"0007":                      "/dossiers?q=0007",
		"":                          "/intake",
	} {
		got := ask(t, h, http.MethodPost, "/open", url.Values{"code": {typed}})
		if got.Code != http.StatusSeeOther || got.Header().Get("Location") != want {
			t.Errorf("%q: %d to %q, want %q", typed, got.Code, got.Header().Get("Location"), want)
		}
	}
	got := ask(t, h, http.MethodPost, "/open", url.Values{"code": {"Y99.12-260909-9999"}})
	if got.Code != http.StatusOK || !strings.Contains(got.body, "Chưa có hồ sơ Y99.12-260909-9999") {
		t.Errorf("a code that is not here: %d", got.Code)
	}
}

func TestIntakeTellsAll(t *testing.T) {
	archive := busyDay()
	archive.inflow.InboxGone = noon
	archive.inflow.Stopped, archive.inflow.StoppedAt = dossier.ReasonDiskFull, noon
	body := get(t, newHandler(t, archive), "/intake").body
	for _, want := range []string{
		"KHO THỬ – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ",
		"Tệp chưa ghi xong, đang chờ máy quét (12 giây).",
		"SCN_0021.jpg",        // being filled, not in the catalogue
		"mờ",                  // a problem, as a word
		"<b>đã quét 14</b> =", // the account
		`+ <span class="is-working">1 đang xử lý</span>`,
		"<b>thiếu</b>", // a paper the procedure asks for
		"Không mở được thư mục quét từ 12:00:00", // in the office's time
		"Ổ đĩa lưu trữ đã đầy",
		`src="/incoming/batch2/1/240"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the intake page does not say %q", want)
		}
	}
	if strings.Index(body, "SCN_0021.jpg") > strings.Index(body, "SCN_0020.jpg") {
		t.Error("the newest page is not first")
	}
}

func TestEmptyArchive(t *testing.T) {
	h := newHandler(t, &fakeArchive{})
	for path, want := range map[string]string{
		"/intake": "Chưa có trang nào", "/dossiers": "Chưa có hồ sơ nào", "/review": "Không có trang nào cần xem", "/search?q=a": "Không tìm thấy",
	} {
		if got := get(t, h, path); got.Code != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s in an empty archive: %d, want %q", path, got.Code, want)
		}
	}
}

func TestDossierList(t *testing.T) {
	h := newHandler(t, busyDay())
	first := get(t, h, "/dossiers")
	if n := strings.Count(first.body, "<tr>") - 1; n != listLength {
		t.Errorf("%d lines, want %d", n, listLength)
	}
	if !strings.Contains(first.body, "Đang xem 1–50 trong 60") || !strings.Contains(first.body, "/dossiers?from=50") {
		t.Error("no way to the rest of the list")
	}
	if second := get(t, h, "/dossiers?from=50"); strings.Count(second.body, "<tr>")-1 != 10 {
		t.Error("the rest of the list is not there")
	}
	if !strings.Contains(first.body, "Lò Văn Tỏa") {
		t.Error("the person is not named")
	}
	if one := get(t, h, "/dossiers?q=0042&state=open"); strings.Count(one.body, "<tr>")-1 != 1 {
		t.Error("the filter does not filter")
	}
	if odd := get(t, h, "/dossiers?from=-3&state=nonsense&q="+strings.Repeat("x", 5000)); odd.Code != http.StatusOK {
		t.Errorf("an odd address: %d", odd.Code)
	}
}

// TestRateOfTheMonth: the numbers of the indicator lead to the dossiers that
// they count, only those of the month count, and a demo archive has no rate.
func TestRateOfTheMonth(t *testing.T) {
	november := time.Date(2026, 10, 31, 17, 0, 0, 0, time.UTC) // midnight in Vietnam
	papers := func(i int, at time.Time, roles ...dossier.ComponentRole) dossier.Manifest {
		d := dossier.Dossier{ID: dossier.DossierID(fmt.Sprint("rate", i)), ReceivedAt: at, State: dossier.StateOpen}
		for _, role := range roles {
			d.Components = append(d.Components, dossier.Component{Kind: "decision", Role: role})
		}
		return dossier.Manifest{Dossier: d}
	}
	f := &fakeArchive{manifests: []dossier.Manifest{
		papers(0, november, dossier.RoleComponent, dossier.RoleResult),
		papers(1, november.AddDate(0, 0, 3), dossier.RoleComponent, dossier.RoleSlip),
		papers(2, november.AddDate(0, 0, 4), dossier.RoleSlip),
		papers(3, november.Add(-time.Second), dossier.RoleComponent, dossier.RoleResult),
	}}
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	office := configOf(f, kinds)
	office.Demo = false
	h, err := New(office)
	if err != nil {
		t.Fatal(err)
	}
	body := get(t, h, "/dossiers?month=2026-11").body
	for _, want := range []string{
		`<a href="/dossiers?digitized=whole&amp;month=2026-11">1</a>/<a href="/dossiers?month=2026-11">3</a> (33.33 %)`,
		`<a href="/dossiers?digitized=short&amp;month=2026-11">1 hồ sơ chỉ thiếu một tệp</a>`,
	} {
		if !strings.Contains(body, want) {
			_, part, _ := strings.Cut(body, "class=\"hint rate\"")
			t.Errorf("%s is not on the page: %.400s", want, part)
		}
	}
	for link, lines := range map[string]int{
		"/dossiers?digitized=whole&month=2026-11": 1, "/dossiers?digitized=short&month=2026-11": 1, "/dossiers?month=2026-11": 3, "/dossiers": 4,
	} {
		if got := strings.Count(get(t, h, link).body, "<tr>") - 1; got != lines {
			t.Errorf("%s shows %d dossiers, want %d", link, got, lines)
		}
	}
	if demo := get(t, newHandler(t, f), "/dossiers?month=2026-11").body; strings.Contains(demo, "33.33") {
		t.Error("a demo archive has a rate")
	}
}

func TestViewerOutlinesHits(t *testing.T) {
	h := newHandler(t, busyDay())
	page := string(pageID(6))
	body := get(t, h, "/dossiers/dossier0003?q=toa&page="+page).body
	// "Tỏa" is the eleventh word: x 300+260*3, y 400+120*1, grown by air of 7.
	if !strings.Contains(body, `<svg viewBox="0 0 2480 3508"`) || !strings.Contains(body, `<rect class="hit" x="1073" y="513" width="234" height="74"/>`) {
		t.Error("the word is not outlined where it stands")
	}
	if strings.Count(body, "<rect") != 1 {
		t.Errorf("%d outlines, want 1", strings.Count(body, "<rect"))
	}
	if !strings.Contains(body, `width="2480" height="3508"`) {
		t.Error("no room is kept for the picture")
	}
	if text := get(t, h, "/dossiers/dossier0003?q=toa&tab=text&page="+page).body; !strings.Contains(text, "<mark>Tỏa</mark>") {
		t.Error("the word is not marked in the text")
	}
	field := get(t, h, "/dossiers/dossier0000?field=child_name").body
	if !strings.Contains(field, `<rect class="hit" x="293" y="393"`) {
		t.Error("a field is not shown on the picture")
	}
	if gone := get(t, h, "/dossiers/no-such"); gone.Code != http.StatusNotFound {
		t.Errorf("a dossier that is not here: %d", gone.Code)
	}
}

func TestDownload(t *testing.T) {
	h := newHandler(t, busyDay())
	whole := get(t, h, "/dossiers/dossier0001/pdf/component0001")
	if whole.body != "%PDF-1.7 made up" || whole.Header().Get("Content-Type") != "application/pdf" {
		t.Errorf("download: %q", whole.body)
	}
	if name := whole.Header().Get("Content-Disposition"); !strings.Contains(name, "Y99.12-260909-0001_birth_notice_compon.pdf") {
		t.Errorf("name: %q", name)
	}
	if part := get(t, h, "/dossiers/dossier0001/pdf/component0001", "Range", "bytes=0-3"); part.Code != http.StatusPartialContent || part.body != "%PDF" {
		t.Errorf("a range: %d %q", part.Code, part.body)
	}
	if other := get(t, h, "/dossiers/dossier0001/pdf/component0002"); other.Code != http.StatusNotFound {
		t.Errorf("a paper of another dossier: %d", other.Code)
	}
}

func TestMaskedInLists(t *testing.T) {
	body := get(t, newHandler(t, busyDay()), "/search?q=khai+sinh").body
	if strings.Contains(body, "015012345612") {
		t.Error("a list shows a whole identity number")
	}
}

func TestPlace(t *testing.T) {
	page, next := pageID(1000), pageID(1001)
	for name, c := range map[string]struct {
		form  url.Values
		want  dossier.Placement
		wrong string
	}{
		"a new paper of the dossier": {
			url.Values{"page": {string(page)}, "pages": {string(page)}, "kind": {"birth_notice"}, "dossier": {"dossier0000"}, "position": {"3"}},
			dossier.Placement{Pages: []dossier.PageID{page}, Kind: "birth_notice", Dossier: "dossier0000"}, "",
		},
		"two pages, in the order of the list": {
			url.Values{"page": {string(page)}, "pages": {string(next), string(page)}, "kind": {"birth_notice"}},
			dossier.Placement{Pages: []dossier.PageID{next, page}, Kind: "birth_notice"}, "",
		},
		"added to a paper": {
			url.Values{"page": {string(page)}, "kind": {"birth_notice"}, "dossier": {"dossier0000"}, "component": {"component0000"}, "position": {"2"}},
			dossier.Placement{Pages: []dossier.PageID{page}, Dossier: "dossier0000", Component: "component0000", Position: 2}, "",
		},
		"a typed code wins": {
			url.Values{"page": {string(page)}, "kind": {"birth_notice"}, "dossier": {"dossier0000"}, "component": {"component0000"}, "code": {"y99.12-260909-0031"}},
			dossier.Placement{Pages: []dossier.PageID{page}, Kind: "birth_notice", Code: "Y99.12-260909-0031"}, "",
		},
		"no kind":      {url.Values{"page": {string(page)}}, dossier.Placement{}, "Hãy chọn loại giấy."},
		"a wrong code": {url.Values{"page": {string(page)}, "kind": {"birth_notice"}, "code": {"12"}}, dossier.Placement{}, "Mã hồ sơ không đúng mẫu."},
	} {
		t.Run(name, func(t *testing.T) {
			archive := busyDay()
			got := ask(t, newHandler(t, archive), http.MethodPost, "/review/place", c.form)
			if c.wrong != "" {
				if got.Code != http.StatusOK || !strings.Contains(got.body, c.wrong) || len(archive.placed) != 0 {
					t.Errorf("%d, placed %v, want the form again with %q", got.Code, archive.placed, c.wrong)
				}
				return
			}
			if got.Code != http.StatusSeeOther || len(archive.placed) != 1 || !samePlacement(archive.placed[0], c.want) {
				t.Errorf("%d, placed %+v, want %+v", got.Code, archive.placed, c.want)
			}
		})
	}
}

func samePlacement(a, b dossier.Placement) bool {
	pages := slices.Equal(a.Pages, b.Pages)
	a.Pages, b.Pages = nil, nil
	return pages && a.Kind == b.Kind && a.Dossier == b.Dossier && a.Code == b.Code && a.Component == b.Component && a.Position == b.Position
}

// TestCountIsExplained: a page that waits for its count of sheets says what is
// missing, on the list and on the intake page, and a button accepts the count.
func TestCountIsExplained(t *testing.T) {
	archive := busyDay()
	a := &archive.arrivals[0]
	a.Reason = dossier.ReasonSheetCount
	a.Miscount = &dossier.Miscount{Batch: a.Batch, Dossier: a.Dossier, Said: 5, Least: 2, Most: 4, After: 4,
		First: dossier.ImagePlace{File: "1.jpg", Index: 1}, Last: dossier.ImagePlace{File: "8.jpg", Index: 1}}
	h := newHandler(t, archive)
	const sentence = "Thiếu 1 tờ sau trang 4"
	for _, path := range []string{"/review?page=" + string(a.Page), "/intake", "/api/parked"} {
		if got := get(t, h, path); !strings.Contains(got.body, sentence) {
			t.Errorf("%s does not say %q", path, sentence)
		}
	}
	if got := ask(t, h, http.MethodPost, "/review/count", url.Values{"dossier": {string(a.Dossier)}, "batch": {string(a.Batch)}}); got.Code != http.StatusSeeOther {
		t.Errorf("accepting: %d", got.Code)
	}
	if want := string(a.Dossier) + " " + string(a.Batch); !slices.Equal(archive.accepted, []string{want}) {
		t.Errorf("accepted %v, want %q", archive.accepted, want)
	}
}

// TestBacksAreAnswered: a page of a batch whose fronts and backs do not fit
// together says which sheet lacks a side, and has what a person can say about it;
// numbers that can not be come back with the page, and a rescan can be withdrawn.
func TestBacksAreAnswered(t *testing.T) {
	archive := busyDay()
	a := &archive.arrivals[0]
	a.Reason, a.Miscount = dossier.ReasonBacks, &dossier.Miscount{
		Batch: a.Batch, First: dossier.ImagePlace{File: "fronts.pdf", Index: 3}, Unpaired: &dossier.Unpaired{Fronts: 3, Backs: 2, Sheet: 3, Told: true},
	}
	h := newHandler(t, archive)
	at := "/review?page=" + string(a.Page)
	for _, want := range []string{"từ tờ thứ 3 của mặt trước (fronts.pdf (ảnh 3))", `value="blank" data-key="b"`, `value="rescan" data-key="r"`, `name="sheets" form="backs"`} {
		if got := get(t, h, at); !strings.Contains(got.body, want) {
			t.Errorf("%s does not have %q", at, want)
		}
	}
	say := func(say, sheets string) answer {
		return ask(t, h, http.MethodPost, "/review/backs", url.Values{"batch": {string(a.Batch)}, "page": {string(a.Page)}, "say": {say}, "sheets": {sheets}})
	}
	if got := say("blank", "2, 3"); got.Code != http.StatusSeeOther || len(archive.backs) != 1 || !slices.Equal(archive.backs[0].Sheets, []int{2, 3}) || archive.backs[0].Batch != a.Batch {
		t.Errorf("%d, said %+v", got.Code, archive.backs)
	}
	if got := say("rescan", ""); got.Header().Get("Location") != "/review?fed="+string(a.Batch) {
		t.Errorf("leads to %q", got.Header().Get("Location"))
	}
	if body := get(t, h, "/review?fed="+string(a.Batch)).body; !strings.Contains(body, `value="withdrawn"`) {
		t.Error("a rescan can not be withdrawn")
	}
	archive.refuse = ErrNoSuchValue
	if got := say("blank", "hai"); got.Code != http.StatusOK || !strings.Contains(got.body, "Số tờ không đúng") {
		t.Errorf("no number: %d, the page does not say so", got.Code)
	}
	a.Miscount.Unpaired.Told = false
	if body := get(t, h, at).body; strings.Contains(body, `value="blank"`) || !strings.Contains(body, `value="rescan"`) {
		t.Error("where nobody knows the backs, only a rescan helps")
	}
}

func TestPlaceRefused(t *testing.T) {
	archive := busyDay()
	archive.refuse = ErrNotWaiting
	form := url.Values{"page": {string(pageID(1000))}, "kind": {"birth_notice"}}
	if got := ask(t, newHandler(t, archive), http.MethodPost, "/review/place", form); !strings.Contains(got.body, "Trang này đã được xếp rồi.") {
		t.Errorf("placed twice: %d, the form does not say so", got.Code)
	}
	archive.refuse = errBroken
	if got := ask(t, newHandler(t, archive), http.MethodPost, "/review/place", form); got.Code != http.StatusInternalServerError {
		t.Errorf("a failure of ours: %d, want 500", got.Code)
	}
}

func TestUndoIsOffered(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	after := get(t, h, "/review?done=dossier0000").body
	if !strings.Contains(after, "Đã xếp vào hồ sơ Y99.12-260909-0000.") || !strings.Contains(after, `action="/review/undo"`) {
		t.Error("what was done is not said, or can't be undone")
	}
	if soon := get(t, h, "/review?done=unpublished").body; !strings.Contains(soon, "Đã xếp vào hồ sơ mới.") {
		t.Error("a dossier that is being stored is not spoken of")
	}
	ask(t, h, http.MethodPost, "/review/undo", url.Values{"dossier": {"dossier0000"}})
	if !slices.Equal(archive.undone, []dossier.DossierID{"dossier0000"}) {
		t.Errorf("undone %v", archive.undone)
	}
}

func TestPictures(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	at := "/pictures/" + string(pageID(3)) + "/1/160"
	first := get(t, h, at)
	tag := first.Header().Get("ETag")
	if first.Header().Get("Content-Type") != "image/jpeg" || !strings.Contains(first.Header().Get("Cache-Control"), "no-cache") || tag == "" {
		t.Errorf("headers %v", first.Header())
	}
	if again := get(t, h, at, "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("asked with its tag: %d", again.Code)
	}
	get(t, h, at)
	if archive.drawn != 1 {
		t.Errorf("drawn %d times, want 1", archive.drawn)
	}
	if early := get(t, h, "/pictures/"+string(pageID(3))+"/0/160"); strings.Contains(early.Header().Get("Cache-Control"), "no-cache") {
		t.Error("the first look, before the page is read, must not be kept")
	}
	for _, odd := range []string{"/pictures/x/1/160", "/pictures/" + string(pageID(3)) + "/1/161", "/pictures/" + string(pageID(3)) + "/x/160", "/pictures/" + string(pageID(3)) + "/-1/160", "/incoming/b/x/240", "/incoming/b/1/9"} {
		if got := get(t, h, odd); got.Code != http.StatusNotFound || strings.Contains(got.Header().Get("Cache-Control"), "max-age") {
			t.Errorf("%s: %d", odd, got.Code)
		}
	}
}

func TestPictureCache(t *testing.T) {
	c := newPictureCache(10)
	drawn := map[string]int{}
	draw := func(key string) func(context.Context) ([]byte, error) {
		return func(context.Context) ([]byte, error) { drawn[key]++; return []byte("12345"), nil }
	}
	for _, key := range []string{"a", "b", "a", "c", "a", "b"} { // c pushes b out
		if _, err := c.get(t.Context(), key, draw(key)); err != nil {
			t.Fatal(err)
		}
	}
	if drawn["a"] != 1 || drawn["b"] != 2 || drawn["c"] != 1 {
		t.Errorf("drawn %v, want a once, b twice, c once", drawn)
	}
	if _, err := c.get(t.Context(), "bad", func(context.Context) ([]byte, error) { return nil, errBroken }); !errors.Is(err, errBroken) {
		t.Errorf("a failed drawing: %v", err)
	}
	if got, err := c.get(t.Context(), "bad", draw("bad")); err != nil || string(got) != "12345" {
		t.Errorf("a failure is remembered: %v", err)
	}
}

// TestPictureDrawnOnce: of many who ask at once one draws; when that one goes
// away another draws for the rest.
func TestPictureDrawnOnce(t *testing.T) {
	c := newPictureCache(100)
	leaving, leave := context.WithCancel(t.Context())
	begun := make(chan struct{})
	var left sync.WaitGroup
	left.Go(func() {
		_, err := c.get(leaving, "k", func(ctx context.Context) ([]byte, error) {
			close(begun)
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the one who left got %v", err)
		}
	})
	<-begun
	var mu sync.Mutex
	drawn := 0
	var rest sync.WaitGroup
	for range 8 {
		rest.Go(func() {
			jpeg, err := c.get(t.Context(), "k", func(context.Context) ([]byte, error) {
				mu.Lock()
				defer mu.Unlock()
				drawn++
				return []byte("x"), nil
			})
			if err != nil || string(jpeg) != "x" {
				t.Errorf("one who stayed got %q, %v", jpeg, err)
			}
		})
	}
	leave()
	left.Wait()
	rest.Wait()
	if drawn != 1 {
		t.Errorf("drawn %d times, want 1", drawn)
	}
}

func TestEvents(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	next := func() (event string) {
		t.Helper()
		for lines.Scan() {
			if line := lines.Text(); line == "" {
				return event
			} else if event += line + "|"; line == "event: beat" {
				event = ""
			}
		}
		t.Fatal("the stream ended")
		return ""
	}
	if got := next(); got != "event: change|data: connected|" {
		t.Errorf("first event %q", got)
	}
	<-archive.heard
	for i := range 5 { // told once, with ids kept here
		archive.arrive(dossier.Arrival{Batch: "batch1", Page: pageID(9000 + i), State: dossier.PageClaimed})
	}
	if got := next(); got != "event: change|data: page|" {
		t.Errorf("after five pages: %q", got)
	}
}

func TestEventStreamsAreBounded(t *testing.T) {
	archive := busyDay()
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Config: configOf(archive, kinds), watchers: make(chan struct{}, 1)}
	s.watchers <- struct{}{}
	if err := s.events(nil, nil); !errors.Is(err, ErrNotReady) {
		t.Errorf("one stream too many: %v", err)
	}
}

// TestStoreAway: while the object store is away, the intake page shows what the
// catalogue knows, and a page that needs the store says what is the matter.
func TestStoreAway(t *testing.T) {
	archive := busyDay()
	archive.away = &dossier.Fault{Kind: dossier.Retry, Op: "open", Reason: dossier.ReasonStoreOffline}
	archive.inflow.Delayed, archive.inflow.DelayedAt = dossier.ReasonStoreOffline, noon
	archive.unread = dossier.Unread{Files: 1000, Images: 234}
	h := newHandler(t, archive)
	intake := get(t, h, "/intake")
	if intake.Code != http.StatusOK {
		t.Fatalf("intake: %d", intake.Code)
	}
	for _, words := range []string{`class="strip"`, "SCN_0020.jpg", "chưa xử lý được từ", dossier.ReasonStoreOffline.Text("vi"), "Còn 1.235 trang chờ đọc"} {
		if !strings.Contains(intake.body, words) {
			t.Errorf("intake lacks %q", words)
		}
	}
	if got := get(t, h, "/dossiers/dossier0003"); got.Code != http.StatusServiceUnavailable || !strings.Contains(got.body, "Giấy tờ vẫn được giữ nguyên") {
		t.Errorf("a page that needs the store: %d", got.Code)
	}
}
