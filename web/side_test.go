package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sohoa/dossier"
	"sohoa/web/browsertest"
)

// sideButton is the button beside a page that may be empty.
const sideButton = `name="say" value="empty" data-key="b"`

// TestSideIsAnswered: beside a page that waits a button says that nothing is on it,
// and what that does; the next page follows, with the way back.
func TestSideIsAnswered(t *testing.T) {
	archive := busyDay()
	a := archive.arrivals[1]
	h := newHandler(t, archive)
	at := "/review?page=" + string(a.Page)
	for _, want := range []string{sideButton, "ảnh quét vẫn được giữ", "Máy đọc được 7 từ ở đây"} {
		if got := get(t, h, at); !strings.Contains(got.body, want) {
			t.Errorf("%s does not have %q", at, want)
		}
	}
	say := func(say, counted string) answer {
		return ask(t, h, http.MethodPost, "/review/side?reason=unreadable", url.Values{"page": {string(a.Page)}, "say": {say}, "counted": {counted}})
	}
	got := say("empty", "")
	if got.Code != http.StatusSeeOther || len(archive.sides) != 1 || archive.sides[0].Page != a.Page || archive.sides[0].Say != dossier.SideEmpty || archive.sides[0].Counted {
		t.Fatalf("%d, said %+v", got.Code, archive.sides)
	}
	next := get(t, h, got.Header().Get("Location")).body
	for _, want := range []string{"Đã ghi là trang trắng", `value="withdrawn" data-key="u"`, `value="` + string(a.Page) + `"`} {
		if !strings.Contains(next, want) {
			t.Errorf("what follows does not have %q", want)
		}
	}
	if strip := get(t, h, "/intake").body; !strings.Contains(strip, "trang trắng") || !strings.Contains(strip, `href="/review?page=`+string(a.Page)+`"`) {
		t.Error("the strip does not lead to the page")
	}
	body := get(t, h, at).body
	if !strings.Contains(body, `value="withdrawn" data-key="u"`) || strings.Contains(body, sideButton) || strings.Contains(body, `id="kind-filter"`) || !strings.Contains(body, "trước đó chờ vì: không đọc được") {
		t.Error("a page that was said to be empty can not be made to wait again, or can be placed")
	}
	if got := say("withdrawn", ""); got.Header().Get("Location") != "/review?page="+string(a.Page)+"&reason=unreadable" {
		t.Errorf("taken back leads to %q", got.Header().Get("Location"))
	}
	say("empty", "1")
	if last := archive.sides[len(archive.sides)-1]; !last.Counted {
		t.Errorf("said %+v", last)
	}
}

// TestSideIsAnsweredLast: the way back is there when nothing else waits.
func TestSideIsAnsweredLast(t *testing.T) {
	archive := busyDay()
	archive.doubts = nil
	for i, a := range archive.arrivals {
		if archive.arrivals[i].State = dossier.PageBlank; i > 0 && a.State != dossier.PageParked {
			archive.arrivals[i].State = a.State
		}
	}
	h := newHandler(t, archive)
	if body := get(t, h, "/review?emptied="+string(pageID(1000))).body; !strings.Contains(body, `value="withdrawn"`) || !strings.Contains(body, "Không có trang nào cần xem") {
		t.Error("the last page can not be taken back")
	}
	if body := get(t, h, "/review?page="+string(pageID(1000))).body; !strings.Contains(body, "Không trắng") {
		t.Error("the last page can not be looked at again")
	}
}

// TestSideHasNoButton for a page with a code, one that waits with its paper, and one
// that was given up.
func TestSideHasNoButton(t *testing.T) {
	archive := busyDay()
	coded, counted := archive.arrivals[0].Page, &archive.arrivals[1]
	reading := archive.readings[coded]
	reading.Codes = []dossier.Code{{Type: "qr", Text: "0123"}}
	archive.readings[coded] = reading
	counted.Reason = dossier.ReasonSheetCount
	counted.Miscount = &dossier.Miscount{Batch: counted.Batch, Dossier: counted.Dossier, Said: 3, Least: 1, Most: 2}
	givenUp := archive.arrivals[2].Page
	archive.readings[givenUp] = dossier.Reading{}
	h := newHandler(t, archive)
	for _, page := range []dossier.PageID{coded, counted.Page, givenUp} {
		if strings.Contains(get(t, h, "/review?page="+string(page)).body, sideButton) {
			t.Errorf("%s has the button", page)
		}
	}
}

