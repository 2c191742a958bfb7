package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
)

// office is a site with a user for every role, here and in a foreign unit.
func office(t *testing.T, archive *fakeArchive) (http.Handler, *fakePeople) {
	t.Helper()
	people := &fakePeople{way: WayLogin, password: "con mèo trèo cây cau", code: "123456"}
	for _, role := range dossier.Roles() {
		for _, unit := range []dossier.UnitID{"unit1", "unit2"} {
			people.users = append(people.users, dossier.User{
				ID: dossier.UserID(string(role) + "-" + string(unit)), Name: string(role) + "." + string(unit), Grants: []dossier.Grant{{Role: role, Unit: unit}},
			})
		}
	}
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := withPeople(archive, people, kinds)
	cfg.Demo = false
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h, people
}

// as asks as the user of a name.
func as(t *testing.T, h http.Handler, name, method, path string, form url.Values) answer {
	t.Helper()
	return ask(t, h, method, path, form, "Cookie", "sohoa="+name)
}

// ofUnit1 is what only the records of the own unit say.
var ofUnit1 = regexp.MustCompile(`Y99\.12-26|Tỏa|dossier00|component00|SCN_00|0150`)

// TestEveryRouteInEveryRole walks every route in every role, in the own and in a
// foreign unit, and as nobody.
func TestEveryRouteInEveryRole(t *testing.T) {
	// A page repeats its own address, for the switch of languages.
	own := regexp.MustCompile(`name="(back|next)" value="[^"]*"`)
	units := []string{"unit1", "unit2"}
	if testing.Short() {
		units = units[:1]
	}
	for _, role := range dossier.Roles() {
		for _, unit := range units {
			h, people := office(t, busyDay())
			for _, rt := range routes() {
				want := known[rt.method+" "+rt.pattern]
				if want.at == "" {
					want.at = "/events"
				}
				people.ended = nil
				name := fmt.Sprintf("%s %s as %s of %s", rt.method, rt.pattern, role, unit)
				permitted := rt.needs == permNone || rt.needs == permOwn || rt.machine || role.May(rt.needs)
				if rt.pattern == "/events" && permitted {
					continue // a stream without end; who may not gets none: below
				}
				got := as(t, h, string(role)+"."+unit, rt.method, want.at, nil)
				switch {
				case !permitted && got.Code != http.StatusForbidden:
					t.Errorf("%s: %d, want 403", name, got.Code)
				case permitted && unit == "unit1" && got.Code == http.StatusForbidden:
					t.Errorf("%s: refused", name)
				case permitted && unit == "unit2" && got.Code != want.foreign:
					t.Errorf("%s: %d, want %d", name, got.Code, want.foreign)
				}
				if said := ofUnit1.FindString(own.ReplaceAllString(got.body, "")); said != "" && (unit == "unit2" || !permitted) && rt.needs != permNone {
					t.Errorf("%s says %q", name, said)
				}
			}
		}
	}
}

// TestNobodyIsLetIn: without a session, with one that has ended, with half of
// one, and with a token at a page, there is the door and nothing else.
func TestNobodyIsLetIn(t *testing.T) {
	h, people := office(t, busyDay())
	people.ended = []string{"session-signer.unit1"}
	for _, rt := range routes() {
		if rt.needs == permNone || rt.machine {
			continue
		}
		path := known[rt.method+" "+rt.pattern].at
		if path == "" {
			path = "/events"
		}
		for who, headers := range map[string][]string{
			"nobody": nil, "a made-up session": {"Cookie", "sohoa=guess"}, "an ended session": {"Cookie", "sohoa=signer.unit1"},
			"half a session": {"Cookie", "sohoa=half-reviewer.unit1"}, "a cookie for TLS": {"Cookie", "__Host-sohoa=reviewer.unit1"},
			"a made-up token": {"Authorization", "Bearer guess"},
		} {
			got := ask(t, h, rt.method, path, nil, headers...)
			at, isAPI := got.Header().Get("Location"), strings.HasPrefix(path, "/api/")
			if isAPI && got.Code != http.StatusUnauthorized || !isAPI && (got.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/login")) {
				t.Errorf("%s %s by %s: %d to %q", rt.method, path, who, got.Code, at)
			}
			if said := ofUnit1.FindString(got.body); said != "" {
				t.Errorf("%s %s tells %s %q", rt.method, path, who, said)
			}
		}
		if got := ask(t, h, rt.method, path, nil, "Authorization", "Bearer reviewer.unit1"); !strings.HasPrefix(path, "/api/") && got.Code != http.StatusSeeOther {
			t.Errorf("%s %s takes a token: %d", rt.method, path, got.Code)
		}
	}
}

