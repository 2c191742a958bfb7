package watch

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/scanner"
)

// RootDevice is the device of files that lie in the inbox itself.
const RootDevice = "inbox"

// File is one file of a batch.
type File struct {
	Name string // as it was called in the inbox
	Path string // where it is now, below the batch's Dir
	Size int64
}

// Batch is what one device brought in one go, in the order of the paper: by
// name as people count; where the device began its names anew, what came
// after that comes after.
type Batch struct {
	ID     dossier.BatchID
	Device string // the inbox sub-folder, or [RootDevice]
	Dir    string // claimed/<ID>
	Opened time.Time
	Files  []File
}

// batch is a Batch as the intake works on it.
//
//	open → closed → frozen → offered → taken → (in done/)
//
// Frozen means that every file has come to rest in the batch's folder and the
// record names exactly these files with these identities. A frozen batch that
// was offered keeps its bytes for ever under its id; see [intake.reissue].
type batch struct {
	id     dossier.BatchID
	dir    string
	folder string // below the inbox, "" for the inbox itself
	device string
	opened time.Time
	grown  time.Time // last claim
	files  []*claimedFile

	// run counts how often the device began its names anew; current is what
	// came since.
	run     int
	current run
	// paths are the lower-case names in use in dir.
	paths map[string]bool

	frozen, offered, taking, taken bool

	closed   time.Time // zero while open
	attempts int
	retry    time.Time // not before
	err      error
}

// claimedFile is a file in a batch's folder.
type claimedFile struct {
	name   string
	path   string // in the folder of the batch
	run    int
	source identity // what was looked at in the inbox
	copied bool     // the source is still in the inbox
	rest   resting  // of the file in the batch's folder
	rested bool
}

// batchRecord is batch.json: enough to go on after a crash.
type batchRecord struct {
	Schema string       `json:"schema"`
	Device string       `json:"device"`
	Folder string       `json:"folder"`
	Opened time.Time    `json:"opened_at"`
	Frozen bool         `json:"frozen"`
	Files  []fileRecord `json:"files"`
}

// fileRecord names a file before it moves, so a record may name files that
// never came.
type fileRecord struct {
	Name   string   `json:"name"`
	Path   string   `json:"path"`
	Run    int      `json:"run"`
	Source identity `json:"source"`
	// Own is the identity of the file in the batch's folder once frozen.
	Own identity `json:"own,omitzero"`
}

const (
	recordSchema = "sohoa/claimed/1"
	recordName   = "batch.json"
	// copyName is what a file is called in the batch's folder while it is
	// copied. A leftover is half a copy; its source is still in the inbox.
	copyName = ".copying"
)

func newBatch(claimed, folder, device string, now time.Time) *batch {
	id := dossier.BatchID(dossier.NewID())
	return &batch{
		id: id, dir: filepath.Join(claimed, string(id)), folder: folder, device: device, opened: now, grown: now,
		current: newRun(), paths: reservedPaths(),
	}
}

// run is a stretch of files whose names count upwards.
type run struct {
	names  map[string]bool
	lowest string    // of the names
	mtime  int64     // the latest
	seen   time.Time // when the last of them came into sight
}

func newRun() run { return run{names: map[string]bool{}} }

func (r *run) add(name string, mtime int64, seen time.Time) {
	if len(r.names) == 0 || scanner.Compare(name, r.lowest) < 0 {
		r.lowest = name
	}
	r.names[name] = true
	r.mtime = max(r.mtime, mtime)
	if seen.After(r.seen) {
		r.seen = seen
	}
}

// endsBefore tells whether the device has begun its names anew with this file:
// the name is there already, or it is the lowest of all although the file came
// into sight later and was written later. A person who copies sheets in
// disorder keeps their mtimes, and so the order of their names.
func (r *run) endsBefore(name string, mtime int64, seen time.Time) bool {
	if len(r.names) == 0 {
		return false
	}
	return r.names[name] || scanner.Compare(name, r.lowest) < 0 && mtime > r.mtime && seen.After(r.seen)
}

func reservedPaths() map[string]bool {
	return map[string]bool{recordName: true, recordName + ".tmp": true, copyName: true}
}

// add plans a file: its run and a path that nothing has yet.
func (b *batch) add(name string, source identity, seen time.Time) *claimedFile {
	f := &claimedFile{name: name, path: b.freePath(name), run: b.run, source: source}
	if b.current.endsBefore(name, source.MTime, seen) {
		f.run++
	}
	b.adopt(f, seen)
	return f
}

// adopt books a file whose run and path are known.
func (b *batch) adopt(f *claimedFile, seen time.Time) {
	if f.run > b.run {
		b.run, b.current = f.run, newRun()
	}
	if f.run == b.run {
		b.current.add(f.name, f.source.MTime, seen)
	}
	b.paths[strings.ToLower(f.path)] = true
	b.files = append(b.files, f)
}

// drop takes a file off that never came or went away, so that its name may
// still come in this run. Its path stays reserved.
func (b *batch) drop(gone *claimedFile) {
	if gone.run == b.run {
		delete(b.current.names, gone.name)
	}
	b.files = slices.DeleteFunc(b.files, func(f *claimedFile) bool { return f == gone })
}

// maxStem leaves room for a suffix and an extension in the 255 bytes of a name.
const maxStem = 200

