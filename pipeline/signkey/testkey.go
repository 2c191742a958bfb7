package signkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sohoa/dossier"
)

// TestName is what the certificate of a test key calls its holder.
const TestName = "CHỮ KÝ THỬ – KHÔNG CÓ GIÁ TRỊ"

// testMark in a certificate's organizational unit makes a key a test key.
const testMark = "SOHOA TEST KEY"

func isTest(c *x509.Certificate) bool {
	return slices.Contains(c.Subject.OrganizationalUnit, testMark)
}

// testLife is how long a test key is valid: longer than any demonstration.
const testLife = 10 * 365 * 24 * time.Hour

// MakeTest makes the test key of a demo archive, in a file that only this
// account can read. A key that is there stays. The certificate of a new one is
// announced before its file has a name, so that no key signs that nobody has
// heard of.
func MakeTest(path string, now time.Time, announce func(dossier.Certificate) error) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	body, err := newTest(now)
	if err != nil {
		return fmt.Errorf("make test key: %w", err)
	}
	key, err := parseTest(body)
	if err != nil {
		return fmt.Errorf("make test key: %w", err)
	}
	if err := announce(key.Certificate()); err != nil {
		return fmt.Errorf("make test key: %w", err)
	}
	if err := writeDurably(path, body); err != nil {
		return fmt.Errorf("make test key: %w", err)
	}
	return nil
}

// newTest makes a P-256 key with a certificate that it signs itself, as PEM.
func newTest(now time.Time) ([]byte, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: TestName, Organization: []string{"Kho thử sohoa"}, OrganizationalUnit: []string{testMark}},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(testLife), // an hour, for clocks that are set right later
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...), nil
}

// writeDurably writes a file of this account alone, whole or not at all.
func writeDurably(path string, body []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".test-key-*") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(body)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// OpenTest reads a test key.
func OpenTest(path string) (Key, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, &Problem{Kind: NoFile, Err: err}
	}
	if err != nil {
		return Key{}, &Problem{Kind: Unreadable, Err: err}
	}
	return parseTest(body)
}

// parseTest reads a test key from PEM.
func parseTest(body []byte) (_ Key, err error) {
	var private any
	var certificates []*x509.Certificate
	for block, rest := pem.Decode(body); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			var certificate *x509.Certificate
			if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
				certificates = append(certificates, certificate)
			}
		case "PRIVATE KEY":
			private, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		}
		if err != nil {
			return Key{}, &Problem{Kind: Unreadable, Err: err}
		}
	}
	if private == nil {
		return Key{}, &Problem{Kind: NoKey}
	}
	return newKey(private, certificates)
}
