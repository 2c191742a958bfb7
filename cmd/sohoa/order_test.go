package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheKernelSeesTheWriteOrder runs the real binary under strace while paper
// goes from the inbox to published dossiers, and proves from the system calls
// in their order, for every object and every file of a scanner:
//
//   - an object's bytes are synced before it gets its name, and the name and
//     every new folder above it before anything refers to it: the catalogue by
//     a commit, a batch record to originals, a manifest to PDFs;
//   - a file leaves the inbox only when the record of its batch is durable, and
//     goes to done only after the commit that takes the batch in.
func TestTheKernelSeesTheWriteOrder(t *testing.T) {
	t.Parallel()
	tools := buildTools(t)
	r := newRig(t, "")
	drawPapers(t, tools, filepath.Join(r.place().inbox(), "counter-1"))
	trace := filepath.Join(t.TempDir(), "trace")
	strace := command{path: "strace", leading: []string{
		"-f", "-y", "-s", "8192", "-o", trace, "-e", "trace=write,pwrite64,fsync,fdatasync,mkdirat,mkdir,link,linkat,rename,renameat,renameat2",
		filepath.Join(tools, "sohoa"),
	}}
	cmd, said := strace.prepare(t, r, "serve")
	start(t, cmd, said).finish(t, r.place())
	body, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	o := order{t: t, place: r.place(), calls: parseTrace(t, string(body))}
	objects, commits, sources := o.checkObjects(), o.commits(), o.checkSources()
	t.Logf("%d system calls: %d objects, %d commits, %d files of scanners", len(o.calls), objects, commits, sources)
	if objects < 15 || commits < 10 || sources != 2 {
		t.Errorf("%d objects, %d commits, %d files: not the whole way", objects, commits, sources)
	}
	r.wantIntact(t)
}

// drawPapers draws two papers that get into a dossier.
func drawPapers(t *testing.T, tools, dir string) {
	t.Helper()
	drawn := t.TempDir()
	draw := exec.CommandContext(t.Context(), filepath.Join(tools, "generate"), "-out", drawn, "-kind", "birth_certificate", "-dossiers", "2", "-dpi", "200")
	if out, err := draw.CombinedOutput(); err != nil {
		t.Fatalf("draw papers: %v\n%s", err, out)
	}
	if err := os.CopyFS(dir, os.DirFS(drawn)); err != nil {
		t.Fatal(err)
	}
}

// systemCall is one call that went well: where in the trace it began and ended,
// and the files it names, of links and renames the old one and the new one.
type systemCall struct {
	name         string
	begun, ended int
	paths        []string
	text         string
}

var (
	traceLine   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)`)
	resumedLine = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)`)
	tracePath   = regexp.MustCompile(`\d+<(/[^>]*)>|"((?:[^"\\]|\\.)*)"`)
)

// parseTrace reads what strace -f -y has written.
func parseTrace(t *testing.T, trace string) (calls []systemCall) {
	t.Helper()
	open := make(map[string]systemCall) // by process
	n := 0
	for line := range strings.Lines(trace) {
		n++
		begun := traceLine.FindStringSubmatch(strings.TrimSpace(line))
		resumed := resumedLine.FindStringSubmatch(strings.TrimSpace(line))
		var call systemCall
		switch {
		case begun != nil && strings.HasSuffix(begun[3], "<unfinished ...>"):
			open[begun[1]] = systemCall{name: begun[2], begun: n, text: begun[3]}
			continue
		case begun != nil:
			call = systemCall{name: begun[2], begun: n, text: begun[3]}
		case resumed != nil && open[resumed[1]].name == resumed[2]:
			call = open[resumed[1]]
			call.text += resumed[3]
		case resumed != nil:
			t.Fatalf("trace, line %d: resumed what did not begin", n)
		default: // signals and ends of processes
			continue
		}
		call.ended = n
		if !strings.Contains(call.text, ") = -1 ") {
			calls = append(calls, call.named())
		}
	}
	return calls
}

// named finds the files of a call. The "at" forms are named like the others.
func (c systemCall) named() systemCall {
	kind := map[string]string{
		"linkat": "link", "renameat": "rename", "renameat2": "rename", "mkdirat": "mkdir", "unlinkat": "unlink", "fdatasync": "fsync", "pwrite64": "write",
	}
	if short, ok := kind[c.name]; ok {
		c.name = short
	}
	quoted := c.name == "link" || c.name == "rename" || c.name == "mkdir" || c.name == "unlink"
	for _, m := range tracePath.FindAllStringSubmatch(c.text, -1) {
		switch {
		case quoted && m[2] != "":
			c.paths = append(c.paths, m[2])
		case !quoted && m[1] != "" && len(c.paths) == 0:
			c.paths = append(c.paths, m[1])
		}
	}
	return c
}

// order checks the calls of a program that worked on an archive.
type order struct {
	t     *testing.T
	place layout
	calls []systemCall
}

// find gives the calls of a name on a file: of links and renames the new one.
func (o order) find(name, path string) (found []systemCall) {
	for _, c := range o.calls {
		if c.name == name && len(c.paths) > 0 && c.paths[len(c.paths)-1] == path {
			found = append(found, c)
		}
	}
	return found
}

