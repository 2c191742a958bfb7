package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/web/browsertest"
)

// answered is the form of the first doubtful field, with what a person does.
func answered(more url.Values) url.Values {
	form := url.Values{
		"dossier": {"dossier0000"}, "paper": {"component0000"}, "kind": {"birth_registration_application"}, "field": {"child_name"},
		"was": {"Lò Văn Tỏa"}, "is": {"Lò Văn Tỏa"}, "here": {"/review?field=child_name&paper=component0000"}, "next": {"/review?field=dob&paper=component0000"},
	}
	for key, values := range more {
		form[key] = values
	}
	return form
}

// TestFieldIsAsked: the question, the region of the page, the values to choose
// from; what is said goes on with what was seen, and the next field is there.
func TestFieldIsAsked(t *testing.T) {
	archive := busyDay()
	archive.manifests[0].Dossier.Components[0].Fields["child_name"] = dossier.Field{
		Value: "Lò Văn Tỏa", Raw: "Lò Văn Toa", Confidence: 0.61, Box: &dossier.Box{X: 300, Y: 400, W: 700, H: 60}, Page: pageID(0),
	}
	h := newHandler(t, archive)
	body := get(t, h, "/review?of=fields").body
	for _, want := range []string{
		"Người được khai sinh?", "độ tin cậy", `src="/review/cut/dossier0000/component0000/child_name" width="1060" height="180"`,
		`<kbd>2</kbd> Lò Văn Toa</button>`, "Thông tin 1 trong 24", `href="/review?of=pages">7 trang`, `<rect class="hit" x="293"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the question does not say %q", want)
		}
	}
	if cut := get(t, h, "/review/cut/dossier0000/component0000/child_name"); cut.Code != http.StatusOK || cut.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("the region: %d", cut.Code)
	}
	for _, no := range []string{"/review/cut/dossier0000/component0000/dob", "/review/cut/dossier0000/component0000/nothing", "/review/cut/dossier0000/nothing/dob"} {
		if got := get(t, h, no); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", no, got.Code)
		}
	}
	got := ask(t, h, http.MethodPost, "/review/field", answered(url.Values{"pick": {"Lò Văn Toa"}}))
	if at := got.Header().Get("Location"); got.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/review?field=dob&paper=component0000&decided=dossier0000&back=") {
		t.Errorf("answered: %d to %q", got.Code, at)
	}
	want := dossier.FieldCorrection{Field: "child_name", Was: "Lò Văn Tỏa", Is: "Lò Văn Toa"}
	if len(archive.corrected) != 1 || archive.corrected[0].Fields[0] != want {
		t.Errorf("corrected %+v, want %+v", archive.corrected, want)
	}
	next := get(t, h, got.Header().Get("Location")).body
	if !strings.Contains(next, "Ngày sinh?") || !strings.Contains(next, "Đã ghi nhận.") || !strings.Contains(next, `name="back" value="/review?field=child_name&amp;paper=component0000"`) {
		t.Error("the next field, or the way back, is not offered")
	}
}

// TestFieldIsRefused: who comes second, what can't be, and what contradicts is
// told in a sentence, and what was typed stays.
func TestFieldIsRefused(t *testing.T) {
	for refused, want := range map[error]string{
		ErrChanged: "Người khác vừa quyết định về giấy này", ErrNoSuchValue: "Không đúng dạng", ErrContradiction: `name="insist" value="1"`,
	} {
		archive := busyDay()
		archive.refuse = refused
		got := ask(t, newHandler(t, archive), http.MethodPost, "/review/field", answered(url.Values{"is": {"Lò Văn Tỏa Em"}}))
		if got.Code != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%v: %d without %q", refused, got.Code, want)
		}
		if stays := strings.Contains(got.body, `value="Lò Văn Tỏa Em"`); stays == errors.Is(refused, ErrChanged) {
			t.Errorf("%v: what was typed stays: %v", refused, stays)
		}
	}
	got := ask(t, newHandler(t, busyDay()), http.MethodPost, "/review/field", answered(url.Values{"is": {" "}}))
	if !strings.Contains(got.body, "Hãy gõ nội dung trên giấy") {
		t.Error("an empty answer is not asked about")
	}
}

// TestFieldsByKeyboard confirms a field, takes that back, picks a value, types
// one, skips one, and turns the page to look at it.
func TestFieldsByKeyboard(t *testing.T) {
	archive := busyDay()
	first := archive.manifests[0].Dossier.Components[0].Fields
	first["dob"] = dossier.Field{Value: "02/03/2026", Raw: "02/08/2026", Confidence: 0.4}
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/review?of=fields")
	asked := func(name string) {
		t.Helper()
		b.Until(`document.querySelector("#question").textContent === "` + name + `?"`)
	}
	asked("Người được khai sinh")
	b.True(`document.documentElement.scrollHeight <= innerHeight`, "page and question can be seen at once")
	b.Press("r")
	b.True(`document.querySelector(".sheet").classList.contains("turn1")`, "R turns the page")
	b.Press("\r")
	asked("Ngày sinh")
	b.Press("2")
	b.Until(`document.querySelector(".done") !== null && location.search.includes("component0001")`)
	b.Press("\t")
	b.True(`document.activeElement.id === "is"`, "Tab leads to the value")
	b.Press("Lò Văn Toàn\r")
	b.Until(`location.search.includes("field=dob")`)
	b.Press("s")
	b.Until(`location.search.includes("component0002")`)
	archive.mu.Lock()
	said := archive.corrected
	archive.mu.Unlock()
	want := []dossier.FieldCorrection{
		{Field: "child_name", Was: "Lò Văn Tỏa", Is: "Lò Văn Tỏa"}, {Field: "dob", Was: "02/03/2026", Is: "02/08/2026"}, {Field: "child_name", Was: "Lò Văn Tỏa", Is: "Lò Văn Toàn"},
	}
	if len(said) != len(want) {
		t.Fatalf("said %+v", said)
	}
	for i := range want {
		if said[i].Fields[0] != want[i] {
			t.Errorf("said %+v, want %+v", said[i].Fields[0], want[i])
		}
	}
	b.Screen("review-field")
	b.Phone(390)
	b.Screen("review-field-phone")
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}
