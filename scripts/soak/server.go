package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the running sohoa.
type server struct {
	cmd  *exec.Cmd
	url  string
	gone chan error
}

// start runs serve as `make run` does; only batches close sooner than in an
// office, so that dossiers are made all the time.
func start(ctx context.Context, program, data string) (*server, error) {
	cmd := exec.Command(program, "serve", "--data", data, "--listen", "127.0.0.1:0", "--log", "warn")
	cmd.Env = append(os.Environ(), "SOHOA_BATCH_IDLE=10s")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	s := &server{cmd: cmd, gone: make(chan error, 1)}
	lines := bufio.NewScanner(out)
	for ctx.Err() == nil && lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			s.url = "http://" + strings.TrimSuffix(address, "/")
			break
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, out) // until it ends
		s.gone <- cmd.Wait()
	}()
	if s.url == "" {
		s.kill()
		return nil, errors.New("serve ended before it said its address")
	}
	return s, nil
}

// stop asks the server to stop and waits for it.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return <-s.gone
}

// kill ends the server, should it still run.
func (s *server) kill() { _ = s.cmd.Process.Kill() }

// state is what the server says about itself.
type state struct {
	Inbox struct{ Waiting, Open, Offered int }
	Taken struct{ Files int }
	Jobs  struct{ Waiting, Running, Retrying int }

	Unread struct{ Files, Images int }

	read, taken int
}

// backlog is everything that is not done yet, by the server's own word.
func (s state) backlog() int {
	return s.Inbox.Waiting + s.Inbox.Open + s.Inbox.Offered + s.Jobs.Waiting + s.Jobs.Running + s.Jobs.Retrying
}

// look asks for the state.
func (s *server) look(ctx context.Context) (state, error) {
	var now state
	body, err := s.get(ctx, "/status")
	if err != nil {
		return now, err
	}
	if err := json.Unmarshal(body, &now); err != nil {
		return now, fmt.Errorf("read /status: %w", err)
	}
	now.taken = now.Taken.Files
	now.read = now.taken - now.Unread.Files - now.Unread.Images // a drawn page is a file with one image
	return now, nil
}

// askTime is how long an answer is waited for.
const askTime = time.Minute

func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return body, nil
}

// memory is what the server itself and all of its children hold, in MiB.
func (s *server) memory() (own, children int) {
	own = resident(s.cmd.Process.Pid)
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return own, 0
	}
	parents := map[int]int{}
	for _, path := range stats {
		if pid, parent, ok := parentage(path); ok {
			parents[pid] = parent
		}
	}
	for pid := range parents {
		if descends(parents, pid, s.cmd.Process.Pid) {
			children += resident(pid)
		}
	}
	return own, children
}

func descends(parents map[int]int, pid, from int) bool {
	for pid = parents[pid]; pid > 1; pid = parents[pid] {
		if pid == from {
			return true
		}
	}
	return false
}

// statLine takes pid and parent out of /proc/PID/stat; the name between may
// hold anything.
var statLine = regexp.MustCompile(`(?s)^(\d+) \(.*\) \S (\d+) `)

func parentage(path string) (pid, parent int, ok bool) {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, false // it has ended
	}
	found := statLine.FindSubmatch(content)
	if found == nil {
		return 0, 0, false
	}
	pid, errPID := strconv.Atoi(string(found[1]))
	parent, errParent := strconv.Atoi(string(found[2]))
	return pid, parent, errPID == nil && errParent == nil
}

// resident is a process's memory in MiB; 0 once it has ended.
func resident(pid int) int {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(content))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return pages * os.Getpagesize() >> 20
}

// verify has the program look at the whole archive, and compares with what was
// fed.
func verify(ctx context.Context, o options, fed int) error {
	out, err := exec.CommandContext(ctx, o.sohoa, "verify", "--json", "--data", filepath.Join(o.data, "archive")).Output()
	var verdict struct {
		Batches, Dossiers int
		Account           map[string]int
	}
	if parse := json.Unmarshal(out, &verdict); parse != nil {
		return fmt.Errorf("verify: %w", errors.Join(err, parse))
	}
	kept, err2 := filepath.Glob(filepath.Join(o.data, "archive", "done", "*", "*", "SCN_*.jpg"))
	flat, err3 := filepath.Glob(filepath.Join(o.data, "archive", "done", "*", "SCN_*.jpg"))
	fmt.Printf("\nfed %d · in the archive %d in %d batches and %d dossiers · %v · in done %d\n",
		fed, verdict.Account["images"], verdict.Batches, verdict.Dossiers, verdict.Account, len(kept)+len(flat))
	switch {
	case errors.Join(err, err2, err3) != nil:
		return fmt.Errorf("verify: %w", errors.Join(err, err2, err3))
	case verdict.Account["images"] != fed, len(kept)+len(flat) != fed:
		return errors.New("not every sheet that was fed is there once")
	case verdict.Account["duplicate"]+verdict.Account["rejected"] != 0:
		return errors.New("sheets were taken for duplicates or rejected")
	}
	return nil
}
