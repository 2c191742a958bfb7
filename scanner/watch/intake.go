package watch

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// intake is the whole state of a Watcher. One goroutine owns it, it starts
// none, and it has no channels: the same calls at the same times do the same.
type intake struct {
	cfg     Config
	ops     ops
	folders map[string]*folder // by path below the inbox, "" for the inbox itself
	queue   []*batch           // closed batches, in order of closing
	left    ledger
	lost    []Waiting // claimed files that somebody took away
	round   uint64
	gone    time.Time // since when the inbox can't be listed; zero while it can
	goneErr error
}

// folder is one folder of the inbox: a device.
type folder struct {
	path    string // below the inbox
	device  string
	entries map[string]*entry
	present int // entries seen in this round
	fresh   []*entry
	open    *batch
	active  time.Time // when anything in it changed last
	closing bool      // the closing key was pressed
	// copies are sources that lie in a batch as copies, by name.
	copies   map[string]identity
	unlisted time.Time // since when it can't be listed; zero while it can
	err      error
}

// vanishedShown is how long a file that went away is still spoken of.
const vanishedShown = 10 * time.Minute

// temporaryShown is how long a temporary name is nothing to speak of.
const temporaryShown = time.Minute

// holdCap ends the wait of a batch for a file that never stops changing, in
// multiples of [Config.BatchHold].
const holdCap = 5

func newIntake(cfg Config, o ops) *intake {
	return &intake{cfg: cfg, ops: o, folders: map[string]*folder{}}
}

// start makes the folders of its own and takes up what an earlier run left.
func (in *intake) start() error {
	for _, dir := range []string{in.cfg.Claimed, in.cfg.Done} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nameless("watch: make folder", err)
		}
	}
	left, err := loadLedger(in.cfg.Claimed)
	if err != nil {
		return err
	}
	in.left = left
	entries, err := in.ops.readDir(in.cfg.Claimed)
	if err != nil {
		return nameless("watch: list claimed batches", err)
	}
	now := in.cfg.Clock.Now()
	for _, d := range entries {
		if !d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			continue
		}
		b, err := in.load(d.Name(), now)
		if err != nil {
			return err
		}
		in.resume(b, now)
	}
	slices.SortStableFunc(in.queue, func(x, y *batch) int { return x.opened.Compare(y.opened) })
	return nil
}

// resume goes on with a batch of an earlier run: an open one is filled
// further, since the pile of paper may have gone on meanwhile.
func (in *intake) resume(b *batch, now time.Time) {
	f := in.folder(b.folder)
	for _, file := range b.files {
		if file.copied {
			f.copies[file.name] = file.source
		}
	}
	if b.closed.IsZero() && !b.frozen && f.open == nil {
		f.open, f.active, b.grown = b, now, now
		return
	}
	b.closed = now
	in.queue = append(in.queue, b)
}

func (in *intake) folder(path string) *folder {
	f, ok := in.folders[path]
	if !ok {
		f = &folder{path: path, device: path, entries: map[string]*entry{}, copies: map[string]identity{}}
		if path == "" {
			f.device = RootDevice
		}
		in.folders[path] = f
	}
	return f
}

// inOrder are the folders by name: what happens in one poll must not hang on
// the order of a map.
func (in *intake) inOrder() []*folder {
	return slices.SortedFunc(maps.Values(in.folders), func(a, b *folder) int { return strings.Compare(a.path, b.path) })
}

// poll is one look at everything. It tells whether claims were left over for
// want of budget, so that the next poll should follow at once.
func (in *intake) poll() (more bool) {
	now := in.cfg.Clock.Now()
	in.round++
	if in.list(now) {
		more = in.claimReady(now)
	}
	in.closeIdle(now)
	in.tend(now)
	return more
}

