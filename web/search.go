package web

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"sohoa/dossier"
)

// searchLength is how many hits a page shows.
const searchLength = 20

type searchBody struct {
	Query string
	Kind  string
	Kinds []dossier.Kind
	Total int
	Hits  []hitLine
	Pager pager
	// Others are names of places that were looked for, too.
	Others []string
}

// hitLine is a hit with what its line on the screen needs.
type hitLine struct {
	Hit
	Link    string
	Picture string
	Fields  []foundField
}

type foundField struct{ ID, Value string }

// search finds pages. The whole query stands in the address, so that it can be
// kept and sent; logs carry the route's pattern only.
func (s *site) search(w http.ResponseWriter, r *http.Request) error {
	body, err := s.find(r, searchLength)
	if err != nil {
		return err
	}
	return s.page(w, r, "search", "search", body)
}

func (s *site) find(r *http.Request, limit int) (searchBody, error) {
	q := r.URL.Query()
	body := searchBody{Query: short(q.Get("q")), Kind: q.Get("kind"), Kinds: paperKinds(s.Kinds)}
	if body.Query == "" {
		return body, nil
	}
	from := offset(q)
	found, err := s.Searcher.Search(r.Context(), Query{Scope: scopeOf(r.Context()), Text: body.Query, Kind: body.Kind, Offset: from, Limit: limit})
	if err != nil {
		return searchBody{}, err
	}
	if err := s.viewed(r, s.viewOfSearch(body.Query, from, found.Total)); err != nil {
		return searchBody{}, err
	}
	body.Others = found.Others
	body.Total, body.Pager = found.Total, newPager(r.URL, span{from, len(found.Hits), found.Total, limit})
	for _, hit := range found.Hits {
		hit = s.listed(r.Context(), hit)
		line := hitLine{Hit: hit, Link: pageLink(hit.Dossier, hit.Page, body.Query), Fields: foundFields(s.Kinds, hit)}
		at, err := s.Parked.Arrival(r.Context(), scopeOf(r.Context()), hit.Page)
		if err != nil {
			return searchBody{}, err
		}
		line.Picture = pictureURL(hit.Page, at.Reading, widthThumb)
		body.Hits = append(body.Hits, line)
	}
	return body, nil
}

// longNumber is what may be somebody's number: nine digits and more, also in
// groups.
var longNumber = regexp.MustCompile(`[0-9](?:[ .]?[0-9]){8,}`)

// listed is a hit as a list shows it: numbers of people are masked, and of
// papers of sensitive kinds nothing is said before somebody told why.
func (s *site) listed(ctx context.Context, hit Hit) Hit {
	if !s.mayLook(ctx, hit.Dossier, hit.Kind) {
		hit.Snippet, hit.Fields = "", nil
		return hit
	}
	hit.Snippet = longNumber.ReplaceAllStringFunc(hit.Snippet, mask)
	fields := make(map[string]string, len(hit.Fields))
	for id, value := range hit.Fields {
		fields[id] = s.masked(id, value)
	}
	hit.Fields = fields
	return hit
}

// foundFields are the few fields that tell papers apart, in the order of the
// kind.
func foundFields(kinds *dossier.Catalogue, hit Hit) []foundField {
	const enough = 4
	var fields []foundField
	kind, _ := kinds.Kind(hit.Kind)
	for _, id := range kind.Fields {
		if value := hit.Fields[id]; value != "" && len(fields) < enough {
			fields = append(fields, foundField{id, value})
		}
	}
	return fields
}

// paperKinds are the kinds a paper can have, for a person to choose from.
func paperKinds(kinds *dossier.Catalogue) []dossier.Kind {
	return slices.DeleteFunc(kinds.Kinds(), func(k dossier.Kind) bool {
		return k.ID == dossier.KindSeparator || k.ID == dossier.KindBlank
	})
}
