//go:build soak

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A power cut, unlike a kill, takes along what the kernel still held: bytes
// that were written and not synced, and names whose folder was not synced, each
// for itself and in any order. The calls of a run are replayed here on a model
// of such a disk, which is cut off at many moments. The model is stricter than
// most file systems: a sync of a file makes its bytes durable and nothing else,
// a sync of a folder its names and nothing else.

// TestPowerCuts has the real binary take two papers in and sign them, under
// strace, and cuts the power of both runs.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	tools := buildTools(t)
	r := newRig(t, "")
	drawPapers(t, tools, filepath.Join(r.place().inbox(), "counter-1"))
	random := rand.New(rand.NewPCG(5, 6))
	before := r.copied(t)
	taken := r.traced(t, tools, func(running running) { running.finish(t, r.place()) }, "serve")
	cuts := taken.cutPower(t, before, random)

	before = r.copied(t)
	signed := r.traced(t, tools, func(running running) { running.wantExit(t, exitDone) }, "sign", "--all", "--shrink")
	if signed.firstLink("pdf") == 0 || signed.firstLink("manifest") == 0 {
		t.Error("nothing was signed")
	}
	cuts += signed.cutPower(t, before, random)
	t.Logf("%d and %d system calls, %d disks after a power cut", len(taken.calls), len(signed.calls), cuts)
	r.wantIntact(t)
}

// powerCuts bounds the moments at which the power of one run is cut.
const powerCuts = 100

// traced runs the program under strace on the archive. By the kernel's filter
// (seccomp) only the calls asked for stop a process.
func (r *rig) traced(t *testing.T, tools string, end func(running), args ...string) order {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	strace := command{path: "strace", leading: []string{
		"-f", "--seccomp-bpf", "-y", "-s", "8192", "-o", trace, "-e", "trace=write,pwrite64,fsync,fdatasync,mkdirat,mkdir,link,linkat,rename,renameat,renameat2,unlink,unlinkat",
		filepath.Join(tools, "sohoa"),
	}}
	cmd, said := strace.prepare(t, r, args...)
	end(start(t, cmd, said))
	body, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	return order{t: t, place: r.place(), calls: parseTrace(t, string(body))}
}

// copied is a copy of the archive's folder as it is now.
func (r *rig) copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(r.place().root)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// diskFile is a file or a folder of the model.
type diskFile struct {
	folder bool
	// sure is what is durable; asked are the writes since, oldest first.
	sure  []byte
	asked []diskWrite
	// long says that the trace does not hold every byte: then the file as it
	// was finished has them, once it is synced.
	long, synced bool
	size         int
}

type diskWrite struct {
	at, ended int
	bytes     []byte
}

// over lays a write over a content.
func (w diskWrite) over(content []byte) []byte {
	if missing := w.at + len(w.bytes) - len(content); missing > 0 {
		content = append(content, make([]byte, missing)...)
	}
	copy(content[w.at:], w.bytes)
	return content
}

// diskChange is a name that comes (no from), goes (no to), or moves.
type diskChange struct {
	from, to string
	file     *diskFile
	ended    int
}

// in tells whether a sync of the folder makes the change durable. A move is one
// change of the file system, whichever of its folders is synced.
func (c diskChange) in(folder string) bool {
	return c.from != "" && filepath.Dir(c.from) == folder || c.to != "" && filepath.Dir(c.to) == folder
}

// diskNames are the files of the model by path below the archive.
type diskNames map[string]*diskFile

// apply makes a change. What moves takes along what lies below it.
func (n diskNames) apply(c diskChange) {
	if c.from == "" {
		n[c.to] = c.file
		return
	}
	if n[c.from] != c.file { // its coming was lost
		return
	}
	for path, file := range n {
		if path != c.from && !within(c.from, path) {
			continue
		}
		delete(n, path)
		if c.to != "" {
			n[c.to+strings.TrimPrefix(path, c.from)] = file
		}
	}
}

// disk is the model: the names that are durable, those that programs see, and
// what lies between.
type disk struct {
	root      string
	sure, now diskNames
	asked     []diskChange
}

