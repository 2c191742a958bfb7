package cms

import (
	"crypto"
	_ "crypto/sha1" //nolint:gosec // only to judge old signatures, which are reported as weak
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/asn1"
)

// Object identifiers of RFC 3161, 5035, 5652, 5753, 5754, 5758 and 8017.
var (
	oidData          = []int{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = []int{1, 2, 840, 113549, 1, 7, 2}
	oidTimestampInfo = []int{1, 2, 840, 113549, 1, 9, 16, 1, 4}

	oidContentType    = []int{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest  = []int{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime    = []int{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCert    = []int{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2  = []int{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimestampToken = []int{1, 2, 840, 113549, 1, 9, 16, 2, 14}

	oidSHA256          = []int{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA256WithRSA   = []int{1, 2, 840, 113549, 1, 1, 11}
	oidECDSAWithSHA256 = []int{1, 2, 840, 10045, 4, 3, 2}
)

// digestAlgorithms are the digests we know.
var digestAlgorithms = []struct {
	oid  asn1.ObjectIdentifier
	hash crypto.Hash
}{
	{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, crypto.SHA1},
	{oidSHA256, crypto.SHA256},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA384},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, crypto.SHA512},
}

// scheme is how a signature is made with a key.
type scheme int

const (
	pkcs1 scheme = iota + 1
	pss
	ellipticCurve
	edwards
)

// signatureAlgorithms are those we know. Hash 0 means that the digest is named
// elsewhere: by the signer, or in the parameters.
var signatureAlgorithms = []struct {
	oid    asn1.ObjectIdentifier
	scheme scheme
	hash   crypto.Hash
}{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, pkcs1, 0},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, pkcs1, crypto.SHA1},
	{oidSHA256WithRSA, pkcs1, crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, pkcs1, crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, pkcs1, crypto.SHA512},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}, pss, 0},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, ellipticCurve, 0},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, ellipticCurve, crypto.SHA1},
	{asn1.ObjectIdentifier{1, 3, 101, 112}, edwards, crypto.SHA512}, // Ed25519, RFC 8419
	{oidECDSAWithSHA256, ellipticCurve, crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, ellipticCurve, crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, ellipticCurve, crypto.SHA512},
}
