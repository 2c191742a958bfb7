package pipeline

import (
	"context"
	"errors"
	"fmt"
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
	// Waiting is that of [Decisions].
	Waiting(ctx context.Context, unit dossier.UnitID, pages []dossier.PageID) ([]dossier.PlacedPage, error)
	// AnswerSide records an answer whose object is durable, and the version of the
	// dossier that it makes; count, where it is not nil, is what is told of its
	// sheets from now on. taken is false, and nothing is changed, when the page is
	// not as the answer wants it.
	AnswerSide(ctx context.Context, act dossier.Act, said dossier.SideAnswer, object dossier.ObjectRef, count *dossier.Miscount) (taken bool, err error)
}

// AnswerSide takes the word of a person who has looked at a page that waits:
// nothing is on it, so it is a blank of its batch from now on; or, taking that
// back, that it waits again as it did. Nothing else changes: what was split around
// the page stays as it is. Of what the person says only page, word and whether the
// count was told are taken; the rest follows from where the page stands. The
// answer is durable as an object, then as a row, when AnswerSide returns.
func (f *Flow) AnswerSide(ctx context.Context, ledger Sides, said dossier.SideAnswer) error {
	return f.redrafted(func() error {
		image, _, err := said.Page.Split()
		if err != nil {
			return ErrNotWaiting
		}
		taken, err := f.Ledger.Image(ctx, f.Unit.ID, image)
		if err != nil {
			return err
		}
		before, err := f.sideAnswers(ctx, taken.Batch)
		if err != nil {
			return err
		}
		next := dossier.SideAnswer{
			Schema: dossier.SideSchema, Batch: taken.Batch, Seq: len(before) + 1, At: f.Now().UTC(), Actor: said.Actor, Page: said.Page, Say: said.Say, Counted: said.Counted,
		}
		switch said.Say {
		case dossier.SideEmpty:
			err = f.saidEmpty(ctx, ledger, &next)
		case dossier.SideWithdrawn:
			err = withdrawnSide(before, &next)
		default:
			err = ErrNotEmpty
		}
		if err != nil {
			return err
		}
		return f.answerSide(ctx, ledger, next)
	})
}

// saidEmpty fills in how the page waits, and refuses one that can not be empty.
func (f *Flow) saidEmpty(ctx context.Context, ledger Sides, next *dossier.SideAnswer) error {
	waiting, err := ledger.Waiting(ctx, f.Unit.ID, []dossier.PageID{next.Page})
	if err != nil {
		return err
	}
	if len(waiting) != 1 {
		return ErrNotWaiting
	}
	next.Reason, next.Dossier = waiting[0].Reason, waiting[0].Dossier
	read, err := f.reading(ctx, next.Page)
	if err != nil {
		return err
	}
	return noneUnless(next.Reason.MayBeEmpty() && len(read.Codes) == 0, ErrNotEmpty)
}

// withdrawnSide fills in how the page waited before it was said to be empty.
func withdrawnSide(before []dossier.SideAnswer, next *dossier.SideAnswer) error {
	for _, said := range slices.Backward(before) {
		if said.Page == next.Page && said.Say == dossier.SideEmpty {
			next.Reason, next.Dossier, next.Counted = said.Reason, said.Dossier, false
			return nil
		}
	}
	return ErrNothingToUndo
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
	for ; ; said.Seq++ {
		key := dossier.SideKey(f.Unit.ID, said.Batch, said.Seq)
		if said.Intent != nil {
			said.Intent.Draft.Decision = key
		}
		ref, existed, err := f.putJSON(ctx, key, said)
		if err != nil {
			return err
		}
		if existed {
			continue // somebody looks at another page of the batch
		}
		ref.Role = "side"
		taken, err := ledger.AnswerSide(ctx, dossier.Act{Actor: said.Actor, At: said.At}, said, ref, count)
		return errors.Join(err, noneUnless(taken || err != nil, ErrNotWaiting))
	}
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
	var batch dossier.Batch
	if _, found, err := f.getJSON(ctx, dossier.BatchKey(f.Unit.ID, said.Batch), &batch); err != nil || !found {
		return nil, orMissing(err, "batch record", dossier.BatchKey(f.Unit.ID, said.Batch))
	}
	stack, err := f.stack(ctx, batch)
	if err != nil {
		return nil, err
	}
	p := placer{flow: f, stack: stack, batch: batch}
	before := p.groupOf(*d.Code)
	p.stack.setEmpty(said.Page, said.Say == dossier.SideEmpty)
	after := p.groupOf(*d.Code)
	if after.Short != nil && before.Short == nil && !said.Counted && said.Say == dossier.SideEmpty {
		return nil, &CountError{Miscount: p.miscount(*after.Short, d.ID)}
	}
	if after.Miscount == nil {
		return nil, nil //nolint:nilnil // the count holds nothing
	}
	held := p.miscount(*after.Miscount, d.ID)
	return &held, nil
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

// setEmpty notes that a person says of a page that nothing is on it, or no more.
func (s *stack) setEmpty(page dossier.PageID, empty bool) {
	s.empty[page] = empty
	for i := range s.sheets {
		if s.sheets[i].Page == page {
			s.sheets[i].Empty = empty
		}
	}
}

// addSides notes what people said of pages of the batch. A page that the newest
// version of its dossier lists as waiting does wait: a power cut kept that answer
// from becoming a version.
func (f *Flow) addSides(ctx context.Context, s *stack, batch dossier.BatchID) error {
	answers, err := f.sideAnswers(ctx, batch)
	if err != nil {
		return err
	}
	for _, said := range answers {
		empty := said.Say == dossier.SideEmpty
		if in := s.waiting[said.Page]; empty && in != "" {
			latest, _, err := f.Ledger.Latest(ctx, in)
			if err != nil {
				return err
			}
			empty = !slices.Contains(latest.Dossier.Pending, said.Page)
		}
		s.setEmpty(said.Page, empty)
	}
	return nil
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

// keptSides are the answers about sides whose versions a rebuild may have to
// record again.
func (r *rebuilder) keptSides(ctx context.Context) (all []keptDecision, err error) {
	for ref, err := range r.objects.List(ctx, dossier.SidePrefix(r.flow.Unit.ID)) {
		if err != nil {
			return nil, err
		}
		var said dossier.SideAnswer
		object, err := r.load(ctx, ref.Key, &said)
		if err != nil {
			return nil, fmt.Errorf("answer about a side: %w", err)
		}
		object.Role = "side"
		r.found.Decisions++
		kept := keptDecision{Decision: dossier.Decision{Seq: said.Seq, At: said.At}, side: &said, object: object}
		if said.Intent != nil {
			kept.Intent = *said.Intent
		}
		all = append(all, kept)
	}
	return all, nil
}
