package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestOutsiders attacks the real program from outside, as whoever reaches its
// address could. Every attack gets a clear message, and nothing else.
func TestOutsiders(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	slow := b.stall()
	for _, attack := range []struct {
		name string
		do   func(*testing.T, *besieged)
	}{
		{"the first page", firstPage}, {"guessing a password", guessing}, {"a prepared session", fixation}, {"a stolen session", theft},
		{"other sites", crossSite}, {"paths", traversal}, {"headers and markup", injection}, {"oversized and malformed", oversized},
		{"guessing ids", idGuessing}, {"sensitive papers", sensitivePapers}, {"names in logs", namesInLogs},
	} {
		t.Run(attack.name, func(t *testing.T) { b.t = t; attack.do(t, b) })
	}
	t.Run("slow lines", func(t *testing.T) { slow.wantCut(t, b) })
}

// firstPage: before there is an administrator nothing else is served, and only
// the printed code makes one, once.
func firstPage(t *testing.T, b *besieged) {
	client := b.browser("127.0.1.1")
	for _, path := range []string{"/", "/intake", "/login", "/api/status", "/tra-cuu-ho-so?code=" + someCode, "/dossiers/" + string(b.open.ID)} {
		got := b.get(client, path)
		if got.header.Get("Location") != "/first-run" && got.code != http.StatusUnauthorized {
			t.Errorf("%s: %d to %q", path, got.code, got.header.Get("Location"))
		}
	}
	form := url.Values{"code": {"aaaaa-aaaaa"}, "name": {"chu"}, "person": {"Chủ Kho"}, "password": {password}, "again": {password}}
	try := func(code, secret string, want int) {
		t.Helper()
		form["code"], form["password"], form["again"] = []string{code}, []string{secret}, []string{secret}
		if got := b.post(client, "/first-run", form); got.code != want || got.code != http.StatusSeeOther && !strings.Contains(got.body, `role="alert"`) {
			t.Fatalf("code %q: %d, want %d", code, got.code, want)
		}
	}
	try("aaaaa-aaaaa", password, http.StatusUnprocessableEntity)
	try(b.code, "password1234", http.StatusUnprocessableEntity)
	try(b.code, password, http.StatusSeeOther)
	if got := b.post(b.browser("127.0.1.2"), "/first-run", form); got.header.Get("Location") != "/login" {
		t.Errorf("the code again: %d to %q", got.code, got.header.Get("Location"))
	}
	if got := b.get(client, "/users"); got.code != http.StatusOK || !strings.Contains(got.body, "lan") {
		t.Errorf("the administrator: %d", got.code)
	}
	for _, path := range []string{"/dossiers", "/dossiers/" + string(b.open.ID), "/search?q=khai"} {
		if got := b.get(client, path); got.code != http.StatusForbidden || strings.Contains(got.body, childName) {
			t.Errorf("an administrator reads %s: %d", path, got.code)
		}
	}
}

// guessing: a thousand tries, from so many addresses that the pace for each of
// them does not stop anybody.
func guessing(t *testing.T, b *besieged) {
	said := map[int]string{}
	try := func(address, name, secret string) {
		t.Helper()
		got := b.post(b.browser(address), "/login", url.Values{"name": {name}, "password": {secret}})
		got.body = strings.ReplaceAll(got.body, `value="`+name+`"`, `value="lan"`)
		if said[got.code] == "" {
			said[got.code] = got.body
		}
		if got.code != http.StatusUnauthorized && got.code != http.StatusTooManyRequests || got.header.Get("Set-Cookie") != "" || got.body != said[got.code] {
			t.Fatalf("%s: %d, cookie %q, in words of its own: %v", name, got.code, got.header.Get("Set-Cookie"), got.body != said[got.code])
		}
	}
	begun := time.Now()
	for i := range 1000 {
		try(fmt.Sprintf("127.0.3.%d", 1+i%250), "lan", fmt.Sprintf("guess number %d", i))
	}
	t.Logf("1000 tries at one name took %v", time.Since(begun).Round(time.Millisecond))
	try("127.0.4.1", "lan", password) // the right one, of an account that rests
	for i := range 40 {               // a name that is not there is treated alike
		try(fmt.Sprintf("127.0.4.%d", 2+i), "lon", "guess")
	}
	if len(said) != 2 {
		t.Errorf("%d kinds of answers, want a wrong password and too many tries", len(said))
	}
	b.enter("127.0.4.100", "hoa") // others are not held up
	one := b.browser("127.0.5.1") // one address alone is slowed down long before
	for i := 0; b.post(one, "/login", url.Values{"name": {fmt.Sprint("x", i)}, "password": {"y"}}).code != http.StatusTooManyRequests; i++ {
		if i > 100 {
			t.Fatal("one address may try for ever")
		}
	}
}

