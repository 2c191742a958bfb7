package pades

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"sohoa/pipeline/pades/cms"
	"sohoa/pipeline/pades/pdfread"
)

// judgement is the state of judging one signature.
type judgement struct {
	*verifier
	field signatureField
	facts SignatureFacts
}

func (j *judgement) find(c Code, detail string) {
	j.facts.Findings = append(j.facts.Findings, finding(c, detail))
	j.facts.Verdict = worse(j.facts.Verdict, c.verdict())
}

// judge judges one signature.
func (v *verifier) judge(field signatureField) SignatureFacts {
	j := &judgement{verifier: v, field: field}
	d := field.dict
	j.facts = SignatureFacts{
		Field: field.name, SubFilter: string(d.Name("SubFilter")), Verdict: Valid, Trust: TrustUnknown,
		Reason: textUnder(d, "Reason"), Location: textUnder(d, "Location"), ClaimedAt: claimedTime(d),
		ByteRange: []int64{}, Findings: []Finding{},
	}
	if j.byteRange() {
		j.laterChanges()
		j.container()
	}
	return j.facts
}

// byteRange checks that the two ranges are all of a revision but the container,
// and nothing else. Only then is it worth hashing them.
func (j *judgement) byteRange() bool {
	a, _ := j.field.dict.Get("ByteRange").(pdfread.Array)
	for _, v := range a {
		n, ok := v.(int64)
		if !ok {
			break
		}
		j.facts.ByteRange = append(j.facts.ByteRange, n)
	}
	contents, ok := j.field.dict.Get("Contents").(pdfread.Text)
	if !ok || contents.From < 0 {
		j.find(RangeBroken, "no container with a place in the file")
		return false
	}
	b := j.facts.ByteRange
	if len(a) != 4 || len(b) != 4 || b[0] != 0 || b[1] != contents.From || b[2] != contents.To || b[3] < 0 || b[2] > j.size-b[3] {
		j.find(RangeBroken, fmt.Sprintf("byte range %v, container at %d to %d of %d", b, contents.From, contents.To, j.size))
		return false
	}
	j.facts.WholeFile = j.end() == j.size
	return true
}

// end is where what the signature covers ends.
func (j *judgement) end() int64 { return j.facts.ByteRange[2] + j.facts.ByteRange[3] }

// laterChanges compares the signed revision with the file as it is now.
func (j *judgement) laterChanges() {
	signed, err := pdfread.Open(j.r, j.end())
	if err != nil {
		j.find(RangeShort, "what is covered is no whole file: "+err.Error())
		return
	}
	// The signature must be part of what it covers, at this very place.
	if j.field.value == (pdfread.Ref{}) || !signed.SameObject(j.pdf, j.field.value.Number) {
		j.find(RangeShort, "the signature is not part of the revision it covers")
		return
	}
	if signed.Sections[0] == j.pdf.Sections[0] {
		if !j.facts.WholeFile && !j.onlyLineEnd(j.end()) {
			j.find(RangeShort, "bytes after the end")
		}
		return
	}
	if j.end() != j.size && !endsWhole(j.r, j.end()) {
		j.find(RangeShort, "what is covered does not end with its end mark")
		return
	}
	j.compare(signed)
}

func (j *judgement) compare(signed *pdfread.File) {
	change, err := changesBetween(signed, j.pdf)
	switch {
	case err != nil:
		j.find(readingCode(err, ChangesUnreadable), err.Error())
	case change != "":
		j.find(ChangedLater, change)
	default:
		j.find(ExtendedLater, "")
	}
}

// onlyLineEnd tells whether nothing but a line end lies after the place.
func (j *judgement) onlyLineEnd(at int64) bool {
	if j.size-at > 2 {
		return false
	}
	rest := make([]byte, j.size-at)
	_, err := io.ReadFull(io.NewSectionReader(j.r, at, j.size-at), rest)
	return err == nil && strings.Trim(string(rest), "\r\n") == ""
}

// endsWhole tells whether the first size bytes end with an end mark, and at
// most one line end after it.
func endsWhole(r io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, 8))
	if _, err := io.ReadFull(io.NewSectionReader(r, size-int64(len(tail)), int64(len(tail))), tail); err != nil {
		return false
	}
	s := strings.TrimRight(string(tail), "\r\n \t\x00")
	return strings.HasSuffix(s, "%%EOF")
}

