package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// refuseRename makes the inbox a folder that files can't be renamed out of.
func (r *rig) refuseRename(errno error) {
	rename := r.ops.rename
	r.ops.rename = func(from, to string) error {
		if strings.HasPrefix(from, r.cfg.Inbox+"/") {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: errno}
		}
		return rename(from, to)
	}
	r.restart()
}

func TestCopyWhereRenameIsRefused(t *testing.T) {
	t.Parallel()
	for _, errno := range []error{syscall.EXDEV, syscall.EACCES, syscall.EPERM, syscall.EROFS} {
		r := newRig(t, nil)
		r.refuseRename(errno)
		r.write("a/1.pdf", pdf("1"))
		r.write("a/2.pdf", pdf("2"))
		r.takeFn = func(Batch) error {
			if _, err := os.Stat(r.path("a/1.pdf")); err != nil {
				t.Errorf("%v: the source left the inbox before its batch was durable", errno)
			}
			return nil
		}
		r.pass(2 * time.Minute)
		r.wantBatches("a: 1.pdf 2.pdf")
		r.wantInboxEmpty()
		if s := r.in.snapshot(); len(s.Waiting) != 0 {
			t.Errorf("%v: shown as waiting: %+v", errno, s.Waiting)
		}
	}
}

// A real other file system, not an injected error.
func TestCopyAcrossFileSystems(t *testing.T) {
	t.Parallel()
	elsewhere, err := os.MkdirTemp("/dev/shm", "inbox") //nolint:usetesting // it must be another file system than that of TempDir
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(elsewhere)) })
	r := newRig(t, func(c *Config) { c.Inbox = elsewhere })
	probe := filepath.Join(elsewhere, "probe")
	must(t, os.WriteFile(probe, nil, 0o600))
	if err := os.Rename(probe, filepath.Join(r.cfg.Claimed, "probe")); !errors.Is(err, syscall.EXDEV) {
		t.Fatalf("rename from /dev/shm to the temporary folder: %v; point TMPDIR to another file system", err)
	}
	must(t, os.Remove(probe))
	r.write("a/1.pdf", pdf("1"))
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
	r.wantInboxEmpty()
}

// The inbox can't be written at all: the file is taken once, and shown.
func TestSourceThatCannotBeRemovedIsTakenOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	remove := r.ops.remove
	r.ops.remove = func(path string) error {
		if strings.HasPrefix(path, r.cfg.Inbox) {
			return &fs.PathError{Op: "remove", Path: path, Err: syscall.EACCES}
		}
		return remove(path)
	}
	r.refuseRename(syscall.EACCES)
	r.write("a/1.pdf", pdf("1"))
	r.pass(2 * time.Minute)
	r.wantWaiting("1.pdf", ReasonTakenStays)
	r.restart()
	r.pass(2 * time.Minute)
	r.wantWaiting("1.pdf", ReasonTakenStays)
	r.wantBatches("a: 1.pdf")
	r.write("a/1.pdf", pdf("another sheet"))
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf", "a: 1.pdf")
}

func TestSourceRewrittenAfterTheCopyIsTakenToo(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.refuseRename(syscall.EXDEV)
	r.write("a/1.pdf", pdf("1"))
	r.takeFn = func(Batch) error {
		r.takeFn = nil
		r.write("a/1.pdf", pdf("rewritten"))
		return nil
	}
	r.pass(3 * time.Minute)
	r.wantBatches("a: 1.pdf", "a: 1.pdf")
	if got := r.taken[1].contents[0]; got != pdf("rewritten") {
		t.Fatalf("second time took %q", got)
	}
	r.wantInboxEmpty()
}

func TestSourceRewrittenDuringTheCopy(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	copyFile := r.ops.copy
	r.ops.copy = func(from, to string) error {
		err := copyFile(from, to)
		if r.ops.copy = copyFile; len(r.taken) == 0 {
			r.in.ops.copy = copyFile
			r.write("a/1.pdf", pdf("rewritten"))
		}
		return err
	}
	r.refuseRename(syscall.EXDEV)
	r.write("a/1.pdf", pdf("original"))
	r.pass(3 * time.Minute)
	r.wantBatches("a: 1.pdf")
	if got := r.taken[0].contents[0]; got != pdf("rewritten") {
		t.Fatalf("took %q", got)
	}
}

// The source is written anew between the look and the copy: the copy equals
// the source, but is not what was looked at, and half of it is missing.
func TestSourceRewrittenBeforeTheCopy(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	whole, half := pdf("rewritten"), true
	copyFile := r.ops.copy
	r.ops.copy = func(from, to string) error {
		if half {
			half = false
			r.write("a/1.pdf", whole[:20])
		}
		return copyFile(from, to)
	}
	r.refuseRename(syscall.EXDEV)
	r.write("a/1.pdf", pdf("original"))
	r.pass(time.Minute)
	r.wantWaiting("1.pdf", ReasonIncomplete)
	r.wantBatches()
	r.appendTo("a/1.pdf", whole[20:])
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
	if got := r.taken[0].contents[0]; got != whole {
		t.Fatalf("took %q", got)
	}
}

// A copy whose bytes differ from the source's (a bad disk, a bad line) is not
// believed, although size and mtime are right.
func TestCopyWithWrongBytesIsNotBelieved(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	copyFile, bad := r.ops.copy, 2
	r.ops.copy = func(from, to string) error {
		if err := copyFile(from, to); err != nil || bad == 0 {
			return err
		}
		bad--
		info, err := os.Stat(to)
		must(t, err)
		must(t, os.WriteFile(to, []byte(strings.Repeat("x", int(info.Size()))), 0o600))
		return os.Chtimes(to, info.ModTime(), info.ModTime())
	}
	r.refuseRename(syscall.EXDEV)
	r.write("a/1.pdf", pdf("original"))
	r.pass(3 * time.Minute)
	r.wantBatches("a: 1.pdf")
	if got := r.taken[0].contents[0]; bad != 0 || got != pdf("original") {
		t.Fatalf("took %q", got)
	}
}

func TestFullDiskDuringCopyLeavesTheSource(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	copyFile, full := r.ops.copy, true
	r.ops.copy = func(from, to string) error {
		if full {
			return &fs.PathError{Op: "write", Path: to, Err: syscall.ENOSPC}
		}
		return copyFile(from, to)
	}
	r.refuseRename(syscall.EXDEV)
	r.write("a/1.pdf", pdf("1"))
	r.pass(time.Minute)
	r.wantWaiting("1.pdf", ReasonRefused)
	r.wantBatches()
	full = false
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
}

// The share goes away after Take and before the source could be removed.
func TestSourceThatReturnsWithItsShareIsNotTakenAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.refuseRename(syscall.EXDEV)
	r.write("a/1.pdf", pdf("1"))
	away := r.path("a") + ".away"
	r.takeFn = func(Batch) error {
		return os.Rename(r.path("a"), filepath.Join(filepath.Dir(r.cfg.Inbox), filepath.Base(away)))
	}
	r.pass(time.Minute)
	r.wantBatches("a: 1.pdf")
	r.takeFn = nil
	must(t, os.Rename(filepath.Join(filepath.Dir(r.cfg.Inbox), filepath.Base(away)), r.path("a")))
	r.pass(2 * time.Minute)
	r.wantBatches("a: 1.pdf")
	r.wantWaiting("1.pdf", ReasonTakenStays)
}
