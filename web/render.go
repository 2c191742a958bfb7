package web

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"sohoa/dossier"
)

//go:embed templates/*.html
var templateFiles embed.FS

// parseTemplates compiles the templates once for every language, so that a
// template names a word and never a language.
func (s *site) parseTemplates() (map[lang]*template.Template, error) {
	all := make(map[lang]*template.Template)
	for _, l := range []lang{vi, en} {
		parsed, err := template.New("").Funcs(s.functions(l)).ParseFS(templateFiles, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		all[l] = parsed
	}
	return all, nil
}

// frame is what every page has around its own content.
type frame struct {
	Lang     lang
	Title    string // key of the page's name
	Active   string // entry of the rail: "intake", "dossiers", "review", "entry", "sample", "sign", "search", "users"
	Who      dossier.Visitor
	ToKey    int  // values that the one who asks may key as one of two, or settle
	Sampled  bool // whether the one who asks sees what was drawn by lot
	Parked   int
	Cases    int // entries of registers that wait
	Books    int // all entries; without any there is no page for them
	Unsigned int // papers that wait for a signature
	Demo     bool
	Unit     string // its name, or its code where it has none
	UnitCode string
	Query    string // what stands in the search box
	Back     string // this page's address, for the language switch
	Body     any
}

// May tells a template whether the one who asks has a permission, so that no
// entry leads where nobody is let in.
func (f frame) May(p dossier.Permission) bool { return f.Who.May(p) }

// page writes a whole page. The template runs into memory first: a page that
// fails half-way is an error page, never half a page.
func (s *site) page(w http.ResponseWriter, r *http.Request, name, active string, body any) error {
	return s.pageAs(w, r, http.StatusOK, frame{Title: "title." + name, Active: active, Body: body}, name)
}

// pageAs writes a whole page with the rail, under a status of its own.
func (s *site) pageAs(w http.ResponseWriter, r *http.Request, code int, f frame, name string) error {
	_, parked, err := s.Parked.Parked(r.Context(), dossier.ReviewFilter{Scope: visitOf(r.Context()).reads})
	if err != nil {
		return err
	}
	_, doubts, err := s.Doubts.Doubts(r.Context(), dossier.ReviewFilter{Scope: visitOf(r.Context()).reads})
	if err != nil {
		return err
	}
	f.Parked = parked + doubts
	if _, f.Cases, f.Books, err = s.Registers.WaitingEntries(r.Context(), visitOf(r.Context()).reads, 0, 0); err != nil {
		return err
	}
	if s.decides(r.Context()) == nil {
		f.Sampled = visitorOf(r.Context()).May(permRead)
		if f.ToKey, err = s.toKey(r); err != nil {
			return err
		}
		papers, err := s.Unsigned.PaperCounts(r.Context(), s.Unit.ID)
		if err != nil {
			return err
		}
		f.Unsigned = papers.Awaiting
	}
	return s.write(w, code, langOf(r), name, s.frame(r, f))
}

// toKey counts what the one who asks may key or settle.
func (s *site) toKey(r *http.Request) (int, error) {
	who, by := visitorOf(r.Context()), dossier.Actor{ID: string(visitorOf(r.Context()).User.ID), Unit: s.Unit.ID}
	if !who.May(dossier.MayPlace) {
		return 0, nil
	}
	counts, err := s.Entries.EntryCounts(r.Context(), visitOf(r.Context()).reads, by)
	if who.May(dossier.MayApprove) {
		return counts.Mine + counts.ToSettle, err
	}
	return counts.Mine, err
}

func (s *site) frame(r *http.Request, f frame) frame {
	f.Lang, f.Demo, f.UnitCode, f.Who = langOf(r), s.Demo, s.Unit.CodeAt(s.Now()), visitorOf(r.Context())
	if f.Unit = s.unitName(r.Context(), s.Unit.ID); f.Unit == "" {
		f.Unit = s.words.say(f.Lang, "top.unit", f.UnitCode)
	}
	f.Back = "/"
	if r.Method == http.MethodGet {
		f.Back = r.URL.RequestURI()
	}
	if f.Active == "search" {
		f.Query = r.URL.Query().Get("q")
	}
	return f
}

// unitName is what people call a unit; "" where it has no name, and where the
// name cannot be read now: a page is shown without it.
func (s *site) unitName(ctx context.Context, id dossier.UnitID) string {
	if s.Units == nil {
		return ""
	}
	name, err := s.Units.Name(ctx, id)
	if err != nil {
		return ""
	}
	return name
}

// write runs a template and sends what it gives.
func (s *site) write(w http.ResponseWriter, status int, l lang, name string, value any) error {
	var b bytes.Buffer
	if err := s.templates[l].ExecuteTemplate(&b, name, value); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser has gone: nobody to tell
	return nil
}

// writeJSON sends one JSON value.
func writeJSON(w http.ResponseWriter, status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // as above
	return nil
}

// status maps an error to what the browser is told, and the key of the words
// that say what to do.
func status(err error) (code int, key string) {
	var tooLong *http.MaxBytesError
	switch {
	case errors.Is(err, ErrNotFound):
		return http.StatusNotFound, "error.not_found"
	case errors.Is(err, ErrNotWaiting):
		return http.StatusConflict, "error.not_waiting"
	case errors.Is(err, ErrChanged):
		return http.StatusConflict, "error.changed"
	case errors.Is(err, ErrTwoNeeded):
		return http.StatusConflict, "error.two_needed"
	case errors.Is(err, ErrSamePerson):
		return http.StatusConflict, "error.same_person"
	case errors.Is(err, ErrNotEmpty):
		return http.StatusUnprocessableEntity, "error.not_empty"
	case errors.Is(err, ErrPagesWait):
		return http.StatusConflict, "error.pages_wait"
	case errors.Is(err, ErrNoSuchCode):
		return http.StatusUnprocessableEntity, "transfer.none"
	case errors.Is(err, errWrongCode):
		return http.StatusUnprocessableEntity, "place.code_wrong"
	case errors.Is(err, ErrSameDossier):
		return http.StatusUnprocessableEntity, "transfer.same"
	case errors.Is(err, ErrRefused):
		return http.StatusUnprocessableEntity, "error.refused"
	case errors.Is(err, ErrNotReady):
		return http.StatusServiceUnavailable, "error.not_ready"
	case errors.Is(err, ErrNotLogged):
		return http.StatusServiceUnavailable, "error.not_logged"
	case dossier.KindOf(err) == dossier.Retry && dossier.ReasonOf(err) == dossier.ReasonStoreOffline:
		return http.StatusServiceUnavailable, "error.store_away"
	case errors.As(err, &tooLong):
		return http.StatusRequestEntityTooLarge, "error.too_large"
	case errors.Is(err, errNobody):
		return http.StatusUnauthorized, "error.nobody"
	case errors.Is(err, errForbidden):
		return http.StatusForbidden, "error.forbidden"
	case errors.Is(err, errOften):
		return http.StatusTooManyRequests, "error.often"
	case errors.Is(err, errMediaType):
		return http.StatusUnsupportedMediaType, "error.media_type"
	case errors.Is(err, errMalformed):
		return http.StatusBadRequest, "error.malformed"
	case errors.Is(err, errSlow):
		return http.StatusRequestTimeout, "error.slow"
	case errors.Is(err, errReason):
		return http.StatusForbidden, "error.reason"
	default:
		return http.StatusInternalServerError, "error.ours"
	}
}

// failed answers a request whose route returned an error. Our own failures are
// logged here, once, with the pattern of the route and never its address.
func (s *site) failed(w http.ResponseWriter, r *http.Request, rt route, err error) {
	if r.Context().Err() != nil && !errors.Is(err, errSlow) {
		return // the browser has gone
	}
	if s.sentElsewhere(w, r, err) {
		return
	}
	code, key := status(err)
	if code == http.StatusInternalServerError || errors.Is(err, ErrNotLogged) {
		s.Log.ErrorContext(r.Context(), "page failed",
			slog.String("method", r.Method), slog.String("route", rt.pattern), slog.Any("error", err))
	}
	if code == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	if isAPI(r) {
		_ = writeJSON(w, code, map[string]string{"error": s.words.say(en, key)}) // a map of strings always encodes
		return
	}
	f := s.frame(r, frame{Title: "title.error", Body: map[string]any{"Text": key, "Code": code}})
	if err := s.write(w, code, f.Lang, "error", f); err != nil {
		http.Error(w, "sohoa: "+http.StatusText(code), code)
	}
}

// sentElsewhere leads a person who has to log in, or to do something else first,
// to the page for it. Programs are told so instead; a part of a page makes the
// whole page go.
func (s *site) sentElsewhere(w http.ResponseWriter, r *http.Request, err error) bool {
	path := ""
	if first, ok := errors.AsType[elsewhere](err); ok {
		path = first.path
	} else if errors.Is(err, errNobody) {
		path = loginLink(r)
	}
	switch {
	case path == "":
		return false
	case isAPI(r):
		_ = writeJSON(w, http.StatusUnauthorized, map[string]string{"error": s.words.say(en, "error.nobody")}) // a map of strings always encodes
	case r.Header.Get("HX-Request") != "":
		w.Header().Set("HX-Redirect", path)
		w.WriteHeader(http.StatusUnauthorized)
	default:
		seeOther(w, r, path)
	}
	return true
}

// errorAttr is an error in a log line of ours.
func errorAttr(err error) slog.Attr { return slog.Any("error", err) }

// seeOther sends the browser to another page of this server.
func seeOther(w http.ResponseWriter, _ *http.Request, path string) {
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
}

// localPath gives an address inside this server, "/" for any other.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

// dossierPath is the address of a dossier's page.
func dossierPath(id dossier.DossierID) string { return "/dossiers/" + url.PathEscape(string(id)) }
