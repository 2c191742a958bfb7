package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sohoa/web/browsertest"
)

// TestKeyedBlind keys fields in a real browser: the box has the focus, what the
// machine read is nowhere, Enter goes on, and who settles picks one of two.
func TestKeyedBlind(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/entry")
	b.Until(`document.activeElement.id === "is"`)
	b.True(`!document.documentElement.outerHTML.includes("Lò Văn Tỏa")`, "the value that was read is not there")
	b.True(`document.documentElement.scrollHeight <= innerHeight`, "page and box can be seen at once")
	b.Screen("entry")
	b.Press("Lò Văn Toán\r")
	b.Until(`document.querySelector(".done") !== null && location.search.includes("said=first")`)
	b.Open(server.URL + "/entry/settle")
	b.Until(`document.querySelectorAll(".choices button").length === 2`)
	b.Screen("entry-settle")
	b.Press("2")
	b.Until(`location.search.includes("said=settled")`)
	archive.mu.Lock()
	defer archive.mu.Unlock()
	if k := archive.keyings["component0012child_name"]; len(k) != 1 || k[0].Value != "Lò Văn Toán" || k[0].Actor.ID != "local" {
		t.Errorf("keyed %+v", k)
	}
	if len(archive.corrected) != 1 || archive.corrected[0].Fields[0].Is != "Lò Thị Nhì" {
		t.Errorf("settled %+v", archive.corrected)
	}
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}

// TestNothingKeyed: an empty answer is asked about, "not on the paper" is one.
func TestNothingKeyed(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	form := url.Values{"dossier": {"dossier0012"}, "paper": {"component0012"}, "kind": {"birth_registration_application"}, "field": {"child_name"}, "is": {""}}
	if got := ask(t, h, http.MethodPost, "/entry", form); !strings.Contains(got.body, "Hãy gõ nội dung trên giấy") {
		t.Errorf("an empty answer: %d", got.Code)
	}
	form.Set("none", "1")
	if got := ask(t, h, http.MethodPost, "/entry", form); got.Header().Get("Location") != "/entry?from=0&said=first" {
		t.Errorf("not on the paper: %d to %q", got.Code, got.Header().Get("Location"))
	}
	if got := ask(t, h, http.MethodPost, "/entry", form); !strings.Contains(got.body, "Bạn đã nhập thông tin này rồi") {
		t.Errorf("once more: %d", got.Code)
	}
}
