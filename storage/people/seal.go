package people

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// keySize is that of AES-256.
const keySize = 32

// NewKey makes the key of a register.
func NewKey() []byte {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails
	return key
}

var errSealed = errors.New("a sealed value cannot be opened: it was sealed with another key")

func (p *People) sealer() (cipher.AEAD, error) {
	block, err := aes.NewCipher(p.Key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Seal encrypts a value (AES-256-GCM) so that only this register can open it,
// and only for the same purpose.
func (p *People) Seal(purpose string, value []byte) (string, error) {
	aead, err := p.sealer()
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, value, []byte(purpose))), nil
}

// Unseal opens what [People.Seal] made.
func (p *People) Unseal(purpose, sealed string) ([]byte, error) {
	aead, err := p.sealer()
	if err != nil {
		return nil, fmt.Errorf("open sealed value: %w", err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < aead.NonceSize() {
		return nil, errSealed
	}
	value, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(purpose))
	if err != nil {
		return nil, errSealed
	}
	return value, nil
}

// digest is what is stored of a random secret: 128 bits need no slow hash.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// keyedDigest is what is stored of a secret that is short enough to be tried
// out by whoever has the database, but not the key.
func (p *People) keyedDigest(purpose, secret string) string {
	mac := hmac.New(sha256.New, p.Key)
	_, _ = mac.Write([]byte(purpose + "\x00" + secret)) // a hash takes everything
	return hex.EncodeToString(mac.Sum(nil))
}