// fixation: a session that somebody else prepared is not the one that logging in
// gives.
func fixation(t *testing.T, b *besieged) {
	const prepared = "preparedbysomebodyelse00000"
	client := b.with("127.0.6.1", prepared)
	b.post(client, "/login", url.Values{"name": {"hoa"}, "password": {password}})
	if got := b.secret(client); got == prepared || got == "" {
		t.Fatalf("logged in with the session %q", got)
	}
	if got := b.get(b.with("127.0.6.2", prepared), "/dossiers"); got.code != http.StatusSeeOther {
		t.Errorf("the prepared session opens %d", got.code)
	}
}

// theft: what was stolen before somebody logged out, or ended the session from
// elsewhere, opens nothing afterwards; a changed secret never does.
func theft(t *testing.T, b *besieged) {
	client := b.enter("127.0.7.1", "hoa")
	thief := b.with("127.0.7.2", b.secret(client))
	opens := func(who *http.Client, want int, when string) {
		t.Helper()
		if got := b.get(who, "/dossiers"); got.code != want || want != http.StatusOK && strings.Contains(got.body, childName) {
			t.Errorf("%s the session opens %d, want %d", when, got.code, want)
		}
	}
	opens(thief, http.StatusOK, "when stolen") // or this test steals nothing
	for _, tampered := range []string{b.secret(client)[1:], b.secret(client) + "a", strings.ToUpper(b.secret(client)), "' OR 1=1 --"} {
		opens(b.with("127.0.7.3", tampered), http.StatusSeeOther, "tampered with,")
	}
	b.post(client, "/logout", nil)
	opens(thief, http.StatusSeeOther, "after logging out")

	// The owner sees the thief in the list of sessions, and ends that one.
	stolen, owner := b.enter("127.0.7.4", "hoa"), b.enter("127.0.7.5", "hoa")
	list := b.get(owner, "/account").body
	row := regexp.MustCompile(`(?s)127\.0\.7\.4.*?name="session" value="([^"]+)"`).FindStringSubmatch(list)
	if row == nil {
		t.Fatalf("the session at 127.0.7.4 is not listed: %s", list)
	}
	b.post(owner, "/account/sessions/end", url.Values{"session": {row[1]}})
	opens(stolen, http.StatusSeeOther, "when ended from elsewhere")
	opens(owner, http.StatusOK, "as the one who ended it")
	// Nobody ends a session of somebody else.
	other := b.enter("127.0.7.6", "xa")
	own := regexp.MustCompile(`name="session" value="([^"]+)"`).FindStringSubmatch(b.get(b.enter("127.0.7.7", "hoa"), "/account").body)
	if own == nil {
		t.Fatal("no session can be ended")
	}
	b.post(other, "/account/sessions/end", url.Values{"session": {own[1]}})
	opens(owner, http.StatusOK, "after somebody else tried to end it")
}

// crossSite: another site's page cannot act for somebody who is logged in, and
// cannot reach us under a name of its own.
func crossSite(t *testing.T, b *besieged) {
	client := b.enter("127.0.8.1", "hoa")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		for _, path := range []string{"/logout", "/account/password", "/review/place", "/login"} {
			got := b.post(client, path, url.Values{"kind": {"birth_notice"}}, headers...)
			if got.code != http.StatusForbidden || got.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s with %v: %d, want 403", path, headers, got.code)
			}
		}
	}
	if got := b.get(client, "/dossiers"); got.code != http.StatusOK || got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("logged out from elsewhere: %d", got.code)
	}
	for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "10.0.0.1"} {
		r, err := http.NewRequest(http.MethodGet, b.url+"/dossiers", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if got := b.do(client, r); got.code != http.StatusMisdirectedRequest || strings.Contains(got.body, someCode) {
			t.Errorf("under the name %s: %d", host, got.code)
		}
	}
}

// traversal: no path leads out of what is served.
func traversal(t *testing.T, b *besieged) {
	client := b.enter("127.0.9.1", "hoa")
	for _, path := range []string{
		"/assets/../words.csv", "/assets/..%2f..%2fpeople.key", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets//etc/passwd",
		"/dossiers/..%2f..%2fpeople.key", "/dossiers/" + string(b.open.ID) + "/pdf/..%2f..%2f..%2fcatalog.db", "/pictures/..%2f..%2fcatalog.db/1/160",
		"/incoming/..%2f..%2f/1/240", "/api/dossiers/..%2f..%2farchive.json", "/assets/app.css%00.png", "/..%5c..%5cetc%5cpasswd",
	} {
		conn := b.dial() // a client library would tidy the path
		_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: sohoa=%s\r\nConnection: close\r\n\r\n", path, b.at().Host, b.secret(client))
		answer, errRead := io.ReadAll(conn)
		if err != nil || errRead != nil {
			t.Fatal(err, errRead)
		}
		status, _, _ := strings.Cut(string(answer), "\r\n")
		if !regexp.MustCompile(` (30[137]|400|404)`).MatchString(status) || bytes.Contains(answer, []byte("root:")) || bytes.Contains(answer, []byte("SQLite")) {
			t.Errorf("%s: %s", path, status)
		}
	}
}

