package pipeline

import (
	"context"
	"slices"

	"sohoa/dossier"
)

// Arrange gives papers of a dossier their pages as a person says: one paper is
// split, two are merged, pages change their order or their paper. Every paper
// that gives or takes a page is named with all its pages, and together they
// have exactly the pages they had: no page can get lost or be in two papers. A
// paper that keeps no page is gone. It is durable when Arrange returns.
func (f *Flow) Arrange(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, said []dossier.Arranged) error {
	return f.redrafted(func() error {
		base, err := f.ownDossier(ctx, id)
		if err != nil {
			return err
		}
		intent, err := f.arranged(ctx, base, actor, said)
		if err != nil {
			return err
		}
		return f.decide(ctx, ledger, dossier.Decision{
			Action: dossier.ActionArrange, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Arrangement: said, Intent: intent,
		})
	})
}

// arranged drafts the version after base in which papers have the pages that a
// person gives them.
func (f *Flow) arranged(ctx context.Context, base dossier.Manifest, actor dossier.Actor, said []dossier.Arranged) (dossier.Intent, error) {
	touched := f.touched(base.Dossier, said)
	if !samePages(touched, said) {
		return dossier.Intent{}, ErrChanged
	}
	intent := f.nextIntent(base, actor, "pages arranged by a person")
	d := &intent.Draft.Dossier
	for _, s := range said {
		at := slices.IndexFunc(d.Components, func(c dossier.Component) bool { return c.ID == s.Component })
		if s.Component != "" && len(s.Pages) == 0 {
			d.Components = slices.Delete(d.Components, at, at+1)
			continue
		}
		paper, err := f.arrangedPaper(ctx, touched, s)
		if err != nil {
			return dossier.Intent{}, err
		}
		if paper.Kind != componentOf(base.Dossier, s.Component).Kind {
			paper = f.unlessPresented(d.Procedure, paper)
		}
		if at >= 0 {
			d.Components[at] = paper
		} else {
			d.Components = append(d.Components, paper)
		}
		intent.New = append(intent.New, paper.ID)
	}
	return intent, nil
}

// touched are the papers that an arrangement names. One that is not kept is none
// of them: it would be published with its pages. Neither is an electronic
// original: its file is one paper.
func (f *Flow) touched(d dossier.Dossier, said []dossier.Arranged) (papers []dossier.Component) {
	for _, c := range d.Components {
		if c.State != dossier.ComponentNotKept && c.State != dossier.ComponentFiled && slices.ContainsFunc(said, func(s dossier.Arranged) bool { return s.Component == c.ID }) {
			papers = append(papers, c)
		}
	}
	return papers
}

// samePages tells whether an arrangement has each page of the papers it names
// once, and no other, and names each paper once.
func samePages(papers []dossier.Component, said []dossier.Arranged) bool {
	var have, want []dossier.PageID
	named := 0
	for _, c := range papers {
		for _, p := range c.Pages {
			have = append(have, p.ID)
		}
	}
	for _, s := range said {
		want = append(want, s.Pages...)
		if s.Component != "" {
			named++
		} else if len(s.Pages) == 0 {
			return false
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	return named == len(papers) && len(have) > 0 && slices.Equal(have, want)
}

// arrangedPaper is one paper with its pages. Its fields are read anew; those
// that a person has confirmed go with the page on which they stand.
func (f *Flow) arrangedPaper(ctx context.Context, touched []dossier.Component, said dossier.Arranged) (dossier.Component, error) {
	kind, ok := f.Kinds.Kind(said.Kind)
	if !ok || kind.ID == dossier.KindSeparator || kind.ID == dossier.KindBlank {
		return dossier.Component{}, ErrNoSuchKind
	}
	paper := componentOf(dossier.Dossier{Components: touched}, said.Component)
	if said.Component == "" {
		paper = dossier.Component{ID: dossier.ComponentID(dossier.NewID()), Origin: dossier.OriginScan}
	}
	if paper.Kind != kind.ID {
		paper.Kind, paper.KindConfidence, paper.Role, paper.Reasons = kind.ID, 1, kind.Role, []string{"named by a person"}
	}
	confirmed := map[string]dossier.Field{}
	paper.Pages = nil
	for _, id := range said.Pages {
		for _, c := range touched {
			if i := slices.IndexFunc(c.Pages, func(p dossier.Page) bool { return p.ID == id }); i >= 0 {
				paper.Pages = append(paper.Pages, c.Pages[i])
			}
			for name, field := range c.Fields {
				if field.Status == dossier.FieldConfirmed && (field.Page == id || field.Page == "" && c.ID == paper.ID) {
					confirmed[name] = field
				}
			}
		}
	}
	if kind.IsRegister() {
		paper.Entries = dossier.EntriesOn(touched, paper.Pages)
	}
	var err error
	paper.Fields, err = f.readAgain(ctx, kind, paper, confirmed)
	return f.newVersion(paper), err
}
