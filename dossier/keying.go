package dossier

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// KindField names a field on papers of one kind: "birth_certificate.child_name".
type KindField struct{ Kind, Field string }

// String is the name as settings and tables write it.
func (k KindField) String() string { return k.Kind + "." + k.Field }

// KindFields reads names of the form kind.field; a kind that is not in the
// catalogue, or has no such field, is a mistake.
func (c *Catalogue) KindFields(names []string) ([]KindField, error) {
	var all []KindField
	for _, name := range names {
		kind, field, _ := strings.Cut(name, ".")
		known, ok := c.Kind(kind)
		if !ok || !slices.Contains(known.Fields, field) {
			return nil, fmt.Errorf("%q is no field of a kind of paper; write kind.field, for example birth_certificate.child_name", name)
		}
		all = append(all, KindField{kind, field})
	}
	return all, nil
}

// Keying is what one person keyed for a field, having seen the paper, but
// neither what the machine read nor what anybody else keyed. It is an object
// before it is a row.
type Keying struct {
	Schema    string      `json:"schema"` // [KeyingSchema]
	ID        string      `json:"id"`
	At        time.Time   `json:"at"`
	Actor     Actor       `json:"actor"`
	Dossier   DossierID   `json:"dossier"`
	Component ComponentID `json:"component"`
	Kind      string      `json:"kind"`
	Field     string      `json:"field"`
	// Pages are those of the paper as the person saw it.
	Pages []PageID `json:"pages"`
	// Value is in the form in which values of the field are recorded; empty when
	// the paper has none.
	Value string `json:"value"`
}

// KeyingSchema names the form of a keying.
const KeyingSchema = "sohoa/keying/1"

// Of tells whether a paper still is what the keying was about: of the same kind,
// with the same pages, and the field confirmed by nobody.
func (k Keying) Of(paper Component) bool {
	same := slices.EqualFunc(k.Pages, paper.Pages, func(id PageID, p Page) bool { return id == p.ID })
	return k.Component == paper.ID && k.Kind == paper.Kind && same && paper.Fields[k.Field].Status != FieldConfirmed
}

// Keyed is what a person says a field of a published paper is, and which kind
// the paper was when the person looked at it.
type Keyed struct {
	Component ComponentID
	Kind      string
	Field     string
	Value     string
}

// Entered is what became of a value that was keyed.
type Entered string

// What becomes of it.
const (
	EnteredFirst  Entered = "first"  // somebody else has to key it, too
	EnteredAgreed Entered = "agreed" // two people keyed the same: accepted
	EnteredDiffer Entered = "differ" // a third person has to settle it
)

// EntryCounts are how many fields wait to be keyed by two people.
type EntryCounts struct {
	// All of them; Mine are those that the one who asks may key now, ToSettle
	// those that this one may settle.
	All, Mine, ToSettle int
}
