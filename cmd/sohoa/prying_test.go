package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
)

// The attacks below belong to TestOutsiders: what people with an account try to
// see that is not for them, and what is said where it must not be.

// idGuessing: ids that are not there, ids of another unit's papers, and ids of
// papers of other kinds get the same answer.
func idGuessing(t *testing.T, b *besieged) {
	const nowhere = dossier.DossierID("aaaaaaaaaaaaaaaaaaaaaaaaaa")
	none := dossier.Dossier{ID: nowhere, Components: []dossier.Component{{ID: "bbbbbbbbbbbbbbbbbbbbbbbbbb", Pages: []dossier.Page{{ID: dossier.PageID(strings.Repeat("0", 64) + ".1.1")}}}}}
	objects := func(d dossier.Dossier) []string {
		c := d.Components[0]
		id, page := string(d.ID), string(c.Pages[0].ID)
		return []string{
			"/dossiers/" + id, "/dossiers/" + id + "?tab=history", "/dossiers/" + id + "/pdf/" + string(c.ID), "/api/dossiers/" + id, "/review/papers?dossier=" + id,
			"/pictures/" + page + "/1/160", "/pictures/" + page + "/1/2000", "/pictures/" + page + "/0/1000",
		}
	}
	owner := b.enter("127.0.12.1", "hoa")
	for i, path := range objects(b.open)[:5] {
		if got := b.get(owner, path); got.code != http.StatusOK {
			t.Errorf("%d: the owner gets %d: this test guesses at nothing", i, got.code)
		}
	}
	address := regexp.MustCompile(`name="back" value="[^"]*"`) // a page repeats its own, for the switch of languages
	same := func(body string) string { return address.ReplaceAllString(body, "") }
	for who, client := range map[string]*http.Client{"another unit": b.enter("127.0.12.2", "xa"), "other kinds": b.enter("127.0.12.3", "gia")} {
		missing := objects(none)
		for _, d := range []dossier.Dossier{b.open, b.sensitive} {
			for i, path := range objects(d) {
				got, random := b.get(client, path), b.get(client, missing[i])
				if got.code != http.StatusNotFound || random.code != http.StatusNotFound || same(got.body) != same(random.body) {
					t.Errorf("%s, %s: %d, a random id: %d, in the same words: %v", who, path, got.code, random.code, same(got.body) == same(random.body))
				}
			}
		}
		for _, list := range []string{"/dossiers", "/search?q=khai", "/api/search?q=khai", "/intake", "/review", "/api/parked", "/dossiers?q=" + someCode} {
			body := same(b.get(client, list).body)
			for _, secret := range []string{childName, childNumber, patientName, string(b.open.ID), string(b.sensitive.ID), "a.jpg"} {
				if strings.Contains(body, secret) {
					t.Errorf("%s, %s tells %q", who, list, secret)
				}
			}
		}
	}
	for _, path := range []string{"/dossiers/1", "/dossiers/%25", "/dossiers/%27%20OR%201=1%20--", "/pictures/x/1/160", "/pictures/x/-1/160", "/incoming/1/1/240", "/no/such/page"} {
		if got := b.get(owner, path); got.code != http.StatusNotFound || strings.Contains(got.body, "sql") || strings.Contains(got.body, ".go:") || strings.Contains(got.body, b.data) {
			t.Errorf("%s: %d, or it tells how we are made", path, got.code)
		}
	}
	for _, path := range []string{"/users/aaaaaaaaaaaaaaaaaaaaaaaaaa/reset", "/users/aaaaaaaaaaaaaaaaaaaaaaaaaa/grant"} {
		if got := b.post(owner, path, url.Values{"role": {"administrator"}}); got.code != http.StatusForbidden {
			t.Errorf("%s by an archivist: %d", path, got.code)
		}
	}
}

