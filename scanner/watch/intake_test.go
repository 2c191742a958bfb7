package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFilesOfOneFolderBecomeOneBatchInOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, name := range []string{"scan10.pdf", "scan2.pdf", "scan1.pdf"} {
		r.write("counter-1/"+name, pdf(name))
	}
	r.write("loose.pdf", pdf("loose"))
	r.pass(2 * time.Second)
	r.wantBatches()
	r.pass(time.Minute)
	r.wantBatches("inbox: loose.pdf", "counter-1: scan1.pdf scan2.pdf scan10.pdf")
	r.wantInboxEmpty()
	for _, b := range r.taken {
		if _, err := os.Stat(filepath.Join(r.cfg.Done, string(b.id), recordName)); err != nil {
			t.Errorf("batch is not in done with its record: %v", err)
		}
	}
}

func (r *rig) wantInboxEmpty() {
	r.t.Helper()
	must(r.t, filepath.WalkDir(r.cfg.Inbox, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			r.t.Errorf("still in the inbox: %s", filepath.Base(path))
		}
		return err
	}))
}

func TestSlowWriterHoldsTheBatchOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("first"))
	whole := pdf(strings.Repeat("grows for a minute ", 30))
	r.write("a/2.pdf", whole[:10])
	for i := 10; i < len(whole); i += 20 {
		r.pass(2 * time.Second)
		if i > 10 {
			w := r.wantWaiting("2.pdf", ReasonGrowing)
			if want := r.clock.Now().Sub(w.Since); w.For != want || w.For < 2*time.Second {
				t.Fatalf("waits for %v, want %v", w.For, want)
			}
		}
		r.appendTo("a/2.pdf", whole[i:min(i+20, len(whole))])
	}
	r.wantBatches()
	r.write("a/3.pdf", pdf("last"))
	r.pass(time.Minute)
	r.wantBatches("a: 1.pdf 2.pdf 3.pdf")
	if r.taken[0].contents[1] != whole {
		t.Error("the slow file was taken before it was whole")
	}
}

// A scanner that stops in the middle leaves a file that rests: it is not taken,
// it is shown, and it holds its neighbours back only for a while.
func TestStalledFileIsShownAndTakenWhenItGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	whole := pdf("stalls")
	r.write("a/1.pdf", pdf("first"))
	r.write("a/2.pdf", whole[:20])
	r.pass(time.Minute)
	r.wantWaiting("2.pdf", ReasonIncomplete)
	r.wantBatches()
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
	r.clock.Advance(48 * time.Hour)
	r.pass(time.Minute)
	w := r.wantWaiting("2.pdf", ReasonIncomplete)
	if w.For < 48*time.Hour {
		t.Errorf("waits for %v, want two days", w.For)
	}
	if got := w.Text("vi"); !strings.Contains(got, "(2 ngày)") {
		t.Errorf("sentence %q does not say how long", got)
	}
	r.appendTo("a/2.pdf", whole[20:])
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf", "a: 2.pdf")
}

// A file that never stops changing must not keep its neighbours for ever.
func TestFileThatGrowsForEverHoldsABatchOnlySoLong(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	r.write("a/endless.pdf", "%PDF-")
	var closed time.Duration
	for closed = 0; len(r.taken) == 0 && closed < time.Hour; closed += r.cfg.Poll {
		r.appendTo("a/endless.pdf", "x")
		r.pass(r.cfg.Poll)
	}
	r.wantBatches("a: 1.pdf")
	if closed < holdCap*r.cfg.BatchHold || closed > 2*holdCap*r.cfg.BatchHold {
		t.Errorf("closed after %v", closed)
	}
	r.wantWaiting("endless.pdf", ReasonGrowing)
}

func TestUnknownFormatIsTakenAfterALongerRest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/letter.docx", "PK\x03\x04")
	r.pass(10 * time.Second)
	r.wantWaiting("letter.docx", ReasonUnknown)
	r.pass(2 * time.Minute)
	r.wantBatches("a: letter.docx")
}

func TestEmptyFileWaitsUntilSomebodyDecides(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/0.pdf", "")
	r.pass(time.Hour)
	r.wantWaiting("0.pdf", ReasonEmpty)
	r.wantBatches()
	if r.in.takeAnyway("b", "0.pdf") || r.in.takeAnyway("a", "1.pdf") {
		t.Error("took a file that is not there")
	}
	if !r.in.takeAnyway("a", "0.pdf") {
		t.Fatal("the empty file does not wait")
	}
	r.pass(2 * time.Minute)
	r.wantBatches("a: 0.pdf")
}

