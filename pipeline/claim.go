package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sohoa/dossier"
)

// Source is one input file: where its bytes come from and the name people know
// it by.
type Source struct {
	Name string
	// Open starts reading; the flow reads to the end once.
	Open func() (io.ReadCloser, error)
	// Filed says where a file that was filed electronically belongs; nil for
	// scans.
	Filed *dossier.Filing
	// Unchanged is asked after the last byte: an error says that the file was
	// written to meanwhile.
	Unchanged func() error
}

// Feed is what comes in at once, in the order of the paper.
type Feed struct {
	// ID names the batch where its files already lie together under a name, so
	// that claiming them again after a crash has the effect of once. Empty for
	// a batch that nobody has named yet.
	ID      dossier.BatchID
	Device  string
	Sources []Source
	// Background is true for what can wait while a counter has paper.
	Background bool
	// Backs is there for a feed of all fronts and then all backs.
	Backs *dossier.Backs
}

// Claim takes a batch in, in the order that loses nothing: every source's bytes
// become a raw object, then the batch record becomes an object, then rows, jobs
// and the audit row commit together. Only after Claim returns may a source be
// moved. Sources keep their order. A source that changes while it is read fails
// the batch with a Retry fault; nothing is recorded then, and the raw objects
// written are simply found again next time.
func (f *Flow) Claim(ctx context.Context, actor dossier.Actor, feed Feed) (dossier.Batch, error) {
	act := dossier.Act{Actor: actor, At: f.Now().UTC()}
	batch := dossier.Batch{
		Schema: dossier.BatchSchema, ID: feed.ID, Unit: f.Unit.ID, Actor: actor, Device: feed.Device, At: act.At, Background: feed.Background, Backs: feed.Backs,
	}
	if feed.ID == "" {
		batch.ID = dossier.BatchID(dossier.NewID())
	} else if earlier, found, err := f.claimAgain(ctx, act, feed); err != nil || found {
		return earlier, err
	}
	objects := make([]dossier.ObjectRef, 0, len(feed.Sources)+1)
	for _, source := range feed.Sources {
		ref, err := f.keepRaw(ctx, source)
		if err != nil {
			return dossier.Batch{}, err
		}
		batch.Files = append(batch.Files, dossier.BatchFile{Name: source.Name, SHA256: ref.SHA256, Size: ref.Size, Filed: source.Filed})
		objects = append(objects, ref)
	}
	if err := f.markKnown(ctx, batch.Files, batch.ID); err != nil {
		return dossier.Batch{}, err
	}
	record, _, err := f.putJSON(ctx, dossier.BatchKey(f.Unit.ID, batch.ID), batch)
	if err != nil {
		return dossier.Batch{}, err
	}
	if err := f.Ledger.TakeIn(ctx, act, batch, append(objects, record)); err != nil {
		return dossier.Batch{}, err
	}
	return batch, nil
}

// claimAgain finishes a claim whose batch record is an object already: its raw
// objects were durable before, so only the transaction may be missing.
func (f *Flow) claimAgain(ctx context.Context, act dossier.Act, feed Feed) (dossier.Batch, bool, error) {
	var batch dossier.Batch
	key := dossier.BatchKey(f.Unit.ID, feed.ID)
	_, found, err := f.getJSON(ctx, key, &batch)
	if err != nil || !found {
		return dossier.Batch{}, false, err
	}
	if len(batch.Files) != len(feed.Sources) {
		return dossier.Batch{}, false, &dossier.Fault{
			Kind: dossier.Stop, Op: "claim batch again", Reason: dossier.ReasonChanged,
			Err: fmt.Errorf("batch %s has %d files, its record %d", feed.ID, len(feed.Sources), len(batch.Files)),
		}
	}
	record, err := f.digest(ctx, key)
	if err != nil {
		return dossier.Batch{}, false, err
	}
	return batch, true, f.Ledger.TakeIn(ctx, act, batch, append(f.rawObjects(batch), record))
}

// Taken is the catalogue as [Flow.Adopt] compares the objects with it.
type Taken interface {
	BatchIDs(ctx context.Context, unit dossier.UnitID) ([]dossier.BatchID, error)
	TakeIn(ctx context.Context, act dossier.Act, batch dossier.Batch, objects []dossier.ObjectRef) error
}

// Adopt finishes every claim that a crash cut off between the batch record and
// its rows: the record is believed, as a rebuild would believe it. It runs at
// boot, when nobody claims.
func (f *Flow) Adopt(ctx context.Context, objects Lister, ledger Taken) error {
	ids, err := ledger.BatchIDs(ctx, f.Unit.ID)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[dossier.BatchKey(f.Unit.ID, id)] = true
	}
	for ref, err := range objects.List(ctx, dossier.BatchPrefix(f.Unit.ID)) {
		if err != nil {
			return fmt.Errorf("look for unfinished claims: %w", err)
		}
		if known[ref.Key] {
			continue
		}
		if err := f.adopt(ctx, ledger, ref.Key); err != nil {
			return err
		}
	}
	return nil
}

