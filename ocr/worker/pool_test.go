package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sohoa/dossier"
)

// fakePool is a pool of one misbehaving child.
func fakePool(t *testing.T, mode string, change func(*Config)) *Pool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Command: []string{self, "fake-worker", mode}, Workers: 1, MemoryLimit: leastMemory, Scratch: t.TempDir()}
	if change != nil {
		change(&cfg)
	}
	p, err := NewPool(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// TestOnePageIsLost: whatever a child does on a page, that page is parked with
// its reason and the next one is read.
func TestOnePageIsLost(t *testing.T) {
	tests := []struct {
		mode   string
		reason dossier.Reason
		limit  time.Duration
	}{
		{"crash", dossier.ReasonCrash, time.Minute},
		{"hang", dossier.ReasonTime, 50 * time.Millisecond},
		{"spin", dossier.ReasonTime, 500 * time.Millisecond},
		{"memory", dossier.ReasonMemory, time.Minute},
		{"sibling", dossier.ReasonMemory, time.Minute},
		{"flood", dossier.ReasonCrash, time.Minute},
		{"garbage", dossier.ReasonCrash, time.Minute},
		{"other-page", dossier.ReasonCrash, time.Minute},
	}
	for _, test := range tests {
		t.Run(test.mode, func(t *testing.T) {
			p := fakePool(t, test.mode, func(c *Config) { c.PageTimeout = test.limit })
			first := p.childPID(t)
			_, err := p.Read(t.Context(), Task{Path: "x", File: "bad", Index: 1})
			if dossier.KindOf(err) != dossier.Park || dossier.ReasonOf(err) != test.reason {
				t.Fatalf("Read = %v, want a page parked for %s", err, test.reason)
			}
			eventually(t, "process group ended", func() bool { return gone(first) })
			p.cfg.PageTimeout = time.Minute
			readings, err := p.Read(t.Context(), Task{Path: "x", File: "good", Index: 2})
			if err != nil || len(readings) != 1 || readings[0].Page != 2 {
				t.Fatalf("next page: %v, %v", readings, err)
			}
		})
	}
}

// gone tells whether the whole group of a process has ended.
func gone(pid int) bool {
	others, _ := groupUse(pid)
	return residentMemory(pid)+others == 0
}

// TestBusyMachineCostsNoPage: a child that gets no processor for longer than
// its limit has done nothing wrong.
func TestBusyMachineCostsNoPage(t *testing.T) {
	p := fakePool(t, "starve", func(c *Config) { c.PageTimeout = starved / 4 })
	if _, err := p.Read(t.Context(), Task{Path: "x", File: "late", Index: 1}); err != nil {
		t.Errorf("a page that came late: %v", err)
	}
}

// eventually waits for what another process brings about.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		if is() {
			return
		}
		<-tick.C
	}
	t.Fatalf("not seen: %s", what)
}

// childPID is the process of the only child.
func (p *Pool) childPID(t *testing.T) int {
	t.Helper()
	s := <-p.slots
	defer func() { p.slots <- s }()
	if s.child == nil {
		t.Fatal("no child")
	}
	return s.child.pid
}

// TestErrorsKeepSecrets: of what a crashing child prints only the runtime's own
// line gets into the error.
func TestErrorsKeepSecrets(t *testing.T) {
	p := fakePool(t, "crash", nil)
	_, err := p.Read(t.Context(), Task{Path: "/home/nguyen/ho-so.pdf", File: "bad", Index: 1})
	if err == nil || !strings.Contains(err.Error(), "SIGSEGV") {
		t.Errorf("error %v does not say what happened", err)
	}
	for _, secret := range []string{"person", "nguyen", "ho-so"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error %q tells %q", err, secret)
		}
	}
}

// TestFaultsAreChecked: kinds and reasons that do not exist become "stop" and
// "unknown", texts are short and printable.
func TestFaultsAreChecked(t *testing.T) {
	p := fakePool(t, "strange-fault", nil)
	_, err := p.Read(t.Context(), Task{Path: "x", File: "bad", Index: 1})
	f, ok := errors.AsType[*dossier.Fault](err)
	if !ok || f.Kind != dossier.Stop || f.Reason != dossier.ReasonUnknown || f.Op != "x y" || len(f.Error()) > 300 {
		t.Errorf("fault = %+v", f)
	}
}

