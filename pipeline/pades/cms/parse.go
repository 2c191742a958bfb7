package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	stdasn1 "encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Container is a signature container as read.
type Container struct {
	// Raw is the container, without the padding after it.
	Raw []byte
	// Basic says that the container was not in DER but in the looser BER.
	Basic bool
	// Certificates are those that could be read; Unreadable counts the others.
	Certificates []*x509.Certificate
	Unreadable   int
	// Content is what is signed when it lies inside: the info of a timestamp, or
	// a digest. Nil when it lies outside.
	Content []byte
	// Timestamp says that the content is the info of a timestamp.
	Timestamp bool
	// Signer is the one signer.
	Signer Signer
}

// Signer is what a container says of its signer.
type Signer struct {
	Hash      crypto.Hash
	Signature []byte
	// Attributes are the signed attributes as a DER SET; nil when there are none.
	Attributes []byte
	// MessageDigest is that of the content.
	MessageDigest []byte
	// CertificateHashes are the digests of the signing-certificate attributes
	// that are meant for the signer: the first of each list. IssuerHashes are
	// the others.
	CertificateHashes, IssuerHashes []CertificateHash
	// SigningTime is the claimed time, zero when it is not in the container.
	SigningTime time.Time
	// Stamped says that a timestamp token hangs on the signature.
	Stamped bool

	scheme      scheme
	issuer      []byte // DER, with serial; or
	serial      *big.Int
	keyID       []byte
	contentType stdasn1.ObjectIdentifier
}

// CertificateHash is one digest of a certificate.
type CertificateHash struct {
	Hash crypto.Hash
	Sum  []byte
}

// The errors of a container that is read but not judged, and of one that is
// judged and found wrong.
var (
	// ErrSyntax: the bytes are not a signature container.
	ErrSyntax = errors.New("not the syntax of CMS signed data")
	// ErrAlgorithm: made by an algorithm we do not know.
	ErrAlgorithm = errors.New("an algorithm that is not known here")
	// ErrSigners: not exactly one signer, as PAdES wants.
	ErrSigners = errors.New("not exactly one signer")
)

// maxCertificates bounds the certificates of a container.
const maxCertificates = 64

// Parse reads a container. Bytes after it must be zeros: the padding of its
// place in the file.
func Parse(b []byte) (*Container, error) {
	in := cryptobyte.String(b)
	var whole cryptobyte.String
	c := &Container{}
	if in.ReadASN1Element(&whole, asn1.SEQUENCE) {
		c.Raw = whole
	} else {
		der, rest, err := toDER(b)
		if err != nil {
			return nil, err
		}
		c.Raw, c.Basic, whole, in = b[:len(b)-len(rest)], true, der, rest
	}
	if len(bytes.Trim(in, "\x00")) > 0 {
		return nil, fmt.Errorf("bytes after the container: %w", ErrSyntax)
	}
	err := c.read(whole)
	if errors.Is(err, ErrSyntax) && !c.Basic { // BER further inside
		der, _, convert := toDER(c.Raw)
		if convert != nil {
			return nil, err
		}
		c = &Container{Raw: c.Raw, Basic: true}
		err = c.read(der)
	}
	return c, err
}

func (c *Container) read(whole cryptobyte.String) error {
	var info, wrapped, data cryptobyte.String
	var kind stdasn1.ObjectIdentifier
	if !whole.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidSignedData) ||
		!info.ReadASN1(&wrapped, context(0)) || !info.Empty() || !wrapped.ReadASN1(&data, asn1.SEQUENCE) || !wrapped.Empty() {
		return ErrSyntax
	}
	return c.signedData(data)
}

