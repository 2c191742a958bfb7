package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sohoa/storage/internal/diskfault"
)

// maxDurable bounds the memory of folders known to be durable. Forgetting them
// costs one fsync for each level of a path, nothing else.
const maxDurable = 4096

// makeFolders makes dir and its missing parents below the root, each durable
// before the next. A folder somebody else made counts only once its entry has
// been synced from here: its maker may still be at it, or may have crashed.
func (s *Store) makeFolders(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.makeFoldersLocked(dir)
}

func (s *Store) makeFoldersLocked(dir string) error {
	if _, ok := s.durable[dir]; ok || dir == s.root {
		return nil
	}
	if err := s.makeFoldersLocked(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := s.makeOneFolder(dir); err != nil {
		return err
	}
	if len(s.durable) >= maxDurable {
		clear(s.durable)
	}
	s.durable[dir] = struct{}{}
	return nil
}

// makeOneFolder makes dir unless it is there, and makes its entry durable.
func (s *Store) makeOneFolder(dir string) error {
	err := s.disk.mkdir(dir)
	if errors.Is(err, fs.ErrExist) {
		err = mustBeFolder(dir)
	}
	if err != nil {
		return err
	}
	return s.syncFolder(filepath.Dir(dir))
}

// mustBeFolder refuses symbolic links too: List would not go down them.
func mustBeFolder(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	}
	return nil
}

// settleName makes the name of an object durable that somebody else gave it.
func (s *Store) settleName(key string) error {
	if err := s.usable(); err != nil {
		return err
	}
	dir := filepath.Dir(s.path(key))
	if err := s.makeFolders(dir); err != nil {
		return err
	}
	return s.syncFolder(dir)
}

// syncFolder makes the names in dir durable. When that fails the store takes no
// more objects: the kernel may call the folder clean from now on, and the next
// caller would be told that a name is durable which is not.
func (s *Store) syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = s.disk.sync(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		s.failed.CompareAndSwap(nil, &err)
	}
	return err
}

// usable refuses work after a folder could not be synced.
func (s *Store) usable() error {
	if first := s.failed.Load(); first != nil {
		return diskfault.Of("put: a folder could not be synced before; check the disk and restart", *first)
	}
	return nil
}

// RemoveStale removes files in .incoming last written before the given time
// and tells how many there were. Call it at boot, when no Put of another
// process can be running.
func (s *Store) RemoveStale(before time.Time) (int, error) {
	dir := filepath.Join(s.root, incoming)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, diskfault.Of("remove stale files", err)
	}
	removed := 0
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = os.Remove(filepath.Join(dir, entry.Name()))
		}
		if err != nil {
			return removed, diskfault.Of("remove stale files", err)
		}
		removed++
	}
	return removed, nil
}
