package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"sohoa/dossier"
	"sohoa/storage/audit"
)

// layout names the places inside an archive's folder.
type layout struct{ root string }

func (l layout) objects() string { return filepath.Join(l.root, "objects") }
func (l layout) scratch() string { return filepath.Join(l.root, "scratch") }
func (l layout) logKey() string  { return filepath.Join(l.root, "audit.key") }
func (l layout) lock() string    { return filepath.Join(l.root, "sohoa.lock") }
func (l layout) catalog() string { return filepath.Join(l.root, "catalog.db") }
func (l layout) config() string  { return filepath.Join(l.root, "sohoa.yaml") }
func (l layout) socket() string  { return filepath.Join(l.root, "sohoa.sock") }
func (l layout) inbox() string   { return filepath.Join(l.root, "inbox") }
func (l layout) claimed() string { return filepath.Join(l.root, "claimed") }
func (l layout) done() string    { return filepath.Join(l.root, "done") }
func (l layout) testKey() string { return filepath.Join(l.root, "test-key.pem") }
func (l layout) spool() string   { return filepath.Join(l.root, "spool") }

func (l layout) tables() string { return filepath.Join(l.root, "catalogue") }

// acme is where certificates of an ACME service are kept.
func (l layout) acme() string { return filepath.Join(l.root, "acme") }

// peopleKey is the file that seals second factors.
func (l layout) peopleKey() string { return filepath.Join(l.root, "people.key") }

// kinds loads the catalogue of kinds and procedures with what the office
// changed of it, if anything.
func (l layout) kinds() (*dossier.Catalogue, error) {
	kinds, err := dossier.LoadCatalogue(os.DirFS(l.tables()))
	if err != nil {
		return nil, usage("Correct the file in "+l.tables()+", or take it away.", "%w", err)
	}
	return kinds, nil
}

// catalogue reads the tables, and which of their fields the settings choose to
// be keyed by two people.
func (l layout) catalogue(settings config) (*dossier.Catalogue, []dossier.KindField, error) {
	kinds, err := l.kinds()
	if err != nil {
		return nil, nil, err
	}
	twice, err := kinds.KindFields(settings.DoubleEntry)
	if err != nil {
		return nil, nil, usage("Settings stand in "+l.config()+".", "double_entry: %w", err)
	}
	return kinds, twice, nil
}

// newArchive is the record of a new archive. A demo archive has a made-up unit
// and can never become a real one.
func newArchive(code string, demo bool, now time.Time, key *audit.Key) dossier.Archive {
	unit := dossier.Unit{ID: dossier.UnitID(dossier.NewID()), Codes: []dossier.UnitCode{{Code: code, From: now.UTC().Truncate(24 * time.Hour)}}}
	return dossier.Archive{
		Schema: dossier.ArchiveSchema, ID: key.Archive(), Demo: demo, At: now.UTC(), Units: []dossier.Unit{unit}, LogKey: key.Verifier(),
	}
}

// demoUnit is the agency code of demo archives: level 1 of no province.
const demoUnit = "Y99.99"

// makeScratch makes the place of files that no process outlives.
func (l layout) makeScratch() error {
	if err := os.MkdirAll(l.scratch(), 0o750); err != nil {
		return fmt.Errorf("make archive folder: %w", err)
	}
	return nil
}

// lockArchive takes the archive's process lock: one writing program at a time.
// The kernel gives it back when the process ends, however it ends, so that the
// file itself never blocks anybody. What stands in it is who holds the lock,
// for the one who cannot have it.
func (l layout) lockArchive() (io.Closer, error) {
	file, err := os.OpenFile(l.lock(), os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock archive: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = &exitError{code: exitOther, err: fmt.Errorf("another sohoa is working on this archive%s", lockHolder(file)),
			hint: "Wait until it has finished, or give another folder with --data."}
	} else if err == nil {
		err = noteHolder(file)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock archive: %w", err), file.Close())
	}
	return file, nil
}

// noteHolder writes into the lock who holds it. It needs not be durable.
func noteHolder(lock *os.File) error {
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(lock, "process %d since %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	return err
}

// lockHolder says who holds the lock, as that one has noted it.
func lockHolder(lock *os.File) string {
	note, err := io.ReadAll(io.LimitReader(lock, 200))
	if err != nil || len(note) == 0 {
		return ""
	}
	return ": " + strings.TrimSpace(string(note))
}

// openOrMakeDemo opens the archive; a missing one becomes a demo archive, where
// its objects are a folder.
func (c *cli) openOrMakeDemo(ctx context.Context, con console) (*archive, error) {
	_, err := c.findArchive(ctx)
	if !errors.Is(err, errNoArchive) {
		if err != nil {
			return nil, err
		}
		return c.open(ctx)
	}
	settings, err := c.config()
	if err != nil {
		return nil, err
	}
	if !settings.objectsInFolder() {
		return c.open(ctx) // which says what to do
	}
	if _, err := c.makeArchive(ctx, demoUnit, true); err != nil {
		return nil, err
	}
	if !c.JSON {
		_, _ = fmt.Fprintf(con.err, "Made a DEMO archive in %s (kho thử, không có giá trị pháp lý).\n", c.Data)
	}
	return c.open(ctx)
}
