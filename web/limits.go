package web

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sohoa/dossier"
)

// How often one address may ask, and one account. A page of arriving papers has a hundred
// pictures, so pages are generous; what can be guessed at is not.
const (
	pageRate, pageBurst    = 60, 1200
	loginEvery, loginBurst = 3 * time.Second, 20
	lookupEvery, lookupMax = 6 * time.Second, 20
	// accountLogins bounds the guesses at one name from all addresses together;
	// the register blocks it after fewer, for longer. This spares it the work.
	accountLogins           = 30
	allLookups, lookupsMost = 5, 100 // a second, of everybody together
	// maxAddresses bounds the table of a limiter; beyond it newcomers share one
	// allowance.
	maxAddresses = 4096
)

// pace says how a route may be asked.
type pace int

const (
	pacePage   pace = iota // the zero pace
	paceLogin              // guesses at passwords and codes
	paceLookup             // anybody's questions about dossiers
)

// limits are the limiters of a site.
type limits struct {
	pages, logins, lookups *limiter // by address
	accounts, names        *limiter // by account, and by the name that is typed
	lookupsOfAll           *rate.Limiter
}

func newLimits() limits {
	return limits{
		pages:        newLimiter(pageRate, pageBurst),
		logins:       newLimiter(rate.Every(loginEvery), loginBurst),
		accounts:     newLimiter(pageRate, pageBurst),
		names:        newNameLimiter(),
		lookups:      newLimiter(rate.Every(lookupEvery), lookupMax),
		lookupsOfAll: rate.NewLimiter(allLookups, lookupsMost),
	}
}

// newNameLimiter paces the tries at one log-in name, there or not. Beyond its
// table names are let through to the register, where accounts rest: a flood of
// made-up names must not keep people out.
func newNameLimiter() *limiter {
	l := newLimiter(rate.Every(loginEvery), accountLogins)
	l.others = rate.NewLimiter(rate.Inf, 0)
	return l
}

// throttle refuses what comes too often.
func (s *site) throttle(r *http.Request, rt route) error {
	now, who := s.Now(), address(r)
	ok := s.limits.pages.allow(now, who)
	switch rt.pace {
	case paceLogin:
		ok = ok && s.limits.logins.allow(now, who)
	case paceLookup:
		ok = ok && s.limits.lookups.allow(now, who) && s.limits.lookupsOfAll.AllowN(now, 1)
	case pacePage:
	}
	if !ok {
		return errOften
	}
	return nil
}

// throttleAccount is the same for an account, from wherever it is used.
func (s *site) throttleAccount(v dossier.Visitor) error {
	if v.User.ID == "" || v.Local() || s.limits.accounts.allow(s.Now(), string(v.User.ID)) {
		return nil
	}
	return errOften
}

// address is the other end of the connection, or whom our proxy was asked by.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// limiter keeps an allowance for every address, as far as its table holds. It
// is safe for concurrent use.
type limiter struct {
	rate    rate.Limit
	burst   int
	mu      sync.Mutex
	entries map[string]*rate.Limiter
	others  *rate.Limiter
	swept   time.Time // when the full table was last looked through
}

func newLimiter(r rate.Limit, burst int) *limiter {
	return &limiter{rate: r, burst: burst, entries: map[string]*rate.Limiter{}, others: rate.NewLimiter(r, burst)}
}

// allow takes one from the allowance of an address.
func (l *limiter) allow(now time.Time, who string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry, known := l.entries[who]
	if !known {
		if len(l.entries) >= maxAddresses {
			l.forget(now)
		}
		entry = l.others
		if len(l.entries) < maxAddresses {
			entry = rate.NewLimiter(l.rate, l.burst)
			l.entries[who] = entry
		}
	}
	return entry.AllowN(now, 1)
}

// forget drops the addresses whose allowance is full again: they are as new.
// It looks once a second at most, so that a flood of newcomers does not make
// everybody wait for it.
func (l *limiter) forget(now time.Time) {
	if now.Sub(l.swept).Abs() < time.Second {
		return
	}
	l.swept = now
	for who, entry := range l.entries {
		if entry.TokensAt(now) >= float64(l.burst) {
			delete(l.entries, who)
		}
	}
}
