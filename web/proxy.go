package web

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// encryptedKey marks a request that reached our proxy with TLS.
type encryptedKey struct{}

// encrypted tells whether a request came with TLS, here or at our proxy.
func encrypted(r *http.Request) bool {
	byProxy, _ := r.Context().Value(encryptedKey{}).(bool)
	return r.TLS != nil || byProxy
}

// throughProxy takes the word of the proxies that the settings name about who
// asks and how, and of nobody else: anybody can send such headers. Where there
// is a proxy, other machines come in through it or with TLS, or not at all.
//
// Of the addresses in X-Forwarded-For the last one counts that is not a proxy
// of ours; what stands before it, the other end may have written itself.
func (s *site) throughProxy(next http.Handler) http.Handler {
	if len(s.Proxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.isProxy(address(r)) {
			r = s.asForwarded(r)
		}
		if !encrypted(r) && !thisMachine(address(r)) {
			http.Error(w, "this server is asked through its proxy, with TLS", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isProxy tells whether an address is that of a proxy of ours.
func (s *site) isProxy(who string) bool {
	addr, err := netip.ParseAddr(who)
	return err == nil && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// asForwarded is a request as our proxy got it. One that the proxy itself makes,
// about our health, says nothing of anybody.
func (s *site) asForwarded(r *http.Request) *http.Request {
	said := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if said == "" {
		return r
	}
	var client netip.Addr // the zero one is nobody, who may not ask
	for _, hop := range slices.Backward(strings.Split(said, ",")) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if client = addr.Unmap(); !s.isProxy(client.String()) {
			break
		}
	}
	r = r.WithContext(context.WithValue(r.Context(), encryptedKey{}, client.IsValid() && r.Header.Get("X-Forwarded-Proto") == "https"))
	r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
	return r
}
