package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// command is what is started and killed.
type command struct {
	path    string
	leading []string // arguments before those of the program
	env     []string
}

// prepare is the program with arguments, at work on the rig's archive. What it
// says goes to files, since its children may outlive it by a moment.
func (p command) prepare(t *testing.T, r *rig, args ...string) (cmd *exec.Cmd, dir string) {
	t.Helper()
	dir = t.TempDir()
	cmd = exec.CommandContext(t.Context(), p.path, append(slices.Clone(p.leading), args...)...)
	cmd.Env = append(append(os.Environ(), p.env...), "SOHOA_DATA="+r.cli.Data, "SOHOA_DATABASE="+r.cli.Database,
		"SOHOA_POLL=100ms", "SOHOA_SETTLE=200ms", "SOHOA_BATCH_IDLE=1s", "SOHOA_MIN_FREE_GB=0.001", "SOHOA_LISTEN=127.0.0.1:0")
	for name, stream := range map[string]*io.Writer{"out": &cmd.Stdout, "err": &cmd.Stderr} {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Close() })
		*stream = file
	}
	return cmd, dir
}

// running is a started program.
type running struct {
	cmd   *exec.Cmd
	dir   string // of what it says
	begun time.Time
	ended chan struct{}
}

func start(t *testing.T, cmd *exec.Cmd, dir string) running {
	t.Helper()
	r := running{cmd: cmd, dir: dir, begun: time.Now(), ended: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(r.ended) }() // judged by its state
	return r
}

// said is what the program said, for a failing test.
func (r running) said() string {
	out, _ := os.ReadFile(filepath.Join(r.dir, "out")) // nothing is an answer, too
	err, _ := os.ReadFile(filepath.Join(r.dir, "err"))
	return string(out) + string(err)
}

// wantExit waits for the end and requires one of the exit codes.
func (r running) wantExit(t *testing.T, codes ...int) {
	t.Helper()
	<-r.ended
	if !slices.Contains(codes, r.cmd.ProcessState.ExitCode()) {
		t.Fatalf("%v: exit code %d\n%s", r.cmd.Args[1:], r.cmd.ProcessState.ExitCode(), r.said())
	}
}

// finish waits until serve has done everything that lay in the inbox of the
// archive, and ends it.
func (r running) finish(t *testing.T, place layout) {
	t.Helper()
	r.until(t, func() bool {
		var s status
		idle := r.ask("status", &s) && s.Inbox == intakeCounts{} && s.Jobs.Waiting+s.Jobs.Running+s.Jobs.Retrying == 0
		return idle && isEmpty(t, filepath.Join(place.inbox(), "*", "*")) && isEmpty(t, filepath.Join(place.claimed(), "*", "*"))
	})
	// Not the started process: that may be strace.
	var pid int
	lock, err := os.ReadFile(place.lock())
	if err == nil {
		_, err = fmt.Sscanf(string(lock), "process %d", &pid)
	}
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGTERM)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.wantExit(t, exitDone)
}

func isEmpty(t *testing.T, pattern string) bool {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return len(found) == 0
}

// ask asks a running serve; false when it does not answer, or not with success.
func (r running) ask(path string, into any) bool {
	body, err := os.ReadFile(filepath.Join(r.dir, "out"))
	address := servedAt.FindString(string(body))
	if err != nil || address == "" {
		return false
	}
	response, err := http.Get(address + path)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return false
	}
	return into == nil || json.NewDecoder(response.Body).Decode(into) == nil
}

// until waits for something that the program brings about, and tells how long
// after its start that was.
func (r running) until(t *testing.T, so func() bool) time.Duration {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(awaitTime)
	for !so() {
		select {
		case <-tick.C:
		case <-r.ended:
			if so() {
				return time.Since(r.begun)
			}
			t.Fatalf("%v ended too early\n%s", r.cmd.Args[1:], r.said())
		case <-deadline:
			t.Fatalf("%v: waited in vain\n%s", r.cmd.Args[1:], r.said())
		}
	}
	return time.Since(r.begun)
}
