package pades_test

import (
	"crypto"
	"crypto/elliptic"
	"os"
	"path/filepath"
	"testing"

	"github.com/ThalesGroup/crypto11"
)

// token makes a PKCS#11 token of software, as an office's token is one of
// hardware.
func token(t *testing.T) *crypto11.Context {
	t.Helper()
	const library = "/usr/lib/softhsm/libsofthsm2.so"
	folder := t.TempDir()
	settings := filepath.Join(folder, "softhsm2.conf")
	if err := os.WriteFile(settings, []byte("directories.tokendir = "+folder+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", settings)
	if out, err := run(t, "softhsm2-util", "--init-token", "--free", "--label", "sohoa", "--so-pin", "876543", "--pin", "123456"); err != nil {
		t.Fatalf("softhsm2-util: %v\n%s", err, out)
	}
	device, err := crypto11.Configure(&crypto11.Config{Path: library, TokenLabel: "sohoa", Pin: "123456"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := device.Close(); err != nil {
			t.Error(err)
		}
	})
	return device
}

// TestToken signs with keys that never leave their token.
func TestToken(t *testing.T) {
	device := token(t)
	rsaKey, err := device.GenerateRSAKeyPair([]byte{1}, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := device.GenerateECDSAKeyPair([]byte{2}, elliptic.P256())
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"rsa": rsaKey, "ecdsa": ecKey} {
		file := sign(t, request(paper(t, 1), blockLines()...), newSigner(t, key, nil))
		if err := check(t, file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		sees(t, save(t, name+".pdf", file), 1)
	}
}
