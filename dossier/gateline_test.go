package dossier_test

import (
	"testing"

	"sohoa/dossier"
)

// TestGateLines: nothing is proposed on too little; a gate is kept while enough
// is right, and raised to where enough is, or to 1 where it never is.
func TestGateLines(t *testing.T) {
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	judged := func(field string, n int, confidence float64, right bool) (all []dossier.Judged) {
		for range n {
			j := dossier.Judged{SampleDraw: dossier.SampleDraw{What: dossier.DrawnField, Kind: "birth_certificate", Field: field, Confidence: confidence, Read: "x"}, Truth: "x"}
			if !right {
				j.Truth = "y"
			}
			all = append(all, j)
		}
		return all
	}
	gate := func(field string) float64 {
		def, _ := kinds.Field(field)
		return def.Gate
	}
	for name, c := range map[string]struct {
		judged   []dossier.Judged
		proposal dossier.GateProposal
		proposed float64
	}{
		"few":        {judged("dob", 29, 0.95, false), dossier.ProposeFew, gate("dob")},
		"right":      {judged("dob", 30, 0.95, true), dossier.ProposeKeep, gate("dob")},
		"all wrong":  {judged("dob", 30, 0.95, false), dossier.ProposeRaise, 1},
		"wrong low":  {append(judged("child_name", 5, 0.931, false), judged("child_name", 50, 0.964, true)...), dossier.ProposeRaise, 0.94},
		"wrong high": {append(judged("child_name", 5, 0.99, false), judged("child_name", 50, 0.93, true)...), dossier.ProposeRaise, 1},
	} {
		lines := kinds.GateLines(c.judged, nil, nil)
		if len(lines) != 1 || lines[0].Proposal != c.proposal || lines[0].Proposed != c.proposed {
			t.Errorf("%s: %+v, want %s %v", name, lines, c.proposal, c.proposed)
		}
	}
}
