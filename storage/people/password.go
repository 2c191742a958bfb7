package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"sohoa/dossier"
)

// Cost is how much work one password hash is (RFC 9106).
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost takes 64 MiB and a tenth of a second or two on an office PC: the
// second recommended option of RFC 9106, section 4, with one lane, since two
// cores also read pages.
var DefaultCost = Cost{Memory: 64 << 10, Passes: 3, Threads: 1} //nolint:gochecknoglobals // a constant; structs can't be const

const (
	saltSize = 16
	hashSize = 32
)

// hashPassword makes the form that is stored: the PHC string of argon2id, which
// carries its parameters.
func hashPassword(c Cost, password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	hash := argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, hashSize)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads, b64(salt), b64(hash))
}

var errHash = errors.New("a stored password hash is not argon2id")

// checkPassword compares a password with what is stored, by the parameters that
// stand there; stale is true when they are not today's.
func checkPassword(c Cost, stored, password string) (right, stale bool, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false, errHash
	}
	var version int
	var was Cost
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &was.Memory, &was.Passes, &was.Threads); err != nil {
		return false, false, errHash
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	want, errWant := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errWant != nil || len(want) == 0 || was.Passes == 0 || was.Threads == 0 {
		return false, false, errHash
	}
	got := argon2.IDKey([]byte(password), salt, was.Passes, was.Memory, was.Threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, was != c, nil
}

// inSlot computes a hash when a slot is free.
func (p *People) inSlot(ctx context.Context, compute func() error) error {
	select {
	case p.hashing <- struct{}{}:
		defer func() { <-p.hashing }()
		return compute()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newHash hashes a password that passed the rules.
func (p *People) newHash(ctx context.Context, password string) (hash string, err error) {
	err = p.inSlot(ctx, func() error {
		hash = hashPassword(p.Cost, password)
		return nil
	})
	return hash, err
}

// The length of a password (NIST SP 800-63B-4, 3.1.1.2, asks for 15 where it is
// the only factor and 8 with another; no rules about its letters).
const (
	minPassword = 12
	maxPassword = 256
	// minLetters is how many different characters there must be: "aaaa…" and
	// "121212…" are long and worth nothing.
	minLetters = 5
	// partOfName is from which length a part of a name counts.
	partOfName = 4
)

// worst lists passwords of twelve characters and more that everybody tries
// first. Shorter ones are refused anyway.
//
//go:embed worst.txt
var worst string

// CheckPassword refuses what is too short or guessed first: passwords everybody
// knows, runs of few or neighbouring characters, and parts of the user's name.
func CheckPassword(password string, user dossier.User) error {
	folded := strings.ToLower(password)
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return dossier.RefusedShort
	case n > maxPassword || len(password) > 4*maxPassword:
		return dossier.RefusedLong
	case simple(folded):
		return dossier.RefusedCommon
	}
	for _, known := range strings.Fields(worst) {
		if folded == known || strings.Trim(folded, "0123456789!@#.*-_") == known {
			return dossier.RefusedCommon
		}
	}
	for _, part := range strings.FieldsFunc(strings.ToLower(user.Name+" "+user.Person), func(r rune) bool { return strings.ContainsRune(" .-_@", r) }) {
		if utf8.RuneCountInString(part) >= partOfName && strings.Contains(folded, part) {
			return dossier.RefusedLikeName
		}
	}
	return nil
}

// simple tells whether a password has few different characters, or goes up or
// down by one all along ("abcdefghijkl", "987654321098").
func simple(password string) bool {
	seen := map[rune]bool{}
	var last rune
	steps := 0
	for i, r := range password {
		seen[r] = true
		if d := r - last; i > 0 && (d == 1 || d == -1 || d == 0 || d == -9 || d == 9) {
			steps++
		}
		last = r
	}
	return len(seen) < minLetters || steps >= utf8.RuneCountInString(password)-2
}

// NewPassword makes a password for one use: 16 characters in groups, without
// letters that look alike.
func NewPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	var b strings.Builder
	for b.Len() < 19 {
		if b.Len()%5 == 4 {
			b.WriteByte('-')
			continue
		}
		one := make([]byte, 1)
		_, _ = rand.Read(one)                            // never fails
		if int(one[0]) < 256/len(letters)*len(letters) { // the rest would favour some letters
			b.WriteByte(letters[int(one[0])%len(letters)])
		}
	}
	return b.String()
}
