package signkey_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"sohoa/dossier"
	"sohoa/pipeline/signkey"
)

var now = time.Date(2026, 11, 22, 4, 2, 8, 0, time.UTC)

func ecKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certify makes a certificate for a key; without an issuer it signs itself.
func certify(t *testing.T, name string, key crypto.Signer, issuer *x509.Certificate, by crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name, Organization: []string{"Ủy ban nhân dân xã Gia Phú"}},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), BasicConstraintsValid: true, IsCA: issuer == nil,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if issuer == nil {
		issuer, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// file writes a PKCS#12 file.
func file(t *testing.T, key any, own *x509.Certificate, others ...*x509.Certificate) string {
	t.Helper()
	body, err := pkcs12.Modern.Encode(key, own, others, "mật khẩu")
	if err != nil {
		t.Fatal(err)
	}
	return written(t, body)
}

func written(t *testing.T, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "office.p12")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// kindOf is the kind of a problem; every problem says in both languages what to
// do, and nothing of the password.
func kindOf(t *testing.T, err error) signkey.ProblemKind {
	t.Helper()
	problem, ok := errors.AsType[*signkey.Problem](err)
	if !ok {
		t.Fatalf("no problem but %v", err)
	}
	for _, lang := range []string{"vi", "en"} {
		if text := problem.Text(lang); len(text) < 40 || strings.Contains(text, "%") || strings.Contains(text, "mật khẩu sai") {
			t.Errorf("%s in %s: %q", problem.Kind, lang, text)
		}
	}
	return problem.Kind
}

func TestOfficeKey(t *testing.T) {
	root, office := ecKey(t), ecKey(t)
	issuer := certify(t, "Dịch vụ thử", root, nil, nil)
	own := certify(t, "Con dấu thử", office, issuer, root)
	stranger := certify(t, "Không liên quan", ecKey(t), nil, nil)
	key, err := signkey.Open(file(t, office, issuer, stranger, own), "mật khẩu") // in a wrong order
	if err != nil {
		t.Fatal(err)
	}
	if len(key.Chain) != 2 || !key.Chain[0].Equal(own) || !key.Chain[1].Equal(issuer) {
		t.Errorf("a chain of %d certificates, want the key's own and its issuer's", len(key.Chain))
	}
	c := key.Certificate()
	if c.Holder != "Con dấu thử" || c.Organization != "Ủy ban nhân dân xã Gia Phú" || c.Issuer != "Dịch vụ thử" || c.Serial != "7" || c.Test {
		t.Errorf("named as %+v", c)
	}
	if err := errors.Join(key.For(false), key.At(now)); err != nil {
		t.Errorf("refused: %v", err)
	}
	if kind := kindOf(t, key.For(true)); kind != signkey.OfficeKeyInDemo {
		t.Errorf("in a demo archive: %s", kind)
	}
	if kind := kindOf(t, key.At(now.AddDate(2, 0, 0))); kind != signkey.Expired {
		t.Errorf("too late: %s", kind)
	}
	if kind := kindOf(t, key.At(now.AddDate(-2, 0, 0))); kind != signkey.NotYet {
		t.Errorf("too early: %s", kind)
	}
}

func TestKeysThatCannotBeUsed(t *testing.T) {
	office := ecKey(t)
	own := certify(t, "Con dấu thử", office, nil, nil)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	noKey, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{own}, "mật khẩu")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, path, password string
		want                 signkey.ProblemKind
	}{
		{"wrong password", file(t, office, own), "mật khẩu sai", signkey.Password},
		{"no file", filepath.Join(t.TempDir(), "gone.p12"), "mật khẩu", signkey.NoFile},
		{"no PKCS#12", written(t, []byte("-----BEGIN CERTIFICATE-----")), "mật khẩu", signkey.Unreadable},
		{"no key", written(t, noKey), "mật khẩu", signkey.NoKey},
		{"other certificate", file(t, office, certify(t, "x", ecKey(t), nil, nil)), "mật khẩu", signkey.Mismatch},
		{"weak key", file(t, weak, certify(t, "x", weak, nil, nil)), "mật khẩu", signkey.KeyType},
		{"unknown algorithm", camellia(t, office, own), "mật khẩu", signkey.Algorithm},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := signkey.Open(tc.path, tc.password)
			if kind := kindOf(t, err); kind != tc.want {
				t.Errorf("%s (%v), want %s", kind, errors.Unwrap(err), tc.want)
			}
		})
	}
}

// camellia has openssl encrypt a key file by an algorithm few others know.
func camellia(t *testing.T, key crypto.Signer, own *x509.Certificate) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	both := written(t, append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Raw})...))
	out := filepath.Join(t.TempDir(), "camellia.p12")
	export := exec.CommandContext(t.Context(), "openssl", "pkcs12", "-export", "-in", both, "-out", out, "-passout", "pass:mật khẩu",
		"-keypbe", "camellia-256-cbc", "-certpbe", "camellia-256-cbc", "-macalg", "sha256")
	if said, err := export.CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, said)
	}
	return out
}

func TestTestKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test-key.pem")
	if err := signkey.MakeTest(path, now, func(dossier.Certificate) error { return errors.New("not heard") }); err == nil {
		t.Error("a key that could not be announced is made")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key that nobody has heard of has its name")
	}
	var announced []dossier.Certificate
	announce := func(c dossier.Certificate) error { announced = append(announced, c); return nil }
	if err := signkey.MakeTest(path, now, announce); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want a file of this account alone", info, err)
	}
	first, err := signkey.OpenTest(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := signkey.MakeTest(path, now, announce); err != nil {
		t.Fatal(err)
	}
	if len(announced) != 1 || announced[0] != first.Certificate() {
		t.Errorf("announced %+v, want the certificate of the key once", announced)
	}
	if again, err := signkey.OpenTest(path); err != nil || !again.Chain[0].Equal(first.Chain[0]) {
		t.Errorf("a key that was there was replaced: %v", err)
	}
	if c := first.Certificate(); !c.Test || c.Holder != signkey.TestName {
		t.Errorf("named as %+v", c)
	}
	if err := errors.Join(first.For(true), first.At(now)); err != nil {
		t.Errorf("refused: %v", err)
	}
	if kind := kindOf(t, first.For(false)); kind != signkey.TestKeyInOffice {
		t.Errorf("in an office: %s", kind)
	}
}

// TestNothingIsTriedTwice: a wrong password stays wrong until the next start.
func TestNothingIsTriedTwice(t *testing.T) {
	tries := 0
	source := signkey.Once(false, func() (signkey.Key, error) {
		tries++
		return signkey.Key{}, &signkey.Problem{Kind: signkey.Password}
	})
	for range 3 {
		_, err := source.Key(now)
		if kind := kindOf(t, err); kind != signkey.Password {
			t.Errorf("%s", kind)
		}
	}
	if tries != 1 {
		t.Errorf("tried %d times", tries)
	}
}
