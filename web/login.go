package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"sohoa/dossier"
)

// Logins lets people in. What is refused is a [dossier.Refusal].
type Logins interface {
	// Setup makes the first administrator, for whoever has the printed code.
	Setup(ctx context.Context, code string, first dossier.NewUser, from dossier.From) (dossier.Pass, error)
	Login(ctx context.Context, name, password string, from dossier.From) (dossier.Pass, error)
	// Confirm takes the code of a second factor for a half session.
	Confirm(ctx context.Context, half, code string, from dossier.From) (dossier.Pass, error)
	EndSession(ctx context.Context, v dossier.Visitor, id string) error
}

// Provider is the identity provider of the office, if it has one.
type Provider interface {
	// Begin gives the provider's address to go to, and what this browser must
	// bring back with it.
	Begin(ctx context.Context) (address, ticket string, err error)
	// Finish takes what the provider sent along. Of somebody no account is bound
	// to it says [Stranger].
	Finish(ctx context.Context, ticket string, back FromProvider, from dossier.From) (dossier.Pass, error)
}

// FromProvider is what the provider sends the browser back with.
type FromProvider struct{ State, Code, Issuer, Error string }

// Stranger is somebody whom the provider knows and nobody here. Subject is what
// an administrator binds an account to; it is told to nobody else.
type Stranger struct{ Subject string }

// Error is for logs, and does not say who.
func (Stranger) Error() string { return dossier.RefusedNoSuchUser.Error() }

// Unwrap gives the refusal.
func (Stranger) Unwrap() error { return dossier.RefusedNoSuchUser }

// loginBody is what the pages before the door show.
type loginBody struct {
	Name, Person string
	Next         string
	Provider     bool
	Refused      dossier.Refusal
	Subject      string // by which the provider knows whom nobody knows here
}

// loginPage asks who it is.
func (s *site) loginPage(w http.ResponseWriter, r *http.Request) error {
	if v := visitorOf(r.Context()); v.User.ID != "" && !v.Half {
		seeOther(w, r, "/")
		return nil
	}
	return s.loginAgain(w, r, http.StatusOK, loginBody{Next: localPath(r.URL.Query().Get("next"))})
}

func (s *site) loginAgain(w http.ResponseWriter, r *http.Request, code int, body loginBody) error {
	body.Provider = s.Provider != nil
	return s.plain(w, r, code, "login", body)
}

// plain writes a page without the rail: what is shown before the door.
func (s *site) plain(w http.ResponseWriter, r *http.Request, code int, name string, body any) error {
	return s.write(w, code, langOf(r), name, s.frame(r, frame{Title: "title." + name, Body: body}))
}

// login checks name and password. The answer to what is wrong is always the
// same.
func (s *site) login(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	name, next := short(r.PostForm.Get("name")), localPath(r.PostForm.Get("next"))
	if !s.limits.names.allow(s.Now(), strings.ToLower(strings.TrimSpace(name))) {
		return errOften
	}
	pass, err := s.Logins.Login(r.Context(), name, r.PostForm.Get("password"), from(r))
	if refused, ok := errors.AsType[dossier.Refusal](err); ok {
		return s.loginAgain(w, r, http.StatusUnauthorized, loginBody{Name: name, Next: next, Refused: refused})
	}
	if err != nil {
		return err
	}
	setSession(w, r, pass.Secret)
	if pass.Half {
		seeOther(w, r, "/login/code")
		return nil
	}
	seeOther(w, r, next)
	return nil
}

// codePage asks for the code of the second factor.
func (s *site) codePage(w http.ResponseWriter, r *http.Request) error {
	if !visitorOf(r.Context()).Half {
		seeOther(w, r, "/login")
		return nil
	}
	return s.plain(w, r, http.StatusOK, "code", loginBody{})
}

// code checks it.
func (s *site) code(w http.ResponseWriter, r *http.Request) error {
	half := cookieValue(r, sessionCookie(r))
	if half == "" || !visitorOf(r.Context()).Half {
		seeOther(w, r, "/login")
		return nil
	}
	pass, err := s.Logins.Confirm(r.Context(), half, r.PostFormValue("code"), from(r))
	refused, ok := errors.AsType[dossier.Refusal](err)
	switch {
	case ok && refused == dossier.RefusedLogin: // blocked meanwhile
		setSession(w, r, "")
		return s.loginAgain(w, r, http.StatusUnauthorized, loginBody{Refused: refused})
	case ok:
		return s.plain(w, r, http.StatusUnauthorized, "code", loginBody{Refused: refused})
	case err != nil:
		return err
	}
	setSession(w, r, pass.Secret)
	seeOther(w, r, "/")
	return nil
}

