package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"time"

	"sohoa/dossier"
	"sohoa/ocr/worker"
	"sohoa/pipeline"
	"sohoa/pipeline/jobs"
	"sohoa/storage"
	"sohoa/storage/catalog"
	"sohoa/storage/local"
	"sohoa/storage/search"
)

// archive is an open archive with everything that works on it. It is the only
// value that knows all parts; commands take from it what they need.
type archive struct {
	layout  layout
	record  dossier.Archive
	store   storage.Store
	files   *local.Store
	objects objects
	catalog *catalog.Catalog
	queue   *jobs.Queue
	index   *search.Index
	kinds   *dossier.Catalogue

	databases catalog.Databases
	lock      io.Closer
	log       *slog.Logger
}

// unit is the office whose archive it is.
func (a *archive) unit() dossier.Unit { return a.record.Units[0] }

// makeArchive writes a new archive: its root objects and an empty catalogue.
func (c *cli) makeArchive(ctx context.Context, record dossier.Archive) error {
	place := layout{root: c.Data}
	if err := place.makeFolders(); err != nil {
		return err
	}
	a, err := c.openRecord(ctx, record)
	if err != nil {
		return err
	}
	if err := a.checkCatalogue(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(a.writeRoot(ctx), a.Close())
}

// writeRoot writes what is missing of the root objects and lists them.
func (a *archive) writeRoot(ctx context.Context) error {
	written, err := a.flow(nil).WriteRoot(ctx, a.record)
	if err != nil {
		return err
	}
	return a.catalog.AddObjects(ctx, a.unit().ID, written)
}

// open opens an existing archive together with the catalogue that belongs to
// it.
func (c *cli) open(ctx context.Context) (*archive, error) {
	a, err := c.openAny(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.checkCatalogue(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// checkCatalogue refuses a catalogue that does not belong to the objects: it
// would tell people that their papers are not there, and would begin dossiers
// anew that the objects have. A rebuild lists the archive's record last, so
// that half a rebuild is no catalogue.
func (a *archive) checkCatalogue(ctx context.Context) error {
	owner, ok, err := a.catalog.Owner(ctx)
	if err != nil {
		return err
	}
	if ok && owner != a.unit().ID {
		return usage("Give the database of this archive with --database.", "the database holds the catalogue of another archive than %s", a.layout.root)
	}
	if ok {
		return nil
	}
	for _, err := range a.objects.List(ctx, dossier.BatchPrefix(a.unit().ID)) {
		if err != nil {
			return err
		}
		return &exitError{code: exitIntegrity, err: fmt.Errorf("the catalogue of %s is lost or half restored; the objects are there", a.layout.root),
			hint: "Run `sohoa rebuild`. (If a rebuild was interrupted, move catalog.db and its -wal and -shm files away first.)"}
	}
	return nil
}

// openAny opens an existing archive, whatever its catalogue says.
func (c *cli) openAny(ctx context.Context) (*archive, error) {
	record, err := (layout{root: c.Data}).readArchive()
	if errors.Is(err, errNoArchive) {
		return nil, usage("Make one with `sohoa init --unit CODE`, or name its folder with --data.", "there is no archive in %s", c.Data)
	}
	if err != nil {
		return nil, err
	}
	if err := (layout{root: c.Data}).makeFolders(); err != nil {
		return nil, err
	}
	return c.openRecord(ctx, record)
}

// openRecord wires the parts together.
func (c *cli) openRecord(ctx context.Context, record dossier.Archive) (_ *archive, err error) {
	a := &archive{layout: layout{root: c.Data}, record: record, log: c.logger()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.kinds, err = dossier.LoadCatalogue(nil); err != nil {
		return nil, err
	}
	files, err := local.New(a.layout.objects())
	if err != nil {
		return nil, err
	}
	a.store, a.files, a.objects = files, files, objects{store: files, files: files}
	if a.databases, err = catalog.OpenDatabases(ctx, c.databaseURL()); err != nil {
		return nil, err
	}
	if a.queue, err = jobs.New(ctx, a.databases.Write, a.databases.Postgres); err != nil {
		return nil, err
	}
	a.index = openIndex(a.databases)
	if err := a.index.Create(ctx, a.databases.Write); err != nil {
		return nil, err
	}
	a.catalog = catalog.Open(a.databases, a.queue, a.index)
	return a, nil
}

// logger writes technical lines to standard error, away from what a command
// prints.
func (c *cli) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.Log}))
}

func (c *cli) databaseURL() string {
	if c.Database != "" {
		return c.Database
	}
	return "sqlite:" + layout{root: c.Data}.catalog()
}

// openIndex gives the search index of the database's kind.
func openIndex(d catalog.Databases) *search.Index {
	if d.Postgres {
		return search.Postgres()
	}
	return search.SQLite()
}

// lockForWork takes the process lock and heals what a killed process left:
// jobs it was running, scratch files, root objects never written, batches
// recorded as objects only, steps never enqueued.
func (a *archive) lockForWork(ctx context.Context) error {
	if err := a.takeLock(ctx); err != nil {
		return err
	}
	if err := a.writeRoot(ctx); err != nil {
		return err
	}
	if err := a.flow(nil).Adopt(ctx, a.objects, a.catalog); err != nil {
		return err
	}
	_, err := a.catalog.Reconcile(ctx)
	return err
}

// takeLock takes the process lock and clears what a killed process was at.
func (a *archive) takeLock(ctx context.Context) error {
	lock, err := a.layout.lockArchive()
	if err != nil {
		return err
	}
	a.lock = lock
	if err := emptyFolder(a.layout.scratch()); err != nil {
		return err
	}
	// With the lock held, whatever is half-written belongs to a dead process.
	if _, err := a.files.RemoveStale(time.Now()); err != nil {
		return err
	}
	return a.queue.Rescue(ctx)
}

// emptyFolder removes what an earlier process left in scratch; nothing there
// outlives a process.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("empty scratch: %w", err)
	}
	for _, entry := range entries {
		if err := os.RemoveAll(dir + "/" + entry.Name()); err != nil {
			return fmt.Errorf("empty scratch: %w", err)
		}
	}
	return nil
}

