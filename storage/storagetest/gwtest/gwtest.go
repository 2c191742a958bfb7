// Package gwtest gives tests a real S3 service: versitygw over a temporary
// folder, on the loopback interface.
//
// Start at [Start]. All tests of a test binary share one server, each with
// buckets of its own; it ends with the test binary, also when that is killed.
// versitygw is meant for tests and single machines: it does not sync what it
// writes and ignores requests for encryption (which is what package s3 must
// notice).
package gwtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"sohoa/dossier"
	"sohoa/storage/storagetest/internal/watched"
)

// EnvProgram names the environment variable with the path of versitygw. Without
// it, .tools/versitygw below the module's root is taken.
const EnvProgram = "SOHOA_VERSITYGW"

// install is how a machine gets the program.
const install = "scripts/tools versitygw"

// Server is a running S3 service.
type Server struct {
	Endpoint             string // "http://127.0.0.1:port"
	AccessKey, SecretKey string

	address string    // "127.0.0.1:port"
	alive   io.Closer // closing it, or dying, ends the server
	ended   <-chan error
}

// Start returns the server, which the first call in a test binary starts. It
// fails the test when versitygw is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("start an S3 service: %v", err)
	}
	return s
}

// Bucket makes an empty bucket, with object lock (and so with versions) if
// that is wanted, and returns its name.
func (s *Server) Bucket(t testing.TB, objectLock bool) string {
	t.Helper()
	client, err := minio.New(s.address, &minio.Options{Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Region: region})
	if err != nil {
		t.Fatal(err)
	}
	name := "t" + dossier.NewID()
	if err := client.MakeBucket(t.Context(), name, minio.MakeBucketOptions{Region: region, ObjectLocking: objectLock}); err != nil {
		t.Fatalf("make a bucket: %v", err)
	}
	return name
}

const region = "us-east-1"

// shared is the one server of this test binary: what outlives each test has no
// other place.
var shared = sync.OnceValues(start)

// starts is how often a port may turn out to be taken between choosing and
// using it.
const starts = 3

func start() (*Server, error) {
	program, err := findProgram()
	if err != nil {
		return nil, err
	}
	var failed error
	for range starts {
		s, err := startOnce(program)
		if err == nil {
			return s, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

func findProgram() (string, error) {
	path := os.Getenv(EnvProgram)
	if path == "" {
		root, err := moduleRoot()
		if err != nil {
			return "", err
		}
		path = filepath.Join(root, ".tools", "versitygw")
	}
	if _, err := exec.LookPath(path); err != nil {
		return "", fmt.Errorf("versitygw is needed (in .tools or named by %s): %s", EnvProgram, install)
	}
	return path, nil
}

// moduleRoot is the nearest folder above with a go.mod: tests run in the folder
// of their package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = up
	}
}

func startOnce(program string) (*Server, error) {
	dir, err := os.MkdirTemp("", "gwtest")
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &Server{Endpoint: "http://" + address, AccessKey: "testuser", SecretKey: dossier.NewID(), address: address}
	if err := s.run(program, dir); err != nil {
		return nil, err
	}
	if err := s.awaitReady(); err != nil {
		return nil, errors.Join(err, s.alive.Close())
	}
	return s, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *Server) run(program, dir string) error {
	objects, versions := filepath.Join(dir, "objects"), filepath.Join(dir, "versions")
	for _, d := range []string{objects, versions} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return err
		}
	}
	cmd := watched.Command(dir, program, "--port", s.address, "--health", healthPath, "--region", region, "posix", "--versioning-dir", versions, objects)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said strings.Builder
	cmd.Stderr = &said
	alive, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		ended <- fmt.Errorf("versitygw ended: %w: %s", err, said.String())
	}()
	s.alive, s.ended = alive, ended
	return nil
}

const (
	healthPath   = "/health"
	startTimeout = time.Minute
	askEvery     = 20 * time.Millisecond
)

// awaitReady asks until the server answers: it has no way to tell by itself.
func (s *Server) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	again := time.NewTicker(askEvery)
	defer again.Stop()
	for {
		if s.healthy(ctx) {
			return nil
		}
		select {
		case err := <-s.ended:
			return err
		case <-ctx.Done():
			return fmt.Errorf("versitygw does not answer: %w", ctx.Err())
		case <-again.C:
		}
	}
}

func (s *Server) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint+healthPath, nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