// TestBeforeTheFirstAdministrator nothing is served but the first page.
func TestBeforeTheFirstAdministrator(t *testing.T) {
	h, people := office(t, busyDay())
	people.way = WaySetup
	for _, rt := range routes() {
		path := known[rt.method+" "+rt.pattern].at
		if rt.machine {
			continue
		}
		if path == "" {
			path = "/events"
		}
		got := as(t, h, "reviewer.unit1", rt.method, path, nil)
		open := rt.pattern == "/first-run" || rt.pattern == "/language" || strings.HasPrefix(rt.pattern, "/assets/")
		closed := got.Code == http.StatusSeeOther && got.Header().Get("Location") == "/first-run" || got.Code == http.StatusUnauthorized
		if open == closed {
			t.Errorf("%s %s: %d to %q", rt.method, path, got.Code, got.Header().Get("Location"))
		}
	}
	form := url.Values{"code": {"guess"}, "name": {"chu"}, "password": {"con mèo trèo cây cau"}, "again": {"con mèo trèo cây cau"}}
	if got := ask(t, h, http.MethodPost, "/first-run", form); got.Code != http.StatusUnprocessableEntity || people.way != WaySetup {
		t.Errorf("a wrong code: %d", got.Code)
	}
	form.Set("code", fakeSetupCode)
	form.Set("again", "con mèo khác hẳn con")
	if got := ask(t, h, http.MethodPost, "/first-run", form); got.Code != http.StatusUnprocessableEntity || people.way != WaySetup {
		t.Errorf("two passwords: %d", got.Code)
	}
	form.Set("again", form.Get("password"))
	got := ask(t, h, http.MethodPost, "/first-run", form)
	if got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/users" || !strings.Contains(got.Header().Get("Set-Cookie"), "sohoa=chu; Path=/; HttpOnly; SameSite=Lax") {
		t.Errorf("the right code: %d to %q, %q", got.Code, got.Header().Get("Location"), got.Header().Get("Set-Cookie"))
	}
	if got := ask(t, h, http.MethodPost, "/first-run", form); got.Header().Get("Location") != "/login" {
		t.Errorf("again: %d to %q", got.Code, got.Header().Get("Location"))
	}
}

// TestLoggingIn leads where one wanted to go, and never out of here.
func TestLoggingIn(t *testing.T) {
	h, people := office(t, busyDay())
	form := url.Values{"name": {"reviewer.unit1"}, "password": {people.password}, "next": {"//evil.example/"}}
	got := ask(t, h, http.MethodPost, "/login", form)
	if got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/" {
		t.Errorf("to %q", got.Header().Get("Location"))
	}
	if got := get(t, h, "/search?q=Tỏa"); got.Header().Get("Location") != "/login?next=%2Fsearch" {
		t.Errorf("a search leads to %q: its words must not stand in another address", got.Header().Get("Location"))
	}
	form.Set("password", "wrong")
	got = ask(t, h, http.MethodPost, "/login", form)
	unknown := ask(t, h, http.MethodPost, "/login", url.Values{"name": {"reviewer.unit9"}, "password": {"wrong"}})
	if got.Code != http.StatusUnauthorized || got.Header().Get("Set-Cookie") != "" || strings.ReplaceAll(unknown.body, "unit9", "unit1") != strings.ReplaceAll(got.body, "//evil", "") && len(unknown.body) == 0 {
		t.Errorf("a wrong password: %d %q", got.Code, got.Header().Get("Set-Cookie"))
	}
	people.users[0].SecondFactor = true
	got = ask(t, h, http.MethodPost, "/login", url.Values{"name": {people.users[0].Name}, "password": {people.password}})
	if got.Header().Get("Location") != "/login/code" {
		t.Errorf("with a second factor to %q", got.Header().Get("Location"))
	}
	half := "half-" + people.users[0].Name
	if got := as(t, h, half, http.MethodPost, "/login/code", url.Values{"code": {"000000"}}); got.Code != http.StatusUnauthorized {
		t.Errorf("a wrong code: %d", got.Code)
	}
	if got := as(t, h, half, http.MethodPost, "/login/code", url.Values{"code": {"123456"}}); got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header().Get("Set-Cookie"), "sohoa="+people.users[0].Name+";") {
		t.Errorf("the right code: %d %q", got.Code, got.Header().Get("Set-Cookie"))
	}
}

