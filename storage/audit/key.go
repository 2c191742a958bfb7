package audit

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key is the archive's own Ed25519 key: it signs checkpoints, and what people
// search for is digested under it.
type Key struct {
	signer note.Signer
	// verifier is the public half, in the form of package note.
	verifier string
	words    []byte
}

// keyName is what keys of an archive are called in signatures.
func keyName(archive string) string { return "sohoa/" + archive }

// Archive is the id of the archive whose key it is.
func (k *Key) Archive() string { return strings.TrimPrefix(k.signer.Name(), keyName("")) }

// Verifier is the public half, for whoever checks signatures.
func (k *Key) Verifier() string { return k.verifier }

// digest is what the log keeps of words. Names are easily guessed, so the
// digest is keyed: a copy of the database alone tells nothing about them.
func (k *Key) digest(words string) string {
	mac := hmac.New(sha256.New, k.words)
	mac.Write([]byte(words))
	return hex.EncodeToString(mac.Sum(nil))
}

// ErrNoKey says that the archive's key is not where it should be.
var ErrNoKey = errors.New("the key of the archive's log is missing")

// LoadKey reads the key file, or gives [ErrNoKey].
func LoadKey(path string) (*Key, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoKey
	}
	if err != nil {
		return nil, fmt.Errorf("read the log's key: %w", err)
	}
	return parseKey(strings.TrimSpace(string(body)))
}

// parseKey reads a private key in the form of package note:
// PRIVATE+KEY+name+hash+base64 of an algorithm byte and the seed.
func parseKey(text string) (*Key, error) {
	signer, err := note.NewSigner(text)
	if err != nil {
		return nil, errors.New("read the log's key: it is damaged") // its own words might show it
	}
	parts := strings.SplitN(text, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, errors.New("read the log's key: it is damaged")
	}
	public, ok := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("read the log's key: it is damaged")
	}
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return nil, fmt.Errorf("read the log's key: %w", err)
	}
	mac := hmac.New(sha256.New, raw[1:])
	mac.Write([]byte("sohoa/search words/1"))
	return &Key{signer: signer, verifier: verifier, words: mac.Sum(nil)}, nil
}

// MakeKey makes the key of an archive and keeps it at path, for its owner's
// eyes only. A key that is there already is kept, also when it was made for an
// archive that then was not: losing a key is worse than an old name.
func MakeKey(path, archive string) (*Key, error) {
	if key, err := LoadKey(path); !errors.Is(err, ErrNoKey) {
		return key, err
	}
	text, _, err := note.GenerateKey(rand.Reader, keyName(archive))
	if err != nil {
		return nil, fmt.Errorf("make the log's key: %w", err)
	}
	if err := writeSecret(path, text+"\n"); err != nil {
		return nil, fmt.Errorf("make the log's key: %w", err)
	}
	return LoadKey(path)
}

// writeSecret writes a small file that is whole and durable, or absent. What
// lies at path is not overwritten.
func writeSecret(path, text string) (err error) {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