// sensitivePapers: numbers are masked in lists; a paper of a sensitive kind is
// shown to whoever says why, and the log keeps that.
func sensitivePapers(t *testing.T, b *besieged) {
	client := b.enter("127.0.14.1", "hoa")
	for _, path := range []string{"/search?q=khai", "/api/search?q=khai", "/dossiers"} {
		body := b.get(client, path).body
		if strings.Contains(body, childNumber) || strings.HasPrefix(path, "/search") && !strings.Contains(body, "0123••••••12") {
			t.Errorf("%s shows a number whole, or none at all", path)
		}
		if strings.Contains(body, patientName) {
			t.Errorf("%s names whom a sensitive paper is about", path)
		}
	}
	path := "/dossiers/" + string(b.sensitive.ID)
	pdf := path + "/pdf/" + string(b.sensitive.Components[0].ID)
	for _, closed := range []string{path, pdf, "/api" + path} {
		if got := b.get(client, closed); got.code != http.StatusForbidden || strings.Contains(got.body, patientName) {
			t.Errorf("%s without a reason: %d", closed, got.code)
		}
	}
	if got := b.post(client, path+"/reason", nil); got.code != http.StatusUnprocessableEntity {
		t.Errorf("no reason at all: %d", got.code)
	}
	if got := b.post(client, path+"/reason", url.Values{"reason": {"access.copy"}}); got.header.Get("Location") != path {
		t.Errorf("a reason: %d to %q", got.code, got.header.Get("Location"))
	}
	for _, open := range []string{path, pdf, "/api" + path} {
		if got := b.get(client, open); got.code != http.StatusOK {
			t.Errorf("%s with a reason: %d", open, got.code)
		}
	}
	if got := b.get(b.enter("127.0.14.2", "hoa"), path); got.code != http.StatusForbidden {
		t.Errorf("in another session: %d", got.code)
	}
	b.until(func() string {
		out, err := b.program("audit", "show", "--json").CombinedOutput()
		if err != nil {
			t.Fatalf("audit show: %v\n%s", err, out)
		}
		for _, want := range []string{`"dossier.reason"`, `"` + dossier.ActionDossierView + `"`, `"` + dossier.ActionPDFDownload + `"`, `"login.failed"`, string(b.sensitive.ID)} {
			if !bytes.Contains(out, []byte(want)) {
				return want + " is not in the log"
			}
		}
		return ""
	})
}

// until asks until nothing is wrong.
func (b *besieged) until(wrong func() string) {
	b.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(awaitTime)
	for last := wrong(); last != ""; last = wrong() {
		select {
		case <-limit:
			b.t.Fatal(last)
		case <-tick.C:
		}
	}
}

// namesInLogs: names, numbers and secrets go in everywhere, also as the name of
// a file, and are in no log line, metric, address or error.
func namesInLogs(t *testing.T, b *besieged) {
	client := b.enter("127.0.13.1", "hoa")
	scan := filepath.Join(layout{root: b.data}.inbox(), "quay-1", patientName+" "+childNumber+".jpg")
	if err := os.MkdirAll(filepath.Dir(scan), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(scan, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	const slip = "mật khẩu lỡ tay gõ"
	for i, name := range []string{childName, childNumber, patientName, patientCode, slip} {
		q := url.QueryEscape(name)
		for _, got := range []asked{
			b.get(client, "/search?q="+q), b.get(client, "/dossiers?q="+q), b.get(client, "/dossiers/"+url.PathEscape(name)),
			b.get(client, "/tra-cuu-ho-so?code="+q), b.get(client, "/api/search?q="+q), b.get(client, "/"+url.PathEscape(name)),
			b.post(client, "/open", url.Values{"code": {name}}),
			b.post(b.browser(fmt.Sprintf("127.0.15.%d", 1+i)), "/login", url.Values{"name": {name}, "password": {name}}),
		} {
			if got.code >= 500 {
				t.Errorf("an answer is %d", got.code)
			}
		}
	}
	b.until(func() string {
		if strings.Contains(b.get(client, "/intake").body, filepath.Base(scan)) {
			return ""
		}
		return "the file with a name of a person was never taken in"
	})
	for _, path := range []string{"/intake", "/dossiers", "/review", "/account", "/dossiers/" + string(b.open.ID)} {
		got := b.get(client, path)
		for _, link := range regexp.MustCompile(`(?:href|src|action|hx-get|hx-post)="([^"]*)"`).FindAllStringSubmatch(got.body, -1) {
			at, err := url.PathUnescape(link[1])
			if err != nil || strings.Contains(at, childName) || strings.Contains(at, childNumber) || strings.Contains(at, patientName) {
				t.Errorf("%s has an address with a name: %s", path, link[1])
			}
		}
	}
	plain := b.browser("127.0.0.1")
	seen := map[string]string{"log": b.log.String(), "metrics": b.get(plain, "/metrics").body, "status": b.get(plain, "/status").body, "ready": b.get(plain, "/readyz").body}
	secrets := []string{childName, childNumber, patientName, someCode, patientCode, slip, password, b.secret(client), b.code, "Nguy%E1%BB%85n", "127.0.13.1"}
	for place, text := range seen {
		if text == "" {
			t.Errorf("the %s is empty: nothing is looked at", place)
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the %s holds %q", place, secret)
			}
		}
	}
}
