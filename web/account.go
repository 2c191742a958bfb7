package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"sohoa/dossier"
)

// Own is what people do with their own account.
type Own interface {
	ChangePassword(ctx context.Context, v dossier.Visitor, before, after string) error
	Sessions(ctx context.Context, id dossier.UserID) ([]dossier.Session, error)
	BeginFactor(ctx context.Context, id dossier.UserID) (dossier.Factor, error)
	// ConfirmFactor gives the codes for a lost phone, this one time.
	ConfirmFactor(ctx context.Context, v dossier.Visitor, code string) ([]string, error)
}

type accountBody struct {
	Visitor  dossier.Visitor
	Sessions []dossier.Session
	Refused  dossier.Refusal
	Changed  bool
}

// account is the page of one's own account.
func (s *site) account(w http.ResponseWriter, r *http.Request) error {
	return s.accountWith(w, r, accountBody{Changed: r.URL.Query().Get("done") != ""})
}

func (s *site) accountWith(w http.ResponseWriter, r *http.Request, body accountBody) (err error) {
	body.Visitor = visitorOf(r.Context())
	if body.Sessions, err = s.Own.Sessions(r.Context(), body.Visitor.User.ID); err != nil {
		return err
	}
	code := http.StatusOK
	if body.Refused != "" {
		code = http.StatusUnprocessableEntity
	}
	return s.pageAs(w, r, code, frame{Title: "title.account", Active: "account", Body: body}, "my_account")
}

// changePassword changes one's own password.
func (s *site) changePassword(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	form := r.PostForm
	err := error(dossier.RefusedUnlike)
	if form.Get("password") == form.Get("again") {
		err = s.Own.ChangePassword(r.Context(), visitorOf(r.Context()), form.Get("before"), form.Get("password"))
	}
	if refused, ok := errors.AsType[dossier.Refusal](err); ok {
		return s.accountWith(w, r, accountBody{Refused: refused})
	}
	if err != nil {
		return err
	}
	seeOther(w, r, "/account?done=1")
	return nil
}

// endSession ends one of one's own sessions.
func (s *site) endSession(w http.ResponseWriter, r *http.Request) error {
	if err := s.Logins.EndSession(r.Context(), visitorOf(r.Context()), r.PostFormValue("session")); err != nil {
		return err
	}
	seeOther(w, r, "/account")
	return nil
}

type factorBody struct {
	Secret  string // in groups, to be typed
	QR      qrPicture
	Codes   []string
	Refused dossier.Refusal
}

// factorPage shows the picture that an authenticator app reads.
func (s *site) factorPage(w http.ResponseWriter, r *http.Request) error {
	return s.factorWith(w, r, factorBody{})
}

func (s *site) factorWith(w http.ResponseWriter, r *http.Request, body factorBody) error {
	code := http.StatusOK
	if body.Refused != "" {
		code = http.StatusUnprocessableEntity
	}
	if body.Codes == nil {
		factor, err := s.Own.BeginFactor(r.Context(), visitorOf(r.Context()).User.ID)
		if err != nil {
			return err
		}
		if body.QR, err = newQR(factor.Address); err != nil {
			return err
		}
		body.Secret = groups(factor.Secret)
	}
	return s.pageAs(w, r, code, frame{Title: "title.factor", Active: "account", Body: body}, "factor")
}

// groups parts a text into fours.
func groups(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// confirmFactor takes the first code.
func (s *site) confirmFactor(w http.ResponseWriter, r *http.Request) error {
	codes, err := s.Own.ConfirmFactor(r.Context(), visitorOf(r.Context()), r.PostFormValue("code"))
	if refused, ok := errors.AsType[dossier.Refusal](err); ok {
		return s.factorWith(w, r, factorBody{Refused: refused})
	}
	if err != nil {
		return err
	}
	return s.factorWith(w, r, factorBody{Codes: codes})
}

// qrPicture is a QR code as the path of an SVG: the policy allows no picture
// that is not a file of ours, and this one must not be a file.
type qrPicture struct {
	Size int
	Path template.HTMLAttr
}

func newQR(text string) (qrPicture, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return qrPicture{}, err
	}
	var b strings.Builder
	b.WriteString(`d="`)
	bits := code.Bitmap()
	for y, row := range bits {
		for x, dark := range row {
			if dark {
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h1v1h-1z")
			}
		}
	}
	b.WriteString(`"`)
	return qrPicture{Size: len(bits), Path: template.HTMLAttr(b.String())}, nil //nolint:gosec // numbers and four letters of ours
}
