package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/pipeline/jobs"
	"sohoa/storage"
	"sohoa/storage/audit"
	"sohoa/storage/catalog"
	"sohoa/storage/search"
)

// archive is an open archive with everything that works on it. It is the only
// value that knows all parts; commands take from it what they need.
type archive struct {
	layout  layout
	record  dossier.Archive
	store   storage.Store
	objects objects
	catalog *catalog.Catalog
	// ledger is the catalogue again, as what writes sees it.
	ledger ledger
	queue  *jobs.Queue
	index  *search.Index
	audit  *audit.Log
	sealer sealer // audit, as far as it gets numbers and checkpoints
	kinds  *dossier.Catalogue
	// twice are the fields that two people key.
	twice []dossier.KindField
	// calendar tells on which days the office works.
	calendar dossier.Calendar

	signing pipeline.SignRules

	databases catalog.Databases
	lock      io.Closer
	log       *slog.Logger
}

// ledger is the catalogue as everything uses it that writes: each transaction
// of the write order, from the first start to a person's decision, is one of
// these methods.
type ledger interface {
	pipeline.Ledger
	pipeline.Samples
	pipeline.GateLedger
	pipeline.Lists
	pipeline.HeldBatches
	pipeline.Sides
	BatchIDs(ctx context.Context, unit dossier.UnitID) ([]dossier.BatchID, error)
	AddObjects(ctx context.Context, act dossier.Act, objects []dossier.ObjectRef) error
	Reconcile(ctx context.Context) (wanted int, err error)
	ChooseTwice(ctx context.Context, unit dossier.UnitID, chosen []dossier.KindField) error
}

// unit is the office whose archive it is.
func (a *archive) unit() dossier.Unit { return a.record.Units[0] }

// makeArchive writes a new archive.
func (c *cli) makeArchive(ctx context.Context, code string, demo bool) (dossier.Archive, error) {
	settings, err := c.config()
	if err != nil {
		return dossier.Archive{}, err
	}
	if err := settings.makeObjects(); err != nil {
		return dossier.Archive{}, err
	}
	record, err := c.newRecord(code, demo)
	if err != nil {
		return record, err
	}
	store, err := settings.openObjects(ctx, layout{root: c.Data})
	if err != nil {
		return record, err
	}
	return record, c.makeArchiveIn(ctx, settings, store, record)
}

// newRecord makes the key of the archive's log and a record that names it.
// Killed before the record is an object, the next try takes the same key.
func (c *cli) newRecord(code string, demo bool) (dossier.Archive, error) {
	place := layout{root: c.Data}
	if err := place.makeScratch(); err != nil {
		return dossier.Archive{}, err
	}
	key, err := audit.MakeKey(place.logKey(), dossier.NewID())
	if err != nil {
		return dossier.Archive{}, err
	}
	return newArchive(code, demo, time.Now(), key), nil
}

