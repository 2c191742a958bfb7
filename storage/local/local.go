// Package local keeps objects as plain read-only files in a folder: the object
// "u/x/raw/9f…" is the file u/x/raw/9f… below the root, so that an archive can
// be read, copied and checked (sha256sum -c) without sohoa.
//
// How Put keeps the promises of package storage:
//
//  1. write to a new file in .incoming on the same file system, hashing and
//     counting on the way; fsync; close
//  2. make missing folders, and fsync the parent of each
//  3. link the file to its final name: link, unlike rename, never replaces
//  4. fsync the folder that got the name; remove the first name
//
// So a name never appears before its bytes are durable, and Put never returns
// before the name is. A crash between any two steps leaves the object whole or
// absent, and at worst a stale file in .incoming, see [Store.RemoveStale].
//
// The folder must be on a local file system with hard links (ext4, XFS, Btrfs,
// ZFS), not FAT, and belong to one running sohoa at a time.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"sohoa/dossier"
	"sohoa/storage"
	"sohoa/storage/internal/digest"
	"sohoa/storage/internal/diskfault"
)

// Store is a folder of objects.
type Store struct {
	root string
	disk disk

	mu      sync.Mutex
	durable map[string]struct{} // folders known to survive a power cut

	failed atomic.Pointer[error] // the first failed fsync of a folder
}

var (
	_ storage.Store = (*Store)(nil)
	_ storage.Files = (*Store)(nil)
)

// incoming is the folder of files that are not objects yet. Keys cannot reach
// it: their parts never start with a dot.
const incoming = ".incoming"

// New opens the folder root as a store. The folder is made when it is missing;
// its parent must exist.
func New(root string) (*Store, error) {
	abs, err := absolute(root)
	if err != nil {
		return nil, fmt.Errorf("open object folder: %w", err)
	}
	s := &Store{root: abs, disk: osDisk{}, durable: map[string]struct{}{}}
	for _, dir := range []string{abs, filepath.Join(abs, incoming)} {
		if err := s.makeOneFolder(dir); err != nil {
			return nil, diskfault.Of("open object folder", err)
		}
	}
	return s, nil
}

// absolute resolves links, so that the root itself may be one.
func absolute(root string) (string, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return abs, nil
	}
	return real, err
}

// Put implements [storage.Store].
func (s *Store) Put(ctx context.Context, key string, r io.Reader) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	if _, err := s.Stat(ctx, key); err == nil {
		return s.taken(ctx, key)
	}
	obj, err := s.receive(ctx, r, func(dossier.SHA256) string { return key })
	if errors.Is(err, fs.ErrExist) {
		return s.taken(ctx, key)
	}
	return obj, err
}

// PutHashed implements [storage.Store].
func (s *Store) PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (storage.Object, bool, error) {
	obj, err := s.receive(ctx, r, name)
	if !errors.Is(err, fs.ErrExist) {
		return obj, false, err
	}
	there, err := s.taken(ctx, obj.Key)
	if !errors.Is(err, storage.ErrExists) {
		return storage.Object{}, false, err
	}
	if there.SHA256 != obj.SHA256 {
		return there, true, &dossier.Fault{Kind: dossier.Stop, Op: "put " + obj.Key, Reason: dossier.ReasonStoreFailed, Err: storage.ErrDamaged}
	}
	return there, true, nil
}

// taken describes the object that has key already. The writer that put it there
// may not have come to its last step, or may have died before it; so the name
// is made durable here too before anybody relies on it.
func (s *Store) taken(ctx context.Context, key string) (storage.Object, error) {
	if err := s.settleName(key); err != nil {
		return storage.Object{}, diskfault.Of("put "+key, err)
	}
	obj, err := storage.Digest(ctx, s, key)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Object{}, fmt.Errorf("put %s: %w: a folder of other keys", key, storage.ErrKey)
	}
	if err != nil {
		return storage.Object{}, err
	}
	return obj, fmt.Errorf("put %s: %w", key, storage.ErrExists)
}

// receive takes r in and gives it the name that name chooses. A taken name is
// fs.ErrExist together with the object that was not stored.
func (s *Store) receive(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (storage.Object, error) {
	if err := s.usable(); err != nil {
		return storage.Object{}, err
	}
	tmp, obj, err := s.spool(ctx, r)
	if err != nil {
		return storage.Object{}, err
	}
	defer func() { _ = os.Remove(tmp) }() // a leftover is found by RemoveStale
	obj.Key = name(obj.SHA256)
	if err := storage.CheckKey(obj.Key); err != nil {
		return storage.Object{}, err
	}
	if err := ctx.Err(); err != nil {
		return storage.Object{}, err
	}
	return obj, s.publish(tmp, obj.Key)
}

// spool writes r to a fresh file in .incoming and makes its bytes durable.
// After an error no file is left: a failed fsync may have dropped the very
// pages a second fsync would call clean, so nothing is ever retried here.
func (s *Store) spool(ctx context.Context, r io.Reader) (string, storage.Object, error) {
	path := filepath.Join(s.root, incoming, dossier.NewID())
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return "", storage.Object{}, diskfault.Of("put: create", err)
	}
	in := digest.NewReader(ctx, r)
	err = s.fill(f, in)
	if closeErr := f.Close(); err == nil && closeErr != nil {
		err = diskfault.Of("put: close", closeErr)
	}
	if err != nil {
		_ = os.Remove(path)
		return "", storage.Object{}, err
	}
	return path, storage.Object{Size: in.Size(), SHA256: in.SHA256()}, nil
}

// fill copies in to f and syncs it. Errors of the source come back as they are,
// those of the disk as faults.
func (s *Store) fill(f *os.File, in io.Reader) error {
	buf := make([]byte, digest.BufferSize)
	for {
		n, readErr := in.Read(buf)
		if n > 0 {
			if err := s.writeAll(f, buf[:n]); err != nil {
				return diskfault.Of("put: write", err)
			}
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return fmt.Errorf("put: read source: %w", readErr)
		}
	}
	if err := s.disk.sync(f); err != nil {
		return diskfault.Of("put: sync", err)
	}
	return nil
}

// writeAll treats a short write as the error it is.
func (s *Store) writeAll(f *os.File, p []byte) error {
	n, err := s.disk.write(f, p)
	if err == nil && n < len(p) {
		return io.ErrShortWrite
	}
	return err
}

// publish gives the durable file tmp the name of key and makes the name
// durable. A taken name is fs.ErrExist.
func (s *Store) publish(tmp, key string) error {
	err := s.makeFolders(filepath.Dir(s.path(key)))
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("put %s: %w: a part of it is an object", key, storage.ErrKey)
	}
	if err != nil {
		return diskfault.Of("put "+key+": make folder", err)
	}
	err = s.disk.link(tmp, s.path(key))
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err != nil {
		return diskfault.Of("put "+key+": link", err)
	}
	if err := s.syncFolder(filepath.Dir(s.path(key))); err != nil {
		return diskfault.Of("put "+key+": sync folder", err)
	}
	return nil
}

// path is the file of an object whose key has been checked.
func (s *Store) path(key string) string { return filepath.Join(s.root, filepath.FromSlash(key)) }
