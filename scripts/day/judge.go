package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
	"sohoa/pipeline/extract"
	"sohoa/pipeline/split"
)

// counts are what the report says.
type counts struct {
	dossiers, right, lost, lostTold    int
	images, misfiled, waiting, foreign int
	unnamed                            int // placed in a dossier whose code a person has to give
	reasons                            map[dossier.Reason]int
	took                               time.Duration
}

// made is what the product makes of a stack.
type made struct {
	plan    split.Plan
	papers  [][]dossier.Component // of each group
	missing [][]string
}

// make does with a stack what the flow does with a batch.
func (d *day) make(s *stack) made {
	sheets := make([]split.Sheet, len(s.images))
	readings := map[dossier.PageID]dossier.Reading{}
	for i, one := range s.images {
		id := page(i)
		readings[id] = one.reading
		sheets[i] = split.Sheet{Page: id, Image: dossier.ImageID(id), Input: one.input, Reading: one.reading, Guess: classify.Classify(d.cat, one.reading)}
	}
	m := made{plan: split.Split(d.cat, sheets)}
	for _, group := range m.plan.Groups {
		var papers []dossier.Component
		for _, c := range group.Components {
			kind, _ := d.cat.Kind(c.Kind)
			var pages []dossier.Reading
			for _, id := range c.Pages {
				pages = append(pages, readings[id])
			}
			papers = append(papers, dossier.Component{Kind: c.Kind, Role: c.Role, Fields: extract.Fields(kind, pages, c.Pages)})
		}
		asked, _ := d.cat.Procedure(extract.Procedure(d.cat, papers))
		m.papers = append(m.papers, papers)
		m.missing = append(m.missing, asked.Missing(dossier.Dossier{Components: papers}))
	}
	return m
}

func page(i int) dossier.PageID { return dossier.PageID(fmt.Sprintf("%05d", i)) }

// verdict is what became of one image.
type verdict int

// The verdicts, from good to bad.
const (
	right verdict = iota
	waits
	misfiled
)

// judge compares what was made with the truth.
func (d *day) judge(s *stack, m made) {
	if d.count.reasons == nil {
		d.count.reasons = map[dossier.Reason]int{}
	}
	verdicts := d.verdicts(s, m)
	for i := range s.files {
		d.judgeDossier(s, m, &s.files[i], verdicts)
	}
	for i, v := range verdicts {
		d.count.images++
		one := s.images[i]
		switch {
		case v == misfiled:
			d.count.misfiled++
			d.tell("%s paper %d, a %s: misfiled", one.of.code, one.paper, one.kind)
		case v == waits && one.kind == dossier.KindOther:
			d.count.foreign++
		case v == waits:
			d.count.waiting++
			d.tell("%s paper %d, a %s: waits, %v", one.of.code, one.paper, one.kind, looks(classify.Classify(d.cat, one.reading)))
		}
	}
}

// verdicts looks at every place of the plan.
func (d *day) verdicts(s *stack, m made) []verdict {
	all := make([]verdict, len(s.images))
	at := map[dossier.PageID]int{}
	for i := range s.images {
		at[page(i)] = i
		all[i] = misfiled // until it is found where it belongs
	}
	for _, id := range m.plan.Separators {
		all[at[id]] = judged(s.images[at[id]].kind == dossier.KindSeparator)
	}
	for _, id := range m.plan.Blanks {
		all[at[id]] = judged(s.images[at[id]].kind == dossier.KindBlank)
	}
	for _, x := range m.plan.Parked {
		all[at[x.Page]] = waits
		d.count.reasons[x.Reason]++
	}
	for g, group := range m.plan.Groups {
		for c, component := range group.Components {
			for _, id := range component.Pages {
				all[at[id]] = d.placed(s, m, [2]int{g, c}, s.images[at[id]])
			}
		}
	}
	return all
}

func judged(ok bool) verdict {
	if ok {
		return right
	}
	return misfiled
}

// placed judges an image in a component: its own paper and no other, of the
// right kind, in the right dossier. A dossier without a code waits for a person
// to name it, and must be of one dossier only.
func (d *day) placed(s *stack, m made, place [2]int, one image) verdict {
	group := m.plan.Groups[place[0]]
	component := group.Components[place[1]]
	if component.Kind != one.kind {
		return misfiled
	}
	for _, id := range component.Pages {
		if other := s.images[index(id)]; other.of != one.of || other.paper != one.paper {
			return misfiled
		}
	}
	switch {
	case group.Code != nil:
		return judged(*group.Code == one.of.code)
	case !d.ofOne(s, group):
		return misfiled
	}
	d.count.unnamed++
	d.tell("%s is without a code, opened by %s", one.of.code, group.Opener)
	return waits
}

