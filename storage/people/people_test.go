package people

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

func ident(name string) bun.Ident { return bun.Ident(name) }

func text(value any) string {
	if b, ok := value.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(value)
}

var admin = dossier.Grant{Role: dossier.RoleAdministrator, Unit: here}

func TestLogin(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan.nt", dossier.Grant{Role: dossier.RoleIntake, Unit: here, Kinds: []string{"birth_notice"}})
		for name, try := range map[string][2]string{
			"wrong password": {"lan.nt", "something else 1"}, "no password": {"lan.nt", ""}, "no such user": {"hoa", password},
			"nobody": {"", ""}, "odd name": {"x'; DROP TABLE users", password}, "endless": {"lan.nt", strings.Repeat("x", 1<<20)},
		} {
			if _, err := r.Login(t.Context(), try[0], try[1], desk); !errors.Is(err, dossier.RefusedLogin) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Names are typed in any case.
		entry, err := r.Login(t.Context(), " LAN.nt ", password, desk)
		r.must(err)
		v, err := r.Session(t.Context(), entry.Secret)
		r.must(err)
		if v.User.ID != user.ID || v.Half || !v.May(dossier.MayRead) || v.May(dossier.MayPlace) {
			t.Errorf("visitor %+v", v)
		}
		_, scope, ok := v.As(dossier.MayRead, here)
		if !ok || scope.Unit != here || !slices.Equal(scope.Kinds, []string{"birth_notice"}) {
			t.Errorf("scope %+v", scope)
		}
		if n := r.audited("login"); n != 1 {
			t.Errorf("%d rows about the log-in", n)
		}
		if n := r.audited("login.failed") + r.audited("login.unknown"); n != 6 {
			t.Errorf("%d rows about failures, want 6", n)
		}
	})
}

// Many tries open nothing; the user rests for longer and longer, others
// do not, and the answer never tells.
func TestGuessing(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		r.add("lan")
		r.add("hoa")
		for i := range 200 {
			_, err := r.Login(t.Context(), "lan", fmt.Sprintf("guess number %d", i), desk)
			r.refused(err, dossier.RefusedLogin)
		}
		_, err := r.Login(t.Context(), "lan", password, desk)
		r.refused(err, dossier.RefusedLogin) // the right one, and the same answer
		r.login("hoa")
		r.clock = r.clock.Add(firstBlock)
		r.login("lan") // two hundred tries did not prolong the rest
	})
}

func TestBlocksGrow(t *testing.T) {
	want := []int{0, 0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15}
	for failures, minutes := range want {
		if got := blockFor(failures); got != time.Duration(minutes)*time.Minute {
			t.Errorf("after %d failures %v, want %d min", failures, got, minutes)
		}
	}
}

func TestUnlockOpensAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan")
		for range freeFailures {
			_, err := r.Login(t.Context(), "lan", "wrong password 1", desk)
			r.refused(err, dossier.RefusedLogin)
		}
		blocked, err := r.User(t.Context(), "lan")
		r.must(err)
		if blocked.BlockedUntil == nil {
			t.Error("not blocked")
		}
		r.must(r.Reopen(t.Context(), r.act(), user.ID))
		r.login("lan")
	})
}

func TestSessionsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		r.add("lan")
		first, err := r.Login(t.Context(), "lan", password, desk)
		r.must(err)
		second, err := r.Login(t.Context(), "lan", password, dossier.From{Address: "10.0.0.7", Browser: strings.Repeat("b", 500) + "\x00\xff"})
		r.must(err)
		if first.Secret == second.Secret {
			t.Fatal("two sessions have one secret")
		}
		v, err := r.Session(t.Context(), second.Secret)
		r.must(err)
		list, err := r.Sessions(t.Context(), v.User.ID)
		r.must(err)
		if len(list) != 2 || len([]rune(list[0].Browser)) > maxText {
			t.Errorf("sessions %+v", list)
		}
		// Ended, it opens nothing, at once.
		r.must(r.EndSession(t.Context(), v, v.Session))
		_, err = r.Session(t.Context(), second.Secret)
		r.refused(err, dossier.RefusedLogin)
		// Used every 50 minutes, it lasts; left alone for an hour, it ends.
		for range 3 {
			r.clock = r.clock.Add(50 * time.Minute)
			_, err = r.Session(t.Context(), first.Secret)
			r.must(err)
		}
		r.clock = r.clock.Add(time.Hour)
		_, err = r.Session(t.Context(), first.Secret)
		r.refused(err, dossier.RefusedLogin)
		// However busy, it ends after a working day.
		third, err := r.Login(t.Context(), "lan", password, desk)
		r.must(err)
		for range 14 {
			r.clock = r.clock.Add(50 * time.Minute)
			_, err = r.Session(t.Context(), third.Secret)
			r.must(err)
		}
		r.clock = r.clock.Add(50 * time.Minute)
		_, err = r.Session(t.Context(), third.Secret)
		r.refused(err, dossier.RefusedLogin)
		r.must(r.Sweep(t.Context()))
		if n, err := r.read.NewSelect().TableExpr("sessions").Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d sessions are left, %v", n, err)
		}
	})
}

