package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/storage/people"
	"sohoa/storage/units"
	"sohoa/web/provider"
)

// userCmd looks after accounts and rights at the machine itself.
type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Make an account; prints its password for one use."`
	List   userListCmd   `cmd:"" help:"List accounts and their rights."`
	Lock   userLockCmd   `cmd:"" help:"Close an account and end its sessions."`
	Unlock userUnlockCmd `cmd:"" help:"Open an account again, or end its rest after wrong passwords."`
	Reset  userResetCmd  `cmd:"" help:"Give a new password for one use and drop the second factor."`
	Grant  userGrantCmd  `cmd:"" help:"Give a role."`
	Revoke userRevokeCmd `cmd:"" help:"Take a role away."`
	Bind   userBindCmd   `cmd:"" help:"Let an account come in by the identity provider."`
	Token  userTokenCmd  `cmd:"" help:"Make, list or revoke tokens for other machines."`
}

// Help says what roles there are.
func (userCmd) Help() string {
	return `Roles: ` + strings.Join(roleNames(), ", ") + `.
An administrator gives rights and sees no papers; who does both gets both.

  sohoa user add lan --person "Trần Thị Lan" --role intake --role reviewer
  sohoa user grant lan signer
  sohoa user token add line --permission read --days 90`
}

func roleNames() []string {
	var names []string
	for _, r := range dossier.Roles() {
		names = append(names, string(r))
	}
	return names
}

// onPeople runs f on the register of the archive.
func (c *cli) onPeople(ctx context.Context, f func(p *people.People, act dossier.Act) error) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	settings, err := c.config()
	if err != nil {
		return err
	}
	p, err := a.openPeople(settings)
	if err != nil {
		return err
	}
	return refused(f(p, dossier.Act{Actor: dossier.Local(a.unit().ID), At: time.Now()}))
}

// refused makes of a refusal a wrong use with its sentence.
func refused(err error) error {
	if r, ok := errors.AsType[dossier.Refusal](err); ok {
		return usage(r.Text("vi")+"\n"+r.Text("en"), "%w", err)
	}
	return err
}

// onUser runs f on one user of the register.
func (c *cli) onUser(ctx context.Context, name string, f func(p *people.People, act dossier.Act, u dossier.User) error) error {
	return c.onPeople(ctx, func(p *people.People, act dossier.Act) error {
		u, err := p.User(ctx, name)
		if err != nil {
			return err
		}
		return f(p, act, u)
	})
}

// say prints a value as JSON or a line of text.
func (c *cli) say(out io.Writer, value any, format string, args ...any) error {
	if c.JSON {
		return printJSON(out, value)
	}
	_, err := fmt.Fprintf(out, format+"\n", args...)
	return err
}

type userAddCmd struct {
	Name    string   `arg:"" help:"What is typed to log in."`
	Person  string   `help:"The name others call them." placeholder:"NAME"`
	Role    []string `help:"A role in the archive's unit; may be repeated." placeholder:"ROLE"`
	Subject string   `help:"The subject at the identity provider, instead of a password: SUBJECT, or ISSUER#SUBJECT." placeholder:"SUBJECT"`
}

// Run makes the account.
func (u userAddCmd) Run(ctx context.Context, c *cli, con console) error {
	settings, err := c.config()
	if err != nil {
		return err
	}
	return c.onPeople(ctx, func(p *people.People, act dossier.Act) error {
		n := dossier.NewUser{Name: u.Name, Person: u.Person}
		if u.Subject == "" {
			n.Password, n.Once = people.NewPassword(), true
		} else if n.Subject, err = settings.subject(u.Subject); err != nil {
			return refused(err)
		}
		for _, role := range u.Role {
			n.Grants = append(n.Grants, dossier.Grant{Role: dossier.Role(role), Unit: act.Actor.Unit})
		}
		made, err := p.AddUser(ctx, act, n)
		if err != nil {
			return err
		}
		if n.Password == "" {
			return c.say(con.out, map[string]any{"user": made}, "Made %s, who comes in by the identity provider and has no password here.", made.Name)
		}
		return c.say(con.out, map[string]any{"user": made, "password": n.Password},
			"Made %s.\nPassword for one use: %s\nIt must be changed at the first log-in.", made.Name, n.Password)
	})
}

type userListCmd struct{}

// Run lists the accounts.
func (userListCmd) Run(ctx context.Context, c *cli, con console) error {
	names, err := c.unitNames(ctx)
	if err != nil {
		return err
	}
	return c.onPeople(ctx, func(p *people.People, act dossier.Act) error {
		users, err := p.Users(ctx)
		if err != nil {
			return err
		}
		names[act.Actor.Unit] = "" // goes without saying
		if c.JSON {
			return printJSON(con.out, map[string]any{"users": users})
		}
		var b strings.Builder
		for _, u := range users {
			fmt.Fprintf(&b, "%-16s %-28s %s%s\n", u.Name, u.Person, grantList(u.Grants, names), stateOf(u))
		}
		if len(users) == 0 {
			b.WriteString("no accounts\n")
		}
		_, err = io.WriteString(con.out, b.String())
		return err
	})
}

