package dossier

import (
	"fmt"
	"slices"
	"strings"
)

// PlaceChange says what a place is called now: in July 2025 the districts ended,
// and communes and provinces were merged. Where one was divided there are several
// with the same Old. What stands on a paper is never changed by it.
type PlaceChange struct {
	Old string // "Xã Phú Nhuận"
	// Within are names that stand beside it on paper where other places are called
	// so, too: "Huyện Bảo Thắng".
	Within   []string
	New      string // "Xã Gia Phú, tỉnh Lào Cai"
	Verified bool
	Source   string
}

// Synonym is words of a query in whose place others may stand.
type Synonym struct {
	Words  string
	Others []string
}

// placeKinds begin the name of a place, so that no name of a person is taken for
// one.
var placeKinds = []string{"xã", "phường", "thị trấn", "đặc khu", "huyện", "quận", "thị xã", "thành phố", "tỉnh"}

// Places lists the changes of names of places, in the order of the tables.
func (c *Catalogue) Places() []PlaceChange { return slices.Clone(c.places) }

// addPlace takes one line of places.csv.
func (a *attachments) addPlace(r row) error {
	verified, err := r.flag("verified")
	if err != nil {
		return err
	}
	p := PlaceChange{Old: r.get("old"), Within: r.list("within"), New: r.get("new"), Verified: verified, Source: r.get("source")}
	for _, name := range append([]string{p.Old, p.New}, p.Within...) {
		begins := func(kind string) bool { return strings.HasPrefix(strings.ToLower(name), kind+" ") }
		if !slices.ContainsFunc(placeKinds, begins) {
			return fmt.Errorf("%q does not begin with what it is: %s", name, strings.Join(placeKinds, ", "))
		}
	}
	if r.repeated(strings.ToLower(p.key() + "\n" + p.New)) {
		return fmt.Errorf("%s is there twice", p.Old)
	}
	if strings.EqualFold(p.Old, p.New) && len(p.Within) == 0 {
		return fmt.Errorf("%s is called so now, too", p.Old)
	}
	a.places = append(a.places, p)
	return nil
}

// key tells places apart.
func (p PlaceChange) key() string { return strings.ToLower(p.Old + "\n" + strings.Join(p.Within, "|")) }

// withPlaces are the changes with those of an office, whose lines take the place
// of earlier ones about the same place.
func withPlaces(places, over []PlaceChange) []PlaceChange {
	places = slices.DeleteFunc(places, func(old PlaceChange) bool {
		return slices.ContainsFunc(over, func(p PlaceChange) bool { return p.key() == old.key() })
	})
	return append(places, over...)
}