// newDisk is a disk that holds the copy of an archive's folder, all of it
// durable.
func newDisk(t *testing.T, root, copied string) *disk {
	t.Helper()
	d := &disk{root: root, sure: diskNames{}, now: diskNames{}}
	err := filepath.WalkDir(copied, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == copied {
			return err
		}
		file := &diskFile{folder: entry.IsDir()}
		if !file.folder {
			if file.sure, err = os.ReadFile(path); err != nil {
				return err
			}
			file.size, file.synced = len(file.sure), true
		}
		rel := strings.TrimPrefix(path, copied+"/")
		d.sure[rel], d.now[rel] = file, file
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// path is a name below the archive; false for what no start after a power cut
// looks at: locks, sockets, scratch, and the shared memory that SQLite makes
// anew.
func (d *disk) path(path string) (string, bool) {
	rel, ok := strings.CutPrefix(path, d.root+"/")
	if path == d.root {
		return ".", true
	}
	for _, passing := range []string{"sohoa.lock", "sohoa.sock", "scratch", "spool", "catalog.db-shm"} {
		if rel == passing || within(passing, rel) {
			return "", false
		}
	}
	return rel, ok && !strings.Contains(rel, "(deleted)")
}

// written is a write as strace tells it: bytes, whether those are all, length,
// offset if there is one.
var written = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"(\.\.\.)?, (\d+)(?:, (\d+))?`)

// replay does a call.
func (d *disk) replay(t *testing.T, c systemCall) {
	t.Helper()
	paths := make([]string, len(c.paths))
	for i, path := range c.paths {
		var ok bool
		if paths[i], ok = d.path(path); !ok {
			return
		}
	}
	if len(paths) == 0 {
		return
	}
	switch last := paths[len(paths)-1]; c.name {
	case "write":
		d.write(t, last, c)
	case "fsync":
		d.sync(last, c.begun)
	case "mkdir":
		d.change(diskChange{to: last, file: &diskFile{folder: true}, ended: c.ended})
	case "link":
		d.change(diskChange{to: last, file: d.now[paths[0]], ended: c.ended})
	case "rename":
		d.change(diskChange{from: paths[0], to: last, file: d.now[paths[0]], ended: c.ended})
	case "unlink":
		d.change(diskChange{from: last, file: d.now[last], ended: c.ended})
	}
}

func (d *disk) change(c diskChange) {
	if c.file == nil { // a file without a byte, or one that passes
		return
	}
	d.now.apply(c)
	d.asked = append(d.asked, c)
}

// write notes a write; the first one makes the file.
func (d *disk) write(t *testing.T, path string, c systemCall) {
	t.Helper()
	m := written.FindStringSubmatch(c.text)
	if m == nil {
		t.Fatalf("a write that cannot be read: %.100s", c.text)
	}
	if d.now[path] == nil {
		d.change(diskChange{to: path, file: &diskFile{}, ended: c.ended})
	}
	file := d.now[path]
	length, err := strconv.Atoi(m[3])
	if err != nil {
		t.Fatal(err)
	}
	at := file.size
	if m[4] != "" {
		if at, err = strconv.Atoi(m[4]); err != nil {
			t.Fatal(err)
		}
	}
	file.size, file.synced = max(file.size, at+length), false
	file.long = file.long || m[2] != ""
	file.asked = append(file.asked, diskWrite{at: at, ended: c.ended, bytes: unescaped(m[1])})
}

// unescaped gives the bytes of a string of strace.
func unescaped(text string) (raw []byte) {
	letters := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'v': '\v', 'f': '\f'}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			raw = append(raw, text[i])
			continue
		}
		i++
		end := i
		for end < len(text) && end < i+3 && text[end] >= '0' && text[end] <= '7' {
			end++
		}
		if n, err := strconv.ParseUint(text[i:end], 8, 8); err == nil {
			raw, i = append(raw, byte(n)), end-1
		} else if letter, ok := letters[text[i]]; ok {
			raw = append(raw, letter)
		} else {
			raw = append(raw, text[i])
		}
	}
	return raw
}

// sync makes durable what was done to a file, or to a folder's names, before a
// moment.
func (d *disk) sync(path string, moment int) {
	if file := d.now[path]; file != nil && !file.folder {
		file.synced = true
		file.asked = slices.DeleteFunc(file.asked, func(w diskWrite) bool {
			if w.ended < moment {
				file.sure = w.over(file.sure)
			}
			return w.ended < moment
		})
		return
	}
	d.asked = slices.DeleteFunc(d.asked, func(c diskChange) bool {
		if c.in(path) && c.ended < moment {
			d.sure.apply(c)
			return true
		}
		return false
	})
}

// loss says what of the unsynced a power cut takes along.
type loss struct {
	name string
	// name and byte tell whether one that is not durable comes through.
	keepsName, keepsByte func() bool
}

// losses are the ways to lose: all of it; the bytes but not the names; by
// chance.
func losses(random *rand.Rand) []loss {
	yes, no, chance := func() bool { return true }, func() bool { return false }, func() bool { return random.IntN(2) == 0 }
	return []loss{{"all", no, no}, {"bytes", yes, no}, {"names", no, yes}, {"by chance", chance, chance}}
}

