package pgtest_test

import (
	"bufio"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"sohoa/storage/storagetest/pgtest"
)

func TestEveryTestGetsItsOwnDatabase(t *testing.T) {
	one, two := open(t, pgtest.Start(t)), open(t, pgtest.Start(t))
	for _, db := range []*sql.DB{one, two} {
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE same (n int)"); err != nil {
			t.Fatal(err)
		}
	}
	var encoding, listen string
	if err := one.QueryRowContext(t.Context(), "SELECT current_setting('server_encoding'), current_setting('listen_addresses')").Scan(&encoding, &listen); err != nil {
		t.Fatal(err)
	}
	if encoding != "UTF8" || listen != "" {
		t.Fatalf("encoding %q, listening on %q", encoding, listen)
	}
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(pgtest.Driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

const childMark = "SOHOA_TEST_PGTEST_CHILD"

// A killed test binary leaves neither a server nor its folder behind.
func TestTheServerEndsWithTheTestBinary(t *testing.T) {
	if os.Getenv(childMark) != "" {
		_, _ = os.Stdout.WriteString("dsn " + pgtest.Start(t) + "\n")
		_, _ = io.ReadAll(os.Stdin) // until killed
		return
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheServerEndsWithTheTestBinary$")
	child.Env = append(os.Environ(), childMark+"=1")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	dir := socketDir(t, out)
	gone := watchSocket(t, dir)
	if err := child.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed: always an error
	<-gone
}

// socketDir reads the folder of the server out of what the child prints.
func socketDir(t *testing.T, out io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if dsn, ok := strings.CutPrefix(lines.Text(), "dsn "); ok {
			u, err := url.Parse(dsn)
			if err != nil {
				t.Fatal(err)
			}
			return u.Query().Get("host")
		}
	}
	t.Fatal("the child printed no data source name")
	return ""
}

// watchSocket gives a channel that is closed when the folder has gone.
func watchSocket(t *testing.T, dir string) <-chan struct{} {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.InotifyAddWatch(fd, dir, syscall.IN_DELETE_SELF); err != nil {
		t.Fatal(err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		defer func() { _ = events.Close() }()
		if _, err := events.Read(make([]byte, 4096)); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("folder after the event: %v, want it gone", err)
		}
	}()
	return gone
}
