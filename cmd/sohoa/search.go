package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sohoa/dossier"
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
}

type hit struct {
	Dossier   dossier.DossierID   `json:"dossier"`
	Code      *string             `json:"code"`
	Component dossier.ComponentID `json:"component"`
	Kind      string              `json:"kind"`
	Page      dossier.PageID      `json:"page"`
	Snippet   string              `json:"snippet"`
	Fields    map[string]string   `json:"fields"`
	PDF       string              `json:"pdf"`
}

// Run searches and prints.
func (s searchCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	found, err := a.index.Search(ctx, a.databases.Read, search.Query{
		Unit: a.unit().ID, Text: strings.Join(s.Query, " "), Kind: s.Kind, Code: s.Code, Limit: s.Limit,
	})
	if err != nil {
		return err
	}
	result := hits{Total: found.Total, Hits: make([]hit, len(found.Hits))}
	for i, h := range found.Hits {
		result.Hits[i] = newHit(h)
	}
	if c.JSON {
		return printJSON(con.out, result)
	}
	_, err = fmt.Fprint(con.out, result.text())
	return err
}

func newHit(h search.Hit) hit {
	result := hit{
		Dossier: h.Dossier, Component: h.Component, Kind: h.Kind, Page: h.Page,
		Snippet: h.Snippet, Fields: h.Fields, PDF: h.PDF,
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