func context(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

func (c *Container) signedData(in cryptobyte.String) error {
	var version int
	var digests, inner, certificates, signers cryptobyte.String
	var present bool
	if !in.ReadASN1Integer(&version) || version < 1 || version > 5 || !in.ReadASN1(&digests, asn1.SET) || !in.ReadASN1(&inner, asn1.SEQUENCE) {
		return ErrSyntax
	}
	var kind stdasn1.ObjectIdentifier
	if !inner.ReadASN1ObjectIdentifier(&kind) {
		return ErrSyntax
	}
	c.Timestamp = kind.Equal(oidTimestampInfo)
	if !inner.Empty() {
		var content, octets cryptobyte.String
		if !inner.ReadASN1(&content, context(0)) || !content.ReadASN1(&octets, asn1.OCTET_STRING) || !content.Empty() || !inner.Empty() {
			return ErrSyntax
		}
		c.Content = append([]byte{}, octets...)
	}
	if !in.ReadOptionalASN1(&certificates, &present, context(0)) || !in.SkipOptionalASN1(context(1)) ||
		!in.ReadASN1(&signers, asn1.SET) || !in.Empty() {
		return ErrSyntax
	}
	if err := c.certificates(certificates); err != nil {
		return err
	}
	var signer cryptobyte.String
	if !signers.ReadASN1(&signer, asn1.SEQUENCE) || !signers.Empty() {
		return ErrSigners
	}
	if err := c.Signer.read(signer); err != nil {
		return err
	}
	// Above 1 is for other content, a signer named by its key, and certificates of
	// kinds that are not read here (RFC 5652, 5.1).
	if version != 1 && kind.Equal(oidData) && c.Signer.keyID == nil {
		return fmt.Errorf("version of the container: %w", ErrSyntax)
	}
	if len(c.Signer.contentType) > 0 && !c.Signer.contentType.Equal(kind) {
		return fmt.Errorf("another type of content than was signed: %w", ErrSyntax)
	}
	return hasDigest(digests, c.Signer.Hash)
}

// hasDigest wants the signer's digest in the list at the head.
func hasDigest(digests cryptobyte.String, want crypto.Hash) error {
	found := false
	for !digests.Empty() {
		oid, _, err := algorithmIdentifier(&digests)
		if err != nil {
			return err
		}
		found = found || hashOf(oid) == want
	}
	if !found {
		return fmt.Errorf("digest is not in the list: %w", ErrSyntax)
	}
	return nil
}

func (c *Container) certificates(in cryptobyte.String) error {
	for n := 0; !in.Empty(); n++ {
		var element cryptobyte.String
		var tag asn1.Tag
		if n == maxCertificates || !in.ReadAnyASN1Element(&element, &tag) {
			return ErrSyntax
		}
		certificate, err := x509.ParseCertificate(element)
		if err != nil {
			c.Unreadable++
			continue
		}
		c.Certificates = append(c.Certificates, certificate)
	}
	return nil
}

// algorithmIdentifier reads one. Parameters that are null are none.
func algorithmIdentifier(in *cryptobyte.String) (oid stdasn1.ObjectIdentifier, parameters cryptobyte.String, err error) {
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&oid) {
		return nil, nil, ErrSyntax
	}
	var null cryptobyte.String
	if rest := seq; rest.ReadASN1(&null, asn1.NULL) && rest.Empty() && len(null) == 0 {
		return oid, nil, nil
	}
	return oid, seq, nil
}

func hashOf(oid stdasn1.ObjectIdentifier) crypto.Hash {
	for _, a := range digestAlgorithms {
		if a.oid.Equal(oid) {
			return a.hash
		}
	}
	return 0
}

func (s *Signer) read(in cryptobyte.String) error {
	var version int
	if !in.ReadASN1Integer(&version) || !s.identity(&in, version) {
		return ErrSyntax
	}
	digest, parameters, err := algorithmIdentifier(&in)
	if err != nil {
		return err
	}
	if s.Hash = hashOf(digest); s.Hash == 0 {
		return fmt.Errorf("digest %v: %w", digest, ErrAlgorithm)
	}
	if len(parameters) > 0 {
		return fmt.Errorf("parameters of a digest: %w", ErrSyntax)
	}
	var attributes, unsigned, signature cryptobyte.String
	var present, stamped bool
	if !in.ReadOptionalASN1(&attributes, &present, context(0)) {
		return ErrSyntax
	}
	if present {
		if err := s.attributes(attributes); err != nil {
			return err
		}
	}
	if err := s.algorithm(&in); err != nil {
		return err
	}
	if !in.ReadASN1(&signature, asn1.OCTET_STRING) || !in.ReadOptionalASN1(&unsigned, &stamped, context(1)) || !in.Empty() {
		return ErrSyntax
	}
	s.Signature = signature
	return s.unsigned(unsigned)
}

// identity reads which certificate is the signer's. The version tells which of
// the two ways was taken (RFC 5652, 5.3).
func (s *Signer) identity(in *cryptobyte.String, version int) bool {
	if version == 3 {
		var id cryptobyte.String
		ok := in.ReadASN1(&id, asn1.Tag(0).ContextSpecific())
		s.keyID = id
		return ok
	}
	var seq, issuer cryptobyte.String
	s.serial = new(big.Int)
	ok := version == 1 && in.ReadASN1(&seq, asn1.SEQUENCE) && seq.ReadASN1Element(&issuer, asn1.SEQUENCE) && seq.ReadASN1Integer(s.serial) && seq.Empty()
	s.issuer = issuer
	return ok
}

func (s *Signer) algorithm(in *cryptobyte.String) error {
	oid, parameters, err := algorithmIdentifier(in)
	if err != nil {
		return err
	}
	for _, a := range signatureAlgorithms {
		if !a.oid.Equal(oid) {
			continue
		}
		s.scheme = a.scheme
		if a.hash != 0 && a.hash != s.Hash {
			return fmt.Errorf("two digests for one signature: %w", ErrAlgorithm)
		}
		if a.scheme == pss {
			return s.pssParameters(parameters)
		}
		if len(parameters) > 0 {
			return fmt.Errorf("parameters of a signature: %w", ErrAlgorithm)
		}
		return nil
	}
	return fmt.Errorf("signature %v: %w", oid, ErrAlgorithm)
}

