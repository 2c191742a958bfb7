package dossier

import "slices"

// Standing is how a paper that a procedure asks for stands in a dossier.
type Standing string

// The standings.
const (
	StandingPresent Standing = "present"
	// StandingDoubtful is a paper that may be there: pages wait for a person, or
	// the only paper of its kind may as well be the result.
	StandingDoubtful Standing = "doubtful"
	StandingMissing  Standing = "missing"
)

// Need is one requirement of a procedure and how it stands.
type Need struct {
	Kinds    Requirement
	Standing Standing
}

// Needs compares a dossier with what the procedure asks for, in the order of the
// table. Papers that are only presented are not asked for, and neither is the
// result: it comes days later.
func (p Procedure) Needs(d Dossier) []Need {
	needs := make([]Need, 0, len(p.Required))
	for _, kinds := range p.Required {
		papers := 0
		for _, c := range d.Components {
			if slices.Contains(kinds, c.Kind) && !c.State.Gone() {
				papers++
			}
		}
		standing := StandingPresent
		switch {
		case papers == 0 && len(d.Pending) == 0:
			standing = StandingMissing
		case papers == 0, papers == 1 && slices.Contains(kinds, p.Result):
			// A change of a land use certificate takes an old one in and gives a
			// new one out: a single one may be either.
			standing = StandingDoubtful
		}
		needs = append(needs, Need{Kinds: kinds, Standing: standing})
	}
	return needs
}

// Missing names what surely is not there, each by the kind that the table names
// first.
func (p Procedure) Missing(d Dossier) []string {
	missing := []string{}
	for _, n := range p.Needs(d) {
		if n.Standing == StandingMissing && len(n.Kinds) > 0 {
			missing = append(missing, n.Kinds[0])
		}
	}
	return missing
}
