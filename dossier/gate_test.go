package dossier_test

import (
	"errors"
	"testing"

	"sohoa/dossier"
)

// seen are values of a field about which people said what stands there.
func seen(kind string, by dossier.SaidBy, hundredth, right, of int) dossier.ReviewedCount {
	as := dossier.ReviewedAs{Kind: kind, By: by, Below: hundredth < 93, Hundredth: hundredth}
	return dossier.ReviewedCount{Field: "mother", ReviewedAs: as, Right: right, Of: of}
}

// TestLowerGateWantsProof: a gate goes up freely, and down only by two hundredths
// over values of which enough were right, in each kind of paper.
func TestLowerGateWantsProof(t *testing.T) {
	enough := dossier.FewestRight()
	if enough != 1277 {
		t.Errorf("%d values without an error prove it, want 1277", enough)
	}
	birth := func(hundredth, right, of int) dossier.ReviewedCount {
		return seen("birth_certificate", dossier.SaidReview, hundredth, right, of)
	}
	for name, c := range map[string]struct {
		seen   []dossier.ReviewedCount
		after  float64
		proven bool
	}{
		"higher":                {nil, 0.99, true},
		"without evidence":      {nil, 0.92, false},
		"one too few":           {[]dossier.ReviewedCount{birth(92, enough-1, enough-1)}, 0.92, false},
		"enough":                {[]dossier.ReviewedCount{birth(92, enough-5, enough-5), birth(91, 5, 5)}, 0.91, true},
		"too far":               {[]dossier.ReviewedCount{birth(92, enough, enough), birth(90, enough, enough)}, 0.90, false},
		"below the band":        {[]dossier.ReviewedCount{birth(90, enough, enough)}, 0.91, false},
		"at the gate":           {[]dossier.ReviewedCount{birth(93, enough, enough)}, 0.92, false},
		"one wrong of too few":  {[]dossier.ReviewedCount{birth(92, enough-1, enough)}, 0.92, false},
		"one wrong of many":     {[]dossier.ReviewedCount{birth(92, 2*enough-1, 2*enough)}, 0.92, true},
		"keyed by two":          {[]dossier.ReviewedCount{seen("birth_certificate", dossier.SaidBlind, 92, enough, enough)}, 0.92, true},
		"found by a sample":     {[]dossier.ReviewedCount{seen("birth_certificate", dossier.SaidSample, 92, enough, enough)}, 0.92, false},
		"one kind speaks no":    {[]dossier.ReviewedCount{birth(92, 9*enough, 9*enough), seen("birth_notice", dossier.SaidReview, 92, 1, 3)}, 0.92, false},
		"another kind is small": {[]dossier.ReviewedCount{birth(92, enough, enough), seen("birth_notice", dossier.SaidReview, 92, 3, 3)}, 0.92, true},
	} {
		err := dossier.ProveGate(c.seen, "mother", 0.93, c.after)
		if unproven, ok := errors.AsType[*dossier.UnprovenGate](err); ok == c.proven || ok && unproven.Lowest != 0.91 {
			t.Errorf("%s: %v", name, err)
		}
		if err := dossier.ProveGate(c.seen, "father", 0.93, c.after); (err == nil) != (c.after > 0.93) {
			t.Errorf("%s, of another field: %v", name, err)
		}
	}
}

// TestGatesOfDecisions: the newest decision that was not taken back is in force.
func TestGatesOfDecisions(t *testing.T) {
	def := dossier.FieldDef{ID: "mother", Gate: 0.93}
	all := []dossier.GateDecision{
		{Seq: 1, Field: "mother", After: 0.95}, {Seq: 2, Field: "dob", After: 0.9}, {Seq: 3, Field: "mother", After: 0.97},
		{Seq: 4, Field: "mother", After: 0.95, Undoes: 3}, {Seq: 5, Field: "mother", After: 0.93, Undoes: 1},
	}
	for n, want := range []float64{0.93, 0.95, 0.95, 0.97, 0.95, 0.93} {
		if got := dossier.GatesOf(all[:n]).Of(def); got != want {
			t.Errorf("after %d decisions: %v, want %v", n, got, want)
		}
	}
}

// TestReviewedFields counts what people said of values that the machine had read,
// and tells how they came to it.
func TestReviewedFields(t *testing.T) {
	field := func(value, read string, confidence float64, by dossier.SaidBy) dossier.Field {
		return dossier.Field{Value: value, Status: dossier.FieldConfirmed, Machine: &dossier.MachineRead{Value: read, Confidence: confidence, Gate: 0.93, By: by}}
	}
	paper := dossier.Component{ID: "c", Kind: "birth_certificate", Fields: map[string]dossier.Field{
		"mother": field("Vi", "Vì", 0.929, dossier.SaidReview), "father": field("An", "An", 0.93, dossier.SaidReview),
		"dob": field("1962", "1962", 0.29, dossier.SaidBlind), "number": field("7", "1", 0.99, dossier.SaidSample),
		"pid": {Value: "015", Status: dossier.FieldConfirmed}, "place": {Value: "x", Machine: &dossier.MachineRead{Value: "x"}},
	}}
	gone := paper
	gone.State = dossier.ComponentSuperseded
	var counts []dossier.ReviewedCount
	for _, r := range dossier.ReviewedFields(dossier.Dossier{Components: []dossier.Component{paper, gone}}) {
		c := dossier.ReviewedCount{Field: r.Field, ReviewedAs: r.ReviewedAs, Of: 1}
		if r.Right {
			c.Right = 1
		}
		counts = append(counts, c)
	}
	if len(counts) != 4 || counts[0].Hundredth != 29 || counts[2].Hundredth != 92 {
		t.Fatalf("counted %+v", counts)
	}
	kinds, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]dossier.Reviewed{}
	for _, l := range kinds.GateLines(nil, counts, nil) {
		found[l.Field] = l.Reviewed
		if l.Accepted.Of != 0 || l.Proposal != dossier.ProposeFew {
			t.Errorf("a review speaks where samples do: %+v", l)
		}
	}
	if len(found) != 3 || found["mother"].Below.Of != 1 || found["mother"].Below.Right != 0 || found["father"].Above.Right != 1 || found["dob"].Blind.Right != 1 || found["dob"].Below.Of != 0 {
		t.Errorf("found %+v", found)
	}
}