// pssParameters wants the digest of the signer and the usual mask (RFC 8017,
// A.2.3).
func (s *Signer) pssParameters(in cryptobyte.String) error {
	var seq, digest cryptobyte.String
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1(&digest, context(0)) {
		return fmt.Errorf("RSA-PSS with its default digest: %w", ErrAlgorithm)
	}
	oid, _, err := algorithmIdentifier(&digest)
	if err != nil {
		return err
	}
	if hashOf(oid) != s.Hash {
		return fmt.Errorf("two digests for one signature: %w", ErrAlgorithm)
	}
	return nil
}

// attributes reads the signed attributes, each at most once.
func (s *Signer) attributes(in cryptobyte.String) error {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(in) })
	der, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("signed attributes: %w", ErrSyntax)
	}
	s.Attributes = der
	seen := map[string]bool{}
	for !in.Empty() {
		var attribute, values cryptobyte.String
		var oid stdasn1.ObjectIdentifier
		if !in.ReadASN1(&attribute, asn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&oid) || !attribute.ReadASN1(&values, asn1.SET) || !attribute.Empty() || seen[oid.String()] {
			return fmt.Errorf("signed attributes: %w", ErrSyntax)
		}
		seen[oid.String()] = true
		if err := s.attribute(oid, values); err != nil {
			return err
		}
	}
	if s.MessageDigest == nil || s.contentType == nil {
		return fmt.Errorf("signed attributes without digest or type: %w", ErrSyntax)
	}
	return nil
}

func (s *Signer) attribute(oid stdasn1.ObjectIdentifier, in cryptobyte.String) error {
	ok := true
	switch {
	case oid.Equal(oidContentType):
		ok = in.ReadASN1ObjectIdentifier(&s.contentType) && in.Empty()
	case oid.Equal(oidMessageDigest):
		var digest cryptobyte.String
		ok = in.ReadASN1(&digest, asn1.OCTET_STRING) && in.Empty()
		s.MessageDigest = append([]byte{}, digest...)
	case oid.Equal(oidSigningTime):
		if in.PeekASN1Tag(asn1.UTCTime) {
			ok = in.ReadASN1UTCTime(&s.SigningTime)
		} else {
			ok = in.ReadASN1GeneralizedTime(&s.SigningTime)
		}
	case oid.Equal(oidSigningCert):
		return s.certificateHash(in, crypto.SHA1)
	case oid.Equal(oidSigningCertV2):
		return s.certificateHash(in, crypto.SHA256)
	}
	if !ok {
		return fmt.Errorf("signed attribute %v: %w", oid, ErrSyntax)
	}
	return nil
}

// certificateHash reads a list of ESSCertID or ESSCertIDv2: the same but for the
// digest's name, which only the second may have.
func (s *Signer) certificateHash(in cryptobyte.String, hash crypto.Hash) error {
	var value, list cryptobyte.String
	if !in.ReadASN1(&value, asn1.SEQUENCE) || !value.ReadASN1(&list, asn1.SEQUENCE) || list.Empty() {
		return fmt.Errorf("signing certificate: %w", ErrSyntax)
	}
	for first := true; !list.Empty(); first = false {
		named, err := oneHash(&list, hash)
		if err != nil {
			return err
		}
		if first {
			s.CertificateHashes = append(s.CertificateHashes, named)
		} else {
			s.IssuerHashes = append(s.IssuerHashes, named)
		}
	}
	return nil
}

func oneHash(list *cryptobyte.String, hash crypto.Hash) (CertificateHash, error) {
	var id, sum cryptobyte.String
	if !list.ReadASN1(&id, asn1.SEQUENCE) {
		return CertificateHash{}, fmt.Errorf("signing certificate: %w", ErrSyntax)
	}
	if hash == crypto.SHA256 && id.PeekASN1Tag(asn1.SEQUENCE) {
		oid, _, err := algorithmIdentifier(&id)
		if err != nil {
			return CertificateHash{}, err
		}
		if hash = hashOf(oid); hash == 0 {
			return CertificateHash{}, fmt.Errorf("digest of the signing certificate: %w", ErrAlgorithm)
		}
	}
	if !id.ReadASN1(&sum, asn1.OCTET_STRING) {
		return CertificateHash{}, fmt.Errorf("signing certificate: %w", ErrSyntax)
	}
	return CertificateHash{hash, sum}, nil
}

// unsigned looks for a timestamp among the attributes nobody signed.
func (s *Signer) unsigned(in cryptobyte.String) error {
	for !in.Empty() {
		var attribute cryptobyte.String
		var oid stdasn1.ObjectIdentifier
		if !in.ReadASN1(&attribute, asn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&oid) {
			return fmt.Errorf("unsigned attributes: %w", ErrSyntax)
		}
		s.Stamped = s.Stamped || oid.Equal(oidTimestampToken)
	}
	return nil
}
