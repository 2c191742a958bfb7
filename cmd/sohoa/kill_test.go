package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage"
	"sohoa/storage/storagetest/pgtest"
)

// The environment of the child process that is killed.
const (
	killData     = "SOHOA_TEST_KILL_DATA"
	killDatabase = "SOHOA_TEST_KILL_DATABASE"
	killAt       = "SOHOA_TEST_KILL_AT"
)

// TestMain is also two programs: the one that gets killed (the real flow over
// the real catalogue and store, in a process of its own) and the yardstick of
// the benchmark.
func TestMain(m *testing.M) {
	if dir := os.Getenv(bareVariable); dir != "" {
		if err := readBare(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(exitOther)
		}
		os.Exit(exitDone)
	}
	if os.Getenv(killData) != "" {
		os.Exit(processAndDie())
	}
	os.Exit(m.Run())
}

// killTexts is a batch in which everything happens.
func killTexts() []string {
	return []string{
		"QR SOHOA1|" + someCode, paper(birth, "An"), "", "LOST", "REJECT", paper(birth, "An"),
		"QR SOHOA1|H38.12-260102-0002", paper(marriage, "Ba") + "\f" + paper(birth, "UNPUBLISHABLE"), paper(birth, "Ca"),
	}
}

// processAndDie does what `sohoa process` does and kills itself at the given
// step; a step is the moment before or after a write to the store or the
// catalogue. Without one it prints how many steps there are.
func processAndDie() int {
	at, err := strconv.ParseInt(os.Getenv(killAt), 10, 64)
	if err != nil {
		return exitUsage
	}
	steps := &killer{at: at}
	c := &cli{Data: os.Getenv(killData), Database: os.Getenv(killDatabase), Log: silent}
	ctx := context.Background()
	a, err := c.openOrMakeDemo(ctx, quiet())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitOther
	}
	if err := a.lockForWork(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitOther
	}
	a.objects.store = killingStore{a.objects.store, steps}
	flow := a.flow(&textReader{})
	flow.Ledger = killingLedger{flow.Ledger, steps}
	batch, err := flow.Claim(ctx, dossier.Local(flow.Unit.ID), pipeline.Feed{Device: "test", Sources: textSources(killTexts()...)})
	if err == nil {
		_, err = a.finish(ctx, flow, batch, quiet())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitOther
	}
	fmt.Println(steps.done.Load())
	return exitDone
}

// TestKilledAnywhere kills the program at any moment between two writes, starts
// it again with the same files, and compares with a run that nobody disturbed:
// the same pages in the same places, the same originals, versions and accounts,
// and the same again after a rebuild.
func TestKilledAnywhere(t *testing.T) {
	undisturbed := newRig(t, "")
	steps := undisturbed.runChild(t, 0)
	want := undisturbed.state(t)
	undisturbed.wantIntact(t)
	// Why a page did not make it into a PDF is in no object.
	rebuilt := make([]string, len(want))
	for i, line := range want {
		rebuilt[i] = strings.Replace(line, "parked memory", "parked pdf_gate", 1)
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same moments in every run
	for n := range killRounds(steps) {
		address := ""
		if n%3 == 2 {
			address = pgtest.Start(t)
		}
		at := n + 1
		if killRounds(steps) < steps {
			at = 1 + random.IntN(steps)
		}
		t.Run(fmt.Sprintf("step %d of %d", at, steps), func(t *testing.T) {
			r := newRig(t, address)
			if r.runChild(t, at) != 0 {
				t.Fatal("the program was not killed")
			}
			if second := 1 + random.IntN(steps); n%2 == 1 {
				r.runChild(t, second) // and perhaps once more
			}
			r.feed(t, killTexts()...)
			wantState(t, r.state(t), want)
			r.wantIntact(t)
			copied := r.rebuilt(t)
			wantState(t, copied.state(t), rebuilt)
			copied.wantIntact(t)
		})
	}
}

// runChild runs the program until the step at which it kills itself, and
// returns 0 then; else the number of its steps.
func (r *rig) runChild(t *testing.T, at int) int {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), killData+"="+r.cli.Data, killDatabase+"="+r.cli.Database, killAt+"="+strconv.Itoa(at))
	var said strings.Builder
	child.Stderr = &said
	out, err := child.Output()
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL {
		return 0
	}
	steps, convErr := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil || convErr != nil {
		t.Fatalf("child: %v %v\n%s", err, convErr, said.String())
	}
	return steps
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
// are, and the account without what was fed again.
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
		lines = append(lines, fmt.Sprintf("dossier %s v%d pending %v", code, m.Dossier.Version, m.Dossier.Pending))
		for _, c := range m.Dossier.Components {
			lines = append(lines, fmt.Sprintf("dossier %s: %s v%d %v", code, c.Kind, c.Version, c.Pages))
		}
	}
	objects := make(map[string]int)
	r.with(t, func(a *archive) {
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
				lines = append(lines, fmt.Sprintf("page %s %s %s in %s", p.ID, p.State, p.Reason, codes[p.Dossier]))
			}
		}
		prefix := dossier.UnitPrefix(a.unit().ID)
		for object, err := range a.objects.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			sort, name, _ := strings.Cut(strings.TrimPrefix(object.Key, prefix), "/")
			if sort == "raw" || sort == "t" {
				lines = append(lines, "object "+sort+"/"+name)
			} else if sort != "b" {
				objects[sort]++
			}
		}
	})
	for _, sort := range slices.Sorted(maps.Keys(objects)) {
		lines = append(lines, fmt.Sprintf("objects %s: %d", sort, objects[sort]))
	}
	slices.Sort(lines)
	return lines
}

