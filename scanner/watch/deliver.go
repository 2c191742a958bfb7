package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"sohoa/dossier"
)

// Delivering hands closed batches to the caller, one at a time, in the order
// in which they were closed; one that failed comes again later and holds up no
// other. After the caller said that a batch is durable:
//
//  1. Files that a writer changed meanwhile go into a batch of their own:
//     what was stored is what they were, what they are now is still to store.
//  2. Sources that were copied leave the inbox, if they are still the same.
//  3. The batch's folder goes to done/.
//
// A crash before 3 means that the batch is offered again, as it was.

// next is the first batch that may be offered now, nil for none. It is marked
// as being taken until [intake.answer].
func (in *intake) next() *batch {
	now := in.cfg.Clock.Now()
	for _, b := range slices.Clone(in.queue) {
		if !b.frozen || b.taking || b.taken || now.Before(b.retry) || !in.sealed(b, now) {
			continue
		}
		if len(b.files) == 0 { // all of it was lost or moved on
			b.taken = true
			continue
		}
		b.taking, b.offered = true, true
		return b
	}
	return nil
}

// sealed tells whether the frozen batch's files are still what they were. If
// not, an unoffered batch waits for them to come to rest; one that may be known
// to the caller gets a new id, because an id stands for its bytes.
func (in *intake) sealed(b *batch, now time.Time) bool {
	changed, err := in.changedFiles(b)
	if err != nil {
		b.putOff(err, in.cfg, now)
		return false
	}
	if len(changed) == 0 {
		return true
	}
	for _, file := range changed {
		file.rested = false
	}
	if b.offered {
		if err := in.reissue(b, now); err != nil {
			b.putOff(err, in.cfg, now)
		}
		return false
	}
	b.frozen = false
	return false
}

// changedFiles are the files of a frozen batch that are no longer what was
// frozen.
func (in *intake) changedFiles(b *batch) (changed []*claimedFile, err error) {
	for _, file := range b.files {
		info, err := in.ops.lstat(b.join(file))
		if errors.Is(err, fs.ErrNotExist) {
			changed = append(changed, file)
			continue
		}
		if err != nil {
			return nil, nameless("look at claimed file", err)
		}
		if identify(info) != file.rest.id {
			changed = append(changed, file)
		}
	}
	return changed, nil
}

// reissue gives a batch a new id, under which it settles and is offered anew.
// The folder moves first: a crash after it finds a broken seal again.
func (in *intake) reissue(b *batch, now time.Time) error {
	id := dossier.BatchID(dossier.NewID())
	dir := filepath.Join(in.cfg.Claimed, string(id))
	if err := in.ops.rename(b.dir, dir); err != nil {
		return nameless("rename batch", err)
	}
	b.id, b.dir, b.frozen, b.offered = id, dir, false, false
	b.closed = now
	return nameless("sync claimed folder", in.ops.syncDir(in.cfg.Claimed))
}

// answer books what Take said about a batch.
func (in *intake) answer(b *batch, err error) {
	now := in.cfg.Clock.Now()
	b.taking = false
	if err != nil {
		b.putOff(fmt.Errorf("take batch %s: %w", b.id, err), in.cfg, now)
		return
	}
	b.taken, b.attempts, b.err = true, 0, nil
	in.finish(b, now)
}

// finish brings a taken batch out of the way; what fails is tried again.
func (in *intake) finish(b *batch, now time.Time) {
	for _, step := range []func(*batch, time.Time) error{in.rescue, in.release, in.retire} {
		if err := step(b, now); err != nil {
			b.putOff(err, in.cfg, now)
			return
		}
	}
	in.queue = slices.DeleteFunc(in.queue, func(q *batch) bool { return q == b })
}

// rescue moves files that changed after they were offered into a new batch.
func (in *intake) rescue(b *batch, now time.Time) error {
	changed, err := in.changedFiles(b)
	if err != nil || len(changed) == 0 {
		return err
	}
	late := newBatch(in.cfg.Claimed, b.folder, b.device, now)
	late.closed = now
	if err := in.ops.mkdir(late.dir); err != nil {
		return nameless("make batch folder", err)
	}
	for _, file := range changed {
		late.add(file.name, file.source, now).copied = file.copied
	}
	if err := in.save(late); err != nil {
		return err
	}
	in.queue = append(in.queue, late)
	for i, file := range slices.Clone(late.files) {
		if err := in.moveOn(b, changed[i], late, file, now); err != nil {
			return err
		}
	}
	return nameless("sync batch folder", errors.Join(in.ops.syncDir(late.dir), in.ops.syncDir(b.dir)))
}

// moveOn moves one file of a taken batch into a later one.
func (in *intake) moveOn(b *batch, old *claimedFile, late *batch, file *claimedFile, now time.Time) error {
	err := in.ops.rename(b.join(old), late.join(file))
	if errors.Is(err, fs.ErrNotExist) {
		b.drop(old)
		in.lose(late, file, now)
		return nil
	}
	if err != nil {
		late.drop(file)
		return nameless("move changed file", err)
	}
	b.drop(old)
	return nil
}

// release lets the sources of copied files go.
func (in *intake) release(b *batch, now time.Time) error {
	f := in.folder(b.folder)
	for _, file := range b.files {
		if !file.copied {
			continue
		}
		if !in.gone.IsZero() {
			return fmt.Errorf("release sources: %w", in.goneErr)
		}
		if err := in.releaseSource(f, b, file, now); err != nil {
			return err
		}
		if f.copies[file.name] == file.source {
			delete(f.copies, file.name)
		}
		file.copied = false
	}
	return nil
}

// releaseSource removes one source if it still is what was copied. One that
// can't be removed, or is away for the moment, goes into the ledger, so that
// it is not taken a second time.
func (in *intake) releaseSource(f *folder, b *batch, file *claimedFile, now time.Time) error {
	src := in.inboxPath(f, file.name)
	info, err := in.ops.lstat(src)
	if errors.Is(err, fs.ErrNotExist) {
		return in.noteLeft(f, file, now)
	}
	if err != nil {
		return nameless("look at source", err)
	}
	if identify(info) != file.source {
		return nil // another file by now; it is taken as one
	}
	same, err := in.ops.sameBytes(src, b.join(file))
	if err != nil || !same {
		return nameless("compare source", err)
	}
	err = in.ops.remove(src)
	if err != nil && removeRefused(err) {
		return in.noteLeft(f, file, now)
	}
	if err == nil {
		delete(f.entries, file.name)
	}
	return nameless("remove source", err)
}

func (in *intake) noteLeft(f *folder, file *claimedFile, now time.Time) error {
	in.left.add(f.path, file.name, file.source, now)
	return in.saveLedger(now)
}

// retire moves the folder of a taken batch to done.
func (in *intake) retire(b *batch, _ time.Time) error {
	err := in.ops.rename(b.dir, filepath.Join(in.cfg.Done, string(b.id)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // not there: an earlier try moved it
		return nameless("move batch to done", err)
	}
	return nameless("sync done folder", errors.Join(in.ops.syncDir(in.cfg.Done), in.ops.syncDir(in.cfg.Claimed)))
}
