package extract

import (
	"slices"

	"sohoa/dossier"
)

// Ink that is in no word ([dossier.Reading] has it) tells what an engine leaves out: it
// drops what it can not read, so that behind a label nothing stands, or a name has lost
// its last word.

const (
	// aloof is how far from a value, in heights of its line, ink in no word may be a
	// part of it.
	aloof = 3
	// sureLabel is how sure the engine is of the words of a label that it read well,
	// and penShare how much less of words beside it that a pen wrote, on the mean: of
	// print it is as sure as of the label, but for a word now and then.
	sureLabel = 0.85
	sureWords = 0.85 // words that are no value but read well are print
	penShare  = 0.68
)

// inkBehind are the places of ink in no word on the height of a row, from the end of
// its label at token end to the next words behind its value.
func (p *paper) inkBehind(r row, end int, value []token) (places []dossier.Box) {
	if r.width == 0 || end == 0 {
		return nil
	}
	from := r.tokens[end-1].X + r.tokens[end-1].W
	past := from
	if len(value) > 0 {
		past = value[len(value)-1].X + value[len(value)-1].W
	}
	to := r.width
	for _, other := range p.rows {
		if other.page != r.page || len(other.tokens) == 0 || !abreast(r, other) {
			continue
		}
		for _, t := range other.tokens {
			if t.X >= past && t.plain != "" {
				to = min(to, t.X)
			}
		}
	}
	return p.inkBetween(r, from, to)
}

// inkBetween are the places of ink in no word on the height of a row, between two
// places across the page.
func (p *paper) inkBetween(r row, from, to int) (places []dossier.Box) {
	for _, b := range p.ink[r.page] {
		middle := b.X + b.W/2
		common := min(b.Y+b.H, r.box.Y+r.box.H) - max(b.Y, r.box.Y)
		if middle > from && middle < to && 2*common >= min(b.H, r.box.H) && b.H < 3*r.box.H {
			places = append(places, b)
		}
	}
	return places
}

// remember notes where something stands behind a label of which no value could be made:
// ink in no word, or words that are no value of the type and of which the engine was
// not sure.
func (p *paper) remember(label dossier.Label, r row, c candidate, ink []dossier.Box) {
	words := slices.DeleteFunc(slices.Clone(c.value), func(t token) bool { return t.plain == "" || t.W == 0 })
	if mean, _ := meanOf(words); mean >= sureWords {
		words = nil
	}
	if _, known := p.unread[label.Field]; known || r.width == 0 || len(ink) == 0 && len(words) == 0 {
		return
	}
	places := slices.Clone(ink)
	for _, t := range words {
		places = append(places, t.Box())
	}
	place := places[0]
	for _, b := range places {
		place = place.Union(b)
	}
	p.unread[label.Field] = dossier.Field{Raw: readOf(words), Box: &place, Page: r.tokens[0].page, Status: dossier.FieldUnread}
}

// lacks tells whether ink in no word stands so near to the words of a value that it
// may be one of them.
func lacks(value []token, height int, ink []dossier.Box) bool {
	if len(value) == 0 {
		return false
	}
	box := boxOf(value)
	for _, b := range ink {
		if b.X < box.X+box.W+aloof*height && b.X+b.W > box.X-aloof*height {
			return true
		}
	}
	return false
}

// penBeside tells whether words are handwriting by how sure the engine is of them and
// of the label before them.
func penBeside(label, value []token) bool {
	print, words := meanOf(label)
	hand, there := meanOf(value)
	return words && there && print >= sureLabel && hand < penShare*print
}

// meanOf is how sure the engine was of words, on the mean.
func meanOf(tokens []token) (mean float64, ok bool) {
	sum, words := 0.0, 0
	for _, t := range tokens {
		if t.plain != "" && t.W > 0 {
			sum, words = sum+t.Confidence, words+1
		}
	}
	return sum / float64(max(words, 1)), words > 0
}
