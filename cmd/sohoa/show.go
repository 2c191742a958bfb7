package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/storage/catalog"
)

// showCmd shows one dossier.
type showCmd struct {
	Dossier string `arg:"" help:"Code or id of the dossier."`
}

// Run prints the newest published version.
func (s showCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	m, err := a.find(ctx, s.Dossier)
	if err != nil {
		return err
	}
	if err := a.viewed(ctx, dossier.Deed{Action: dossier.ActionDossierView, Subject: string(m.Dossier.ID)}); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, shownDossier{m.Dossier, a.metadata(m.Dossier)})
	}
	var b strings.Builder
	writeDossier(&b, m.Dossier)
	for _, component := range m.Dossier.Components {
		writeComponent(&b, component)
	}
	_, err = con.out.Write([]byte(b.String()))
	return err
}

// shownDossier is what `show --json` prints: the dossier as its manifest has it, and
// beside it each paper described as CV 7197 asks for.
type shownDossier struct {
	dossier.Dossier
	Metadata map[dossier.ComponentID]dossier.Metadata `json:"metadata"`
}

// metadata describes the papers that are kept.
func (a *archive) metadata(d dossier.Dossier) map[dossier.ComponentID]dossier.Metadata {
	all := map[dossier.ComponentID]dossier.Metadata{}
	for _, paper := range d.Components {
		if !paper.State.Gone() && paper.State != dossier.ComponentNotKept {
			all[paper.ID] = a.kinds.Metadata(d, paper)
		}
	}
	return all
}

// find is the newest manifest of a dossier named on the command line, by id or
// by code in any spelling the grammar allows.
func (a *archive) find(ctx context.Context, idOrCode string) (dossier.Manifest, error) {
	name := idOrCode
	if code, err := dossier.ParseCode(idOrCode); err == nil {
		name = code.String()
	}
	m, err := a.catalog.Dossier(ctx, dossier.Whole(a.unit().ID), name)
	if errors.Is(err, catalog.ErrNotFound) {
		return m, &exitError{code: exitOther, err: fmt.Errorf("no dossier is called %s", idOrCode), hint: "Find it with `sohoa search WORDS`."}
	}
	return m, err
}

// writeComponent is a paper with its reasons, fields and pages.
func writeComponent(b *strings.Builder, component dossier.Component) {
	fmt.Fprintf(b, "\n%s  %.2f  %s\n", component.Kind, component.KindConfidence, component.ID)
	for _, reason := range component.Reasons {
		fmt.Fprintf(b, "  because %s\n", reason)
	}
	names := make([]string, 0, len(component.Fields))
	for name := range component.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		field := component.Fields[name]
		fmt.Fprintf(b, "  %-16s %s  (%.2f, %s)\n", name, field.Value, field.Confidence, field.Status)
	}
	for _, page := range component.Pages {
		fmt.Fprintf(b, "  page  %s\n", describe(page.File, page.Index))
	}
	if component.PDF != "" {
		fmt.Fprintf(b, "  pdf   %s\n", component.PDF)
	}
}
