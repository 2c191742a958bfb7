package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sohoa/dossier"
)

// kill is what a crash of the process looks like to the rig.
type kill struct{}

// crashAfter makes the calls that change the disk count down, and the process
// die right before or right after the one at zero.
func crashAfter(o ops, countdown *int, before bool) ops {
	step := func(do func() error) error {
		*countdown--
		if *countdown == 0 && before {
			panic(kill{})
		}
		err := do()
		if *countdown == 0 {
			panic(kill{})
		}
		return err
	}
	rename, remove, mkdir, write, copyFile := o.rename, o.remove, o.mkdir, o.write, o.copy
	o.rename = func(from, to string) error { return step(func() error { return rename(from, to) }) }
	o.remove = func(path string) error { return step(func() error { return remove(path) }) }
	o.mkdir = func(dir string) error { return step(func() error { return mkdir(dir) }) }
	o.write = func(path string, b []byte) error { return step(func() error { return write(path, b) }) }
	o.copy = func(from, to string) error { return step(func() error { return copyFile(from, to) }) }
	return o
}

// survive runs a step and, when the process dies in it, starts it again.
func (r *rig) survive(do func()) (died bool) {
	r.t.Helper()
	defer func() {
		if dead := recover(); dead != nil {
			if _, ours := dead.(kill); !ours {
				panic(dead)
			}
			died = true
			r.restart()
		}
	}()
	do()
	return false
}

// TestKilledAtEveryStep kills the watcher before and after each single change
// of the disk that it takes to bring two batches home.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{false, true} {
		for _, before := range []bool{false, true} {
			t.Run(fmt.Sprintf("copying %v, before %v", refuse, before), func(t *testing.T) {
				t.Parallel()
				for at, died := 1, true; died; at++ {
					died = killAt(t, at, before, refuse)
				}
			})
		}
	}
}

func killAt(t *testing.T, at int, before, refuseRename bool) (died bool) {
	t.Helper()
	r := newRig(t, nil)
	if refuseRename {
		r.refuseRename(syscall.EXDEV)
	}
	countdown := at
	r.ops = crashAfter(r.ops, &countdown, before)
	r.restart()
	r.write("a/1.pdf", pdf("1"))
	r.write("a/2.pdf", pdf("2"))
	r.write("b/1.pdf", pdf("3"))
	for range 90 {
		died = r.survive(func() { r.pass(r.cfg.Poll) }) || died
	}
	got := r.store()
	want := map[string]string{pdf("1"): "1.pdf", pdf("2"): "2.pdf", pdf("3"): "1.pdf"}
	if !maps.Equal(got, want) {
		t.Fatalf("killed at change %d (before %v, copying %v): stored %v", at, before, refuseRename, got)
	}
	r.wantInboxEmpty()
	if len(r.in.queue) != 0 {
		t.Fatalf("killed at change %d: %d batches did not get to done", at, len(r.in.queue))
	}
	return died
}

// store is what an idempotent Take has stored: content to name. A batch that
// came twice must have been the same twice, and no content may be in two.
func (r *rig) store() map[string]string {
	r.t.Helper()
	byID := map[dossier.BatchID]taken{}
	stored := map[string]string{}
	for _, b := range r.taken {
		if known, again := byID[b.id]; again {
			if !slices.Equal(known.names, b.names) || !slices.Equal(known.contents, b.contents) {
				r.t.Fatalf("a batch came twice and differently: %q, then %q", known.names, b.names)
			}
			continue
		}
		byID[b.id] = b
		for i, content := range b.contents {
			if _, double := stored[content]; double {
				r.t.Fatalf("taken twice: %.60q", content)
			}
			stored[content] = b.names[i]
		}
	}
	return stored
}

// A batch that was being filled when the process died is filled further: the
// pile of paper went on meanwhile.
func TestOpenBatchGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	r.write("a/1.PDF", pdf("other case"))
	r.pass(10 * time.Second)
	r.restart()
	r.write("a/2.pdf", pdf("2"))
	r.pass(10 * time.Second)
	r.write("a/1.pdf", pdf("3"))
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.PDF 1.pdf 2.pdf 1.pdf")
}

func TestBatchWithoutARecordIsTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for dir, record := range map[string]string{"x1": "", "x2": "{ half a rec"} {
		must(t, os.Mkdir(filepath.Join(r.cfg.Claimed, dir), 0o750))
		must(t, os.WriteFile(filepath.Join(r.cfg.Claimed, dir, dir+".pdf"), []byte(pdf(dir)), 0o640))
		if record != "" {
			must(t, os.WriteFile(filepath.Join(r.cfg.Claimed, dir, recordName), []byte(record), 0o640))
		}
	}
	r.restart()
	r.pass(time.Minute)
	r.wantBatches("inbox: x1.pdf", "inbox: x2.pdf")
}

// After a restart nobody knows whether the caller stored the sealed batch. If
// its bytes changed meanwhile, they come under another id.
func TestSealedBatchThatChangedWhileDown(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	var first Batch
	r.takeFn = func(b Batch) error {
		first = b
		return errors.New("the store is busy")
	}
	r.pass(40 * time.Second)
	must(t, os.WriteFile(first.Files[0].Path, []byte(pdf("changed")), 0o640))
	r.takeFn = nil
	r.restart()
	r.pass(time.Minute)
	r.wantBatches("a: 1.pdf")
	if r.taken[0].id == first.ID || r.taken[0].contents[0] != pdf("changed") {
		t.Fatalf("came as %q", r.taken[0].contents)
	}
}

