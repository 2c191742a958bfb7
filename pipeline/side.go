package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/split"
)

// ErrNotEmpty tells that nobody can say of the page that nothing is on it: it
// carries a code, or it waits with its paper or its batch.
var ErrNotEmpty = errors.New("the page can not be empty")

// CountError tells that the sheets of a dossier do not add up any more when a side
// is empty: a sheet may have been fed the wrong way round.
type CountError struct{ Miscount dossier.Miscount }

func (e *CountError) Error() string { return "the sheets of the dossier would not add up" }

// Sides is the catalogue as answers about single sides use it.
type Sides interface {
	// Side is where a page stands; ok is false when the unit has no such page.
	Side(ctx context.Context, unit dossier.UnitID, page dossier.PageID) (at dossier.PlacedPage, ok bool, err error)
	// AnswerSide records an answer whose object is durable, and the version of the
	// dossier that it makes; count, where it is not nil, is what is told of its
	// sheets from now on. taken is false, and nothing is changed, when the page is
	// not as the answer wants it.
	AnswerSide(ctx context.Context, act dossier.Act, said dossier.SideAnswer, object dossier.ObjectRef, count *dossier.Miscount) (taken bool, err error)
}

// saidEmpty tells of a page that a person said that nothing is on it: what the
// machine takes for empty has never waited.
func saidEmpty(at dossier.PlacedPage) bool {
	return at.State == dossier.PageBlank && at.Reason != "" && at.Component == ""
}

// AnswerSide takes the word of a person who has looked at a page that waits:
// nothing is on it, so it is a blank of its batch from now on; or, taking that
// back, that it waits again as it did. Nothing else changes: what was split around
// the page stays as it is. Of what the person says only page, word and whether the
// count was told are taken; the rest follows from where the page stands. The
// answer is durable as an object, then as a row, when AnswerSide returns.
func (f *Flow) AnswerSide(ctx context.Context, ledger Sides, said dossier.SideAnswer) error {
	return f.redrafted(func() error {
		at, known, err := ledger.Side(ctx, f.Unit.ID, said.Page)
		if err != nil || !known {
			return errors.Join(err, noneUnless(known || err != nil, ErrNotWaiting))
		}
		taken, err := f.Ledger.Image(ctx, f.Unit.ID, at.Image)
		if err != nil {
			return err
		}
		before, err := f.sideAnswers(ctx, taken.Batch)
		if err != nil {
			return err
		}
		next := dossier.SideAnswer{
			Schema: dossier.SideSchema, Batch: taken.Batch, Seq: len(before) + 1, Actor: said.Actor, Page: said.Page, Say: said.Say, Counted: said.Counted,
		}
		switch said.Say {
		case dossier.SideEmpty:
			err = f.sayEmpty(ctx, at, &next)
		case dossier.SideWithdrawn:
			err = f.sayWithdrawn(ctx, at, before, &next)
		default:
			err = ErrNotEmpty
		}
		if err != nil {
			return err
		}
		return f.answerSide(ctx, ledger, next)
	})
}

// sayEmpty fills in how the page waits, and refuses one that can not be empty: what
// was given up nobody has read, codes neither.
func (f *Flow) sayEmpty(ctx context.Context, at dossier.PlacedPage, next *dossier.SideAnswer) error {
	if at.State != dossier.PageParked || at.Component != "" {
		return ErrNotWaiting
	}
	next.Reason, next.Dossier = at.Reason, at.Dossier
	var kept dossier.ImageReading
	key := dossier.ReadingKey(f.Unit.ID, at.Image, 1)
	if _, found, err := f.getJSON(ctx, key, &kept); err != nil || !found {
		return orMissing(err, "reading", key)
	}
	if kept.Reason != "" {
		return ErrNotEmpty
	}
	read, err := f.reading(ctx, next.Page)
	if err != nil {
		return err
	}
	return noneUnless(next.Reason.MayBeEmpty() && len(read.Codes) == 0, ErrNotEmpty)
}

// sayWithdrawn fills in how the page waited before it was said to be empty, and
// refuses a page of which nobody has said so.
func (f *Flow) sayWithdrawn(ctx context.Context, at dossier.PlacedPage, before []dossier.SideAnswer, next *dossier.SideAnswer) error {
	said, ok := lastEmpty(before, next.Page)
	switch {
	case !ok:
		return ErrNothingToUndo
	case !saidEmpty(at): // it was taken back, or placed since
		return ErrNotWaiting
	}
	next.Reason, next.Dossier, next.Counted = at.Reason, said.Dossier, false
	if next.Dossier == "" {
		return nil
	}
	_, known, err := f.Ledger.Latest(ctx, next.Dossier)
	if err == nil && !known { // it was lost before its first version, and has another id since
		next.Dossier, err = f.waitsIn(ctx, next.Batch, next.Page)
	}
	return err
}