// killer counts steps and kills the process at one of them.
type killer struct {
	at   int64
	done atomic.Int64
}

func (k *killer) step() {
	if k.done.Add(1) == k.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing is left to handle an error
		select {}
	}
}

// killingStore takes a step around every write of an object.
type killingStore struct {
	storage.Store
	killer *killer
}

func (s killingStore) Put(ctx context.Context, key string, r io.Reader) (storage.Object, error) {
	s.killer.step()
	defer s.killer.step()
	return s.Store.Put(ctx, key, r)
}

func (s killingStore) PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (storage.Object, bool, error) {
	s.killer.step()
	defer s.killer.step()
	return s.Store.PutHashed(ctx, r, name)
}

// killingLedger takes a step before and after every transaction of the flow.
type killingLedger struct {
	pipeline.Ledger
	killer *killer
}

func (l killingLedger) TakeIn(ctx context.Context, act dossier.Act, batch dossier.Batch, objects []dossier.ObjectRef) error {
	l.killer.step()
	defer l.killer.step()
	return l.Ledger.TakeIn(ctx, act, batch, objects)
}

func (l killingLedger) FileOpened(ctx context.Context, file dossier.TakenFile, images int) error {
	l.killer.step()
	defer l.killer.step()
	return l.Ledger.FileOpened(ctx, file, images)
}

func (l killingLedger) FileRejected(ctx context.Context, act dossier.Act, file dossier.TakenFile, reason dossier.Reason) error {
	l.killer.step()
	defer l.killer.step()
	return l.Ledger.FileRejected(ctx, act, file, reason)
}

func (l killingLedger) ImageRead(ctx context.Context, image dossier.TakenImage, parts int, reason dossier.Reason, object dossier.ObjectRef) error {
	l.killer.step()
	defer l.killer.step()
	return l.Ledger.ImageRead(ctx, image, parts, reason, object)
}

func (l killingLedger) Place(ctx context.Context, act dossier.Act, plan dossier.Plan) error {
	l.killer.step()
	defer l.killer.step()
	return l.Ledger.Place(ctx, act, plan)
}

func (l killingLedger) Publish(ctx context.Context, act dossier.Act, intent dossier.Intent, p dossier.Publication) error {
	l.killer.step()
	defer l.killer.step()
	return l.Ledger.Publish(ctx, act, intent, p)
}

func (l killingLedger) PublishFailed(ctx context.Context, act dossier.Act, replaced dossier.Intent, parked []dossier.PlacedPage) error {
	l.killer.step()
	defer l.killer.step()
	return l.Ledger.PublishFailed(ctx, act, replaced, parked)
}
