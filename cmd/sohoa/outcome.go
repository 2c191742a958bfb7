package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"sohoa/dossier"
)

// outcome is what `process --json` prints. Its form is stable.
type outcome struct {
	Batch      dossier.BatchID `json:"batch"`
	Dossiers   []touched       `json:"dossiers"`
	Parked     []waiting       `json:"parked"`
	Rejected   []waiting       `json:"rejected"`
	Separators []position      `json:"separators"`
	Blanks     []position      `json:"blanks"`
	Known      []known         `json:"known"`
	Account    dossier.Account `json:"account"`

	miscounts map[dossier.DossierID]dossier.Miscount
}

// touched is a dossier these files belong to, with the kinds it still lacks.
type touched struct {
	dossier.Dossier
	Missing []string `json:"missing"`
}

// waiting is a page or file that waits for a person, and why.
type waiting struct {
	File   string         `json:"file"`
	Page   int            `json:"page,omitempty"`
	Reason dossier.Reason `json:"reason"`
	Text   string         `json:"text"`
	TextEn string         `json:"text_en"`
}

type position struct {
	File string `json:"file"`
	Page int    `json:"page"`
}

type known struct {
	File  string          `json:"file"`
	Batch dossier.BatchID `json:"batch"`
}

func newWaiting(file string, page int, reason dossier.Reason) waiting {
	return waiting{File: file, Page: page, Reason: reason, Text: reason.Text("vi"), TextEn: reason.Text("en")}
}

// newOutcome is that of no files.
func newOutcome() outcome {
	return outcome{
		Dossiers: []touched{}, Parked: []waiting{}, Rejected: []waiting{}, Separators: []position{}, Blanks: []position{}, Known: []known{},
		miscounts: map[dossier.DossierID]dossier.Miscount{},
	}
}

