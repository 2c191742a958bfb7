package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"sohoa/dossier"
)

// What a person may be told about a decision.
var (
	// ErrNotWaiting: a page was placed meanwhile, by somebody else or by the
	// same person twice.
	ErrNotWaiting = errors.New("a page no longer waits")
	// ErrNoSuchKind: the kind is not in the catalogue, or is none a paper can
	// have.
	ErrNoSuchKind = errors.New("no such kind of paper")
	// ErrNoSuchDossier: the dossier or the component does not exist.
	ErrNoSuchDossier = errors.New("no such dossier")
	// ErrWrittenDown: people have written down entries of the page.
	ErrWrittenDown = errors.New("entries of the page are written down")
	// ErrSameDossier: pages shall go where they are.
	ErrSameDossier = errors.New("the pages are in that dossier")
	// ErrNothingToUndo: the newest version of the dossier was not made by a
	// decision.
	ErrNothingToUndo = errors.New("nothing to undo")
)

// Decisions is the catalogue as decisions of people use it.
type Decisions interface {
	// Waiting gives the pages that are parked, in the order asked for; a page
	// that is not is left out.
	Waiting(ctx context.Context, unit dossier.UnitID, pages []dossier.PageID) ([]dossier.PlacedPage, error)
	// Decide is transaction A for a decision; claimed pages must still wait, or
	// it fails with claimed=false.
	Decide(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) (claimed bool, err error)
}

// Decide places waiting pages as a person says. The decision is durable as an
// object, then as an intent, when Decide returns; the new version is published
// by the next job.
func (f *Flow) Decide(ctx context.Context, ledger Decisions, actor dossier.Actor, p dossier.Placement) (dossier.DossierID, error) {
	if len(p.Pages) == 0 {
		return "", ErrNotWaiting
	}
	waiting, err := ledger.Waiting(ctx, f.Unit.ID, p.Pages)
	if err != nil {
		return "", err
	}
	if len(waiting) != len(p.Pages) {
		return "", ErrNotWaiting
	}
	base, err := f.placementBase(ctx, p)
	if err != nil {
		return "", err
	}
	batch, pages, err := f.pagesOf(ctx, waiting)
	if err != nil {
		return "", err
	}
	intent, err := f.placed(ctx, base, actor, p, pages)
	if err != nil {
		return "", err
	}
	into := intent.Draft.Dossier.ID
	moved, err := f.moved(ctx, actor, batch, leaving(waiting, into))
	if err != nil {
		return "", err
	}
	intent.Batch = batch
	return into, f.decide(ctx, ledger, dossier.Decision{Action: dossier.ActionPlace, Actor: actor, Placement: p, Intent: intent, Moved: moved})
}

// pagesIn are pages that wait in a dossier.
type pagesIn struct {
	dossier dossier.DossierID
	pages   []dossier.PageID
}

// leaving lists the pages that wait in another dossier than the one they are
// placed in, dossier by dossier.
func leaving(waiting []dossier.PlacedPage, into dossier.DossierID) (from []pagesIn) {
	for _, page := range waiting {
		if page.Dossier == "" || page.Dossier == into {
			continue
		}
		i := slices.IndexFunc(from, func(in pagesIn) bool { return in.dossier == page.Dossier })
		if i < 0 {
			i, from = len(from), append(from, pagesIn{dossier: page.Dossier})
		}
		from[i].pages = append(from[i].pages, page.ID)
	}
	return from
}

// moved drafts the next versions of the dossiers that pages leave.
func (f *Flow) moved(ctx context.Context, actor dossier.Actor, batch dossier.BatchID, from []pagesIn) (moved []dossier.Intent, err error) {
	for _, in := range from {
		latest, ok, err := f.Ledger.Latest(ctx, in.dossier)
		if err != nil {
			return nil, err
		}
		left := slices.DeleteFunc(in.pages, func(id dossier.PageID) bool { return !slices.Contains(latest.Dossier.Pending, id) })
		if !ok || len(left) == 0 {
			continue
		}
		draft := f.revised(latest, actor, "pages placed in another dossier")
		draft.Dossier.Pending = slices.DeleteFunc(draft.Dossier.Pending, func(id dossier.PageID) bool { return slices.Contains(left, id) })
		moved = append(moved, dossier.Intent{ID: dossier.NewID(), Batch: batch, Draft: draft, New: []dossier.ComponentID{}, Left: left})
	}
	return moved, nil
}

