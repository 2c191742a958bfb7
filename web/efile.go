package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sohoa/dossier"
)

// Filer takes in papers that were filed electronically.
type Filer interface {
	// File makes a file durable and puts it on its way into its dossier. What is
	// wrong with a file is a [dossier.Fault] of kind Reject; nothing was kept of
	// it then.
	File(ctx context.Context, actor dossier.Actor, file FiledFile) (FiledAnswer, error)
}

// FiledFile is a file with what whoever hands it in says of it.
type FiledFile struct {
	dossier.Filing
	Name string
	Body io.Reader
}

// FiledAnswer says what became of a file.
type FiledAnswer struct {
	// Batch is the one that brought the bytes; an earlier one where Known.
	Batch dossier.BatchID `json:"batch"`
	Known bool            `json:"known"`
	// Dossier is the one that has the paper; empty while it is being read.
	Dossier   dossier.DossierID `json:"dossier,omitempty"`
	Signature *FiledSignature   `json:"signature,omitempty"`
}

// FiledSignature is what the signatures of a PDF are worth.
type FiledSignature struct {
	Verdict string `json:"verdict"`
	Text    string `json:"text"`
	TextEn  string `json:"text_en"`
}

// maxFiled bounds a file that is handed in.
const maxFiled = 200 << 20

// filedTime is how long handing one in may take: 200 MiB at 3 Mbit/s.
const filedTime = 10 * time.Minute

// filedTypes are the media types of files that can be handed in. No form of
// another site can send any of them without asking first (WHATWG Fetch,
// CORS-safelisted request-header).
var filedTypes = []string{"application/pdf", "image/jpeg", "image/png", "image/tiff"}

// fileHeader is where a program says the name of a file, percent-encoded
// (RFC 3986) where it is not ASCII: it may be that of a person, so an address is
// no place for it.
const fileHeader = "Sohoa-File"

// apiEfile takes a file in: its bytes are the body, code and kind stand in the
// address.
func (s *site) apiEfile(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	file := FiledFile{Filing: dossier.Filing{Code: q.Get("code"), Kind: q.Get("kind")}, Name: fileName(r, q.Get("kind")), Body: r.Body}
	scope := scopeOf(r.Context())
	if scope.Unit != s.Unit.ID || !scope.Sees(file.Kind) {
		return ErrNotFound
	}
	within(w, s.Now().Add(filedTime))
	answer, err := s.Filer.File(r.Context(), s.actor(r), file)
	if fault, ok := errors.AsType[*dossier.Fault](err); ok && fault.Kind == dossier.Reject {
		return s.refuseFiled(w, fault.Reason)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errSlow
	}
	if err != nil {
		return err
	}
	code := http.StatusAccepted
	if answer.Known {
		code = http.StatusOK
	}
	return writeJSON(w, code, answer)
}

// within gives a long body its time.
func within(w http.ResponseWriter, until time.Time) {
	c := http.NewResponseController(w)
	// Where the writer can not be told, the server's own times hold.
	_ = errors.Join(c.SetReadDeadline(until), c.SetWriteDeadline(until.Add(time.Minute)))
}

func (s *site) refuseFiled(w http.ResponseWriter, reason dossier.Reason) error {
	code := http.StatusUnprocessableEntity
	if reason == dossier.ReasonFiledKnown {
		code = http.StatusConflict
	}
	return writeJSON(w, code, map[string]string{"error": reason.Text("en"), "text": reason.Text("vi"), "reason": string(reason)})
}

// fileName is the name that a program gives a file, else one made of its kind.
func fileName(r *http.Request, kind string) string {
	name, err := url.PathUnescape(r.Header.Get(fileHeader))
	odd := func(c rune) bool { return unicode.IsControl(c) || c == '/' || c == '\\' }
	if name = short(name); err == nil && name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, odd) {
		return name
	}
	ending := ".pdf"
	if given, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && given != filedTypes[0] {
		ending = "." + strings.TrimPrefix(given, "image/")
	}
	return kind + ending
}

// takesType tells whether a route takes bodies of a media type: a form, or, for
// the API, JSON, unless it says otherwise.
func (rt route) takesType(r *http.Request, given string) bool {
	switch {
	case rt.takes != nil:
		return slices.Contains(rt.takes, given)
	case isAPI(r):
		return given == "application/json"
	default:
		return given == "application/x-www-form-urlencoded"
	}
}

// bodyLimit is how long a body of the route may be.
func (rt route) bodyLimit() int64 {
	if rt.body > 0 {
		return rt.body
	}
	return maxBody
}
