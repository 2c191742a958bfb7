package dossier

import (
	"cmp"
	"math"
	"slices"
)

// GateLine is what samples say about the values of one field on papers of one
// kind that the machine accepted by itself, which gate that speaks for, and,
// apart from it, what people said of values they looked at.
type GateLine struct {
	Kind     string  `json:"kind"`
	Field    string  `json:"field"`
	Gate     float64 `json:"gate"` // in force now
	Accepted Rate    `json:"accepted"`
	// Reviewed is what people found when they looked at values themselves.
	Reviewed Reviewed     `json:"reviewed"`
	Proposal GateProposal `json:"proposal"`
	// Proposed is the gate to raise it to; the same as Gate for anything else.
	Proposed float64 `json:"proposed"`
}

// GateProposal is what to do about a gate, in a word.
type GateProposal string

// The proposals. Samples know nothing of values below the gate, so none speaks
// for a lower one.
const (
	ProposeFew   GateProposal = "few"   // too little is keyed to say anything
	ProposeKeep  GateProposal = "keep"  // what is accepted is right enough
	ProposeRaise GateProposal = "raise" // it is not; it would be above the proposed gate
)

// fewestJudged is below how many values nothing is proposed: one mistyped answer
// would weigh more than the difference to [RightEnough]; fewestAbove is how many
// must lie above a proposed gate.
const (
	fewestJudged = 30
	fewestAbove  = 10
)

// GateLines puts the judged values of samples, and beside them what people found
// in review, together by kind and field, what is worst first. Nothing of it
// changes a gate: a person does, by a [GateDecision] or in fields.csv.
func (c *Catalogue) GateLines(judged []Judged, reviewed []ReviewedCount, gates Gates) []GateLine {
	by, seen, all := map[KindField][]Judged{}, map[KindField][]ReviewedCount{}, map[KindField]bool{}
	for _, j := range judged {
		if at := (KindField{j.Kind, j.Field}); j.What == DrawnField && !j.Unreadable {
			by[at], all[at] = append(by[at], j), true
		}
	}
	for _, r := range reviewed {
		if at := (KindField{r.Kind, r.Field}); r.By != SaidSample {
			seen[at], all[at] = append(seen[at], r), true
		}
	}
	lines := []GateLine{}
	for at := range all {
		def, ok := c.Field(at.Field)
		if !ok {
			continue
		}
		line := GateLine{Kind: at.Kind, Field: at.Field, Gate: gates.Of(def), Reviewed: reviewedOf(seen[at])}
		// What a gate that is higher now would not have let through says nothing of it.
		accepted := slices.DeleteFunc(by[at], func(j Judged) bool { return j.Confidence < line.Gate })
		line.Accepted = rateOf(accepted)
		line.Proposal, line.Proposed = proposed(accepted, line.Gate)
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b GateLine) int {
		return cmp.Or(cmp.Compare(b.Accepted.Of, 1)-cmp.Compare(a.Accepted.Of, 1), cmp.Compare(a.Accepted.Low, b.Accepted.Low), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Field, b.Field))
	})
	return lines
}

func rateOf(all []Judged) Rate {
	right := 0
	for _, j := range all {
		right += one(j.Right())
	}
	return NewRate(right, len(all))
}

// proposed is the lowest gate above which enough was right; 1, so that a person
// sees each value, where there is none.
func proposed(all []Judged, gate float64) (GateProposal, float64) {
	if len(all) < fewestJudged {
		return ProposeFew, gate
	}
	if rateOf(all).Share >= RightEnough {
		return ProposeKeep, gate
	}
	slices.SortFunc(all, func(a, b Judged) int { return cmp.Compare(a.Confidence, b.Confidence) })
	for i, j := range all {
		// Gates have two decimals, as in the table.
		candidate := math.Ceil(100*j.Confidence) / 100
		above := all[i:]
		for len(above) > 0 && above[0].Confidence < candidate {
			above = above[1:]
		}
		if candidate > gate && len(above) >= fewestAbove && rateOf(above).Share >= RightEnough {
			return ProposeRaise, candidate
		}
	}
	return ProposeRaise, 1
}
