package pades_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
	"sohoa/pipeline/pdfa"
)

// signingTime is when the tests sign.
var signingTime = time.Date(2026, 11, 22, 4, 2, 8, 0, time.UTC)

// signer is a key with its chain, the signer's certificate first.
type signer struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

// keys of the kinds an office has.
func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newSigner makes a root, an issuer below it, and a certificate for the key.
// change may spoil the last.
func newSigner(t testing.TB, key crypto.Signer, change func(c *x509.Certificate)) signer {
	t.Helper()
	root, issuer := ecKey(t), ecKey(t)
	ca := func(n int64, name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name, Organization: []string{"Thử nghiệm"}, Country: []string{"VN"}},
			NotBefore: signingTime.AddDate(-2, 0, 0), NotAfter: signingTime.AddDate(8, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
	}
	rootCert := issue(t, ca(1, "CA gốc thử"), nil, root.Public(), root)
	issuerCert := issue(t, ca(2, "CA cấp thử"), rootCert, issuer.Public(), root)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: "Ủy ban nhân dân xã Đông Thạnh", Organization: []string{"UBND xã Đông Thạnh"}, Country: []string{"VN"}},
		NotBefore: signingTime.AddDate(-1, 0, 0), NotAfter: signingTime.AddDate(2, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	if change != nil {
		change(leaf)
	}
	return signer{key, []*x509.Certificate{issue(t, leaf, issuerCert, key.Public(), issuer), issuerCert, rootCert}}
}

func issue(t testing.TB, template, parent *x509.Certificate, public crypto.PublicKey, by crypto.Signer) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// paper writes a PDF/A file of so many pages, A4 with a grey picture and one
// line of text.
func paper(t testing.TB, pages int) []byte {
	t.Helper()
	return paperOf(t, pages, image.Rect(0, 0, 83, 117))
}

func paperOf(t testing.TB, pages int, size image.Rectangle) []byte {
	t.Helper()
	pic := image.NewGray(size)
	for i := range pic.Pix {
		pic.Pix[i] = 250
	}
	pic.SetGray(10, 10, color.Gray{})
	var packed bytes.Buffer
	encodeJPEG(t, &packed, pic)
	all := make([]pdfa.Page, pages)
	for i := range all {
		all[i] = pdfa.Page{
			Image: dossier.ImageStream{
				Width: size.Dx(), Height: size.Dy(), BitsPerComponent: 8, Components: 1, Filter: "DCTDecode", Size: int64(packed.Len()),
				Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil },
			},
			Reading: dossier.Reading{Width: size.Dx(), Height: size.Dy(), DPI: 10, ToInput: dossier.Identity(), Words: []dossier.Word{
				{Text: "Giấy", X: 10, Y: 60, W: 20, H: 3, Line: 1, Block: 1}, {Text: "khai", X: 32, Y: 60, W: 15, H: 3, Line: 1, Block: 1}, {Text: "sinh", X: 50, Y: 60, W: 15, H: 3, Line: 1, Block: 1},
			}},
		}
	}
	var b bytes.Buffer
	if _, err := pdfa.Write(context.Background(), &b, pdfa.Meta{Title: "Giấy khai sinh", Created: signingTime.Add(-time.Hour), ID: [16]byte{1, 2, 3}}, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodeJPEG(t testing.TB, w io.Writer, pic image.Image) {
	t.Helper()
	if err := jpeg.Encode(w, pic, nil); err != nil {
		t.Fatal(err)
	}
}

// blockLines is a block as an office has it, with letters of every kind.
func blockLines() []string {
	return []string{"SAO Y", "Ủy ban nhân dân xã Đông Thạnh", pades.TimeLine(signingTime), "CHỮ KÝ THỬ – KHÔNG CÓ GIÁ TRỊ"}
}

func request(file []byte, block ...string) pades.Request {
	r := pades.Request{Input: bytes.NewReader(file), Size: int64(len(file)), At: signingTime, Reason: "Sao y"}
	if len(block) > 0 {
		r.Block = &pades.Block{Lines: block}
	}
	return r
}

// sign goes the whole way.
func sign(t testing.TB, r pades.Request, by signer) []byte {
	t.Helper()
	prepared, err := pades.Prepare(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	tbs, err := prepared.ToBeSigned(by.chain)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := tbs.Sign(context.Background(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, err := signed.WriteTo(&b)
	if err != nil {
		t.Fatal(err)
	}
	if n != int64(b.Len()) || n != signed.Size() {
		t.Fatalf("wrote %d bytes, said %d and %d", b.Len(), n, signed.Size())
	}
	return b.Bytes()
}

// save writes a file for a program from outside.
func save(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a program from outside and gives all it printed.
func run(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing; see scripts/packages-run.txt and packages-test.txt", name)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	return string(out), err
}