// Others' sessions can't be ended by guessing their names.
func TestSessionsOfOthersStay(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		r.add("lan")
		r.add("hoa")
		lan, hoa := r.login("lan"), r.login("hoa")
		r.must(r.EndSession(t.Context(), hoa, lan.Session))
		list, err := r.Sessions(t.Context(), lan.User.ID)
		r.must(err)
		if len(list) != 1 {
			t.Errorf("sessions %v", list)
		}
	})
}

func TestClosingAndResetting(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan")
		entry, err := r.Login(t.Context(), "lan", password, desk)
		r.must(err)
		r.must(r.Close(t.Context(), r.act(), user.ID))
		_, err = r.Session(t.Context(), entry.Secret)
		r.refused(err, dossier.RefusedLogin)
		_, err = r.Login(t.Context(), "lan", password, desk)
		r.refused(err, dossier.RefusedLogin)
		r.must(r.Reopen(t.Context(), r.act(), user.ID))
		r.login("lan")

		once, err := r.Reset(t.Context(), r.act(), user.ID)
		r.must(err)
		_, err = r.Login(t.Context(), "lan", password, desk)
		r.refused(err, dossier.RefusedLogin)
		entry, err = r.Login(t.Context(), "lan", once, desk)
		r.must(err)
		v, err := r.Session(t.Context(), entry.Secret)
		r.must(err)
		if !v.User.MustChange {
			t.Error("a password for one use must be changed")
		}
		r.refused(r.ChangePassword(t.Context(), v, "not the old one 1", "một câu khác hẳn 9"), dossier.RefusedLogin)
		r.refused(r.ChangePassword(t.Context(), v, once, once), dossier.RefusedSame)
		r.refused(r.ChangePassword(t.Context(), v, once, "short"), dossier.RefusedShort)
		r.must(r.ChangePassword(t.Context(), v, once, "một câu khác hẳn 9"))
		v, err = r.Session(t.Context(), entry.Secret)
		r.must(err)
		if v.User.MustChange {
			t.Error("it was changed")
		}
	})
}

// Somebody must be left who can give rights.
func TestTheLastAdministratorStays(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		one := r.add("one", admin)
		r.refused(r.Close(t.Context(), r.act(), one.ID), dossier.RefusedLastAdmin)
		r.refused(r.Revoke(t.Context(), r.act(), one.ID, dossier.RoleAdministrator, here), dossier.RefusedLastAdmin)
		if _, administered, err := r.State(t.Context()); err != nil || !administered {
			t.Fatalf("administered %v, %v", administered, err)
		}
		two := r.add("two", admin)
		r.must(r.Revoke(t.Context(), r.act(), one.ID, dossier.RoleAdministrator, here))
		r.refused(r.Close(t.Context(), r.act(), two.ID), dossier.RefusedLastAdmin)
	})
}

func TestGrants(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan")
		r.refused(r.Grant(t.Context(), r.act(), user.ID, dossier.Grant{Role: "emperor", Unit: here}), dossier.RefusedRole)
		r.refused(r.Grant(t.Context(), r.act(), user.ID, dossier.Grant{Role: dossier.RoleLocal, Unit: here}), dossier.RefusedRole)
		r.refused(r.Grant(t.Context(), r.act(), "nobody", admin), dossier.RefusedUnknown)
		r.must(r.Grant(t.Context(), r.act(), user.ID, dossier.Grant{Role: dossier.RoleReviewer, Unit: here}))
		r.must(r.Grant(t.Context(), r.act(), user.ID, dossier.Grant{Role: dossier.RoleReviewer, Unit: here, Kinds: []string{"birth_notice"}}))
		got, err := r.User(t.Context(), "lan")
		r.must(err)
		if len(got.Grants) != 1 || !slices.Equal(got.Grants[0].Kinds, []string{"birth_notice"}) {
			t.Errorf("grants %+v", got.Grants)
		}
		if n := r.audited("user.grant"); n != 2 {
			t.Errorf("%d audit rows, want 2", n)
		}
	})
}

