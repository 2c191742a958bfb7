package extract

import (
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/fuzzy"
)

// findTicked reads which of the options behind a label is ticked: "Giới tính:
// Nam ☐ Nữ ☐". Whether it is was told by the picture; here is only counted which
// square belongs to which option. Unless each option has one, and exactly one is
// ticked and none unsure, the field is unread and its options are what a person
// may choose from: also where the form has no squares and one option was struck
// out. A row that does not name all options is none of this kind.
func (p *paper) findTicked(label dossier.Label) (dossier.Field, bool) {
	for _, r := range p.section(label) {
		if r.width == 0 {
			continue
		}
		for j := range r.tokens {
			h, ok := p.labelAt(r, label.Words, j)
			if !ok {
				continue
			}
			options := optionsIn(r.tokens[h.end:], label.Column)
			if options == nil {
				continue
			}
			return readTicked(options, label.Column, p.squaresBeside(r, options), h.like), true
		}
	}
	return dossier.Field{}, false
}

// optionsIn are the words that name the options, in the order of the form; nil
// unless all are there. A square may have been read as a letter of its option.
func optionsIn(tokens []token, names []string) (options []token) {
	for _, name := range names {
		want := fuzzy.Plain(name)
		at := slices.IndexFunc(tokens, func(t token) bool {
			rest, ok := strings.CutPrefix(t.plain, want)
			return ok && len(rest) <= 1
		})
		if at < 0 {
			return nil
		}
		options, tokens = append(options, tokens[at]), tokens[at+1:]
	}
	return options
}

// squareReach is how far from its option a square stands at most, in heights of
// the line.
const squareReach = 4

// squaresBeside are the squares on the height of a row between the first option
// and the last, from left to right.
func (p *paper) squaresBeside(r row, options []token) (squares []dossier.CheckBox) {
	reach := squareReach * r.box.H
	left, last := options[0].X-reach, options[len(options)-1]
	for _, c := range p.squares[r.page] {
		middle := c.Y + c.H/2
		if middle > r.box.Y-c.H/2 && middle < r.box.Y+r.box.H+c.H/2 && c.X > left && c.X < last.X+last.W+reach {
			squares = append(squares, c)
		}
	}
	slices.SortFunc(squares, func(a, b dossier.CheckBox) int { return a.X - b.X })
	return squares
}

// readTicked gives the option whose square is ticked.
func readTicked(options []token, names []string, squares []dossier.CheckBox, like float64) dossier.Field {
	box := boxOf(options)
	for _, c := range squares {
		box = box.Union(c.Box())
	}
	f := unread(options, box)
	for _, name := range names {
		f.More = append(f.More, dossier.Field{Value: name})
	}
	if !paired(options, squares) {
		return f
	}
	ticked, sure := -1, like
	for i, c := range squares {
		sure = min(sure, c.Confidence)
		switch {
		case c.State == dossier.CheckUnsure, c.State == dossier.CheckTicked && ticked >= 0:
			return f
		case c.State == dossier.CheckTicked:
			ticked = i
		}
	}
	if ticked < 0 {
		return f
	}
	f.Value, f.Confidence, f.Source, f.Status, f.More = names[ticked], sure, "ocr", dossier.FieldAuto, nil
	return f
}

// paired tells whether each option has one square: all behind their options, or
// all before them.
func paired(options []token, squares []dossier.CheckBox) bool {
	if len(squares) != len(options) {
		return false
	}
	behind, before := true, true
	for i, c := range squares {
		behind = behind && c.X > options[i].X && (i+1 == len(options) || c.X < options[i+1].X)
		before = before && c.X < options[i].X && (i == 0 || c.X > options[i-1].X)
	}
	return behind || before
}
