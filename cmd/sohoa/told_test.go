package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"sohoa/dossier"
)

// seen is the version of a dossier that a page shows.
var seen = regexp.MustCompile(`name="saw" value="(\d+)"`)

// TestWhoComesSecondIsTold: Lan and Minh sit before the same dossier in browsers
// of their own. Whatever Minh decides after Lan has, about a value, about a value
// that she confirmed, about the pages, or by taking something back, is not done;
// he is told who decided, when and what, and what he typed is not lost.
func TestWhoComesSecondIsTold(t *testing.T) {
	t.Parallel()
	b := staffed(t, "poll: 1s\n", map[string]dossier.Role{"lan": dossier.RoleReviewer, "minh": dossier.RoleReviewer})
	lan, minh := b.enter("127.0.17.1", "lan"), b.enter("127.0.17.2", "minh")
	decides := func(client *http.Client, path string, form url.Values) {
		t.Helper()
		if got := b.post(client, path, form); got.code != http.StatusSeeOther {
			t.Fatalf("%s: %d, want it done", path, got.code)
		}
	}
	isTold := func(path string, form url.Values, words ...string) {
		t.Helper()
		got := b.post(minh, path, form)
		for _, want := range append(words, "Chị Lan", `role="alert"`) {
			if got.code != http.StatusOK || !strings.Contains(got.body, want) {
				t.Errorf("%s: %d, and the second person is not told %q", path, got.code, want)
			}
		}
	}
	value := func(field, was, is string) url.Values {
		form := asKeyed(b, is)
		form.Set("field", field)
		form.Set("was", was)
		return form
	}
	decides(lan, "/review/field", value("child_name", "Lò Văn Tỏa", "Lò Văn Toả"))
	isTold("/review/field", value("child_name", "Lò Văn Tỏa", "Lò Văn Toàn"), "đã ghi mục này lúc", "“Lò Văn Toả”", "“Lò Văn Tỏa”", "“Lò Văn Toàn”")
	decides(lan, "/review/field", value("dob", "02/03/2026", "02/03/2026"))
	isTold("/review/field", value("dob", "02/03/2026", "03/03/2026"), "“02/03/2026”", "“03/03/2026”")

	desk := "/dossiers/" + string(b.open.ID) + "/pages"
	saw := seen.FindStringSubmatch(b.get(minh, desk).body)
	if len(saw) != 2 {
		t.Fatal("the table of pages does not say which version it shows")
	}
	page := string(b.open.Components[0].Pages[0].ID)
	named := func(kind string) url.Values { return url.Values{"page": {page}, "saw": {saw[1]}, "kind": {kind}} }
	decides(lan, desk, named("birth_extract"))
	isTold(desk, named("birth_notice"), "vừa thay đổi hồ sơ này lúc", "chưa được làm", "Trích lục khai sinh")
	isTold("/review/undo", url.Values{"dossier": {string(b.open.ID)}, "saw": {saw[1]}}, "vừa thay đổi hồ sơ này lúc")
	b.until(func() string {
		body := b.get(minh, "/api/dossiers/"+string(b.open.ID)).body
		for _, want := range []string{"Lò Văn Toả", "02/03/2026"} {
			if !strings.Contains(body, want) {
				return "the first decisions do not stand: " + want
			}
		}
		return ""
	})
}
