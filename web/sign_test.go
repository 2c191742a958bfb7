package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sohoa/dossier"
	"sohoa/web/browsertest"
)

func TestSignPageTellsAll(t *testing.T) {
	archive := busyDay()
	archive.refusals = map[dossier.ComponentID]dossier.Reason{"component0000": dossier.ReasonCorner, "component0001": dossier.ReasonNoKey}
	body := get(t, newHandler(t, archive), "/sign").body
	for _, want := range []string{
		`id="sign-badge" class="badge" title="60 giấy chờ ký"`,
		`name="kind" value="birth_notice"`, "15 giấy", // the group and its count
		"Ủy ban nhân dân xã Mường Khương", "29/09/2026", "Chứng thư số sắp hết hạn", // who signs, until when
		"KHÓA THỬ: chữ ký không có giá trị pháp lý.",
		`name="smaller" value="component0000"`, "Thu nhỏ trang và ký", // the way out of a printed corner
		"Hãy kiểm tra khóa ở trang Ký số", // the reason of the other
		"Alt K",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	archive.problem = Sentence{Vi: "Chưa có khóa.", En: "No key."}
	body = get(t, newHandler(t, archive), "/sign").body
	if !strings.Contains(body, "Chưa có khóa.") || !strings.Contains(body, `data-key="k" disabled`) {
		t.Error("without a key the page does not say why, or lets one sign")
	}
}

// TestSignIsConfirmed: nothing is asked for before the person has seen what and
// by whom; then exactly that is.
func TestSignIsConfirmed(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	form := url.Values{"kind": {"birth_notice"}, "paper": {"component0001", "component0002"}}
	first := ask(t, h, http.MethodPost, "/sign", form)
	if first.Code != http.StatusOK || !strings.Contains(first.body, "Ký 16 giấy?") || !strings.Contains(first.body, "<b>15</b> Giấy chứng sinh") || !strings.Contains(first.body, "SAO Y") {
		t.Fatalf("%d: what is to be confirmed is not said", first.Code)
	}
	if len(archive.toSign) != 0 {
		t.Fatal("signed before it was confirmed")
	}
	if n := strings.Count(first.body, `name="paper"`); n != 16 {
		t.Fatalf("%d papers to be confirmed, want 16", n)
	}
	form = url.Values{"confirm": {"yes"}, "paper": {"component0002", "component0001", "no-such"}}
	if got := ask(t, h, http.MethodPost, "/sign", form); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/sign?asked=2&later=0" {
		t.Fatalf("%d to %s", got.Code, got.Header().Get("Location"))
	}
	if len(archive.toSign) != 2 || archive.shrunk[0] {
		t.Errorf("asked for %+v, shrunk %v", archive.toSign, archive.shrunk)
	}
	// What is on its way is not asked for again.
	if got := ask(t, h, http.MethodPost, "/sign", form); got.Code != http.StatusOK || !strings.Contains(got.body, "Chưa chọn giấy nào") {
		t.Errorf("%d: signed twice", got.Code)
	}
}

func TestSmallerMeansOnePaper(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	got := ask(t, h, http.MethodPost, "/sign", url.Values{"smaller": {"component0003"}, "kind": {"birth_notice"}, "paper": {"component0001"}})
	if !strings.Contains(got.body, "Ký 1 giấy?") || !strings.Contains(got.body, `name="shrink" value="yes"`) {
		t.Fatal("the button of one paper means others, too")
	}
	ask(t, h, http.MethodPost, "/sign", url.Values{"confirm": {"yes"}, "shrink": {"yes"}, "paper": {"component0003"}})
	if len(archive.toSign) != 1 || !archive.shrunk[0] {
		t.Errorf("asked for %+v, shrunk %v", archive.toSign, archive.shrunk)
	}
}

func TestNobodySignsWithoutAKey(t *testing.T) {
	archive := busyDay()
	archive.problem = Sentence{Vi: "Chưa có khóa.", En: "No key."}
	got := ask(t, newHandler(t, archive), http.MethodPost, "/sign", url.Values{"confirm": {"yes"}, "paper": {"component0003"}})
	if len(archive.toSign) != 0 || !strings.Contains(got.body, "Chưa có khóa.") {
		t.Error("signed without a key")
	}
}

func TestSignatureTab(t *testing.T) {
	archive := busyDay()
	archive.manifests[3].Dossier.Components[0].State = dossier.ComponentSigned
	archive.judged = Signature{Valid: true, At: noon, Holder: "Ủy ban", Test: true, Says: Sentence{Vi: "Chữ ký hợp lệ, ký ngày 09/09/2026 12:00:00, phủ toàn bộ tệp.", En: "Valid."}}
	h := newHandler(t, archive)
	body := get(t, h, "/dossiers/dossier0003?tab=signature").body
	if !strings.Contains(body, "Chữ ký hợp lệ, ký ngày 09/09/2026 12:00:00, phủ toàn bộ tệp.") || !strings.Contains(body, "CHỮ KÝ THỬ") {
		t.Error("the tab does not say what the signature is worth")
	}
	if body := get(t, h, "/dossiers/dossier0002?tab=signature").body; !strings.Contains(body, "Giấy này chưa ký.") || !strings.Contains(body, `href="/sign"`) {
		t.Error("the tab of an unsigned paper does not say so")
	}
	if list := get(t, h, "/dossiers").body; !strings.Contains(list, "đã ký 1/1") {
		t.Error("the list does not say what is signed")
	}
}

// TestSignByKeyboard chooses a group, confirms, and watches the papers leave the
// list; what else was chosen stays chosen.
func TestSignByKeyboard(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/sign")
	<-archive.heard
	// A page that has just begun to listen asks for its list once more. A key that
	// goes down on the old list and up on the new one strikes neither.
	b.Until(`performance.getEntriesByType("resource").some(e => new URL(e.name).pathname === "/sign/live") &&
		document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling") === null`)
	b.Do(chromedp.Evaluate(`document.getElementById("k-birth_notice").focus()`, nil)) // which a list that comes anew keeps
	b.Press(" ")
	b.Until(`document.querySelectorAll('input[name="paper"]:checked').length === 15`)
	b.Do(chromedp.Evaluate(`document.querySelector('input[name="paper"]:checked').click()`, nil))
	b.True(`!document.querySelector('input[value="birth_notice"]').checked`, "a group of which a paper is left out is not meant whole")
	b.Press("k", browsertest.Alt)
	b.Until(`document.querySelector(".confirm") !== null`)
	b.True(`document.querySelector("h1").textContent === "Ký 14 giấy?"`, "what was chosen is to be confirmed")
	b.Press(kb.Enter)
	b.Until(`document.querySelectorAll(".is-asked").length === 14`)
	<-archive.heard
	b.Do(chromedp.Evaluate(`window.still = true; document.querySelector('input[value="land_change_application"]').click(); undefined`, nil))
	archive.signed()
	b.Until(`document.querySelectorAll(".is-asked").length === 0 && document.getElementById("sign-badge").textContent === "46"`)
	b.True(`window.still === true`, "the page was not loaded again")
	b.True(`document.querySelectorAll('input[name="paper"]:checked').length === 15`, "what was chosen meanwhile stays chosen")
	b.Phone(390)
	b.Do(chromedp.Navigate(server.URL + "/sign"))
	b.True(`document.documentElement.scrollWidth <= innerWidth`, "the page fits a phone")
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}