// makeArchiveIn is the rest of makeArchive in an open store: root objects and an
// empty catalogue. The record comes first: killed before it, there is no
// archive, and killed after it, the next start writes what is missing.
func (c *cli) makeArchiveIn(ctx context.Context, settings config, store objects, record dossier.Archive) error {
	a, err := c.wire(ctx, settings, store, record)
	if err != nil {
		return err
	}
	if err := a.checkCatalogue(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(a.makeTestKey(ctx), a.writeRoot(ctx), a.Close())
}

// writeRoot writes what is missing of the root objects and lists them.
func (a *archive) writeRoot(ctx context.Context) error {
	written, err := a.flow(nil).WriteRoot(ctx, a.record)
	if err != nil {
		return err
	}
	return a.ledger.AddObjects(ctx, a.act("sohoa"), written)
}

// findArchive reads the record of the archive in --data, or gives errNoArchive.
func (c *cli) findArchive(ctx context.Context) (dossier.Archive, error) {
	settings, err := c.config()
	if err != nil {
		return dossier.Archive{}, err
	}
	store, err := settings.openObjects(ctx, layout{root: c.Data})
	if err != nil {
		return dossier.Archive{}, err
	}
	record, err := c.recordIn(ctx, store)
	return record, errors.Join(err, store.close())
}

// recordIn reads the archive's record. Objects without one are not an archive
// that could be made anew.
func (c *cli) recordIn(ctx context.Context, store objects) (dossier.Archive, error) {
	record, err := store.readArchive(ctx)
	if !errors.Is(err, errNoArchive) {
		return record, err
	}
	has, listErr := store.hasRecords(ctx)
	if listErr != nil {
		return record, listErr
	}
	if has {
		return record, usage("Its objects are there, but archive.json is not. Restore that file from a backup.", "%s is not a whole archive", c.Data)
	}
	return record, err
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
	settings, err := c.config()
	if err != nil {
		return nil, err
	}
	store, record, err := c.openStore(ctx)
	if err != nil {
		return nil, err
	}
	return c.wire(ctx, settings, store, record)
}

// openStore opens the objects of an existing archive, and reads its record.
func (c *cli) openStore(ctx context.Context) (objects, dossier.Archive, error) {
	settings, err := c.config()
	if err != nil {
		return objects{}, dossier.Archive{}, err
	}
	store, err := settings.openObjects(ctx, layout{root: c.Data})
	var record dossier.Archive
	if err == nil {
		if record, err = c.recordIn(ctx, store); err != nil {
			err = errors.Join(err, store.close())
		}
	}
	if errors.Is(err, errNoArchive) {
		err = usage("Make one with `sohoa init --unit CODE`, or name its folder with --data.", "there is no archive in %s", c.Data)
	}
	return store, record, err
}

// wire puts the parts of an archive together. The archive owns store from
// here on, also when wire fails.
func (c *cli) wire(ctx context.Context, settings config, store objects, record dossier.Archive) (_ *archive, err error) {
	a := &archive{layout: layout{root: c.Data}, record: record, store: store.store, objects: store, log: c.logger()}
	a.signing = signRules(a.layout, settings, record.Demo)
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := a.layout.makeScratch(); err != nil {
		return nil, err
	}
	if a.kinds, a.twice, err = a.layout.catalogue(settings); err != nil {
		return nil, err
	}
	if a.calendar, err = dossier.NewCalendar(settings.Holidays); err != nil {
		return nil, err
	}
	if a.databases, err = catalog.OpenDatabases(ctx, settings.Database); err != nil {
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
	a.ledger = a.catalog
	return a, a.openLog()
}

// openLog opens the log. Without its key it can be read and checked, and
// whatever needs the key says so.
func (a *archive) openLog() error {
	key, err := audit.LoadKey(a.layout.logKey())
	if err != nil && !errors.Is(err, audit.ErrNoKey) {
		return err
	}
	write, read := a.databases.Bun()
	a.audit = audit.Open(audit.Config{
		Write: write, Read: read, Key: key, Archive: a.record.ID, Verifier: a.record.LogKey, Unit: a.unit().ID,
	})
	a.sealer = a.audit
	return nil
}

// act is what is done now, by the program itself or whoever works at it.
func (a *archive) act(id string) dossier.Act {
	return dossier.Act{Actor: dossier.Actor{ID: id, Unit: a.unit().ID, Role: dossier.RoleLocal}, At: time.Now()}
}

// viewed records that somebody at the command line is shown something; it must
// return before that is printed.
func (a *archive) viewed(ctx context.Context, deeds ...dossier.Deed) error {
	return a.audit.Viewed(ctx, dossier.Act{Actor: dossier.Local(a.unit().ID), At: time.Now()}, deeds...)
}

// logger writes technical lines to standard error, away from what a command
// prints.
func (c *cli) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.Log}))
}

// openIndex gives the search index of the database's kind.
func openIndex(d catalog.Databases) *search.Index {
	if d.Postgres {
		return search.Postgres()
	}
	return search.SQLite()
}

// pageReader looks at foreign pixels for the flow.
type pageReader interface {
	pipeline.Reader
	pipeline.Viewer
}

// flow is the pipeline over this archive; reader may be nil where no page is
// read.
func (a *archive) flow(reader pageReader) *pipeline.Flow {
	return &pipeline.Flow{
		Objects: a.objects, Ledger: a.ledger, Reader: reader, Viewer: reader, Signing: a.signing, Kinds: a.kinds, Twice: a.twice, Calendar: a.calendar,
		Unit: a.unit(), Scratch: a.layout.scratch(), Now: time.Now, Log: a.log,
	}
}

// Close gives everything back.
func (a *archive) Close() error {
	if a.audit != nil {
		a.audit.Close()
	}
	errs := []error{a.objects.close()}
	if a.databases.Write != nil {
		errs = append(errs, a.databases.Close())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Close())
	}
	return errors.Join(errs...)
}
