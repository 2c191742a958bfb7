package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/storage"
	"sohoa/storage/local"
	"sohoa/storage/s3"
)

// errNoArchive says that there is no archive where one was looked for.
var errNoArchive = errors.New("no archive here")

// objects is a store as the flow sees it.
type objects struct {
	store storage.Store
	files storage.Files
	// spool is a folder of this process alone, to be removed with it; empty
	// for none.
	spool string
}

// openObjects opens the store that the settings name. A folder that is not
// there is errNoArchive: looking for an archive must not make one.
func (c config) openObjects(ctx context.Context, place layout) (objects, error) {
	if c.objectsInFolder() {
		folder := strings.TrimPrefix(c.Objects, "file:")
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			return objects{}, errNoArchive
		}
		files, err := local.New(folder)
		return objects{store: files, files: files}, err
	}
	settings, err := c.s3()
	if err != nil {
		return objects{}, err
	}
	if err := os.MkdirAll(place.spool(), 0o750); err != nil {
		return objects{}, fmt.Errorf("make spool folder: %w", err)
	}
	if settings.Spool, err = os.MkdirTemp(place.spool(), "s3-"); err != nil {
		return objects{}, fmt.Errorf("make spool folder: %w", err)
	}
	bucket, err := s3.Open(ctx, settings)
	if errors.Is(err, s3.ErrPromise) {
		err = usage("Settle it in the bucket, or change s3_require in sohoa.yaml.", "%w", err)
	}
	if err != nil {
		return objects{}, errors.Join(err, os.RemoveAll(settings.Spool))
	}
	return objects{store: bucket, files: bucket, spool: settings.Spool}, nil
}

// objectsInFolder tells whether the objects are files on this machine.
func (c config) objectsInFolder() bool { return strings.HasPrefix(c.Objects, "file:") }

// makeObjects makes the place of the store where that is a folder.
func (c config) makeObjects() error {
	if !c.objectsInFolder() {
		return nil
	}
	if err := os.MkdirAll(strings.TrimPrefix(c.Objects, "file:"), 0o750); err != nil {
		return fmt.Errorf("make archive folder: %w", err)
	}
	return nil
}

// s3 takes the address of a bucket and its keys apart.
func (c config) s3() (s3.Config, error) {
	address, err := s3Address(c.Objects)
	if err != nil {
		return s3.Config{}, usage("Correct it in sohoa.yaml.", "%w", err)
	}
	settings := s3.Config{
		Endpoint: strings.Replace(strings.TrimPrefix(address.Scheme, "s3+"), "s3", "https", 1) + "://" + address.Host,
		Bucket:   strings.Trim(address.Path, "/"), Region: c.S3Region,
		AccessKey: os.Getenv("SOHOA_S3_ACCESS_KEY"), SecretKey: os.Getenv("SOHOA_S3_SECRET_KEY"),
	}
	if c.S3KeyFile != "" {
		body, err := os.ReadFile(c.S3KeyFile)
		if err != nil {
			return settings, usage("", "s3_key_file: %w", err)
		}
		access, secret, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
		settings.AccessKey, settings.SecretKey = strings.TrimSpace(access), strings.TrimSpace(secret)
	}
	if settings.AccessKey == "" || settings.SecretKey == "" {
		return settings, usage("Name a file with both in s3_key_file, or set SOHOA_S3_ACCESS_KEY and SOHOA_S3_SECRET_KEY.", "the bucket's keys are missing")
	}
	for _, promise := range c.S3Require {
		settings.Need.ObjectLock = settings.Need.ObjectLock || promise == "object-lock"
		settings.Need.Versioning = settings.Need.Versioning || promise == "versioning"
		settings.Need.Encryption = settings.Need.Encryption || promise == "encryption"
	}
	return settings, nil
}

