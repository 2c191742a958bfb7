package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"sohoa/scanner"
)

// Claiming moves a file out of the scanner's reach. In order:
//
//  1. Open it, compare what is open with what lay still, look for its end.
//  2. Write into the batch's record what is about to come, durably.
//  3. Rename it into the batch's folder; where that is refused, copy it under
//     a temporary name, sync, compare every byte, see that the source did not
//     change, and rename the copy.
//  4. Compare the identity of what came with what was opened. If a writer was
//     quicker, the file is in the batch all the same, but must come to rest
//     there before the batch is offered.
//
// A crash between any two steps leaves the file in the inbox, or in the
// batch's folder and in its record.

// claimReady claims what is ready in every folder, within the budget of one
// poll; more is true when something ready was left over.
func (in *intake) claimReady(now time.Time) (more bool) {
	budget := in.cfg.ClaimsPerPoll
	for _, f := range in.inOrder() {
		ready := f.readyInOrder()
		if len(ready) > budget {
			ready, more = ready[:budget], true
		}
		budget -= len(ready)
		in.claim(f, in.lookInside(f, ready, now), now)
	}
	return more
}

// readyInOrder are the entries that may be looked into, in the order of the
// paper; while the closing key waits, only those from before it.
func (f *folder) readyInOrder() []*entry {
	var ready []*entry
	for _, e := range f.entries {
		if !e.ready {
			continue
		}
		if f.closing && !e.beforeKey {
			e.reason = ReasonClosing
			continue
		}
		ready = append(ready, e)
	}
	slices.SortFunc(ready, func(a, b *entry) int { return scanner.Compare(a.name, b.name) })
	return ready
}

// lookInside opens each entry and keeps those that have their end.
func (in *intake) lookInside(f *folder, ready []*entry, now time.Time) []*entry {
	return slices.DeleteFunc(ready, func(e *entry) bool {
		id, v, err := in.inspect(in.inboxPath(f, e.name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			e.ready = false // the next listing tells whether it was renamed
		case err != nil:
			e.wait(reasonOf(err), nameless("open file", err), in.cfg, now)
		case e.rest.observe(id, now):
			e.ready, e.reason, f.active = false, ReasonGrowing, now
		case v == formatPages && !e.forced && !e.rest.still(in.cfg.SettlePages, now):
			e.ready, e.reason = false, ReasonArriving
		case e.forced || v.ends():
			return false
		case v == formatIncomplete:
			e.wait(ReasonIncomplete, nil, in.cfg, now)
		case !e.rest.still(in.cfg.SettleUnknown, now):
			e.ready, e.reason = false, ReasonUnknown
			e.next = now.Add(min(in.cfg.SettleUnknown, in.cfg.MaxBackoff))
		default:
			return false
		}
		return true
	})
}

// inspect opens a file and says what was open and whether its end is there.
func (in *intake) inspect(path string) (id identity, v verdict, err error) {
	f, err := in.ops.open(path)
	if err != nil {
		return id, v, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return id, v, err
	}
	id = identify(info)
	v, err = checkEnd(f, id.Size)
	return id, v, err
}

// claim moves the entries into the folder's batch, and into further ones where
// it is full.
func (in *intake) claim(f *folder, ready []*entry, now time.Time) {
	for len(ready) > 0 {
		if err := in.ensureOpen(f, now); err != nil {
			in.refuse(ready, err, now)
			return
		}
		n := min(len(ready), in.cfg.BatchFiles-len(f.open.files))
		in.claimInto(f, ready[:n], now)
		ready = ready[n:]
		if len(f.open.files) >= in.cfg.BatchFiles {
			b := f.open
			f.open, b.closed = nil, now
			in.queue = append(in.queue, b)
		}
	}
}

func (in *intake) ensureOpen(f *folder, now time.Time) error {
	if f.open != nil {
		return nil
	}
	b := newBatch(in.cfg.Claimed, f.path, f.device, now)
	if err := in.ops.mkdir(b.dir); err != nil {
		return nameless("make batch folder", err)
	}
	if err := in.ops.syncDir(in.cfg.Claimed); err != nil {
		return nameless("sync claimed folder", err)
	}
	f.open = b
	return nil
}

func (in *intake) refuse(entries []*entry, err error, now time.Time) {
	for _, e := range entries {
		e.wait(ReasonRefused, err, in.cfg, now)
	}
}

// claimInto records the entries in the open batch, then moves them.
func (in *intake) claimInto(f *folder, ready []*entry, now time.Time) {
	b := f.open
	planned := make([]*claimedFile, len(ready))
	for i, e := range ready {
		planned[i] = b.add(e.name, e.rest.id, e.first)
	}
	if err := in.save(b); err != nil {
		for _, file := range planned {
			b.drop(file)
		}
		in.refuse(ready, err, now)
		return
	}
	for i, file := range planned {
		in.moveIn(f, ready[i], file, now)
	}
	// Without this a power cut may put the names back into the inbox, where
	// they are found again; it can't lose them, so an error changes nothing.
	_ = errors.Join(in.ops.syncDir(b.dir), in.ops.syncDir(in.inboxPath(f, "")))
}

// moveIn moves one planned file and forgets its entry, or drops the plan.
func (in *intake) moveIn(f *folder, e *entry, file *claimedFile, now time.Time) {
	b, src := f.open, in.inboxPath(f, e.name)
	own, err := in.move(src, b, file)
	if err != nil {
		b.drop(file)
		if errors.Is(err, fs.ErrNotExist) {
			e.ready = false
			return
		}
		e.wait(reasonOf(err), nameless("claim file", err), in.cfg, now)
		return
	}
	file.rest.observe(own, now)
	file.rested = own.sameContent(file.source) && (file.copied || own.Inode == file.source.Inode)
	b.grown, f.active = now, now
	if file.copied {
		f.copies[e.name] = file.source
		e.ready, e.stays, e.reason = false, true, ""
		return
	}
	delete(f.entries, e.name)
}

// move brings a file from the inbox under its planned path and returns what
// came.
func (in *intake) move(src string, b *batch, file *claimedFile) (identity, error) {
	dst := b.join(file)
	if _, err := in.ops.lstat(dst); !errors.Is(err, fs.ErrNotExist) {
		return identity{}, fmt.Errorf("claim: %w", errors.Join(fs.ErrExist, err))
	}
	err := in.ops.rename(src, dst)
	if err != nil && renameRefused(err) {
		file.copied = true
		err = in.copyIn(src, b, file)
	}
	if err != nil {
		return identity{}, err
	}
	info, err := in.ops.lstat(dst)
	if err != nil {
		return identity{}, err
	}
	if !info.Mode().IsRegular() {
		return identity{}, in.putBack(dst, src)
	}
	return identify(info), nil
}

// putBack returns to the inbox what took a file's place between the look and
// the rename and is no file.
func (in *intake) putBack(dst, src string) error {
	if _, err := in.ops.lstat(src); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(errNotRegular, err)
	}
	return errors.Join(errNotRegular, in.ops.rename(dst, src))
}