// lastEmpty is the newest answer by which the page is empty.
func lastEmpty(answers []dossier.SideAnswer, page dossier.PageID) (said dossier.SideAnswer, ok bool) {
	for _, said := range slices.Backward(answers) {
		if said.Page == page && said.Say == dossier.SideEmpty {
			return said, true
		}
	}
	return said, false
}

// waitsIn is the dossier in which a page would wait as its batch is split, none
// where that is not known.
func (f *Flow) waitsIn(ctx context.Context, id dossier.BatchID, page dossier.PageID) (dossier.DossierID, error) {
	p, err := f.placerOf(ctx, id)
	if err != nil {
		return "", err
	}
	decided := p.stack.divide(f.Kinds)
	for i, group := range decided.Groups {
		var parked []split.Parked
		for _, x := range decided.Parked {
			if x.Group == i {
				parked = append(parked, x)
			}
		}
		if slices.Contains(pagesOf(group, parked), page) {
			in, _, err := p.published(ctx, group, parked)
			return in, err
		}
	}
	return "", nil
}

// placerOf is a batch as it would be split now.
func (f *Flow) placerOf(ctx context.Context, id dossier.BatchID) (placer, error) {
	var batch dossier.Batch
	if _, found, err := f.getJSON(ctx, dossier.BatchKey(f.Unit.ID, id), &batch); err != nil || !found {
		return placer{}, orMissing(err, "batch record", dossier.BatchKey(f.Unit.ID, id))
	}
	stack, err := f.stack(ctx, batch)
	return placer{flow: f, stack: stack, batch: batch}, err
}

// answerSide drafts what the answer makes of the page's dossier, and records it.
func (f *Flow) answerSide(ctx context.Context, ledger Sides, said dossier.SideAnswer) error {
	var count *dossier.Miscount
	if said.Dossier != "" {
		latest, err := f.ownDossier(ctx, said.Dossier)
		if err != nil {
			return err
		}
		if count, err = f.recounted(ctx, latest.Dossier, said); err != nil {
			return err
		}
		said.Intent = f.sideIntent(latest, said)
	}
	ctx = context.WithoutCancel(ctx) // whoever does not wait for the end leaves nothing half said
	said, ref, err := f.putSide(ctx, said)
	if err != nil {
		return err
	}
	taken, err := ledger.AnswerSide(ctx, dossier.Act{Actor: said.Actor, At: said.At}, said, ref, count)
	switch overtaken := dossier.KindOf(err) == dossier.Retry && dossier.ReasonOf(err) == dossier.ReasonChanged; {
	case err == nil && taken:
		return nil
	case err != nil && !overtaken: // it may be a row, or not: a rebuild carries it out
		return err
	}
	refused := said
	refused.Refused = said.Seq
	return errors.Join(f.asItStands(ctx, refused), err, noneUnless(err != nil, ErrNotWaiting))
}

// putSide makes an answer durable under the next free number of its batch. The time
// is that of the writing, since of all that was said of a page the newest counts.
func (f *Flow) putSide(ctx context.Context, said dossier.SideAnswer) (dossier.SideAnswer, dossier.ObjectRef, error) {
	for ; ; said.Seq++ {
		key := dossier.SideKey(f.Unit.ID, said.Batch, said.Seq)
		if said.At = f.Now().UTC(); said.Intent != nil {
			said.Intent.Draft.Decision = key
		}
		ref, existed, err := f.putJSON(ctx, key, said)
		if err != nil || !existed {
			ref.Role = "side"
			return said, ref, err
		}
		// Somebody looks at another page of the batch.
	}
}

// asItStands says anew what the row of a page says, after something was refused
// whose object says otherwise and is newer: a rebuild believes the newest.
func (f *Flow) asItStands(ctx context.Context, said dossier.SideAnswer) error {
	at, err := f.standsAt(ctx, said.Batch, said.Page)
	if err != nil {
		return err
	}
	if said.Say, said.Intent, said.Counted = dossier.SideWithdrawn, nil, false; saidEmpty(at) {
		said.Say = dossier.SideEmpty
	}
	_, _, err = f.putSide(ctx, said)
	return err
}

// standsAt is where a page of a batch stands.
func (f *Flow) standsAt(ctx context.Context, batch dossier.BatchID, page dossier.PageID) (at dossier.PlacedPage, err error) {
	pages, err := f.Ledger.Pages(ctx, batch)
	if i := slices.IndexFunc(pages, func(p dossier.PlacedPage) bool { return p.ID == page }); i >= 0 {
		at = pages[i]
	}
	return at, err
}