// freePath is the name itself, or with a suffix when the batch has it already
// ("SCN_0001~2.pdf"). Names that are not UTF-8 could not be recorded as they
// are and get a "_" for each bad byte.
func (b *batch) freePath(name string) string {
	name = strings.ToValidUTF8(name, "_")
	if !b.paths[strings.ToLower(name)] {
		return name
	}
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if len(stem) > maxStem {
		stem = strings.ToValidUTF8(stem[:maxStem], "")
	}
	for n := 2; ; n++ {
		path := fmt.Sprintf("%s~%d%s", stem, n, ext)
		if !b.paths[strings.ToLower(path)] {
			return path
		}
	}
}

func (b *batch) join(f *claimedFile) string { return filepath.Join(b.dir, f.path) }

// sorted are the files in the order of the paper.
func (b *batch) sorted() []*claimedFile {
	files := slices.Clone(b.files)
	slices.SortStableFunc(files, func(x, y *claimedFile) int {
		return cmp.Or(cmp.Compare(x.run, y.run), scanner.Compare(x.name, y.name))
	})
	return files
}

// view is the batch as callers see it.
func (b *batch) view() Batch {
	v := Batch{ID: b.id, Device: b.device, Dir: b.dir, Opened: b.opened, Files: make([]File, 0, len(b.files))}
	for _, f := range b.sorted() {
		v.Files = append(v.Files, File{Name: f.name, Path: b.join(f), Size: f.rest.id.Size})
	}
	return v
}

// allRested tells whether every file lies still.
func (b *batch) allRested() bool {
	return !slices.ContainsFunc(b.files, func(f *claimedFile) bool { return !f.rested })
}

// save writes the batch's record.
func (in *intake) save(b *batch) error {
	record := batchRecord{Schema: recordSchema, Device: b.device, Folder: b.folder, Opened: b.opened.UTC(), Frozen: b.frozen}
	for _, f := range b.files {
		r := fileRecord{Name: f.name, Path: f.path, Run: f.run, Source: f.source}
		if b.frozen {
			r.Own = f.rest.id
		}
		record.Files = append(record.Files, r)
	}
	content, err := json.MarshalIndent(record, "", " ")
	if err != nil {
		return fmt.Errorf("batch record: %w", err)
	}
	return nameless("write batch record", in.ops.write(filepath.Join(b.dir, recordName), append(content, '\n')))
}

// load reads a batch's folder back. A folder without a readable record is a
// batch all the same: its files are there.
func (in *intake) load(id string, now time.Time) (*batch, error) {
	b := newBatch(in.cfg.Claimed, "", RootDevice, now)
	b.id, b.dir = dossier.BatchID(id), filepath.Join(in.cfg.Claimed, id)
	record, err := readRecord(b.dir)
	if err != nil {
		return nil, err
	}
	if record.Schema == recordSchema {
		b.device, b.folder, b.opened, b.frozen = record.Device, record.Folder, record.Opened, record.Frozen
	} else {
		b.closed = now
	}
	entries, err := in.ops.readDir(b.dir)
	if err != nil {
		return nil, nameless("list batch", err)
	}
	return b, in.loadFiles(b, record.Files, entries, now)
}

// readRecord reads batch.json; an absent or foreign one yields no schema.
func readRecord(dir string) (batchRecord, error) {
	var record batchRecord
	content, err := os.ReadFile(filepath.Join(dir, recordName))
	if errors.Is(err, fs.ErrNotExist) {
		return record, nil
	}
	if err != nil {
		return record, nameless("read batch record", err)
	}
	if json.Unmarshal(content, &record) != nil || record.Schema != recordSchema {
		return batchRecord{}, nil //nolint:nilerr // half a record is none: the files themselves are adopted
	}
	return record, nil
}

// loadFiles matches the record with what is there. A recorded file that never
// came is still in the inbox; one that nobody recorded is taken, too. Either
// breaks the seal of a frozen batch, and so does a changed file.
func (in *intake) loadFiles(b *batch, records []fileRecord, entries []fs.DirEntry, now time.Time) error {
	byPath := map[string]fileRecord{}
	for _, r := range records {
		byPath[r.Path] = r
	}
	broken := false
	for _, d := range entries {
		if reservedPaths()[d.Name()] || !d.Type().IsRegular() {
			continue
		}
		info, err := d.Info()
		if err != nil {
			return nameless("look at claimed file", err)
		}
		r, known := byPath[d.Name()]
		if !known {
			r = fileRecord{Name: d.Name(), Path: d.Name(), Run: b.run, Source: identify(info)}
		}
		delete(byPath, d.Name())
		f := loadFile(r, identify(info), b.frozen, now)
		f.rested = f.rested && known
		broken = broken || !f.rested
		b.adopt(f, now)
	}
	b.offered = b.frozen
	if b.frozen && (broken || len(byPath) > 0) {
		return in.reissue(b, now)
	}
	return nil
}

// loadFile judges one file after a restart: it lies still when it is what was
// recorded, and it is a copy when it has another inode than its source.
func loadFile(r fileRecord, own identity, frozen bool, now time.Time) *claimedFile {
	f := &claimedFile{name: r.Name, path: r.Path, run: r.Run, source: r.Source, copied: own.Inode != r.Source.Inode}
	f.rest.observe(own, now)
	f.rested = own.sameContent(r.Source)
	if frozen {
		f.rested = own == r.Own
	}
	return f
}
