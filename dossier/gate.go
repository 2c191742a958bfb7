package dossier

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// GateDecision is what a person decided about the gate of a field. It is an
// object before it is a row. fields.csv is the base; the newest decision about a
// field that was not taken back counts more. It holds for what is read from then
// on.
type GateDecision struct {
	Schema string    `json:"schema"` // [GateSchema]
	Unit   UnitID    `json:"unit"`
	Seq    int       `json:"seq"` // from 1, of the unit
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	Field  string    `json:"field"`
	// Before is the gate that was in force, After the one that is from then on.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Reason string  `json:"reason"`
	// Undoes is the number of the decision that this one takes back.
	Undoes int `json:"undoes,omitempty"`
	// Evidence is what was known about values of the field then.
	Evidence []GateEvidence `json:"evidence"`
}

// GateSchema names the form of a decision about a gate.
const GateSchema = "sohoa/gate/1"

// GateEvidence is what a decision rests on, for papers of one kind.
type GateEvidence struct {
	Kind string `json:"kind"`
	// Accepted is what samples say of values at the gate or above.
	Accepted Rate `json:"accepted"`
	Reviewed
}

// Reviewed is how often the machine had read what people then said stands on the
// paper. The three know different things, so they are never added up.
type Reviewed struct {
	// Below are the values below their gate, each of which a person looked at.
	// The person saw what the machine read, and may have passed over a mistake.
	Below Rate `json:"below"`
	// Above are values that were accepted and that somebody corrected or confirmed
	// without being asked. Who looks has a reason: it says little about the others.
	Above Rate `json:"above"`
	// Blind are values that two people keyed without seeing what was read,
	// whatever the machine believed.
	Blind Rate `json:"blind"`
}

// MachineRead is what the machine had read where a person said what stands
// there, and how far it believed that.
type MachineRead struct {
	Value      string    `json:"value"`
	Confidence float64   `json:"confidence"`
	Gate       float64   `json:"gate"`
	By         SaidBy    `json:"by"`
	At         time.Time `json:"at"`
}

// SaidBy is how a person came to say what stands on a paper.
type SaidBy string

// The ways. What a sample brought to light counts in the sample's figures.
const (
	SaidReview SaidBy = "review"
	SaidBlind  SaidBy = "blind"
	SaidSample SaidBy = "sample"
)

// ReviewedField is a field of a published paper about which a person has said
// what stands there.
type ReviewedField struct {
	Component ComponentID
	Field     string
	At        time.Time
	ReviewedAs
	Right bool // the machine had read exactly that
}

// ReviewedAs is what such fields are counted by.
type ReviewedAs struct {
	Kind  string
	By    SaidBy
	Below bool // the machine believed it less than its gate
	// Hundredth is the confidence without what is behind two decimals, times 100.
	Hundredth int
}

// ReviewedCount is how many of them were right.
type ReviewedCount struct {
	Field string
	ReviewedAs
	Right, Of int
}

// ReviewedFields lists those of a dossier, as its newest version has them: a
// correction that was taken back is none, and the last one counts.
func ReviewedFields(d Dossier) (all []ReviewedField) {
	for _, paper := range d.Components {
		if paper.State.Gone() {
			continue
		}
		for id, f := range paper.Fields {
			if m := f.Machine; m != nil && f.Status == FieldConfirmed {
				as := ReviewedAs{Kind: paper.Kind, By: m.By, Below: m.Confidence < m.Gate, Hundredth: int(100*m.Confidence + 1e-6)}
				all = append(all, ReviewedField{Component: paper.ID, Field: id, At: m.At, ReviewedAs: as, Right: m.Value == f.Value})
			}
		}
	}
	slices.SortFunc(all, func(a, b ReviewedField) int {
		return cmp.Or(cmp.Compare(a.Component, b.Component), cmp.Compare(a.Field, b.Field))
	})
	return all
}

// rateWhere adds up those counts that a question is about.
func rateWhere(all []ReviewedCount, asked func(ReviewedCount) bool) Rate {
	right, of := 0, 0
	for _, c := range all {
		if asked(c) {
			right, of = right+c.Right, of+c.Of
		}
	}
	return NewRate(right, of)
}

func reviewedOf(all []ReviewedCount) Reviewed {
	return Reviewed{
		Below: rateWhere(all, func(c ReviewedCount) bool { return c.By == SaidReview && c.Below }),
		Above: rateWhere(all, func(c ReviewedCount) bool { return c.By == SaidReview && !c.Below }),
		Blind: rateWhere(all, func(c ReviewedCount) bool { return c.By == SaidBlind }),
	}
}

// Gates are the gates that people decided, by field.
type Gates map[string]GateDecision