// TestSideIsRefused: what does not add up is told beside the button, which then
// says so all the same; a page that waits no more, or can not be empty, says so.
func TestSideIsRefused(t *testing.T) {
	archive := busyDay()
	page := string(archive.arrivals[1].Page)
	h := newHandler(t, archive)
	form := url.Values{"page": {page}, "say": {"empty"}}
	archive.refuse = &CountError{Miscount: dossier.Miscount{Said: 3, Least: 1, Most: 2}}
	body := ask(t, h, http.MethodPost, "/review/side", form).body
	for _, want := range []string{"số tờ không còn khớp", "Thiếu 1 tờ", "đặt ngược mặt", `name="counted" value="1"`, "Vẫn ghi là trang trắng"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if strings.Contains(body, `data-key="b"`) {
		t.Error("the key that was pressed once says so all the same")
	}
	for err, want := range map[error]string{ErrNotWaiting: "Trang này đã được xếp rồi", ErrNotEmpty: "không ghi là trang trắng được"} {
		archive.refuse = err
		if got := ask(t, h, http.MethodPost, "/review/side", form); got.Code != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%v: %d, the page does not say so", err, got.Code)
		}
	}
	archive.refuse = errBroken
	if got := ask(t, h, http.MethodPost, "/review/side", form); got.Code != http.StatusInternalServerError {
		t.Errorf("a failure of ours: %d", got.Code)
	}
}

// TestProgramAnswersSide: the same without a form.
func TestProgramAnswersSide(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	page := archive.arrivals[1].Page
	post := func(body string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodPost, "/api/side", strings.NewReader(body))
		request.Host, request.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:1234"
		request.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request)
		return w
	}
	if w := post(`{"page":"` + string(page) + `","say":"empty","counted":true}`); w.Code != http.StatusOK || !slices.ContainsFunc(archive.sides, func(s dossier.SideAnswer) bool { return s.Page == page && s.Counted }) {
		t.Errorf("%d %s, said %+v", w.Code, w.Body, archive.sides)
	}
	if w := post(`{"page":"x","about":1}`); w.Code != http.StatusBadRequest {
		t.Errorf("an unknown key: %d", w.Code)
	}
	archive.refuse = &CountError{Miscount: dossier.Miscount{Said: 3, Least: 1, Most: 2}}
	if w := post(`{"page":"` + string(page) + `","say":"empty"}`); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "1 sheet(s) missing") {
		t.Errorf("a count that does not come out: %d %s", w.Code, w.Body)
	}
}

// TestEmptySideByKeyboard says by one key that nothing is on a page, and takes it
// back by another.
func TestEmptySideByKeyboard(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/review")
	b.Until(`document.activeElement.id === "kind-filter"`)
	b.Screen("review-side")
	b.True(`document.documentElement.scrollHeight <= innerHeight`, "the page and its button can be seen at once")
	b.True(`document.querySelector(".place").scrollHeight <= document.querySelector(".place").clientHeight`, "the whole form can be seen at once")
	b.Open(server.URL + "/review?page=" + string(pageID(1001)))
	b.True(`document.querySelector(".place").scrollHeight <= document.querySelector(".place").clientHeight`, "with the longest reason, too")
	b.Open(server.URL + "/review")
	b.Do(chromedp.Evaluate(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "b", altKey: true, repeat: true, bubbles: true }))`, nil))
	b.Press("b", browsertest.Alt)
	b.Until(`document.querySelector(".done") !== null && document.querySelector(".tools").textContent.includes("Trang 1 trong 6")`)
	archive.mu.Lock()
	said := slices.Clone(archive.sides)
	archive.mu.Unlock()
	if len(said) != 1 || said[0].Page != pageID(1006) || said[0].Say != dossier.SideEmpty {
		t.Fatalf("said %+v", said)
	}
	b.Press("u", browsertest.Alt)
	b.Until(`document.querySelector(".done") === null && document.querySelector(".tools").textContent.includes("trong 7")`)
	b.True(`location.search === "?page=`+string(pageID(1006))+`"`, "the page that waits again is there")
}