// outcome gathers where every file of the batch went. A known file is followed
// to where its bytes went the first time.
func (a *archive) outcome(ctx context.Context, batch dossier.Batch) (outcome, error) {
	o := newOutcome()
	o.Batch = batch.ID
	var err error
	if o.Account, err = a.catalog.Account(ctx, batch.ID); err != nil {
		return o, err
	}
	if err := o.Account.Balance(); err != nil {
		return o, &exitError{code: exitIntegrity, err: err, hint: "Run `sohoa verify`."}
	}
	miscounts, err := a.catalog.Miscounts(ctx, batch.ID)
	if err != nil {
		return o, err
	}
	for _, m := range miscounts {
		o.miscounts[m.Dossier] = m
	}
	files, err := a.catalog.Files(ctx, batch.ID)
	if err != nil {
		return o, err
	}
	seen := make(map[dossier.DossierID]bool)
	for _, file := range files {
		if err := a.addFile(ctx, &o, seen, file); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (a *archive) addFile(ctx context.Context, o *outcome, seen map[dossier.DossierID]bool, file dossier.TakenFile) error {
	name := file.Name
	if file.State == dossier.PageDuplicate {
		o.Known = append(o.Known, known{File: name, Batch: file.Of})
		first, err := a.catalog.FileByDigest(ctx, file.Unit, file.SHA256)
		if err != nil {
			return err
		}
		file = first
	}
	if file.State == dossier.PageRejected {
		o.Rejected = append(o.Rejected, newWaiting(name, 0, file.Reason))
		return nil
	}
	pages, err := a.catalog.PagesOf(ctx, file.FileRef)
	if err != nil {
		return err
	}
	for _, page := range pages {
		image, _, err := page.ID.Split()
		if err != nil {
			return err
		}
		_, index, err := image.Split()
		if err != nil {
			return err
		}
		o.addPage(name, index, page)
		if err := a.touch(ctx, o, seen, page.Dossier); err != nil {
			return err
		}
	}
	return nil
}

func (o *outcome) addPage(name string, index int, page dossier.PlacedPage) {
	switch page.State {
	case dossier.PageParked:
		w := newWaiting(name, index, page.Reason)
		if m, ok := o.miscounts[page.Dossier]; ok && (page.Reason == dossier.ReasonSheetCount || page.Reason == dossier.ReasonBacks) {
			w.Text, w.TextEn = m.Text("vi"), m.Text("en")
		}
		o.Parked = append(o.Parked, w)
	case dossier.PageSeparator:
		o.Separators = append(o.Separators, position{File: name, Page: index})
	case dossier.PageBlank:
		o.Blanks = append(o.Blanks, position{File: name, Page: index})
	default: // placed pages are named by their dossiers
	}
}

// touch adds a dossier once.
func (a *archive) touch(ctx context.Context, o *outcome, seen map[dossier.DossierID]bool, id dossier.DossierID) error {
	if id == "" || seen[id] {
		return nil
	}
	seen[id] = true
	m, err := a.catalog.Dossier(ctx, dossier.Whole(a.unit().ID), string(id))
	if err != nil {
		return err
	}
	asked, _ := a.kinds.Procedure(m.Dossier.Procedure) // none known: nothing is missing
	o.Dossiers = append(o.Dossiers, touched{Dossier: m.Dossier, Missing: asked.Missing(m.Dossier)})
	return nil
}

// print writes the outcome and gives the error that carries the exit code.
func (o outcome) print(con console, asJSON bool) error {
	var err error
	if asJSON {
		err = printJSON(con.out, o)
	} else {
		_, err = io.WriteString(con.out, o.text())
	}
	if err != nil {
		return err
	}
	if len(o.Parked)+len(o.Rejected) > 0 {
		return errParked
	}
	return nil
}

// text is the outcome for people: dossiers, what waits and why, the account.
func (o outcome) text() string {
	var b strings.Builder
	for _, d := range o.Dossiers {
		writeDossier(&b, d.Dossier)
	}
	writeKnown(&b, o.Known)
	writeWaiting(&b, "parked  ", o.Parked)
	writeWaiting(&b, "rejected", o.Rejected)
	b.WriteString(accountLine(o.Account))
	return b.String()
}

// writeKnown names files that were taken in before: each of a few, the number
// of many.
func writeKnown(b *strings.Builder, all []known) {
	if len(all) > 5 {
		fmt.Fprintf(b, "known     %d file(s) were taken in before and are not read again\n", len(all))
		return
	}
	for _, k := range all {
		fmt.Fprintf(b, "known     %s: the same file was taken in before\n", k.File)
	}
}

// writeWaiting names what waits, once for each sentence: a clerk reads it once
// and then the list.
func writeWaiting(b *strings.Builder, word string, all []waiting) {
	var sentences []waiting
	of := make(map[string][]waiting)
	for _, w := range all {
		if len(of[w.Text]) == 0 {
			sentences = append(sentences, w)
		}
		of[w.Text] = append(of[w.Text], w)
	}
	for _, s := range sentences {
		fmt.Fprintf(b, "%s  %s: %s\n          %s\n", word, s.Reason, s.Text, s.TextEn)
		for _, w := range of[s.Text] {
			fmt.Fprintf(b, "    %s\n", describe(w.File, w.Page))
		}
	}
}

// writeDossier is a dossier in a few lines.
func writeDossier(b *strings.Builder, d dossier.Dossier) {
	code := "(no code yet)"
	if d.Code != nil {
		code = *d.Code
	}
	fmt.Fprintf(b, "dossier   %s  %s  v%d, %s\n", code, d.ID, d.Version, d.State)
	for _, component := range d.Components {
		fmt.Fprintf(b, "  %-34s %d page(s), %s\n", component.Kind, len(component.Pages), component.State)
	}
	if n := len(d.Pending); n > 0 {
		fmt.Fprintf(b, "  %d page(s) wait for a person\n", n)
	}
}

// accountLine is the sheet account as a sum.
func accountLine(a dossier.Account) string {
	parts := []string{}
	for _, class := range []struct {
		n    int
		word string
	}{
		{a.Placed, "placed"}, {a.Separator, "separator"}, {a.Blank, "blank"}, {a.Parked, "parked"}, {a.Duplicate, "known"},
		{a.Superseded, "superseded"}, {a.NotKept, "not kept"}, {a.Rejected, "rejected"},
	} {
		if class.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", class.n, class.word))
		}
	}
	return fmt.Sprintf("account   %d image(s) = %s\n", a.Images, strings.Join(parts, " + "))
}

// printJSON writes one JSON value for people and programs.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
