package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"sohoa/web"
)

// encryption is how the pages are served to other machines. The zero value is
// without TLS, which only this machine may use.
type encryption struct {
	config *tls.Config
	// hosts tells under which names the server answers.
	hosts func(host string) bool
	// reload looks for a new certificate now; nil where files have none.
	reload func()
}

// newEncryption sets TLS up as the settings say: by files, which are read again
// when they change, or by an ACME service.
func newEncryption(settings config, place layout, log *slog.Logger) (encryption, error) {
	switch {
	case settings.TLSCertFile != "":
		files := &certificateFiles{cert: settings.TLSCertFile, key: settings.TLSKeyFile, log: log}
		if _, err := files.current(time.Now()); err != nil {
			return encryption{}, usage("tls_cert_file holds the certificate with its chain, tls_key_file its key, both as PEM.", "%w", err)
		}
		get := func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return files.current(time.Now()) }
		return encryption{
			config: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: []string{"h2", "http/1.1"}},
			hosts:  files.named,
			reload: files.look,
		}, nil
	case len(settings.ACMEDomains) > 0:
		return acmeEncryption(settings, place, log)
	default:
		return encryption{}, nil
	}
}

// acmeEncryption gets certificates from an ACME service, by TLS-ALPN-01 (RFC
// 8737) on the port of the pages themselves.
func acmeEncryption(settings config, place layout, log *slog.Logger) (encryption, error) {
	manager := &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(settings.ACMEDomains...), Email: settings.ACMEEmail,
		Cache: autocert.DirCache(place.acme()), Client: &acme.Client{DirectoryURL: settings.ACMEDirectory, UserAgent: "sohoa/" + version},
	}
	if err := trustACME(manager.Client, settings.ACMERootsFile); err != nil {
		return encryption{}, err
	}
	named := func(host string) bool { return slices.Contains(settings.ACMEDomains, host) }
	issued := &acmeCertificates{get: manager.GetCertificate, named: named, log: log, now: time.Now}
	tlsConfig := manager.TLSConfig()
	tlsConfig.MinVersion, tlsConfig.GetCertificate = tls.VersionTLS12, issued.current
	return encryption{config: tlsConfig, hosts: named}, nil
}

// acmeCertificates says in the log why there is no certificate: the browser
// that waits for one is told nothing but that the connection failed.
type acmeCertificates struct {
	get   func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	named func(host string) bool
	log   *slog.Logger
	now   func() time.Time

	mu   sync.Mutex
	said time.Time
}

// sayEvery is how often that is said, at most.
const sayEvery = time.Minute

func (a *acmeCertificates) current(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	certificate, err := a.get(hello)
	if err == nil || !a.named(hello.ServerName) {
		return certificate, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := a.now(); now.Sub(a.said) >= sayEvery {
		a.said = now
		a.log.Warn("no certificate from the ACME service", cause(err))
	}
	return nil, err
}

// trustACME lets an office's own ACME service have a certificate of the
// office's own.
func trustACME(client *acme.Client, rootsFile string) error {
	roots, err := rootsFrom("acme_roots_file", rootsFile)
	if err != nil || roots == nil {
		return err
	}
	client.HTTPClient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	return nil
}

// rootsFrom reads the certificates that a service is known by; nil for none, so
// that those of the system count.
func rootsFrom(key, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // as package x509 has it
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, usage("It holds certificates as PEM.", "%s holds no certificate", key)
	}
	return roots, nil
}

// certificateFiles is a certificate that lies in files and is read again when
// they change. It is safe for concurrent use.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	looked time.Time
	seen   [2]stamp
	loaded *tls.Certificate
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = time.Second

