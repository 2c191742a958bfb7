package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Sample is what was drawn by lot of a month's papers, to be keyed by a person
// who is not shown what the machine read: values that nobody has looked at, and
// lines of text. It is an object before it is a row, and there is one a month.
type Sample struct {
	Schema string    `json:"schema"` // [SampleSchema]
	Unit   UnitID    `json:"unit"`
	Month  string    `json:"month"` // "2026-11", by the clock of Viet Nam
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	// Seed is [SampleSeed] of month and unit: whoever has the month's readings
	// and manifests draws the same again.
	Seed string `json:"seed"`
	// Fields and Lines are the sizes asked for: values in all, lines for each
	// device.
	Fields int `json:"fields"`
	Lines  int `json:"lines"`
	// OfFields and OfPages are how many there were to draw from.
	OfFields int          `json:"of_fields"`
	OfPages  int          `json:"of_pages"`
	Drawn    []SampleDraw `json:"drawn"`
}

// SampleDraw is one value or line that was drawn.
type SampleDraw struct {
	N      int    `json:"n"` // from 1
	What   Drawn  `json:"what"`
	Device string `json:"device"`
	Page   PageID `json:"page"`
	// Reading is the version of the page's reading, Box the place on it.
	Reading int `json:"reading"`
	Box     Box `json:"box"`
	// Read is what the machine read there.
	Read string `json:"read"`
	// Dossier and the rest name the value; Version is that of the dossier. Line
	// is the number of a line on its page, from 1.
	Dossier    DossierID   `json:"dossier,omitempty"`
	Version    int         `json:"version,omitempty"`
	Component  ComponentID `json:"component,omitempty"`
	Kind       string      `json:"kind,omitempty"`
	Field      string      `json:"field,omitempty"`
	Confidence float64     `json:"confidence,omitempty"`
	Line       int         `json:"line,omitempty"`
}

// Drawn tells a value from a line.
type Drawn string

// What is drawn.
const (
	DrawnField Drawn = "field"
	DrawnLine  Drawn = "line"
)

// SampleSchema and SampleAnswerSchema name the forms of the two records.
const (
	SampleSchema       = "sohoa/sample/1"
	SampleAnswerSchema = "sohoa/answer/1"
)

// SampleSeed is the seed of a unit's month.
func SampleSeed(month string, unit UnitID) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "sohoa sample\n%s\n%s", month, unit))
	return hex.EncodeToString(sum[:])
}

// SampleRank orders what may be drawn: the lowest are. Ranks are as good as
// random, the same in each run, and do not depend on what else there is.
func SampleRank(seed, candidate string) string {
	sum := sha256.Sum256([]byte(seed + "\n" + candidate))
	return hex.EncodeToString(sum[:])
}

// SampleAnswer is what a person keyed for one that was drawn, or, where that
// differs from what the machine read, what another person then says stands on
// the paper. It is an object before it is a row.
type SampleAnswer struct {
	Schema string    `json:"schema"` // [SampleAnswerSchema]
	Unit   UnitID    `json:"unit"`
	Month  string    `json:"month"`
	N      int       `json:"n"`
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	Value  string    `json:"value"`
	// Unreadable says that nobody can tell what stands there, or that it is not
	// print: it counts for nothing.
	Unreadable bool `json:"unreadable,omitempty"`
	// Settles marks the second person's answer.
	Settles bool `json:"settles,omitempty"`
}

// SamplePlace is one that was drawn and that somebody has to key or to settle.
type SamplePlace struct {
	Draw SampleDraw
	// Keyed is what was keyed, when it is to be settled.
	Keyed *SampleAnswer
	// Left is how many such places there are, this one among them; none is left
	// when it is 0.
	Left int
}

// NextPlace is the first place behind after that the actor may key, or with
// settling may settle; behind the last one it begins anew.
func (s Sample) NextPlace(answers []SampleAnswer, by Actor, settling bool, after int) (next SamplePlace) {
	last := map[int]*SampleAnswer{}
	for i, a := range answers {
		if last[a.N] == nil || a.Settles {
			last[a.N] = &answers[i]
		}
	}
	for _, d := range s.Drawn {
		a := last[d.N]
		if settling != (a != nil) || settling && !a.disputed(d, by) {
			continue
		}
		next.Left++
		if next.Left == 1 || next.Draw.N <= after && d.N > after {
			next.Draw, next.Keyed = d, a
		}
	}
	return next
}

// disputed tells whether an answer differs from what was read, and the actor may
// settle that: nobody settles what they have keyed, but who sits alone at the
// machine.
func (a SampleAnswer) disputed(d SampleDraw, by Actor) bool {
	return !a.Settles && !a.Unreadable && a.Value != d.Read && (a.Actor.ID != by.ID || by.Role == RoleLocal)
}