// s3Address checks the address of a bucket. Without encryption on the way only
// this machine may be talked to.
func s3Address(objects string) (*url.URL, error) {
	address, err := url.Parse(objects)
	if err != nil || address.Scheme != "s3" && address.Scheme != "s3+http" || address.Host == "" || strings.Trim(address.Path, "/") == "" {
		return nil, errors.New("objects: write file:FOLDER or s3://HOST/BUCKET")
	}
	if address.User != nil {
		return nil, errors.New("objects: keys do not belong into the address; name a file with them in s3_key_file")
	}
	if address.Scheme == "s3+http" && !isLoopback(address.Hostname()) {
		return nil, fmt.Errorf("objects: %s would be reached without encryption; use s3://", address.Hostname())
	}
	return address, nil
}

// spoolKept is how long a spool folder is kept that no process claims: a
// command that only reads may still be using it.
const spoolKept = 24 * time.Hour

// sweep removes what killed processes left half written. The process lock must
// be held.
func (o objects) sweep(place layout, now time.Time) error {
	if folder, ok := o.files.(interface {
		RemoveStale(before time.Time) (int, error)
	}); ok {
		_, err := folder.RemoveStale(now)
		return err
	}
	entries, err := os.ReadDir(place.spool())
	if err != nil {
		return fmt.Errorf("sweep spool folder: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && now.Sub(info.ModTime()) > spoolKept {
			err = os.RemoveAll(filepath.Join(place.spool(), entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep spool folder: %w", err)
		}
	}
	return nil
}

// close removes what belongs to this process.
func (o objects) close() error {
	if o.spool == "" {
		return nil
	}
	return os.RemoveAll(o.spool)
}

// readArchive reads the record of the archive that the store holds.
func (o objects) readArchive(ctx context.Context) (dossier.Archive, error) {
	var archive dossier.Archive
	r, _, found, err := o.Open(ctx, dossier.ArchiveKey)
	if err != nil {
		return archive, fmt.Errorf("read archive record: %w", err)
	}
	if !found {
		return archive, errNoArchive
	}
	defer func() { _ = r.Close() }() // only read
	if err := json.NewDecoder(r).Decode(&archive); err != nil {
		return archive, fmt.Errorf("read archive record: %w", err)
	}
	if archive.Schema != dossier.ArchiveSchema || len(archive.Units) == 0 {
		return archive, fmt.Errorf("read archive record: form %q is not one this program knows", archive.Schema)
	}
	if archive.LogKey == "" {
		return archive, errors.New("read archive record: it names no key for the log: made by a trial version of this program, for which there is no way forward")
	}
	return archive, nil
}

// hasRecords tells whether the store holds anything of a unit.
func (o objects) hasRecords(ctx context.Context) (bool, error) {
	for _, err := range o.store.List(ctx, "u/") {
		return err == nil, err
	}
	return false, nil
}

func ref(o storage.Object) dossier.ObjectRef {
	return dossier.ObjectRef{Key: o.Key, SHA256: o.SHA256, Size: o.Size}
}

// Put stores an object unless its key is taken.
func (o objects) Put(ctx context.Context, key string, r io.Reader) (dossier.ObjectRef, bool, error) {
	object, err := o.store.Put(ctx, key, r)
	if errors.Is(err, storage.ErrExists) {
		return ref(object), true, nil
	}
	return ref(object), false, err
}

// PutHashed stores an object under a name made from its digest.
func (o objects) PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (dossier.ObjectRef, bool, error) {
	object, existed, err := o.store.PutHashed(ctx, r, name)
	return ref(object), existed, err
}

// Open reads an object.
func (o objects) Open(ctx context.Context, key string) (io.ReadCloser, dossier.ObjectRef, bool, error) {
	r, object, err := o.store.Open(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, dossier.ObjectRef{}, false, nil
	}
	if err != nil {
		return nil, dossier.ObjectRef{}, false, err
	}
	return r, ref(object), true, nil
}

// Path gives an object as a file.
func (o objects) Path(ctx context.Context, key string) (string, func(), error) {
	return o.files.LocalPath(ctx, key)
}

// List lists objects.
func (o objects) List(ctx context.Context, prefix string) iter.Seq2[dossier.ObjectRef, error] {
	return func(yield func(dossier.ObjectRef, error) bool) {
		for object, err := range o.store.List(ctx, prefix) {
			if !yield(ref(object), err) {
				return
			}
		}
	}
}