// TestAPasswordForOneUse lets nobody do anything but change it.
func TestAPasswordForOneUse(t *testing.T) {
	h, people := office(t, busyDay())
	people.users[0].MustChange = true
	name := people.users[0].Name
	if got := as(t, h, name, http.MethodGet, "/dossiers", nil); got.Header().Get("Location") != "/account" {
		t.Errorf("to %q", got.Header().Get("Location"))
	}
	if got := as(t, h, name, http.MethodGet, "/account", nil); got.Code != http.StatusOK || !strings.Contains(got.body, "Hãy đổi mật khẩu") {
		t.Errorf("the page: %d", got.Code)
	}
	form := url.Values{"before": {people.password}, "password": {"một câu khác hẳn 9"}, "again": {"một câu khác hẳn 9"}}
	if got := as(t, h, name, http.MethodPost, "/account/password", form); got.Code != http.StatusSeeOther {
		t.Errorf("changed: %d", got.Code)
	}
}

func TestLoggingOut(t *testing.T) {
	h, people := office(t, busyDay())
	got := as(t, h, "reviewer.unit1", http.MethodPost, "/logout", nil)
	if len(people.ended) != 1 || !strings.Contains(got.Header().Get("Set-Cookie"), "Max-Age=0") || got.Header().Get("Clear-Site-Data") != `"cache"` {
		t.Errorf("ended %v, %q", people.ended, got.Header().Get("Set-Cookie"))
	}
	if got := as(t, h, "reviewer.unit1", http.MethodGet, "/dossiers", nil); got.Header().Get("Location") != "/login?next=%2Fdossiers" {
		t.Errorf("the old secret opens %d", got.Code)
	}
}

// TestKinds: whoever is limited to kinds of paper sees no other, and none that
// waits.
func TestKinds(t *testing.T) {
	archive := busyDay()
	h, people := office(t, archive)
	people.users = append(people.users, dossier.User{ID: "k", Name: "kinds", Grants: []dossier.Grant{{Role: dossier.RoleArchivist, Unit: "unit1", Kinds: []string{"birth_notice"}}}})
	if got := as(t, h, "kinds", http.MethodGet, "/dossiers/dossier0001", nil); got.Code != http.StatusOK { // a birth notice
		t.Errorf("its kind: %d", got.Code)
	}
	if got := as(t, h, "kinds", http.MethodGet, "/dossiers/dossier0002/pdf/component0002", nil); got.Code != http.StatusNotFound {
		t.Errorf("the file of another kind: %d", got.Code)
	}
	form := url.Values{"page": {string(pageID(1000))}, "kind": {"birth_notice"}}
	if got := as(t, h, "kinds", http.MethodPost, "/review/place", form); got.Code != http.StatusNotFound || len(archive.placed) != 0 {
		t.Errorf("placing: %d", got.Code)
	}
	if got := as(t, h, "kinds", http.MethodGet, "/incoming/batch2/1/240", nil); got.Code != http.StatusNotFound {
		t.Errorf("the inbox: %d", got.Code)
	}
	if got := as(t, h, "kinds", http.MethodGet, "/intake", nil); strings.Contains(got.body, "SCN_0021") {
		t.Error("the intake page names a file")
	}
}

