package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/storage/storagetest/pgtest"
)

// drawnPages are drawn by the generator and read by the engine; of each there are
// copies with another remark in the file, so that all have bytes of their own.
const drawnPages = 6

// readyBound is how long a start after a kill may take at the very most; the
// aim is ten seconds, and what it took is printed.
const readyBound = 2 * time.Minute

// TestKilledAtRandomMoments kills the real program from outside while thirty
// pages go through it (sixty with the tag soak), several times in a row in one
// archive, by both entrances, on SQLite and on PostgreSQL; then it is started once more and must
// come to where an undisturbed run came. Recognition is replaced by what the
// engine said in one run (see replay_test.go), but for the last archives, which
// the real binary and the real engine work on, with the drawn pages.
func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	tools := buildTools(t)
	drawn := drawJPEGs(t, tools)
	pages := copyPages(t, drawn)
	record := recordReadings(t, tools, drawn, pages)
	replayed := replayingProgram(t, record)
	entrances := []wayIn{processEntrance{}, serveEntrance{}}
	var references []reference
	for _, in := range entrances {
		references = append(references, undisturbed(t, replayed, in, pages))
	}
	small := undisturbed(t, replayed, processEntrance{}, drawn)

	var tally tally
	t.Run("archives", func(t *testing.T) {
		for n := range 4 {
			lane := lane{command: replayed, entrance: entrances[n%2], postgres: n >= 2, files: pages, want: references[n%2], kills: randomKills / 4}
			t.Run(fmt.Sprintf("lane %d", n), func(t *testing.T) { lane.run(t, rand.New(rand.NewPCG(3, uint64(n))), &tally) })
		}
		slow := small
		slow.took = drawnPages * time.Second / 2 // about what reading takes on two cores
		lane := lane{command: command{path: filepath.Join(tools, "sohoa")}, entrance: processEntrance{}, files: drawn, want: slow, kills: realKills}
		t.Run("real engine", func(t *testing.T) { lane.run(t, rand.New(rand.NewPCG(3, 4)), &tally) })
	})
	tally.report(t)
	if tally.kills != randomKills+realKills {
		t.Errorf("%d kills, want %d", tally.kills, randomKills+realKills)
	}
}

// lane is a row of archives of one kind, in which the program is killed some
// times in all. Lanes run beside each other: the program mostly waits.
type lane struct {
	command  command
	entrance wayIn
	postgres bool
	files    []string
	want     reference
	kills    int
}

// run draws the same moments in every run; what comes of them depends on the time.
func (l lane) run(t *testing.T, random *rand.Rand, tally *tally) {
	t.Helper()
	t.Parallel()
	for n, killed := 0, 0; killed < l.kills; n++ {
		t.Run(fmt.Sprintf("archive %d", n), func(t *testing.T) {
			address := ""
			if l.postgres {
				address = pgtest.Start(t)
			}
			v := victim{rig: newRig(t, address), command: l.command, entrance: l.entrance, files: l.files}
			kills, ready := v.die(t, random, min(5, l.kills-killed), l.want)
			killed += kills
			tally.add(kills, ready)
		})
		if t.Failed() {
			return // killed may be short for ever
		}
	}
}

// tally counts kills, and how long the last start of each archive took.
type tally struct {
	mu    sync.Mutex
	kills int
	ready []time.Duration
}

func (s *tally) add(kills int, ready time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kills += kills
	if kills > 0 {
		s.ready = append(s.ready, ready)
	}
}

func (s *tally) report(t *testing.T) {
	t.Helper()
	slices.Sort(s.ready)
	if len(s.ready) == 0 {
		t.Fatal("nothing was killed")
	}
	worst := s.ready[len(s.ready)-1]
	t.Logf("%d kills in %d archives, %d of them with the real engine; ready again after the last: median %v, worst %v",
		s.kills, len(s.ready), realKills, s.ready[len(s.ready)/2], worst)
	if worst > readyBound {
		t.Errorf("ready again only after %v", worst)
	}
}

func (r running) killed() bool {
	status, ok := r.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signal() == syscall.SIGKILL
}

// reference is what an undisturbed run came to, and how long it took.
type reference struct {
	state []string
	took  time.Duration
}

func undisturbed(t *testing.T, p command, in wayIn, files []string) reference {
	t.Helper()
	v := victim{rig: newRig(t, ""), command: p, entrance: in, files: files}
	begun := time.Now()
	v.finish(t)
	took := time.Since(begun)
	return reference{state: v.rig.state(t), took: took}
}

// victim is an archive on which the program is killed.
type victim struct {
	rig      *rig
	command  command
	entrance wayIn
	files    []string
}