// pause is the time to the next poll: at once when claims were left over,
// earlier than usual when a file will have come to rest before, so that nobody
// waits for the next beat.
func (in *intake) pause(more bool) time.Duration {
	if more {
		return 0
	}
	pause, now := in.cfg.Poll, in.cfg.Clock.Now()
	spans := []time.Duration{in.cfg.Settle, in.cfg.SettlePages}
	for _, f := range in.folders {
		for _, e := range f.entries {
			if left, ok := e.rests(spans, now); ok {
				pause = min(pause, max(left, minGap))
			}
		}
	}
	return pause
}

// list looks at every folder of the inbox; false when the inbox is away, and
// then all that is known of it stays as it is.
func (in *intake) list(now time.Time) bool {
	entries, err := in.ops.readDir(in.cfg.Inbox)
	if err != nil {
		if in.gone.IsZero() {
			in.gone = now
		}
		in.goneErr = nameless("list inbox", err)
		return false
	}
	in.gone, in.goneErr = time.Time{}, nil
	listed := map[string]bool{"": true}
	for _, d := range entries {
		if d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
			listed[d.Name()] = true
			in.listFolder(in.folder(d.Name()), now)
		}
	}
	root := in.folder("")
	in.look(root, slices.DeleteFunc(entries, fs.DirEntry.IsDir), now)
	for path, f := range in.folders {
		if !listed[path] {
			in.look(f, nil, now)
			in.forget(f)
		}
	}
	return true
}

func (in *intake) listFolder(f *folder, now time.Time) {
	entries, err := in.ops.readDir(in.inboxPath(f, ""))
	if err != nil {
		if f.unlisted.IsZero() {
			f.unlisted = now
		}
		f.err = nameless("list device folder", err)
		return
	}
	f.unlisted, f.err = time.Time{}, nil
	in.look(f, entries, now)
}

// forget drops a folder that is no longer there once nothing depends on it.
func (in *intake) forget(f *folder) {
	if f.open == nil && len(f.entries) == 0 && len(f.copies) == 0 {
		delete(in.folders, f.path)
	}
}

func (in *intake) inboxPath(f *folder, name string) string {
	return filepath.Join(in.cfg.Inbox, f.path, name)
}

// look goes through one folder's listing.
func (in *intake) look(f *folder, entries []fs.DirEntry, now time.Time) {
	f.present, f.fresh = 0, nil
	for _, d := range entries {
		if isLitter(d.Name()) {
			continue
		}
		e := f.entry(d.Name(), now)
		e.seen = in.round
		f.present++
		if !now.Before(e.next) {
			in.lookAt(f, e, d, now)
		}
	}
	if f.present < len(f.entries) {
		in.miss(f, now)
	}
}

// entry finds what is known under a name, or begins anew.
func (f *folder) entry(name string, now time.Time) *entry {
	e, ok := f.entries[name]
	if !ok || !e.gone.IsZero() {
		e = &entry{name: name, first: now}
		f.entries[name] = e
		f.fresh = append(f.fresh, e)
	}
	return e
}

// lookAt is the look at one file: what it is, whether it changed, and whether
// it may be looked into.
func (in *intake) lookAt(f *folder, e *entry, d fs.DirEntry, now time.Time) {
	info, err := d.Info()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.seen, f.present = 0, f.present-1
		return
	case err != nil:
		e.wait(reasonOf(err), nameless("look at file", err), in.cfg, now)
		return
	case !info.Mode().IsRegular():
		e.wait(ReasonNotAFile, nil, in.cfg, now)
		return
	}
	id := identify(info)
	if e.rest.observe(id, now) {
		e.delay = 0
		f.active = now
	}
	in.judge(f, e, now)
}

