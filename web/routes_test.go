package web

import (
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"sohoa/dossier"
)

// answer is what a request got.
type answer struct {
	*httptest.ResponseRecorder
	body string
}

func ask(t *testing.T, h http.Handler, method, path string, form url.Values, headers ...string) answer {
	t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	request.Host, request.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:1234"
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	return answer{w, w.Body.String()}
}

func get(t *testing.T, h http.Handler, path string, headers ...string) answer {
	t.Helper()
	return ask(t, h, http.MethodGet, path, nil, headers...)
}

// known is every route there may be, what it needs, an address of it, what
// whoever sits at the machine gets there, and what somebody of a foreign unit
// gets who has the permission. A route that is added must be added here, with a
// thought about its permission.
var known = map[string]struct {
	needs   permission
	at      string
	code    int
	foreign int
}{
	"GET /{$}":                       {permNone, "/", 303, 303},
	"GET /intake":                    {permRead, "/intake", 200, 200},
	"GET /intake/live":               {permRead, "/intake/live", 200, 200},
	"POST /open":                     {permRead, "/open", 303, 303},
	"GET /dossiers":                  {permRead, "/dossiers", 200, 200},
	"GET /dossiers/{dossier}":        {permRead, "/dossiers/dossier0001", 200, 404},
	"GET /dossiers/{dossier}/pages":  {permPlace, "/dossiers/dossier0001/pages", 200, 404},
	"POST /dossiers/{dossier}/pages": {permPlace, "/dossiers/dossier0001/pages", 200, 404},
	"GET /registers":                 {permRead, "/registers", 200, 200},
	"GET /registers/cut/{dossier}/{paper}/{entry}": {permRead, "/registers/cut/dossier0001/component0001/entry0", 200, 404},
	"POST /registers":                           {permPlace, "/registers", 200, 404},
	"GET /dossiers/{dossier}/pdf/{component}":   {permPublish, "/dossiers/dossier0001/pdf/component0001", 200, 404},
	"POST /dossiers/{dossier}/reason":           {permRead, "/dossiers/dossier0001/reason", 404, 404},
	"POST /dossiers/{dossier}/close":            {permDispose, "/dossiers/dossier0001/close", 303, 404},
	"POST /dossiers/{dossier}/reopen":           {permDispose, "/dossiers/dossier0001/reopen", 303, 404},
	"POST /dossiers/{dossier}/keep":             {permPlace, "/dossiers/dossier0001/keep", 303, 404},
	"GET /review":                               {permRead, "/review", 200, 200},
	"GET /review/papers":                        {permRead, "/review/papers?dossier=dossier0001", 200, 404},
	"POST /review/place":                        {permPlace, "/review/place", 200, 404},
	"GET /review/cut/{dossier}/{paper}/{field}": {permRead, "/review/cut/dossier0001/component0001/child_name", 200, 404},
	"POST /review/field":                        {permPlace, "/review/field", 200, 404},
	"POST /review/count":                        {permPlace, "/review/count", 303, 404},
	"POST /review/undo":                         {permPlace, "/review/undo", 303, 404},
	"POST /review/backs":                        {permPlace, "/review/backs?say=rescan", 303, 404},
	"GET /entry":                                {permPlace, "/entry", 200, 404},
	"POST /entry":                               {permPlace, "/entry", 200, 404},
	"GET /entry/settle":                         {permApprove, "/entry/settle", 200, 404},
	"POST /entry/settle":                        {permApprove, "/entry/settle", 200, 404},
	"GET /sample":                               {permRead, "/sample", 200, 404},
	"POST /sample":                              {permApprove, "/sample", 400, 404},
	"POST /sample/gate":                         {permApprove, "/sample/gate?field=dob+0.80&gate=85&reason=x", 303, 404},
	"GET /sample/key":                           {permPlace, "/sample/key?month=2026-09", 200, 404},
	"POST /sample/key":                          {permPlace, "/sample/key?month=2026-09", 200, 404},
	"GET /sample/settle":                        {permApprove, "/sample/settle?month=2026-09", 200, 404},
	"POST /sample/settle":                       {permApprove, "/sample/settle?month=2026-09", 200, 404},
	"GET /sample/cut/{month}/{n}":               {permRead, "/sample/cut/2026-09/1", 200, 404},
	"GET /sign":                                 {permSign, "/sign", 200, 404},
	"GET /sign/live":                            {permSign, "/sign/live", 200, 404},
	"GET /sign/progress":                        {permSign, "/sign/progress", 200, 404},
	"POST /sign":                                {permSign, "/sign", 200, 404},
	"GET /search":                               {permRead, "/search?q=khai", 200, 200},
	"GET /pictures/{page}/{reading}/{width}":    {permRead, "/pictures/" + string(pageID(3)) + "/1/160", 200, 404},
	"GET /incoming/{batch}/{n}/{width}":         {permRead, "/incoming/batch2/1/240", 200, 404},
	"GET /events":                               {permRead, "", 0, 0}, // TestEvents
	"POST /language":                            {permNone, "/language", 303, 303},
	"GET /assets/{file...}":                     {permNone, "/assets/app.css", 200, 200},
	"GET /first-run":                            {permNone, "/first-run", 303, 303},
	"POST /first-run":                           {permNone, "/first-run", 303, 303},
	"GET /login":                                {permNone, "/login", 303, 303},
	"POST /login":                               {permNone, "/login", 401, 401},
	"GET /login/code":                           {permNone, "/login/code", 303, 303},
	"POST /login/code":                          {permNone, "/login/code", 303, 303},
	"GET /login/provider":                       {permNone, "/login/provider", 404, 404},
	"GET /login/provider/back":                  {permNone, "/login/provider/back", 404, 404},
	"POST /logout":                              {permNone, "/logout", 303, 303},
	"GET /tra-cuu-ho-so":                        {permNone, "/tra-cuu-ho-so?code=Y99.12-260909-0001", 200, 200},
	"GET /account":                              {permOwn, "/account", 403, 200},
	"POST /account/password":                    {permOwn, "/account/password", 403, 422},
	"POST /account/sessions/end":                {permOwn, "/account/sessions/end", 403, 303},
	"GET /account/factor":                       {permOwn, "/account/factor", 403, 200},
	"POST /account/factor":                      {permOwn, "/account/factor", 403, 422},
	"GET /users":                                {permAdminister, "/users", 403, 200},
	"POST /users":                               {permAdminister, "/users", 403, 422},
	"POST /users/{user}/{change}":               {permAdminister, "/users/nobody/grant", 403, 404},
	"GET /api/status":                           {permRead, "/api/status", 200, 200},
	"GET /api/search":                           {permRead, "/api/search?q=khai", 200, 200},
	"GET /api/dossiers/{dossier}":               {permRead, "/api/dossiers/dossier0001", 200, 404},
	"GET /api/parked":                           {permRead, "/api/parked", 200, 200},
	"POST /api/count":                           {permPlace, "/api/count", 400, 404},
	"POST /review/side":                         {permPlace, "/review/side?say=empty", 303, 404},
	"POST /api/side":                            {permPlace, "/api/side", 400, 404},
	"POST /api/backs":                           {permPlace, "/api/backs", 400, 404},
	"POST /api/efile":                           {permFile, "/api/efile?code=Y99.12-260909-0001&kind=birth_notice", 202, 404},
	"POST /api/place":                           {permPlace, "/api/place", 400, 404},
	"GET /healthz":                              {permNone, "/healthz", 200, 200},
	"GET /readyz":                               {permWatch, "/readyz", 200, 200},
	"GET /status":                               {permWatch, "/status", 200, 200},
	"GET /metrics":                              {permWatch, "/metrics", 200, 200},
}

