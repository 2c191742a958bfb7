// Package pgtest gives tests a real PostgreSQL: the one that is installed
// (Debian's package), started in a temporary folder, reachable by a Unix socket
// only, never the machine's own service.
//
// Start at [Start]. All tests of a test binary share one server, each with a
// database of its own. The server ends with the test binary, also when that is
// killed: a watcher reads a pipe whose other end only the test binary holds.
package pgtest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx" for database/sql

	"sohoa/dossier"
	"sohoa/storage/storagetest/internal/watched"
)

// Driver is the name under which database/sql knows the driver that
// understands what [Start] returns.
const Driver = "pgx"

// Start returns the data source name of a fresh, empty database (UTF-8, C
// collation). The first call in a test binary starts the server. It fails the
// test when PostgreSQL is not installed.
func Start(t testing.TB) string {
	t.Helper()
	srv, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	dsn, err := srv.createDatabase(t.Context())
	if err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return dsn
}

// shared is the one server of this test binary: what outlives each test has no
// other place.
var shared = sync.OnceValues(startServer)

// server is a running PostgreSQL.
type server struct {
	socketDir string
	user      string
	alive     io.Closer // closing it, or dying, ends the server
}

// startTimeout is far above the second or two a loaded machine needs.
const startTimeout = 2 * time.Minute

func startServer() (*server, error) {
	bin, err := binDir()
	if err != nil {
		return nil, err
	}
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: the folder outlives the test, and the path of a socket may
	// not be longer than 107 bytes.
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	if err := owner.own(dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := initCluster(ctx, bin, dir, owner); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return run(bin, dir, owner)
}

// binDir finds the newest installed server.
func binDir() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is needed: apt-get install postgresql")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// account is the user the server runs as; id is nil for the user of the tests.
type account struct {
	name string
	id   *syscall.Credential
}

// unprivileged is the current user, or the package's own user "postgres" when
// that is root: PostgreSQL refuses to run as root.
func unprivileged() (account, error) {
	name := "postgres"
	if os.Geteuid() != 0 {
		return account{name: name}, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return account{}, err
	}
	return account{name: name, id: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func (a account) own(dir string) error {
	if a.id == nil {
		return nil
	}
	return os.Chown(dir, int(a.id.Uid), int(a.id.Gid))
}

func (a account) attributes() *syscall.SysProcAttr {
	// A process group of its own: an interrupt at the terminal is for the
	// tests, the server goes when they are gone.
	return &syscall.SysProcAttr{Credential: a.id, Setpgid: true}
}

func initCluster(ctx context.Context, bin, dir string, owner account) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", filepath.Join(dir, "data"), "--username", owner.name,
		"--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	cmd.SysProcAttr = owner.attributes()
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// run starts the server and waits until it says that it is ready. Tests never
// cut the power, so the server may skip what protects against that.
func run(bin, dir string, owner account) (*server, error) {
	cmd := watched.Command(dir, filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data"), "-k", dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60")
	cmd.Dir = dir
	cmd.SysProcAttr = owner.attributes()
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := awaitReady(log); err != nil {
		return nil, errors.Join(err, alive.Close(), cmd.Wait())
	}
	return &server{socketDir: dir, user: owner.name, alive: alive}, nil
}

// awaitReady reads the server's log until it accepts connections, and lets a
// goroutine read on, so that the server never blocks on a full pipe.
func awaitReady(log io.Reader) error {
	lines := bufio.NewScanner(log)
	var said strings.Builder
	for lines.Scan() {
		if strings.Contains(lines.Text(), "database system is ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return nil
		}
		said.WriteString(lines.Text() + "\n")
	}
	return fmt.Errorf("postgres ended before it was ready: %s", said.String())
}

func (s *server) dsn(database string) string {
	return (&url.URL{
		Scheme: "postgres", Path: "/" + database,
		RawQuery: url.Values{"host": {s.socketDir}, "user": {s.user}}.Encode(),
	}).String()
}

func (s *server) createDatabase(ctx context.Context) (string, error) {
	db, err := sql.Open(Driver, s.dsn("postgres"))
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	name := "t" + dossier.NewID() // letters and digits only: needs no quoting
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return s.dsn(name), nil
}
