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

// TestGateDecidedOnThePage raises a gate, is refused a lower one with what is
// known in words, and takes the decision back, in a real browser.
func TestGateDecidedOnThePage(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/sample")
	const form = `form.deciding select`
	fill := func(gate string) {
		b.True(`(() => { const form = document.querySelector("`+form+`").form; form.field.selectedIndex = 1; form.gate.value = "`+gate+`"; form.reason.value = "5 trên 50 sai"; form.querySelector("button").click(); return true })()`, "the form is sent")
	}
	fill("85")
	b.Until(`document.querySelector(".decided") !== null && document.querySelector(".decided").textContent.includes("5 trên 50 sai")`)
	b.True(`document.querySelector(".decided").textContent.includes("85 %") && document.querySelector(".decided").textContent.includes("fields.csv: 80 %")`, "gate in force and that of the table are said")
	b.True(`(() => { document.querySelector("#gates").scrollIntoView(); return true })()`, "the gates are looked at")
	b.Screen("gates")
	fill("84")
	b.Until(`document.querySelector(".notice") !== null`)
	b.True(`document.querySelector(".notice").textContent.includes("12 trên 12") && document.querySelector(".notice").textContent.includes("0,3 %")`, "why it is refused is said")
	b.True(`(() => { document.querySelector("#gates").scrollIntoView(); return true })()`, "the gates are looked at")
	b.Screen("gates-refused")
	b.Phone(390)
	b.Screen("gates-phone")
	b.True(`document.documentElement.scrollWidth <= innerWidth`, "nothing is wider than a phone")
	b.True(`(() => { const form = document.querySelector(".decided form"); form.reason.value = "đã lau máy"; form.querySelector("button").click(); return true })()`, "it is taken back")
	b.Until(`document.querySelector(".decided") === null && document.querySelector(".done") !== null`)
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}

// TestGateFormIsRead refuses what is no gate, and tells who has not seen the one in
// force.
func TestGateFormIsRead(t *testing.T) {
	h := newHandler(t, busyDay())
	for _, c := range []struct{ field, gate, want string }{
		{"dob 0.8", "x", "Hãy gõ ngưỡng mới"}, {"dob", "85", "Hãy gõ ngưỡng mới"}, {"dob 0.7", "85", "Người khác vừa quyết định"}, {"child_name 0.8", "95", "Hãy gõ ngưỡng mới"},
	} {
		got := ask(t, h, http.MethodPost, "/sample/gate", url.Values{"field": {c.field}, "gate": {c.gate}, "reason": {"x"}})
		if !strings.Contains(got.body, c.want) {
			t.Errorf("%v: %d without %q", c, got.Code, c.want)
		}
	}
	if got := ask(t, h, http.MethodPost, "/sample/gate", url.Values{"field": {"dob 0.8"}, "gate": {" 85 %"}, "reason": {"x"}}); got.Code != http.StatusSeeOther {
		t.Errorf("a gate with its sign: %d", got.Code)
	}
}
