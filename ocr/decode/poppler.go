package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sohoa/dossier"
)

// pdfTools runs poppler's programs and qpdf on foreign PDFs: each in a folder
// of its own, with bounds on memory, processor time and output, killed with
// the worker.
type pdfTools struct {
	scratch string
	limits  Limits
}

// How long each program may work, in whole seconds of the processor: on a machine
// that is busy with other things a file takes long through no fault of its own.
// Together they stay near the minute a page has, since a file that pdfcpu cannot
// read meets several of them.
const (
	inspectTime = 8 * time.Second
	repairTime  = 15 * time.Second
	renderTime  = 45 * time.Second
)

// clockFactor is how many times as long a program may take by the clock: one that
// waits for something that never comes uses no processor.
const clockFactor = 10

const (
	maxToolOutput = 64 << 10
	// maxToolFile bounds one file a program writes.
	maxToolFile = 1 << 30
	// minToolMemory is what poppler needs to start and draw a small page.
	minToolMemory = 256 << 20
)

// errPassword is poppler's answer to a file that needs a password.
var errPassword = errors.New("password needed")

// errTool is any other failure of a program: the file is damaged or more than
// the program may use.
var errTool = errors.New("program failed")

// packageOf names the Debian package of a program, for whoever has to install it.
func packageOf(program string) string {
	if program == "qpdf" {
		return "qpdf"
	}
	return "poppler-utils"
}

// outcome is what a program that ended well has said.
type outcome struct {
	out       []byte // the beginning of what it printed
	complains bool   // it met errors in the file and went on
}

// run starts a program. The error says nothing of the program's own message,
// which may quote the file.
func (t pdfTools) run(ctx context.Context, limit time.Duration, program string, args ...string) (outcome, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return outcome{}, &dossier.Fault{Kind: dossier.Stop, Op: "find " + program, Reason: dossier.ReasonUnknown,
			Err: fmt.Errorf("%s is missing: apt install %s", program, packageOf(program))}
	}
	ctx, cancel := context.WithTimeout(ctx, clockFactor*limit)
	defer cancel()
	// Pdeathsig is sent when the thread that started the program ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	out, problems := &headBuffer{limit: maxToolOutput}, &headBuffer{limit: maxToolOutput}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdout, cmd.Stderr = out, problems
	cmd.Dir = t.scratch
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH"), "HOME=" + t.scratch, "TMPDIR=" + t.scratch}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return outcome{}, fmt.Errorf("start %s: %w", program, err)
	}
	t.bound(cmd.Process.Pid, limit)
	err = classify(ctx, program, cmd.Wait(), problems.data)
	return outcome{out.data, bytes.Contains(problems.data, []byte("Error"))}, err
}

// bound sets the limits of a program that has just been started. It may have
// ended already, so errors are of no account; the watchdog of the worker's
// parent counts its memory and its time too.
func (t pdfTools) bound(pid int, limit time.Duration) {
	memory := uint64(max(t.limits.Memory, minToolMemory))
	for resource, value := range map[int]uint64{
		unix.RLIMIT_AS: memory, unix.RLIMIT_FSIZE: maxToolFile, unix.RLIMIT_CORE: 0,
	} {
		_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: value, Max: value}, nil)
	}
	// The lower limit is told by SIGXCPU, the higher one kills without a word (setrlimit(2)).
	seconds := uint64(limit / time.Second)
	_ = unix.Prlimit(pid, unix.RLIMIT_CPU, &unix.Rlimit{Cur: seconds, Max: seconds + 1}, nil)
}

func classify(ctx context.Context, program string, err error, problems []byte) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() == context.DeadlineExceeded, endedBy(err) == syscall.SIGXCPU:
		return because(dossier.ReasonTime, fmt.Errorf("%s took too long", program))
	case ctx.Err() != nil:
		return ctx.Err()
	case bytes.Contains(problems, []byte("ncorrect password")), bytes.Contains(problems, []byte("invalid password")):
		return errPassword
	}
	return fmt.Errorf("%s: %w", program, errTool)
}

