package web

import (
	"net"
	"net/http"
	"net/netip"
)

// contentPolicy lets a page load its own scripts, styles and pictures and
// nothing else: text that comes from a scan can't become code.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured sets the headers every answer carries and refuses requests that were
// meant for another host.
func (s *site) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if encrypted(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !thisMachine(r.Host) && (s.Hosts == nil || !s.Hosts(hostOf(r.Host))) {
			http.Error(w, "this server does not answer under that name", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// thisMachine tells whether the host of a request names the machine itself. A
// foreign site can make its own name point at 127.0.0.1 and then read what the
// browser gets ("DNS rebinding"); it can't make the browser say "localhost".
func thisMachine(host string) bool {
	host = hostOf(host)
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// hostOf is a host without its port and without the brackets of IPv6.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	return host
}
