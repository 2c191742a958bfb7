package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sohoa/dossier"
	"sohoa/dossier/places"
	"sohoa/storage/search"
)

// searchCmd finds published pages.
type searchCmd struct {
	Query []string `arg:"" help:"Words, with or without tones; \"…\" for a phrase, … * for a beginning."`
	Kind  string   `help:"Only papers of this kind." placeholder:"KIND"`
	Code  string   `help:"Only the dossier with this code." placeholder:"CODE"`
	Limit int      `help:"How many hits to print." default:"20"`
}

// hits is what `search --json` prints. Its form is stable.
type hits struct {
	Total int   `json:"total"`
	Hits  []hit `json:"hits"`
	// Others are other names of places that were looked for, too.
	Others []string `json:"others,omitempty"`
}

type hit struct {
	Dossier   dossier.DossierID        `json:"dossier"`
	Code      *string                  `json:"code"`
	Component dossier.ComponentID      `json:"component"`
	Kind      string                   `json:"kind"`
	Page      dossier.PageID           `json:"page"`
	Snippet   string                   `json:"snippet"`
	Fields    map[string]dossier.Field `json:"fields"`
	PDF       string                   `json:"pdf"`
}

// Run searches and prints.
func (s searchCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	words := strings.Join(s.Query, " ")
	found, err := a.index.Search(ctx, a.databases.Read, search.Query{
		Unit: a.unit().ID, Text: words, Kind: s.Kind, Code: s.Code, Limit: s.Limit, Others: places.New(a.kinds.Places()).Synonyms(),
	})
	if err != nil {
		return err
	}
	if err := a.viewed(ctx, dossier.Deed{
		Action: dossier.ActionSearch, Subject: string(a.unit().ID), Words: words, Payload: map[string]any{"hits": found.Total},
	}); err != nil {
		return err
	}
	result, err := a.hits(ctx, found)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, result)
	}
	_, err = fmt.Fprint(con.out, result.text())
	return err
}

// hits gives what was found in its stable form. Fields come from the manifest
// with all that is known of them; the index holds their values only.
func (a *archive) hits(ctx context.Context, found search.Result) (hits, error) {
	result := hits{Total: found.Total, Hits: make([]hit, len(found.Hits)), Others: found.Others}
	manifests := make(map[dossier.DossierID]dossier.Manifest)
	for i, h := range found.Hits {
		m, ok := manifests[h.Dossier]
		if !ok {
			var err error
			if m, err = a.catalog.Dossier(ctx, dossier.Whole(a.unit().ID), string(h.Dossier)); err != nil {
				return result, err
			}
			manifests[h.Dossier] = m
		}
		result.Hits[i] = newHit(h, m.Dossier)
	}
	return result, nil
}

func newHit(h search.Hit, d dossier.Dossier) hit {
	result := hit{
		Dossier: h.Dossier, Component: h.Component, Kind: h.Kind, Page: h.Page,
		Snippet: h.Snippet, Fields: map[string]dossier.Field{}, PDF: h.PDF,
	}
	for _, component := range d.Components {
		if component.ID == h.Component {
			result.Fields = component.Fields
		}
	}
	if h.Code != "" {
		result.Code = &h.Code
	}
	return result
}

func (h hits) text() string {
	if h.Total == 0 {
		return "nothing found; try fewer words, or leave the tones out\n"
	}
	var b strings.Builder
	if len(h.Others) > 0 {
		fmt.Fprintf(&b, "also looked for, by other names of the place: %s\n", strings.Join(h.Others, ", "))
	}
	for _, one := range h.Hits {
		name := string(one.Dossier)
		if one.Code != nil {
			name = *one.Code
		}
		fmt.Fprintf(&b, "%s  %s\n  %s\n", name, one.Kind, strings.ReplaceAll(one.Snippet, "\n", "\n  "))
	}
	fmt.Fprintf(&b, "%d page(s) found", h.Total)
	if h.Total > len(h.Hits) {
		fmt.Fprintf(&b, ", %d shown; --limit shows more", len(h.Hits))
	}
	b.WriteString("\n")
	return b.String()
}