// cutOff writes what is left of the disk into a folder. finished is the archive
// after the run.
func (d *disk) cutOff(t *testing.T, l loss, finished, into string) {
	t.Helper()
	left := diskNames{}
	for path, file := range d.sure {
		left[path] = file
	}
	for _, c := range d.asked {
		if l.keepsName() {
			left.apply(c)
		}
	}
	paths := make([]string, 0, len(left))
	for path := range left {
		paths = append(paths, path)
	}
	slices.Sort(paths) // folders before what is in them
	for _, path := range paths {
		to := filepath.Join(into, path)
		if _, err := os.Stat(filepath.Dir(to)); err != nil {
			continue // its folder was lost
		}
		if left[path].folder {
			if err := os.Mkdir(to, 0o750); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(to, left[path].left(t, l, filepath.Join(finished, path)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// left is what is left of a file's bytes.
func (f *diskFile) left(t *testing.T, l loss, finished string) []byte {
	t.Helper()
	if f.long { // an object: written once
		if !f.synced {
			return nil
		}
		if filepath.Base(filepath.Dir(finished)) == ".incoming" { // not an object yet, or no more
			return make([]byte, f.size)
		}
		body, err := os.ReadFile(finished)
		if err != nil || len(body) != f.size {
			t.Fatalf("%d bytes of a file of %d: %v", len(body), f.size, err)
		}
		return body
	}
	content := bytes.Clone(f.sure)
	for _, w := range f.asked {
		if l.keepsByte() {
			content = w.over(content)
		}
	}
	return content
}

// moments are where a run is cut off: before and after every sync and every
// name, thinned out to so many.
func moments(calls []systemCall, most int) (chosen []int) {
	var all []int
	for i, c := range calls {
		if c.name != "write" && c.name != "mkdir" {
			all = append(all, i, i+1)
		}
	}
	all = slices.Compact(all)
	for i := range min(most, len(all)) {
		chosen = append(chosen, all[i*len(all)/min(most, len(all))])
	}
	return chosen
}

// cutPower cuts a run off at many moments, with every loss, and wants an archive
// that starts, verifies and has everything that was committed. before is the
// folder as it was before the run. It tells how many disks there were.
func (o order) cutPower(t *testing.T, before string, random *rand.Rand) (cuts int) {
	t.Helper()
	papers := digests(t, before, "inbox")
	d, done := newDisk(t, o.place.root, before), 0
	for _, moment := range moments(o.calls, powerCuts) {
		for ; done < moment; done++ {
			d.replay(t, o.calls[done])
		}
		committed := o.committed(moment)
		for _, l := range losses(random) {
			cuts++
			t.Run(fmt.Sprintf("call %d, %s lost", moment, l.name), func(t *testing.T) {
				r := newRig(t, "")
				if err := os.Mkdir(r.place().root, 0o750); err != nil {
					t.Fatal(err)
				}
				d.cutOff(t, l, o.place.root, r.place().root)
				r.wantAfterCut(t, committed, papers)
			})
		}
	}
	o.wantModelStrict(t, before)
	return cuts
}

// wantModelStrict shows that the model would find a missing sync: where the
// syncs of the objects' folders are not heard, committed objects are lost.
func (o order) wantModelStrict(t *testing.T, before string) {
	t.Helper()
	d := newDisk(t, o.place.root, before)
	for _, c := range o.calls {
		if c.name != "fsync" || !within(o.place.objects(), c.paths0()) || within(filepath.Join(o.place.objects(), ".incoming"), c.paths0()) {
			d.replay(t, c)
		}
	}
	into := t.TempDir()
	d.cutOff(t, losses(nil)[0], o.place.root, into)
	for _, key := range o.committed(len(o.calls)) {
		if _, err := os.Stat(filepath.Join(layout{root: into}.objects(), key)); err != nil {
			return
		}
	}
	t.Error("no object is lost where the syncs of folders are not heard: the model finds nothing")
}

// committed are the keys whose rows were durable when so many calls had ended.
func (o order) committed(calls int) (keys []string) {
	ended := 0
	if calls > 0 {
		ended = o.calls[calls-1].ended
	}
	for _, link := range o.calls[:calls] {
		key, ok := strings.CutPrefix(link.paths0(), o.place.objects()+"/")
		step := objectStep(key)
		if link.name != "link" || !ok || step == "pdf" || step == "checksum list" { // an intent names a PDF before it is there
			continue
		}
		row := o.referred(key)
		durable := slices.ContainsFunc(o.find("fsync", o.place.catalog()+"-wal"), func(c systemCall) bool { return c.begun > row && c.ended <= ended })
		if row > 0 && durable {
			keys = append(keys, key)
		}
	}
	return keys
}

// wantAfterCut starts the program on what is left.
func (r *rig) wantAfterCut(t *testing.T, committed []string, papers map[[sha256.Size]byte]bool) {
	t.Helper()
	left := digests(t, r.place().root, "inbox", "claimed", "done", "objects")
	for paper := range papers {
		if !left[paper] {
			t.Errorf("the paper %x is nowhere", paper[:4])
		}
	}
	a, _ := r.open(t)
	rows, err := a.ledger.ObjectRefs(t.Context(), committed)
	closeArchive(t, a)
	if err != nil || len(rows) != len(committed) {
		t.Errorf("%d of %d committed objects are known: %v", len(rows), len(committed), err)
	}
	r.wantNoFindings(t) // the account balances when the work is done, which goes on from here
}

// digests are those of all files in folders of an archive.
func digests(t *testing.T, root string, folders ...string) map[[sha256.Size]byte]bool {
	t.Helper()
	found := make(map[[sha256.Size]byte]bool)
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return ignoreMissing(err)
			}
			body, err := os.ReadFile(path)
			found[sha256.Sum256(body)] = true
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