func TestTemporaryNamesWaitForTheirRename(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, name := range []string{".hidden.pdf", "x.pdf.part", "y.tmp", "~$z.pdf"} {
		r.write("a/"+name, pdf(name))
	}
	r.write("a/Thumbs.db", "litter")
	r.pass(30 * time.Second)
	if n := len(r.in.snapshot().Waiting); n != 0 {
		t.Fatalf("%d young temporary files are shown", n)
	}
	r.pass(5 * time.Minute)
	r.wantWaiting("x.pdf.part", ReasonTemporary)
	r.wantWaiting(".hidden.pdf", ReasonTemporary)
	r.wantBatches()
	must(t, os.Rename(r.path("a/x.pdf.part"), r.path("a/x.pdf")))
	r.pass(time.Minute)
	r.wantBatches("a: x.pdf")
	if _, shown := r.waiting("x.pdf.part"); shown {
		t.Error("the old name of a renamed file is still shown")
	}
}

func TestRenamedFileKeepsItsTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("x")[:20])
	r.pass(time.Minute)
	must(t, os.Rename(r.path("a/1.pdf"), r.path("a/one.pdf")))
	r.pass(10 * time.Second)
	if w := r.wantWaiting("one.pdf", ReasonIncomplete); w.For < time.Minute {
		t.Errorf("waits for %v, want over a minute", w.For)
	}
	if _, shown := r.waiting("1.pdf"); shown {
		t.Error("a renamed file is shown as vanished")
	}
}

func TestVanishedFileIsSpokenOfForAWhile(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("x")[:20])
	r.pass(10 * time.Second)
	must(t, os.Remove(r.path("a/1.pdf")))
	r.pass(10 * time.Second)
	r.wantWaiting("1.pdf", ReasonVanished)
	r.write("a/1.pdf", pdf("again"))
	r.pass(time.Minute)
	r.wantBatches("a: 1.pdf")
	r.write("a/2.pdf", pdf("x")[:20])
	r.pass(10 * time.Second)
	must(t, os.RemoveAll(r.path("a")))
	r.pass(vanishedShown - 10*time.Second)
	r.wantWaiting("2.pdf", ReasonVanished)
	r.pass(time.Minute)
	if _, shown := r.waiting("2.pdf"); shown || len(r.in.folders) != 1 {
		t.Errorf("shown %v, %d folders; want it forgotten with its folder", shown, len(r.in.folders))
	}
}

// SCN_0001 comes again while the first is in the open batch: it is another
// sheet, and it comes after what was there.
func TestNameUsedAgainIsASecondFileBehindTheFirstRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/SCN_0001.pdf", pdf("1"))
	r.write("a/SCN_0002.pdf", pdf("2"))
	r.pass(8 * time.Second)
	r.write("a/SCN_0001.pdf", pdf("3"))
	r.write("a/SCN_0002.pdf", pdf("4"))
	r.write("a/batch.json", "not the record")
	r.pass(2 * time.Minute)
	r.wantBatches("a: SCN_0001.pdf SCN_0002.pdf batch.json SCN_0001.pdf SCN_0002.pdf")
	want := []string{pdf("1"), pdf("2"), "not the record", pdf("3"), pdf("4")}
	if !slices.Equal(r.taken[0].contents, want) {
		t.Fatalf("contents %q, want %q", r.taken[0].contents, want)
	}
}

// The counter begins at 1 again with a new job, and no name comes twice, since
// the pages before are in an earlier batch: page 1 is not put before page 8.
func TestCounterThatBeginsAgainIsANewRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/SCN_8.pdf", pdf("8"))
	r.write("a/SCN_9.pdf", pdf("9"))
	r.pass(8 * time.Second)
	r.write("a/SCN_1.pdf", pdf("1"))
	r.write("a/SCN_2.pdf", pdf("2"))
	r.pass(2 * time.Minute)
	r.wantBatches("a: SCN_8.pdf SCN_9.pdf SCN_1.pdf SCN_2.pdf")
}

// Somebody copies scans of yesterday into the folder, the last one first: their
// mtimes stay, and the names give the order.
func TestSheetsCopiedInDisorderKeepTheirOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	yesterday := r.clock.Now().Add(-24 * time.Hour)
	for _, page := range []int{3, 1, 2} {
		name := fmt.Sprintf("a/SCN_%d.pdf", page)
		r.write(name, pdf(name))
		at := yesterday.Add(time.Duration(page) * time.Minute)
		must(t, os.Chtimes(r.path(name), at, at))
		r.pass(8 * time.Second)
	}
	r.pass(2 * time.Minute)
	r.wantBatches("a: SCN_1.pdf SCN_2.pdf SCN_3.pdf")
}

