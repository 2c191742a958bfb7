// Package places finds names of places that have changed: an old commune, district
// or province in an address, and what it is called now; and, for a search, the
// names that a place had and has.
//
// Start at [New]. It promises to guess nothing: a name counts only as a whole,
// with the word for what it is (xã, huyện, tỉnh ... or their abbreviations) before
// it, and with the names beside it that its line of places.csv asks for, since many
// communes are called alike. Of a place that was divided all parts are given. What
// stands on a paper is never changed.
package places

import (
	"regexp"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// Names are the places that have another name today. They do not change, and are
// safe for concurrent use.
type Names struct {
	places   []changed
	synonyms []dossier.Synonym
}

// changed is one place with everything it is now, and its names as they are
// compared.
type changed struct {
	old   string
	now   []string
	asked []string // the name and those that must stand beside it
	bare  string   // a province without the word for what it is, which ends an address
}

// Now is a place that a text names, and what it is called today: several names
// where it was divided.
type Now struct {
	Old string   `json:"old"`
	New []string `json:"new"`
}

// New puts the lines of the table together.
func New(lines []dossier.PlaceChange) *Names {
	n := &Names{}
	others := map[string][]string{}
	var order []string
	add := func(name, other string) {
		if key := normal(name); key != normal(other) && !slices.Contains(others[name], other) {
			if others[name] == nil {
				order = append(order, name)
			}
			others[name] = append(others[name], other)
		}
	}
	for _, l := range lines {
		n.add(l)
		now, _, _ := strings.Cut(l.New, ",")
		add(l.Old, now)
		add(now, l.Old)
		// People leave the word for what it is out. What is looked for instead has
		// it: Hòa Bình alone is peace, or somebody's name.
		for _, pair := range [][2]string{{l.Old, now}, {now, l.Old}} {
			if name := withoutKind(pair[0]); strings.Contains(name, " ") && normal(name) != normal(withoutKind(pair[1])) {
				add(name, pair[1])
			}
		}
	}
	for _, name := range order {
		n.synonyms = append(n.synonyms, dossier.Synonym{Words: name, Others: others[name]})
	}
	return n
}

// add takes one line: a further part of a place that is known, or another place.
func (n *Names) add(l dossier.PlaceChange) {
	asked := []string{normal(l.Old)}
	for _, within := range l.Within {
		asked = append(asked, normal(within))
	}
	i := slices.IndexFunc(n.places, func(p changed) bool { return slices.Equal(p.asked, asked) })
	if i >= 0 {
		n.places[i].now = append(n.places[i].now, l.New)
		return
	}
	p := changed{old: l.Old, now: []string{l.New}, asked: asked}
	if name, province := strings.CutPrefix(asked[0], "tỉnh "); province {
		p.bare = name
	}
	n.places = append(n.places, p)
}

// Synonyms are the names that may stand in each other's place in a search, in both
// directions.
func (n *Names) Synonyms() []dossier.Synonym { return n.synonyms }

// Now lists the places in a text that have another name today.
func (n *Names) Now(text string) (found []Now) {
	words := normal(text)
	for _, p := range n.places {
		missing := func(name string) bool { return !names(words, name) }
		ends := p.bare != "" && strings.HasSuffix(words, " "+stop+" "+p.bare)
		if ends || !slices.ContainsFunc(p.asked, missing) {
			found = append(found, Now{Old: p.old, New: p.now})
		}
	}
	return found
}

// stop stands for punctuation, which no name goes across.
const stop = "¶"

// short are abbreviations before the name of a place, which want their full stop
// where they are one letter.
var short = regexp.MustCompile(`(^|[\s,;(¶-])(tp|tt|tx|x|p|h|q|t)\.\s*|(^|[\s,;(¶-])(tp|tt|tx)\s+`)

// long are what they stand for.
var long = map[string]string{
	"tp": "thành phố", "tt": "thị trấn", "tx": "thị xã", "x": "xã", "p": "phường", "h": "huyện", "q": "quận", "t": "tỉnh",
}

// normal is a text as names are compared in it: lower case, one placing of tones,
// words with single blanks, punctuation as a word of its own.
func normal(text string) string {
	text = viet.Normalise(text)
	text = short.ReplaceAllStringFunc(text, func(s string) string {
		m := short.FindStringSubmatch(s)
		return m[1] + m[3] + long[m[2]+m[4]] + " "
	})
	text = strings.NewReplacer(",", " "+stop+" ", ";", " "+stop+" ", "(", " "+stop+" ", ")", " "+stop+" ", ".", " "+stop+" ", ":", " "+stop+" ", "-", " ", "–", " ").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

// kinds are the first words of what places are: behind a name they begin the next.
var kinds = []string{"xã", "phường", "thị", "đặc", "huyện", "quận", "thành", "tỉnh", stop}

// names tells whether a text has a name as a whole: not "xã Tân Lập" in "xã Tân
// Lập Đông" or in "thị xã Tân Lập".
func names(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		before, after := text[:from+i], text[from+i+len(name):]
		next, _, _ := strings.Cut(strings.TrimPrefix(after, " "), " ")
		whole := (before == "" || strings.HasSuffix(before, " ")) && (after == "" || after[0] == ' ' && slices.Contains(kinds, next))
		town := strings.HasPrefix(name, "xã ") && strings.HasSuffix(before, "thị ")
		if whole && !town {
			return true
		}
		from += i + 1
	}
}

// withoutKind is a name without the word for what it is: "Gia Phú" of "Xã Gia Phú".
func withoutKind(name string) string {
	for _, kind := range []string{"xã ", "phường ", "thị trấn ", "đặc khu ", "huyện ", "quận ", "thị xã ", "thành phố ", "tỉnh "} {
		if len(name) >= len(kind) && strings.EqualFold(name[:len(kind)], kind) {
			return name[len(kind):]
		}
	}
	return name
}