func TestRoutes(t *testing.T) {
	h := newHandler(t, busyDay())
	seen := 0
	for _, r := range routes() {
		name := r.method + " " + r.pattern
		want, ok := known[name]
		if !ok {
			t.Errorf("%s is served, but nobody has said here what it needs", name)
			continue
		}
		seen++
		if r.needs != want.needs {
			t.Errorf("%s needs %q, want %q", name, r.needs, want.needs)
		}
		if want.at == "" {
			continue
		}
		if got := ask(t, h, r.method, want.at, nil); got.Code != want.code {
			t.Errorf("%s %s: %d, want %d", r.method, want.at, got.Code, want.code)
		}
		// The same address by another method is nobody's.
		if got := ask(t, h, http.MethodDelete, want.at, nil); got.Code != http.StatusNotFound {
			t.Errorf("DELETE %s: %d, want 404", want.at, got.Code)
		}
	}
	if seen != len(known) {
		t.Errorf("%d routes are served, %d are known", seen, len(known))
	}
	if got := get(t, h, "/nothing/here"); got.Code != http.StatusNotFound || !strings.Contains(got.body, "Không có hồ sơ") {
		t.Errorf("an unknown address: %d", got.Code)
	}
}

// pagesOfSite are the addresses a person sees.
var pagesOfSite = []string{
	"/intake", "/dossiers", "/dossiers?waiting=1&state=open", "/dossiers/dossier0000", "/dossiers/dossier0003?q=toa&tab=text",
	"/dossiers/dossier0003?tab=history", "/dossiers/dossier0003/pages", "/dossiers/dossier0003?tab=signature", "/review", "/review?of=fields", "/review?emptied=x", "/entry", "/entry/settle", "/registers", "/registers?entry=entry1", "/sample", "/sample/key?month=2026-09", "/sample/settle?month=2026-09", "/sign", "/sign?asked=3&later=1", "/search", "/search?q=khai+sinh", "/nothing",
}