// The scanner writes the name anew in the moment between the look and the
// rename: what came is not what was looked at, so it settles in the batch.
func TestRewrittenWhileBeingClaimed(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	whole := pdf("the second scan, longer than the first")
	rename := r.in.ops.rename
	var writer *os.File
	r.in.ops.rename = func(from, to string) error {
		if filepath.Base(from) == "SCN_0001.pdf" && writer == nil {
			var err error
			writer, err = os.OpenFile(from, os.O_WRONLY|os.O_TRUNC, 0)
			must(t, err)
			_, err = writer.WriteString(whole[:15])
			must(t, err)
		}
		return rename(from, to)
	}
	r.write("a/SCN_0001.pdf", pdf("first"))
	r.pass(time.Minute)
	r.wantBatches()
	r.wantWaiting("SCN_0001.pdf", ReasonGrowing)
	_, err := writer.WriteString(whole[15:])
	must(t, errors.Join(err, writer.Close()))
	r.pass(time.Minute)
	r.wantBatches("a: SCN_0001.pdf")
	if r.taken[0].contents[0] != whole {
		t.Fatalf("took %q", r.taken[0].contents[0])
	}
}

// A writer that holds the file open changes it while it is being stored: what
// it is now comes as a batch of its own, and the first is not offered again.
func TestChangeDuringTakeComesAsALaterBatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("one"))
	r.write("a/2.pdf", pdf("two"))
	writer, err := os.OpenFile(r.path("a/2.pdf"), os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	r.takeFn = func(Batch) error {
		r.takeFn = nil
		_, err := writer.WriteString(pdf("more"))
		return errors.Join(err, writer.Close())
	}
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf 2.pdf", "a: 2.pdf")
	if got := r.taken[1].contents[0]; got != pdf("two")+pdf("more") {
		t.Fatalf("the later batch brought %q", got)
	}
}

// A batch that failed and changed before its next offer has another id, since
// the caller may know the old one.
func TestChangeAfterAFailedOfferGetsANewID(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("one"))
	writer, err := os.OpenFile(r.path("a/1.pdf"), os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	var offered []string
	r.takeFn = func(b Batch) error {
		offered = append(offered, string(b.ID))
		if len(offered) > 1 {
			return nil
		}
		_, err := writer.WriteString(pdf("more"))
		return errors.Join(errors.New("the store is busy"), err, writer.Close())
	}
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
	if len(offered) != 2 || offered[0] == offered[1] {
		t.Fatalf("offered as %q", offered)
	}
}

func TestFailedBatchIsOfferedAgainAndHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	busy := errors.New("the store is busy")
	offers := map[string]int{}
	r.takeFn = func(b Batch) error {
		offers[b.Device+string(b.ID)]++
		if b.Device == "a" && offers[b.Device+string(b.ID)] < 4 {
			return busy
		}
		return nil
	}
	r.write("a/1.pdf", pdf("a"))
	r.write("b/1.pdf", pdf("b"))
	r.pass(40 * time.Second)
	r.wantBatches("b: 1.pdf")
	if s := r.in.snapshot(); len(s.Offers) != 1 || s.Offers[0].Attempts == 0 || !errors.Is(s.Offers[0].Err, busy) {
		t.Fatalf("offers shown: %+v", s.Offers)
	}
	r.pass(time.Minute)
	r.wantBatches("b: 1.pdf", "a: 1.pdf")
	if len(offers) != 2 {
		t.Fatalf("ids offered: %v, want the same id every time", offers)
	}
}

func TestClosingKeyTakesWhatIsThereAndNoMore(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	whole := pdf("on its way")
	r.write("a/1.pdf", pdf("1"))
	r.pass(10 * time.Second)
	r.write("a/2.pdf", pdf("2"))
	r.write("a/3.pdf.part", whole[:20])
	r.poll()
	r.in.pressClosingKey("a")
	r.write("a/4.pdf", pdf("next citizen"))
	r.pass(4 * time.Second)
	r.appendTo("a/3.pdf.part", whole[20:])
	must(t, os.Rename(r.path("a/3.pdf.part"), r.path("a/3.pdf")))
	r.pass(2 * time.Second)
	r.wantWaiting("4.pdf", ReasonClosing)
	r.pass(6 * time.Second)
	r.wantBatches("a: 1.pdf 2.pdf 3.pdf")
	r.pass(time.Minute)
	r.wantBatches("a: 1.pdf 2.pdf 3.pdf", "a: 4.pdf")
	r.in.pressClosingKey("a")
	r.in.pressClosingKey("nowhere")
	r.pass(time.Minute)
	if len(r.taken) != 2 {
		t.Fatalf("a key over an empty folder made a batch: %d", len(r.taken))
	}
}

