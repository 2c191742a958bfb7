package pipeline

import (
	"context"
	"slices"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
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
		if namesOriginal(base.Dossier, said) {
			return ErrOriginal
		}
		intent, err := f.arranged(ctx, base, actor, arrangement{papers: said, touched: f.touched(base.Dossier, said), reason: "pages arranged by a person"})
		if err != nil {
			return err
		}
		return f.decide(ctx, ledger, dossier.Decision{
			Action: dossier.ActionArrange, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Arrangement: said, Intent: intent,
		})
	})
}

// arrangement is what a person says about papers, with those papers as their
// pages are to be taken from them.
type arrangement struct {
	papers  []dossier.Arranged
	touched []dossier.Component
	reason  string // of the version
}

// arranged drafts the version after base in which papers have the pages that a
// person gives them. A paper that is new stands behind the one that had its
// first page.
func (f *Flow) arranged(ctx context.Context, base dossier.Manifest, actor dossier.Actor, a arrangement) (dossier.Intent, error) {
	said, touched := a.papers, a.touched
	if !samePages(touched, said) {
		return dossier.Intent{}, ErrChanged
	}
	intent := f.nextIntent(base, actor, a.reason)
	d := &intent.Draft.Dossier
	for _, s := range said {
		if s.Component != "" && len(s.Pages) == 0 {
			continue
		}
		paper, err := f.arrangedPaper(ctx, touched, s, intent)
		if err != nil {
			return dossier.Intent{}, err
		}
		if paper.Kind != componentOf(base.Dossier, s.Component).Kind {
			paper = f.unlessPresented(d.Procedure, paper)
		}
		if at := indexOf(d.Components, s.Component); at >= 0 {
			d.Components[at] = paper
		} else {
			had := componentWith(touched, s.Pages[0])
			d.Components = slices.Insert(d.Components, indexOf(d.Components, had.ID)+1, paper)
		}
		intent.New = append(intent.New, paper.ID)
	}
	d.Components = slices.DeleteFunc(d.Components, func(c dossier.Component) bool {
		return slices.ContainsFunc(said, func(s dossier.Arranged) bool { return s.Component == c.ID && len(s.Pages) == 0 })
	})
	f.settle(d)
	return intent, nil
}

// indexOf is the place of a paper; -1 when it is not there.
func indexOf(papers []dossier.Component, id dossier.ComponentID) int {
	return slices.IndexFunc(papers, func(c dossier.Component) bool { return c.ID == id })
}

// componentWith is the paper that has a page; an empty one when none does.
func componentWith(papers []dossier.Component, page dossier.PageID) dossier.Component {
	for _, c := range papers {
		if slices.ContainsFunc(c.Pages, func(p dossier.Page) bool { return p.ID == page }) {
			return c
		}
	}
	return dossier.Component{}
}

// namesOriginal tells whether an arrangement names an electronic original.
func namesOriginal(d dossier.Dossier, said []dossier.Arranged) bool {
	return slices.ContainsFunc(said, func(s dossier.Arranged) bool {
		return s.Component != "" && componentOf(d, s.Component).State == dossier.ComponentFiled
	})
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
func (f *Flow) arrangedPaper(ctx context.Context, touched []dossier.Component, said dossier.Arranged, intent dossier.Intent) (dossier.Component, error) {
	paper := componentOf(dossier.Dossier{Components: touched}, said.Component)
	if said.Component == "" {
		paper = dossier.Component{ID: dossier.ComponentID(dossier.NewID()), Origin: dossier.OriginScan}
	}
	before := componentOf(intent.Draft.Dossier, said.Component).Pages
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
	paper.Replaced = dossier.ReplacedOn(touched, paper.Pages)
	begins := len(before) > 0 && before[0] == paper.Pages[0]
	paper, err := f.named(ctx, paper, said.Kind, begins)
	if err != nil {
		return paper, err
	}
	kind, _ := f.Kinds.Kind(paper.Kind)
	if kind.IsRegister() {
		paper.Entries = dossier.EntriesOn(touched, paper.Pages)
	}
	paper.Fields, err = f.readFields(ctx, kind, paper, confirmed)
	return f.newVersion(paper, intent), err
}

// byPerson are the reasons of a kind that a person gave.
func byPerson(reasons []string) bool {
	return slices.Contains(reasons, namedByPerson) || slices.Contains(reasons, placedByPerson)
}

// The reasons for a kind that a person gave.
const (
	namedByPerson  = "named by a person"
	placedByPerson = "placed by a person"
)

// named gives an arranged paper its kind: the one that is said, the one it has
// while it begins as it did, or what its pages look like.
func (f *Flow) named(ctx context.Context, paper dossier.Component, said string, begins bool) (dossier.Component, error) {
	switch {
	case said != "" && said != paper.Kind:
		kind, ok := f.Kinds.Kind(said)
		if !ok || kind.ID == dossier.KindSeparator || kind.ID == dossier.KindBlank {
			return paper, ErrNoSuchKind
		}
		paper.Kind, paper.KindConfidence, paper.Role, paper.Reasons = kind.ID, 1, kind.Role, []string{namedByPerson}
		return paper, nil
	case paper.Kind != "" && (said != "" || begins || byPerson(paper.Reasons)):
		return paper, nil
	}
	guess, err := f.guessPaper(ctx, paper)
	if err != nil {
		return paper, err
	}
	return namedAs(paper, guess), nil
}

// guessPaper is what the pages of a paper look like, by the first of them that is
// sure; "other" when none is.
func (f *Flow) guessPaper(ctx context.Context, paper dossier.Component) (classify.Guess, error) {
	unsure := classify.Guess{Kind: dossier.KindOther, Role: dossier.RoleComponent, Reasons: []string{}}
	for _, page := range paper.Pages {
		reading, err := f.readingOf(ctx, page)
		if err != nil {
			return unsure, err
		}
		g := f.guess(reading)
		kind, ok := f.Kinds.Kind(g.Kind)
		of := !slices.Contains([]string{dossier.KindOther, dossier.KindBlank, dossier.KindSeparator}, g.Kind)
		if ok && of && g.Confidence >= kind.Gate {
			return g, nil
		}
	}
	return unsure, nil
}