// injection: what is typed never becomes a header or markup.
func injection(t *testing.T, b *besieged) {
	client := b.browser("127.0.10.1")
	for _, back := range []string{"/x\r\nSet-Cookie: sohoa=evil", "//evil.example", "https://evil.example", "/\\evil.example"} {
		got := b.post(client, "/language", url.Values{"to": {"vi"}, "back": {back}})
		if strings.Contains(got.header.Get("Set-Cookie"), "evil") || got.header.Get("Location") != "/" {
			t.Errorf("back to %q: headers %v", back, got.header)
		}
	}
	const markup = `"><script>alert(1)</script>`
	q := url.QueryEscape(markup)
	got := b.post(client, "/login", url.Values{"name": {"hoa"}, "password": {password}, "next": {"//evil.example"}}, "User-Agent", markup)
	if got.header.Get("Location") != "/" {
		t.Errorf("logging in leads to %q", got.header.Get("Location"))
	}
	for _, got := range []asked{
		b.post(b.browser("127.0.10.2"), "/login", url.Values{"name": {markup}, "password": {"x"}, "next": {markup}}),
		b.get(client, "/tra-cuu-ho-so?code="+q), b.get(b.browser("127.0.10.2"), "/login?next="+q), b.get(client, "/"+url.PathEscape(markup)),
		b.get(client, "/search?q="+q), b.get(client, "/dossiers?q="+q), b.get(client, "/dossiers/"+string(b.open.ID)+"?q="+q+"&tab="+q+"&page="+q+"&field="+q),
		b.post(client, "/open", url.Values{"code": {markup}}), b.get(client, "/account"),
	} {
		if strings.Contains(got.body, "<script>alert") || got.code >= 500 {
			t.Errorf("typed text became markup, or too much: %d %.200s", got.code, got.body)
		}
	}
	// What a browser says of itself is shown to its owner only as text.
	if got := b.get(client, "/account"); got.code != http.StatusOK || !strings.Contains(got.body, "script&gt;alert") {
		t.Errorf("the list of sessions: %d", got.code)
	}
}

// oversized: too much, or of the wrong form: told, and cut off.
func oversized(t *testing.T, b *besieged) {
	client := b.enter("127.0.11.1", "hoa")
	place := func(body, kind string, want int) {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, b.url+"/review/place", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		if got := b.do(client, r); got.code != want || !strings.Contains(got.body, "</html>") {
			t.Errorf("a body of %d bytes as %q: %d, want %d and a page", len(body), kind, got.code, want)
		}
	}
	const form = "application/x-www-form-urlencoded"
	place("kind="+strings.Repeat("x", 1<<20), form, http.StatusRequestEntityTooLarge)
	place("kind=%zz", form, http.StatusBadRequest)
	place("kind=x", "multipart/form-data; boundary=x", http.StatusUnsupportedMediaType)
	place("<html>", "text/html", http.StatusUnsupportedMediaType)
	place(`{"kind":"x"}`, "application/json", http.StatusUnsupportedMediaType)

	// A gigabyte that is only announced is not waited for.
	conn := b.dial()
	_, err := fmt.Fprintf(conn, "POST /api/place HTTP/1.1\r\nHost: %s\r\nCookie: sohoa=%s\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n%s",
		b.at().Host, b.secret(client), strings.Repeat(" ", 300<<10))
	if err != nil {
		t.Fatal(err)
	}
	if answer, _ := io.ReadAll(conn); !regexp.MustCompile(`^HTTP/1\.1 4(00|13) `).Match(answer) { // the server may cut the line while it is written to
		t.Errorf("a gigabyte: %.60s", answer)
	}
	conn = b.dial()
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nX-Long: %s\r\n\r\n", b.at().Host, strings.Repeat("x", 64<<10)); err != nil {
		t.Fatal(err)
	}
	if answer, _ := io.ReadAll(conn); !bytes.Contains(answer, []byte("431")) { // as above
		t.Errorf("long headers: %.60s", answer)
	}
}

// stalled are lines that were opened and then said nothing more.
type stalled map[string]net.Conn

// stall opens them first of all, so that nobody waits for their end.
func (b *besieged) stall() stalled {
	lines := stalled{}
	for what, beginning := range map[string]string{
		"headers that never end": "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Le",
		"a form that never ends": "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\nname=hoa",
	} {
		conn := b.dial()
		if _, err := io.WriteString(conn, beginning); err != nil {
			b.t.Fatal(err)
		}
		lines[what] = conn
	}
	return lines
}

// wantCut: it is the server that cuts the lines, and their slowness is not
// logged as a failure of ours.
func (s stalled) wantCut(t *testing.T, b *besieged) {
	t.Helper()
	for what, conn := range s {
		if err := conn.SetReadDeadline(time.Now().Add(5 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || len(answer) > 0 && !regexp.MustCompile(`^HTTP/1\.1 (408|400) `).Match(answer) {
			t.Errorf("%s: %v, answered %.40s", what, err, answer)
		}
	}
	if strings.Contains(b.log.String(), "page failed") {
		t.Errorf("outsiders make the log say that a page failed:\n%s", b.log)
	}
}
