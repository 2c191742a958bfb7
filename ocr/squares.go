package ocr

import (
	"fmt"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/ocr/cleanup"
	"sohoa/ocr/internal/measure"
	"sohoa/ocr/ticked"
)

// squares are the squares to be ticked, in pixels of the page. What is a part of
// a word that was read well is one of its letters.
func squares(page *cleanup.Page, words []dossier.Word) ([]dossier.CheckBox, error) {
	found, err := ticked.Find(page.Ink)
	if err != nil {
		return nil, fmt.Errorf("find squares to be ticked: %w", err)
	}
	scale := measure.DPI / page.DPI
	for i, c := range found {
		found[i].X, found[i].W = span(c.X, c.X+c.W, scale, page.Width)
		found[i].Y, found[i].H = span(c.Y, c.Y+c.H, scale, page.Height)
	}
	return slices.DeleteFunc(found, func(c dossier.CheckBox) bool {
		return slices.ContainsFunc(words, func(w dossier.Word) bool {
			inside := c.X+c.W/2 > w.X && c.X+c.W/2 < w.X+w.W && c.Y+c.H/2 > w.Y && c.Y+c.H/2 < w.Y+w.H
			return inside && w.Confidence >= letterSure && (w.W > 2*c.W || isNumber(w.Text))
		})
	}), nil
}

// isNumber tells a letter or number in brackets, as lists have it: "(2)", but not "(x)".
func isNumber(word string) bool {
	inner := strings.Trim(word, "()[].,:;")
	return inner != word && inner != "" && !strings.ContainsAny(strings.ToLower(inner), "xv")
}

// letterSure is how well a word is read in which a square is a letter.
const letterSure = 0.8
