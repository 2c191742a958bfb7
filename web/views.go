package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"sohoa/dossier"
)

// Views is the log, as far as those who only look come into it.
type Views interface {
	// Viewed returns when it is durable that somebody looked. Looking at the
	// same thing again within a minute is the same view.
	Viewed(ctx context.Context, act dossier.Act, views ...dossier.Deed) error
}

// viewed records what the answer to a request is going to show. A handler calls
// it before its first byte; what can't be recorded is not shown.
func (s *site) viewed(r *http.Request, views ...dossier.Deed) error {
	if len(views) == 0 {
		return nil
	}
	if err := s.Views.Viewed(r.Context(), dossier.Act{Actor: s.actor(r), At: s.Now()}, views...); err != nil {
		return fmt.Errorf("%w: %w", ErrNotLogged, err)
	}
	return nil
}

func viewOfPage(page dossier.PageID) dossier.Deed {
	return dossier.Deed{Action: dossier.ActionPageView, Subject: string(page)}
}

func viewOfBatch(batch dossier.BatchID) dossier.Deed {
	return dossier.Deed{Action: dossier.ActionBatchView, Subject: string(batch)}
}

// viewOfDossier is a dossier with the page of it that is shown.
func viewOfDossier(body dossierBody) []dossier.Deed {
	views := []dossier.Deed{{Action: dossier.ActionDossierView, Subject: string(body.Dossier.ID)}}
	if body.Sheet != nil {
		views = append(views, viewOfPage(body.Sheet.ID))
	}
	return views
}

// viewOfLive is the intake page: the batches of which it shows pages, and the
// dossier that is being filled.
func viewOfLive(now live) []dossier.Deed {
	var views []dossier.Deed
	var batches []dossier.BatchID
	for _, thumb := range now.Strip {
		if !slices.Contains(batches, thumb.Batch) {
			batches = append(batches, thumb.Batch)
			views = append(views, viewOfBatch(thumb.Batch))
		}
	}
	if now.Filling != nil {
		views = append(views, dossier.Deed{Action: dossier.ActionDossierView, Subject: string(now.Filling.Dossier.ID)})
	}
	return views
}

// viewOfSearch is a search with what it found on this page of the hits.
func (s *site) viewOfSearch(words string, from, total int) dossier.Deed {
	return dossier.Deed{
		Action: dossier.ActionSearch, Subject: string(s.Unit.ID), Words: words, Payload: map[string]any{"from": from, "hits": total},
	}
}

// viewOfList is a part of a list of the unit.
func (s *site) viewOfList(action, words string, from, shown int) dossier.Deed {
	return dossier.Deed{Action: action, Subject: string(s.Unit.ID), Words: words, Payload: map[string]any{"from": from, "shown": shown}}
}
