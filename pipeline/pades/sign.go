package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades/cms"
)

// ToBeSigned holds what the key signs. It may go to a key elsewhere, and the
// signature come back through Complete; to go on after an interruption, prepare
// the same request again and compare Digest.
type ToBeSigned struct {
	// Attributes are the signed attributes in DER, Digest their SHA-256: what a
	// key signs by ECDSA, or by RSA PKCS#1 v1.5 with the digest named SHA-256.
	Attributes []byte
	Digest     [sha256.Size]byte

	prepared *Prepared
	chain    []*x509.Certificate
}

// ToBeSigned binds the file to the signer's certificate, the first of the
// chain; each further one issued the one before it. It refuses, with a
// [dossier.Fault], a certificate that is not valid at the claimed time or not
// meant for signing, and tells by a [*RoomError] that the hole is too small.
func (p *Prepared) ToBeSigned(chain []*x509.Certificate) (*ToBeSigned, error) {
	if err := checkChain(chain, p.req.At); err != nil {
		return nil, fmt.Errorf("prepare signature: %w", err)
	}
	attributes, err := cms.Attributes(p.digest, chain)
	if err != nil {
		return nil, fmt.Errorf("prepare signature: %w", err)
	}
	need, err := cms.Size(attributes, chain)
	if errors.Is(err, cms.ErrKey) {
		return nil, certificateFault(dossier.ReasonKeyUnsupported, err)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare signature: %w", err)
	}
	if need > p.req.Room {
		return nil, fmt.Errorf("prepare signature: %w", &RoomError{Have: p.req.Room, Need: need})
	}
	return &ToBeSigned{Attributes: attributes, Digest: sha256.Sum256(attributes), prepared: p, chain: chain}, nil
}

func certificateFault(reason dossier.Reason, err error) error {
	return &dossier.Fault{Kind: dossier.Park, Op: "check certificate", Reason: reason, Err: err}
}

// CheckCertificate refuses a signer's certificate that could not sign at the
// given time, by the same rules as [Prepared.ToBeSigned]: so that a key can be
// refused when it is set up, not when it is first needed.
func CheckCertificate(leaf *x509.Certificate, at time.Time) error {
	switch {
	case at.Before(leaf.NotBefore):
		return certificateFault(dossier.ReasonCertificateEarly, fmt.Errorf("valid from %s", leaf.NotBefore.UTC().Format(time.RFC3339)))
	case at.After(leaf.NotAfter):
		return certificateFault(dossier.ReasonCertificateExpired, fmt.Errorf("valid until %s", leaf.NotAfter.UTC().Format(time.RFC3339)))
	case leaf.KeyUsage != 0 && leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return certificateFault(dossier.ReasonCertificateUsage, errors.New("key usage has neither digital signature nor non-repudiation"))
	}
	return nil
}

func checkChain(chain []*x509.Certificate, at time.Time) error {
	if len(chain) == 0 {
		return errors.New("no certificate")
	}
	if err := CheckCertificate(chain[0], at); err != nil {
		return err
	}
	for i, issuer := range chain[1:] {
		if err := chain[i].CheckSignatureFrom(issuer); err != nil {
			return certificateFault(dossier.ReasonCertificateChain, fmt.Errorf("certificate %d: %w", i+1, err))
		}
	}
	return nil
}

// Sign has the key sign here and now, once. A key that asks for its holder's
// consent can not be interrupted; ctx is looked at before. A key that fails is
// not tried again by itself: a token may count what goes wrong and lock, and its
// holder may have said no. Whoever asked looks at it and asks again.
func (t *ToBeSigned) Sign(ctx context.Context, key crypto.Signer) (*Signed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if public, ok := key.Public().(interface{ Equal(x crypto.PublicKey) bool }); !ok || !public.Equal(t.chain[0].PublicKey) {
		return nil, certificateFault(dossier.ReasonCertificateKey, errors.New("the key is not that of the certificate"))
	}
	signature, err := key.Sign(rand.Reader, t.Digest[:], crypto.SHA256)
	if err != nil {
		return nil, keyFault("sign", err)
	}
	return t.Complete(signature)
}

// Complete takes a signature made elsewhere over Digest: for ECDSA in DER. One
// that does not verify is refused, so that a broken token or a mixed-up answer
// never reaches a file.
func (t *ToBeSigned) Complete(signature []byte) (*Signed, error) {
	if err := t.verify(signature); err != nil {
		return nil, keyFault("check signature", err)
	}
	container, err := cms.Encode(t.Attributes, t.chain, signature)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if room := t.prepared.req.Room; len(container) > room {
		return nil, fmt.Errorf("sign: %w", &RoomError{Have: room, Need: len(container)})
	}
	return &Signed{prepared: t.prepared, container: container}, nil
}

// keyFault is the fault of a key that did not sign, or not rightly.
func keyFault(op string, err error) error {
	return &dossier.Fault{Kind: dossier.Park, Op: op, Reason: dossier.ReasonSigning, Err: err}
}

func (t *ToBeSigned) verify(signature []byte) error {
	switch key := t.chain[0].PublicKey.(type) {
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(key, t.Digest[:], signature) {
			return errors.New("the signature does not verify")
		}
		return nil
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, t.Digest[:], signature)
	}
	return cms.ErrKey
}

// Signed is a signed file, ready to be written.
type Signed struct {
	prepared  *Prepared
	container []byte
}

// Size is the length of the signed file.
func (s *Signed) Size() int64 {
	p := s.prepared
	return p.req.Size + int64(len(p.head)+2*p.req.Room+len("<>")+len(p.tail))
}

// WriteTo writes the signed file: input, update, signature. It hashes the input
// once more and fails when that has changed since Prepare.
func (s *Signed) WriteTo(w io.Writer) (int64, error) {
	p := s.prepared
	sum := sha256.New()
	out := &countingWriter{w: w}
	if err := copyInput(context.Background(), io.MultiWriter(out, sum), p.req); err != nil {
		return out.n, fmt.Errorf("write signed pdf: %w", err)
	}
	if [sha256.Size]byte(sum.Sum(nil)) != p.input {
		return out.n, fmt.Errorf("write signed pdf: %w", changed(errors.New("other bytes than when it was hashed")))
	}
	for _, part := range [][]byte{p.head, s.hole(), p.tail} {
		if _, err := out.Write(part); err != nil {
			return out.n, fmt.Errorf("write signed pdf: %w", err)
		}
	}
	return out.n, nil
}

// hole is the container with its brackets, padded with zeros.
func (s *Signed) hole() []byte {
	room := 2 * s.prepared.req.Room
	hole := append(make([]byte, 0, room+2), '<')
	hole = hex.AppendEncode(hole, s.container)
	hole = append(hole, bytes.Repeat([]byte{'0'}, room+1-len(hole))...)
	return append(hole, '>')
}

// countingWriter counts what was taken.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