// TestSensitive: papers of sensitive kinds are shown to whoever says why.
func TestSensitive(t *testing.T) {
	archive := busyDay()
	archive.manifests[1].Dossier.Components[0].Kind = "health_certificate"
	archive.manifests[1].Dossier.Components[0].Fields["name"] = dossier.Field{Value: "Giàng A Tỏa"}
	h, people := office(t, archive)
	const who = "archivist.unit1"
	page := string(pageID(2))
	closed := map[string]int{
		"/dossiers/dossier0001": 403, "/dossiers/dossier0001/pdf/component0001": 403, "/api/dossiers/dossier0001": 403,
		"/pictures/" + page + "/1/1000": 403, "/pictures/" + page + "/1/160": 200,
	}
	for path, want := range closed {
		if got := as(t, h, who, http.MethodGet, path, nil); got.Code != want || strings.Contains(got.body, "Tỏa") {
			t.Errorf("%s without a reason: %d, want %d", path, got.Code, want)
		}
	}
	list := func() string { return as(t, h, who, http.MethodGet, "/dossiers?q=Y99.12-260909-0001", nil).body }
	if body := list(); !strings.Contains(body, "Y99.12-260909-0001") || strings.Contains(body, "Tỏa") {
		t.Error("the list of dossiers names whom a sensitive one is about")
	}
	if got := as(t, h, who, http.MethodGet, "/api/search?q=khai&kind=health_certificate", nil); strings.Contains(got.body, "Tỏa") || !strings.Contains(got.body, `"total":1`) && !strings.Contains(got.body, `"total":2`) {
		t.Errorf("a search tells: %.300s", got.body)
	}
	if got := as(t, h, who, http.MethodPost, "/dossiers/dossier0001/reason", url.Values{}); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("no reason: %d", got.Code)
	}
	got := as(t, h, who, http.MethodPost, "/dossiers/dossier0001/reason", url.Values{"reason": {"access.copy"}, "next": {"/dossiers/dossier0001?tab=text"}})
	if got.Header().Get("Location") != "/dossiers/dossier0001?tab=text" || len(people.given) != 1 || people.given[0] != "Cấp bản sao" {
		t.Errorf("to %q, reasons %q", got.Header().Get("Location"), people.given)
	}
	for path := range closed {
		if got := as(t, h, who, http.MethodGet, path, nil); got.Code != http.StatusOK {
			t.Errorf("%s with a reason: %d", path, got.Code)
		}
	}
	if !strings.Contains(list(), "Tỏa") {
		t.Error("with a reason the list does not name the person either: this test sees nothing")
	}
	if got := as(t, h, "auditor.unit1", http.MethodGet, "/dossiers/dossier0001", nil); got.Code != http.StatusForbidden {
		t.Errorf("another's reason: %d", got.Code)
	}
}

// TestSensitiveForMachines: a program with a token says why in a header, each
// time, and the log has it; what is no reason opens nothing.
func TestSensitiveForMachines(t *testing.T) {
	archive := busyDay()
	archive.manifests[1].Dossier.Components[0].Kind = "health_certificate"
	h, people := office(t, archive)
	const path = "/api/dossiers/dossier0001"
	ask := func(reason string) answer {
		archive.viewed = nil
		return get(t, h, path, "Authorization", "Bearer archivist.unit1", "Sohoa-Reason", reason)
	}
	for name, reason := range map[string]string{"none": "", "blanks": "%20%20", "not UTF-8": "%ff", "half an encoding": "%f", "two lines": "a%0Ab"} {
		if got := ask(reason); got.Code != http.StatusForbidden || strings.Contains(got.body, "Tỏa") || !strings.Contains(got.body, "Sohoa-Reason") || len(archive.viewed) != 0 {
			t.Errorf("%s: %d %s", name, got.Code, got.body)
		}
	}
	if got := get(t, h, path+"?reason=a", "Authorization", "Bearer archivist.unit1"); got.Code != http.StatusForbidden {
		t.Errorf("a reason in the address: %d", got.Code)
	}
	got := ask("Tr%E1%BA%A3%20k%E1%BA%BFt%20qu%E1%BA%A3")
	if got.Code != http.StatusOK || !strings.Contains(got.body, "Tỏa") {
		t.Fatalf("with a reason: %d %s", got.Code, got.body)
	}
	if len(archive.viewed) != 2 || archive.viewed[1].Action != dossier.ActionDossierReason || archive.viewed[1].Subject != "dossier0001" || archive.viewed[1].Payload["reason"] != "Trả kết quả" {
		t.Errorf("the log: %+v", archive.viewed)
	}
	if got := ask(""); got.Code != http.StatusForbidden || len(people.given) != 0 {
		t.Errorf("the next time: %d", got.Code)
	}
	archive.unlogged = errBroken
	if got := ask("check"); got.Code != http.StatusServiceUnavailable || strings.Contains(got.body, "Tỏa") {
		t.Errorf("when it cannot be logged: %d", got.Code)
	}
}

// unitNames is a register of units.
type unitNames map[dossier.UnitID]string

func (u unitNames) Name(_ context.Context, id dossier.UnitID) (string, error) {
	if id == "broken" {
		return "", errBroken
	}
	return u[id], nil
}