// TestIdleDeathCostsNothing: a child that dies between two pages is replaced.
func TestIdleDeathCostsNothing(t *testing.T) {
	p := fakePool(t, "good", nil)
	s := <-p.slots
	if err := syscall.Kill(s.child.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.child.exited
	p.slots <- s
	if _, err := p.Read(t.Context(), Task{Path: "x", File: "good", Index: 1}); err != nil {
		t.Error(err)
	}
}

// TestCancelKills: the end of the caller's context ends the child at once.
func TestCancelKills(t *testing.T) {
	p := fakePool(t, "hang", nil)
	pid := p.childPID(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := p.Read(ctx, Task{Path: "x", File: "bad", Index: 1})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Read = %v, want the end of the context", err)
	}
	if err := syscall.Kill(-pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("child still there: %v", err)
	}
}

// TestCloseEndsCalls: Close ends a call that runs, removes the scratch folder
// and may be called again; later calls are refused.
func TestCloseEndsCalls(t *testing.T) {
	p := fakePool(t, "hang", nil)
	result := make(chan error)
	go func() {
		_, err := p.Read(context.Background(), Task{Path: "x", File: "bad", Index: 1})
		result <- err
	}()
	eventually(t, "call has taken the child", func() bool { return len(p.slots) == 0 })
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, ErrClosed) {
		t.Errorf("running call = %v, want ErrClosed", err)
	}
	if _, err := p.Open(t.Context(), "x"); !errors.Is(err, ErrClosed) {
		t.Errorf("Open after Close = %v", err)
	}
	if _, err := os.Stat(p.scratch); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("scratch folder left behind: %v", err)
	}
}

// TestRecycling: a child is replaced after its number of calls, and its folder
// goes with it.
func TestRecycling(t *testing.T) {
	p := fakePool(t, "good", func(c *Config) { c.PagesPerChild = 2 })
	var pids []int
	for range 4 {
		if _, err := p.Read(t.Context(), Task{Path: "x", File: "good", Index: 1}); err != nil {
			t.Fatal(err)
		}
		s := <-p.slots
		if s.child != nil {
			pids = append(pids, s.child.pid)
		}
		p.slots <- s
	}
	if len(pids) != 2 || pids[0] == pids[1] {
		t.Errorf("children seen after each call: %v, want one after the 1st and another after the 3rd", pids)
	}
	left, err := filepath.Glob(filepath.Join(p.scratch, "child-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("folders left: %v, %v", left, err)
	}
}

// TestParallel: more callers than children; each gets its own page back.
func TestParallel(t *testing.T) {
	p := fakePool(t, "good", func(c *Config) { c.Workers = 3 })
	var callers sync.WaitGroup
	for i := range 30 {
		callers.Go(func() {
			readings, err := p.Read(t.Context(), Task{Path: "x", File: "good", Index: i + 1})
			if err != nil || readings[0].Page != i+1 {
				t.Errorf("page %d: %v, %v", i+1, readings, err)
			}
		})
	}
	callers.Wait()
}

// TestStartFailures: what is missing is known at once and stops the work.
func TestStartFailures(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, command := range map[string][]string{
		"no program": {"/nonexistent/page-worker"},
		"no model":   {self, "fake-worker", "no-model"},
		"no worker":  {"/bin/true"},
	} {
		t.Run(name, func(t *testing.T) {
			scratch := t.TempDir()
			p, err := NewPool(Config{Command: command, Workers: 1, Scratch: scratch})
			if err == nil {
				t.Fatal("pool started", p.Close())
			}
			if dossier.KindOf(err) != dossier.Stop {
				t.Errorf("kind of %v is not Stop", err)
			}
			left, err := os.ReadDir(scratch)
			if err != nil || len(left) > 0 {
				t.Errorf("scratch not empty: %v, %v", left, err)
			}
		})
	}
}

func TestFitting(t *testing.T) {
	const gib = 1 << 30
	tests := []struct {
		cores            int
		available, limit int64
		want             int
	}{
		{4, 8 * gib, gib, 4},
		{4, gib, gib, 3},
		{4, gib / 2, gib, 1},
		{4, 1, gib, 1},
		{4, 0, gib, 4}, // not known
	}
	for _, test := range tests {
		if got := fitting(test.cores, test.available, test.limit); got != test.want {
			t.Errorf("fitting(%d, %d, %d) = %d, want %d", test.cores, test.available, test.limit, got, test.want)
		}
	}
}
