package dossier_test

import (
	"slices"
	"testing"

	"sohoa/dossier"
)

func TestNeeds(t *testing.T) {
	cat := load(t)
	paper := func(kinds ...string) (all []dossier.Component) {
		for _, k := range kinds {
			all = append(all, dossier.Component{Kind: k, State: dossier.ComponentAwaitingSignature})
		}
		return all
	}
	old := paper("birth_notice")
	old[0].State = dossier.ComponentSuperseded
	const present, doubtful, missing = dossier.StandingPresent, dossier.StandingDoubtful, dossier.StandingMissing
	for name, c := range map[string]struct {
		procedure string
		d         dossier.Dossier
		want      []dossier.Standing
	}{
		"all there":         {"1.001193", dossier.Dossier{Components: paper("birth_registration_application", "birth_notice")}, []dossier.Standing{present, present}},
		"the other paper":   {"1.001193", dossier.Dossier{Components: paper("birth_registration_application", "commitment")}, []dossier.Standing{present, present}},
		"one missing":       {"1.001193", dossier.Dossier{Components: paper("birth_registration_application", "citizen_id_card")}, []dossier.Standing{present, missing}},
		"replaced is gone":  {"1.001193", dossier.Dossier{Components: append(paper("birth_registration_application"), old...)}, []dossier.Standing{present, missing}},
		"a page waits":      {"1.001193", dossier.Dossier{Components: paper("birth_notice"), Pending: []dossier.PageID{"p"}}, []dossier.Standing{doubtful, present}},
		"the result counts": {"1.001193", dossier.Dossier{Components: paper("birth_certificate")}, []dossier.Standing{missing, missing}},
		"old or new":        {"1.012783", dossier.Dossier{Components: paper("land_change_application", "land_use_certificate")}, []dossier.Standing{present, doubtful}},
		"old and new": {"1.012783", dossier.Dossier{Components: paper("land_change_application", "land_use_certificate", "land_use_certificate")},
			[]dossier.Standing{present, present}},
	} {
		p, ok := cat.Procedure(c.procedure)
		if !ok {
			t.Fatalf("no procedure %s", c.procedure)
		}
		var got []dossier.Standing
		for _, n := range p.Needs(c.d) {
			got = append(got, n.Standing)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	birth, _ := cat.Procedure("1.001193")
	if got := birth.Missing(dossier.Dossier{}); !slices.Equal(got, []string{"birth_registration_application", "birth_notice"}) {
		t.Errorf("an empty dossier lacks %v", got)
	}
}
