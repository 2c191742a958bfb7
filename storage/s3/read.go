package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/minio/minio-go/v7"

	"sohoa/storage"
)

// Open implements [storage.Store]. Nothing is fetched before it is read.
func (s *Store) Open(ctx context.Context, key string) (storage.Reader, storage.Object, error) {
	obj, err := s.Stat(ctx, key)
	if err != nil {
		return nil, storage.Object{}, err
	}
	return &reader{ctx: ctx, store: s, obj: obj}, obj, nil
}

// Stat implements [storage.Store].
func (s *Store) Stat(ctx context.Context, key string) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	info, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return storage.Object{}, mapped("stat", key, err)
	}
	return storage.Object{Key: key, Size: info.Size}, nil
}

// List implements [storage.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[storage.Object, error] {
	return func(yield func(storage.Object, error) bool) {
		if err := errors.Join(storage.CheckPrefix(prefix), ctx.Err()); err != nil {
			yield(storage.Object{}, err)
			return
		}
		ctx, stop := context.WithCancel(ctx) // ends the listing when the caller breaks off
		defer stop()
		last := ""
		for info := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if info.Err != nil {
				yield(storage.Object{}, mapped("list", prefix, info.Err))
				return
			}
			if storage.CheckKey(info.Key) != nil {
				continue // not an object of ours: a probe, or a folder mark of some other tool
			}
			if info.Key <= last {
				yield(storage.Object{}, fmt.Errorf("list %s: the service lists keys out of order", prefix))
				return
			}
			last = info.Key
			if !yield(storage.Object{Key: info.Key, Size: info.Size}, nil) {
				return
			}
		}
	}
}

// reader reads an object by ranges: one request for each run of bytes that is
// read in order.
type reader struct {
	ctx    context.Context //nolint:containedctx // Open's context governs the reader: see storage.Store
	store  *Store
	obj    storage.Object
	offset int64
	body   io.ReadCloser // the answer being read at offset, nil when there is none
}

// Read implements [io.Reader].
func (r *reader) Read(p []byte) (int, error) {
	if r.offset >= r.obj.Size {
		return 0, io.EOF
	}
	if r.body == nil {
		body, err := r.fetch(r.offset, r.obj.Size)
		if err != nil {
			return 0, err
		}
		r.body = body
	}
	n, err := r.body.Read(p)
	r.offset += int64(n)
	if errors.Is(err, io.EOF) {
		if r.offset == r.obj.Size {
			return n, io.EOF
		}
		err = io.ErrUnexpectedEOF
	}
	return n, mapped("read", r.obj.Key, err)
}

// ReadAt implements [io.ReaderAt], with a request of its own.
func (r *reader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read %s: negative offset", r.obj.Key)
	}
	end := min(off+int64(len(p)), r.obj.Size)
	if off >= end {
		if len(p) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	body, err := r.fetch(off, end)
	if err != nil {
		return 0, err
	}
	defer func() { _ = body.Close() }()
	n, err := io.ReadFull(body, p[:end-off])
	if err != nil {
		return n, mapped("read", r.obj.Key, err)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Seek implements [io.Seeker].
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.obj.Size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek %s: negative offset", r.obj.Key)
	}
	if offset != r.offset {
		_ = r.Close() // the next Read asks anew
	}
	r.offset = offset
	return offset, nil
}

// Close implements [io.Closer].
func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body = nil
	return err
}

// fetch asks for the bytes from..end (end excluded).
func (r *reader) fetch(from, end int64) (io.ReadCloser, error) {
	var options minio.GetObjectOptions
	if err := options.SetRange(from, end-1); err != nil {
		return nil, fmt.Errorf("read %s: %w", r.obj.Key, err)
	}
	body, _, _, err := r.store.client.GetObject(r.ctx, r.store.bucket, r.obj.Key, options)
	if err != nil {
		return nil, mapped("read", r.obj.Key, err)
	}
	return body, nil
}