// movedBack drafts the next versions of the dossiers that pages go back to.
func (f *Flow) movedBack(ctx context.Context, actor dossier.Actor, before []dossier.Intent) (moved []dossier.Intent, err error) {
	for _, m := range before {
		latest, ok, err := f.Ledger.Latest(ctx, m.Draft.Dossier.ID)
		if err != nil || !ok {
			return nil, errors.Join(err, noneUnless(ok, ErrNoSuchDossier))
		}
		draft := f.revised(latest, actor, "decision undone")
		draft.Dossier.Pending = append(draft.Dossier.Pending, m.Left...)
		moved = append(moved, dossier.Intent{ID: dossier.NewID(), Batch: m.Batch, Draft: draft, New: []dossier.ComponentID{}})
	}
	return moved, nil
}

// revised is the version after another one, with the same papers and nothing
// shared with it.
func (f *Flow) revised(base dossier.Manifest, actor dossier.Actor, reason string) dossier.Manifest {
	next := base
	next.Signing, next.After = nil, 0 // papers signed before stay so; this version signs none
	next.Schema, next.At, next.Actor, next.Reason = dossier.ManifestSchema, f.Now().UTC(), actor, reason
	next.Batches, next.Objects = append([]dossier.BatchID{}, base.Batches...), []dossier.ObjectRef{}
	d := &next.Dossier
	d.Version++
	d.Components, d.Pending = append([]dossier.Component{}, d.Components...), append([]dossier.PageID{}, d.Pending...)
	return next
}

// Undo takes back the newest decision about a dossier that stands: the next
// version is like the one before that decision, and its pages wait again. Asked
// again it takes back the one before. saw is the version that the person looked
// at; when it is not the newest one any more, somebody has decided meanwhile, and
// nothing is taken back. 0 takes back whatever is newest.
func (f *Flow) Undo(ctx context.Context, ledger Decisions, actor dossier.Actor, id dossier.DossierID, saw int) error {
	latest, err := f.ownDossier(ctx, id)
	if err != nil {
		return err
	}
	if saw != 0 && saw != latest.Seen() {
		return ErrChanged
	}
	last, sides, err := f.standing(ctx, latest)
	if err != nil {
		return err
	}
	draft := f.revised(latest, actor, "decision undone")
	draft.Dossier.Components, draft.Dossier.Pending = []dossier.Component{}, []dossier.PageID{}
	if v := last.Intent.Draft.Dossier.Version; v > 1 {
		before, err := f.published(ctx, id, v-1)
		if err != nil {
			return err
		}
		draft.Dossier = before.Dossier
		draft.Dossier.Version = latest.Dossier.Version + 1
		for _, said := range slices.Backward(sides) {
			draft.Dossier.Pending = withSide(draft.Dossier.Pending, said)
		}
	}
	goBack := f.movedBack
	if last.Action == dossier.ActionTransfer {
		goBack = f.givenBack
	}
	moved, err := goBack(ctx, actor, last.Moved)
	if err != nil {
		return err
	}
	intent := dossier.Intent{ID: dossier.NewID(), Batch: last.Intent.Batch, Draft: draft, New: []dossier.ComponentID{}, Kept: returning(latest.Dossier, draft.Dossier)}
	undo := dossier.Decision{Action: dossier.ActionUndo, Actor: actor, Placement: dossier.Placement{Pages: []dossier.PageID{}}, Intent: intent, Moved: moved}
	return f.decide(ctx, ledger, undo)
}

// standing is the newest decision about a dossier that no undo has taken back.
// Versions are gone through from the newest; each undo on the way stands for one
// decision before it. What the machine read again is passed over, and so is what
// people said of single sides (sides, newest first), which stands; anything else
// that the machine did, or a signature, ends the way.
func (f *Flow) standing(ctx context.Context, m dossier.Manifest) (last dossier.Decision, sides []dossier.SideAnswer, err error) {
	id, undone := m.Dossier.ID, 0
	for {
		if m.Decision == "" {
			return last, sides, ErrNothingToUndo
		}
		said, isSide, err := f.sideVersion(ctx, m.Decision)
		if err != nil {
			return last, sides, err
		}
		if last = (dossier.Decision{}); !isSide {
			if _, found, err := f.getJSON(ctx, m.Decision, &last); err != nil || !found {
				return last, sides, orMissing(err, "decision", m.Decision)
			}
		}
		switch {
		case isSide:
			sides = append(sides, said)
		case last.Intent.Draft.Dossier.ID != id:
			return last, sides, ErrNothingToUndo
		case last.Action == dossier.ActionReadAgain: // goes with what was decided before it
		case last.Action == dossier.ActionUndo:
			undone++
		case !undoable(last.Action):
			return last, sides, ErrNothingToUndo
		case undone == 0:
			return last, sides, nil
		default:
			undone--
		}
		if m.Dossier.Version == 1 {
			return last, sides, ErrNothingToUndo
		}
		if m, err = f.published(ctx, id, m.Dossier.Version-1); err != nil {
			return last, sides, err
		}
	}
}

