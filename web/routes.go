package web

import (
	"net/http"
	"slices"
	"strings"

	"sohoa/dossier"
)

// permission is what a route asks of whoever asks for it; package dossier has
// the table of who has it.
type permission = dossier.Permission

const (
	permNone       permission = "none" // nothing of the archive is shown
	permOwn                   = dossier.MayOwn
	permRead                  = dossier.MayRead
	permPlace                 = dossier.MayPlace
	permApprove               = dossier.MayApprove
	permDispose               = dossier.MayDispose
	permFile                  = dossier.MayFile
	permPublish               = dossier.MayPublish
	permSign                  = dossier.MaySign
	permWatch      permission = "watch" // how the server fares: for this machine itself
	permAdminister            = dossier.MayAdminister
)

// route is one address the server answers. serve returns an error instead of
// writing a page about it.
type route struct {
	method  string
	pattern string
	needs   permission
	serve   func(*site, http.ResponseWriter, *http.Request) error
	// pace bounds how often it may be asked.
	pace pace
	// setup routes answer before there is anybody.
	setup bool
	// takes are the media types of its bodies, where they are neither forms nor
	// JSON, and body is how long they may be; 0 for [maxBody].
	takes []string
	body  int64
	// machine routes answer programs that watch the server, also while the
	// database with the people is away.
	machine bool
}

// routes is every address there is. A test asks each one in every role and
// fails on an address that is served but not listed.
func routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return slices.Concat(keyingRoutes(), heldRoutes(), []route{
		{method: get, pattern: "/{$}", needs: permNone, serve: (*site).home},
		{method: get, pattern: "/intake", needs: permRead, serve: (*site).intake},
		{method: get, pattern: "/intake/live", needs: permRead, serve: (*site).intakeLive},
		{method: post, pattern: "/open", needs: permRead, serve: (*site).openCode},
		{method: get, pattern: "/dossiers", needs: permRead, serve: (*site).dossierList},
		{method: get, pattern: "/dossiers/{dossier}", needs: permRead, serve: (*site).dossierPage},
		{method: get, pattern: "/dossiers/{dossier}/pages", needs: permPlace, serve: (*site).desk},
		{method: post, pattern: "/dossiers/{dossier}/pages", needs: permPlace, serve: (*site).arrange},
		{method: get, pattern: "/dossiers/{dossier}/pdf/{component}", needs: permPublish, serve: (*site).dossierPDF},
		{method: post, pattern: "/dossiers/{dossier}/keep", needs: permPlace, serve: (*site).keepPaper},
		{method: post, pattern: "/dossiers/{dossier}/close", needs: permDispose, serve: (*site).closeDossier},
		{method: post, pattern: "/dossiers/{dossier}/reopen", needs: permDispose, serve: (*site).reopenDossier},
		{method: get, pattern: "/review", needs: permRead, serve: (*site).review},
		{method: get, pattern: "/review/papers", needs: permRead, serve: (*site).reviewPapers},
		{method: post, pattern: "/review/place", needs: permPlace, serve: (*site).place},
		{method: get, pattern: "/review/cut/{dossier}/{paper}/{field}", needs: permRead, serve: (*site).cut},
		{method: post, pattern: "/review/field", needs: permPlace, serve: (*site).correct},
		{method: post, pattern: "/review/undo", needs: permPlace, serve: (*site).undo},
		{method: get, pattern: "/registers", needs: permRead, serve: (*site).registers},
		{method: get, pattern: "/registers/cut/{dossier}/{paper}/{entry}", needs: permRead, serve: (*site).entryCut},
		{method: post, pattern: "/registers", needs: permPlace, serve: (*site).writeDown},
		{method: get, pattern: "/sign", needs: permSign, serve: (*site).sign},
		{method: get, pattern: "/sign/live", needs: permSign, serve: (*site).signLive},
		{method: get, pattern: "/sign/progress", needs: permSign, serve: (*site).signProgress},
		{method: post, pattern: "/sign", needs: permSign, serve: (*site).askToSign},
		{method: get, pattern: "/search", needs: permRead, serve: (*site).search},
		{method: get, pattern: "/pictures/{page}/{reading}/{width}", needs: permRead, serve: (*site).picture},
		{method: get, pattern: "/incoming/{batch}/{n}/{width}", needs: permRead, serve: (*site).incoming},
		{method: get, pattern: "/events", needs: permRead, serve: (*site).events},
		{method: post, pattern: "/language", needs: permNone, serve: (*site).language, setup: true},
		{method: get, pattern: "/assets/{file...}", needs: permNone, serve: (*site).asset, setup: true},

		{method: get, pattern: "/first-run", needs: permNone, serve: (*site).firstRunPage, setup: true},
		{method: post, pattern: "/first-run", needs: permNone, serve: (*site).firstRun, pace: paceLogin, setup: true},
		{method: get, pattern: "/login", needs: permNone, serve: (*site).loginPage},
		{method: post, pattern: "/login", needs: permNone, serve: (*site).login, pace: paceLogin},
		{method: get, pattern: "/login/code", needs: permNone, serve: (*site).codePage},
		{method: post, pattern: "/login/code", needs: permNone, serve: (*site).code, pace: paceLogin},
		{method: get, pattern: "/login/provider", needs: permNone, serve: (*site).providerBegin, pace: paceLogin},
		{method: get, pattern: "/login/provider/back", needs: permNone, serve: (*site).providerBack, pace: paceLogin},
		{method: post, pattern: "/logout", needs: permNone, serve: (*site).logout},
		{method: get, pattern: "/tra-cuu-ho-so", needs: permNone, serve: (*site).lookup, pace: paceLookup},

		{method: get, pattern: "/account", needs: permOwn, serve: (*site).account},
		{method: post, pattern: "/account/password", needs: permOwn, serve: (*site).changePassword, pace: paceLogin},
		{method: post, pattern: "/account/sessions/end", needs: permOwn, serve: (*site).endSession},
		{method: get, pattern: "/account/factor", needs: permOwn, serve: (*site).factorPage},
		{method: post, pattern: "/account/factor", needs: permOwn, serve: (*site).confirmFactor, pace: paceLogin},
		{method: post, pattern: "/dossiers/{dossier}/reason", needs: permRead, serve: (*site).giveReason},
		{method: get, pattern: "/users", needs: permAdminister, serve: (*site).users},
		{method: post, pattern: "/users", needs: permAdminister, serve: (*site).addUser},
		{method: post, pattern: "/users/{user}/{change}", needs: permAdminister, serve: (*site).changeUser},

		{method: get, pattern: "/api/status", needs: permRead, serve: (*site).apiStatus},
		{method: get, pattern: "/api/search", needs: permRead, serve: (*site).apiSearch},
		{method: get, pattern: "/api/dossiers/{dossier}", needs: permRead, serve: (*site).apiDossier},
		{method: get, pattern: "/api/parked", needs: permRead, serve: (*site).apiParked},
		{method: post, pattern: "/api/efile", needs: permFile, serve: (*site).apiEfile, takes: filedTypes, body: maxFiled},
		{method: post, pattern: "/api/place", needs: permPlace, serve: (*site).apiPlace},

		{method: get, pattern: "/healthz", needs: permNone, serve: machine(func(m Machine) http.Handler { return m.Alive }), machine: true},
		{method: get, pattern: "/readyz", needs: permWatch, serve: machine(func(m Machine) http.Handler { return m.Ready }), machine: true},
		{method: get, pattern: "/status", needs: permWatch, serve: machine(func(m Machine) http.Handler { return m.Status }), machine: true},
		{method: get, pattern: "/metrics", needs: permWatch, serve: machine(func(m Machine) http.Handler { return m.Metrics }), machine: true},
	})
}

