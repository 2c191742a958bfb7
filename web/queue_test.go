package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
)

// TestReasonIsKept: whoever works through one reason stays with it, whatever is
// decided or refused on the way, and is led out when nothing is left.
func TestReasonIsKept(t *testing.T) {
	archive := busyDay()
	late := noon.Add(-48 * time.Hour)
	archive.doubts[3].Reason, archive.doubts[3].DueAt = dossier.ReasonFieldUnread, &late
	h := newHandler(t, archive)
	all := get(t, h, "/review").body
	for _, want := range []string{
		`<a href="/review" aria-current="true">Tất cả <b>31</b>`, `<a href="/review?reason=kind_unsure">chưa rõ loại giấy <b>3</b></a>`,
		`<a href="/review?reason=field_unsure">đọc chưa chắc <b>23</b></a>`, `chưa đọc được, chữ viết tay <b>1</b> <span class="late">1 quá hạn</span></a>`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the row does not say %q", want)
		}
	}

	pages := get(t, h, "/review?reason=unreadable").body
	for _, want := range []string{
		`<a href="/review?reason=unreadable" aria-current="true">`, "Trang 1 trong 2", `action="/review/place?reason=unreadable"`, `data-key="0"`,
	} {
		if !strings.Contains(pages, want) {
			t.Errorf("a page that can not be read comes without %q", want)
		}
	}
	if strings.Contains(pages, `<b class="problem">chưa rõ loại giấy</b>`) {
		t.Error("a page that waits for another reason is in the list")
	}
	for range 2 {
		waiting := archive.waitsFor(dossier.ReasonUnreadable)
		placed := ask(t, h, http.MethodPost, "/review/place?reason=unreadable", url.Values{"page": {string(waiting[0].Page)}, "kind": {"birth_notice"}})
		if at := placed.Header().Get("Location"); !strings.HasPrefix(at, "/review?done=") || !strings.HasSuffix(at, "&reason=unreadable") {
			t.Fatalf("placed: %d to %q", placed.Code, at)
		}
	}
	none := get(t, h, "/review?reason=unreadable").body
	for _, want := range []string{"Không còn gì cần xem vì lý do “không đọc được chữ”.", "Xem tất cả: còn 29 việc khác", `<b>0</b>`} {
		if !strings.Contains(none, want) {
			t.Errorf("when nothing is left, the page does not say %q", want)
		}
	}

	unread := get(t, h, "/review?reason=field_unread").body
	if !strings.Contains(unread, "Thông tin 1 trong 1") || !strings.Contains(unread, "quá hạn 2 ngày làm việc") || !strings.Contains(unread, "Hạn trả 07/09/2026") {
		t.Error("the one unread field does not come, or does not say until when")
	}
	last := ask(t, h, http.MethodPost, "/review/field", answered(url.Values{
		"dossier": {string(archive.doubts[3].Dossier)}, "paper": {string(archive.doubts[3].Component)}, "field": {archive.doubts[3].Field},
		"here": {"/review?field=dob&paper=component0001&reason=field_unread"}, "next": {""},
	}))
	if at := last.Header().Get("Location"); !strings.HasPrefix(at, "/review?reason=field_unread&decided=") {
		t.Errorf("the last answer leads to %q", at)
	}
}

// waitsFor lists the pages that wait for a reason.
func (f *fakeArchive) waitsFor(reason dossier.Reason) (pages []dossier.Arrival) {
	for _, a := range f.arrivals {
		if a.State == dossier.PageParked && a.Reason == reason {
			pages = append(pages, a)
		}
	}
	return pages
}
