package s3_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/storage"
	"sohoa/storage/s3"
	"sohoa/storage/storagetest"
	"sohoa/storage/storagetest/gwtest"
)

func TestConformance(t *testing.T) {
	storagetest.Run(t, openEmpty)
}

func openEmpty(t *testing.T) storage.Store {
	t.Helper()
	return open(t, config(t, false))
}

// A bucket as an archive would have it: locked, with versions.
func TestConformanceOfALockedBucket(t *testing.T) {
	storagetest.Run(t, openLocked)
}

func openLocked(t *testing.T) storage.Store {
	t.Helper()
	c := config(t, true)
	c.Need = s3.Promises{ObjectLock: true, Versioning: true}
	return open(t, c)
}

// config is that of an empty bucket of the real service.
func config(t *testing.T, objectLock bool) s3.Config {
	t.Helper()
	server := gwtest.Start(t)
	return s3.Config{
		Endpoint: server.Endpoint, Bucket: server.Bucket(t, objectLock), AccessKey: server.AccessKey, SecretKey: server.SecretKey, Spool: t.TempDir(),
	}
}

func open(t *testing.T, c s3.Config) *s3.Store {
	t.Helper()
	s, err := s3.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAPromiseThatIsNotKeptIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		need s3.Promises
		says string
	}{
		{"object lock", s3.Promises{ObjectLock: true}, "object lock is asked for"},
		{"versions", s3.Promises{Versioning: true}, "versions are asked for"},
		{"encryption that is silently ignored", s3.Promises{Encryption: true}, "encryption is asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := config(t, false)
			config.Need = c.need
			_, err := s3.Open(t.Context(), config)
			wantRefused(t, err, c.says)
		})
	}
	t.Run("no bucket", func(t *testing.T) {
		config := config(t, false)
		config.Bucket = "missing"
		_, err := s3.Open(t.Context(), config)
		wantRefused(t, err, "the bucket does not exist")
	})
}

func wantRefused(t *testing.T, err error, says string) {
	t.Helper()
	if !errors.Is(err, s3.ErrPromise) || dossier.KindOf(err) != dossier.Stop || !strings.Contains(err.Error(), says) {
		t.Fatalf("got %v, want a Stop fault that says %q", err, says)
	}
}

// forgetful is a service that says yes to everything and ignores conditions.
func forgetful(t *testing.T) s3.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
	}))
	t.Cleanup(server.Close)
	return fake(t, server.URL)
}

func fake(t *testing.T, endpoint string) s3.Config {
	t.Helper()
	return s3.Config{Endpoint: endpoint, Bucket: "bucket", AccessKey: "key", SecretKey: "secret", Spool: t.TempDir(), Stall: 5 * time.Second}
}

func TestAServiceThatOverwritesIsRefused(t *testing.T) {
	_, err := s3.Open(t.Context(), forgetful(t))
	wantRefused(t, err, "ignores If-None-Match")
}

// An encrypting service is believed: it answers with the header that versitygw
// leaves out.
func TestEncryptionThatIsKeptIsAccepted(t *testing.T) {
	puts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		switch r.Method {
		case http.MethodPut:
			if r.Header.Get("X-Amz-Server-Side-Encryption") != "AES256" {
				t.Error("a Put without asking for encryption")
			}
			if puts++; puts > 1 {
				w.WriteHeader(http.StatusPreconditionFailed)
			}
		case http.MethodHead:
			w.Header().Set("X-Amz-Server-Side-Encryption", "AES256")
		}
	}))
	t.Cleanup(server.Close)
	c := fake(t, server.URL)
	c.Need.Encryption = true
	open(t, c)
}

func TestTroubleOnTheWayIsToBeTriedAgain(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := l.Addr().String()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		wantRetry(t, fake(t, "http://"+address))
	})
	t.Run("busy", func(t *testing.T) {
		wantRetry(t, answering(t, func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }))
	})
	t.Run("hangs up", func(t *testing.T) {
		wantRetry(t, answering(t, func(http.ResponseWriter) { panic(http.ErrAbortHandler) }))
	})
	t.Run("stalls", func(t *testing.T) {
		c := answering(t, func(http.ResponseWriter) { <-t.Context().Done() })
		c.Stall = 50 * time.Millisecond
		wantRetry(t, c)
	})
}

func answering(t *testing.T, answer func(http.ResponseWriter)) s3.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) }))
	t.Cleanup(server.Close)
	return fake(t, server.URL)
}

func wantRetry(t *testing.T, c s3.Config) {
	t.Helper()
	_, err := s3.Open(t.Context(), c)
	if err == nil || dossier.KindOf(err) != dossier.Retry || dossier.ReasonOf(err) != dossier.ReasonStoreOffline {
		t.Fatalf("got %v, want a Retry fault: the store is offline", err)
	}
}

func TestWhatTheServiceRefusesIsNotTriedAgain(t *testing.T) {
	c := config(t, false)
	c.SecretKey = "wrong"
	_, err := s3.Open(t.Context(), c)
	if dossier.KindOf(err) != dossier.Stop {
		t.Fatalf("wrong key: %v, want Stop", err)
	}
	if strings.Contains(err.Error(), c.AccessKey) {
		t.Errorf("the error names the key: %v", err)
	}
	for _, endpoint := range []string{"", "host", "ftp://host", "https://", "://"} {
		if _, err := s3.Open(t.Context(), s3.Config{Endpoint: endpoint, Bucket: "bucket"}); err == nil {
			t.Errorf("endpoint %q was accepted", endpoint)
		}
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := answering(t, func(http.ResponseWriter) { cancel(); <-t.Context().Done() })
	if _, err := s3.Open(ctx, c); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}

// What was on its way when sohoa was killed is removed at the next start, and
// nothing else.
func TestTheSpoolIsCleared(t *testing.T) {
	c := config(t, false)
	for _, name := range []string{"sohoa-s3-123", "of somebody else"} {
		if err := os.WriteFile(filepath.Join(c.Spool, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, c)
	wantSpool(t, c.Spool, "of somebody else")
	if _, err := s.Put(t.Context(), "a", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	wantSpool(t, c.Spool, "of somebody else")
	_, release, err := s.LocalPath(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	release()
	wantSpool(t, c.Spool, "of somebody else")
}

func wantSpool(t *testing.T, dir, want string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != want {
		t.Fatalf("spool holds %v, %v; want only %q", entries, err, want)
	}
}