// TestUnitNames stand on the pages instead of codes, where there are any.
func TestUnitNames(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	people := &fakePeople{way: WayLogin, users: []dossier.User{{ID: "a", Name: "a", Grants: []dossier.Grant{
		{Role: dossier.RoleAdministrator, Unit: "unit1"}, {Role: dossier.RoleIntake, Unit: "unit1"},
		{Role: dossier.RoleAuditor, Unit: "unit2"}, {Role: dossier.RoleSigner, Unit: "unit3"}, {Role: dossier.RoleSigner, Unit: "broken"},
	}}}}
	cfg := withPeople(busyDay(), people, kinds)
	cfg.Units = unitNames{"unit1": "Xã <Gò> Suối", "unit2": "Phường Chợ"}
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/login", "/users"} {
		body := as(t, h, "a", http.MethodGet, path, nil).body
		if path == "/login" {
			body = get(t, h, path).body
		}
		if !strings.Contains(body, `title="Y99.12">Xã &lt;Gò&gt; Suối<`) {
			t.Errorf("%s does not name the unit", path)
		}
	}
	if body := as(t, h, "a", http.MethodGet, "/users", nil).body; !strings.Contains(body, "· Phường Chợ") || strings.Count(body, "· đơn vị khác") != 2 {
		t.Error("the units of roles are not named")
	}
	if body := as(t, h, "a", http.MethodGet, "/api/status", nil).body; !strings.Contains(body, `"unit":"Y99.12","name":"Xã `) {
		t.Errorf("status: %s", body)
	}
	if plain := get(t, newHandler(t, busyDay()), "/intake").body; !strings.Contains(plain, "Đơn vị Y99.12") {
		t.Error("without a name, the code is not shown")
	}
}

// TestNumbersAreMasked in lists, also within the line that was found.
func TestNumbersAreMasked(t *testing.T) {
	archive := busyDay()
	for page, r := range archive.readings {
		r.Text += " số 015012345612, cũ 012 345 678"
		archive.readings[page] = r
	}
	h, _ := office(t, archive)
	for _, path := range []string{"/search?q=khai", "/api/search?q=khai"} {
		body := as(t, h, "archivist.unit1", http.MethodGet, path, nil).body
		if strings.Contains(body, "015012345612") || strings.Contains(body, "012 345 678") || !strings.Contains(body, "0150••••••12") {
			t.Errorf("%s shows a number", path)
		}
	}
}

// TestLookup tells a citizen where the dossier stands, and nothing else.
func TestLookup(t *testing.T) {
	archive := busyDay()
	h, _ := office(t, archive)
	if get(t, h, "/tra-cuu-ho-so?code=Tỏa"); len(archive.viewed) != 0 {
		t.Errorf("what is no code is in the log: %+v", archive.viewed)
	}
	got := get(t, h, "/tra-cuu-ho-so?code=y99.12-260909-0001")
	if got.Code != http.StatusOK || !strings.Contains(got.body, "Y99.12-260909-0001") || !strings.Contains(got.body, "is-open") {
		t.Errorf("%d %s", got.Code, got.body)
	}
	for _, secret := range []string{"Tỏa", "0150", "02/03/2026", "dossier0001", "SCN_", "/pictures/"} {
		if strings.Contains(got.body, secret) {
			t.Errorf("it tells %q", secret)
		}
	}
	if get(t, h, "/tra-cuu-ho-so"); len(archive.viewed) != 1 || archive.viewed[0].Subject != "dossier0001" || len(archive.viewed[0].Payload) != 0 {
		t.Errorf("the log: %+v", archive.viewed)
	}
	none := get(t, h, "/tra-cuu-ho-so?code=Y99.12-260909-9999")
	if len(archive.viewed) != 2 || archive.viewed[1].Subject != "unit1" || archive.viewed[1].Action != dossier.ActionDossierLookup {
		t.Errorf("the log of a code that is not there: %+v", archive.viewed)
	}
	if none.Code != http.StatusOK || !strings.Contains(none.body, "Chưa thấy hồ sơ") {
		t.Errorf("an unknown code: %d", none.Code)
	}
	for _, part := range []string{"Y99.12", "dossier0001", "%25", "Tỏa"} { // no id, no part, no word finds anything
		if got := get(t, h, "/tra-cuu-ho-so?code="+url.QueryEscape(part)); strings.Contains(got.body, "is-open") {
			t.Errorf("%q finds a dossier", part)
		}
	}
	asked := 5
	for ; get(t, h, "/tra-cuu-ho-so?code=Y99.12-260909-0001").Code == http.StatusOK; asked++ {
		if asked > 10*lookupMax {
			t.Fatal("anybody may ask for ever")
		}
	}
}

