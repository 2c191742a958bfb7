package dossier

import "slices"

// Scope is what of the archive somebody may see: the records of one unit, of
// every kind or of some. The zero Scope sees nothing.
type Scope struct {
	Unit UnitID
	// Kinds, when not empty, are the only kinds of paper to be seen. Whoever is
	// limited to kinds sees no page that has none yet.
	Kinds []string
}

// Whole is the scope of somebody who may see everything of the unit.
func Whole(unit UnitID) Scope { return Scope{Unit: unit} }

// Limited tells whether only some kinds may be seen.
func (s Scope) Limited() bool { return len(s.Kinds) > 0 }

// Sees tells whether a paper of the kind may be seen.
func (s Scope) Sees(kind string) bool { return !s.Limited() || slices.Contains(s.Kinds, kind) }

// Cut leaves of a manifest what may be seen: the papers of other kinds are
// gone, and with them their pages and the pages that wait.
func (s Scope) Cut(m Manifest) Manifest {
	if !s.Limited() {
		return m
	}
	m.Dossier.Pending = []PageID{}
	m.Dossier.Components = slices.DeleteFunc(slices.Clone(m.Dossier.Components), func(c Component) bool { return !s.Sees(c.Kind) })
	return m
}