// logout ends the session here and in the browser, and asks the browser to
// forget the pictures it kept.
func (s *site) logout(w http.ResponseWriter, r *http.Request) error {
	if v := visitorOf(r.Context()); v.Session != "" {
		if err := s.Logins.EndSession(r.Context(), v, v.Session); err != nil {
			return err
		}
	}
	setSession(w, r, "")
	w.Header().Set("Clear-Site-Data", `"cache"`)
	seeOther(w, r, "/login")
	return nil
}

// firstRunPage asks for the first administrator.
func (s *site) firstRunPage(w http.ResponseWriter, r *http.Request) error {
	if open, err := s.settingUp(w, r); err != nil || !open {
		return err
	}
	return s.plain(w, r, http.StatusOK, "first_run", loginBody{})
}

// settingUp sends whoever comes late to the login.
func (s *site) settingUp(w http.ResponseWriter, r *http.Request) (bool, error) {
	way, err := s.Door.Way(r.Context())
	if err == nil && way != WaySetup {
		seeOther(w, r, "/login")
	}
	return way == WaySetup, err
}

// firstRun makes the first administrator.
func (s *site) firstRun(w http.ResponseWriter, r *http.Request) error {
	if open, err := s.settingUp(w, r); err != nil || !open {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	form := r.PostForm
	body := loginBody{Name: short(form.Get("name")), Person: short(form.Get("person"))}
	if form.Get("password") != form.Get("again") {
		body.Refused = dossier.RefusedUnlike
		return s.plain(w, r, http.StatusUnprocessableEntity, "first_run", body)
	}
	first := dossier.NewUser{Name: body.Name, Person: body.Person, Password: form.Get("password")}
	pass, err := s.Logins.Setup(r.Context(), form.Get("code"), first, from(r))
	if refused, ok := errors.AsType[dossier.Refusal](err); ok {
		body.Refused = refused
		return s.plain(w, r, http.StatusUnprocessableEntity, "first_run", body)
	}
	if err != nil {
		return err
	}
	setSession(w, r, pass.Secret)
	seeOther(w, r, "/users")
	return nil
}

// ticketCookie holds what a browser must bring back from the provider.
const ticketCookie = "sohoa-ticket"

// ticketLife is how long the browser keeps it, in seconds; the provider's
// client has the last word.
const ticketLife = 600

// setTicket gives the browser a ticket, or takes it away.
func setTicket(w http.ResponseWriter, r *http.Request, ticket string) {
	cookie := &http.Cookie{ //nolint:gosec // as the session's cookie
		Name: ticketCookie, Value: ticket, Path: "/login/provider", MaxAge: ticketLife, HttpOnly: true, Secure: encrypted(r), SameSite: http.SameSiteLaxMode,
	}
	if ticket == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

// providerBegin sends the browser to the identity provider.
func (s *site) providerBegin(w http.ResponseWriter, r *http.Request) error {
	if s.Provider == nil {
		return ErrNotFound
	}
	address, ticket, err := s.Provider.Begin(r.Context())
	if err != nil {
		return s.providerFailed(w, r, err)
	}
	setTicket(w, r, ticket)
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// providerBack takes the browser back from there. A ticket is good for one try.
func (s *site) providerBack(w http.ResponseWriter, r *http.Request) error {
	if s.Provider == nil {
		return ErrNotFound
	}
	ticket := cookieValue(r, ticketCookie)
	if ticket == "" {
		return s.providerFailed(w, r, dossier.RefusedProviderTicket)
	}
	setTicket(w, r, "")
	q := r.URL.Query()
	back := FromProvider{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")}
	pass, err := s.Provider.Finish(r.Context(), ticket, back, from(r))
	if err != nil {
		return s.providerFailed(w, r, err)
	}
	setSession(w, r, pass.Secret)
	// A page of our own leads on: a redirect straight from the provider would
	// still count as coming from another site.
	body := loginBody{Next: "/"}
	if pass.Half {
		body.Next = "/login/code"
	}
	return s.plain(w, r, http.StatusOK, "welcome", body)
}

// providerFailed says why the provider lets nobody in, and logs the cause, for
// it is mostly a setting that somebody must mend.
func (s *site) providerFailed(w http.ResponseWriter, r *http.Request, err error) error {
	body := loginBody{Next: "/"}
	if stranger, ok := errors.AsType[Stranger](err); ok {
		body.Subject = stranger.Subject
	}
	var ok bool
	if body.Refused, ok = errors.AsType[dossier.Refusal](err); !ok {
		return err
	}
	s.Log.WarnContext(r.Context(), "nobody came in by the identity provider", errorAttr(err))
	return s.loginAgain(w, r, http.StatusUnauthorized, body)
}