// TestLoginsArePaced by address.
func TestLoginsArePaced(t *testing.T) {
	h, _ := office(t, busyDay())
	try := func(address string) int {
		r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader("name=x"))
		r.Host, r.RemoteAddr = "localhost", address
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	n := 0
	for ; try("192.0.2.66:1") == http.StatusUnauthorized; n++ {
		if n > 100 {
			t.Fatal("never paced")
		}
	}
	if n != loginBurst {
		t.Errorf("%d tries at once, want %d", n, loginBurst)
	}
	if code := try("192.0.2.67:1"); code != http.StatusUnauthorized {
		t.Errorf("another address: %d", code)
	}
}

// TestAFloodOfNames: tries at one name are paced, whether there is such a name
// or not; other names are not held up, however many are made up.
func TestAFloodOfNames(t *testing.T) {
	h, people := office(t, busyDay())
	tried := 0
	try := func(name, password string) int { // few from each address, and few addresses
		tried++
		form := url.Values{"name": {name}, "password": {password}}
		r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form.Encode()))
		r.Host, r.RemoteAddr = "localhost", fmt.Sprintf("192.0.2.%d:%d", tried/(loginBurst-1), tried)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for _, name := range []string{"reviewer.unit1", "Nobody.unit1"} {
		people.asked = 0
		for range 2 * accountLogins {
			try(name, "wrong")
		}
		if people.asked != accountLogins {
			t.Errorf("%s: the register was asked %d times, want %d", name, people.asked, accountLogins)
		}
	}
	for i := range maxAddresses {
		try(fmt.Sprintf("made-up-%d", i), "wrong")
	}
	for range accountLogins + 1 {
		if got := try("archivist.unit1", people.password); got != http.StatusSeeOther {
			t.Fatalf("somebody else: %d", got)
		}
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := newLimiter(1, 2)
	for i := range 3 * maxAddresses {
		l.allow(noon, fmt.Sprint(i))
	}
	if len(l.entries) > maxAddresses {
		t.Errorf("%d addresses are kept", len(l.entries))
	}
	if l.allow(noon, "newcomer") {
		t.Error("beyond the table the newcomers' allowance must be used up")
	}
	if !l.allow(noon.Add(time.Minute), "newcomer") {
		t.Error("a minute later there is room again")
	}
}

// TestBodiesAreForms: nothing else is read.
func TestBodiesAreForms(t *testing.T) {
	h, _ := office(t, busyDay())
	for _, kind := range []string{"multipart/form-data; boundary=x", "text/plain", "application/octet-stream", "", "application/json"} {
		r := httptest.NewRequest(http.MethodPost, "/review/place", strings.NewReader("kind=birth_notice"))
		r.Host = "localhost"
		r.Header.Set("Content-Type", kind)
		r.AddCookie(&http.Cookie{Name: "sohoa", Value: "reviewer.unit1"})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %d, want 415", kind, w.Code)
		}
	}
}

// TestTokens: a token does what it says and its user may, and nothing else.
func TestTokens(t *testing.T) {
	h, _ := office(t, busyDay())
	if got := ask(t, h, http.MethodGet, "/api/status", nil, "Authorization", "Bearer reviewer.unit1"); got.Code != http.StatusOK {
		t.Errorf("reading: %d", got.Code)
	}
	if got := ask(t, h, http.MethodPost, "/api/place", nil, "Authorization", "Bearer reviewer.unit1"); got.Code != http.StatusForbidden {
		t.Errorf("placing: %d", got.Code)
	}
}

// TestUnderTLS the session's cookie is one that only this host, only over TLS,
// can have set.
func TestUnderTLS(t *testing.T) {
	archive := busyDay()
	h, people := office(t, archive)
	server := httptest.NewTLSServer(h)
	defer server.Close()
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.PostForm(server.URL+"/login", url.Values{"name": {"reviewer.unit1"}, "password": {people.password}})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	cookie := got.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-sohoa=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Domain") || got.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("cookie %q, HSTS %q", cookie, got.Header.Get("Strict-Transport-Security"))
	}
}

// TestMachinesOfOthers: how the server fares is for this machine itself.
func TestMachinesOfOthers(t *testing.T) {
	h, _ := office(t, busyDay())
	for _, rt := range routes() {
		if !rt.machine {
			continue
		}
		r := httptest.NewRequest(rt.method, rt.pattern, nil)
		r.Host, r.RemoteAddr = "localhost", "192.0.2.7:1"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if open := w.Code != http.StatusNotFound; open != (rt.needs == permNone) {
			t.Errorf("%s from elsewhere: %d", rt.pattern, w.Code)
		}
	}
}
