package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"sohoa/dossier"
)

// child is one running process and the parent's ends of its pipes. It is used
// by one call at a time.
type child struct {
	pid       int
	questions *os.File
	answers   *os.File
	stderr    *tail
	exited    chan struct{} // closed when the process has been waited for
	scratch   string        // its own folder, removed with it
	served    int
}

// startChild starts a process in a group of its own. It does not greet it.
func startChild(cfg Config, scratch string) (*child, error) {
	questionsIn, questionsOut, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start page worker: %w", err)
	}
	answersIn, answersOut, err := os.Pipe()
	if err != nil {
		closeAll(questionsIn, questionsOut)
		return nil, fmt.Errorf("start page worker: %w", err)
	}
	c := &child{questions: questionsOut, answers: answersIn, stderr: &tail{}, exited: make(chan struct{})}
	cmd := exec.Command(cfg.Command[0], cfg.Command[1:]...) //nolint:noctx // a child outlives the call that starts it; kill ends it
	cmd.Stderr = c.stderr
	cmd.ExtraFiles = []*os.File{questionsIn, answersOut} // become 3 and 4
	cmd.Env = childEnv(scratch)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = time.Second
	started := make(chan error)
	go c.run(cmd, cfg.Nice, started)
	err = <-started
	closeAll(questionsIn, answersOut)
	if err != nil {
		c.closePipes()
		return nil, fmt.Errorf("start page worker: %w", err)
	}
	return c, nil
}

// run starts the process and waits for it on one thread, because Pdeathsig is
// sent when the thread that started the child ends.
func (c *child) run(cmd *exec.Cmd, nice int, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(c.exited)
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	c.pid = cmd.Process.Pid
	// Should the machine run out of memory, a page is what to give up.
	_ = os.WriteFile("/proc/"+strconv.Itoa(c.pid)+"/oom_score_adj", []byte("500"), 0)
	if nice > 0 {
		// The group, for all the threads it has begun; what the child starts
		// inherits it. Refused, it costs speed on the screen and nothing else.
		_ = syscall.Setpriority(syscall.PRIO_PGRP, c.pid, nice)
	}
	started <- nil
	_ = cmd.Wait() // how it ended is told by who ended it, or by stderr
}

// childEnv is all the environment a child gets. One thread per child: there is
// a child per core. One malloc arena: memory of one page serves the next, on
// whichever thread the runtime makes its calls.
func childEnv(scratch string) []string {
	env := []string{
		"OMP_THREAD_LIMIT=1", "MALLOC_ARENA_MAX=1", "LC_ALL=C.UTF-8",
		"HOME=" + scratch, "TMPDIR=" + scratch, "PATH=" + os.Getenv("PATH"),
	}
	for _, name := range []string{"TESSDATA_PREFIX", "LD_LIBRARY_PATH", "GOCOVERDIR", "GORACE"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// alive tells whether the process still runs.
func (c *child) alive() bool {
	select {
	case <-c.exited:
		return false
	default:
		return true
	}
}

// limits of one call. time is of the processor; by the clock a call may take
// clockFactor as long, for one that waits for something that never comes.
type limits struct {
	memory int64
	time   time.Duration
}

// clockFactor is how many others a machine may be busy with before a page pays
// for it.
const clockFactor = 10

// call asks one question. Any error means that the child is of no more use: it
// has been killed together with whatever it started.
func (c *child) call(ctx context.Context, q question, l limits) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, clockFactor*l.time, faultOf(dossier.ReasonTime, errors.New("time limit")))
	defer cancel()
	ctx, exceeded := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { watch(ctx, c.pid, l, exceeded) })
	a, err := c.exchange(ctx, q)
	exceeded(nil)
	watching.Wait()
	if err != nil {
		c.kill()
	}
	return a, err
}

// exchange writes the question and waits for the answer, the end of the child
// or the end of ctx, whichever comes first.
func (c *child) exchange(ctx context.Context, q question) (answer, error) {
	var a answer
	done := make(chan error, 1)
	go func() {
		err := writeFrame(c.questions, q)
		if err == nil {
			err = readFrame(c.answers, maxAnswer, &a)
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			return answer{}, c.ended(ctx, err)
		}
		return a, nil
	case <-ctx.Done():
		c.kill()
		if err := <-done; err == nil {
			return a, nil // the answer had come at the last moment
		}
		return answer{}, context.Cause(ctx)
	}
}

// ended explains a broken exchange: killed for a limit that was noticed at the
// same moment, out of memory, or crashed.
func (c *child) ended(ctx context.Context, err error) error {
	c.kill()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if bytes.Contains(c.stderr.bytes(), []byte("out of memory")) {
		return faultOf(dossier.ReasonMemory, errors.New("out of memory"))
	}
	if errors.Is(err, errFrame) {
		return faultOf(dossier.ReasonCrash, err)
	}
	return faultOf(dossier.ReasonCrash, errors.New(c.lastWords()))
}

// lastWords is the first line of what the Go runtime says when a process
// crashes. Nothing else of stderr is quoted: libraries print file names.
func (c *child) lastWords() string {
	for line := range bytes.Lines(c.stderr.bytes()) {
		for _, start := range []string{"SIG", "fatal error:", "panic: runtime error"} {
			if bytes.HasPrefix(line, []byte(start)) {
				return clean(string(line))
			}
		}
	}
	return "process ended"
}

// faultOf is a fault whose kind is filled in by the pool.
func faultOf(reason dossier.Reason, err error) error {
	return &dossier.Fault{Kind: dossier.Park, Op: "page worker", Reason: reason, Err: err}
}

// kill ends the process group and waits until the process is gone. Killing
// twice is harmless.
func (c *child) kill() {
	if c.alive() {
		_ = syscall.Kill(-c.pid, syscall.SIGKILL)
	}
	c.closePipes()
	<-c.exited
}

// retire lets an idle process end by itself and kills it if it does not.
func (c *child) retire(patience time.Duration) {
	closeAll(c.questions)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.exited:
	case <-timer.C:
	}
	c.kill()
}

func (c *child) closePipes() { closeAll(c.questions, c.answers) }

// closeAll closes ends of pipes. Nothing is buffered in them, so that an error
// says nothing but that they were closed before.
func closeAll(files ...*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// tail keeps the first kilobytes of stderr: a crash report begins with what
// happened.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const maxStderr = 16 << 10

// Write keeps what fits and claims to have taken all.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p[:min(len(p), maxStderr-len(t.kept))]...)
	return len(p), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.kept)
}

var _ io.Writer = (*tail)(nil)
