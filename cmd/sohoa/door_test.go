package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/web/provider/providertest"
)

// doorstep is the web side of a running daemon over an office archive, with an
// administrator called chu.
type doorstep struct {
	*daemon
	at  net.Addr
	log *logText
}

// logText is a log that may be read while it is written.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// openDoor serves the pages of an office as settings say, which stand in its
// sohoa.yaml beside what every test wants.
func openDoor(t *testing.T, settings string) doorstep {
	t.Helper()
	c := &cli{Data: newOffice(t)}
	if err := os.WriteFile(layout{root: c.Data}.config(), []byte("password_cost: low\n"+settings), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	read, err := c.config()
	if err != nil {
		t.Fatal(err)
	}
	said := &logText{}
	d := newDaemon(c, a, read, &daemonLog{Logger: slog.New(slog.NewTextHandler(said, nil)), level: &slog.LevelVar{}})
	t.Cleanup(d.kill)
	register, err := a.openPeople(read)
	if err != nil {
		t.Fatal(err)
	}
	chief := dossier.NewUser{Name: "chu", Grants: []dossier.Grant{{Role: dossier.RoleAdministrator, Unit: a.unit().ID}}}
	if _, err := register.AddUser(t.Context(), a.act("test"), chief); err != nil {
		t.Fatal(err)
	}
	if err := d.startPeople(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := d.listenWeb(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	shown := make(chan error, 1)
	go func() { shown <- d.show(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-shown; err != nil {
			t.Error(err)
		}
	})
	return doorstep{daemon: d, at: listener.Addr(), log: said}
}

// user makes a user with a password.
func (d doorstep) user(t *testing.T, n dossier.NewUser) dossier.User {
	t.Helper()
	u, err := d.door.AddUser(t.Context(), d.archive.act("test"), n)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// newBrowser keeps cookies and follows nothing.
func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// visit gives status, body and where it leads.
func visit(t *testing.T, browser *http.Client, address string) (code int, body, to string) {
	t.Helper()
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header.Get("Location")
}

// TestByTheProvider goes through the provider's own page into the archive, with
// everything real but the browser: who is bound comes in and may do what the
// account may, everybody else is told why not.
func TestByTheProvider(t *testing.T) {
	t.Parallel()
	port := providertest.FreePort(t)
	base := "http://localhost:" + port
	server := providertest.Start(t, base+"/login/provider/back")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(providertest.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := openDoor(t, "listen: localhost:"+port+"\npublic_url: "+base+"\noidc_issuer: "+server.Issuer+"\noidc_client_id: "+providertest.ClientID+"\noidc_client_secret_file: "+secret+"\n")
	unit := d.archive.unit().ID
	through := func(t *testing.T, browser *http.Client, person string) (int, string) {
		t.Helper()
		code, body, address := visit(t, browser, base+"/login/provider")
		if code != http.StatusSeeOther || !strings.HasPrefix(address, server.Issuer) {
			t.Fatalf("sent away with %d to %q: %s", code, address, body)
		}
		code, body, _ = visit(t, browser, server.Login(t, address, person).String())
		return code, body
	}

	_, page, _ := visit(t, newBrowser(t), base+"/login")
	if !strings.Contains(page, `href="/login/provider"`) {
		t.Error("the page for logging in does not name the provider")
	}
	// Nobody is made an account of; the person is told what to give to the
	// administrator, and the log is not.
	code, page := through(t, newBrowser(t), providertest.Lan)
	if code != http.StatusUnauthorized || !strings.Contains(page, providertest.LanSubject) || !strings.Contains(page, "chưa có tài khoản nào ở đây gắn với bạn") {
		t.Errorf("a stranger: %d %s", code, page)
	}
	// Bound, and for one use: the password is none of the provider's business.
	lan := d.user(t, dossier.NewUser{Name: "lan", Password: "con mèo trèo cây cau", Once: true, Grants: []dossier.Grant{{Role: dossier.RoleReviewer, Unit: unit}}})
	subject, err := d.settings.Load().subject(providertest.LanSubject)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.door.Bind(t.Context(), d.archive.act("test"), lan.ID, subject); err != nil {
		t.Fatal(err)
	}
	browser := newBrowser(t)
	if code, page = through(t, browser, providertest.Lan); code != http.StatusOK || !strings.Contains(page, "Vào làm việc") {
		t.Fatalf("lan: %d %s", code, page)
	}
	if code, _, to := visit(t, browser, base+"/dossiers"); code != http.StatusOK {
		t.Errorf("lan sees %d, sent to %q", code, to)
	}
	if code, _, _ := visit(t, browser, base+"/users"); code != http.StatusForbidden {
		t.Errorf("a reviewer at the users: %d", code)
	}
	// Logging out ends it here as for everybody.
	answer, err := browser.Post(base+"/logout", "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if code, _, to := visit(t, browser, base+"/dossiers"); code != http.StatusSeeOther || to != "/login?next=%2Fdossiers" {
		t.Errorf("after logging out: %d to %q", code, to)
	}
	// A ticket is good once, and in its own browser.
	_, _, address := visit(t, browser, base+"/login/provider")
	back := server.Login(t, address, providertest.Lan).String()
	if code, page, _ := visit(t, newBrowser(t), back); code != http.StatusUnauthorized || !strings.Contains(page, "trình duyệt khác") {
		t.Errorf("in another browser: %d", code)
	}
	// A closed account stays closed.
	if err := d.door.Close(t.Context(), d.archive.act("test"), lan.ID); err != nil {
		t.Fatal(err)
	}
	if code, page := through(t, newBrowser(t), providertest.Lan); code != http.StatusUnauthorized || !strings.Contains(page, "đã bị khóa") {
		t.Errorf("a closed account: %d", code)
	}
	// While the provider is away, names and passwords still open the door.
	server.Stop()
	if code, page, _ := visit(t, browser, back); code != http.StatusUnauthorized || !strings.Contains(page, "Không kết nối được cổng xác thực") {
		t.Errorf("the provider is away: %d %s", code, page)
	}
	for _, secret := range []string{providertest.LanSubject, providertest.Secret + "\"", "code=", "con mèo"} {
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("the log says %q: %s", secret, d.log)
		}
	}
	if !strings.Contains(d.log.String(), "provider_account") || !strings.Contains(d.log.String(), "provider_away") {
		t.Errorf("the log does not say why nobody came in: %s", d.log)
	}
}

// TestHalfAProvider is refused at the start.
func TestHalfAProvider(t *testing.T) {
	d := watchless(t, "oidc_issuer: https://id.example\noidc_client_id: x\npublic_url: https://sohoa.example\n")
	t.Setenv(secretVariable, "")
	if err := d.startPeople(t.Context()); err == nil || !strings.Contains(err.Error(), "secret") {
		t.Errorf("without its secret: %v", err)
	}
	t.Setenv(secretVariable, "from the environment")
	if err := d.startPeople(t.Context()); err != nil {
		t.Error(err)
	}
	for settings, want := range map[string]string{
		"oidc_issuer: https://id.example\n": "oidc_client_id",
		"oidc_issuer: http://id.example\noidc_client_id: x\npublic_url: https://sohoa.example\n": "oidc_issuer",
		"oidc_issuer: https://id.example\noidc_client_id: x\npublic_url: http://sohoa.example\n": "public_url",
		"oidc_second_factor: sometimes\n":                 "oidc_second_factor",
		"oidc_client_secret: geheim\n":                    "no setting called",
		"public_url: https://user:geheim@sohoa.example\n": "password",
		"proxies: [everybody]\n":                          "proxies",
		"proxies: [0.0.0.0/0]\n":                          "proxies",
		"listen: 0.0.0.0:80\n":                            "without encryption",
		"listen: 0.0.0.0:80\ntls_cert_file: x\n":          "belong together",
		"acme_domains: [sohoa.example]\ntls_cert_file: x\ntls_key_file: y\nlisten: 0.0.0.0:443\n": "keep one",
	} {
		_, err := configAs(t, settings)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v, want %q", settings, err, want)
		}
	}
}

// configAs reads settings as they would stand in sohoa.yaml.
func configAs(t *testing.T, settings string) (config, error) {
	t.Helper()
	place := layout{root: t.TempDir()}
	if err := os.WriteFile(place.config(), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return configSource{place: place}.load()
}

// watchless is a daemon that nothing runs of.
func watchless(t *testing.T, settings string) *daemon {
	t.Helper()
	a := newTestArchive(t, "")
	read, err := configAs(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	d := newDaemon(&cli{Data: a.layout.root}, a, read, &daemonLog{Logger: slog.New(slog.DiscardHandler), level: &slog.LevelVar{}})
	t.Cleanup(d.kill)
	return d
}

// TestLeavingLoopback: other machines are let in only where there is an
// administrator.
func TestLeavingLoopback(t *testing.T) {
	t.Parallel()
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	writeCertificate(t, cert, key, "sohoa.example", 1)
	for name, settings := range map[string]string{
		"with TLS": "listen: 0.0.0.0:0\ntls_cert_file: " + cert + "\ntls_key_file: " + key + "\n", "behind a proxy": "listen: 0.0.0.0:0\nproxies: [192.0.2.1]\n",
	} {
		t.Run(name, func(t *testing.T) {
			d := watchless(t, settings)
			if err := d.startPeople(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := d.listenWeb(t.Context())
			if exit, ok := errors.AsType[*exitError](err); !ok || exit.code != exitUsage || !strings.Contains(err.Error(), "no administrator") {
				t.Errorf("without an administrator: %v", err)
			}
		})
	}
}

// TestBehindAProxy: with an administrator and a proxy the pages leave loopback
// without TLS of their own; what the proxy does not bring stays outside.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	d := openDoor(t, "proxies: [127.0.0.1]\npublic_url: https://sohoa.example/\n")
	ask := func(host string, headers ...string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+d.at.String()+"/login", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		answer, err := newBrowser(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("Strict-Transport-Security")
	}
	if code, hsts := ask("sohoa.example", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"); code != http.StatusOK || hsts == "" {
		t.Errorf("by the proxy: %d, HSTS %q", code, hsts)
	}
	if code, _ := ask("sohoa.example", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "http"); code != http.StatusForbidden {
		t.Errorf("by the proxy, without TLS: %d", code)
	}
	if code, _ := ask("evil.example", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"); code != http.StatusMisdirectedRequest {
		t.Errorf("under another name: %d", code)
	}
}

// writeCertificate makes a self-signed certificate with a number.
func writeCertificate(t *testing.T, certFile, keyFile, host string, number int64) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host, "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// servedTo is the certificate that whoever asks for a host gets.
func servedTo(t *testing.T, at net.Addr, host string, roots *x509.CertPool) (*x509.Certificate, error) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at.String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	secure := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12})
	if err := secure.HandshakeContext(t.Context()); err != nil {
		return nil, err
	}
	return secure.ConnectionState().PeerCertificates[0], nil
}

// reloading lets a daemon listen for SIGHUP and gives what sends it. It is sent
// until the daemon has heard it, for it may not listen yet.
func reloading(t *testing.T, d *daemon) (hangUp func()) {
	t.Helper()
	spare := make(chan os.Signal, 1)
	signal.Notify(spare, syscall.SIGHUP) // before the daemon listens, it would end the tests
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	heard := make(chan struct{}, 100)
	reload := d.encryption.reload
	d.encryption.reload = func() { reload(); heard <- struct{}{} }
	go func() { ended <- d.reload(ctx, stampOf(d.archive.layout.config())) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		signal.Stop(spare)
	})
	return func() {
		t.Helper()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			select {
			case <-heard:
				return
			case <-tick.C:
			}
		}
	}
}

// TestANewCertificate is served after SIGHUP, without a break; one that cannot
// be used changes nothing.
func TestANewCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	roots := x509.NewCertPool()
	roots.AddCert(writeCertificate(t, cert, key, "sohoa.example", 1))
	d := openDoor(t, "listen: 127.0.0.1:0\ntls_cert_file: "+cert+"\ntls_key_file: "+key+"\n")
	serves := func(want int64) bool {
		got, err := servedTo(t, d.at, "sohoa.example", roots)
		return err == nil && got.SerialNumber.Int64() == want
	}
	waitFor(t, "the first certificate", func() bool { return serves(1) })
	hangUp := reloading(t, d.daemon)
	roots.AddCert(writeCertificate(t, cert, key, "sohoa.example", 2))
	hangUp()
	waitFor(t, "the second certificate", func() bool { return serves(2) })
	if err := os.WriteFile(cert, []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	hangUp()
	waitFor(t, "a word about half a certificate", func() bool { return strings.Contains(d.log.String(), "the old one stays") })
	if !serves(2) || strings.Contains(d.log.String(), dir) {
		t.Errorf("half a certificate is served, or the log names its file: %s", d.log)
	}
	browser := newBrowser(t)
	browser.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	here := url.URL{Scheme: "https", Host: d.at.String(), Path: "/login"}
	answer, err := browser.Get(here.String())
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS under TLS")
	}
}
