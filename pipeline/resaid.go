package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"sohoa/dossier"
)

// sideWords is what a rebuild makes of the answers about sides, beside what was
// decided about the same pages. The newest statement about a page counts: an empty
// side is one no more when the page was placed later, and a placement that has no
// version is not carried out when somebody said later that the page is empty.
type sideWords struct {
	// empty are the pages on which nothing is, as the newest statement has it.
	empty map[dossier.PageID]dossier.SideAnswer
	// newest is when somebody last said something of a page, and it was taken.
	newest map[dossier.PageID]time.Time
	// void are the answers that came to nothing.
	void map[answerID]bool
}

// answerID names an answer about a side.
type answerID struct {
	batch dossier.BatchID
	seq   int
}

// wordsOf compares what was said of sides with what was decided. Of answers about
// one page the last by number counts, against decisions the time.
func (r *rebuilder) wordsOf(ctx context.Context, kept, sides []keptDecision) (sideWords, error) {
	words := sideWords{empty: make(map[dossier.PageID]dossier.SideAnswer), newest: make(map[dossier.PageID]time.Time), void: make(map[answerID]bool)}
	last := make(map[dossier.PageID]dossier.SideAnswer)
	for _, one := range sides {
		said := *one.side
		if before := last[said.Page]; said.Seq > before.Seq {
			last[said.Page] = said
		}
		if said.Refused > 0 {
			words.void[answerID{said.Batch, said.Refused}] = true
		}
	}
	decided, err := r.decidedAt(ctx, kept, last)
	if err != nil {
		return words, err
	}
	for page, said := range last {
		switch {
		case said.Say == dossier.SideEmpty && decided[page].After(said.At):
			words.void[answerID{said.Batch, said.Seq}] = true
		case said.Say == dossier.SideEmpty:
			words.empty[page], words.newest[page] = said, said.At
		case said.Refused == 0: // else it only says that the page is placed
			words.newest[page] = said.At
		}
	}
	return words, nil
}

// decidedAt is when somebody last decided about the pages of which something was
// said.
func (r *rebuilder) decidedAt(ctx context.Context, kept []keptDecision, said map[dossier.PageID]dossier.SideAnswer) (map[dossier.PageID]time.Time, error) {
	decided := make(map[dossier.PageID]time.Time)
	if len(said) == 0 {
		return decided, nil
	}
	for _, one := range kept {
		pages := one.Pages()
		if one.Action == dossier.ActionUndo {
			freed, err := r.freed(ctx, one.Decision)
			if err != nil {
				return nil, err
			}
			pages = append(pages, freed...)
		}
		for _, page := range pages {
			if one.At.After(decided[page]) {
				decided[page] = one.At
			}
		}
	}
	return decided, nil
}

// freed are the pages that an undo took out of the papers of its dossier: they wait
// again from then on.
func (r *rebuilder) freed(ctx context.Context, undo dossier.Decision) (pages []dossier.PageID, err error) {
	draft := undo.Intent.Draft.Dossier
	var before dossier.Manifest
	if _, found, err := r.flow.getJSON(ctx, dossier.ManifestKey(draft.Unit, draft.ID, draft.Version-1), &before); err != nil || !found {
		return nil, err
	}
	for _, c := range before.Dossier.Components {
		for _, page := range c.Pages {
			if !slices.ContainsFunc(draft.Components, func(left dossier.Component) bool { return left.Has(page.ID) }) {
				pages = append(pages, page.ID)
			}
		}
	}
	return pages, nil
}

// standsBeside tells whether a rebuild may carry out a decision, or an answer about
// a side, beside everything else that was said of its pages.
func (r *rebuilder) standsBeside(ctx context.Context, one keptDecision, words sideWords) (bool, error) {
	if one.side != nil {
		return !words.void[answerID{one.side.Batch, one.side.Seq}], nil
	}
	if revived, err := r.revived(ctx, one.Decision); err != nil || !revived {
		return false, err
	}
	if !slices.ContainsFunc(one.Pages(), func(page dossier.PageID) bool { return words.newest[page].After(one.At) }) {
		return true, nil
	}
	// Something was said later: it was carried out before, or never.
	draft := one.Intent.Draft
	var m dossier.Manifest
	_, found, err := r.flow.getJSON(ctx, dossier.ManifestKey(draft.Dossier.Unit, draft.Dossier.ID, draft.Dossier.Version), &m)
	return found && m.Decision == draft.Decision, err
}

// emptySides notes which pages are empty, for the splitting of their batches. One
// that the newest version of its dossier lists as waiting does wait: a power cut
// kept that answer from becoming a version.
func (r *rebuilder) emptySides(ctx context.Context, words sideWords) error {
	for _, page := range slices.Sorted(maps.Keys(words.empty)) {
		said := words.empty[page]
		if said.Dossier != "" {
			latest, _, err := r.flow.Ledger.Latest(ctx, said.Dossier)
			if err != nil {
				return err
			}
			if slices.Contains(latest.Dossier.Pending, page) {
				continue
			}
		}
		if err := r.ledger.RestoreEmpty(ctx, r.flow.restoring(), said); err != nil {
			return err
		}
	}
	return nil
}

// keptSides are the answers about sides whose versions a rebuild may have to
// record again.
func (r *rebuilder) keptSides(ctx context.Context) (all []keptDecision, err error) {
	for ref, err := range r.objects.List(ctx, dossier.SidePrefix(r.flow.Unit.ID)) {
		if err != nil {
			return nil, err
		}
		var said dossier.SideAnswer
		object, err := r.load(ctx, ref.Key, &said)
		if err != nil {
			return nil, fmt.Errorf("answer about a side: %w", err)
		}
		object.Role = "side"
		r.found.Decisions++
		kept := keptDecision{Decision: dossier.Decision{Seq: said.Seq, At: said.At}, side: &said, object: object}
		if said.Intent != nil {
			kept.Intent = *said.Intent
		}
		all = append(all, kept)
	}
	return all, nil
}
