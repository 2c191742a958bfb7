// Package s3 keeps objects in a bucket of any S3 service.
//
// How it keeps the promises of package storage:
//
//   - An object is first taken in to a local file, so that its size and digest
//     are known, and then sent in one request: an S3 service shows an object
//     whole or not at all. The digest goes along, and the service refuses bytes
//     that do not match it.
//   - Put-if-absent is the header If-None-Match: *. Services exist that ignore
//     it; [Open] tries it out and refuses them.
//   - Durable is what the service calls durable when it answers. (versitygw on
//     a plain folder does not sync and is for tests.)
//
// When the network fails in the middle of a Put, the object may have been
// stored: the next try then gets ErrExists with the same digest.
//
// [Open] also tries out what the configuration asks for (object lock, versions,
// encryption), because some services accept such a request and silently do
// nothing.
package s3

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/encrypt"

	"sohoa/dossier"
	"sohoa/storage"
)

// Config says where the bucket is and what it has to promise.
type Config struct {
	// Endpoint is the service's address, "https://host" or "http://host:port".
	Endpoint string
	// Region is the bucket's region; "us-east-1" when it is empty.
	Region string
	// Bucket must exist.
	Bucket string
	// AccessKey and SecretKey come from the environment or a file, never from
	// a configuration that is shown or stored.
	AccessKey, SecretKey string
	// Spool is a folder on a local disk for objects on their way. It must
	// exist; files named sohoa-s3-* in it belong to the one running sohoa.
	Spool string
	// Need is what the bucket has to keep for the archive to be used.
	Need Promises
	// Stall is how long a connection may pass no byte; one minute when it is 0.
	// Whole transfers have no limit: a slow link is not a broken one.
	Stall time.Duration
}

// Promises are properties of a bucket that an archive may depend on.
type Promises struct {
	// ObjectLock: objects can be protected from deletion until a date.
	ObjectLock bool
	// Versioning: an overwritten or deleted object can be brought back.
	Versioning bool
	// Encryption: the service encrypts what it stores, with its own keys.
	Encryption bool
}

// Store is a bucket of objects.
type Store struct {
	client  minio.Core
	bucket  string
	spool   string
	encrypt encrypt.ServerSide // nil for none
}

var (
	_ storage.Store = (*Store)(nil)
	_ storage.Files = (*Store)(nil)
)

const (
	defaultRegion = "us-east-1"
	defaultStall  = time.Minute
	// attempts bounds what the client repeats by itself, within about a second.
	// Longer trouble is for the job queue, which shows it to people.
	attempts = 3
)

// Open connects to the bucket and tries out what it promises. A service that
// cannot be reached is a Retry fault; a promise that is not kept is
// [ErrPromise] in a Stop fault.
func Open(ctx context.Context, c Config) (*Store, error) {
	address, err := url.Parse(c.Endpoint)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return nil, errors.New("s3: the endpoint is not an address like https://host")
	}
	if c.Region == "" {
		c.Region = defaultRegion
	}
	if c.Stall == 0 {
		c.Stall = defaultStall
	}
	client, err := minio.New(address.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: address.Scheme == "https", Region: c.Region,
		Transport: transport(c.Stall), TrailingHeaders: true, MaxRetries: attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	s := &Store{client: minio.Core{Client: client}, bucket: c.Bucket, spool: c.Spool}
	if c.Need.Encryption {
		s.encrypt = encrypt.NewSSE()
	}
	if err := s.clearSpool(); err != nil {
		return nil, err
	}
	if err := s.probe(ctx, c.Need); err != nil {
		return nil, err
	}
	return s, nil
}

// Put implements [storage.Store].
func (s *Store) Put(ctx context.Context, key string, r io.Reader) (storage.Object, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Object{}, err
	}
	obj, err := s.receive(ctx, r, func(dossier.SHA256) string { return key })
	if errors.Is(err, storage.ErrExists) {
		return s.taken(ctx, key)
	}
	return obj, err
}

// PutHashed implements [storage.Store].
func (s *Store) PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (storage.Object, bool, error) {
	obj, err := s.receive(ctx, r, name)
	if !errors.Is(err, storage.ErrExists) {
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

// taken describes the object that has key already.
func (s *Store) taken(ctx context.Context, key string) (storage.Object, error) {
	obj, err := storage.Digest(ctx, s, key)
	if err != nil {
		return storage.Object{}, err
	}
	return obj, fmt.Errorf("put %s: %w", key, storage.ErrExists)
}

// receive takes r in and sends it under the name that name chooses. A taken
// name is ErrExists together with the object that was not stored.
func (s *Store) receive(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (storage.Object, error) {
	f, obj, err := s.takeIn(ctx, r)
	if err != nil {
		return storage.Object{}, err
	}
	defer func() { _ = f.Close() }() // nobody needs its bytes any more
	obj.Key = name(obj.SHA256)
	if err := storage.CheckKey(obj.Key); err != nil {
		return storage.Object{}, err
	}
	_, err = s.Stat(ctx, obj.Key)
	if err == nil {
		return obj, storage.ErrExists // spares the sending
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return storage.Object{}, err
	}
	return obj, s.send(ctx, f, obj)
}

// send stores the file under the object's key unless the key is taken.
func (s *Store) send(ctx context.Context, f *os.File, obj storage.Object) error {
	sum, err := hex.DecodeString(string(obj.SHA256))
	if err != nil {
		return fmt.Errorf("put %s: %w", obj.Key, err)
	}
	options := minio.PutObjectOptions{
		// One request, not parts: only then is the service's check of the
		// digest one over the whole object.
		DisableMultipart:     true,
		UserMetadata:         map[string]string{minio.ChecksumSHA256.Key(): base64.StdEncoding.EncodeToString(sum)},
		ServerSideEncryption: s.encrypt,
	}
	options.SetMatchETagExcept("*")
	_, err = s.client.Client.PutObject(ctx, s.bucket, obj.Key, f, obj.Size, options)
	return mapped("put", obj.Key, err)
}
