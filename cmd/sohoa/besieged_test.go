package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"sohoa/dossier"
)

// What is known about people here, to be looked for where it must not be.
const (
	childName   = "Nguyễn Thị Dao"
	childNumber = "012345678912"
	patientName = "Trần Văn Ốm"
	patientCode = "H38.12-260102-0002"
)

// besieged is a running serve, the real program, on an office archive with a
// birth certificate, a paper of a sensitive kind and a page that waits. Four
// people may log in; nobody gives rights yet. Password hashes are cheap
// (password_cost: low), so that many tries take little time.
type besieged struct {
	t               *testing.T
	data, url       string
	log             *logText
	code            string          // for the first administrator
	open, sensitive dossier.Dossier // of these two papers
}

// besiege fills an archive and serves it.
func besiege(t *testing.T) *besieged {
	t.Helper()
	b := &besieged{t: t, data: newOffice(t), log: &logText{}}
	r := &rig{cli: &cli{Data: b.data, Log: silent}, reader: &textReader{}}
	o := r.feed(t,
		separator(t, someCode, 0), paper(birth, childName)+"Số định danh cá nhân: "+childNumber+"\n",
		separator(t, patientCode, 0), paper("GIẤY KHÁM SỨC KHỎE", patientName), "trang chờ")
	if len(o.Dossiers) != 2 || len(o.Dossiers[0].Components) != 1 || len(o.Dossiers[1].Components) != 1 {
		t.Fatalf("the papers became %+v", o.Dossiers)
	}
	b.open, b.sensitive = o.Dossiers[0].Dossier, o.Dossiers[1].Dossier
	r.with(t, func(a *archive) { b.people(t, a) })
	b.serve(t)
	return b
}

// password is what everybody here logs in with.
const password = "bốn mùa thay áo"

// people makes those who may log in: hoa keeps the archive, lan takes paper in,
// xa is an archivist of another unit, gia may see marriage certificates only.
func (b *besieged) people(t *testing.T, a *archive) {
	t.Helper()
	register, err := a.openPeople(config{PasswordCost: costLow})
	if err != nil {
		t.Fatal(err)
	}
	home := a.unit().ID
	for name, grants := range map[string][]dossier.Grant{
		"hoa": {{Role: dossier.RoleArchivist, Unit: home}},
		"lan": {{Role: dossier.RoleIntake, Unit: home}, {Role: dossier.RoleReviewer, Unit: home}},
		"xa":  {{Role: dossier.RoleArchivist, Unit: "elsewhere"}},
		"gia": {{Role: dossier.RoleArchivist, Unit: home, Kinds: []string{"marriage_certificate"}}},
	} {
		if _, err := register.AddUser(t.Context(), a.act("test"), dossier.NewUser{Name: name, Password: password, Grants: grants}); err != nil {
			t.Fatal(err)
		}
	}
}

// program is the whole program, in a process of its own, on the archive.
func (b *besieged) program(args ...string) *exec.Cmd {
	b.t.Helper()
	self, err := os.Executable()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.CommandContext(b.t.Context(), self, args...)
	cmd.Env = append(os.Environ(), programVariable+"=1", "SOHOA_DATA="+b.data, "SOHOA_PASSWORD_COST=low", "SOHOA_LOG_LEVEL=debug",
		"SOHOA_POLL=100ms", "SOHOA_SETTLE=200ms", "SOHOA_BATCH_IDLE=1s", "SOHOA_MIN_FREE_GB=0.001")
	return cmd
}

// serve starts the program and reads its greeting.
func (b *besieged) serve(t *testing.T) {
	t.Helper()
	serve := b.program("serve", "--listen", "127.0.0.1:0", "--log-format", "json")
	serve.Stderr = b.log
	out, err := serve.StdoutPipe()
	if err == nil {
		err = serve.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait()
	})
	lines := bufio.NewScanner(out)
	for (b.url == "" || b.code == "") && lines.Scan() {
		if address := servedAt.FindString(lines.Text()); address != "" {
			b.url = strings.TrimSuffix(address, "/")
		}
		if _, code, ok := strings.Cut(lines.Text(), "60 minutes): "); ok {
			b.code = code
		}
	}
	if b.url == "" || b.code == "" {
		t.Fatalf("serve ended without an address and a setup code\n%s", b.log)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// browser is somebody at an address of their own: the whole of 127.0.0.0/8 is
// this machine. It follows no redirect.
func (b *besieged) browser(address string) *http.Client {
	client := newBrowser(b.t)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	client.Transport = &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	return client
}

// asked is an answer, read whole.
type asked struct {
	code   int
	header http.Header
	body   string
}

func (b *besieged) do(client *http.Client, r *http.Request) asked {
	b.t.Helper()
	response, err := client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		b.t.Fatal(err)
	}
	return asked{response.StatusCode, response.Header, string(body)}
}

func (b *besieged) get(client *http.Client, path string) asked {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(client, r)
}

func (b *besieged) post(client *http.Client, path string, form url.Values, headers ...string) asked {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.do(client, r)
}

// enter lets somebody in at an address.
func (b *besieged) enter(address, name string) *http.Client {
	b.t.Helper()
	client := b.browser(address)
	if got := b.post(client, "/login", url.Values{"name": {name}, "password": {password}}); got.code != http.StatusSeeOther {
		b.t.Fatalf("%s cannot log in: %d", name, got.code)
	}
	return client
}

// at is the program's address as cookies are kept for it.
func (b *besieged) at() *url.URL {
	at, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	return at
}

// secret is that of the session a browser has.
func (b *besieged) secret(client *http.Client) string {
	for _, c := range client.Jar.Cookies(b.at()) {
		if c.Name == "sohoa" {
			return c.Value
		}
	}
	return ""
}

// with gives a browser at an address the secret of a session.
func (b *besieged) with(address, secret string) *http.Client {
	client := b.browser(address)
	client.Jar.SetCookies(b.at(), []*http.Cookie{{Name: "sohoa", Value: secret}})
	return client
}

// dial opens a line to the program, for what a client library would not send.
func (b *besieged) dial() net.Conn {
	conn, err := net.Dial("tcp", b.at().Host)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	return conn
}
