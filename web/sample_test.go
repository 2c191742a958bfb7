package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"

	"sohoa/web/browsertest"
)

// TestSampleKeyedBlind keys a month's sample in a real browser, by keyboard
// only: what was read is on no page before it is keyed, what differs is looked
// at once more, and the report says what came of it.
func TestSampleKeyedBlind(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/sample/key?month=2026-09")
	next := func(n string) {
		t.Helper()
		b.Until(`document.querySelector("[name=n]").value === "` + n + `" && document.activeElement.id === "is"`)
		for _, read := range []string{"Lò Văn Tỏa", "sinh ngày 02", "Tờ khai"} {
			if strings.Contains(b.Text(`document.querySelector("main").outerHTML`), read) {
				t.Errorf("the page of place %s says what was read: %s", n, read)
			}
		}
	}
	next("1")
	b.True(`document.documentElement.scrollHeight <= innerHeight`, "page and box can be seen at once")
	b.Screen("sample-key")
	b.Press("Lò Văn Tỏa\r")
	next("2")
	b.True(`document.querySelector(".done").textContent.includes("giống máy đọc")`, "what became of it is said")
	b.Screen("sample-line")
	b.Press("sinh ngày 03 tháng 3\r")
	next("3")
	b.Press("x", input.ModifierAlt)
	b.Until(`document.querySelector(".empty.good") !== null`)
	b.Open(server.URL + "/sample/settle?month=2026-09")
	b.Until(`document.querySelectorAll(".choices button").length === 2`)
	b.Screen("sample-settle")
	b.Press("2")
	b.Until(`document.querySelector(".empty.good") !== null`)
	b.Open(server.URL + "/sample")
	b.True(`document.querySelector(".month").textContent.includes("dưới 98 %")`, "too little is told in words")
	b.True(`document.querySelectorAll(".month")[1].textContent.includes("nâng lên 95 %")`, "a higher gate is proposed")
	b.Screen("sample")
	b.Phone(390)
	b.Screen("sample-phone")
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
	archive.mu.Lock()
	defer archive.mu.Unlock()
	report := archive.sample.Report(archive.answers)
	if one := report.Devices[0]; report.ToKey != 0 || one.Fields.Right != 1 || one.Characters.Right != one.Characters.Of-1 || report.Devices[1].Unreadable != 1 {
		t.Errorf("the report says %+v", report)
	}
}

// TestSampleIsDrawnOnce: a month that is drawn is told so, and one without paper.
func TestSampleIsDrawnOnce(t *testing.T) {
	h := newHandler(t, busyDay())
	for month, want := range map[string]string{"2026-09": "đã rút rồi", "2026-08": "không có gì để rút"} {
		if got := ask(t, h, http.MethodPost, "/sample", url.Values{"month": {month}}); !strings.Contains(got.body, want) {
			t.Errorf("%s: %d without %q", month, got.Code, want)
		}
	}
	if got := ask(t, h, http.MethodPost, "/sample", url.Values{"month": {"September"}}); got.Code != http.StatusBadRequest {
		t.Errorf("no month: %d", got.Code)
	}
	if body := get(t, h, "/sample").body; !strings.Contains(body, "Rút mẫu tháng 08/2026") || strings.Contains(body, "Rút mẫu tháng 09/2026") {
		t.Error("the wrong months are offered")
	}
	for path, want := range map[string]int{"/sample/cut/2026-09/1": 200, "/sample/cut/2026-09/9": 404, "/sample/cut/2026-09/x": 404, "/sample/key?month=2026-07": 404} {
		if got := get(t, h, path); got.Code != want {
			t.Errorf("%s: %d, want %d", path, got.Code, want)
		}
	}
}