func TestFullBatchCloses(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.BatchFiles = 3 })
	for i := range 7 {
		r.write(fmt.Sprintf("a/%d.pdf", i), pdf(fmt.Sprint(i)))
	}
	r.pass(6 * time.Second)
	r.wantBatches("a: 0.pdf 1.pdf 2.pdf", "a: 3.pdf 4.pdf 5.pdf")
	r.pass(time.Minute)
	r.wantBatches("a: 0.pdf 1.pdf 2.pdf", "a: 3.pdf 4.pdf 5.pdf", "a: 6.pdf")
}

func TestFiveHundredAtOnceStayOneBatchInOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.ClaimsPerPoll = 64 })
	var want []string
	for i := range 500 {
		name := fmt.Sprintf("trang %d.pdf", i+1)
		want = append(want, name)
		r.write("a/"+name, pdf(name))
	}
	r.pass(time.Minute)
	if len(r.taken) != 1 || !slices.Equal(r.taken[0].names, want) {
		t.Fatalf("%d batches; want one of 500 files in order", len(r.taken))
	}
}

func TestWhatIsNoFileIsShownAndLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	secret := filepath.Join(t.TempDir(), "outside.pdf")
	must(t, os.WriteFile(secret, []byte(pdf("outside")), 0o600))
	r.write("a/1.pdf", pdf("1"))
	must(t, os.Symlink(secret, r.path("a/link.pdf")))
	must(t, os.Symlink(filepath.Dir(secret), r.path("linked-folder")))
	must(t, syscall.Mkfifo(r.path("a/pipe.pdf"), 0o600))
	r.write("a/nested/2.pdf", pdf("2"))
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
	for _, name := range []string{"link.pdf", "linked-folder", "pipe.pdf", "nested"} {
		r.wantWaiting(name, ReasonNotAFile)
	}
}

// A link that takes the file's place between the look and the rename goes back.
func TestLinkSwappedInDuringTheClaim(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	rename := r.in.ops.rename
	r.in.ops.rename = func(from, to string) error {
		if filepath.Base(from) == "1.pdf" && filepath.Dir(from) == r.path("a") {
			must(t, os.Remove(from))
			must(t, os.Symlink("/nowhere", from))
		}
		return rename(from, to)
	}
	r.write("a/1.pdf", pdf("1"))
	r.pass(2 * time.Minute)
	r.wantBatches()
	r.wantWaiting("1.pdf", ReasonNotAFile)
}

func TestLockedFileWaits(t *testing.T) {
	t.Parallel()
	for _, errno := range []error{syscall.EBUSY, syscall.EACCES} {
		r := newRig(t, nil)
		open := r.in.ops.open
		r.in.ops.open = func(path string) (*os.File, error) {
			return nil, &os.PathError{Op: "open", Path: path, Err: errno}
		}
		r.write("a/Nguyen Van A.pdf", pdf("1"))
		r.pass(time.Minute)
		w := r.wantWaiting("Nguyen Van A.pdf", ReasonLocked)
		if !errors.Is(w.Err, errno) || strings.Contains(w.Err.Error(), "Nguyen") {
			t.Errorf("error %v: want the cause without the name of the file", w.Err)
		}
		r.in.ops.open = open
		r.pass(2 * time.Minute)
		r.wantBatches("a: Nguyen Van A.pdf")
	}
}

func TestFileThatCannotBeClaimedWaitsAndKeepsItsPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	rename, full := r.in.ops.rename, true
	r.in.ops.rename = func(from, to string) error {
		if full && filepath.Base(from) == "1.pdf" {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.ENOSPC}
		}
		return rename(from, to)
	}
	r.write("a/1.pdf", pdf("1"))
	r.write("a/2.pdf", pdf("2"))
	r.pass(20 * time.Second)
	r.wantWaiting("1.pdf", ReasonRefused)
	full = false
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf 2.pdf")
}

// Whatever lies in a batch's folder is never written over.
func TestClaimDoesNotOverwrite(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	r.pass(8 * time.Second)
	stranger := filepath.Join(r.in.snapshot().Open[0].Dir, "2.pdf")
	must(t, os.WriteFile(stranger, []byte("put here by hand"), 0o640))
	r.write("a/2.pdf", pdf("2"))
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf 2.pdf")
	content, err := os.ReadFile(filepath.Join(r.cfg.Done, string(r.taken[0].id), "2.pdf"))
	if err != nil || string(content) != "put here by hand" {
		t.Fatalf("now holds %q, %v", content, err)
	}
	if got := r.taken[0].contents[1]; got != pdf("2") {
		t.Fatalf("took %q", got)
	}
}

