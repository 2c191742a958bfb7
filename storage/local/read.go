package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"sohoa/storage"
	"sohoa/storage/internal/diskfault"
)

// Open implements [storage.Store].
func (s *Store) Open(ctx context.Context, key string) (storage.Reader, storage.Object, error) {
	if err := ready(ctx, key); err != nil {
		return nil, storage.Object{}, err
	}
	f, err := os.OpenFile(s.path(key), os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, storage.Object{}, readError("open", key, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist // a folder on the way to other keys
	}
	if err != nil {
		_ = f.Close()
		return nil, storage.Object{}, readError("open", key, err)
	}
	return f, storage.Object{Key: key, Size: info.Size()}, nil
}

// Stat implements [storage.Store].
func (s *Store) Stat(ctx context.Context, key string) (storage.Object, error) {
	if err := ready(ctx, key); err != nil {
		return storage.Object{}, err
	}
	info, err := os.Lstat(s.path(key))
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return storage.Object{}, readError("stat", key, err)
	}
	return storage.Object{Key: key, Size: info.Size()}, nil
}

// LocalPath implements [storage.Files]: the object is a file already.
func (s *Store) LocalPath(ctx context.Context, key string) (string, func(), error) {
	if _, err := s.Stat(ctx, key); err != nil {
		return "", nil, err
	}
	return s.path(key), func() {}, nil
}

// List implements [storage.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[storage.Object, error] {
	return func(yield func(storage.Object, error) bool) {
		if err := storage.CheckPrefix(prefix); err != nil {
			yield(storage.Object{}, err)
			return
		}
		w := walk{store: s, prefix: prefix, yield: yield}
		folder, _ := path.Split(prefix)
		w.folder(ctx, folder)
	}
}

// walk visits folders depth first in the byte order of full keys.
type walk struct {
	store  *Store
	prefix string
	yield  func(storage.Object, error) bool
}

// folder visits the folder dir ("" or ending in a slash) and tells whether to
// go on.
func (w *walk) folder(ctx context.Context, dir string) bool {
	if err := ctx.Err(); err != nil {
		return w.fail(err)
	}
	entries, err := os.ReadDir(filepath.Join(w.store.root, filepath.FromSlash(dir)))
	if isAbsent(err) {
		return true
	}
	if err != nil {
		return w.fail(diskfault.Of("list objects", err))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, entry := range entries {
		if !w.entry(ctx, dir, entry) {
			return false
		}
	}
	return true
}

func (w *walk) entry(ctx context.Context, dir string, entry fs.DirEntry) bool {
	key := dir + sortName(entry)
	switch {
	case strings.HasPrefix(entry.Name(), "."):
		return true
	case entry.IsDir():
		if !strings.HasPrefix(key, w.prefix) && !strings.HasPrefix(w.prefix, key) {
			return true
		}
		return w.folder(ctx, key)
	case !entry.Type().IsRegular() || !strings.HasPrefix(key, w.prefix):
		return true
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return true // removed by somebody since the folder was read
	}
	if err != nil {
		return w.fail(diskfault.Of("list objects", err))
	}
	return w.yield(storage.Object{Key: key, Size: info.Size()}, nil)
}

func (w *walk) fail(err error) bool {
	w.yield(storage.Object{}, err)
	return false
}

// sortName is the entry's name as it stands in keys. A folder's ends in a
// slash, which sorts "a-b" before "a/c" as the full keys do.
func sortName(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

// ready is what every reading call checks first.
func ready(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return storage.CheckKey(key)
}

func readError(op, key string, err error) error {
	if isAbsent(err) {
		return fmt.Errorf("%s %s: %w", op, key, storage.ErrNotFound)
	}
	return diskfault.Of(op+" "+key, err)
}

// isAbsent tells the errors of a name that is no object: nothing there, a file
// where a folder should be, or a symbolic link.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP)
}
