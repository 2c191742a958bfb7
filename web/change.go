package web

import (
	"context"
	"net/http"
	"slices"

	"sohoa/dossier"
)

// change is what somebody else did meanwhile, as one sentence tells it: who,
// when, and what was changed.
type change struct {
	Who, At, What string
	In            dossier.Dossier
	// Field, Is and Was are there when it was one value; Typed is what the one
	// who came second wanted to write.
	Field, Is, Was, Typed string
	// Placed: a page was placed in the dossier.
	Placed bool
}

// changeOf says who made a version of a dossier, when, and what it changed.
func (s *site) changeOf(ctx context.Context, l lang, m dossier.Manifest) *change {
	return &change{Who: s.who(ctx, l, m.Actor), What: s.why(l, m.Reason), At: m.At.In(s.zone).Format("15:04 02/01/2006"), In: m.Dossier}
}

// changeOfField says who wrote the value that a field has now. Where no value
// tells, it says what the newest version changed.
func (s *site) changeOfField(r *http.Request, id dossier.DossierID, said dossier.Correction) *change {
	ctx, l := r.Context(), langOf(r)
	newest, err := s.Dossiers.Intended(ctx, scopeOf(ctx), id)
	if err != nil {
		return nil
	}
	told := s.changeOf(ctx, l, newest)
	versions, err := s.Dossiers.Versions(ctx, scopeOf(ctx), id)
	if err != nil || len(said.Fields) != 1 {
		return told
	}
	asked := said.Fields[0]
	field := func(m dossier.Manifest) dossier.Field { return paperOf(m.Dossier, said.Component).Fields[asked.Field] }
	made := newest
	for _, before := range slices.DeleteFunc(versions, func(m dossier.Manifest) bool { return m.Dossier.Version >= newest.Dossier.Version }) {
		if was, is := field(before), field(made); was.Value != is.Value || was.Status != is.Status {
			told = s.changeOf(ctx, l, made)
			told.Field, told.Is, told.Was, told.Typed = asked.Field, is.Value, was.Value, asked.Is
			return told
		}
		made = before
	}
	return told
}

// changeOfPage says who placed a page that waited, and where.
func (s *site) changeOfPage(r *http.Request, page dossier.PageID) *change {
	ctx := r.Context()
	at, err := s.Parked.Arrival(ctx, scopeOf(ctx), page)
	if err != nil || at.Dossier == "" {
		return nil
	}
	m, err := s.Dossiers.Intended(ctx, scopeOf(ctx), at.Dossier)
	if err != nil {
		return nil
	}
	told := s.changeOf(ctx, langOf(r), m)
	told.Placed = true
	return told
}

// paperOf is a paper of a dossier; an empty one when it is not there.
func paperOf(d dossier.Dossier, id dossier.ComponentID) dossier.Component {
	for _, c := range d.Components {
		if c.ID == id {
			return c
		}
	}
	return dossier.Component{}
}

// who is how others call the one who did something. What nobody of the register
// did, the machine did, or whoever sits at it.
func (s *site) who(ctx context.Context, l lang, actor dossier.Actor) string {
	users, err := s.Users.Users(ctx)
	for _, u := range users {
		if err == nil && string(u.ID) == actor.ID && u.Person != "" {
			return u.Person
		}
		if err == nil && string(u.ID) == actor.ID {
			return u.Name
		}
	}
	if actor.Role == dossier.RoleLocal {
		return s.words.say(l, "who.local")
	}
	return s.words.say(l, "who.machine")
}