// endedBy is the signal that ended a program, or -1.
func endedBy(err error) syscall.Signal {
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return status.Signal()
		}
	}
	return -1
}

// headBuffer keeps the first bytes written to it and drops the rest.
type headBuffer struct {
	data  []byte
	limit int
}

// Write keeps what fits and claims to have taken all.
func (b *headBuffer) Write(p []byte) (int, error) {
	b.data = append(b.data, p[:min(len(p), b.limit-len(b.data))]...)
	return len(p), nil
}

var pagesLine = regexp.MustCompile(`(?m)^Pages:\s+(\d{1,9})\s*$`)

// count asks pdfinfo how many pages there are.
func (t pdfTools) count(ctx context.Context, path string) (int, error) {
	said, err := t.run(ctx, inspectTime, "pdfinfo", path)
	if err != nil {
		return 0, err
	}
	m := pagesLine.FindSubmatch(said.out)
	if m == nil {
		return 0, fmt.Errorf("pdfinfo: %w", errTool)
	}
	return strconv.Atoi(string(m[1]))
}

var sizeLine = regexp.MustCompile(`(?m)^Page\s+\d+ size:\s+([0-9.]+) x ([0-9.]+) pts`)

// pageSize asks pdfinfo for the size of a page in points.
func (t pdfTools) pageSize(ctx context.Context, path string, page int) (w, h float64, err error) {
	n := strconv.Itoa(page)
	said, err := t.run(ctx, inspectTime, "pdfinfo", "-f", n, "-l", n, path)
	if err != nil {
		return 0, 0, err
	}
	m := sizeLine.FindSubmatch(said.out)
	if m == nil {
		return 0, 0, fmt.Errorf("pdfinfo: %w", errTool)
	}
	w, errW := strconv.ParseFloat(string(m[1]), 64)
	h, errH := strconv.ParseFloat(string(m[2]), 64)
	return w, h, errors.Join(errW, errH)
}

// repair rewrites a broken file by qpdf. The caller removes the result.
func (t pdfTools) repair(ctx context.Context, path string) (string, error) {
	dir, err := os.MkdirTemp(t.scratch, "repair-")
	if err != nil {
		return "", err
	}
	out := filepath.Join(dir, "repaired.pdf")
	_, err = t.run(ctx, repairTime, "qpdf", "--warning-exit-0", path, out)
	if info, statErr := os.Stat(out); err == nil && statErr == nil && info.Size() > 0 {
		return out, nil
	}
	if err == nil {
		err = fmt.Errorf("qpdf: %w", errTool)
	}
	return "", errors.Join(err, os.RemoveAll(dir))
}

// made is a picture that a program made of a page; partial when the program met
// errors on the way.
type made struct {
	data    []byte
	partial bool
}

// render draws a page as PPM, as a viewer shows it.
func (t pdfTools) render(ctx context.Context, path string, page, dpi int) (made, error) {
	n := strconv.Itoa(page)
	return t.onePicture(ctx, "pdftoppm", "-cropbox", "-r", strconv.Itoa(dpi), "-f", n, "-l", n, path)
}

// pixels decodes the only image of a page as PNG, in its own pixels.
func (t pdfTools) pixels(ctx context.Context, path string, page int) (made, error) {
	n := strconv.Itoa(page)
	return t.onePicture(ctx, "pdfimages", "-png", "-f", n, "-l", n, path)
}

// onePicture runs a program that writes files of a given prefix and expects one.
func (t pdfTools) onePicture(ctx context.Context, program string, args ...string) (made, error) {
	dir, err := os.MkdirTemp(t.scratch, "render-")
	if err != nil {
		return made{}, err
	}
	defer os.RemoveAll(dir)
	said, err := t.run(ctx, renderTime, program, append(args, filepath.Join(dir, "p"))...)
	if err != nil {
		return made{}, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "p*"))
	if err != nil || len(files) != 1 {
		return made{}, fmt.Errorf("%s: %w", program, errTool)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Size() > t.limits.Memory {
		return made{}, because(dossier.ReasonTooLarge, err)
	}
	data, err := os.ReadFile(files[0])
	return made{data, said.complains}, err
}