func TestNothingIsClaimedWithoutARecord(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	write := r.in.ops.write
	r.in.ops.write = func(string, []byte) error { return syscall.ENOSPC }
	r.write("a/1.pdf", pdf("1"))
	r.pass(20 * time.Second)
	r.wantWaiting("1.pdf", ReasonRefused)
	if _, err := os.Stat(r.path("a/1.pdf")); err != nil {
		t.Fatal("the file left the inbox although its record could not be written")
	}
	r.in.ops.write = write
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
}

func TestShareThatVanishesAndReturns(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	r.write("a/2.pdf", pdf("2")[:20])
	r.pass(8 * time.Second)
	away := r.cfg.Inbox + " away"
	must(t, os.Rename(r.cfg.Inbox, away))
	r.pass(40 * time.Second)
	s := r.in.snapshot()
	if s.InboxGone.IsZero() || s.InboxErr == nil || len(s.Open) != 1 {
		t.Fatalf("snapshot of a vanished inbox: %+v", s)
	}
	r.wantWaiting("2.pdf", ReasonIncomplete)
	must(t, os.Rename(away, r.cfg.Inbox))
	r.write("a/2.pdf", pdf("2"))
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf 2.pdf")
	if s := r.in.snapshot(); !s.InboxGone.IsZero() || s.InboxErr != nil {
		t.Error("the inbox is back, but still said to be away")
	}
}

// While the share is away nobody knows whether the pile goes on: its batch
// stays open for longer than the idle time, but not for ever.
func TestVanishedShareKeepsItsBatchOpenForAWhile(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	r.pass(8 * time.Second)
	must(t, os.Rename(r.cfg.Inbox, r.cfg.Inbox+" away"))
	r.pass(time.Minute)
	r.wantBatches()
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
}

func TestFolderThatCannotBeListed(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	readDir, broken := r.in.ops.readDir, true
	r.in.ops.readDir = func(dir string) ([]os.DirEntry, error) {
		if broken && dir == r.path("a") {
			return nil, syscall.EIO
		}
		return readDir(dir)
	}
	r.write("a/1.pdf", pdf("1"))
	r.write("b/1.pdf", pdf("1"))
	r.pass(time.Minute)
	r.wantBatches("b: 1.pdf")
	if w := r.wantWaiting("", ReasonUnlisted); w.Device != "a" || !errors.Is(w.Err, syscall.EIO) {
		t.Errorf("shown as %+v", w)
	}
	broken = false
	r.pass(time.Minute)
	r.wantBatches("b: 1.pdf", "a: 1.pdf")
}

func TestStalledFilesAreLookedAtEverMoreRarely(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	open, looks := r.in.ops.open, 0
	r.in.ops.open = func(path string) (*os.File, error) {
		looks++
		return open(path)
	}
	r.write("a/1.pdf", pdf("1")[:20])
	r.pass(time.Hour)
	if polls := int(time.Hour / r.cfg.Poll); looks > polls/10 || looks < 100 {
		t.Errorf("opened %d times in %d polls", looks, polls)
	}
}

func TestClaimedFileTakenAwayBySomebody(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.write("a/1.pdf", pdf("1"))
	r.write("a/2.pdf", pdf("2"))
	r.pass(8 * time.Second)
	open := r.in.snapshot().Open
	if len(open) != 1 || len(open[0].Files) != 2 {
		t.Fatalf("open batches: %+v", open)
	}
	must(t, os.Remove(open[0].Files[0].Path))
	r.pass(time.Minute)
	r.wantBatches("a: 2.pdf")
	r.wantWaiting("1.pdf", ReasonVanished)
}

func TestEveryReasonHasItsSentences(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, reason := range append(Reasons(), "no such reason") {
		for _, lang := range []string{"vi", "en"} {
			text := reason.Text(lang, 12*time.Second)
			if seen[text] || !strings.Contains(text, "(12 ") || strings.Contains(text, "%!") {
				t.Errorf("%s in %s: %q", reason, lang, text)
			}
			seen[text] = true
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "0 giây", 59 * time.Second: "59 giây", time.Minute: "1 phút", 90 * time.Minute: "1 giờ", 49 * time.Hour: "2 ngày",
	} {
		if got := ReasonGrowing.Text("vi", d); got != "Tệp chưa ghi xong, đang chờ máy quét ("+want+")." {
			t.Errorf("%v: %q", d, got)
		}
	}
}
