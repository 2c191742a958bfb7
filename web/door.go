package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"sohoa/dossier"
)

// Way is how people come in.
type Way int

// The ways. The zero Way lets nobody in.
const (
	// WayLogin: with a name and a password, or by the identity provider.
	WayLogin Way = iota + 1
	// WaySetup: nobody yet. The first administrator is made with the code that
	// serve prints.
	WaySetup
	// WayLocal: whoever sits at the machine. Only a demo archive without users.
	WayLocal
)

// Door tells how people come in, and who asks. What opens nothing is answered
// with a [dossier.Refusal].
type Door interface {
	Way(ctx context.Context) (Way, error)
	// Session is who holds the secret of a session.
	Session(ctx context.Context, secret string) (dossier.Visitor, error)
	// Token is who holds the secret of a token.
	Token(ctx context.Context, secret string) (dossier.Visitor, error)
}

// Errors of the door. They never tell whether a record exists.
var (
	// errNobody: the route wants somebody who is logged in.
	errNobody = errors.New("not logged in")
	// errForbidden: the one who asks may not do this at all.
	errForbidden = errors.New("not permitted")
	// errOften: too many requests.
	errOften = errors.New("too many requests")
	// errMediaType: the body is not of the one form that is read.
	errMediaType = errors.New("unexpected type of body")
	// errMalformed: the body is not what its type says.
	errMalformed = errors.New("malformed body")
	// errSlow: the body did not come in time.
	errSlow = errors.New("body too slow")
)

// elsewhere is the answer "go there first": to log in, to set up, to change the
// password.
type elsewhere struct{ path string }

func (elsewhere) Error() string { return "another page comes first" }

// visit is one request with who makes it. It travels in the request's context;
// a context without one may do nothing and see nothing.
type visit struct {
	visitor dossier.Visitor
	actor   dossier.Actor
	scope   dossier.Scope // what may be seen under the route's permission
	reads   dossier.Scope // what may be seen under the permission to read
}

type visitKey struct{}

// of is the request of this visit.
func (v visit) of(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// scopeOf is what the one who asks may see; nothing for nobody.
func scopeOf(ctx context.Context) dossier.Scope { return visitOf(ctx).scope }

// visitorOf is who asks.
func visitorOf(ctx context.Context) dossier.Visitor { return visitOf(ctx).visitor }

// actor is who acts in this request, in the role that permits it.
func (s *site) actor(r *http.Request) dossier.Actor { return visitOf(r.Context()).actor }

// act is what is done in this request.
func (s *site) act(r *http.Request) dossier.Act {
	return dossier.Act{Actor: s.actor(r), At: s.Now().UTC()}
}

// admit lets a request through to a route, or says why not. This is the one
// place where the permission of a route is asked for.
func (s *site) admit(r *http.Request, rt route) (*http.Request, error) {
	if err := s.throttle(r, rt); err != nil {
		return r, err
	}
	if err := checkMediaType(r, rt); err != nil {
		return r, err
	}
	if err := readForm(r); err != nil {
		return r, err
	}
	if rt.machine {
		if rt.needs == permWatch && !thisMachine(address(r)) {
			return r, ErrNotFound
		}
		return r, nil
	}
	way, err := s.Door.Way(r.Context())
	if err != nil {
		return r, err
	}
	visitor, err := s.visitor(r, way)
	if err != nil {
		return r, err
	}
	if err := s.throttleAccount(visitor); err != nil {
		return r, err
	}
	v := visit{visitor: visitor}
	_, v.reads, _ = visitor.As(permRead, s.Unit.ID)
	enter := func() *http.Request { return v.of(r) }
	if rt.needs == permNone {
		if way == WaySetup && !rt.setup {
			return enter(), elsewhere{"/first-run"}
		}
		return enter(), nil
	}
	switch {
	case way == WaySetup:
		return enter(), elsewhere{"/first-run"}
	case visitor.Half:
		return enter(), elsewhere{"/login/code"}
	case visitor.User.ID == "":
		return enter(), errNobody
	case visitor.User.MustChange && rt.needs != permOwn:
		return enter(), elsewhere{"/account"}
	}
	var ok bool
	if v.actor, v.scope, ok = visitor.As(rt.needs, s.Unit.ID); !ok {
		return enter(), errForbidden
	}
	return enter(), nil
}

// visitor is who makes a request; the zero Visitor is nobody.
func (s *site) visitor(r *http.Request, way Way) (dossier.Visitor, error) {
	var v dossier.Visitor
	var err error
	secret, isToken := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case way == WayLocal:
		return dossier.LocalVisitor(s.Unit.ID), nil
	case way != WayLogin:
		return v, nil
	case isToken && isAPI(r): // pages are for people
		v, err = s.Door.Token(r.Context(), secret)
	default:
		secret := cookieValue(r, sessionCookie(r))
		if secret == "" {
			return v, nil
		}
		v, err = s.Door.Session(r.Context(), secret)
	}
	if _, refused := errors.AsType[dossier.Refusal](err); refused {
		return dossier.Visitor{}, nil
	}
	return v, err
}

// checkMediaType lets bodies through that are a form or, for the API, JSON or
// what the route takes: what a browser can be tricked into sending across sites
// is none of them.
func checkMediaType(r *http.Request, rt route) error {
	if r.Method == http.MethodGet || r.ContentLength == 0 {
		return nil
	}
	given, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !rt.takesType(r, given) {
		return errMediaType
	}
	return nil
}

// readForm reads a form before any route does, so that what is wrong with one is
// told in one place: too long, too slow, or no form at all.
func readForm(r *http.Request) error {
	if r.Method == http.MethodGet || isAPI(r) {
		return nil
	}
	err := r.ParseForm()
	var tooLong *http.MaxBytesError
	switch {
	case err == nil, errors.As(err, &tooLong):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errSlow
	default:
		return errMalformed
	}
}

// sessionCookie is the name of the cookie with a session's secret. Under TLS
// the browser itself sees to it that no other host and no unencrypted page can
// have set it (RFC 6265bis, 4.1.3.2).
func sessionCookie(r *http.Request) string {
	if encrypted(r) {
		return "__Host-sohoa"
	}
	return "sohoa"
}

// cookieValue is the value of a cookie, "" without it.
func cookieValue(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setSession gives the browser the secret of a session, until it closes; ""
// takes it away. It is sent along when somebody follows a link to us, and never
// when another page posts.
func setSession(w http.ResponseWriter, r *http.Request, secret string) {
	cookie := &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; without it serve answers this machine only
		Name: sessionCookie(r), Value: secret, Path: "/", HttpOnly: true, Secure: encrypted(r), SameSite: http.SameSiteLaxMode,
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

// from is where a request comes from, as a list of sessions shows it.
func from(r *http.Request) dossier.From {
	return dossier.From{Address: address(r), Browser: r.UserAgent()}
}

// loginLink leads to the page for logging in, and back.
func loginLink(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return "/login"
	}
	// Only the path: the words of a search do not belong into another address.
	return "/login?" + url.Values{"next": {r.URL.Path}}.Encode()
}

// mayLook tells whether a paper of a kind may be looked at now: sensitive ones
// want a reason first, once a session.
func (s *site) mayLook(ctx context.Context, id dossier.DossierID, kind string) bool {
	v := visitorOf(ctx)
	return !s.Kinds.Sensitive(kind) || v.Local() || slices.Contains(v.Reasons, id)
}
