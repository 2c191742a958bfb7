package people

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator app does it; HMAC does not need collision resistance
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// Codes of a second factor: TOTP (RFC 6238) over HMAC-SHA-1 with six digits and
// steps of 30 s, which is what authenticator apps assume.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSecret = 20 // bytes, RFC 4226, section 4, R6
	// totpSlack is how many steps a phone's clock may differ (RFC 6238, 5.2).
	totpSlack = 1
)

// hotp is the code of a counter (RFC 4226, section 5.3), of so many digits.
func hotp(secret []byte, counter uint64, digits int) string {
	var message [8]byte
	binary.BigEndian.PutUint64(message[:], counter)
	mac := hmac.New(sha1.New, secret)
	_, _ = mac.Write(message[:]) // a hash takes everything
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	number := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	modulus := uint32(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, number%modulus)
}

// totpMatch is the step whose code it is, close to now and after the last one
// used, so that a code that was watched or caught opens nothing.
func totpMatch(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	current := now.Unix() / int64(totpStep/time.Second)
	for s := current - totpSlack; s <= current+totpSlack; s++ {
		same := subtle.ConstantTimeCompare([]byte(hotp(secret, uint64(max(s, 0)), totpDigits)), []byte(code)) == 1
		if same && s > last {
			step, ok = s, true
		}
	}
	return step, ok
}

var secretText = base32.StdEncoding.WithPadding(base32.NoPadding) //nolint:gochecknoglobals // an encoding

// BeginFactor makes a new second factor, or gives the one that waits. It counts
// only after [People.ConfirmFactor].
func (p *People) BeginFactor(ctx context.Context, id dossier.UserID) (dossier.Factor, error) {
	var factor dossier.Factor
	err := p.inTx(ctx, "begin second factor", func(ctx context.Context, tx bun.Tx) error {
		row, err := userByID(ctx, tx, id)
		if err != nil {
			return err
		}
		secret, err := p.Unseal(string(id), row.TOTPPending)
		if err != nil { // none waits
			secret = make([]byte, totpSecret)
			_, _ = rand.Read(secret) // never fails
			if row.TOTPPending, err = p.Seal(string(id), secret); err != nil {
				return err
			}
			if _, err := tx.NewUpdate().Model(&row).Column("totp_pending").WherePK().Exec(ctx); err != nil {
				return err
			}
		}
		factor.Secret = secretText.EncodeToString(secret)
		query := url.Values{"secret": {factor.Secret}, "issuer": {"sohoa"}}
		factor.Address = "otpauth://totp/sohoa:" + url.PathEscape(row.Name) + "?" + query.Encode()
		return nil
	})
	return factor, err
}

// recoveryCodes is how many codes there are for a lost phone.
const recoveryCodes = 8

// ConfirmFactor makes the waiting second factor the one that is asked for, once
// its first code is right, and gives the codes for a lost phone: they are shown
// this one time. Other sessions of the user end.
func (p *People) ConfirmFactor(ctx context.Context, v dossier.Visitor, code string) (codes []string, err error) {
	err = p.inTx(ctx, "confirm second factor", func(ctx context.Context, tx bun.Tx) error {
		row, err := userByID(ctx, tx, v.User.ID)
		if err != nil {
			return err
		}
		secret, err := p.Unseal(string(row.ID), row.TOTPPending)
		if err != nil {
			return dossier.RefusedCode
		}
		step, ok := totpMatch(secret, tidyCode(code), p.Now(), 0)
		if !ok {
			return dossier.RefusedCode
		}
		row.TOTP, row.TOTPPending, row.TOTPStep = row.TOTPPending, "", step
		if _, err := tx.NewUpdate().Model(&row).Column("totp", "totp_pending", "totp_step").WherePK().Exec(ctx); err != nil {
			return err
		}
		if codes, err = p.newRecovery(ctx, tx, row.ID); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, row.ID, v.Session); err != nil {
			return err
		}
		return audit(ctx, tx, p.self(row.ID), "user.factor", row.ID, nil)
	})
	return codes, err
}

// newRecovery replaces the codes for a lost phone.
func (p *People) newRecovery(ctx context.Context, tx bun.Tx, id dossier.UserID) ([]string, error) {
	if _, err := tx.NewDelete().Model((*recoveryRow)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		text := dossier.NewID()
		codes[i] = text[:5] + "-" + text[5:10] // 50 bits, five tries until the user is blocked
		row := recoveryRow{User: id, Hash: p.keyedDigest(string(id), tidyCode(codes[i]))}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// tidyCode forgives how a code was typed.
func tidyCode(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(code))
}

// takeCode uses a code of the second factor, or one for a lost phone, up.
func (p *People) takeCode(ctx context.Context, tx bun.Tx, row *userRow, code string) (right bool, how string, err error) {
	code = tidyCode(code)
	secret, err := p.Unseal(string(row.ID), row.TOTP)
	if err == nil && len(code) == totpDigits {
		step, ok := totpMatch(secret, code, p.Now(), row.TOTPStep)
		if ok {
			row.TOTPStep = step
		}
		return ok, "code", nil
	}
	used, err := tx.NewDelete().Model((*recoveryRow)(nil)).Where("user_id = ?", row.ID).Where("hash = ?", p.keyedDigest(string(row.ID), code)).Exec(ctx)
	if err != nil {
		return false, "", err
	}
	n, err := used.RowsAffected()
	return n == 1, "recovery", err
}
