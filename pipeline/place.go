package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/extract"
	"sohoa/pipeline/split"
)

// splitBatch decides where every page of a read batch belongs and records it:
// dossiers to publish as intents, everything else in its final class.
func (f *Flow) splitBatch(ctx context.Context, id dossier.BatchID) error {
	var batch dossier.Batch
	if _, found, err := f.getJSON(ctx, dossier.BatchKey(f.Unit.ID, id), &batch); err != nil || !found {
		return orMissing(err, "batch record", dossier.BatchKey(f.Unit.ID, id))
	}
	stack, err := f.stack(ctx, batch)
	if err != nil {
		return err
	}
	decided := stack.divide(f.Kinds)
	p := placer{flow: f, stack: stack, batch: batch}
	plan, err := p.plan(ctx, decided)
	if err != nil {
		return err
	}
	return f.Ledger.Place(ctx, f.act(), plan)
}

// stack is a read batch: its sheets in order, and what is known of each page.
type stack struct {
	// sheets are without their words, which are most of a reading: a batch may
	// have ten thousand pages.
	sheets []split.Sheet
	images map[dossier.PageID]dossier.ImageID
	// filed are the pages of files that were filed electronically, which nobody
	// has to divide: in order, with what was said of their files.
	filed []filedSheet
	// unpaired says why the sides of a batch that was fed twice do not fit
	// together; nil where they do.
	unpaired *dossier.Miscount
	// rescanned is true for such a batch of which a person said that it is fed
	// again.
	rescanned bool
	// found says where people find each page's image.
	found map[dossier.PageID]dossier.ImagePlace
	// placed names the dossier of pages that are published already: after a
	// rebuild a batch is split again, and must come out the same.
	placed map[dossier.PageID]dossier.DossierID
	// waiting names the dossier in which a page waits already, likewise.
	waiting map[dossier.PageID]dossier.DossierID
	// empty are the pages of which a person said that nothing is on them, with the
	// reason for which they waited.
	empty map[dossier.PageID]dossier.Reason
}

// stack loads the readings of a batch and guesses the kind of each page.
func (f *Flow) stack(ctx context.Context, batch dossier.Batch) (stack, error) {
	s := stack{
		images: make(map[dossier.PageID]dossier.ImageID), found: make(map[dossier.PageID]dossier.ImagePlace),
		placed: make(map[dossier.PageID]dossier.DossierID), waiting: make(map[dossier.PageID]dossier.DossierID), empty: make(map[dossier.PageID]dossier.Reason),
	}
	images, err := f.Ledger.Images(ctx, batch.ID)
	if err != nil {
		return s, err
	}
	for _, image := range images {
		if err := f.addImage(ctx, &s, image); err != nil {
			return s, err
		}
	}
	s.setFiledApart(batch)
	if batch.Backs != nil {
		said, err := f.backsAnswer(ctx, batch.ID)
		if err != nil {
			return s, err
		}
		s.collate(batch, said)
	}
	pages, err := f.Ledger.Pages(ctx, batch.ID)
	if err != nil {
		return s, err
	}
	for _, page := range pages {
		switch {
		case page.Component != "":
			s.placed[page.ID] = page.Dossier
		case page.Dossier != "":
			s.waiting[page.ID] = page.Dossier
		case saidEmpty(page):
			s.setEmpty(page.ID, page.Reason)
		}
	}
	return s, nil
}