// synced is when the first sync of a file or folder that began after a moment
// had ended; it is an error when there is none.
func (o order) synced(path string, after int) int {
	for _, c := range o.find("fsync", path) {
		if c.begun > after {
			return c.ended
		}
	}
	o.t.Errorf("%s is not synced after line %d", strings.TrimPrefix(path, o.place.root), after)
	return len(o.calls) * 1000
}

// checkObjects checks every object, and tells how many there are.
func (o order) checkObjects() (objects int) {
	for _, link := range o.calls {
		key, ok := strings.CutPrefix(link.paths0(), o.place.objects()+"/")
		if link.name != "link" || !ok {
			continue
		}
		objects++
		o.checkBytes(link, key)
		durable := o.durable(link)
		switch sort := objectStep(key); sort {
		case "pdf":
			o.wantBefore(durable, o.firstLink("manifest"), key, "the manifest")
		case "raw object":
			o.wantBefore(durable, o.firstLink("batch record"), key, "the batch record")
			o.wantBefore(durable, o.referred(key), key, "its row")
		case "checksum list": // in no row
		default:
			o.wantBefore(durable, o.referred(key), key, "its row")
		}
	}
	return objects
}

// paths0 is the new name of a link or rename, else the only one.
func (c systemCall) paths0() string {
	if len(c.paths) == 0 {
		return ""
	}
	return c.paths[len(c.paths)-1]
}

func (o order) wantBefore(durable, used int, key, what string) {
	o.t.Helper()
	if used == 0 {
		o.t.Errorf("%s: nothing refers to it: %s", key, what)
	} else if durable >= used {
		o.t.Errorf("%s is durable at line %d only, %s is written at line %d", key, durable, what, used)
	}
}

// checkBytes wants a sync between the last byte of an object and its name.
func (o order) checkBytes(link systemCall, key string) {
	o.t.Helper()
	writes := o.find("write", link.paths[0])
	syncs := o.find("fsync", link.paths[0])
	if len(writes) == 0 || len(syncs) != 1 || writes[len(writes)-1].ended >= syncs[0].begun || syncs[0].ended >= link.begun {
		o.t.Errorf("%s: %d writes, %d syncs, not all before its name", key, len(writes), len(syncs))
	}
}

// durable is when the name of an object and all new folders above it were
// synced.
func (o order) durable(link systemCall) int {
	path := link.paths0()
	at := o.synced(filepath.Dir(path), link.ended)
	for dir := filepath.Dir(path); dir != o.place.objects(); dir = filepath.Dir(dir) {
		for _, made := range o.find("mkdir", dir) {
			at = max(at, o.synced(filepath.Dir(dir), made.ended))
		}
	}
	return at
}

// firstLink is when the first object of a step got its name.
func (o order) firstLink(step string) int {
	for _, c := range o.calls {
		key, ok := strings.CutPrefix(c.paths0(), o.place.objects()+"/")
		if ok && c.name == "link" && objectStep(key) == step {
			return c.begun
		}
	}
	return 0
}

// referred is when a key was first written to the log of the catalogue.
func (o order) referred(key string) int {
	for _, c := range o.find("write", o.place.catalog()+"-wal") {
		if strings.Contains(c.text, key) {
			return c.begun
		}
	}
	return 0
}

// commits counts the syncs of the catalogue's log: with synchronous=FULL each
// commit is one.
func (o order) commits() int { return len(o.find("fsync", o.place.catalog()+"-wal")) }

// checkSources checks every file on its way out of the inbox, and the batches
// on their way to done.
func (o order) checkSources() (files int) {
	for _, c := range o.calls {
		switch {
		case c.name != "rename" || len(c.paths) != 2:
		case within(o.place.inbox(), c.paths[0]):
			files++
			o.checkClaimed(c)
		case within(o.place.done(), c.paths[1]):
			o.checkDone(c)
		}
	}
	return files
}

// checkClaimed wants the record of the batch to be durable before a file moves.
func (o order) checkClaimed(move systemCall) {
	o.t.Helper()
	dir := filepath.Dir(move.paths[1])
	record := slices.IndexFunc(o.calls, func(c systemCall) bool { return c.name == "rename" && c.paths0() == filepath.Join(dir, "batch.json") })
	if record < 0 {
		o.t.Errorf("%s moves without a record", filepath.Base(move.paths[0]))
		return
	}
	named := o.calls[record]
	if bytes := o.find("fsync", named.paths[0]); len(bytes) == 0 || bytes[0].ended >= named.begun {
		o.t.Error("the record of a batch has its name before its bytes are synced")
	}
	if at := o.synced(dir, named.ended); at >= move.begun {
		o.t.Errorf("a file leaves the inbox at line %d, its record is durable at line %d", move.begun, at)
	}
}

// checkDone wants the commit that takes a batch in before its folder moves.
func (o order) checkDone(move systemCall) {
	o.t.Helper()
	row := o.referred("b/" + filepath.Base(move.paths[1]) + ".json")
	at := o.synced(o.place.catalog()+"-wal", row)
	if row == 0 || at >= move.begun {
		o.t.Errorf("a batch goes to done at line %d, its commit (row at line %d) is durable at line %d", move.begun, row, at)
	}
	o.synced(o.place.done(), move.ended)
}