// stillEmpty says of the pages of a decision that was refused that they are empty,
// where somebody was faster who had said so.
func (f *Flow) stillEmpty(ctx context.Context, d dossier.Decision) error {
	for _, page := range d.Pages() {
		image, _, err := page.Split()
		if err != nil {
			return err
		}
		taken, err := f.Ledger.Image(ctx, f.Unit.ID, image)
		if err != nil {
			return err
		}
		before, err := f.sideAnswers(ctx, taken.Batch)
		if err != nil {
			return err
		}
		said, ok := lastEmpty(before, page)
		at, err := f.standsAt(ctx, taken.Batch, page)
		if err != nil {
			return err
		}
		if !ok || !saidEmpty(at) {
			continue
		}
		said.Seq, said.Refused = len(before)+1, 0
		if err := f.asItStands(ctx, said); err != nil {
			return err
		}
	}
	return nil
}

// sideIntent is the next version of the dossier in which the page waits: without
// it, or with it again. Nil where that changes nothing.
func (f *Flow) sideIntent(latest dossier.Manifest, said dossier.SideAnswer) *dossier.Intent {
	listed := slices.Contains(latest.Dossier.Pending, said.Page)
	if listed != (said.Say == dossier.SideEmpty) {
		return nil
	}
	reason := "empty side, says a person"
	if !listed {
		reason = "empty side taken back: the page waits again"
	}
	intent := f.nextIntent(latest, said.Actor, reason)
	intent.Draft.Dossier.Pending = withSide(intent.Draft.Dossier.Pending, said)
	if listed {
		intent.Left = []dossier.PageID{said.Page}
	} else {
		openAgain(&intent.Draft, reason+": dossier re-opened")
	}
	return &intent
}

// withSide are the pages that wait in a dossier after an answer.
func withSide(pending []dossier.PageID, said dossier.SideAnswer) []dossier.PageID {
	pending = slices.DeleteFunc(pending, func(id dossier.PageID) bool { return id == said.Page })
	if said.Say == dossier.SideWithdrawn {
		pending = append(pending, said.Page)
	}
	return pending
}

// recounted counts the sheets that came with the page anew, as the answer has it.
// Papers that were made because the count came out stay; but when it does not come
// out any more, the person is told before, for the empty side may be the back of a
// sheet that was fed the wrong way round, and its front is nowhere. Where the
// papers are held for their count, count is what is told from now on.
func (f *Flow) recounted(ctx context.Context, d dossier.Dossier, said dossier.SideAnswer) (count *dossier.Miscount, err error) {
	if d.Code == nil { // only a separator says how many sheets there are
		return nil, nil //nolint:nilnil // nothing is counted
	}
	p, err := f.placerOf(ctx, said.Batch)
	if err != nil {
		return nil, err
	}
	before := p.groupOf(*d.Code)
	p.stack.setEmpty(said.Page, "")
	if said.Say == dossier.SideEmpty {
		p.stack.setEmpty(said.Page, said.Reason)
	}
	after := p.groupOf(*d.Code)
	if short := shorter(before.Short, after.Short); short != nil && !said.Counted && said.Say == dossier.SideEmpty {
		return nil, &CountError{Miscount: p.miscount(*short, d.ID)}
	}
	if after.Miscount == nil {
		return nil, nil //nolint:nilnil // the count holds nothing
	}
	held := p.miscount(*after.Miscount, d.ID)
	return &held, nil
}

// shorter is the first opener whose sheets add up less than before.
func shorter(before, after []split.Miscount) *split.Miscount {
	for i, now := range after {
		off := 0
		for _, was := range before {
			if was.First == now.First {
				off = was.Off()
			}
		}
		if now.Off() > off {
			return &after[i]
		}
	}
	return nil
}

// groupOf is what the batch brought of the dossier with the code.
func (p placer) groupOf(code string) (of split.Group) {
	for _, group := range p.stack.divide(p.flow.Kinds).Groups {
		if group.Code != nil && *group.Code == code {
			return group
		}
	}
	return of
}

// setEmpty notes that a person says of a page which waited for the reason that
// nothing is on it; without a reason, that nobody says so.
func (s *stack) setEmpty(page dossier.PageID, why dossier.Reason) {
	s.empty[page] = why
	for i := range s.sheets {
		if s.sheets[i].Page == page {
			s.sheets[i].Empty = why != ""
		}
	}
}

// sideAnswers is what people said of pages of a batch, in order.
func (f *Flow) sideAnswers(ctx context.Context, batch dossier.BatchID) (all []dossier.SideAnswer, err error) {
	for {
		var next dossier.SideAnswer
		_, found, err := f.getJSON(ctx, dossier.SideKey(f.Unit.ID, batch, len(all)+1), &next)
		if err != nil || !found {
			return all, err
		}
		all = append(all, next)
	}
}

// sideVersion reads the answer about a side that made a version of a dossier; ok
// is false for a version that was made otherwise.
func (f *Flow) sideVersion(ctx context.Context, key string) (said dossier.SideAnswer, ok bool, err error) {
	if !strings.HasPrefix(key, dossier.SidePrefix(f.Unit.ID)) {
		return said, false, nil
	}
	_, found, err := f.getJSON(ctx, key, &said)
	if err != nil || !found {
		return said, false, orMissing(err, "answer about a side", key)
	}
	return said, true, nil
}
