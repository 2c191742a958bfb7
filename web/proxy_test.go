package web

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"sohoa/dossier"
)

// behind asks a site behind a proxy at 192.0.2.1 (and one on this machine).
func behind(t *testing.T, s *site, remote string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/login", nil)
	r.Host, r.RemoteAddr = "127.0.0.1", remote+":1234"
	if strings.Contains(remote, ":") {
		r.RemoteAddr = "[" + remote + "]:1234"
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.throughProxy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Seen", address(r))
		w.Header().Set("Cookie-Name", sessionCookie(r))
	})).ServeHTTP(w, r)
	return w
}

func TestProxies(t *testing.T) {
	s := &site{Config: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("127.0.0.1/32")}}}
	const https = "X-Forwarded-Proto"
	for name, c := range map[string]struct {
		remote  string
		headers []string
		code    int
		seen    string
		cookie  string
	}{
		"a visitor":                      {"192.0.2.1", []string{"X-Forwarded-For", "203.0.113.9", https, "https"}, 200, "203.0.113.9", "__Host-sohoa"},
		"who says to be somebody else":   {"192.0.2.1", []string{"X-Forwarded-For", "127.0.0.1, 203.0.113.9", https, "https"}, 200, "203.0.113.9", "__Host-sohoa"},
		"in a header of its own":         {"192.0.2.1", []string{"X-Forwarded-For", "127.0.0.1", "X-Forwarded-For", "203.0.113.9", https, "https"}, 200, "203.0.113.9", "__Host-sohoa"},
		"through two proxies of ours":    {"127.0.0.1", []string{"X-Forwarded-For", "203.0.113.9, 192.0.2.1", https, "https"}, 200, "203.0.113.9", "__Host-sohoa"},
		"nonsense before a visitor":      {"192.0.2.1", []string{"X-Forwarded-For", "<script>, 203.0.113.9", https, "https"}, 200, "203.0.113.9", "__Host-sohoa"},
		"a visitor of IPv6":              {"192.0.2.1", []string{"X-Forwarded-For", "2001:db8::9", https, "https"}, 200, "2001:db8::9", "__Host-sohoa"},
		"a visitor without TLS":          {"192.0.2.1", []string{"X-Forwarded-For", "203.0.113.9", https, "http"}, 403, "", ""},
		"nonsense alone":                 {"127.0.0.1", []string{"X-Forwarded-For", "unknown", https, "https"}, 403, "", ""},
		"the proxy itself":               {"192.0.2.1", nil, 403, "", ""},
		"this machine":                   {"127.0.0.1", nil, 200, "127.0.0.1", "sohoa"},
		"past the proxy":                 {"203.0.113.9", nil, 403, "", ""},
		"past it, with its headers":      {"203.0.113.9", []string{"X-Forwarded-For", "127.0.0.1", https, "https"}, 403, "", ""},
		"this machine through the proxy": {"127.0.0.1", []string{"X-Forwarded-For", "203.0.113.9", https, "https"}, 200, "203.0.113.9", "__Host-sohoa"},
	} {
		w := behind(t, s, c.remote, c.headers...)
		if w.Code != c.code || w.Header().Get("Seen") != c.seen || w.Header().Get("Cookie-Name") != c.cookie {
			t.Errorf("%s: %d as %q with cookie %q, want %d as %q with %q", name, w.Code, w.Header().Get("Seen"), w.Header().Get("Cookie-Name"), c.code, c.seen, c.cookie)
		}
	}
	// Without a proxy in the settings, nobody is believed.
	plain := &site{}
	if w := behind(t, plain, "192.0.2.1", "X-Forwarded-For", "127.0.0.1", https, "https"); w.Header().Get("Seen") != "192.0.2.1" || w.Header().Get("Cookie-Name") != "sohoa" {
		t.Errorf("believed %q with cookie %q", w.Header().Get("Seen"), w.Header().Get("Cookie-Name"))
	}
}

// What is for this machine only is not for whoever comes through its proxy.
func TestMetricsStayHereBehindAProxy(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := withPeople(busyDay(), &fakePeople{way: WayLogin}, kinds)
	cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, h, "/metrics"); got.Code != http.StatusOK {
		t.Errorf("at the machine: %d", got.Code)
	}
	if got := get(t, h, "/metrics", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"); got.Code != http.StatusNotFound {
		t.Errorf("through the proxy: %d", got.Code)
	}
}

// One account has one allowance, from however many addresses it is used; so has
// a name that is guessed at.
func TestPaceOfAnAccount(t *testing.T) {
	h, people := office(t, busyDay())
	from := func(n int, path, body string) int {
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Host, r.TLS = "127.0.0.1", &tls.ConnectionState{}
		r.RemoteAddr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 1).String()
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", "__Host-sohoa="+people.users[0].Name)
		if body != "" {
			r.Header.Del("Cookie")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	count := func(most int, ask func(n int) int) int {
		for n := range most {
			if ask(n) == http.StatusTooManyRequests {
				return n
			}
		}
		return most
	}
	if n := count(2*pageBurst, func(n int) int { return from(n, "/account", "") }); n != pageBurst {
		t.Errorf("one account asked %d times from as many addresses, want %d", n, pageBurst)
	}
	if n := count(200, func(n int) int { return from(n, "/login", "name=guessed&password=x") }); n != accountLogins {
		t.Errorf("one name was guessed at %d times from as many addresses, want %d", n, accountLogins)
	}
	if code := from(1, "/login", "name=another&password=x"); code != http.StatusUnauthorized {
		t.Errorf("another name: %d", code)
	}
}

// A limiter keeps what it has while newcomers are many.
func TestLimiterForgetsWhoIsAsNew(t *testing.T) {
	l := newLimiter(rate.Every(time.Second), 1)
	now := noon
	for n := range maxAddresses {
		l.allow(now, netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)}).String())
	}
	if len(l.entries) != maxAddresses {
		t.Fatalf("%d entries", len(l.entries))
	}
	l.allow(now, "one more")
	l.allow(now.Add(2*time.Second), "another")
	if len(l.entries) != 1 {
		t.Errorf("%d entries are left, want the newest alone", len(l.entries))
	}
}
