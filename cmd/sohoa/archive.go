package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"sohoa/dossier"
)

// layout names the places inside an archive's folder.
type layout struct{ root string }

func (l layout) objects() string { return filepath.Join(l.root, "objects") }
func (l layout) scratch() string { return filepath.Join(l.root, "scratch") }
func (l layout) lock() string    { return filepath.Join(l.root, "sohoa.lock") }
func (l layout) catalog() string { return filepath.Join(l.root, "catalog.db") }
func (l layout) record() string  { return filepath.Join(l.objects(), dossier.ArchiveKey) }

// errNoArchive says that the folder holds no archive.
var errNoArchive = errors.New("no archive here")

// readArchive reads the root record.
func (l layout) readArchive() (dossier.Archive, error) {
	var archive dossier.Archive
	body, err := os.ReadFile(l.record())
	if errors.Is(err, fs.ErrNotExist) {
		return archive, errNoArchive
	}
	if err != nil {
		return archive, fmt.Errorf("read archive record: %w", err)
	}
	if err := json.Unmarshal(body, &archive); err != nil {
		return archive, fmt.Errorf("read archive record: %w", err)
	}
	if archive.Schema != dossier.ArchiveSchema || len(archive.Units) == 0 {
		return archive, fmt.Errorf("read archive record: form %q is not one this program knows", archive.Schema)
	}
	return archive, nil
}

// newArchive is the record of a new archive. A demo archive has a made-up unit
// and can never become a real one.
func newArchive(code string, demo bool, now time.Time) dossier.Archive {
	unit := dossier.Unit{ID: dossier.UnitID(dossier.NewID()), Codes: []dossier.UnitCode{{Code: code, From: now.UTC().Truncate(24 * time.Hour)}}}
	return dossier.Archive{Schema: dossier.ArchiveSchema, ID: dossier.NewID(), Demo: demo, At: now.UTC(), Units: []dossier.Unit{unit}}
}

// demoUnit is the agency code of demo archives: level 1 of no province.
const demoUnit = "Y99.99"

// makeFolders makes the places of an archive.
func (l layout) makeFolders() error {
	for _, dir := range []string{l.objects(), l.scratch()} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("make archive folder: %w", err)
		}
	}
	return nil
}

// hasObjects tells whether there are objects. What begins with a dot is none: a
// process that was killed while it made the archive leaves such files.
func (l layout) hasObjects() bool {
	entries, err := os.ReadDir(l.objects())
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasPrefix(e.Name(), ".") })
}

// lockArchive takes the archive's process lock: one writing program at a time.
// The lock goes with the process, however it ends.
func (l layout) lockArchive() (io.Closer, error) {
	file, err := os.OpenFile(l.lock(), os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock archive: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close() // nothing was written
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, &exitError{code: exitOther, err: errors.New("another sohoa is working on this archive"),
				hint: "Wait until it has finished, or give another folder with --data."}
		}
		return nil, fmt.Errorf("lock archive: %w", err)
	}
	return file, nil
}

// openOrMakeDemo reads the archive's record; a missing folder becomes a demo
// archive.
func (c *cli) openOrMakeDemo(ctx context.Context, con console) (*archive, error) {
	place := layout{root: c.Data}
	if _, err := place.readArchive(); errors.Is(err, errNoArchive) {
		if place.hasObjects() {
			return nil, usage("Its objects are there, but archive.json is not. Restore that file from a backup.", "%s is not a whole archive", c.Data)
		}
		if err := c.makeArchive(ctx, newArchive(demoUnit, true, time.Now())); err != nil {
			return nil, err
		}
		if !c.JSON {
			_, _ = fmt.Fprintf(con.err, "Made a DEMO archive in %s (kho thử, không có giá trị pháp lý).\n", c.Data)
		}
	}
	return c.open(ctx)
}