func (f *Flow) adopt(ctx context.Context, ledger Taken, key string) error {
	var batch dossier.Batch
	if _, found, err := f.getJSON(ctx, key, &batch); err != nil || !found {
		return orMissing(err, "batch record", key)
	}
	if err := f.neverRead(ctx, batch); err != nil {
		return err
	}
	record, err := f.digest(ctx, key)
	if err != nil {
		return err
	}
	return ledger.TakeIn(ctx, dossier.Act{Actor: batch.Actor, At: f.Now().UTC()}, batch, append(f.rawObjects(batch), record))
}

// ErrOlderCatalogue says that the objects know more than the catalogue: it was
// replaced by an older copy. Going on would begin dossiers a second time that
// the objects have; a rebuild brings everything back.
var ErrOlderCatalogue = errors.New("the catalogue is older than the objects")

// neverRead wants that no image of a batch without rows was read. Images are
// read after the rows are there, so that a claim which a crash has cut off has
// no readings, unless another batch has brought the same file since.
func (f *Flow) neverRead(ctx context.Context, batch dossier.Batch) error {
	var sums []dossier.SHA256
	for _, file := range batch.Files {
		sums = append(sums, file.SHA256)
	}
	known, err := f.Ledger.Known(ctx, f.Unit.ID, sums)
	if err != nil {
		return err
	}
	for _, sum := range sums {
		if _, ok := known[sum]; ok {
			continue
		}
		r, _, found, err := f.Objects.Open(ctx, dossier.ReadingKey(f.Unit.ID, dossier.NewImageID(sum, 1), 1))
		if err != nil {
			return err
		}
		if found {
			return errors.Join(&dossier.Fault{Kind: dossier.Stop, Op: "finish claim", Reason: dossier.ReasonDamaged,
				Err: fmt.Errorf("%w: it does not know batch %s, which was worked on", ErrOlderCatalogue, batch.ID)}, r.Close())
		}
	}
	return nil
}

// rawObjects are the raw objects of a batch as its record vouches for them.
func (f *Flow) rawObjects(batch dossier.Batch) []dossier.ObjectRef {
	objects := make([]dossier.ObjectRef, len(batch.Files))
	for i, file := range batch.Files {
		objects[i] = dossier.ObjectRef{Key: dossier.RawKey(f.Unit.ID, file.SHA256), SHA256: file.SHA256, Size: file.Size, Role: "raw"}
	}
	return objects
}

// keepRaw makes a source's bytes durable under their digest.
func (f *Flow) keepRaw(ctx context.Context, source Source) (_ dossier.ObjectRef, err error) {
	r, err := source.Open()
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("take in file: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	ref, _, err := f.Objects.PutHashed(ctx, r, func(sum dossier.SHA256) string { return dossier.RawKey(f.Unit.ID, sum) })
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("take in file: %w", err)
	}
	if err := source.Unchanged(); err != nil {
		return dossier.ObjectRef{}, &dossier.Fault{Kind: dossier.Retry, Op: "take in file", Reason: dossier.ReasonChanged, Err: err}
	}
	ref.Role = "raw"
	return ref, nil
}

// markKnown marks the files whose bytes the unit has already, from an earlier
// batch or from earlier in this one.
func (f *Flow) markKnown(ctx context.Context, files []dossier.BatchFile, batch dossier.BatchID) error {
	sums := make([]dossier.SHA256, len(files))
	for i, file := range files {
		sums[i] = file.SHA256
	}
	known, err := f.Ledger.Known(ctx, f.Unit.ID, sums)
	if err != nil {
		return err
	}
	for i, file := range files {
		of, ok := known[file.SHA256]
		if ok {
			files[i].Duplicate, files[i].Of = true, of
		}
		if !ok {
			known[file.SHA256] = batch
		}
	}
	return nil
}

// putJSON writes a value as an object that a person can read.
func (f *Flow) putJSON(ctx context.Context, key string, value any) (dossier.ObjectRef, bool, error) {
	body, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return dossier.ObjectRef{}, false, fmt.Errorf("encode object: %w", err)
	}
	ref, existed, err := f.Objects.Put(ctx, key, bytes.NewReader(append(body, '\n')))
	if err != nil {
		return dossier.ObjectRef{}, false, fmt.Errorf("write object: %w", err)
	}
	return ref, existed, nil
}

// getJSON reads an object written by putJSON; found is false when there is
// none.
func (f *Flow) getJSON(ctx context.Context, key string, value any) (ref dossier.ObjectRef, found bool, err error) {
	r, ref, found, err := f.Objects.Open(ctx, key)
	if err != nil || !found {
		return ref, false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := json.NewDecoder(r).Decode(value); err != nil {
		return ref, false, &dossier.Fault{Kind: dossier.Stop, Op: "read object " + key, Reason: dossier.ReasonDamaged, Err: err}
	}
	return ref, true, nil
}
