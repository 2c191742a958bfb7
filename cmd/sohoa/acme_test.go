package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sohoa/web/provider/providertest"
)

// everyNameIsHere is a name server for which every name is this machine: the
// ACME service asks it where to look for us. Messages are those of RFC 1035,
// section 4, over TCP.
func everyNameIsHere(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerNames(conn)
		}
	}()
	return listener.Addr().String()
}

func answerNames(conn net.Conn) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, query); err != nil || len(query) < 12 {
			return
		}
		end := 12 // of the name of the one question
		for end < len(query) && query[end] != 0 {
			end += int(query[end]) + 1
		}
		if end+5 > len(query) {
			return
		}
		answer := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[12:end+5]...)
		if binary.BigEndian.Uint16(query[end+1:]) == 1 { // A, and no AAAA
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1)
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// pebble is a running ACME service of Let's Encrypt's own for tests.
type pebble struct {
	directory string         // its address
	rootsFile string         // what it is known by itself
	issuing   *x509.CertPool // what it issues under
}

// startPebble starts one that looks for us at a port.
func startPebble(t *testing.T, port string) pebble {
	t.Helper()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	known := x509.NewCertPool()
	known.AddCert(writeCertificate(t, cert, key, "localhost", 1))
	listen, manage := "127.0.0.1:"+providertest.FreePort(t), "127.0.0.1:"+providertest.FreePort(t)
	settings, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": manage, "certificate": cert, "privateKey": key,
		"tlsPort": json.Number(port), "httpPort": 1, "keyAlgorithm": "ecdsa", "retryAfter": map[string]int{"authz": 1, "order": 1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pebble.json")
	if err := os.WriteFile(file, settings, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	command := exec.CommandContext(ctx, toolPath(t, "SOHOA_PEBBLE", "pebble"), "-config", file, "-dnsserver", everyNameIsHere(t))
	command.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = command.Wait() })
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: known, MinVersion: tls.VersionTLS12}}}
	p := pebble{directory: "https://" + listen + "/dir", rootsFile: cert, issuing: x509.NewCertPool()}
	waitFor(t, "pebble", func() bool {
		answer, err := client.Get("https://" + manage + "/roots/0")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		root, err := io.ReadAll(answer.Body)
		return err == nil && p.issuing.AppendCertsFromPEM(root)
	})
	return p
}

// toolPath finds a program that scripts/tools has built.
func toolPath(t *testing.T, variable, name string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		path = filepath.Join("..", "..", ".tools", name)
	}
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = exec.LookPath(path)
	}
	if err != nil {
		t.Fatalf("%s is needed (in .tools or named by %s): scripts/tools %s", name, variable, name)
	}
	return path
}

// TestACME gets a certificate from a real ACME service, which looks at the
// pages' own port whether the name is ours, and serves it.
func TestACME(t *testing.T) {
	t.Parallel()
	port := providertest.FreePort(t)
	service := startPebble(t, port)
	settings := "listen: 127.0.0.1:" + port + "\nacme_domains: [sohoa.example]\nacme_email: admin@sohoa.example\nacme_directory: " + service.directory +
		"\nacme_roots_file: " + service.rootsFile + "\n"
	d := openDoor(t, settings)
	got, err := servedTo(t, d.at, "sohoa.example", service.issuing)
	if err != nil {
		t.Fatalf("%v; the log: %s", err, d.log)
	}
	if err := got.VerifyHostname("sohoa.example"); err != nil {
		t.Error(err)
	}
	again, err := servedTo(t, d.at, "sohoa.example", service.issuing)
	if err != nil || again.SerialNumber.Cmp(got.SerialNumber) != 0 {
		t.Errorf("another certificate for the next visitor: %v", err)
	}
	if kept, err := os.ReadFile(filepath.Join(d.archive.layout.acme(), "sohoa.example")); err != nil || !strings.Contains(string(kept), "CERTIFICATE") {
		t.Errorf("it is not kept for the next start: %v", err)
	}
	if _, err := servedTo(t, d.at, "evil.example", service.issuing); err == nil {
		t.Error("a certificate for a name that is not ours")
	}
	if strings.Contains(d.log.String(), "ACME") {
		t.Errorf("the log: %s", d.log)
	}
}

// TestNoACMEService is said in the log, with its cause, and not for each browser
// that comes.
func TestNoACMEService(t *testing.T) {
	t.Parallel()
	d := openDoor(t, "acme_domains: [sohoa.example]\nlisten: 127.0.0.1:0\nacme_directory: https://127.0.0.1:"+providertest.FreePort(t)+"/dir\n")
	for range 3 {
		if _, err := servedTo(t, d.at, "sohoa.example", nil); err == nil {
			t.Fatal("a certificate out of nothing")
		}
	}
	if n := strings.Count(d.log.String(), "no certificate from the ACME service"); n != 1 || !strings.Contains(d.log.String(), "connection refused") {
		t.Errorf("%d lines in the log: %s", n, d.log)
	}
	for settings, want := range map[string]string{
		"acme_domains: [x]\nacme_roots_file: /nonexistent\n": "acme_roots_file", "acme_domains: [x]\nacme_roots_file: /dev/null\n": "holds no certificate",
	} {
		read, err := configAs(t, settings)
		if err == nil {
			_, err = newEncryption(read, d.archive.layout, d.archive.log)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", settings, err)
		}
	}
}