// unitNames are the names of all units that have one.
func (c *cli) unitNames(ctx context.Context) (names map[dossier.UnitID]string, err error) {
	err = c.onUnits(ctx, func(u *units.Units, _ dossier.Act) error {
		list, err := u.List(ctx, units.Query{Limit: mostUnits})
		names = make(map[dossier.UnitID]string, len(list))
		for _, unit := range list {
			names[unit.ID] = unit.Name
		}
		return err
	})
	return names, err
}

func grantList(grants []dossier.Grant, names map[dossier.UnitID]string) string {
	var list []string
	for _, g := range grants {
		text := string(g.Role)
		if len(g.Kinds) > 0 {
			text += "(" + strings.Join(g.Kinds, " ") + ")"
		}
		if name, known := names[g.Unit]; !known {
			text += " @ " + string(g.Unit)
		} else if name != "" {
			text += " @ " + name
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func stateOf(u dossier.User) string {
	switch {
	case u.Closed:
		return "  locked"
	case u.BlockedUntil != nil:
		return "  rests until " + u.BlockedUntil.Format(time.RFC3339)
	default:
		return ""
	}
}

type userLockCmd struct {
	Name string `arg:"" help:"Log-in name."`
}

// Run closes the account.
func (u userLockCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.onUser(ctx, u.Name, func(p *people.People, act dossier.Act, user dossier.User) error {
		if err := p.Close(ctx, act, user.ID); err != nil {
			return err
		}
		return c.say(con.out, map[string]string{"locked": user.Name}, "%s is locked; its sessions have ended.", user.Name)
	})
}

type userUnlockCmd struct {
	Name string `arg:"" help:"Log-in name."`
}

// Run opens the account.
func (u userUnlockCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.onUser(ctx, u.Name, func(p *people.People, act dossier.Act, user dossier.User) error {
		if err := p.Reopen(ctx, act, user.ID); err != nil {
			return err
		}
		return c.say(con.out, map[string]string{"unlocked": user.Name}, "%s may log in.", user.Name)
	})
}

type userResetCmd struct {
	Name string `arg:"" help:"Log-in name."`
}

// Run gives a new password.
func (u userResetCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.onUser(ctx, u.Name, func(p *people.People, act dossier.Act, user dossier.User) error {
		password, err := p.Reset(ctx, act, user.ID)
		if err != nil {
			return err
		}
		return c.say(con.out, map[string]string{"user": user.Name, "password": password},
			"Password of %s for one use: %s\nIt must be changed at the next log-in.", user.Name, password)
	})
}

type userGrantCmd struct {
	Name string   `arg:"" help:"Log-in name."`
	Role string   `arg:"" help:"Role."`
	Unit string   `help:"Code of another unit than the archive's own." placeholder:"CODE"`
	Kind []string `help:"Only papers of this kind; may be repeated." placeholder:"KIND"`
}

// Run gives the role.
func (u userGrantCmd) Run(ctx context.Context, c *cli, con console) error {
	kinds, err := layout{root: c.Data}.kinds()
	if err != nil {
		return err
	}
	for _, kind := range u.Kind {
		if _, ok := kinds.Kind(kind); !ok {
			return refused(dossier.RefusedKind)
		}
	}
	unit, err := c.unitOf(ctx, u.Unit)
	if err != nil {
		return err
	}
	return c.onUser(ctx, u.Name, func(p *people.People, act dossier.Act, user dossier.User) error {
		g := dossier.Grant{Role: dossier.Role(u.Role), Unit: unitOr(unit, act), Kinds: u.Kind}
		if err := p.Grant(ctx, act, user.ID, g); err != nil {
			return err
		}
		return c.say(con.out, map[string]any{"user": user.Name, "grant": g}, "%s is %s.", user.Name, u.Role)
	})
}

func unitOr(given dossier.UnitID, act dossier.Act) dossier.UnitID {
	if given != "" {
		return given
	}
	return act.Actor.Unit
}

// unitOf is the unit that a flag names; "" where there is none.
func (c *cli) unitOf(ctx context.Context, given string) (id dossier.UnitID, err error) {
	if given == "" {
		return "", nil
	}
	a, err := c.open(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.unitID(ctx, given)
}

type userRevokeCmd struct {
	Name string `arg:"" help:"Log-in name."`
	Role string `arg:"" help:"Role."`
	Unit string `help:"Code of another unit than the archive's own." placeholder:"CODE"`
}

// Run takes the role away.
func (u userRevokeCmd) Run(ctx context.Context, c *cli, con console) error {
	unit, err := c.unitOf(ctx, u.Unit)
	if err != nil {
		return err
	}
	return c.onUser(ctx, u.Name, func(p *people.People, act dossier.Act, user dossier.User) error {
		if err := p.Revoke(ctx, act, user.ID, dossier.Role(u.Role), unitOr(unit, act)); err != nil {
			return err
		}
		return c.say(con.out, map[string]string{"user": user.Name, "revoked": u.Role}, "%s is no longer %s.", user.Name, u.Role)
	})
}

type userBindCmd struct {
	Name    string `arg:"" help:"Log-in name."`
	Subject string `arg:"" optional:"" help:"As the provider names the person: SUBJECT, or ISSUER#SUBJECT. Nothing ends it."`
}

// Run binds the account.
func (u userBindCmd) Run(ctx context.Context, c *cli, con console) error {
	settings, err := c.config()
	if err != nil {
		return err
	}
	subject, err := settings.subject(u.Subject)
	if err != nil {
		return refused(err)
	}
	return c.onUser(ctx, u.Name, func(p *people.People, act dossier.Act, user dossier.User) error {
		if err := p.Bind(ctx, act, user.ID, subject); err != nil {
			return err
		}
		if subject == "" {
			return c.say(con.out, map[string]string{"user": user.Name, "subject": ""}, "%s is bound to nobody at the identity provider any more.", user.Name)
		}
		return c.say(con.out, map[string]string{"user": user.Name, "subject": subject}, "%s is bound to %s.", user.Name, subject)
	})
}

// subject is whom an account is bound to: of the provider in the settings where
// no issuer is written. An issuer has no fragment, so that the first # ends it.
func (c config) subject(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	issuer, subject, both := strings.Cut(text, "#")
	if !both {
		issuer, subject = c.OIDCIssuer, text
	}
	if issuer == "" || subject == "" || checkAddress("issuer", issuer) != nil {
		return "", dossier.RefusedSubject
	}
	return provider.Identity{Issuer: issuer, Subject: subject}.String(), nil
}

type userTokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token; prints its secret once."`
	List   tokenListCmd   `cmd:"" help:"List tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token for good."`
}

type tokenAddCmd struct {
	Name       string   `arg:"" help:"Log-in name of the account it acts for."`
	Permission []string `help:"What it may do (read, place, publish, …); may be repeated." default:"read" placeholder:"PERMISSION"`
	Label      string   `help:"What it is for." placeholder:"TEXT"`
	Days       int      `help:"How long it is valid." default:"90"`
	Unit       string   `help:"Code of another unit than the archive's own." placeholder:"CODE"`
}

// Run makes the token.
func (t tokenAddCmd) Run(ctx context.Context, c *cli, con console) error {
	unit, err := c.unitOf(ctx, t.Unit)
	if err != nil {
		return err
	}
	return c.onUser(ctx, t.Name, func(p *people.People, act dossier.Act, user dossier.User) error {
		n := dossier.NewToken{User: user.ID, Label: t.Label, Unit: unitOr(unit, act), Life: time.Duration(t.Days) * 24 * time.Hour}
		for _, permission := range t.Permission {
			n.Permissions = append(n.Permissions, dossier.Permission(permission))
		}
		secret, token, err := p.AddToken(ctx, act, n)
		if err != nil {
			return err
		}
		return c.say(con.out, map[string]any{"token": token, "secret": secret},
			"Token %s, valid until %s:\n%s\nIt is not shown again. Send it as: Authorization: Bearer TOKEN", token.ID, token.ExpiresAt.Format(time.DateOnly), secret)
	})
}

type tokenListCmd struct{}

// Run lists the tokens.
func (tokenListCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.onPeople(ctx, func(p *people.People, _ dossier.Act) error {
		tokens, err := p.Tokens(ctx, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(con.out, map[string]any{"tokens": tokens})
		}
		var b strings.Builder
		for _, t := range tokens {
			state := "until " + t.ExpiresAt.Format(time.DateOnly)
			if t.Revoked {
				state = "revoked"
			}
			fmt.Fprintf(&b, "%s  %-20s %v  %s\n", t.ID, t.Label, t.Permissions, state)
		}
		if len(tokens) == 0 {
			b.WriteString("no tokens\n")
		}
		_, err = io.WriteString(con.out, b.String())
		return err
	})
}

type tokenRevokeCmd struct {
	Token string `arg:"" help:"Id of the token."`
}

// Run ends the token.
func (t tokenRevokeCmd) Run(ctx context.Context, c *cli, con console) error {
	return c.onPeople(ctx, func(p *people.People, act dossier.Act) error {
		if err := p.RevokeToken(ctx, act, t.Token); err != nil {
			return err
		}
		return c.say(con.out, map[string]string{"revoked": t.Token}, "Token %s is revoked.", t.Token)
	})
}