// container reads the container and checks it against the bytes.
func (j *judgement) container() {
	contents, _ := j.field.dict.Get("Contents").(pdfread.Text)
	switch j.facts.SubFilter {
	case "ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1", "ETSI.RFC3161":
	default:
		j.find(KindUnknown, j.facts.SubFilter)
		return
	}
	if len(contents.Value) > maxContainer {
		j.find(BeyondLimits, "container")
		return
	}
	j.canonical(contents)
	c, err := cms.Parse([]byte(contents.Value))
	switch {
	case errors.Is(err, cms.ErrAlgorithm):
		j.find(AlgorithmUnknown, err.Error())
	case err != nil:
		j.find(ContainerUnreadable, err.Error())
	default:
		j.contained(c)
	}
}

// canonical looks at the digits of the container, the only bytes of the file
// that the signature does not cover: they must be one kind of digits and
// nothing else, so that nothing can be hidden or changed in them unseen.
func (j *judgement) canonical(contents pdfread.Text) {
	raw := make([]byte, contents.To-contents.From-2)
	if _, err := io.ReadFull(io.NewSectionReader(j.r, contents.From+1, int64(len(raw))), raw); err != nil {
		return // noted by the reader
	}
	digits := string(raw)
	oneCase := strings.Trim(digits, "0123456789abcdef") == "" || strings.Trim(digits, "0123456789ABCDEF") == ""
	if !contents.Hex || !oneCase || len(digits)%2 != 0 {
		j.find(ContainerPadded, "the container is not a plain row of hexadecimal digits")
	}
}

func (j *judgement) contained(c *cms.Container) {
	j.facts.Timestamp = c.Timestamp
	j.facts.Digest = c.Signer.Hash.String()
	if c.Basic {
		j.find(LooseEncoding, "")
	}
	if (j.facts.SubFilter == "ETSI.RFC3161") != c.Timestamp || (j.facts.SubFilter == "adbe.pkcs7.sha1") != (c.Content != nil && !c.Timestamp) {
		j.find(ContainerUnreadable, "content does not fit "+j.facts.SubFilter)
		return
	}
	certificate := c.Certificate()
	if certificate == nil {
		j.find(CertificateMissing, "")
		return
	}
	if hugeKey(certificate) {
		j.find(AlgorithmUnknown, keyName(certificate.PublicKey))
		return
	}
	j.check(c, certificate)
	j.strength(c, certificate)
	j.certificate(c, certificate)
	if !c.Signer.SigningTime.IsZero() && j.facts.ClaimedAt.IsZero() {
		j.facts.ClaimedAt = c.Signer.SigningTime
	}
	switch {
	case c.Signer.Stamped:
		j.find(TimestampNotJudged, "")
	case !c.Timestamp:
		j.find(TimeUnproved, "")
	}
}

// check does the cryptography: bytes, attributes, signature.
func (j *judgement) check(c *cms.Container, certificate *x509.Certificate) {
	digest, err := j.contentDigest(c)
	if err == nil {
		err = c.Signer.Check(certificate, digest)
	}
	switch {
	case err == nil:
	case errors.Is(err, cms.ErrDigest):
		j.find(DigestMismatch, "")
	case errors.Is(err, cms.ErrSignature):
		j.find(SignatureMismatch, "")
	case errors.Is(err, cms.ErrAlgorithm):
		j.find(AlgorithmUnknown, err.Error())
	default:
		j.find(ContainerUnreadable, err.Error())
	}
	matches, present := c.Signer.Names(certificate)
	if present && !matches {
		j.find(CertificateSwapped, "")
	}
	if !present {
		j.find(CertificateUnnamed, "")
	}
}

// contentDigest is what the signer must have signed: the digest of the ranges,
// or of content inside that itself vouches for them.
func (j *judgement) contentDigest(c *cms.Container) ([]byte, error) {
	if c.Content == nil {
		return j.rangeDigest(c.Signer.Hash)
	}
	hash, want := crypto.SHA1, c.Content
	if c.Timestamp {
		var err error
		if hash, want, err = c.StampedDigest(); err != nil {
			return nil, err
		}
	}
	got, err := j.rangeDigest(hash)
	if err != nil {
		return nil, err
	}
	if string(got) != string(want) {
		return nil, cms.ErrDigest
	}
	h := c.Signer.Hash.New()
	h.Write(c.Content)
	return h.Sum(nil), nil
}