// GatesOf finds them in all decisions, which come in the order of their numbers.
func GatesOf(decisions []GateDecision) Gates {
	made := map[string][]GateDecision{}
	for _, d := range decisions {
		of := made[d.Field]
		switch {
		case d.Undoes == 0:
			made[d.Field] = append(of, d)
		case len(of) > 0 && of[len(of)-1].Seq == d.Undoes:
			made[d.Field] = of[:len(of)-1]
		}
	}
	gates := Gates{}
	for field, of := range made {
		if len(of) > 0 {
			gates[field] = of[len(of)-1]
		}
	}
	return gates
}

// Of is the gate of a field that is in force.
func (g Gates) Of(def FieldDef) float64 {
	if d, decided := g[def.ID]; decided {
		return d.After
	}
	return def.Gate
}

// GateOf is the gate of a field on a paper: the one that people had decided when
// it was read, else that of the table.
func (c *Catalogue) GateOf(id string, f Field) float64 {
	def, _ := c.Field(id)
	return cmp.Or(f.Gate, def.Gate)
}

// What lets a gate be lowered. WrongEnough is how much of what the machine
// accepts by itself may be wrong, by the upper end of the 95 % interval (issue 7
// of the project: a wrong birth date or owner of land is worse than a waiting
// one). furthestDown is by how much at once: errors grow as confidence falls, and
// what speaks for the upper part of a wide band does not for the lower.
const (
	WrongEnough  = 0.003
	furthestDown = 2 // hundredths
)

// FewestRight is how many values without any error prove that no more than
// [WrongEnough] of them are wrong.
func FewestRight() int {
	n := 1
	for 1-NewRate(n, n).Low > WrongEnough {
		n++
	}
	return n
}

// UnprovenGate refuses a lower gate: too little is known of the values that the
// machine would then accept by itself.
type UnprovenGate struct {
	Field         string
	Before, After float64
	// Lowest is the furthest that it may be lowered at once.
	Lowest float64
	// Found is what people said of values between the two.
	Found Rate
}

// MayBeWrong is how much of what the machine would accept may be wrong.
func (u *UnprovenGate) MayBeWrong() float64 { return 1 - u.Found.Low }

// Error says what is known and what is asked for.
func (u *UnprovenGate) Error() string {
	return fmt.Sprintf("gate of %s: %d of %d values between %.2f and %.2f that people looked at were right, so up to %.1f %% may be wrong; at most %.1f %% may, and at most %.2f at once",
		u.Field, u.Found.Right, u.Found.Of, u.After, u.Before, 100*u.MayBeWrong(), 100*WrongEnough, furthestDown/100.0)
}

// ProveGate returns an [UnprovenGate] unless the gate of a field may go from
// before to after. A higher gate only shows people more, and needs no proof. For
// a lower one, what people said of the values between the two must bound their
// errors: those below their gate then, which people saw one and all, and those
// that two people keyed. No kind of paper alone may speak against it.
func ProveGate(all []ReviewedCount, field string, before, after float64) error {
	from, until := hundredths(after), hundredths(before)
	if from >= until {
		return nil
	}
	var between []ReviewedCount
	for _, c := range all {
		asked := c.By == SaidReview && c.Below || c.By == SaidBlind
		if c.Field == field && asked && c.Hundredth >= from && c.Hundredth < until {
			between = append(between, c)
		}
	}
	found := rateWhere(between, func(ReviewedCount) bool { return true })
	proven := from >= until-furthestDown && 1-found.Low <= WrongEnough
	for _, c := range between {
		of := rateWhere(between, func(x ReviewedCount) bool { return x.Kind == c.Kind })
		proven = proven && 1-of.High <= WrongEnough
	}
	if !proven {
		return &UnprovenGate{Field: field, Before: before, After: after, Lowest: float64(max(until-furthestDown, 1)) / 100, Found: found}
	}
	return nil
}

// RoundGate is a gate as people write it, with two decimals; ok is false for what
// can be none.
func RoundGate(gate float64) (rounded float64, ok bool) {
	n := hundredths(gate)
	return float64(n) / 100, !math.IsNaN(gate) && n > 0 && n <= 100 && math.Abs(gate*100-float64(n)) < 1e-6
}

func hundredths(gate float64) int { return int(math.Round(100 * gate)) }

// GateChange is what a person says about a gate, having seen the one in force.
type GateChange struct {
	Field  string
	Before float64
	After  float64
	Reason string
	// Undo takes the decision in force back; After says nothing then.
	Undo bool
}

// FieldGate is the gate of a field as people see it.
type FieldGate struct {
	Field string  `json:"field"`
	Table float64 `json:"table"` // in fields.csv
	Gate  float64 `json:"gate"`  // in force
	// Decision is the one in force; nil where the table is.
	Decision *GateDecision `json:"decision,omitempty"`
}

// FieldGates lists the gates of all fields.
func (c *Catalogue) FieldGates(gates Gates) []FieldGate {
	all := make([]FieldGate, len(c.fields))
	for i, def := range c.fields {
		all[i] = FieldGate{Field: def.ID, Table: def.Gate, Gate: gates.Of(def)}
		if d, decided := gates[def.ID]; decided {
			all[i].Decision = &d
		}
	}
	return all
}