func (d *day) ofOne(s *stack, group split.Group) bool {
	var of *file
	for _, c := range group.Components {
		for _, id := range c.Pages {
			if other := s.images[index(id)].of; of != nil && of != other {
				return false
			}
			of = s.images[index(id)].of
		}
	}
	return true
}

func index(id dossier.PageID) (i int) {
	_, _ = fmt.Sscanf(string(id), "%d", &i)
	return i
}

// judgeDossier wants every image right, foreign ones waiting, every paper in one
// component, and the right papers called missing. A dossier of which the feeder
// swallowed a sheet is right when it is held for that.
func (d *day) judgeDossier(s *stack, m made, f *file, verdicts []verdict) {
	d.count.dossiers++
	held := slices.ContainsFunc(m.plan.Parked, func(x split.Parked) bool {
		return x.Reason == dossier.ReasonSheetCount && s.images[index(x.Page)].of == f
	})
	ok := true
	for i, one := range s.images {
		ok = ok && (one.of != f || verdicts[i] == right || verdicts[i] == waits && one.mustWait())
	}
	switch {
	case f.lost:
		d.count.lost++
		if held {
			d.count.lostTold++
		}
		ok = held
	case ok:
		ok = d.judgePapers(m, f)
	}
	if ok {
		d.count.right++
	} else {
		d.tell("%s %v lost %t held %t slipless %t: not right", f.code, f.kinds, f.lost, held, f.slipless)
	}
}

// mustWait tells whether nobody but a person can say what the image is: a paper
// of no known kind, a separator whose code is gone.
func (i image) mustWait() bool {
	return i.kind == dossier.KindOther || i.kind == dossier.KindSeparator && len(i.reading.Codes) == 0
}

// judgePapers compares the papers of a dossier, and what it lacks.
func (d *day) judgePapers(m made, f *file) bool {
	g := slices.IndexFunc(m.plan.Groups, func(g split.Group) bool { return g.Code != nil && *g.Code == f.code })
	if g < 0 {
		return len(f.kinds) == 0
	}
	var kinds []string
	truth := dossier.Dossier{}
	for _, c := range m.papers[g] {
		kinds = append(kinds, c.Kind)
	}
	for _, k := range f.kinds {
		truth.Components = append(truth.Components, dossier.Component{Kind: k})
	}
	asked, _ := d.cat.Procedure(f.procedure)
	missing := asked.Missing(truth)
	if !slices.Equal(kinds, f.kinds) || !slices.Equal(missing, m.missing[g]) {
		d.tell("%s: papers %v, are %v; lacks %v, truly %v", f.code, kinds, f.kinds, m.missing[g], missing)
		return false
	}
	return true
}

func (d *day) tell(format string, args ...any) {
	if d.mistakes > 0 {
		d.mistakes--
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

// report is what BENCHMARKS.md says.
func (d *day) report() string {
	c := d.count
	var b strings.Builder
	fmt.Fprintf(&b, "%d dossiers, %d images, noise %.1f times as measured, seed %d.\n\n| | | aim |\n|---|---|---|\n", c.dossiers, c.images, d.strength, d.seed)
	row := func(name string, n, of int, aim string) {
		fmt.Fprintf(&b, "| %s | %.2f %% (%d of %d) | %s |\n", name, 100*float64(n)/float64(max(of, 1)), n, of, aim)
	}
	row("dossiers fully right: every page, every paper, what is missing", c.right, c.dossiers, "≥ 98 %")
	row("pages misfiled in silence", c.misfiled, c.images, "0")
	row("images that wait for a person", c.waiting+c.foreign, c.images, "≤ 5 %")
	row("of them papers of kinds that nobody knows", c.foreign, c.images, "")
	row("swallowed sheets that were noticed", c.lostTold, c.lost, "all")
	fmt.Fprintf(&b, "| CPU an image, classify, split, extract and check | %.2f ms | ≤ 15 ms |\n\n", float64(c.took.Microseconds())/1000/float64(max(c.images, 1)))
	fmt.Fprintf(&b, "Why they wait:")
	var reasons []dossier.Reason
	for r := range c.reasons {
		reasons = append(reasons, r)
	}
	slices.Sort(reasons)
	for _, r := range reasons {
		fmt.Fprintf(&b, " %s %d;", r, c.reasons[r])
	}
	fmt.Fprintf(&b, " dossier without a code %d.\n", c.unnamed)
	return b.String()
}

// looks is what a page was taken for, and why.
func looks(g classify.Guess) string {
	return fmt.Sprintf("%v %q, number %d", g, g.Reasons, g.PageNumber)
}
