package people

import (
	"testing"
	"time"

	"sohoa/dossier"
)

// The vectors of RFC 6238, appendix B, for SHA-1.
func TestRFC6238(t *testing.T) {
	secret := []byte("12345678901234567890")
	for seconds, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := hotp(secret, uint64(seconds/30), 8); got != want {
			t.Errorf("at %d s: %s, want %s", seconds, got, want)
		}
		if _, ok := totpMatch(secret, want[2:], time.Unix(seconds, 0), 0); !ok {
			t.Errorf("at %d s: the last six digits %s are not taken", seconds, want[2:])
		}
	}
}

// The vectors of RFC 4226, appendix D.
func TestRFC4226(t *testing.T) {
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp([]byte("12345678901234567890"), uint64(counter), 6); got != want {
			t.Errorf("counter %d: %s, want %s", counter, got, want)
		}
	}
}

// codeNow is what the phone shows, some steps from now.
func codeNow(r *rig, secret string, steps int64) string {
	r.t.Helper()
	raw, err := secretText.DecodeString(secret)
	r.must(err)
	return hotp(raw, uint64(r.clock.Unix()/30+steps), totpDigits)
}

func TestSecondFactor(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan", dossier.Grant{Role: dossier.RoleReviewer, Unit: here})
		v := r.login("lan")
		factor, err := r.BeginFactor(t.Context(), user.ID)
		r.must(err)
		if again, err := r.BeginFactor(t.Context(), user.ID); err != nil || again != factor {
			t.Errorf("the picture changed while it was looked at: %v", err)
		}
		r.login("lan") // not asked for before it is confirmed
		_, err = r.ConfirmFactor(t.Context(), v, "000000")
		r.refused(err, dossier.RefusedCode)
		codes, err := r.ConfirmFactor(t.Context(), v, codeNow(r, factor.Secret, 0))
		r.must(err)
		if len(codes) != recoveryCodes {
			t.Fatalf("codes %v", codes)
		}

		half := func() dossier.Pass {
			entry, err := r.Login(t.Context(), "lan", password, desk)
			r.must(err)
			if !entry.Half {
				t.Fatal("no code was asked for")
			}
			return entry
		}
		entry := half()
		hv, err := r.Session(t.Context(), entry.Secret)
		r.must(err)
		for _, p := range dossier.Permissions() {
			if hv.May(p) {
				t.Errorf("half logged in, one may %s", p)
			}
		}
		// The code that confirmed is used up; the next one is not.
		_, err = r.Confirm(t.Context(), entry.Secret, codeNow(r, factor.Secret, 0), desk)
		r.refused(err, dossier.RefusedCode)
		whole, err := r.Confirm(t.Context(), entry.Secret, codeNow(r, factor.Secret, 1), desk)
		r.must(err)
		if whole.Secret == entry.Secret {
			t.Error("the session kept its secret while its rights grew")
		}
		_, err = r.Session(t.Context(), entry.Secret)
		r.refused(err, dossier.RefusedLogin)
		_, err = r.Confirm(t.Context(), whole.Secret, codeNow(r, factor.Secret, 1), desk)
		r.refused(err, dossier.RefusedLogin)
		// Watched over the shoulder, a code opens nothing again.
		entry = half()
		_, err = r.Confirm(t.Context(), entry.Secret, codeNow(r, factor.Secret, 1), desk)
		r.refused(err, dossier.RefusedCode)
		// A code for a lost phone works once.
		_, err = r.Confirm(t.Context(), entry.Secret, codes[3], desk)
		r.must(err)
		_, err = r.Confirm(t.Context(), half().Secret, codes[3], desk)
		r.refused(err, dossier.RefusedCode)
	})
}

// Whoever has the password can't try out the codes.
func TestGuessingCodes(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		user := r.add("lan")
		v := r.login("lan")
		factor, err := r.BeginFactor(t.Context(), user.ID)
		r.must(err)
		_, err = r.ConfirmFactor(t.Context(), v, codeNow(r, factor.Secret, 0))
		r.must(err)
		for i := range freeFailures {
			entry, err := r.Login(t.Context(), "lan", password, desk) // which resets nothing
			r.must(err)
			_, err = r.Confirm(t.Context(), entry.Secret, "12345"+string(rune('0'+i)), desk)
			r.refused(err, dossier.RefusedCode)
		}
		_, err = r.Login(t.Context(), "lan", password, desk)
		r.refused(err, dossier.RefusedLogin)
	})
}

// Without the key, a stolen database has no second factors in it.
func TestSealIsBoundToKeyAndPurpose(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		sealed, err := r.Seal("a", []byte("secret"))
		r.must(err)
		if open, err := r.Unseal("a", sealed); err != nil || string(open) != "secret" {
			t.Errorf("%q, %v", open, err)
		}
		if _, err := r.Unseal("b", sealed); err == nil {
			t.Error("opened for another purpose")
		}
		for _, broken := range []string{"", "x", sealed[1:], sealed + "A"} {
			if _, err := r.Unseal("a", broken); err == nil {
				t.Errorf("opened %q", broken)
			}
		}
		other, err := Open(r.databases, Config{Unit: here, Key: NewKey(), Cost: cheap, Now: time.Now})
		r.must(err)
		if _, err := other.Unseal("a", sealed); err == nil {
			t.Error("opened with another key")
		}
	})
}
