package web

import (
	"context"
	"net/http"
	"slices"

	"sohoa/dossier"
)

// decider tells whether the visitor may decide about papers of the unit.
func (s *site) decider(ctx context.Context) bool {
	return visitorOf(ctx).May(permPlace) && s.decides(ctx) == nil
}

// withoutNotKept are the papers of which pages are shown: one that was only
// presented is looked at on purpose, by whoever may decide about it.
func withoutNotKept(all []dossier.Component) (shown []dossier.Component) {
	for _, c := range all {
		if c.State != dossier.ComponentNotKept {
			shown = append(shown, c)
		}
	}
	return shown
}

// hidden tells whether a picture is not to be shown: that of a page which is not
// kept, but to whoever decides about it and asks for the page itself.
func (s *site) hidden(ctx context.Context, of PageOf, width int) bool {
	inLists := width == widthThumb || width == widthStrip
	return of.NotKept && (inLists || !s.decider(ctx))
}

// keepPaper carries out the buttons beside a paper: it is kept after all, or was
// only presented.
func (s *site) keepPaper(w http.ResponseWriter, r *http.Request) error {
	said := dossier.Keeping{Component: dossier.ComponentID(r.FormValue("paper")), Kind: r.FormValue("kind")}
	asked := KeepAsked{Keeping: said, Keep: r.FormValue("keep") != ""}
	return s.onDossier(w, r, func(id dossier.DossierID) error { return s.Placer.Keep(r.Context(), s.actor(r), id, asked) })
}

// keepable says which of the two buttons a paper has.
func (s *site) keepable(ctx context.Context, c dossier.Component) (keep, leave bool) {
	kind, ok := s.Kinds.Kind(c.Kind)
	if !ok || kind.Keep || !s.decider(ctx) {
		return false, false
	}
	states := []dossier.ComponentState{dossier.ComponentAwaitingSignature, dossier.ComponentSigned}
	return c.State == dossier.ComponentNotKept, slices.Contains(states, c.State)
}
