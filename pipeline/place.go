package pipeline

import (
	"context"
	"fmt"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
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
	stack, err := f.stack(ctx, id)
	if err != nil {
		return err
	}
	decided := split.Split(f.Kinds, stack.sheets)
	p := placer{flow: f, stack: stack, batch: batch}
	plan, err := p.plan(ctx, decided)
	if err != nil {
		return err
	}
	return f.Ledger.Place(ctx, f.act(), plan)
}

// stack is a read batch: its sheets in order, and what is known of each page.
type stack struct {
	sheets   []split.Sheet
	readings map[dossier.PageID]dossier.Reading
	images   map[dossier.PageID]dossier.ImageID
	// placed names the dossier of pages that are published already: after a
	// rebuild a batch is split again, and must come out the same.
	placed map[dossier.PageID]dossier.DossierID
	lost   map[dossier.PageID]dossier.Reason
}

// stack loads the readings of a batch and guesses the kind of each page.
func (f *Flow) stack(ctx context.Context, id dossier.BatchID) (stack, error) {
	s := stack{
		readings: make(map[dossier.PageID]dossier.Reading), images: make(map[dossier.PageID]dossier.ImageID),
		placed: make(map[dossier.PageID]dossier.DossierID), lost: make(map[dossier.PageID]dossier.Reason),
	}
	images, err := f.Ledger.Images(ctx, id)
	if err != nil {
		return s, err
	}
	for _, image := range images {
		if err := f.addImage(ctx, &s, image); err != nil {
			return s, err
		}
	}
	pages, err := f.Ledger.Pages(ctx, id)
	if err != nil {
		return s, err
	}
	for _, page := range pages {
		if page.Component != "" {
			s.placed[page.ID] = page.Dossier
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
		s.readings[page], s.images[page] = reading, image.ID
		sheet := split.Sheet{Page: page, Image: image.ID, Input: image.Ordinal, Reading: reading, Lost: kept.Reason}
		if kept.Reason == "" {
			sheet.Guess = classify.Classify(f.Kinds, reading)
		} else {
			s.lost[page] = kept.Reason
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
	for _, page := range decided.Separators {
		plan.Pages = append(plan.Pages, p.page(page, dossier.PageSeparator, "", ""))
	}
	for _, page := range decided.Blanks {
		plan.Pages = append(plan.Pages, p.page(page, dossier.PageBlank, "", ""))
	}
	parked := make(map[int][]split.Parked)
	for _, x := range decided.Parked {
		if _, placed := p.stack.placed[x.Page]; placed {
			continue // a person has placed it since
		}
		if x.Group < 0 {
			plan.Pages = append(plan.Pages, p.page(x.Page, dossier.PageParked, x.Reason, ""))
			continue
		}
		parked[x.Group] = append(parked[x.Group], x)
	}
	for i, group := range decided.Groups {
		id, intent, err := p.group(ctx, group, parked[i])
		if err != nil {
			return dossier.Plan{}, err
		}
		if intent != nil {
			plan.Intents = append(plan.Intents, *intent)
		}
		for _, x := range parked[i] {
			plan.Pages = append(plan.Pages, p.page(x.Page, dossier.PageParked, x.Reason, id))
		}
	}
	return plan, nil
}

func (p placer) page(id dossier.PageID, state dossier.PageState, reason dossier.Reason, in dossier.DossierID) dossier.PlacedPage {
	return dossier.PlacedPage{ID: id, Image: p.stack.images[id], State: state, Reason: reason, Dossier: in}
}

// group decides which dossier a group of pages is, and drafts its next version
// when the group brings anything new. A group without a code and without a
// component is no dossier: its pages just wait.
func (p placer) group(ctx context.Context, group split.Group, parked []split.Parked) (dossier.DossierID, *dossier.Intent, error) {
	fresh, known := p.fresh(group)
	if len(fresh) == 0 && known != "" {
		return known, nil, nil
	}
	if len(fresh) == 0 && group.Code == nil {
		return "", nil, nil
	}
	base, err := p.base(ctx, group, known)
	if err != nil {
		return "", nil, err
	}
	draft := p.next(base, fresh, parked)
	intent := &dossier.Intent{ID: dossier.NewID(), Batch: p.batch.ID, Draft: draft}
	for _, component := range draft.Dossier.Components[len(base.Dossier.Components):] {
		intent.New = append(intent.New, component.ID)
	}
	return draft.Dossier.ID, intent, nil
}

// fresh gives the components of a group that are not published yet, and the
// dossier of those that are.
func (p placer) fresh(group split.Group) (fresh []split.Component, known dossier.DossierID) {
	for _, component := range group.Components {
		in, published := p.stack.placed[component.Pages[0]]
		if published {
			known = in
			continue
		}
		fresh = append(fresh, component)
	}
	return fresh, known
}

// base is the newest version of the group's dossier, or an empty version 0 of a
// new one. Same code and unit is the same dossier; without a code nothing is
// merged.
func (p placer) base(ctx context.Context, group split.Group, known dossier.DossierID) (dossier.Manifest, error) {
	id, found := known, known != ""
	if !found && group.Code != nil {
		var err error
		if id, found, err = p.flow.Ledger.ByCode(ctx, p.batch.Unit, *group.Code); err != nil {
			return dossier.Manifest{}, err
		}
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
func (p placer) next(base dossier.Manifest, fresh []split.Component, parked []split.Parked) dossier.Manifest {
	next := dossier.Manifest{
		Schema: dossier.ManifestSchema, Dossier: base.Dossier, At: p.flow.Now().UTC(), Actor: p.batch.Actor,
		Batches: append(append([]dossier.BatchID{}, base.Batches...), p.batch.ID), Reason: "first papers",
	}
	d := &next.Dossier
	d.Version++
	if d.Version > 1 {
		next.Reason = "papers added"
	}
	if d.State == dossier.StateClosed {
		d.State, next.Reason = dossier.StateOpen, "papers added: dossier re-opened"
	}
	d.Components = append([]dossier.Component{}, d.Components...)
	for _, c := range fresh {
		d.Components = append(d.Components, p.component(c))
	}
	d.Pending = append([]dossier.PageID{}, d.Pending...)
	for _, x := range parked {
		d.Pending = append(d.Pending, x.Page)
	}
	return next
}

// component names a new paper and takes its fields from its pages.
func (p placer) component(c split.Component) dossier.Component {
	id := dossier.ComponentID(dossier.NewID())
	component := dossier.Component{
		ID: id, Kind: c.Kind, KindConfidence: c.Confidence, Role: c.Role, Origin: "scan",
		State: dossier.ComponentAwaitingSignature, Version: 1, Reasons: c.Reasons,
		PDF: dossier.ComponentKey(p.batch.Unit, id, 1),
	}
	readings := make([]dossier.Reading, len(c.Pages))
	for i, page := range c.Pages {
		reading := p.stack.readings[page]
		readings[i] = reading
		component.Pages = append(component.Pages, dossier.Page{ID: page, File: reading.File, Index: reading.Page, Part: reading.Part})
	}
	if kind, ok := p.flow.Kinds.Kind(c.Kind); ok {
		component.Fields = extract.Fields(kind, readings, c.Pages)
	}
	if component.Fields == nil {
		component.Fields = map[string]dossier.Field{}
	}
	return component
}