// A name is given once, also when many ask at the same moment.
func TestNamesAreUnique(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		var made sync.WaitGroup
		var mu sync.Mutex
		n := 0
		for range 8 {
			made.Go(func() {
				if _, err := r.AddUser(t.Context(), r.act(), dossier.NewUser{Name: "Lan", Password: password}); err == nil {
					mu.Lock()
					n++
					mu.Unlock()
				}
			})
		}
		made.Wait()
		if n != 1 {
			t.Errorf("%d users are called lan", n)
		}
		_, err := r.AddUser(t.Context(), r.act(), dossier.NewUser{Name: "lan", Password: password})
		r.refused(err, dossier.RefusedTaken)
		for _, odd := range []string{"", "a", "local", "Lan Nguyễn", "1st", strings.Repeat("a", 65)} {
			_, err := r.AddUser(t.Context(), r.act(), dossier.NewUser{Name: odd, Password: password})
			r.refused(err, dossier.RefusedName)
		}
	})
}

func TestTokens(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("line", dossier.Grant{Role: dossier.RoleReviewer, Unit: here}, dossier.Grant{Role: dossier.RoleAuditor, Unit: there})
		n := dossier.NewToken{User: user.ID, Label: "một cửa", Permissions: []dossier.Permission{dossier.MayRead}, Unit: here, Life: 48 * time.Hour}
		for name, bad := range map[string]func(*dossier.NewToken){
			"too long":        func(n *dossier.NewToken) { n.Life = 400 * 24 * time.Hour },
			"no life":         func(n *dossier.NewToken) { n.Life = 0 },
			"no right":        func(n *dossier.NewToken) { n.Permissions = nil },
			"a right too far": func(n *dossier.NewToken) { n.Permissions = []dossier.Permission{dossier.MayAdminister} },
			"other unit":      func(n *dossier.NewToken) { n.Unit = there; n.Permissions = []dossier.Permission{dossier.MayPlace} },
			"own account":     func(n *dossier.NewToken) { n.Permissions = []dossier.Permission{dossier.MayOwn} },
		} {
			wrong := n
			bad(&wrong)
			if _, _, err := r.AddToken(t.Context(), r.act(), wrong); err == nil {
				t.Errorf("%s: made", name)
			}
		}
		secret, token, err := r.AddToken(t.Context(), r.act(), n)
		r.must(err)
		v, err := r.Token(t.Context(), secret)
		r.must(err)
		if !v.May(dossier.MayRead) || v.May(dossier.MayPlace) || v.May(dossier.MayOwn) || v.Session != "" {
			t.Errorf("visitor %+v", v)
		}
		if _, scope, _ := v.As(dossier.MayRead, there); scope.Unit != here {
			t.Errorf("the token reads in %s", scope.Unit)
		}
		if _, err := r.Session(t.Context(), secret); err == nil {
			t.Error("a token is no session")
		}
		// It loses what its user loses, and ends by itself or by hand.
		r.must(r.Revoke(t.Context(), r.act(), user.ID, dossier.RoleReviewer, here))
		v, err = r.Token(t.Context(), secret)
		r.must(err)
		if v.May(dossier.MayRead) {
			t.Error("the user may not read any more, but the token may")
		}
		list, err := r.Tokens(t.Context(), user.ID)
		r.must(err)
		if len(list) != 1 || list[0].UsedAt == nil || list[0].Label != "một cửa" {
			t.Errorf("tokens %+v", list)
		}
		r.must(r.RevokeToken(t.Context(), r.act(), token.ID))
		_, err = r.Token(t.Context(), secret)
		r.refused(err, dossier.RefusedLogin)
		r.must(r.Grant(t.Context(), r.act(), user.ID, dossier.Grant{Role: dossier.RoleReviewer, Unit: here}))
		secret, _, err = r.AddToken(t.Context(), r.act(), n)
		r.must(err)
		r.clock = r.clock.Add(48 * time.Hour)
		_, err = r.Token(t.Context(), secret)
		r.refused(err, dossier.RefusedLogin)
	})
}

// The provider's word is about a subject: alike names and addresses are
// nobody, and nobody is made an account of.
func TestLoginBySubject(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan")
		const subject = "https://id.example#42"
		_, err := r.LoginSubject(t.Context(), subject, false, desk)
		r.refused(err, dossier.RefusedNoSuchUser)
		_, err = r.LoginSubject(t.Context(), "", false, desk) // what everybody has who is not bound
		r.refused(err, dossier.RefusedNoSuchUser)
		if users, err := r.Users(t.Context()); err != nil || len(users) != 1 {
			t.Errorf("%d users, %v", len(users), err)
		}
		r.must(r.Bind(t.Context(), r.act(), user.ID, subject))
		v := r.bySubject(subject)
		if v.User.ID != user.ID || v.Half {
			t.Errorf("came in as %+v", v)
		}
		r.refused(r.Bind(t.Context(), r.act(), r.add("hoa").ID, subject), dossier.RefusedTaken)
		r.must(r.Close(t.Context(), r.act(), user.ID))
		_, err = r.LoginSubject(t.Context(), subject, false, desk)
		r.refused(err, dossier.RefusedClosed)
		r.must(r.Reopen(t.Context(), r.act(), user.ID))
		r.must(r.Bind(t.Context(), r.act(), user.ID, ""))
		_, err = r.LoginSubject(t.Context(), subject, false, desk)
		r.refused(err, dossier.RefusedNoSuchUser)
		if n := r.audited("login.unknown") + r.audited("login.blocked"); n != 4 {
			t.Errorf("%d rows about refusals, want 4", n)
		}
	})
}