func TestEveryPageInBothLanguages(t *testing.T) {
	h := newHandler(t, busyDay())
	missing := regexp.MustCompile(`\[[a-z_]+\.[a-z_.]+\]|%!|&lt;nil&gt;`)
	for _, path := range pagesOfSite {
		for _, l := range []string{"vi", "en"} {
			got := get(t, h, path, "Cookie", "lang="+l)
			if !strings.Contains(got.body, `<html lang="`+l+`">`) {
				t.Errorf("%s in %s: other language", path, l)
			}
			if hole := missing.FindString(got.body); hole != "" {
				t.Errorf("%s in %s says %q", path, l, hole)
			}
			if !strings.Contains(got.body, "</html>") {
				t.Errorf("%s in %s ends early", path, l)
			}
		}
	}
}

// TestWeight keeps pages below 150 KB with everything but pictures.
func TestWeight(t *testing.T) {
	archive := busyDay()
	for i := range 200 { // a long scan at a busy counter
		archive.arrivals = append(archive.arrivals, dossier.Arrival{
			Batch: "batch1", File: strings.Repeat("tên tệp rất dài ", 6), Ordinal: 300 + i, Index: 1, Page: pageID(7000 + i),
			State: dossier.PageParked, Reason: dossier.ReasonKindUnsure, Reading: 1, At: noon,
		})
	}
	h := newHandler(t, archive)
	assets := 0
	for _, file := range []string{"app.css", "app.js", "vendor/htmx.min.js", "vendor/htmx-sse.min.js", "icon.svg"} {
		assets += get(t, h, "/assets/"+file).Body.Len()
	}
	for _, path := range pagesOfSite {
		if size := get(t, h, path).Body.Len() + assets; size > 150_000 {
			t.Errorf("%s weighs %d bytes with scripts and styles, want at most 150000", path, size)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	h := newHandler(t, busyDay())
	for _, path := range pagesOfSite {
		got := get(t, h, path)
		policy := got.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store"} {
			if got.Header().Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.Header().Get(name), want)
			}
		}
	}
}

// TestNothingInline looks through the templates for what the policy would
// block, so that a page can't lose its script or style unnoticed.
func TestNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`(?i)\bstyle=|<style|\son[a-z]+=|javascript:|<script>`)
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(files) < 5 {
		t.Fatalf("templates: %v %v", files, err)
	}
	for _, file := range files {
		body, err := fs.ReadFile(templateFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		if found := inline.Find(body); found != nil {
			t.Errorf("%s has %q", file, found)
		}
	}
}

func TestOtherHostsAreRefused(t *testing.T) {
	h := newHandler(t, busyDay())
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost:8080": 200, "localhost": 200, "[::1]:8080": 200, "127.0.0.1": 200, "[::1]": 200,
		"evil.example": 421, "evil.example:8080": 421, "192.168.1.5:8080": 421, "127.0.0.1.evil.example": 421, "": 421,
	} {
		request := httptest.NewRequest(http.MethodGet, "/intake", nil)
		request.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request)
		if w.Code != want {
			t.Errorf("Host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestOtherSitesCannotPlace(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	form := url.Values{"page": {string(pageID(1000))}, "kind": {"birth_notice"}}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://evil.example"}} {
		if got := ask(t, h, http.MethodPost, "/review/place", form, headers...); got.Code != http.StatusForbidden {
			t.Errorf("POST with %v: %d, want 403", headers, got.Code)
		}
	}
	if len(archive.placed) != 0 {
		t.Errorf("placed %v", archive.placed)
	}
	if got := ask(t, h, http.MethodPost, "/review/place", form, "Sec-Fetch-Site", "same-origin"); got.Code != http.StatusSeeOther {
		t.Errorf("POST from our own page: %d, want 303", got.Code)
	}
}

