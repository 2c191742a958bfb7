package extract

import (
	"slices"
	"strings"

	"sohoa/dossier"
)

// vouchNames makes names surer that stand on the paper twice and were read the
// same both times: the person who asks is a parent named above, or signs below.
func (p *paper) vouchNames(fields map[string]dossier.Field) {
	for id, f := range fields {
		if doubted(f) && p.typeOf(id) == dossier.TypeName && nameForm(p.kind, f.Value) && p.timesNamed(f.Value) > 1 {
			f.Confidence = 1 - (1-f.Confidence)*vouched
			fields[id] = f
		}
	}
}

// timesNamed counts where the name stands whole: not as a part of a longer one.
func (p *paper) timesNamed(name string) (times int) {
	want := strings.Fields(name)
	for _, r := range p.rows {
		for at := range r.tokens {
			end := at + len(want)
			if end <= len(r.tokens) && slices.EqualFunc(want, r.tokens[at:end], sameWord) && (end == len(r.tokens) || finishes(r.tokens[end-1]) || !nameWord(r.tokens[end])) {
				times++
			}
		}
	}
	return times
}

// sameWord tells whether the token is the word, in capitals or not.
func sameWord(word string, t token) bool {
	return strings.EqualFold(word, strings.Trim(t.Text, ",;.:("))
}

// finishes tells whether the name ends with the token.
func finishes(t token) bool { return strings.ContainsAny(t.Text, ",;(") }
