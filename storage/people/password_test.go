package people

import (
	"strings"
	"testing"

	"sohoa/dossier"
)

func TestPasswordRules(t *testing.T) {
	lan := dossier.User{Name: "lan.tran", Person: "Trần Thị Phương Lan"}
	for password, want := range map[string]error{
		"":                               dossier.RefusedShort,
		"ngắn quá 12":                    dossier.RefusedShort, // 11 letters, more bytes
		strings.Repeat("dài quá ", 40):   dossier.RefusedLong,
		"aaaaaaaaaaaaaaaa":               dossier.RefusedCommon,
		"121212121212":                   dossier.RefusedCommon,
		"abcdefghijklmn":                 dossier.RefusedCommon,
		"987654321098":                   dossier.RefusedCommon,
		"Password1234":                   dossier.RefusedCommon,
		"MatKhau123456!":                 dossier.RefusedCommon,
		"qwertyuiop123":                  dossier.RefusedCommon,
		"toi la phương 1990":             dossier.RefusedLikeName,
		"TRAN gia trang 5":               dossier.RefusedLikeName,
		"con mèo trèo cây cau":           nil,
		"correct horse battery staple":   nil,
		"một lần cho mãi mãi":            nil,
		NewPassword():                    nil,
		"Xk3$ 9pQ-z7 Lm":                 nil,
		"lan tỏa từ làng quê ra phố":     nil, // three letters of a name are in many words
		strings.Repeat("đủ dài mà ", 20): nil,
	} {
		if got := CheckPassword(password, lan); got != want { //nolint:errorlint // the very value
			t.Errorf("%.30q: %v, want %v", password, got, want)
		}
	}
}

func TestNewPasswordsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		p := NewPassword()
		if len(p) != 19 || seen[p] {
			t.Fatalf("password %q", p)
		}
		seen[p] = true
	}
}

// What is stored carries its parameters; what is no such form fits nothing.
func TestStoredHashes(t *testing.T) {
	stored := hashPassword(cheap, password)
	right, stale, err := checkPassword(cheap, stored, password)
	if !right || stale || err != nil {
		t.Errorf("own hash: %v %v %v", right, stale, err)
	}
	if right, _, _ := checkPassword(cheap, stored, password+" "); right {
		t.Error("another password fits")
	}
	if other := hashPassword(cheap, password); other == stored {
		t.Error("two hashes of one password are alike: no salt")
	}
	if _, stale, _ := checkPassword(Cost{Memory: 128, Passes: 1, Threads: 1}, stored, password); !stale {
		t.Error("a hash by other parameters is not seen as stale")
	}
	for _, broken := range []string{"", "x", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA", "$argon2id$v=18$m=64,t=1,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=1,p=1$AAAA$", "$argon2id$v=19$m=64$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=1$!$AAAA"} {
		if right, _, err := checkPassword(cheap, broken, ""); right || err == nil {
			t.Errorf("%q: %v, %v", broken, right, err)
		}
	}
}

// A hash by old parameters is replaced at the next log-in.
func TestRehash(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		r.add("lan")
		r.Cost = Cost{Memory: 128, Passes: 2, Threads: 1}
		r.login("lan")
		row, err := userByName(t.Context(), r.read, "lan")
		r.must(err)
		if !strings.Contains(row.Password, "$m=128,t=2,p=1$") {
			t.Errorf("still %q", row.Password)
		}
		r.login("lan")
	})
}

func BenchmarkHash(b *testing.B) {
	for b.Loop() {
		hashPassword(DefaultCost, password)
	}
}
