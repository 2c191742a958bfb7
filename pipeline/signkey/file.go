package signkey

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// Open reads the key of an office from a PKCS#12 file (RFC 7292), as
// certification services hand it out.
func Open(path, password string) (Key, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, &Problem{Kind: NoFile, Err: err}
	}
	if err != nil {
		return Key{}, &Problem{Kind: Unreadable, Err: err}
	}
	private, own, others, err := pkcs12.DecodeChain(body, password)
	if err != nil {
		return Key{}, &Problem{Kind: decodeProblem(err), Err: err}
	}
	return newKey(private, append([]*x509.Certificate{own}, others...))
}

// decodeProblem sorts what the decoder says. Some of it has no type.
func decodeProblem(err error) ProblemKind {
	var unknown pkcs12.NotImplementedError
	switch text := err.Error(); {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return Password
	case errors.As(err, &unknown), strings.Contains(text, "not supported"):
		return Algorithm
	case strings.Contains(text, "private key missing"):
		return NoKey
	case strings.Contains(text, "certificate missing"):
		return NoCertificate
	default:
		return Unreadable
	}
}

// ReadPassword reads a file that holds a password on its first line.
func ReadPassword(path string) (string, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	line, _, _ := strings.Cut(string(body), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}
