package web

import (
	"context"
	"net/http"
	"slices"

	"sohoa/dossier"
)

// rescan is a page that waits and may be the better scan of one that lies on the
// table.
type rescan struct {
	dossier.Arrival
	Picture string
}

// rescansOffered is how many have a digit as their key.
const rescansOffered = 9

// rescans are the pages that wait: those of the dossier first, then the newest,
// for whoever scans a page again looks for it at once.
func (s *site) rescans(ctx context.Context, id dossier.DossierID) (offered []rescan, err error) {
	pages, _, err := s.Parked.Parked(ctx, dossier.ReviewFilter{Scope: scopeOf(ctx), Limit: reviewLength})
	slices.SortStableFunc(pages, func(a, b dossier.Arrival) int {
		switch here, there := a.Dossier == id, b.Dossier == id; {
		case here && !there:
			return -1
		case there && !here:
			return 1
		}
		return b.At.Compare(a.At)
	})
	for _, a := range pages[:min(len(pages), rescansOffered)] {
		offered = append(offered, rescan{Arrival: a, Picture: pictureURL(a.Page, a.Reading, widthThumb)})
	}
	return offered, err
}

// rescanned puts a page that waits into the place of the one that is looked at,
// or in front of it.
func (s *site) rescanned(r *http.Request, d dossier.Dossier, form deskForm) error {
	for _, c := range d.Components {
		n := slices.Index(pageIDs(c), form.Page)
		if n < 0 {
			continue
		}
		p := dossier.Placement{Pages: []dossier.PageID{form.With}, Dossier: d.ID, Component: c.ID}
		if form.Do == doReplace {
			p.Replaces = form.Page
		} else {
			p.Position = n + 1
		}
		_, err := s.Placer.Place(r.Context(), s.actor(r), p)
		return err
	}
	return ErrRefused
}