// die kills the program some times at random moments, finishes, and compares.
// It tells how often it was killed, which is less than asked for when the work
// was done before, and how long the start after the last kill took to be ready.
func (v victim) die(t *testing.T, random *rand.Rand, kills int, want reference) (killed int, ready time.Duration) {
	t.Helper()
	for n := range kills {
		v.entrance.bring(t, v, n)
		running := v.entrance.start(t, v)
		// Moments spread over the whole work, in a row of kills.
		moment := time.After(time.Duration(random.Int64N(int64(2*want.took)/int64(kills) + 1)))
		select {
		case <-moment:
			_ = running.cmd.Process.Kill() // it may have ended by itself
			<-running.ended
		case <-running.ended:
		}
		if !running.killed() {
			running.wantExit(t, exitDone, exitParked)
			break
		}
		killed++
	}
	ready = v.finish(t)
	wantState(t, v.rig.state(t), want.state)
	verify, dir := v.command.prepare(t, v.rig, "verify")
	start(t, verify, dir).wantExit(t, exitDone)
	return killed, ready
}

// finish brings all that is left, works until nothing is to be done, and tells
// how long the start took.
func (v victim) finish(t *testing.T) (ready time.Duration) {
	t.Helper()
	for n := range copies {
		v.entrance.bring(t, v, n)
	}
	running := v.entrance.start(t, v)
	ready = v.entrance.ready(t, v, running)
	v.entrance.end(t, v, running)
	return ready
}

// drawJPEGs draws two dossiers of papers, in the order of the paper; only JPEG
// files can be given a remark.
func drawJPEGs(t *testing.T, tools string) (drawn []string) {
	t.Helper()
	byKind := make(map[string][]string)
	for _, kind := range []string{"separator", "birth_certificate", "marriage_certificate"} {
		dir := t.TempDir()
		draw := exec.CommandContext(t.Context(), filepath.Join(tools, "generate"), "-out", dir, "-kind", kind, "-dossiers", "4", "-seed", "7", "-dpi", "200")
		if out, err := draw.CombinedOutput(); err != nil {
			t.Fatalf("draw pages: %v\n%s", err, out)
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
		if err != nil || len(paths) < 2 {
			t.Fatalf("%s: %d JPEG files drawn; %v", kind, len(paths), err)
		}
		byKind[kind] = paths
	}
	for i := range 2 {
		for _, kind := range []string{"separator", "birth_certificate", "marriage_certificate"} {
			drawn = append(drawn, byKind[kind][i])
		}
	}
	return drawn
}

// copyPages gives each page copies that differ by a remark only.
func copyPages(t *testing.T, drawn []string) (all []string) {
	t.Helper()
	dir := t.TempDir()
	for n := range copies {
		for i, path := range drawn {
			to := filepath.Join(dir, fmt.Sprintf("%d-%02d.jpg", n, i))
			if err := os.WriteFile(to, remarked(t, path, n), 0o600); err != nil {
				t.Fatal(err)
			}
			all = append(all, to)
		}
	}
	return all
}

// remarked is a JPEG file with a comment segment after its first marker (ITU
// T.81, B.2.4.5).
func remarked(t *testing.T, path string, n int) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	remark := fmt.Sprintf("copy %d", n)
	segment := append([]byte{0xff, 0xfe, 0, byte(2 + len(remark))}, remark...)
	return slices.Concat(body[:2], segment, body[2:])
}

// recordReadings has the engine read the drawn pages once, and gives every copy
// the reading of its page.
func recordReadings(t *testing.T, tools string, drawn, all []string) (dir string) {
	t.Helper()
	r := newRig(t, "")
	p := command{path: filepath.Join(tools, "sohoa")}
	cmd, out := p.prepare(t, r, append([]string{"process"}, drawn...)...)
	start(t, cmd, out).wantExit(t, exitDone, exitParked)
	found, err := filepath.Glob(filepath.Join(r.place().objects(), "u/*/t"))
	if err != nil || len(found) != 1 {
		t.Fatalf("readings in %v, %v", found, err)
	}
	dir = filepath.Join(t.TempDir(), recordName)
	for i, path := range slices.Concat(all, drawn) {
		reading, err := os.ReadFile(recordOf(found[0], imageOf(t, drawn[i%drawnPages])))
		if err != nil {
			t.Fatal(err)
		}
		to := recordOf(dir, imageOf(t, path))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, bytes.Clone(reading), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// imageOf is the id of the only image of a file.
func imageOf(t *testing.T, path string) dossier.ImageID {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return dossier.NewImageID(dossier.SumString(sha256.Sum256(body)), 1)
}
