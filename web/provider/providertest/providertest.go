// Package providertest gives tests a real identity provider: the example server
// of zitadel/oidc, a certified library, as a process of its own.
//
// Start at [Start]. The server knows one client, which has a secret, and two
// people; [Server.Login] does what they do at its page.
package providertest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// EnvProgram names the environment variable with the path of the program.
// Without it, .tools/oidc-provider below the module's root is taken.
const EnvProgram = "SOHOA_OIDC_PROVIDER"

// What the server knows.
const (
	ClientID = "web"
	Secret   = "secret"
	// Password is that of everybody.
	Password = "một câu dễ nhớ 7"
	// Lan is known to others by LanSubject, and Hoa by hoa-2.
	Lan = "lan"
	// LanSubject is Lan in tokens.
	LanSubject = "lan-1"
	// Hoa may log in, too.
	Hoa = "hoa"
)

const users = `{
	"lan-1": {"ID": "lan-1", "Username": "lan", "Password": "` + Password + `", "FirstName": "Lan", "PreferredLanguage": "vi"},
	"hoa-2": {"ID": "hoa-2", "Username": "hoa", "Password": "` + Password + `", "FirstName": "Hoa", "PreferredLanguage": "vi"}
}`

// Server is a running provider.
type Server struct {
	Issuer string
	stop   func()
}

// starts is how often a port may turn out to be taken between choosing and
// using it.
const starts = 3

// Start starts a provider that sends browsers back to the address. It fails the
// test when the program is not installed.
func Start(t testing.TB, redirect string) *Server {
	t.Helper()
	program, err := findProgram()
	if err != nil {
		t.Fatal(err)
	}
	people := filepath.Join(t.TempDir(), "users.json")
	if err := os.WriteFile(people, []byte(users), 0o600); err != nil {
		t.Fatal(err)
	}
	var failed error
	for range starts {
		s, err := start(t, program, people, redirect)
		if err == nil {
			return s
		}
		failed = errors.Join(failed, err)
	}
	t.Fatalf("start an identity provider: %v", failed)
	return nil
}

func start(t testing.TB, program, people, redirect string) (*Server, error) {
	t.Helper()
	port := FreePort(t)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	command := exec.CommandContext(ctx, program)
	command.Env = append(os.Environ(), "PORT="+port, "USERS_FILE="+people, "REDIRECT_URI="+redirect)
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		cancel()
		return nil, err
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	s := &Server{Issuer: "http://localhost:" + port + "/", stop: func() { cancel(); <-ended }}
	t.Cleanup(s.stop)
	return s, s.answers(t, ended)
}

// answers waits until the provider does.
func (s *Server) answers(t testing.TB, ended <-chan struct{}) error {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		response, err := http.Get(s.Issuer + ".well-known/openid-configuration")
		if err == nil {
			_ = response.Body.Close()
			return nil
		}
		select {
		case <-tick.C:
		case <-ended:
			return errors.New("it ended at once")
		case <-deadline:
			return fmt.Errorf("it does not answer: %w", err)
		}
	}
}

// Stop ends the provider, as when it is away.
func (s *Server) Stop() { s.stop() }

// Login goes to the provider's page with a browser, logs in there, and gives
// the address that the provider sends the browser back to, unvisited.
func (s *Server) Login(t testing.TB, address, user string) *url.URL {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	here, err := url.Parse(s.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	var away *url.URL
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != here.Host {
			away = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := browser.Get(address)
	if err != nil {
		t.Fatalf("the provider's page: %v", err)
	}
	_ = page.Body.Close()
	id := page.Request.URL.Query().Get("authRequestID")
	if id == "" {
		t.Fatalf("the provider asks for no password: %s at %s", page.Status, page.Request.URL.Path)
	}
	sent, err := browser.PostForm(s.Issuer+"login/username", url.Values{"id": {id}, "username": {user}, "password": {Password}})
	if err != nil {
		t.Fatalf("log in at the provider: %v", err)
	}
	_ = sent.Body.Close()
	if away == nil {
		t.Fatalf("the provider sends nobody back: %s", sent.Status)
	}
	return away
}

// FreePort is a port of this machine that nobody listens at now.
func FreePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func findProgram() (string, error) {
	path := os.Getenv(EnvProgram)
	for dir := "."; path == "" && len(dir) < 40; dir += "/.." { // tests run in the folder of their package
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path = filepath.Join(dir, ".tools", "oidc-provider")
		}
	}
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = exec.LookPath(path)
	}
	if err != nil || strings.TrimSpace(path) == "" {
		return "", fmt.Errorf("an identity provider is needed (in .tools or named by %s): scripts/tools oidc-provider", EnvProgram)
	}
	return path, nil
}