func TestSealedBatchThatLostAFileWhileDown(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	r.write("a/2.pdf", pdf("2"))
	var first Batch
	r.takeFn = func(b Batch) error {
		first = b
		return errors.New("the store is busy")
	}
	r.pass(40 * time.Second)
	must(t, os.Remove(first.Files[0].Path))
	r.takeFn = nil
	r.restart()
	r.pass(time.Minute)
	r.wantBatches("a: 2.pdf")
	if r.taken[0].id == first.ID {
		t.Fatal("fewer files came under the id of the whole batch")
	}
}

func TestDamagedLedgerStopsTheStart(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	must(t, os.WriteFile(filepath.Join(r.cfg.Claimed, ledgerName), []byte("{"), 0o640))
	if err := newIntake(r.cfg, r.ops).start(); err == nil {
		t.Fatal("started with a ledger that can't be read")
	}
}

// scannerModel is a device that writes sheets into its folder in one of the
// ways real ones do. Every finished sheet has a payload of its own.
type scannerModel struct {
	r       *rig
	random  *rand.Rand
	device  string
	next    int // sheets so far
	inJob   int // sheets of this job
	writing *sheet
	written map[string]int // content of finished sheets to number
}

type sheet struct {
	temp, name string // temp is renamed to name when whole; may be the same
	content    string
	at         int
}

// step does one small thing a scanner does.
func (s *scannerModel) step() {
	if s.writing == nil {
		s.begin()
		return
	}
	w := s.writing
	n := min(1+s.random.IntN(len(w.content)), len(w.content)-w.at)
	switch _, err := os.Lstat(s.r.path(w.temp)); {
	case errors.Is(err, fs.ErrNotExist): // begun, but not there: removed to be written anew
		s.r.write(w.temp, "")
		w.at = 0
		return
	case s.random.IntN(12) == 0: // written anew from the start
		must(s.r.t, os.Truncate(s.r.path(w.temp), 0))
		w.at = 0
		return
	case s.random.IntN(20) == 0:
		must(s.r.t, os.Remove(s.r.path(w.temp)))
		return
	}
	s.r.appendTo(w.temp, w.content[w.at:w.at+n])
	if w.at += n; w.at == len(w.content) {
		must(s.r.t, os.Rename(s.r.path(w.temp), s.r.path(w.name)))
		s.written[w.content] = s.next
		s.writing = nil
	}
}

// begin starts the next sheet. A job ends now and then, once the watcher has
// had its sheets, and the next one counts from 1 again.
func (s *scannerModel) begin() {
	left, err := filepath.Glob(s.r.path(s.device + "/*.pdf"))
	must(s.r.t, err)
	if len(left) == 0 && s.random.IntN(4) == 0 {
		s.inJob = 0
	}
	s.inJob++
	s.next++
	name := fmt.Sprintf("%s/SCN_%d.pdf", s.device, s.inJob)
	if _, err := os.Lstat(s.r.path(name)); err == nil {
		s.r.t.Fatalf("the model would write over its own sheet %s", name)
	}
	payload := s.device + " sheet " + strconv.Itoa(s.next) + strings.Repeat(".", s.random.IntN(200))
	w := &sheet{temp: name, name: name, content: strings.TrimSpace(pdf(payload))}
	if s.random.IntN(3) == 0 {
		w.temp = name + ".part"
	}
	s.writing = w
	s.r.write(w.temp, "")
}

// TestNothingLostNothingDoubleInOrder lets three devices write for a while,
// with kills at random changes of the disk, renames that are refused, and a
// store that fails, and then compares what was written with what was stored.
func TestNothingLostNothingDoubleInOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			playSeed(t, seed)
		})
	}
}

func playSeed(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 7))
	r := newRig(t, func(c *Config) { c.ClaimsPerPoll, c.BatchFiles = 5, 9 })
	if seed%3 == 0 {
		r.refuseRename(syscall.EXDEV)
	}
	countdown := 0
	r.ops = crashAfter(r.ops, &countdown, seed%2 == 0)
	r.restart()
	r.takeFn = func(Batch) error {
		switch random.IntN(8) {
		case 0:
			return errors.New("the store is busy")
		case 1:
			panic(kill{})
		}
		return nil
	}
	models := []*scannerModel{}
	for _, device := range []string{"a", "b", "."} {
		models = append(models, &scannerModel{r: r, random: random, device: device, written: map[string]int{}})
	}
	for range 150 {
		for _, m := range models {
			for range random.IntN(4) {
				m.step()
			}
		}
		if countdown <= 0 && random.IntN(10) == 0 {
			countdown = 1 + random.IntN(30)
		}
		if random.IntN(25) == 0 {
			r.in.pressClosingKey("a")
		}
		r.survive(func() { r.pass(time.Duration(random.IntN(10)) * time.Second) })
	}
	countdown, r.takeFn = 0, nil
	for _, m := range models {
		for m.writing != nil {
			m.step()
		}
	}
	r.pass(30 * time.Minute)
	r.compare(models)
}

func (r *rig) compare(models []*scannerModel) {
	r.t.Helper()
	stored, number, total := r.store(), map[string]int{}, 0
	for _, m := range models {
		total += len(m.written)
		for content, n := range m.written {
			number[content] = n
			if _, ok := stored[content]; !ok {
				r.t.Errorf("lost: %.40q", content)
			}
		}
	}
	if len(stored) != total || total < 60 {
		r.t.Errorf("%d sheets stored, %d written", len(stored), total)
	}
	r.wantInboxEmpty()
	for _, b := range r.taken {
		if !slices.IsSortedFunc(b.contents, func(x, y string) int { return number[x] - number[y] }) {
			r.t.Errorf("batch of %s in no order: %q", b.device, b.names)
		}
	}
}
