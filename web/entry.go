package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"sohoa/dossier"
)

// Entries reads the fields that two people key, neither seeing what the other
// keyed, and carries out what they say.
type Entries interface {
	EntryCounts(ctx context.Context, scope dossier.Scope, by dossier.Actor) (dossier.EntryCounts, error)
	// Entries lists what somebody may key, Disputes what somebody may settle.
	Entries(ctx context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error)
	Disputes(ctx context.Context, scope dossier.Scope, by dossier.Actor, offset, limit int) ([]dossier.Doubt, error)
	// Dispute gives both values to whoever keyed neither.
	Dispute(ctx context.Context, by dossier.Actor, component dossier.ComponentID, field string) ([]string, error)
	Enter(ctx context.Context, by dossier.Actor, id dossier.DossierID, said dossier.Keyed) (dossier.Entered, error)
	Settle(ctx context.Context, by dossier.Actor, id dossier.DossierID, said dossier.Keyed) error
}

// blind is a place on a page that a person keys without being shown what anybody
// or anything has made of it.
type blind struct {
	*question
	Action string   // where the form goes
	Why    string   // key of what is to be done
	Values []string // what others keyed or the machine read, for who settles it
	// What and the rest name the place in a sample; empty for double entry.
	What  dossier.Drawn
	Month string
	N     int
}

// blindBody is a page at which somebody keys blind.
type blindBody struct {
	Ask      *blind
	Settling bool
	From     int
	Said     string // key of what became of the answer before
	Error    string
	Typed    string
}

type entryBody struct {
	blindBody
	Counts dossier.EntryCounts
}

// entrySaid are the keys of what became of an answer.
var entrySaid = map[string]string{
	string(dossier.EnteredFirst): "entry.said_first", string(dossier.EnteredAgreed): "entry.said_agreed",
	string(dossier.EnteredDiffer): "entry.said_differ", "settled": "entry.said_settled",
}

// entry shows the next field that the one who asks may key.
func (s *site) entry(w http.ResponseWriter, r *http.Request) error {
	return s.showEntry(w, r, blindBody{Said: entrySaid[r.URL.Query().Get("said")], From: offset(r.URL.Query())})
}

// dispute shows the next field that the one who asks may settle.
func (s *site) dispute(w http.ResponseWriter, r *http.Request) error {
	return s.showEntry(w, r, blindBody{Settling: true, Said: entrySaid[r.URL.Query().Get("said")], From: offset(r.URL.Query())})
}

func (s *site) showEntry(w http.ResponseWriter, r *http.Request, shown blindBody) error {
	body := entryBody{blindBody: shown}
	ctx, actor := r.Context(), s.actor(r)
	if err := s.decides(ctx); err != nil {
		return err
	}
	var err error
	if body.Counts, err = s.Entries.EntryCounts(ctx, scopeOf(ctx), actor); err != nil {
		return err
	}
	list, path, why := s.Entries.Entries, "/entry", "entry.why"
	if body.Settling {
		list, path, why = s.Entries.Disputes, "/entry/settle", "entry.settle_why"
	}
	some, err := list(ctx, scopeOf(ctx), actor, body.From, 2)
	if err == nil && len(some) == 0 && body.From > 0 {
		body.From = 0
		some, err = list(ctx, scopeOf(ctx), actor, 0, 2)
	}
	if err != nil || len(some) == 0 {
		return errors.Join(err, s.page(w, r, "entry", "entry", body))
	}
	at := path + "?from="
	body.Ask = &blind{Action: path, Why: why, question: &question{Doubt: some[0], Here: at + strconv.Itoa(body.From)}}
	if len(some) > 1 {
		body.Ask.Next = at + strconv.Itoa(body.From+1)
	}
	return s.showBlind(w, r, body)
}

// showBlind shows the place to key, and to who settles it what others keyed.
func (s *site) showBlind(w http.ResponseWriter, r *http.Request, body entryBody) error {
	ask := body.Ask
	if !s.mayLook(r.Context(), ask.Dossier, ask.Kind) {
		m, err := s.Dossiers.Dossier(r.Context(), scopeOf(r.Context()), string(ask.Dossier))
		if err != nil {
			return err
		}
		return s.askReason(w, r, m.Dossier, "")
	}
	if err := s.ask(r, ask.question); err != nil {
		return err
	}
	ask.Value, ask.Typed, ask.Choices, ask.Sheet.Text = dossier.Field{}, "", nil, nil
	if body.Settling {
		var err error
		if ask.Values, err = s.Entries.Dispute(r.Context(), s.actor(r), ask.Component, ask.Field); err != nil {
			return err
		}
	}
	return s.page(w, r, "entry", "entry", body)
}

// keyedForm is what the form of a blind field says; wrong is the key of what is
// missing.
func keyedForm(r *http.Request) (id dossier.DossierID, said dossier.Keyed, wrong string) {
	said = dossier.Keyed{Component: dossier.ComponentID(r.FormValue("paper")), Kind: r.FormValue("kind"), Field: r.FormValue("field"), Value: r.FormValue("is")}
	picked, ok := r.Form["pick"]
	switch {
	case r.FormValue("none") != "":
		said.Value = ""
	case ok:
		said.Value = picked[0]
	case said.Value == "":
		wrong = "ask.empty"
	}
	return dossier.DossierID(r.FormValue("dossier")), said, wrong
}

// enter takes what somebody keyed, and goes on to the next field.
func (s *site) enter(w http.ResponseWriter, r *http.Request) error {
	return s.takeKeyed(w, r, "/entry", func(id dossier.DossierID, said dossier.Keyed) (string, error) {
		entered, err := s.Entries.Enter(r.Context(), s.actor(r), id, said)
		return string(entered), err
	})
}

// settle takes what a third person says about a field.
func (s *site) settle(w http.ResponseWriter, r *http.Request) error {
	return s.takeKeyed(w, r, "/entry/settle", func(id dossier.DossierID, said dossier.Keyed) (string, error) {
		return "settled", s.Entries.Settle(r.Context(), s.actor(r), id, said)
	})
}

func (s *site) takeKeyed(w http.ResponseWriter, r *http.Request, path string, take func(dossier.DossierID, dossier.Keyed) (string, error)) error {
	if err := s.decides(r.Context()); err != nil {
		return err
	}
	from := offset(r.Form)
	id, said, wrong := keyedForm(r)
	if wrong == "" {
		became, err := take(id, said)
		if err == nil {
			seeOther(w, r, path+"?from="+strconv.Itoa(from)+"&said="+became)
			return nil
		}
		if wrong = refusedValue(err); wrong == "" {
			return err
		}
	}
	body := blindBody{Settling: path == "/entry/settle", From: from, Error: wrong}
	if slices.Contains([]string{"ask.empty", "ask.no_such_value"}, wrong) {
		body.Typed = said.Value
	}
	return s.showEntry(w, r, body)
}
