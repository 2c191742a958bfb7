package web

import (
	"context"
	"slices"
	"sync"

	"sohoa/dossier"
)

// fakePeople is a register in memory: a session's secret is the log-in name.
// The real one is in storage/people, and tested there and in cmd/sohoa.
type fakePeople struct {
	mu       sync.Mutex
	way      Way
	users    []dossier.User
	ended    []string
	changes  []UserChange
	password string // of everybody
	code     string // of the second factor
	reasons  map[dossier.UserID][]dossier.DossierID
	given    []string
	asked    int // how often Login was
}

const fakeSetupCode = "the-printed-code"

func (f *fakePeople) Way(context.Context) (Way, error) { return f.way, nil }

func (f *fakePeople) Session(_ context.Context, secret string) (dossier.Visitor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name, half := secret, false
	if len(name) > 5 && name[:5] == "half-" {
		name, half = name[5:], true
	}
	for _, u := range f.users {
		if u.Name == name && !u.Closed && !slices.Contains(f.ended, "session-"+name) {
			v := dossier.Visitor{User: u, Session: "session-" + name, Half: half, Reasons: f.reasons[u.ID]}
			if half {
				v.User.Grants = nil
			}
			return v, nil
		}
	}
	return dossier.Visitor{}, dossier.RefusedLogin
}

func (f *fakePeople) Token(ctx context.Context, secret string) (dossier.Visitor, error) {
	v, err := f.Session(ctx, secret)
	v.Session, v.Only = "", []dossier.Permission{dossier.MayRead, dossier.MayFile}
	return v, err
}

func (f *fakePeople) Setup(_ context.Context, code string, first dossier.NewUser, _ dossier.From) (dossier.Pass, error) {
	if code != fakeSetupCode {
		return dossier.Pass{}, dossier.RefusedSetupCode
	}
	f.way = WayLogin
	f.users = append(f.users, dossier.User{ID: "u-first", Name: first.Name, Grants: []dossier.Grant{{Role: dossier.RoleAdministrator, Unit: "unit1"}}})
	return dossier.Pass{Secret: first.Name}, nil
}

func (f *fakePeople) Login(_ context.Context, name, password string, _ dossier.From) (dossier.Pass, error) {
	f.asked++
	for _, u := range f.users {
		if u.Name == name && password == f.password && f.password != "" {
			if u.SecondFactor {
				return dossier.Pass{Secret: "half-" + name, Half: true}, nil
			}
			return dossier.Pass{Secret: name}, nil
		}
	}
	return dossier.Pass{}, dossier.RefusedLogin
}

func (f *fakePeople) Confirm(_ context.Context, half, code string, _ dossier.From) (dossier.Pass, error) {
	if code != f.code || f.code == "" {
		return dossier.Pass{}, dossier.RefusedCode
	}
	return dossier.Pass{Secret: half[len("half-"):]}, nil
}

func (f *fakePeople) EndSession(_ context.Context, _ dossier.Visitor, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = append(f.ended, id)
	return nil
}

func (f *fakePeople) ChangePassword(_ context.Context, _ dossier.Visitor, before, after string) error {
	if before != f.password {
		return dossier.RefusedLogin
	}
	f.password = after
	return nil
}

func (f *fakePeople) Sessions(_ context.Context, _ dossier.UserID) ([]dossier.Session, error) {
	return []dossier.Session{
		{ID: "here", CreatedAt: noon, SeenAt: noon, Address: "192.0.2.1", Browser: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"},
		{ID: "there", CreatedAt: noon, SeenAt: noon, Address: "192.0.2.7", Browser: "another"},
	}, nil
}

func (f *fakePeople) BeginFactor(context.Context, dossier.UserID) (dossier.Factor, error) {
	return dossier.Factor{Secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Address: "otpauth://totp/sohoa:lan?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=sohoa"}, nil
}

func (f *fakePeople) ConfirmFactor(_ context.Context, _ dossier.Visitor, code string) ([]string, error) {
	if code != f.code || f.code == "" {
		return nil, dossier.RefusedCode
	}
	return []string{"abcde-fghij", "klmno-pqrst"}, nil
}

func (f *fakePeople) Users(context.Context) ([]dossier.User, error) { return f.users, nil }

func (f *fakePeople) AddUser(_ context.Context, _ dossier.Act, n dossier.NewUser) (dossier.User, string, error) {
	if err := dossier.CheckUserName(n.Name); err != nil {
		return dossier.User{}, "", err
	}
	u := dossier.User{ID: dossier.UserID("u-" + n.Name), Name: n.Name, Person: n.Person, Grants: n.Grants}
	f.users = append(f.users, u)
	return u, "once-for-you-only", nil
}

func (f *fakePeople) Change(_ context.Context, _ dossier.Act, id dossier.UserID, c UserChange) (string, error) {
	if !slices.ContainsFunc(f.users, func(u dossier.User) bool { return u.ID == id }) {
		return "", dossier.RefusedUnknown
	}
	f.changes = append(f.changes, c)
	if c.What == "reset" {
		return "once-for-you-only", nil
	}
	return "", nil
}

func (f *fakePeople) GiveReason(_ context.Context, v dossier.Visitor, _ dossier.Act, id dossier.DossierID, reason string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if reason == "" {
		return dossier.RefusedReason
	}
	if f.reasons == nil {
		f.reasons = map[dossier.UserID][]dossier.DossierID{}
	}
	f.reasons[v.User.ID] = append(f.reasons[v.User.ID], id)
	f.given = append(f.given, reason)
	return nil
}