// heldRoutes are those of what people say about papers that are held because
// their sheets, or their fronts and backs, do not add up, and about sides on which
// nothing is.
func heldRoutes() []route {
	const post = http.MethodPost
	return []route{
		{method: post, pattern: "/review/count", needs: permPlace, serve: (*site).acceptCount},
		{method: post, pattern: "/review/backs", needs: permPlace, serve: (*site).answerBacks},
		{method: post, pattern: "/review/side", needs: permPlace, serve: (*site).answerSide},
		{method: post, pattern: "/api/side", needs: permPlace, serve: (*site).apiAnswerSide},
		{method: post, pattern: "/api/count", needs: permPlace, serve: (*site).apiAcceptCount},
		{method: post, pattern: "/api/backs", needs: permPlace, serve: (*site).apiAnswerBacks},
	}
}

// keyingRoutes are those of pages at which people key without being shown what
// was read or keyed before.
func keyingRoutes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{method: get, pattern: "/entry", needs: permPlace, serve: (*site).entry},
		{method: post, pattern: "/entry", needs: permPlace, serve: (*site).enter},
		{method: get, pattern: "/entry/settle", needs: permApprove, serve: (*site).dispute},
		{method: post, pattern: "/entry/settle", needs: permApprove, serve: (*site).settle},
		{method: get, pattern: "/sample", needs: permRead, serve: (*site).samples},
		{method: post, pattern: "/sample", needs: permApprove, serve: (*site).drawSample},
		{method: post, pattern: "/sample/gate", needs: permApprove, serve: (*site).decideGate},
		{method: get, pattern: "/sample/key", needs: permPlace, serve: (*site).keySample},
		{method: post, pattern: "/sample/key", needs: permPlace, serve: (*site).answerSample},
		{method: get, pattern: "/sample/settle", needs: permApprove, serve: (*site).settleSample},
		{method: post, pattern: "/sample/settle", needs: permApprove, serve: (*site).takeSettled},
		{method: get, pattern: "/sample/cut/{month}/{n}", needs: permRead, serve: (*site).sampleCut},
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
	mux.Handle("/", s.guarded(route{pattern: "/", needs: permNone, setup: true, serve: func(*site, http.ResponseWriter, *http.Request) error { return ErrNotFound }}))
	sameOrigin := http.NewCrossOriginProtection()
	return s.throughProxy(s.secured(sameOrigin.Handler(mux)))
}

// maxBody bounds what a form may send: a placement of every page of a batch
// fits many times.
const maxBody = 256 << 10

// guarded serves one route and turns its error into a page or JSON.
func (s *site) guarded(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, rt.bodyLimit())
		r, err := s.admit(r, rt)
		if err == nil {
			err = rt.serve(s, w, r)
		}
		if err != nil {
			s.failed(w, r, rt, err)
		}
	})
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }
