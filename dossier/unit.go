package dossier

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// UnitName is a unit as the register of units knows it: an office, or a place
// on old and new papers.
type UnitName struct {
	ID   UnitID `json:"id"`
	Name string `json:"name"`
	// Parent is the unit above, "" for none; Above is its name.
	Parent UnitID `json:"parent,omitempty"`
	Above  string `json:"above,omitempty"`
	// Since and Until bound the days on which there is such a unit
	// (yyyy-mm-dd): "" is without a bound, and on Until it is no more.
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
	// Codes are what it is and was called by.
	Codes []UnitAlias `json:"codes"`
}

// UnitAlias is a code of a unit, with the days on which it is that.
type UnitAlias struct {
	Code  string `json:"code"`
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
}

// HoldsOn tells whether something holds on a day.
func HoldsOn(since, until, day string) bool { return since <= day && (until == "" || day < until) }

// NameUnit is the id of a unit that is known by a code from a day on. It is the
// same each time, so that a list of units that is read again after a rebuild
// names the same units; what such ids guard is not their secrecy.
func NameUnit(code, since string) UnitID {
	sum := sha256.Sum256([]byte("sohoa unit\x00" + code + "\x00" + since))
	return UnitID(strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:26]))
}
