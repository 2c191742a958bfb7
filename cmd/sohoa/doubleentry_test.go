package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sohoa/dossier"
)

// keyOffice is an office in which two people key the names of children. Lan and
// Minh review, Hoa may settle.
func keyOffice(t *testing.T) *besieged {
	t.Helper()
	return staffed(t, "double_entry: [birth_certificate.child_name]\n", map[string]dossier.Role{
		"lan": dossier.RoleReviewer, "minh": dossier.RoleReviewer, "hoa": dossier.RoleSecondReviewer,
	})
}

// staffed is a running serve, the real program, on an office archive with one
// certificate, these settings, and these people.
func staffed(t *testing.T, settings string, people map[string]dossier.Role) *besieged {
	t.Helper()
	b := &besieged{t: t, data: newOffice(t), log: &logText{}}
	if err := os.WriteFile(filepath.Join(b.data, "sohoa.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &rig{cli: &cli{Data: b.data, Log: silent}, reader: &textReader{}}
	b.open = r.feed(t, separator(t, someCode, 0), born).Dossiers[0].Dossier
	r.with(t, func(a *archive) {
		register, err := a.openPeople(config{PasswordCost: costLow})
		if err != nil {
			t.Fatal(err)
		}
		for name, role := range people {
			n := dossier.NewUser{Name: name, Person: "Chị " + strings.ToUpper(name[:1]) + name[1:], Password: password, Grants: []dossier.Grant{{Role: role, Unit: a.unit().ID}}}
			if _, err := register.AddUser(t.Context(), a.act("test"), n); err != nil {
				t.Fatal(err)
			}
		}
	})
	b.serve(t)
	first := url.Values{"code": {b.code}, "name": {"chu"}, "person": {"Chủ Kho"}, "password": {password}, "again": {password}}
	if got := b.post(b.browser("127.0.16.9"), "/first-run", first); got.code != http.StatusSeeOther {
		t.Fatalf("no administrator: %d", got.code)
	}
	return b
}

// asKeyed is the form of the field that is keyed, as the page has it.
func asKeyed(b *besieged, value string) url.Values {
	return url.Values{
		"dossier": {string(b.open.ID)}, "paper": {string(b.open.Components[0].ID)}, "kind": {"birth_certificate"}, "field": {"child_name"}, "is": {value},
	}
}

// TestDoubleEntryFromOutside keys a name as three people with browsers of their
// own. What the first one keyed is in no answer that the second one can get; one
// account is never two people, whatever it sends; who settles sees both.
func TestDoubleEntryFromOutside(t *testing.T) {
	t.Parallel()
	b := keyOffice(t)
	lan, minh, hoa := b.enter("127.0.16.1", "lan"), b.enter("127.0.16.2", "minh"), b.enter("127.0.16.3", "hoa")
	const first, second = "Lò Văn Nhất Độc", "Lò Văn Nhì Độc"
	if page := b.get(lan, "/entry"); page.code != http.StatusOK || strings.Contains(page.body, "Lò Văn Tỏa") || !strings.Contains(page.body, "Người được khai sinh?") {
		t.Errorf("the page to key: %d, or it shows what the machine read", page.code)
	}
	said := func(client *http.Client, path, value, want string) {
		t.Helper()
		got := b.post(client, path, asKeyed(b, value))
		if !strings.HasSuffix(got.header.Get("Location"), "said="+want) {
			t.Errorf("%s of %q: %d to %q, want %s", path, value, got.code, got.header.Get("Location"), want)
		}
	}
	alone := asKeyed(b, first)
	alone.Set("was", "Lò Văn Tỏa")
	if got := b.post(lan, "/review/field", alone); !strings.Contains(got.body, "do hai người nhập độc lập") {
		t.Errorf("one person confirms it alone: %d", got.code)
	}
	said(lan, "/entry", first, "first")
	other := b.enter("127.0.16.4", "lan") // another browser is no other person
	for _, client := range []*http.Client{lan, other} {
		if got := b.post(client, "/entry", asKeyed(b, first)); got.header.Get("Location") != "" || !strings.Contains(got.body, "Bạn đã nhập thông tin này rồi") {
			t.Errorf("the same account keys it again: %d", got.code)
		}
	}
	d := string(b.open.ID)
	answers := []string{
		"/entry", "/review", "/review?of=fields", "/review?paper=" + string(b.open.Components[0].ID) + "&field=child_name", "/dossiers", "/dossiers/" + d, "/dossiers/" + d + "?tab=history",
		"/dossiers/" + d + "?tab=text", "/api/dossiers/" + d, "/search?q=doc", "/search?q=" + url.QueryEscape(first), "/api/search?q=nhat+doc", "/api/search?q=khai", "/intake", "/api/status", "/api/parked",
	}
	for _, path := range answers {
		got := b.get(minh, path)
		if body := typedBack.ReplaceAllString(got.body, ""); got.code != http.StatusOK || strings.Contains(body, first) || strings.Contains(body, "Nhất") {
			t.Errorf("%s: %d, or it tells the second person what the first one keyed", path, got.code)
		}
	}
	if got := b.get(minh, "/entry/settle"); got.code != http.StatusForbidden {
		t.Errorf("a reviewer opens what differs: %d", got.code)
	}
	if got := b.get(hoa, "/entry/settle"); strings.Contains(got.body, first) {
		t.Error("one value alone is shown to who may settle")
	}
	said(minh, "/entry", second, "differ")
	if got := b.post(minh, "/entry/settle", asKeyed(b, second)); got.code != http.StatusForbidden {
		t.Errorf("a reviewer settles: %d", got.code)
	}
	if page := b.get(hoa, "/entry/settle").body; !strings.Contains(page, first) || !strings.Contains(page, second) {
		t.Error("who settles does not see both")
	}
	settled := asKeyed(b, "")
	settled.Set("pick", first)
	if got := b.post(hoa, "/entry/settle", settled); !strings.HasSuffix(got.header.Get("Location"), "said=settled") {
		t.Errorf("settled: %d", got.code)
	}
	b.until(func() string {
		if strings.Contains(b.get(minh, "/api/dossiers/"+d).body, first) {
			return ""
		}
		return "what was settled is never published"
	})
	wantKeyingsLogged(t, b, first, second)
}

// typedBack is where a page repeats what its own reader typed.
var typedBack = regexp.MustCompile(`(?s)<header.*?</header>|<input[^>]*name="q"[^>]*>|<h1.*?</h1>|<p class="empty.*?</p>`)

// wantKeyingsLogged: the log has two keyings and one decision, and no value.
func wantKeyingsLogged(t *testing.T, b *besieged, values ...string) {
	t.Helper()
	b.until(func() string {
		out, err := b.program("audit", "show", "--json").CombinedOutput()
		if err != nil {
			t.Fatalf("audit show: %v\n%s", err, out)
		}
		for _, value := range values {
			if strings.Contains(string(out), value) || strings.Contains(b.log.String(), value) {
				t.Errorf("a log holds %q", value)
			}
		}
		if strings.Count(string(out), `"field.key"`) != 2 || strings.Count(string(out), `"decision.correct"`) != 1 {
			return "two keyings and a decision are not in the log"
		}
		return ""
	})
}