// judge says what the entry is waiting for, as far as that shows from outside.
func (in *intake) judge(f *folder, e *entry, now time.Time) {
	e.ready, e.stays, e.err = false, false, nil
	id := e.rest.id
	switch {
	case f.copies[e.name] == id:
		e.stays, e.reason = true, ""
	case in.left.has(f.path, e.name, id):
		e.wait(ReasonTakenStays, nil, in.cfg, now)
		e.stays = true
	case !e.rest.still(in.cfg.Settle, now):
		e.reason = ReasonArriving
		if e.rest.grew {
			e.reason = ReasonGrowing
		}
	case isTemporary(e.name) && !e.forced:
		e.wait(ReasonTemporary, nil, in.cfg, now)
	case id.Size == 0 && !e.forced:
		e.wait(ReasonEmpty, nil, in.cfg, now)
	default:
		e.ready, e.reason = true, ReasonArriving
	}
}

// miss books the names that were not listed. One whose inode bears a new name
// was renamed and hands on when it came.
func (in *intake) miss(f *folder, now time.Time) {
	renamed := map[uint64]*entry{}
	for _, e := range f.fresh {
		renamed[e.rest.id.Inode] = e
	}
	for name, e := range f.entries {
		switch {
		case e.seen == in.round:
		case !e.gone.IsZero():
			if now.Sub(e.gone) >= vanishedShown {
				delete(f.entries, name)
			}
		case e.stays:
			delete(f.entries, name)
		case e.rest.looks > 0 && renamed[e.rest.id.Inode] != nil:
			heir := renamed[e.rest.id.Inode]
			heir.first, heir.beforeKey = e.first, e.beforeKey
			delete(f.entries, name)
		case isTemporary(name):
			delete(f.entries, name)
		default:
			e.gone, e.ready, e.reason = now, false, ReasonVanished
		}
	}
}

// closeIdle closes the batches whose folders have gone quiet.
func (in *intake) closeIdle(now time.Time) {
	for _, f := range in.inOrder() {
		if in.mayClose(f, now) {
			in.close(f, now)
		}
	}
}

func (in *intake) mayClose(f *folder, now time.Time) bool {
	b := f.open
	hasFiles := b != nil && len(b.files) > 0
	if hasFiles && now.Sub(b.grown) >= holdCap*in.cfg.BatchHold {
		return true
	}
	if f.awaits(in.cfg.BatchHold, now) {
		return false
	}
	if f.closing {
		return true
	}
	quiet := in.cfg.BatchIdle
	if !in.gone.IsZero() || !f.unlisted.IsZero() {
		quiet = in.cfg.BatchHold // nobody can say whether the pile goes on
	}
	return hasFiles && now.Sub(f.active) >= quiet
}

// awaits tells whether a file of the folder is on its way into the open batch.
func (f *folder) awaits(hold time.Duration, now time.Time) bool {
	for _, e := range f.entries {
		if (!f.closing || e.beforeKey) && e.mayCome(hold, now) {
			return true
		}
	}
	return false
}

// close ends the folder's batch, if it has one with files, and a pending
// closing key.
func (in *intake) close(f *folder, now time.Time) {
	if f.closing {
		f.closing = false
		for _, e := range f.entries {
			e.beforeKey = false
		}
	}
	if b := f.open; b != nil && len(b.files) > 0 {
		f.open = nil
		b.closed = now
		in.queue = append(in.queue, b)
	}
}

// pressClosingKey closes the device's batch behind all that lies in its folder
// now: what is ready or on its way still belongs to it, what comes later does
// not. Call it right after a poll.
func (in *intake) pressClosingKey(device string) {
	for _, f := range in.folders {
		if f.device != device {
			continue
		}
		f.closing = true
		for _, e := range f.entries {
			e.beforeKey = true
		}
	}
}

// takeAnyway marks a file to be taken as it is once it lies still; false when
// there is no such file waiting.
func (in *intake) takeAnyway(device, name string) bool {
	found := false
	for _, f := range in.folders {
		e, ok := f.entries[name]
		if f.device != device || !ok || !e.gone.IsZero() || e.stays {
			continue
		}
		e.forced, e.next, e.delay = true, time.Time{}, 0
		found = true
	}
	return found
}