// Sessions by a provider end as others do, ask for no new password, and where
// the settings say so for the second factor of the account.
func TestSessionsBySubject(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		const subject = "https://id.example#42"
		user, err := r.AddUser(t.Context(), r.act(), dossier.NewUser{Name: "lan", Password: password, Once: true, Subject: subject})
		r.must(err)
		v := r.bySubject(subject)
		if v.User.MustChange || !r.login("lan").User.MustChange {
			t.Error("a password for one use is for those who come with it")
		}
		factor, err := r.BeginFactor(t.Context(), user.ID)
		r.must(err)
		_, err = r.ConfirmFactor(t.Context(), v, codeNow(r, factor.Secret, 0))
		r.must(err)
		if r.bySubject(subject).Half {
			t.Error("a second factor is asked for, but the provider's word is enough")
		}
		pass, err := r.LoginSubject(t.Context(), subject, true, desk)
		r.must(err)
		if !pass.Half {
			t.Fatal("no second factor was asked for")
		}
		r.clock = r.clock.Add(time.Minute)
		pass, err = r.Confirm(t.Context(), pass.Secret, codeNow(r, factor.Secret, 0), desk)
		r.must(err)
		v, err = r.Session(t.Context(), pass.Secret)
		r.must(err)
		if v.Half || v.User.MustChange {
			t.Errorf("after the code %+v", v)
		}
		r.clock = r.clock.Add(time.Hour)
		_, err = r.Session(t.Context(), pass.Secret)
		r.refused(err, dossier.RefusedLogin)
	})
}

// Nothing that opens anything stands in the database as it is.
func TestNoSecretIsStored(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan", dossier.Grant{Role: dossier.RoleReviewer, Unit: here})
		entry, err := r.Login(t.Context(), "lan", password, desk)
		r.must(err)
		v, err := r.Session(t.Context(), entry.Secret)
		r.must(err)
		factor, err := r.BeginFactor(t.Context(), user.ID)
		r.must(err)
		codes, err := r.ConfirmFactor(t.Context(), v, codeNow(r, factor.Secret, 0))
		r.must(err)
		token, _, err := r.AddToken(t.Context(), r.act(), dossier.NewToken{User: user.ID, Permissions: []dossier.Permission{dossier.MayRead}, Unit: here, Life: 48 * time.Hour})
		r.must(err)
		all := r.everything()
		for name, secret := range map[string]string{
			"password": password, "session": entry.Secret, "factor": factor.Secret, "token": strings.TrimPrefix(token, tokenPrefix),
			"recovery code": codes[0], "recovery code as typed": tidyCode(codes[0]),
		} {
			if strings.Contains(all, secret) {
				t.Errorf("the %s stands in the database", name)
			}
		}
		if !strings.Contains(all, "$argon2id$v=19$m=64,t=1,p=1$") {
			t.Error("this test does not see the passwords")
		}
	})
}

func TestReasons(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		r.add("lan", dossier.Grant{Role: dossier.RoleReviewer, Unit: here})
		entry, err := r.Login(t.Context(), "lan", password, desk)
		r.must(err)
		v, err := r.Session(t.Context(), entry.Secret)
		r.must(err)
		r.refused(r.GiveReason(t.Context(), v, r.act(), "d1", "\n"), dossier.RefusedReason)
		for range 2 {
			r.must(r.GiveReason(t.Context(), v, r.act(), "d1", "trả kết quả"))
		}
		v, err = r.Session(t.Context(), entry.Secret)
		r.must(err)
		if !slices.Equal(v.Reasons, []dossier.DossierID{"d1"}) || r.audited("dossier.reason") != 2 {
			t.Errorf("reasons %v, %d audit rows", v.Reasons, r.audited("dossier.reason"))
		}
		r.must(r.EndSession(t.Context(), v, v.Session))
		if v := r.login("lan"); len(v.Reasons) != 0 {
			t.Error("a reason outlived its session")
		}
	})
}
