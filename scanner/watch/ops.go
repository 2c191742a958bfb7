//go:build unix

package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// identity is what a file is known by instead of its name: a name is used
// again, an inode with the same size and mtime is not. The device number is
// left out, since a share gets a new one whenever it is mounted.
type identity struct {
	Inode uint64 `json:"inode"`
	Size  int64  `json:"size"`
	MTime int64  `json:"mtime_ns"`
}

// sameContent tells whether the two look equal apart from the inode, which a
// copy does not share.
func (a identity) sameContent(b identity) bool { return a.Size == b.Size && a.MTime == b.MTime }

func identify(info fs.FileInfo) identity {
	id := identity{Size: info.Size(), MTime: info.ModTime().UnixNano()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		id.Inode = stat.Ino
	}
	return id
}

var (
	errChanged    = errors.New("the file changed while it was claimed")
	errNotRegular = errors.New("not a regular file")
)

// Disk are the calls that change the disk. Each is one step of the order in
// which a batch comes home: a program may be cut off before and after it.
type Disk interface {
	Rename(from, to string) error
	Remove(path string) error
	Mkdir(dir string) error
	// Write puts a whole file in place, durably and atomically.
	Write(path string, content []byte) error
	// Copy makes to a durable copy of from; to must not exist.
	Copy(from, to string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(dir string) error
}

// SystemDisk is the disk of this machine.
type SystemDisk struct{}

// Rename renames a file or folder.
func (SystemDisk) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file.
func (SystemDisk) Remove(path string) error { return os.Remove(path) }

// Mkdir makes a folder.
func (SystemDisk) Mkdir(dir string) error { return os.Mkdir(dir, 0o750) }

// Write writes beside the path, syncs, renames, and syncs the folder.
func (SystemDisk) Write(path string, content []byte) error { return writeDurably(path, content) }

// Copy copies a regular file and syncs the copy.
func (SystemDisk) Copy(from, to string) error { return copyDurably(from, to) }

// SyncDir syncs a folder.
func (SystemDisk) SyncDir(dir string) error { return syncDir(dir) }

// ops are the calls that reach the disk. Tests replace them to refuse, to
// fail and to crash at every one of them.
type ops struct {
	readDir func(dir string) ([]fs.DirEntry, error)
	lstat   func(path string) (fs.FileInfo, error)
	open    func(path string) (*os.File, error)
	rename  func(from, to string) error
	remove  func(path string) error
	mkdir   func(dir string) error
	write   func(path string, content []byte) error
	copy    func(from, to string) error
	syncDir func(dir string) error
}

func opsOn(disk Disk) ops {
	return ops{
		readDir: os.ReadDir, lstat: os.Lstat, open: openRegular,
		rename: disk.Rename, remove: disk.Remove, mkdir: disk.Mkdir, write: disk.Write, copy: disk.Copy, syncDir: disk.SyncDir,
	}
}

func systemOps() ops { return opsOn(SystemDisk{}) }

// openRegular opens for reading what is a regular file now: no link is
// followed and no pipe waited for, whatever stood there at the last look.
func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, errNotRegular
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// writeDurably writes beside the path, syncs, renames, and syncs the folder.
func writeDurably(path string, content []byte) error {
	temp := path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// copyDurably copies a regular file to a new name, keeps its mtime, and
// removes what it wrote when it can't finish.
func copyDurably(from, to string) (err error) {
	src, err := openRegular(from)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }() // only read
	info, err := src.Stat()
	if err != nil {
		return err
	}
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Sync(), dst.Close()); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sameBytes compares two files to their ends.
func (o ops) sameBytes(a, b string) (same bool, err error) {
	fileA, err := o.open(a)
	if err != nil {
		return false, err
	}
	defer func() { _ = fileA.Close() }() // only read
	fileB, err := o.open(b)
	if err != nil {
		return false, err
	}
	defer func() { _ = fileB.Close() }() // only read
	return sameStream(fileA, fileB)
}

func sameStream(a, b io.Reader) (bool, error) {
	const block = 256 << 10
	bufA, bufB := make([]byte, block), make([]byte, block)
	for {
		nA, errA := io.ReadFull(a, bufA)
		nB, errB := io.ReadFull(b, bufB)
		if !bytes.Equal(bufA[:nA], bufB[:nB]) {
			return false, nil
		}
		if atEnd(errA) && atEnd(errB) {
			return true, nil
		}
		if err := errors.Join(errA, errB); err != nil {
			return false, err
		}
	}
}

func atEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// renameRefused tells whether the folders don't allow a rename at all, so that
// a copy is the way: another file system, or no right to change the inbox.
func renameRefused(err error) bool {
	return errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EROFS)
}

// removeRefused tells whether removing a source can't succeed by trying again.
func removeRefused(err error) bool {
	return errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EROFS)
}

// reasonOf says an error on a file of the inbox as a reason.
func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ReasonVanished
	case errors.Is(err, errNotRegular):
		return ReasonNotAFile
	case errors.Is(err, errChanged):
		return ReasonGrowing
	case errors.Is(err, syscall.EBUSY), errors.Is(err, syscall.ETXTBSY), errors.Is(err, syscall.EAGAIN),
		errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return ReasonLocked
	default:
		return ReasonRefused
	}
}

// nameless takes the path out of an error, because names of files may be names
// of people.
func nameless(op string, err error) error {
	if err == nil {
		return nil
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", op, path.Err)
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("%s: %w", op, link.Err)
	}
	return fmt.Errorf("%s: %w", op, err)
}
