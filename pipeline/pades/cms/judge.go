package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	stdasn1 "encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The findings of [Signer.Check].
var (
	// ErrDigest: the content is not the one that was signed.
	ErrDigest = errors.New("the content has another digest than the signed one")
	// ErrSignature: the signature was not made by this key over these bytes.
	ErrSignature = errors.New("the signature does not verify")
)

// Certificate gives the signer's own certificate, nil when it is not there.
func (c *Container) Certificate() *x509.Certificate {
	for _, certificate := range c.Certificates {
		if c.Signer.keyID != nil {
			if bytes.Equal(certificate.SubjectKeyId, c.Signer.keyID) {
				return certificate
			}
		} else if bytes.Equal(certificate.RawIssuer, c.Signer.issuer) && certificate.SerialNumber.Cmp(c.Signer.serial) == 0 {
			return certificate
		}
	}
	return nil
}

// Chain gives the signer's certificate and its issuers as far as the container
// has them: each one's signature was checked with the next.
func (c *Container) Chain() []*x509.Certificate {
	var chain []*x509.Certificate
	used := map[*x509.Certificate]bool{}
	for next := c.Certificate(); next != nil; {
		chain, used[next] = append(chain, next), true
		current := next
		next = nil
		for _, other := range c.Certificates {
			if !used[other] && bytes.Equal(other.RawSubject, current.RawIssuer) && current.CheckSignatureFrom(other) == nil {
				next = other
				break
			}
		}
	}
	return chain
}

// Check verifies the signature over content of the given digest, which must be
// made by the signer's Hash.
func (s *Signer) Check(certificate *x509.Certificate, digest []byte) error {
	if s.Attributes != nil {
		if !bytes.Equal(s.MessageDigest, digest) {
			return ErrDigest
		}
		h := s.Hash.New()
		h.Write(s.Attributes)
		digest = h.Sum(nil)
	}
	switch key := certificate.PublicKey.(type) {
	case ed25519.PublicKey: // signs the attributes themselves
		if s.scheme == edwards && s.Attributes != nil {
			if !ed25519.Verify(key, s.Attributes, s.Signature) {
				return ErrSignature
			}
			return nil
		}
	case *rsa.PublicKey:
		return s.checkRSA(key, digest)
	case *ecdsa.PublicKey:
		if s.scheme == ellipticCurve {
			if !ecdsa.VerifyASN1(key, digest, s.Signature) {
				return ErrSignature
			}
			return nil
		}
	}
	return fmt.Errorf("key and signature: %w", ErrAlgorithm)
}

func (s *Signer) checkRSA(key *rsa.PublicKey, digest []byte) error {
	var err error
	switch s.scheme {
	case pkcs1:
		err = rsa.VerifyPKCS1v15(key, s.Hash, digest, s.Signature)
	case pss:
		err = rsa.VerifyPSS(key, s.Hash, digest, s.Signature, nil)
	default:
		return fmt.Errorf("key and signature: %w", ErrAlgorithm)
	}
	if errors.Is(err, rsa.ErrVerification) {
		return ErrSignature
	}
	if err != nil { // such as a key too short for the library
		return fmt.Errorf("%w: %w", ErrAlgorithm, err)
	}
	return nil
}

// Names tells whether the signing-certificate attributes name the certificate.
// present is false when there are none.
func (s *Signer) Names(certificate *x509.Certificate) (matches, present bool) {
	for _, c := range s.CertificateHashes {
		if !c.of(certificate) {
			return false, true
		}
	}
	return len(s.CertificateHashes) > 0, len(s.CertificateHashes) > 0
}

func (h CertificateHash) of(certificate *x509.Certificate) bool {
	sum := h.Hash.New()
	sum.Write(certificate.Raw)
	return bytes.Equal(sum.Sum(nil), h.Sum)
}

// Lost counts the certificates of issuers that the signature names and the
// container does not have, or not as they were.
func (c *Container) Lost() int {
	lost := 0
	for _, named := range c.Signer.IssuerHashes {
		if !slices.ContainsFunc(c.Certificates, named.of) {
			lost++
		}
	}
	return lost
}

// StampedDigest gives the digest that a timestamp's info (RFC 3161, 2.4.2)
// vouches for.
func (c *Container) StampedDigest() (crypto.Hash, []byte, error) {
	in := cryptobyte.String(c.Content)
	var info, imprint, sum cryptobyte.String
	var version int
	var policy stdasn1.ObjectIdentifier
	if !in.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1Integer(&version) || !info.ReadASN1ObjectIdentifier(&policy) || !info.ReadASN1(&imprint, asn1.SEQUENCE) {
		return 0, nil, ErrSyntax
	}
	oid, _, err := algorithmIdentifier(&imprint)
	if err != nil || !imprint.ReadASN1(&sum, asn1.OCTET_STRING) {
		return 0, nil, ErrSyntax
	}
	hash := hashOf(oid)
	if hash == 0 {
		return 0, nil, ErrAlgorithm
	}
	return hash, sum, nil
}
