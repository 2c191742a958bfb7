package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"sohoa/dossier"
)

// Users is the register as administrators see it.
type Users interface {
	Users(ctx context.Context) ([]dossier.User, error)
	// AddUser makes a user with a password for one use.
	AddUser(ctx context.Context, act dossier.Act, n dossier.NewUser) (u dossier.User, password string, err error)
	// Change does one of the changes below.
	Change(ctx context.Context, act dossier.Act, id dossier.UserID, c UserChange) (password string, err error)
}

// UserChange is one change of a user.
type UserChange struct {
	// What is grant, revoke, close, open or reset.
	What  string
	Grant dossier.Grant
}

type usersBody struct {
	Users []dossier.User
	Roles []dossier.Role
	Kinds []kindChoice
	Unit  dossier.UnitID
	// UnitNames are the names of the units that somebody has a role in.
	UnitNames map[dossier.UnitID]string
	At        dossier.UserID // the user that is open
	Refused   dossier.Refusal
	// Password is shown once, to be handed over.
	For, Password string
	Name, Person  string
}

// users is the page of users and rights.
func (s *site) users(w http.ResponseWriter, r *http.Request) error {
	return s.usersWith(w, r, usersBody{At: dossier.UserID(r.URL.Query().Get("user"))})
}

func (s *site) usersWith(w http.ResponseWriter, r *http.Request, body usersBody) (err error) {
	if body.Users, err = s.Users.Users(r.Context()); err != nil {
		return err
	}
	body.Roles, body.Unit = dossier.Roles(), s.Unit.ID
	body.Kinds = s.kindChoices(langOf(r), "")
	body.UnitNames = map[dossier.UnitID]string{}
	for _, u := range body.Users {
		for _, g := range u.Grants {
			if _, named := body.UnitNames[g.Unit]; !named {
				body.UnitNames[g.Unit] = s.unitName(r.Context(), g.Unit)
			}
		}
	}
	code := http.StatusOK
	if body.Refused != "" {
		code = http.StatusUnprocessableEntity
	}
	return s.pageAs(w, r, code, frame{Title: "title.users", Active: "users", Body: body}, "users")
}

// addUser makes a user.
func (s *site) addUser(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	n := dossier.NewUser{Name: strings.ToLower(short(r.PostForm.Get("name"))), Person: short(r.PostForm.Get("person")), Once: true}
	for _, role := range r.PostForm["role"] {
		n.Grants = append(n.Grants, dossier.Grant{Role: dossier.Role(role), Unit: s.Unit.ID})
	}
	user, password, err := s.Users.AddUser(r.Context(), s.act(r), n)
	if refused, ok := errors.AsType[dossier.Refusal](err); ok {
		return s.usersWith(w, r, usersBody{Refused: refused, Name: n.Name, Person: n.Person})
	}
	if err != nil {
		return err
	}
	return s.usersWith(w, r, usersBody{At: user.ID, For: user.Name, Password: password})
}

// userChanges are the changes that the page offers.
var userChanges = []string{"grant", "revoke", "close", "open", "reset"}

// changeUser changes one.
func (s *site) changeUser(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	c := UserChange{What: r.PathValue("change")}
	if !slices.Contains(userChanges, c.What) {
		return ErrNotFound
	}
	c.Grant = dossier.Grant{Role: dossier.Role(r.PostForm.Get("role")), Unit: s.Unit.ID}
	for _, kind := range r.PostForm["kinds"] {
		if _, ok := s.Kinds.Kind(kind); !ok {
			return s.usersWith(w, r, usersBody{Refused: dossier.RefusedKind})
		}
		c.Grant.Kinds = append(c.Grant.Kinds, kind)
	}
	if unit := r.PostForm.Get("unit"); unit != "" && c.What == "revoke" {
		c.Grant.Unit = dossier.UnitID(unit)
	}
	id := dossier.UserID(r.PathValue("user"))
	password, err := s.Users.Change(r.Context(), s.act(r), id, c)
	if refused, ok := errors.AsType[dossier.Refusal](err); ok {
		if refused == dossier.RefusedUnknown {
			return ErrNotFound
		}
		return s.usersWith(w, r, usersBody{At: id, Refused: refused})
	}
	if err != nil {
		return err
	}
	if password != "" {
		return s.usersWith(w, r, usersBody{At: id, For: r.PostForm.Get("name"), Password: password})
	}
	seeOther(w, r, "/users?user="+string(id))
	return nil
}
