package pipeline

import (
	"context"
	"errors"

	"sohoa/dossier"
)

// ErrNoSuchSheets tells that the numbers can not be the sheets of which one side
// was not scanned.
var ErrNoSuchSheets = errors.New("these can not be the sheets without a side")

// HeldBatches is the catalogue as answers about fronts and backs use it.
type HeldBatches interface {
	Miscounts(ctx context.Context, batch dossier.BatchID) ([]dossier.Miscount, error)
	// AnswerBacks records an answer whose object is durable and has the batch
	// split again; taken is false, and nothing is changed, when no page of it
	// waits for one.
	AnswerBacks(ctx context.Context, act dossier.Act, said dossier.BacksAnswer, object dossier.ObjectRef) (taken bool, err error)
}

// AnswerBacks takes what a person says about a batch whose fronts and backs do not
// fit together: which sheets have an empty side that was not scanned, or that the
// batch is fed again. The first makes papers, which are corrected like any
// others; the second can be withdrawn. The answer is durable as an object before
// the batch is split again, by the next job.
func (f *Flow) AnswerBacks(ctx context.Context, ledger HeldBatches, said dossier.BacksAnswer) error {
	var batch dossier.Batch
	_, found, err := f.getJSON(ctx, dossier.BatchKey(f.Unit.ID, said.Batch), &batch)
	if err != nil || !found || batch.Backs == nil {
		return errors.Join(err, noneUnless(err != nil, ErrNotWaiting))
	}
	last, err := f.backsAnswer(ctx, batch.ID)
	if err != nil {
		return err
	}
	if err := f.canSay(ctx, ledger, said, last); err != nil {
		return err
	}
	said.Schema, said.Seq, said.At = dossier.BacksSchema, last.Seq+1, f.Now().UTC()
	if said.Sheets == nil || said.Say != dossier.BacksBlank {
		said.Sheets = []int{}
	}
	ref, existed, err := f.putJSON(ctx, dossier.BacksKey(f.Unit.ID, said.Batch, said.Seq), said)
	if err != nil || existed {
		return errors.Join(err, noneUnless(!existed, ErrChanged))
	}
	ref.Role = "backs"
	taken, err := ledger.AnswerBacks(ctx, dossier.Act{Actor: said.Actor, At: said.At}, said, ref)
	return errors.Join(err, noneUnless(taken || err != nil, ErrNotWaiting))
}

// canSay compares an answer with how the batch stands.
func (f *Flow) canSay(ctx context.Context, ledger HeldBatches, said, last dossier.BacksAnswer) error {
	if said.Say == dossier.BacksWithdrawn {
		return noneUnless(last.Say == dossier.BacksRescan, ErrNothingToUndo)
	}
	all, err := ledger.Miscounts(ctx, said.Batch)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Unpaired == nil {
			continue
		}
		switch said.Say {
		case dossier.BacksRescan:
			return nil
		case dossier.BacksBlank:
			return noneUnless(m.Unpaired.Fits(said.Sheets), ErrNoSuchSheets)
		case dossier.BacksWithdrawn: // answered above
		}
		return ErrNoSuchSheets
	}
	return ErrNotWaiting
}

// backsAnswer is what a person said last about the fronts and backs of a batch;
// its number is 0 where nobody has said anything.
func (f *Flow) backsAnswer(ctx context.Context, batch dossier.BatchID) (last dossier.BacksAnswer, err error) {
	for {
		var next dossier.BacksAnswer
		_, found, err := f.getJSON(ctx, dossier.BacksKey(f.Unit.ID, batch, last.Seq+1), &next)
		if err != nil || !found {
			return last, err
		}
		last = next
	}
}

// backs lists what people said about fronts and backs; the splitting of each
// batch reads it again.
func (r *rebuilder) backs(ctx context.Context) error {
	for ref, err := range r.objects.List(ctx, dossier.BacksPrefix(r.flow.Unit.ID)) {
		if err != nil {
			return err
		}
		var said dossier.BacksAnswer
		object, err := r.load(ctx, ref.Key, &said)
		if err != nil {
			return err
		}
		object.Role = "backs"
		if err := r.ledger.AddObjects(ctx, r.flow.restoring(), []dossier.ObjectRef{object}); err != nil {
			return err
		}
		r.found.Decisions++
	}
	return nil
}
