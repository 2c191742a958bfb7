package dossier

import (
	"fmt"
	"regexp"
	"time"
)

// Archive is the root record of an archive, written once by `sohoa init`.
type Archive struct {
	Schema string    `json:"schema"` // [ArchiveSchema]
	ID     string    `json:"id"`
	Demo   bool      `json:"demo"`
	At     time.Time `json:"at"`
	Units  []Unit    `json:"units"`
	// LogKey is the public key that the checkpoints of the archive's log are
	// signed under, of the form name+hash+base64 (golang.org/x/mod/sumdb/note).
	// When the key was lost, the log itself names the next one.
	LogKey string `json:"log_key"`
}

// ArchiveSchema names the form of an archive record.
const ArchiveSchema = "sohoa/archive/1"

// Unit is an office. Its codes are aliases with dates, because codes changed in
// 2025 and will change again.
type Unit struct {
	ID    UnitID     `json:"id"`
	Codes []UnitCode `json:"codes"`
}

// UnitCode is an agency code (QĐ 20/2020/QĐ-TTg, Điều 4) valid from a day on.
type UnitCode struct {
	Code string    `json:"code"`
	From time.Time `json:"from"`
}

// CodeAt is the unit's code at the time t: the last one whose day has come,
// or "" when none has.
func (u Unit) CodeAt(t time.Time) string {
	code, from := "", time.Time{}
	for _, c := range u.Codes {
		if !c.From.After(t) && !c.From.Before(from) {
			code, from = c.Code, c.From
		}
	}
	return code
}

var unitCode = regexp.MustCompile(`^[A-Y][0-9]{2}(\.[0-9A-Z]{1,4})*$`)

// CheckUnitCode refuses what cannot be an agency code: a letter and two digits,
// then groups of letters and digits parted by dots.
func CheckUnitCode(code string) error {
	if len(code) > maxUnitCode || !unitCode.MatchString(code) {
		return fmt.Errorf("%q is not an agency code", code)
	}
	return nil
}
