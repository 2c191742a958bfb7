package catalog

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	_ "github.com/mattn/go-sqlite3"    // the SQLite driver
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"

	"sohoa/dossier"
	"sohoa/storage/search"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Queue takes jobs inside the caller's transaction, and ends there the job
// that the caller's context belongs to.
type Queue interface {
	Complete(ctx context.Context, tx *sql.Tx) error
	Enqueue(ctx context.Context, tx *sql.Tx, jobs ...dossier.Job) error
}

// Index is the search index as far as the catalogue writes it: in its own
// transactions, so that what is published can be found.
type Index interface {
	Put(ctx context.Context, tx search.Tx, entries []search.Entry) error
	DeleteComponent(ctx context.Context, tx search.Tx, component dossier.ComponentID) error
}

// Databases are the two pools of one database: SQLite allows one writer, so
// everything that writes goes through a pool of one connection, and readers
// never wait for it. On PostgreSQL both are the same pool.
type Databases struct {
	Write, Read *sql.DB
	// Postgres tells the dialect.
	Postgres bool
}

// Close closes both pools.
func (d Databases) Close() error {
	if d.Read == d.Write {
		return d.Write.Close()
	}
	return errors.Join(d.Read.Close(), d.Write.Close())
}

// OpenDatabases connects to the database named by a URL, "sqlite:PATH" or
// "postgres://…", and brings the catalogue's tables up to date.
func OpenDatabases(ctx context.Context, address string) (Databases, error) {
	var d Databases
	var err error
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		d, err = openSQLite(path)
	} else {
		d, err = openPostgres(address)
	}
	if err != nil {
		return Databases{}, err
	}
	if err := migrate(ctx, d); err != nil {
		return Databases{}, errors.Join(err, d.Close())
	}
	return d, nil
}

// openSQLite opens a database file: write-ahead log, every commit synced
// (synchronous=FULL: WAL with NORMAL may lose the last commits at a power cut),
// write transactions take their lock at once instead of failing half-way.
// The file is for this account alone: it holds hashes of passwords.
func openSQLite(path string) (Databases, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return Databases{}, fmt.Errorf("open catalogue: %w", err)
	}
	if err := file.Close(); err != nil {
		return Databases{}, fmt.Errorf("open catalogue: %w", err)
	}
	options := url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"},
		"_busy_timeout": {"10000"}, "_txlock": {"immediate"},
	}
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
	write, err := sql.Open("sqlite3", name)
	if err != nil {
		return Databases{}, fmt.Errorf("open catalogue: %w", err)
	}
	write.SetMaxOpenConns(1)
	options.Set("_txlock", "deferred")
	options.Set("_query_only", "1")
	read, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return Databases{}, errors.Join(fmt.Errorf("open catalogue: %w", err), write.Close())
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()))
	return Databases{Write: write, Read: read}, nil
}

func openPostgres(address string) (Databases, error) {
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return Databases{}, fmt.Errorf("open catalogue: %w", err)
	}
	return Databases{Write: pool, Read: pool, Postgres: true}, nil
}

func migrate(ctx context.Context, d Databases) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrate catalogue: %w", err)
	}
	dialect := database.DialectSQLite3
	if d.Postgres {
		dialect = database.DialectPostgres
	}
	provider, err := goose.NewProvider(dialect, d.Write, files)
	if err != nil {
		return fmt.Errorf("migrate catalogue: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate catalogue: %w", err)
	}
	return nil
}

// Bun gives both pools as the query builder wants them.
func (d Databases) Bun() (write, read *bun.DB) {
	var dialect schema.Dialect = sqlitedialect.New()
	if d.Postgres {
		dialect = pgdialect.New()
	}
	write = bun.NewDB(d.Write, dialect)
	if d.Read == d.Write {
		return write, write
	}
	return write, bun.NewDB(d.Read, sqlitedialect.New())
}

// Catalog is the open catalogue. Its methods may be called concurrently.
type Catalog struct {
	write, read *bun.DB
	queue       Queue
	index       Index
}

// Open gives the catalogue over open databases. The queue and the index take
// part in its transactions.
func Open(d Databases, queue Queue, index Index) *Catalog {
	write, read := d.Bun()
	return &Catalog{write: write, read: read, queue: queue, index: index}
}

// maxRaces is how often a transaction is run that others were in the way of.
const maxRaces = 5

// inTx runs one write transaction: again when PostgreSQL gave it up in favour of
// another, and as a fault to retry when it keeps doing so. f may run several
// times, so what it leaves outside of the transaction must be the same then.
func (c *Catalog) inTx(ctx context.Context, op string, f func(ctx context.Context, tx bun.Tx) error) error {
	for race := 1; ; race++ {
		err := c.write.RunInTx(ctx, nil, f)
		switch {
		case err == nil:
			return nil
		case !lostRace(err):
			return fmt.Errorf("%s: %w", op, err)
		case race == maxRaces:
			return &dossier.Fault{Kind: dossier.Retry, Op: op, Reason: dossier.ReasonUnknown, Err: err}
		}
	}
}

// lostRace tells an error by which PostgreSQL asks for the transaction to be run
// again: serialization_failure and deadlock_detected (PostgreSQL 15, appendix A
// and 13.5). A deadlock is found after a second (deadlock_timeout), which is
// pause enough.
func lostRace(err error) bool {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (failure.Code == "40001" || failure.Code == "40P01")
}