// undoable tells whether an action can be taken back. A signature stays.
func undoable(action string) bool {
	return slices.Contains([]string{dossier.ActionPlace, dossier.ActionAcceptCount, dossier.ActionCorrect, dossier.ActionArrange, dossier.ActionTurn,
		dossier.ActionTransfer,
		dossier.ActionKeep, dossier.ActionNotKeep, dossier.ActionClose, dossier.ActionReopen, dossier.ActionEnter}, action)
}

// returning lists the papers that an undo makes as they were: with other pages,
// another kind, or other values than in the version it takes back.
func returning(undone, draft dossier.Dossier) (ids []dossier.ComponentID) {
	for _, c := range draft.Components {
		if !reflect.DeepEqual(c, componentOf(undone, c.ID)) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// published is one version of a dossier. While it is still an intent, whoever
// asks has to ask again.
func (f *Flow) published(ctx context.Context, id dossier.DossierID, version int) (m dossier.Manifest, err error) {
	key := dossier.ManifestKey(f.Unit.ID, id, version)
	_, found, err := f.getJSON(ctx, key, &m)
	if err == nil && !found {
		err = &dossier.Fault{Kind: dossier.Retry, Op: "undo decision", Reason: dossier.ReasonChanged, Err: fmt.Errorf("version %d of dossier %s is not published yet", version, id)}
	}
	return m, err
}

func noneUnless(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}

// decide makes a decision durable: first the object, under the next free
// number, then the intent.
func (f *Flow) decide(ctx context.Context, ledger Decisions, d dossier.Decision) error {
	d.Schema, d.At = dossier.DecisionSchema, f.Now().UTC()
	if err := f.fillEntries(ctx, &d.Intent.Draft.Dossier); err != nil {
		return err
	}
	for d.Seq = d.Intent.Draft.Dossier.Version; ; d.Seq++ {
		key := dossier.DecisionKey(f.Unit.ID, d.Intent.Draft.Dossier.ID, d.Seq)
		d.Intent.Draft.Decision = key
		for i := range d.Moved {
			d.Moved[i].Draft.Decision = key
		}
		ref, existed, err := f.putJSON(ctx, key, d)
		if err != nil {
			return err
		}
		if existed {
			continue // a decision that a power cut kept from becoming a row
		}
		ref.Role = "decision"
		claimed, err := ledger.Decide(ctx, dossier.Act{Actor: d.Actor, At: d.At}, d, ref)
		if claimed || err != nil {
			return err
		}
		return errors.Join(f.stillEmpty(context.WithoutCancel(ctx), d), ErrNotWaiting)
	}
}

// placementBase is the newest version of the dossier a placement names, or
// version 0 of a new one.
func (f *Flow) placementBase(ctx context.Context, p dossier.Placement) (dossier.Manifest, error) {
	id := p.Dossier
	var code *string
	if id == "" && p.Code != "" {
		parsed, err := dossier.ParseCode(p.Code)
		if err != nil {
			return dossier.Manifest{}, err
		}
		text := parsed.String()
		code = &text
		if id, _, err = f.Ledger.ByCode(ctx, f.Unit.ID, text); err != nil {
			return dossier.Manifest{}, err
		}
	}
	if id == "" {
		return f.newDossier(code, f.Now()), nil
	}
	return f.ownDossier(ctx, id)
}

// ownDossier is the newest version of a dossier that this unit keeps. One that
// another unit keeps is not there, whoever has learned its id.
func (f *Flow) ownDossier(ctx context.Context, id dossier.DossierID) (dossier.Manifest, error) {
	latest, ok, err := f.Ledger.Latest(ctx, id)
	if err != nil {
		return dossier.Manifest{}, err
	}
	if !ok || latest.Dossier.Unit != f.Unit.ID {
		return dossier.Manifest{}, ErrNoSuchDossier
	}
	return latest, nil
}

// pagesOf names the waiting pages as a component lists them, and the batch of
// the first.
func (f *Flow) pagesOf(ctx context.Context, waiting []dossier.PlacedPage) (dossier.BatchID, []dossier.Page, error) {
	var batch dossier.BatchID
	pages := make([]dossier.Page, len(waiting))
	for i, w := range waiting {
		image, err := f.Ledger.Image(ctx, f.Unit.ID, w.Image)
		if err != nil {
			return "", nil, err
		}
		_, part, err := w.ID.Split()
		if err != nil {
			return "", nil, err
		}
		if i == 0 {
			batch = image.Batch
		}
		pages[i] = dossier.Page{ID: w.ID, File: image.File, Index: image.Index, Part: part}
	}
	return batch, pages, nil
}

// placed drafts the version after base that has the pages where the person
// wants them. What the pages say is read as the machine reads its own papers.
func (f *Flow) placed(ctx context.Context, base dossier.Manifest, actor dossier.Actor, p dossier.Placement, pages []dossier.Page) (dossier.Intent, error) {
	intent := f.nextIntent(base, actor, "pages placed by a person")
	openAgain(&intent.Draft, "pages placed by a person: dossier re-opened")
	d := &intent.Draft.Dossier
	d.Pending = slices.DeleteFunc(d.Pending, func(id dossier.PageID) bool { return slices.Contains(p.Pages, id) })
	paper, at, err := f.placedPaper(*d, p, pages)
	if err != nil {
		return intent, err
	}
	kind, _ := f.Kinds.Kind(paper.Kind)
	if paper.Fields, err = f.readFields(ctx, kind, paper, confirmedOf(paper.Fields)); err != nil {
		return intent, err
	}
	presented := paper.State == dossier.ComponentNotKept // the back of a card is no more kept than its front
	if paper = f.newVersion(paper, intent); presented {
		paper = notKept(paper)
	}
	if at < 0 {
		d.Components = append(d.Components, paper)
		f.settle(d)
		f.leavePresented(d.Procedure, d.Components[len(d.Components)-1:])
	} else {
		d.Components[at] = paper
		f.settle(d)
	}
	intent.New = append(intent.New, paper.ID)
	return intent, nil
}

// placedPaper is the paper that gets the pages, and its place among the papers
// of the dossier; -1 for a new one.
func (f *Flow) placedPaper(d dossier.Dossier, p dossier.Placement, pages []dossier.Page) (c dossier.Component, at int, err error) {
	if p.Component != "" {
		if at = indexOf(d.Components, p.Component); at < 0 {
			return c, at, ErrNoSuchDossier
		}
		c = d.Components[at]
		if c.State == dossier.ComponentFiled {
			return c, at, ErrOriginal
		}
		if p.Replaces != "" {
			return replacedIn(c, at, p, pages)
		}
		before := len(c.Pages)
		if p.Position > 0 && p.Position <= len(c.Pages) {
			before = p.Position - 1
		}
		c.Pages = slices.Insert(slices.Clone(c.Pages), before, pages...)
		return c, at, nil
	}
	kind, ok := f.Kinds.Kind(p.Kind)
	if !ok || p.Kind == dossier.KindSeparator || p.Kind == dossier.KindBlank {
		return c, -1, ErrNoSuchKind
	}
	return dossier.Component{
		ID: dossier.ComponentID(dossier.NewID()), Kind: p.Kind, KindConfidence: 1, Role: kind.Role, Origin: dossier.OriginScan,
		Reasons: []string{placedByPerson}, Pages: pages,
	}, -1, nil
}

// replacedIn is a paper in which a page takes the place of another one. A page of
// a register keeps its place while people have written down what stands on it:
// their entries are about that picture.
func replacedIn(c dossier.Component, at int, p dossier.Placement, pages []dossier.Page) (dossier.Component, int, error) {
	if len(pages) != 1 {
		return c, at, ErrChanged
	}
	on := func(e dossier.RegisterEntry) bool { _, on := e.PlaceOn(p.Replaces); return on }
	if slices.ContainsFunc(c.Entries, func(e dossier.RegisterEntry) bool { return on(e) && e.State == dossier.EntryKeyed }) {
		return c, at, ErrWrittenDown
	}
	c, ok := c.Replace(p.Replaces, pages[0])
	c.Entries = slices.DeleteFunc(slices.Clone(c.Entries), on)
	c.Fields = maps.Clone(c.Fields)
	for id, field := range c.Fields {
		if field.Page == p.Replaces { // what people confirmed stays; where it stands on the new page nobody said
			field.Page, field.Box = "", nil
			c.Fields[id] = field
		}
	}
	return c, at, noneUnless(ok, ErrChanged)
}

// newDossier is version 0 of a dossier that does not exist yet.
func (f *Flow) newDossier(code *string, received time.Time) dossier.Manifest {
	return dossier.Manifest{Dossier: dossier.Dossier{
		ID: dossier.DossierID(dossier.NewID()), Code: code, Type: dossier.TypeProcedure, Unit: f.Unit.ID,
		ReceivingUnit: f.Unit.ID, DecidingUnit: f.Unit.ID, ReceivedAt: received.UTC(), State: dossier.StateOpen,
		Pending: []dossier.PageID{}, Components: []dossier.Component{},
	}}
}
