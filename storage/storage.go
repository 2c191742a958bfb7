package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"sohoa/dossier"
	"sohoa/storage/internal/digest"
)

// Object is what a store knows of the bytes under a key.
type Object struct {
	Key  string
	Size int64
	// SHA256 is empty unless the call that returned the object went over all of
	// its bytes: see the package comment.
	SHA256 dossier.SHA256
}

// Reader reads one object. It is not safe for concurrent use, ReadAt excepted.
type Reader interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Store keeps objects. Its methods are safe for concurrent use. Keys follow
// [CheckKey]; no key may be a folder of another ("a" and "a/b"), because a file
// system cannot hold both.
type Store interface {
	// Put stores what r yields under key and returns the object with its
	// digest. A taken key gives [ErrExists] together with the object that is
	// there, its digest freshly computed; r may then not have been read. When r
	// fails or ctx ends, nothing is stored.
	Put(ctx context.Context, key string, r io.Reader) (Object, error)
	// PutHashed is Put for objects that are named after their own digest, which
	// is known only when r has been read: name is called once with it and gives
	// the key. A key that is taken by the same bytes is success with existed
	// set; taken by other bytes it is [ErrDamaged], since then the object no
	// longer is what its name says.
	PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (obj Object, existed bool, err error)
	// Open starts reading an object, or gives [ErrNotFound]. ctx governs the
	// reader until it is closed.
	Open(ctx context.Context, key string) (Reader, Object, error)
	// Stat gives key and size, or [ErrNotFound].
	Stat(ctx context.Context, key string) (Object, error)
	// List yields the objects whose key starts with prefix, in the byte order
	// of their keys. The first error ends it.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
}

// Files is an ability of stores that can hand an object to another process: page
// workers and external programs want a file. The file must not be changed; it
// is there until release is called, which must happen exactly once when err is
// nil.
type Files interface {
	LocalPath(ctx context.Context, key string) (path string, release func(), err error)
}

// What a caller may have to tell apart. Anything else is a [dossier.Fault] or
// the error of the caller's own reader or context.
var (
	// ErrExists: the key is taken. The object that came with it is durable; a
	// caller that repeats a step compares its digest and goes on.
	ErrExists = errors.New("object exists")
	// ErrNotFound: no object has this key.
	ErrNotFound = errors.New("object not found")
	// ErrDamaged: an object's bytes are not what its name or its record says.
	// Never overwrite it; restore it from a copy.
	ErrDamaged = errors.New("object is damaged")
	// ErrKey: the key or prefix breaks the rules of [CheckKey].
	ErrKey = errors.New("bad object key")
)

// CheckKey refuses keys that [dossier.ValidKey] refuses, and parts that start
// with a dot: hidden files are the store's own.
func CheckKey(key string) error {
	if err := dossier.ValidKey(key); err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	if strings.HasPrefix(key, ".") || strings.Contains(key, "/.") {
		return fmt.Errorf("%w: %q: a part starts with a dot", ErrKey, key)
	}
	return nil
}

// CheckPrefix refuses prefixes that no valid key can have. Every start of a
// valid key is allowed, the empty one included.
func CheckPrefix(prefix string) error {
	trimmed := strings.TrimSuffix(prefix, "/")
	if prefix == "" {
		return nil
	}
	return CheckKey(trimmed)
}

// Digest reads the object under key from start to end and returns it with the
// digest of what was read. This is the fixity check.
func Digest(ctx context.Context, s Store, key string) (Object, error) {
	r, obj, err := s.Open(ctx, key)
	if err != nil {
		return Object{}, err
	}
	defer func() { _ = r.Close() }()
	size, sum, err := digest.Of(ctx, r)
	if err != nil {
		return Object{}, fmt.Errorf("digest %s: %w", key, err)
	}
	if size != obj.Size {
		return Object{}, fmt.Errorf("digest %s: read %d of %d bytes: %w", key, size, obj.Size, ErrDamaged)
	}
	obj.SHA256 = sum
	return obj, nil
}