// flow is the pipeline over this archive; reader may be nil where no page is
// read.
func (a *archive) flow(reader pipeline.Reader) *pipeline.Flow {
	return &pipeline.Flow{
		Objects: a.objects, Ledger: a.catalog, Reader: reader, Kinds: a.kinds, Unit: a.unit(),
		Scratch: a.layout.scratch(), Now: time.Now, Log: a.log,
	}
}

// Close gives everything back.
func (a *archive) Close() error {
	var errs []error
	if a.databases.Write != nil {
		errs = append(errs, a.databases.Close())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Close())
	}
	return errors.Join(errs...)
}

// objects is a store as the flow sees it.
type objects struct {
	store storage.Store
	files storage.Files
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

// startWorkers starts the page-worker processes.
func startWorkers(place string, timeout time.Duration) (*worker.Pool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start page-workers: %w", err)
	}
	return worker.NewPool(worker.Config{Command: []string{self, "page-worker"}, PageTimeout: timeout, Scratch: place})
}

// reader is the worker pool as the flow sees it.
type reader struct{ pool *worker.Pool }

// Open counts the images of a file.
func (r reader) Open(ctx context.Context, path string) (int, error) {
	opened, err := r.pool.Open(ctx, path)
	return opened.Images, err
}

// Read reads one image.
func (r reader) Read(ctx context.Context, path, file string, index int) ([]dossier.Reading, error) {
	return r.pool.Read(ctx, worker.Task{Path: path, File: file, Index: index})
}

// Extract gives the picture of one image.
func (r reader) Extract(ctx context.Context, path string, index int) (dossier.ImageStream, func(), error) {
	return r.pool.Extract(ctx, path, index)
}