// copyIn copies a file that can't be renamed and proves the copy.
func (in *intake) copyIn(src string, b *batch, file *claimedFile) error {
	temp := filepath.Join(b.dir, copyName)
	if err := in.ops.remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // half a copy of our own, from before a crash
	}
	if err := in.ops.copy(src, temp); err != nil {
		return err
	}
	if err := in.proveCopy(src, temp, file.source); err != nil {
		return errors.Join(err, in.ops.remove(temp))
	}
	return in.ops.rename(temp, b.join(file))
}

func (in *intake) proveCopy(src, temp string, source identity) error {
	same, err := in.ops.sameBytes(src, temp)
	if err != nil {
		return err
	}
	info, err := in.ops.lstat(src)
	if err != nil {
		return err
	}
	if !same || identify(info) != source {
		return errChanged
	}
	return nil
}

// tend watches over the files that have been claimed: those that still move
// must come to rest, and the batches behind are frozen or finished.
func (in *intake) tend(now time.Time) {
	for _, f := range in.inOrder() {
		if f.open != nil {
			in.settleFiles(f.open, now)
		}
	}
	for _, b := range slices.Clone(in.queue) {
		switch {
		case b.taking || now.Before(b.retry):
		case b.taken:
			in.finish(b, now)
		case !b.frozen:
			in.settleFiles(b, now)
			in.freeze(b, now)
		}
	}
	in.lost = slices.DeleteFunc(in.lost, func(w Waiting) bool { return now.Sub(w.Since) >= vanishedShown })
}

// settleFiles looks at the claimed files that do not lie still yet.
func (in *intake) settleFiles(b *batch, now time.Time) {
	for _, file := range slices.Clone(b.files) {
		if !file.rested {
			in.settleFile(b, file, now)
		}
	}
}

// settleFile looks at one. Nobody can write it under its name any more, only
// who holds it open, so that after BatchHold its end is no longer waited for.
func (in *intake) settleFile(b *batch, file *claimedFile, now time.Time) {
	info, err := in.ops.lstat(b.join(file))
	if errors.Is(err, fs.ErrNotExist) {
		in.lose(b, file, now)
		return
	}
	if err != nil || file.rest.observe(identify(info), now) || !file.rest.still(in.cfg.Settle, now) {
		return
	}
	_, v, err := in.inspect(b.join(file))
	switch {
	case err != nil:
	case v.ends():
		file.rested = true
	case v == formatUnknown:
		file.rested = file.rest.still(in.cfg.SettleUnknown, now)
	default:
		file.rested = file.rest.still(in.cfg.BatchHold, now)
	}
}

// lose books a claimed file that somebody took out of the batch's folder.
func (in *intake) lose(b *batch, file *claimedFile, now time.Time) {
	b.drop(file)
	in.lost = append(in.lost, Waiting{Name: file.name, Device: b.device, Since: now, Reason: ReasonVanished})
}

// freeze seals a batch whose files all lie still.
func (in *intake) freeze(b *batch, now time.Time) {
	if !b.allRested() {
		return
	}
	b.frozen = true
	if err := in.save(b); err != nil {
		b.frozen = false
		b.putOff(err, in.cfg, now)
	}
}

// putOff books a failure and lets time pass before the next try.
func (b *batch) putOff(err error, cfg Config, now time.Time) {
	b.err = err
	b.attempts++
	b.retry = now.Add(retryDelay(b.attempts, cfg.Poll))
}

// retryDelay doubles from one poll to 5 minutes: long enough for a full disk
// to be seen to, short enough that nobody waits for it afterwards.
func retryDelay(attempts int, poll time.Duration) time.Duration {
	const longest = 5 * time.Minute
	return min(longest, poll<<min(attempts-1, 16))
}