// TestHostileText: whatever a scan, a file name or a field says stays text.
func TestHostileText(t *testing.T) {
	const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	archive := busyDay()
	m := &archive.manifests[0].Dossier
	for id, f := range m.Components[0].Fields {
		f.Value = hostile
		m.Components[0].Fields[id] = f
	}
	m.Components[0].Kind, m.Components[0].Reasons = hostile, []string{hostile}
	for page, r := range archive.readings {
		r.Text, r.Flags = hostile, nil
		r.Words = []dossier.Word{{Text: hostile, W: 5, H: 5}}
		archive.readings[page] = r
	}
	for i := range archive.arrivals {
		archive.arrivals[i].File, archive.arrivals[i].Device = hostile, hostile
	}
	archive.inflow.Devices[0].Name, archive.inflow.Devices[0].Waiting[0].Name = hostile, hostile
	archive.inflow.Files[0].Name, archive.batches[0].Device = hostile, hostile
	h := newHandler(t, archive)
	for _, path := range append(pagesOfSite, "/search?q="+url.QueryEscape(hostile), "/dossiers?q="+url.QueryEscape(hostile)) {
		body := get(t, h, path).body
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
			t.Errorf("%s: hostile text became markup", path)
		}
	}
}

// TestLogsAreSilentAboutPeople: a failing search is logged with its route, and
// neither with its words nor with its address.
func TestLogsAreSilentAboutPeople(t *testing.T) {
	archive := busyDay()
	archive.broken = errBroken
	var log bytes.Buffer
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := configOf(archive, kinds)
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	got := get(t, h, "/search?q=Tỏa")
	if got.Code != http.StatusInternalServerError || strings.Contains(got.body, errBroken.Error()) {
		t.Errorf("a broken archive: %d, and the page tells the cause: %v", got.Code, strings.Contains(got.body, errBroken.Error()))
	}
	line := log.String()
	if !strings.Contains(line, "route=/search") || !strings.Contains(line, errBroken.Error()) {
		t.Errorf("the log does not say what failed: %q", line)
	}
	if strings.Contains(line, "Tỏa") || strings.Contains(line, "q=") {
		t.Errorf("the log carries the words of the search: %q", line)
	}
}

func TestLanguage(t *testing.T) {
	h := newHandler(t, busyDay())
	for back, want := range map[string]string{
		"/dossiers?q=12": "/dossiers?q=12", "//evil.example/x": "/", "https://evil.example": "/", "/\\evil.example": "/", "": "/", "x": "/",
	} {
		got := ask(t, h, http.MethodPost, "/language", url.Values{"to": {"en"}, "back": {back}})
		if got.Header().Get("Location") != want {
			t.Errorf("back to %q: goes to %q, want %q", back, got.Header().Get("Location"), want)
		}
		if cookie := got.Header().Get("Set-Cookie"); !strings.HasPrefix(cookie, "lang=en;") || !strings.Contains(cookie, "HttpOnly") {
			t.Errorf("cookie %q", cookie)
		}
	}
}

func TestAPI(t *testing.T) {
	archive := busyDay()
	h := newHandler(t, archive)
	for path, want := range map[string]string{
		"/api/status":               `"parked":7`,
		"/api/search?q=khai+sinh":   `"total":120`,
		"/api/dossiers/dossier0001": `"code":"Y99.12-260909-0001"`,
		"/api/parked":               `"reason":"kind_unsure"`,
		"/api/dossiers/no-such":     `"error":`,
	} {
		got := get(t, h, path)
		if !strings.Contains(got.body, want) || got.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %.200s, want %s", path, got.body, want)
		}
	}
	request := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/place", strings.NewReader(`{"pages":["`+string(pageID(1000))+`"],"kind":"birth_notice"}`))
	request.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	if body, _ := io.ReadAll(w.Body); w.Code != http.StatusOK || len(archive.placed) != 1 {
		t.Errorf("POST /api/place: %d %s", w.Code, body)
	}
}

// TestBodyLimit: a form can't be endless.
func TestBodyLimit(t *testing.T) {
	h := newHandler(t, busyDay())
	got := ask(t, h, http.MethodPost, "/review/place", url.Values{"kind": {strings.Repeat("x", maxBody+1)}})
	if got.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over the limit: %d, want 413", got.Code)
	}
}