func (f *Flow) addImage(ctx context.Context, s *stack, image dossier.TakenImage) error {
	var kept dossier.ImageReading
	key := dossier.ReadingKey(f.Unit.ID, image.ID, 1)
	if _, found, err := f.getJSON(ctx, key, &kept); err != nil || !found {
		return orMissing(err, "reading", key)
	}
	readings := kept.Readings
	if len(readings) == 0 {
		readings = []dossier.Reading{{File: image.File, Page: image.Index, Part: 1}}
	}
	for i, reading := range readings {
		page := image.ID.Page(i + 1)
		s.images[page], s.found[page] = image.ID, dossier.ImagePlace{File: image.File, Index: image.Index}
		sheet := split.Sheet{Page: page, Image: image.ID, Input: image.Ordinal, Reading: reading, Lost: kept.Reason}
		if kept.Reason == "" {
			sheet.Guess = f.guess(reading)
		}
		if strings.TrimSpace(reading.Text) != "" {
			sheet.Reading.Words = nil // the text tells as well that there is something
		}
		s.sheets = append(s.sheets, sheet)
	}
	return nil
}

// orMissing turns "not found" of an object that the catalogue relies on into a
// fault that stops the flow.
func orMissing(err error, what, key string) error {
	if err != nil {
		return err
	}
	return &dossier.Fault{Kind: dossier.Stop, Op: "read " + what, Reason: dossier.ReasonDamaged, Err: fmt.Errorf("object %s is missing", key)}
}

// placer turns what split decided into a plan for the catalogue.
type placer struct {
	flow  *Flow
	stack stack
	batch dossier.Batch
}

func (p placer) plan(ctx context.Context, decided split.Plan) (dossier.Plan, error) {
	plan := dossier.Plan{Batch: p.batch.ID}
	if p.stack.unpaired != nil {
		plan.Miscounts = append(plan.Miscounts, *p.stack.unpaired)
	}
	move := func(page dossier.PageID, state dossier.PageState, reason dossier.Reason, in dossier.DossierID) {
		// A person has looked: what it waited for stays, whatever the machine would
		// say now.
		if why := p.stack.empty[page]; why != "" && (state == dossier.PageParked || state == dossier.PageBlank) {
			state, reason, in = dossier.PageBlank, why, ""
		}
		placed := dossier.PlacedPage{ID: page, Image: p.stack.images[page], State: state, Reason: reason, Dossier: in}
		switch _, already := p.stack.placed[page]; {
		case !already:
			plan.Pages = append(plan.Pages, placed)
		case state == dossier.PageParked && reason != dossier.ReasonGate: // a person has placed it since
			plan.Waited = append(plan.Waited, placed)
		}
	}
	for _, page := range decided.Separators {
		move(page, dossier.PageSeparator, "", "")
	}
	for _, page := range decided.Blanks {
		move(page, dossier.PageBlank, "", "")
	}
	parked := make(map[int][]split.Parked)
	for _, x := range decided.Parked {
		switch {
		case p.stack.rescanned:
			move(x.Page, dossier.PageSuperseded, "", "")
			continue
		case x.Group < 0:
			move(x.Page, dossier.PageParked, x.Reason, "")
			continue
		}
		parked[x.Group] = append(parked[x.Group], x)
	}
	for i, group := range decided.Groups {
		g, err := p.group(ctx, group, parked[i])
		if err != nil {
			return dossier.Plan{}, err
		}
		if g.intent != nil {
			plan.Intents = append(plan.Intents, *g.intent)
		}
		for _, x := range g.parked {
			move(x.Page, dossier.PageParked, x.Reason, g.id)
		}
		if group.Miscount != nil && g.id != "" {
			plan.Miscounts = append(plan.Miscounts, p.miscount(*group.Miscount, g.id))
		}
	}
	return plan, nil
}

// placedGroup is what becomes of a group: the version it makes, if any, and the
// pages that wait in its dossier.
type placedGroup struct {
	id     dossier.DossierID
	intent *dossier.Intent
	parked []split.Parked
}

