package signkey

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"sync"
	"time"

	"sohoa/dossier"
)

// Key is a private key with its certificates: its own first, then those of the
// services that vouch for it.
type Key struct {
	Signer crypto.Signer
	Chain  []*x509.Certificate
}

// minRSA is the shortest RSA key that may sign, in bits (NIST SP 800-57 part 1,
// table 2: 112 bits of security).
const minRSA = 2048

// newKey puts a key and certificates in order, whatever order the file has.
func newKey(private any, certificates []*x509.Certificate) (Key, error) {
	signer, ok := private.(crypto.Signer)
	if !ok {
		return Key{}, &Problem{Kind: KeyType}
	}
	switch public := signer.Public().(type) {
	case *ecdsa.PublicKey:
		if public.Curve != elliptic.P256() {
			return Key{}, &Problem{Kind: KeyType}
		}
	case *rsa.PublicKey:
		if public.N.BitLen() < minRSA {
			return Key{}, &Problem{Kind: KeyType}
		}
	default:
		return Key{}, &Problem{Kind: KeyType}
	}
	own := slices.IndexFunc(certificates, func(c *x509.Certificate) bool { return belongs(c, signer) })
	if own < 0 {
		return Key{}, &Problem{Kind: Mismatch}
	}
	return Key{Signer: signer, Chain: chainOf(certificates[own], certificates)}, nil
}

// chainOf puts a certificate, its issuer, the issuer's issuer and so on in a
// row. What else lies in the file vouches for nothing here.
func chainOf(own *x509.Certificate, others []*x509.Certificate) []*x509.Certificate {
	chain := []*x509.Certificate{own}
	for last := own; ; {
		i := slices.IndexFunc(others, func(c *x509.Certificate) bool {
			return !slices.Contains(chain, c) && last.CheckSignatureFrom(c) == nil
		})
		if i < 0 {
			return chain
		}
		last = others[i]
		chain = append(chain, last)
	}
}

// belongs tells whether a certificate is about the key.
func belongs(c *x509.Certificate, signer crypto.Signer) bool {
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(c.PublicKey)
}

// Certificate names the key's own certificate.
func (k Key) Certificate() dossier.Certificate {
	c := k.Chain[0]
	named := dossier.Certificate{
		SHA256: dossier.SumString(sha256.Sum256(c.Raw)), Holder: c.Subject.CommonName, Issuer: c.Issuer.CommonName,
		Serial: fmt.Sprintf("%x", c.SerialNumber), NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), Test: isTest(c),
	}
	if len(c.Subject.Organization) > 0 {
		named.Organization = c.Subject.Organization[0]
	}
	return named
}

// For refuses the test key in the archive of an office, and the key of an
// office in a demo archive.
func (k Key) For(demo bool) error {
	switch test := isTest(k.Chain[0]); {
	case test && !demo:
		return &Problem{Kind: TestKeyInOffice}
	case demo && !test:
		return &Problem{Kind: OfficeKeyInDemo}
	default:
		return nil
	}
}

// At refuses a key whose certificate is not valid at the time t.
func (k Key) At(t time.Time) error {
	c := k.Chain[0]
	switch {
	case t.Before(c.NotBefore):
		return &Problem{Kind: NotYet, Day: c.NotBefore}
	case t.After(c.NotAfter):
		return &Problem{Kind: Expired, Day: c.NotAfter}
	default:
		return nil
	}
}

// Source gives one key, and reads it only once: what went wrong then goes on
// being wrong until the program starts again, so that no password is tried
// twice. It is safe for concurrent use.
type Source struct {
	read func() (Key, error)
}

// Once is the source of the key that load reads, for a demo archive or that of
// an office.
func Once(demo bool, load func() (Key, error)) *Source {
	return &Source{read: sync.OnceValues(func() (Key, error) {
		key, err := load()
		if err != nil {
			return Key{}, err
		}
		return key, key.For(demo)
	})}
}

// Key gives the key if it may be used at the time t. With a problem of validity
// it gives the key, too, so that its holder can be named.
func (s *Source) Key(t time.Time) (Key, error) {
	key, err := s.read()
	if err != nil {
		return Key{}, err
	}
	return key, key.At(t)
}
