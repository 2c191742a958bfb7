package web

import (
	"net/http"
	"strings"
)

// permission is what a route will ask of the person once accounts exist. Until
// then serve listens on the machine itself only.
type permission string

const (
	permNone    permission = "none"    // nothing of the archive is shown
	permRead    permission = "read"    // see dossiers, pages and the inbox
	permPlace   permission = "place"   // decide about waiting pages
	permPublish permission = "publish" // take published files away
	permWatch   permission = "watch"   // see how the server fares: counts and conditions
)

// route is one address the server answers. serve returns an error instead of
// writing a page about it.
type route struct {
	method  string
	pattern string
	needs   permission
	serve   func(*site, http.ResponseWriter, *http.Request) error
}

// routes is every address there is. A test asks each one without its
// permission's word and fails on an address that is served but not listed.
func routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{get, "/{$}", permRead, (*site).home},
		{get, "/intake", permRead, (*site).intake},
		{get, "/intake/live", permRead, (*site).intakeLive},
		{post, "/open", permRead, (*site).openCode},
		{get, "/dossiers", permRead, (*site).dossierList},
		{get, "/dossiers/{dossier}", permRead, (*site).dossierPage},
		{get, "/dossiers/{dossier}/pdf/{component}", permPublish, (*site).dossierPDF},
		{get, "/review", permRead, (*site).review},
		{get, "/review/papers", permRead, (*site).reviewPapers},
		{post, "/review/place", permPlace, (*site).place},
		{post, "/review/undo", permPlace, (*site).undo},
		{get, "/search", permRead, (*site).search},
		{get, "/pictures/{page}/{reading}/{width}", permRead, (*site).picture},
		{get, "/incoming/{batch}/{n}/{width}", permRead, (*site).incoming},
		{get, "/events", permRead, (*site).events},
		{post, "/language", permNone, (*site).language},
		{get, "/assets/{file...}", permNone, (*site).asset},

		{get, "/api/status", permRead, (*site).apiStatus},
		{get, "/api/search", permRead, (*site).apiSearch},
		{get, "/api/dossiers/{dossier}", permRead, (*site).apiDossier},
		{get, "/api/parked", permRead, (*site).apiParked},
		{post, "/api/place", permPlace, (*site).apiPlace},

		{get, "/healthz", permNone, machine(func(m Machine) http.Handler { return m.Alive })},
		{get, "/readyz", permWatch, machine(func(m Machine) http.Handler { return m.Ready })},
		{get, "/status", permWatch, machine(func(m Machine) http.Handler { return m.Status })},
		{get, "/metrics", permWatch, machine(func(m Machine) http.Handler { return m.Metrics })},
	}
}

// machine serves what is for programs.
func machine(which func(Machine) http.Handler) func(*site, http.ResponseWriter, *http.Request) error {
	return func(s *site, w http.ResponseWriter, r *http.Request) error {
		h := which(s.Machine)
		if h == nil {
			return ErrNotFound
		}
		h.ServeHTTP(w, r)
		return nil
	}
}

// handler puts the routes behind what holds for all of them.
func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.Handle(r.method+" "+r.pattern, s.guarded(r))
	}
	mux.Handle("/", s.guarded(route{pattern: "/", serve: func(*site, http.ResponseWriter, *http.Request) error { return ErrNotFound }}))
	sameOrigin := http.NewCrossOriginProtection()
	return secured(sameOrigin.Handler(mux))
}

// maxBody bounds what a form may send: a placement of every page of a batch
// fits many times.
const maxBody = 256 << 10

// guarded serves one route and turns its error into a page or JSON.
func (s *site) guarded(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := rt.serve(s, w, r); err != nil {
			s.failed(w, r, rt, err)
		}
	})
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }
