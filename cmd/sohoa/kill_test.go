package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"sohoa/dossier"
	"sohoa/scanner/watch"
	"sohoa/storage"
	"sohoa/storage/storagetest/pgtest"
)

// TestEveryWriteHasAName fails when the store or the ledger gets a method that
// nobody has named: it must have fault points, or be listed as a read.
func TestEveryWriteHasAName(t *testing.T) {
	t.Parallel()
	for _, seam := range []struct {
		kind  reflect.Type
		wrap  func(*faults) any
		reads []string
	}{
		{reflect.TypeFor[storage.Store](), func(f *faults) any { return faultyStore{faults: f} }, storeReads},
		{reflect.TypeFor[ledger](), func(f *faults) any { return faultyLedger{faults: f} }, ledgerReads},
		{reflect.TypeFor[watch.Disk](), func(f *faults) any { return faultyDisk{faults: f} }, nil},
		{reflect.TypeFor[sealer](), func(f *faults) any { return faultySealer{faults: f} }, nil},
	} {
		for i := range seam.kind.NumMethod() {
			name := seam.kind.Method(i).Name
			var log bytes.Buffer
			callWithNothing(reflect.ValueOf(seam.wrap(newFaults(&log, "", 0))).MethodByName(name))
			if named := log.Len() > 0; named == slices.Contains(seam.reads, name) {
				t.Errorf("%v.%s: has a fault point: %v, is listed as a read: %v", seam.kind, name, named, !named)
			}
		}
	}
}

// callWithNothing calls a method of a wrapper around nothing: one of its own
// comes to its fault point before it finds that out.
func callWithNothing(method reflect.Value) {
	defer func() { _ = recover() }()
	args := make([]reflect.Value, method.Type().NumIn())
	for i := range args {
		args[i] = reflect.Zero(method.Type().In(i))
	}
	method.Call(args)
}

// TestKilledAtEveryFaultPoint kills the program at each of its fault points,
// half of the time at another one too, starts it again with the same files and
// the same person, and compares with a run that nobody disturbed: the same
// pages in the same places, the same originals, versions and accounts, and the
// same again after a rebuild. Pages are read from text here.
func TestKilledAtEveryFaultPoint(t *testing.T) {
	reached := make(map[string]int)
	want := make(map[string][]string)
	var rounds []killRound
	random := rand.New(rand.NewPCG(1, 2)) // the same in every run
	for _, name := range []string{"by hand", "inbox"} {
		undisturbed := newLife(t, name, "")
		counts := countPoints(undisturbed.runChild(t, "", 0))
		want[name] = undisturbed.state(t)
		undisturbed.wantIntact(t)
		for _, point := range faultPoints() {
			after := onlyAfter(point)
			if reached[point] == 0 && (counts[point] > 0 || after != "" && counts[after] > 0) {
				rounds = append(rounds, killRounds(killRound{life: name, at: point, first: after}, counts, random)...)
			}
		}
		for point, n := range counts {
			reached[point] += n
		}
	}
	wantNamed(t, reached)
	for n, round := range rounds {
		t.Run(fmt.Sprintf("%02d %s %d", n, round.at, round.nth), func(t *testing.T) {
			t.Parallel()
			address := ""
			if n%4 == 3 {
				address = pgtest.Start(t)
			}
			l := newLife(t, round.life, address)
			if round.first != "" {
				l.killChild(t, round.first, 1)
			}
			l.killChild(t, round.at, round.nth)
			if n%2 == 1 {
				l.runChild(t, round.then, 1) // and perhaps once more
			}
			l.goOn(t)
			wantState(t, l.state(t), want[round.life])
			l.wantIntact(t)
			if rebuildEvery(n) {
				l.wantSameAfterRebuild(t, want[round.life])
			}
		})
	}
}

// killRound is one kill: at the nth time the program comes to a point.
type killRound struct {
	life string // whose fault points these are
	at   string
	nth  int
	// first is where it must have been killed before that, to come there.
	first string
	// then is where it may be killed once more.
	then string
}

// onlyAfter are the points that only a process comes to which finds what a kill
// has left, with the kill.
func onlyAfter(point string) string {
	if strings.HasPrefix(point, "adopt: ") {
		return "batch record: after"
	}
	return ""
}

// wantNamed compares the points that an undisturbed run came to with the list.
func wantNamed(t *testing.T, counts map[string]int) {
	t.Helper()
	for _, point := range faultPoints() {
		if counts[point] == 0 && onlyAfter(point) == "" {
			t.Errorf("the program never comes to %q", point)
		}
	}
	for point := range counts {
		if !slices.Contains(faultPoints(), point) {
			t.Errorf("a step without a name: %q", point)
		}
	}
}

func countPoints(log string) map[string]int {
	counts := make(map[string]int)
	for line := range strings.Lines(log) {
		counts[strings.TrimSpace(line)]++
	}
	return counts
}

// wantSameAfterRebuild copies the objects and rebuilds the catalogue.
func (r *rig) wantSameAfterRebuild(t *testing.T, want []string) {
	t.Helper()
	// Why a page did not make it into a PDF is in no object.
	rebuilt := make([]string, len(want))
	for i, line := range want {
		rebuilt[i] = strings.Replace(line, "parked memory", "parked pdf_gate", 1)
	}
	copied := r.rebuilt(t)
	wantState(t, copied.state(t), rebuilt)
	copied.wantIntact(t)
}

// The environment of the child process that is killed.
const (
	killData     = "SOHOA_TEST_KILL_DATA"
	killDatabase = "SOHOA_TEST_KILL_DATABASE"
	killAt       = "SOHOA_TEST_KILL_AT"
	killNth      = "SOHOA_TEST_KILL_NTH"
	killLog      = "SOHOA_TEST_KILL_LOG"
	killLife     = "SOHOA_TEST_KILL_LIFE"
)

// killChild runs the program and requires that it is killed at a point.
func (r *life) killChild(t *testing.T, at string, nth int) {
	t.Helper()
	log := r.runChild(t, at, nth)
	if got := countPoints(log)[at]; got != nth || !strings.HasSuffix(log, at+"\n") {
		t.Fatalf("the program was not killed at %q, time %d, but came there %d times", at, nth, got)
	}
}

// runChild runs the program until the point at which it is to be killed, and
// returns the points it came to; one that it never comes to lets it finish.
func (r *life) runChild(t *testing.T, at string, nth int) (log string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "points")
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), killData+"="+r.cli.Data, killDatabase+"="+r.cli.Database,
		killAt+"="+at, killNth+"="+strconv.Itoa(nth), killLog+"="+path, killLife+"="+r.name)
	said, err := child.CombinedOutput()
	status, ok := child.ProcessState.Sys().(syscall.WaitStatus)
	if err != nil && (!ok || status.Signal() != syscall.SIGKILL) {
		t.Fatalf("child: %v\n%s", err, said)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func wantState(t *testing.T, got, want []string) {
	t.Helper()
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("the archive holds      %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("the archive should hold %s", line)
		}
	}
}

// state describes an archive without its random ids and times: where each page
// is, the dossiers with their versions, how many objects of each sort there
// are, and the account without what was fed again. Batches, decisions, answers and
// keyings may have been given twice, because nobody knows what a killed program has kept.
func (r *rig) state(t *testing.T) (lines []string) {
	t.Helper()
	account := r.account(t)
	account.Images, account.Duplicate = account.Images-account.Duplicate, 0
	lines = append(lines, fmt.Sprintf("account %+v", account))
	codes := make(map[dossier.DossierID]string)
	for _, m := range r.dossiers(t) {
		code := "no code"
		if m.Dossier.Code != nil {
			code = *m.Dossier.Code
		}
		codes[m.Dossier.ID] = code
		slices.Sort(m.Dossier.Pending) // batches of one dossier come in any order
		lines = append(lines, fmt.Sprintf("dossier %s v%d pending %v", code, m.Dossier.Version, m.Dossier.Pending))
		for _, c := range m.Dossier.Components {
			lines = append(lines, fmt.Sprintf("dossier %s: %s v%d %s %v", code, c.Kind, c.Version, c.State, c.Pages))
		}
	}
	r.with(t, func(a *archive) {
		lines = append(lines, pageLines(t, a, codes)...)
		lines = append(lines, objectLines(t, a)...)
	})
	slices.Sort(lines)
	return lines
}

// pageLines say where each page is.
func pageLines(t *testing.T, a *archive, codes map[dossier.DossierID]string) (lines []string) {
	t.Helper()
	ids, err := a.catalog.BatchIDs(t.Context(), a.unit().ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		pages, err := a.catalog.Pages(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pages {
			if p.State == dossier.PagePlaced {
				p.Reason = "" // why a page that is placed now once waited is in no object
			}
			lines = append(lines, fmt.Sprintf("page %s %s %s in %s", p.ID, p.State, p.Reason, codes[p.Dossier]))
		}
	}
	return lines
}

// objectLines name the originals and readings, and count the PDFs and
// manifests.
func objectLines(t *testing.T, a *archive) (lines []string) {
	t.Helper()
	counts := make(map[string]int)
	prefix := dossier.UnitPrefix(a.unit().ID)
	for object, err := range a.objects.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		sort, name, _ := strings.Cut(strings.TrimPrefix(object.Key, prefix), "/")
		switch sort {
		case "raw", "t":
			lines = append(lines, "object "+sort+"/"+name)
		case "b", "p", "k", "f", "e":
		default:
			counts[sort]++
		}
	}
	for _, sort := range slices.Sorted(maps.Keys(counts)) {
		lines = append(lines, fmt.Sprintf("objects %s: %d", sort, counts[sort]))
	}
	return lines
}
