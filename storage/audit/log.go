package audit

import (
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// Config is what a log is opened over. The tables are the catalogue's
// (migrations/0002_audit.sql), so that events commit with the changes they
// tell of.
type Config struct {
	// Write and Read are the pools of the catalogue's database.
	Write, Read *bun.DB
	// Key signs; without one the log can be read, but not signed and not
	// searched under.
	Key *Key
	// Archive is the archive's id, Verifier the key its record names.
	Archive, Verifier string
	// Unit is the office that the log's objects are listed under.
	Unit dossier.UnitID
}

// Log is the log of one archive. Its methods may be called concurrently, also
// by several processes on one database.
type Log struct {
	write, read *bun.DB
	key         *Key
	origin      string
	verifier    string
	unit        dossier.UnitID
	views       *views
}

// Open gives the log over open databases.
func Open(c Config) *Log {
	l := &Log{write: c.Write, read: c.Read, key: c.Key, origin: keyName(c.Archive), verifier: c.Verifier, unit: c.Unit}
	l.views = &views{write: l.writeViews, seen: make(map[string]time.Time)}
	return l
}

// Close waits for views that are being written.
func (l *Log) Close() { l.views.running.Wait() }
