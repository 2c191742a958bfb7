package web

import (
	"net/http"
	"strings"
	"testing"

	"sohoa/dossier"
)

// unseen are the routes that show nothing of a record.
var unseen = map[string]string{
	"GET /{$}":                        "leads elsewhere",
	"POST /open":                      "leads elsewhere",
	"POST /review/place":              "a change: the catalogue logs it",
	"POST /dossiers/{dossier}/pages":  "a change: the catalogue logs it",
	"POST /review/field":              "a change: the catalogue logs it",
	"POST /review/count":              "a change: the catalogue logs it",
	"POST /review/backs":              "a change: the catalogue logs it",
	"POST /api/backs":                 "a change: the catalogue logs it",
	"POST /api/count":                 "a change: the catalogue logs it",
	"POST /review/side":               "a change: the catalogue logs it",
	"POST /api/side":                  "a change: the catalogue logs it",
	"POST /review/undo":               "a change: the catalogue logs it",
	"POST /api/efile":                 "a change: the catalogue logs it",
	"POST /api/place":                 "a change: the catalogue logs it",
	"GET /events":                     "says that something changed, not what",
	"GET /sign/progress":              "counts only",
	"GET /sample":                     "counts only",
	"POST /sample":                    "a change: the catalogue logs it",
	"POST /sample/gate":               "a change: the catalogue logs it",
	"GET /sample/settle":              "nothing waits here; a place that does is a view of its page",
	"POST /sample/settle":             "a change: the catalogue logs it",
	"GET /api/status":                 "counts only",
	"POST /language":                  "nothing of the archive",
	"GET /assets/{file...}":           "nothing of the archive",
	"GET /first-run":                  "before the door",
	"POST /first-run":                 "before the door",
	"GET /login":                      "before the door",
	"POST /login":                     "before the door",
	"GET /login/code":                 "before the door",
	"POST /login/code":                "before the door",
	"GET /login/provider":             "before the door",
	"GET /login/provider/back":        "before the door",
	"POST /logout":                    "before the door",
	"GET /account":                    "people, not records; changes are logged by the register",
	"POST /account/password":          "people, not records; changes are logged by the register",
	"POST /account/sessions/end":      "people, not records; changes are logged by the register",
	"GET /account/factor":             "people, not records; changes are logged by the register",
	"POST /account/factor":            "people, not records; changes are logged by the register",
	"GET /users":                      "people, not records; changes are logged by the register",
	"POST /users":                     "people, not records; changes are logged by the register",
	"POST /users/{user}/{change}":     "people, not records; changes are logged by the register",
	"POST /dossiers/{dossier}/close":  "a change: the catalogue logs it",
	"POST /dossiers/{dossier}/reopen": "a change: the catalogue logs it",
	"POST /dossiers/{dossier}/keep":   "a change: the catalogue logs it",
	"POST /dossiers/{dossier}/reason": "a change: the register logs it",
	"GET /healthz":                    "for machines: that it lives",
	"GET /readyz":                     "for machines: what is ready",
	"GET /status":                     "for machines: counts only",
	"GET /metrics":                    "for machines: counts only",
}

// TestEveryViewIsLogged asks every route: whatever shows something of a record
// has it in the log first, and shows nothing when the log cannot be written.
func TestEveryViewIsLogged(t *testing.T) {
	for name, r := range known {
		if unseen[name] != "" {
			continue
		}
		archive := busyDay()
		h := newHandler(t, archive)
		if got := get(t, h, r.at); got.Code != r.code || len(archive.viewed) == 0 {
			t.Errorf("%s: code %d, %d views in the log", name, got.Code, len(archive.viewed))
		}
		for _, deed := range archive.viewed {
			if deed.Action == "" || deed.Subject == "" {
				t.Errorf("%s: %+v", name, deed)
			}
		}
		archive.unlogged = errBroken
		got := get(t, h, r.at)
		if got.Code != http.StatusServiceUnavailable || strings.Contains(got.body, "Lò Văn") || got.Header().Get("ETag") != "" {
			t.Errorf("%s is served although it cannot be logged: code %d", name, got.Code)
		}
		if !strings.Contains(got.body, "nhật ký") && !strings.Contains(got.body, "is logged") {
			t.Errorf("%s does not say why: %s", name, got.body)
		}
	}
}

func TestWhatIsLogged(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	for path, want := range map[string][]dossier.Deed{
		"/dossiers/dossier0003?page=" + string(pageID(7)): {
			{Action: dossier.ActionDossierView, Subject: "dossier0003"}, {Action: dossier.ActionPageView, Subject: string(pageID(7))},
		},
		"/pictures/" + string(pageID(3)) + "/1/160":  {{Action: dossier.ActionBatchView, Subject: "old"}},
		"/pictures/" + string(pageID(3)) + "/1/1000": {{Action: dossier.ActionPageView, Subject: string(pageID(3))}},
		"/incoming/batch2/1/240":                     {{Action: dossier.ActionBatchView, Subject: "batch2"}},
		"/review?page=" + string(pageID(1001)):       {{Action: dossier.ActionPageView, Subject: string(pageID(1001))}},
		"/search?q=t%E1%BB%8Fa":                      {{Action: dossier.ActionSearch, Subject: "unit1", Words: "tỏa"}},
	} {
		archive.viewed = nil
		get(t, h, path)
		if len(archive.viewed) != len(want) {
			t.Errorf("%s: %d views %+v, want %d", path, len(archive.viewed), archive.viewed, len(want))
			continue
		}
		for i, deed := range archive.viewed {
			if deed.Action != want[i].Action || deed.Subject != want[i].Subject || deed.Words != want[i].Words {
				t.Errorf("%s: %+v, want %+v", path, deed, want[i])
			}
		}
	}
}
