package web

import (
	"maps"
	"slices"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

// enteredPlaces are the regions of those entries of a page of a register that say
// all of what was searched for. What people wrote down stands in no word of the
// page, so that the words alone would lead to the page and no further.
func enteredPlaces(paper dossier.Component, page dossier.PageID, query string) (places []dossier.Box) {
	phrases := wantedPhrases(query)
	for _, e := range paper.Entries {
		if box, on := e.PlaceOn(page); on && e.State == dossier.EntryKeyed && len(phrases) > 0 && says(e, phrases) {
			places = append(places, box)
		}
	}
	return places
}

// says tells whether each of the phrases stands in the values of an entry.
func says(e dossier.RegisterEntry, phrases [][]wanted) bool {
	var tokens []token
	for _, id := range slices.Sorted(maps.Keys(e.Fields)) {
		for _, fold := range viet.Words(viet.Fold(e.Fields[id].Value)) {
			tokens = append(tokens, token{fold: fold})
		}
	}
	return !slices.ContainsFunc(phrases, func(phrase []wanted) bool { return !mark(make([]bool, 1), tokens, phrase, wanted.is) })
}
