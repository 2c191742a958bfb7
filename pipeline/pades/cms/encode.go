package cms

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	stdasn1 "encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ErrKey says that a key is of a kind we do not sign with.
var ErrKey = errors.New("only ECDSA on P-256 and RSA of 2048 to 8192 bits sign here")

// algorithm is the signature algorithm for a certificate's key. ECDSA's has no
// parameters (RFC 5758, 3.2), RSA's are null (RFC 4055, 5).
func algorithm(leaf *x509.Certificate) (oid []int, null bool, err error) {
	switch key := leaf.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return oidECDSAWithSHA256, false, nil
		}
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n >= 2048 && n <= 8192 {
			return oidSHA256WithRSA, true, nil
		}
	}
	return nil, false, ErrKey
}

// Attributes gives the signed attributes as the DER SET that is signed: content
// type, message digest and signing certificate v2. There is no signing time:
// EN 319 142-1, table 1, forbids it, since the claimed time stands in the
// signature dictionary. The signing certificate attribute names every
// certificate of the chain, the signer's first, so that the signature covers
// all bytes of the container that mean anything (RFC 5035, 4, allows it).
func Attributes(digest [sha256.Size]byte, chain []*x509.Certificate) ([]byte, error) {
	certificate, err := signingCertificate(chain)
	if err != nil {
		return nil, err
	}
	var set [][]byte
	for _, a := range []struct {
		oid   []int
		value func(b *cryptobyte.Builder)
	}{
		{oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) }},
		{oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest[:]) }},
		{oidSigningCertV2, func(b *cryptobyte.Builder) { b.AddBytes(certificate) }},
	} {
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(a.oid)
			b.AddASN1(asn1.SET, a.value)
		})
		der, err := b.Bytes()
		if err != nil {
			return nil, fmt.Errorf("encode attribute: %w", err)
		}
		set = append(set, der)
	}
	slices.SortFunc(set, bytes.Compare) // the order of a SET OF in DER
	var b cryptobyte.Builder
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(set, nil)) })
	return done(b.Bytes())
}

// signingCertificate is a list of ESSCertIDv2 (RFC 5035) with SHA-256, the
// default that DER leaves out, and the issuer and serial number.
func signingCertificate(chain []*x509.Certificate) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, c := range chain {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { certificateID(b, c) })
			}
		})
	})
	return done(b.Bytes())
}

func certificateID(b *cryptobyte.Builder, c *x509.Certificate) {
	sum := sha256.Sum256(c.Raw)
	b.AddASN1OctetString(sum[:])
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerSerial
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // GeneralNames
			b.AddASN1(context(4), func(b *cryptobyte.Builder) { b.AddBytes(c.RawIssuer) })
		})
		b.AddASN1BigInt(c.SerialNumber)
	})
}

func done(der []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return der, nil
}

// Encode puts a signature over the attributes into a container, with the whole
// chain, the signer's certificate first.
func Encode(attributes []byte, chain []*x509.Certificate, signature []byte) ([]byte, error) {
	oid, null, err := algorithm(chain[0])
	if err != nil {
		return nil, err
	}
	signer := func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(chain[0].RawIssuer)
			b.AddASN1BigInt(chain[0].SerialNumber)
		})
		identifier(b, oidSHA256, false)
		var set cryptobyte.String
		in := cryptobyte.String(attributes)
		if !in.ReadASN1(&set, asn1.SET) || !in.Empty() {
			b.SetError(errors.New("attributes are not a set"))
			return
		}
		b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddBytes(set) })
		identifier(b, oid, null)
		b.AddASN1OctetString(signature)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(context(0), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { signedData(b, chain, signer) })
		})
	})
	return done(b.Bytes())
}

// signedData is version 1: plain data, certificates of X.509 only.
func signedData(b *cryptobyte.Builder, chain []*x509.Certificate, signer func(b *cryptobyte.Builder)) {
	b.AddASN1Int64(1)
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { identifier(b, oidSHA256, false) })
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
	b.AddASN1(context(0), func(b *cryptobyte.Builder) {
		for _, c := range sorted(chain) {
			b.AddBytes(c)
		}
	})
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddASN1(asn1.SEQUENCE, signer) })
}

// sorted gives the certificates in the order of a SET OF in DER.
func sorted(chain []*x509.Certificate) [][]byte {
	var all [][]byte
	for _, c := range chain {
		all = append(all, c.Raw)
	}
	slices.SortFunc(all, bytes.Compare)
	return all
}

func identifier(b *cryptobyte.Builder, oid stdasn1.ObjectIdentifier, null bool) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		if null {
			b.AddASN1NULL()
		}
	})
}

// Size is the most bytes a container for the chain can take.
func Size(attributes []byte, chain []*x509.Certificate) (int, error) {
	longest := 72 // ECDSA on P-256: two numbers of 33 bytes and three heads
	if key, ok := chain[0].PublicKey.(*rsa.PublicKey); ok {
		longest = key.Size()
	}
	der, err := Encode(attributes, chain, make([]byte, longest))
	return len(der), err
}