// group decides which dossier a group of pages is, and drafts its next version
// when the group brings anything new. A group without a code and without a
// component is no dossier: its pages just wait.
func (p placer) group(ctx context.Context, group split.Group, parked []split.Parked) (placedGroup, error) {
	id, published, err := p.published(ctx, group, parked)
	if err != nil {
		return placedGroup{}, err
	}
	if published {
		return placedGroup{id: id, parked: append(parked, unpublished(group)...)}, nil
	}
	fresh, held := p.fresh(group)
	parked = append(parked, held...)
	if len(fresh) == 0 && group.Code == nil {
		return placedGroup{parked: parked}, nil
	}
	base, err := p.base(ctx, group)
	if err != nil {
		return placedGroup{}, err
	}
	draft, err := p.next(ctx, base, fresh, parked)
	if err != nil {
		return placedGroup{}, err
	}
	intent := &dossier.Intent{ID: dossier.NewID(), Batch: p.batch.ID, Draft: draft, New: []dossier.ComponentID{}}
	for _, component := range draft.Dossier.Components[len(base.Dossier.Components):] {
		intent.New = append(intent.New, component.ID)
	}
	return placedGroup{id: draft.Dossier.ID, intent: intent, parked: parked}, nil
}

// published finds the dossier that has this group already: after a rebuild a
// batch is split again, and what it brought must not become a second version.
// The dossier names the batch, and has the group's code or one of its pages.
func (p placer) published(ctx context.Context, group split.Group, parked []split.Parked) (dossier.DossierID, bool, error) {
	pages := pagesOf(group, parked)
	var ids []dossier.DossierID
	for _, page := range pages {
		ids = append(ids, p.stack.placed[page], p.stack.waiting[page])
	}
	if group.Code != nil {
		id, _, err := p.flow.Ledger.ByCode(ctx, p.batch.Unit, *group.Code)
		if err != nil {
			return "", false, err
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id == "" {
			continue
		}
		latest, ok, err := p.flow.Ledger.Latest(ctx, id)
		if err != nil {
			return "", false, err
		}
		if ok && slices.Contains(latest.Batches, p.batch.ID) && isOf(latest.Dossier, group.Code, pages) {
			return id, true, nil
		}
	}
	return "", false, nil
}

// pagesOf lists the pages of a group, and those that wait in it.
func pagesOf(group split.Group, parked []split.Parked) (pages []dossier.PageID) {
	for _, component := range group.Components {
		pages = append(pages, component.Pages...)
	}
	for _, x := range parked {
		pages = append(pages, x.Page)
	}
	return pages
}

// isOf tells whether a dossier has the code, or, for a group without a code,
// one of the pages.
func isOf(d dossier.Dossier, code *string, pages []dossier.PageID) bool {
	if code != nil {
		return d.Code != nil && *d.Code == *code
	}
	has := func(page dossier.PageID) bool { return slices.Contains(pages, page) }
	return slices.ContainsFunc(d.Pending, has) || slices.ContainsFunc(d.Components, func(c dossier.Component) bool {
		return slices.ContainsFunc(c.Pages, func(page dossier.Page) bool { return has(page.ID) })
	})
}

// unpublished are the papers of a published group as pages that wait: those
// that are published are placed, the others did not make it into a PDF.
func unpublished(group split.Group) (parked []split.Parked) {
	for _, component := range group.Components {
		for _, page := range component.Pages {
			parked = append(parked, split.Parked{Page: page, Reason: dossier.ReasonGate})
		}
	}
	return parked
}

// fresh gives the components of a group of which no page is placed yet. Where a
// person has placed some pages of a component otherwise, or said that nothing is
// on one, the rest waits.
func (p placer) fresh(group split.Group) (fresh []split.Component, held []split.Parked) {
	isPlaced := func(page dossier.PageID) bool { _, placed := p.stack.placed[page]; return placed }
	isDecided := func(page dossier.PageID) bool { return isPlaced(page) || p.stack.empty[page] != "" }
	for _, component := range group.Components {
		if !slices.ContainsFunc(component.Pages, isDecided) {
			fresh = append(fresh, component)
			continue
		}
		for _, page := range component.Pages {
			if !isPlaced(page) {
				held = append(held, split.Parked{Page: page, Reason: dossier.ReasonPageUnplaced})
			}
		}
	}
	return fresh, held
}

// base is the newest version of the group's dossier, or an empty version 0 of a
// new one. Same code and unit is the same dossier; without a code nothing is
// merged.
func (p placer) base(ctx context.Context, group split.Group) (dossier.Manifest, error) {
	if group.Code == nil {
		return p.flow.newDossier(nil, p.batch.At), nil
	}
	id, found, err := p.flow.Ledger.ByCode(ctx, p.batch.Unit, *group.Code)
	if err != nil {
		return dossier.Manifest{}, err
	}
	if found {
		latest, ok, err := p.flow.Ledger.Latest(ctx, id)
		if err != nil || ok {
			return latest, err
		}
	}
	return p.flow.newDossier(group.Code, p.batch.At), nil
}

// next drafts the version after base with the group's new papers.
func (p placer) next(ctx context.Context, base dossier.Manifest, fresh []split.Component, parked []split.Parked) (dossier.Manifest, error) {
	next := dossier.Manifest{
		Schema: dossier.ManifestSchema, Dossier: base.Dossier, At: p.flow.Now().UTC(), Actor: p.batch.Actor,
		Batches: append(append([]dossier.BatchID{}, base.Batches...), p.batch.ID), Reason: "first papers",
	}
	d := &next.Dossier
	d.Version++
	if d.Version > 1 {
		next.Reason = "papers added"
	}
	openAgain(&next, "papers added: dossier re-opened")
	d.Components = append([]dossier.Component{}, d.Components...)
	for _, c := range fresh {
		component, err := p.component(ctx, c)
		if err != nil {
			return next, err
		}
		d.Components = append(d.Components, component)
	}
	p.flow.settle(d)
	p.flow.leavePresented(d.Procedure, d.Components[len(base.Dossier.Components):])
	if err := p.flow.fillEntries(ctx, d); err != nil {
		return next, err
	}
	d.Pending = append([]dossier.PageID{}, d.Pending...)
	for _, x := range parked {
		if p.stack.empty[x.Page] == "" {
			d.Pending = append(d.Pending, x.Page)
		}
	}
	return next, nil
}

// settle names the procedure that a slip among the papers names, and the day
// until which that lets the dossier take. A day that was told once stays, also
// when the office names another holiday since: somebody was promised it.
func (f *Flow) settle(d *dossier.Dossier) {
	if d.Procedure == "" {
		d.Procedure = extract.Procedure(f.Kinds, d.Components)
	}
	if d.DueAt != nil {
		return
	}
	if procedure, known := f.Kinds.Procedure(d.Procedure); known {
		if due, ok := f.Calendar.Due(procedure, d.ReceivedAt); ok {
			d.DueAt = &due
		}
	}
}

// component names a new paper and takes its fields from its pages.
func (p placer) component(ctx context.Context, c split.Component) (dossier.Component, error) {
	id := dossier.ComponentID(dossier.NewID())
	component := dossier.Component{
		ID: id, Kind: c.Kind, KindConfidence: c.Confidence, Role: c.Role, Origin: dossier.OriginScan,
		State: dossier.ComponentAwaitingSignature, Version: 1, Reasons: c.Reasons,
		PDF: dossier.ComponentKey(p.batch.Unit, id, 1),
	}
	readings := make([]dossier.Reading, len(c.Pages))
	for i, page := range c.Pages {
		reading, err := p.flow.reading(ctx, page)
		if err != nil {
			return component, err
		}
		readings[i] = reading
		component.Pages = append(component.Pages, p.pageOf(page, reading))
	}
	if err := p.markFiled(ctx, &component); err != nil {
		return component, err
	}
	if kind, ok := p.flow.Kinds.Kind(c.Kind); ok {
		component.Fields = extract.Fields(kind, readings, c.Pages)
	}
	if component.Fields == nil {
		component.Fields = map[string]dossier.Field{}
	}
	return component, p.flow.gated(ctx, component.Fields)
}