// rangeDigest hashes what the byte range names.
func (j *judgement) rangeDigest(hash crypto.Hash) ([]byte, error) {
	h := hash.New()
	b := j.facts.ByteRange
	for _, part := range [][2]int64{{b[0], b[1]}, {b[2], b[3]}} {
		if _, err := io.CopyBuffer(h, io.NewSectionReader(j.r, part[0], part[1]), make([]byte, buffer)); err != nil {
			return nil, fmt.Errorf("hash: %w", err)
		}
	}
	return h.Sum(nil), nil
}

func (j *judgement) strength(c *cms.Container, certificate *x509.Certificate) {
	if c.Signer.Hash == crypto.SHA1 || j.facts.SubFilter == "adbe.pkcs7.sha1" {
		j.find(WeakDigest, "")
	}
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
		j.find(WeakKey, fmt.Sprintf("RSA of %d bits", key.N.BitLen()))
	}
}

// certificate notes the facts of the certificate, and what speaks against it.
func (j *judgement) certificate(c *cms.Container, leaf *x509.Certificate) {
	sum := sha256.Sum256(leaf.Raw)
	own := leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil
	j.facts.Certificate = &CertificateFacts{
		Name: leaf.Subject.CommonName, Organization: strings.Join(leaf.Subject.Organization, ", "),
		Issuer: issuerName(leaf), Serial: leaf.SerialNumber.Text(16), Key: keyName(leaf.PublicKey),
		NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, SelfSigned: own, SHA256: hex.EncodeToString(sum[:]),
	}
	if own {
		j.find(CertificateOwn, "")
	}
	if at := j.options.At; !at.IsZero() && at.After(leaf.NotAfter) {
		j.find(CertificateExpired, leaf.NotAfter.UTC().Format(time.RFC3339))
	} else if !at.IsZero() && at.Before(leaf.NotBefore) {
		j.find(CertificateEarly, leaf.NotBefore.UTC().Format(time.RFC3339))
	}
	if at := j.facts.ClaimedAt; !at.IsZero() && (at.After(leaf.NotAfter) || at.Before(leaf.NotBefore)) {
		j.find(CertificateThen, "")
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		j.find(CertificateUsage, "")
	}
	j.chain(c, leaf)
}

// chain looks at the certificates that came along, and for a trusted root.
func (j *judgement) chain(c *cms.Container, leaf *x509.Certificate) {
	if c.Unreadable > 0 {
		j.find(CertificateBroken, fmt.Sprintf("%d cannot be read", c.Unreadable))
	}
	if lost := c.Lost(); lost > 0 {
		j.find(CertificateBroken, fmt.Sprintf("%d that the signature names are not there, or not as they were", lost))
	}
	between := x509.NewCertPool()
	for _, one := range c.Certificates {
		between.AddCert(one)
		for _, other := range c.Certificates {
			if string(one.RawIssuer) != string(other.RawSubject) {
				continue
			}
			if j.issued++; j.issued > maxIssued {
				j.find(BeyondLimits, "certificates")
				return
			}
			if badlyIssued(one, other) {
				j.find(CertificateBroken, one.SerialNumber.Text(16))
			}
		}
	}
	if j.options.Roots == nil {
		return
	}
	at := j.options.At
	if at.IsZero() {
		at = j.facts.ClaimedAt
	}
	j.facts.Trust = TrustedRoot
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: j.options.Roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		j.facts.Trust = UntrustedChain
		j.find(CertificateNoRoot, err.Error())
	}
}

// badlyIssued tells whether the signature on a certificate is wrong, as opposed
// to made in a way we do not know or no longer believe in.
func badlyIssued(one, issuer *x509.Certificate) bool {
	if hugeKey(issuer) {
		return false
	}
	err := issuer.CheckSignature(one.SignatureAlgorithm, one.RawTBSCertificate, one.Signature)
	var weak x509.InsecureAlgorithmError
	return err != nil && !errors.As(err, &weak) && !errors.Is(err, x509.ErrUnsupportedAlgorithm)
}

// hugeKey tells of a key that is there to cost time.
func hugeKey(c *x509.Certificate) bool {
	key, ok := c.PublicKey.(*rsa.PublicKey)
	return ok && key.N.BitLen() > maxKey
}

func issuerName(c *x509.Certificate) string {
	if c.Issuer.CommonName != "" {
		return c.Issuer.CommonName
	}
	return strings.Join(c.Issuer.Organization, ", ")
}

func keyName(key any) string {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	}
	return "unknown"
}
