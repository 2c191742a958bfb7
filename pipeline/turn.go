package pipeline

import (
	"context"
	"slices"

	"sohoa/dossier"
)

// Turn turns a page of a published paper clockwise by quarter turns, as a person
// says. Its PDF shows the page as it was turned, with the words that were read
// before; what is read on it as it stands now is the next version ([Flow.Do]
// with [dossier.StepReadAgain]). It is durable when Turn returns.
func (f *Flow) Turn(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said dossier.Turned) error {
	if !slices.Contains([]int{90, 180, 270}, said.By) {
		return ErrChanged
	}
	return f.redrafted(func() error {
		base, err := f.ownDossier(ctx, id)
		if err != nil {
			return err
		}
		paper := componentWith(base.Dossier.Components, said.Page)
		if paper.ID == "" || paper.State == dossier.ComponentNotKept {
			return ErrChanged
		}
		if paper.State == dossier.ComponentFiled {
			return ErrOriginal
		}
		turned, err := f.turnedPaper(ctx, paper, said)
		if err != nil {
			return err
		}
		papers := []dossier.Arranged{{Component: paper.ID, Pages: pageIDs(paper)}}
		intent, err := f.arranged(ctx, base, actor, arrangement{papers: papers, touched: []dossier.Component{turned}, reason: "page turned by a person"})
		if err != nil {
			return err
		}
		return f.decide(ctx, ledger, dossier.Decision{
			Action: dossier.ActionTurn, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Arrangement: papers, Turned: &said, Intent: intent,
		})
	})
}

func pageIDs(c dossier.Component) []dossier.PageID { return idsOf(c.Pages) }

func idsOf(pages []dossier.Page) []dossier.PageID {
	ids := make([]dossier.PageID, len(pages))
	for i, p := range pages {
		ids[i] = p.ID
	}
	return ids
}

// turnedPaper is a paper with one page turned; what people have confirmed on the
// page is where it was.
func (f *Flow) turnedPaper(ctx context.Context, paper dossier.Component, said dossier.Turned) (dossier.Component, error) {
	i := slices.IndexFunc(paper.Pages, func(p dossier.Page) bool { return p.ID == said.Page })
	was, err := f.readingOf(ctx, paper.Pages[i])
	if err != nil {
		return paper, err
	}
	paper.Pages = slices.Clone(paper.Pages)
	paper.Pages[i] = paper.Pages[i].TurnedBy(said.By)
	fields := map[string]dossier.Field{}
	for id, field := range paper.Fields {
		if field.Page == said.Page {
			field = field.Turned(said.By, was.Width, was.Height)
		}
		fields[id] = field
	}
	paper.Fields = fields
	paper.Entries = slices.Clone(paper.Entries)
	for i, entry := range paper.Entries {
		paper.Entries[i] = entry.Turned(said.Page, said.By, was.Width, was.Height)
	}
	return paper, f.putTurned(ctx, paper.Pages[i])
}

// putTurned makes the reading of a turned page an object, unless it is one: the
// first reading of its image, with every page of it turned.
func (f *Flow) putTurned(ctx context.Context, page dossier.Page) error {
	image, _, err := page.ID.Split()
	if err != nil || page.ReadingOf() == 1 {
		return err
	}
	var kept dossier.ImageReading
	key := dossier.ReadingKey(f.Unit.ID, image, 1)
	if _, found, err := f.getJSON(ctx, key, &kept); err != nil || !found {
		return orMissing(err, "reading", key)
	}
	for i, first := range kept.Readings {
		kept.Readings[i] = first.Turned(page.Turn())
	}
	kept.At = f.Now().UTC()
	_, _, err = f.putJSON(ctx, dossier.ReadingKey(f.Unit.ID, image, page.ReadingOf()), kept)
	return err
}
