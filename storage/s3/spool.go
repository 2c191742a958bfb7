package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"sohoa/storage"
	"sohoa/storage/internal/digest"
	"sohoa/storage/internal/diskfault"
)

// spoolName is the pattern of the local files of objects on their way.
const spoolName = "sohoa-s3-*"

// clearSpool removes what an earlier process left when it was killed.
func (s *Store) clearSpool() error {
	left, err := filepath.Glob(filepath.Join(s.spool, spoolName))
	if err != nil {
		return fmt.Errorf("s3: spool folder: %w", err)
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			return diskfault.Of("clear spool folder", err)
		}
	}
	return nil
}

// takeIn copies r to a local file, hashing on the way, and returns the file,
// read from its start. The file has no name any more: closing it removes it.
func (s *Store) takeIn(ctx context.Context, r io.Reader) (*os.File, storage.Object, error) {
	f, err := os.CreateTemp(s.spool, spoolName)
	if err != nil {
		return nil, storage.Object{}, diskfault.Of("put: create spool file", err)
	}
	in := digest.NewReader(ctx, r)
	err = fill(f, in)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if removeErr := os.Remove(f.Name()); err == nil && removeErr != nil {
		err = diskfault.Of("put: spool", removeErr)
	}
	if err != nil {
		_ = f.Close()
		return nil, storage.Object{}, err
	}
	return f, storage.Object{Size: in.Size(), SHA256: in.SHA256()}, nil
}

// fill copies in to f. Errors of the source come back as they are, those of
// the disk as faults.
func fill(f *os.File, in io.Reader) error {
	_, err := io.CopyBuffer(faultingWriter{f}, sourceReader{in}, make([]byte, digest.BufferSize))
	return err
}

// faultingWriter makes faults of the disk's errors.
type faultingWriter struct{ f *os.File }

func (w faultingWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		err = diskfault.Of("put: write spool file", err)
	}
	return n, err
}

// sourceReader says of errors that they come from the source.
type sourceReader struct{ r io.Reader }

func (s sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("put: read source: %w", err)
	}
	return n, err
}

// LocalPath implements [storage.Files]: it fetches the object to the spool
// folder; release removes the file.
func (s *Store) LocalPath(ctx context.Context, key string) (string, func(), error) {
	r, obj, err := s.Open(ctx, key)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = r.Close() }()
	f, err := os.CreateTemp(s.spool, spoolName)
	if err != nil {
		return "", nil, diskfault.Of("fetch "+key, err)
	}
	release := func() { _ = os.Remove(f.Name()) } // what is left is cleared at the next start
	n, err := io.CopyBuffer(faultingWriter{f}, r, make([]byte, digest.BufferSize))
	if closeErr := f.Close(); err == nil && closeErr != nil {
		err = diskfault.Of("fetch "+key, closeErr)
	}
	if err == nil && n != obj.Size {
		err = fmt.Errorf("fetch %s: got %d of %d bytes: %w", key, n, obj.Size, storage.ErrDamaged)
	}
	if err != nil {
		release()
		return "", nil, err
	}
	return f.Name(), release, nil
}