// current gives the certificate as the files have it. Files that cannot be
// used, half written perhaps, change nothing: the one before stays.
func (f *certificateFiles) current(now time.Time) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded != nil && now.Sub(f.looked) < lookEvery {
		return f.loaded, nil
	}
	f.looked = now
	found := [2]stamp{stampOf(f.cert), stampOf(f.key)}
	if f.loaded != nil && found == f.seen {
		return f.loaded, nil
	}
	loaded, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		if f.loaded == nil {
			return nil, fmt.Errorf("load certificate: %w", err)
		}
		f.log.Warn("the new certificate cannot be used; the old one stays", cause(err))
		f.seen = found
		return f.loaded, nil
	}
	f.loaded, f.seen = &loaded, found
	return f.loaded, nil
}

// look reads changed files now, without waiting for the next visitor.
func (f *certificateFiles) look() {
	f.mu.Lock()
	f.looked = time.Time{}
	f.mu.Unlock()
	_, _ = f.current(time.Now()) // a certificate that cannot be used is in the log, and changes nothing
}

// named tells whether the certificate is for a host.
func (f *certificateFiles) named(host string) bool {
	loaded, err := f.current(time.Now())
	return err == nil && loaded.Leaf != nil && loaded.Leaf.VerifyHostname(host) == nil
}

// listenWeb opens the door of the pages. Beyond this machine it opens only for
// an archive with an administrator, and only with TLS.
func (d *daemon) listenWeb(ctx context.Context) (net.Listener, error) {
	settings := d.settings.Load()
	host, _, err := net.SplitHostPort(settings.Listen)
	if err != nil {
		return nil, err
	}
	if !isLoopback(host) {
		_, administered, err := d.door.State(ctx)
		if err != nil {
			return nil, err
		}
		if !administered {
			return nil, usage("Start it with --listen 127.0.0.1:8080 first and make the administrator there, or by sohoa user add NAME --role administrator.",
				"%s is reachable from other machines, and there is no administrator yet", settings.Listen)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", settings.Listen)
	if err != nil {
		return nil, usage("Choose another address with --listen.", "open the web pages: %w", err)
	}
	return listener, nil
}

// startPeople opens the register and, where nobody can give rights yet, makes
// the code for the first administrator.
func (d *daemon) startPeople(ctx context.Context) error {
	settings := *d.settings.Load()
	register, err := d.archive.openPeople(settings)
	if err != nil {
		return err
	}
	d.door = entrance{People: register, demo: d.archive.record.Demo, unit: d.archive.unit().ID}
	way, err := d.door.Way(ctx)
	if err != nil {
		return err
	}
	if way == web.WaySetup {
		d.door.setup = newSetupCode(time.Now())
	}
	if d.provider, err = newProvider(settings, register); err != nil {
		return err
	}
	d.encryption, err = newEncryption(settings, d.archive.layout, d.log.Logger)
	return err
}

// named tells under which names the pages answer: those of the certificate, and
// the one that browsers reach a proxy by.
func (d *daemon) named(host string) bool {
	if public, err := url.Parse(d.settings.Load().PublicURL); err == nil && host != "" && strings.EqualFold(host, public.Hostname()) {
		return true
	}
	return d.encryption.hosts != nil && d.encryption.hosts(host)
}

// greeting is what serve prints when it is up. The setup code is printed here
// and nowhere else.
func (d *daemon) greeting(address net.Addr) string {
	scheme := "http"
	if d.encryption.config != nil {
		scheme = "https"
	}
	text := fmt.Sprintf("Số hóa đang chạy · sohoa is serving: %s://%s/\nThư mục quét · inbox: %s\n", scheme, address, d.settings.Load().Inbox)
	if c := d.door.setup; c != nil {
		text += fmt.Sprintf("Mã khởi tạo (một lần, trong 60 phút) · setup code (once, for 60 minutes): %s\n", c.code)
	}
	return text + "Ctrl-C để dừng · Ctrl-C stops.\n"
}

// serveOn serves until the listener closes, with TLS where there is any.
func (e encryption) serveOn(server *http.Server, listener net.Listener) error {
	if e.config == nil {
		return server.Serve(listener)
	}
	server.TLSConfig = e.config
	return server.ServeTLS(listener, "", "")
}
