package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	pixels "image" // this package has a type of that name
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/big"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"
)

// officeKeyCommand writes a PKCS#12 file with a fresh key, and beside it, with
// .pem behind its name, the certificate alone:
//
//	officekey office.p12 PASSWORD valid|expired|test
func officeKeyCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: officekey FILE PASSWORD valid|expired|test")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "UBND xã Gia Phú", Organization: []string{"UBND xã Gia Phú"}},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	switch args[2] {
	case "expired":
		template.NotAfter = time.Now().Add(-24 * time.Hour)
	case "test":
		template.Subject.OrganizationalUnit = []string{"SOHOA TEST KEY"}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	certificate, err := x509.ParseCertificate(der)
	ts.Check(err)
	body, err := pkcs12.Modern.Encode(key, certificate, nil, args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), body, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
}

// stampCommand copies an upright scan and prints on the corner where a signature's block
// belongs: a bar as wide and dark as a stamp's edge.
//
//	stamp scan.jpg stamped.jpg
func stampCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: stamp SCAN COPY")
	}
	in, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer in.Close()
	scan, err := jpeg.Decode(in)
	ts.Check(err)
	w, h := scan.Bounds().Dx(), scan.Bounds().Dy()
	stamped := pixels.NewRGBA(pixels.Rect(0, 0, w, h))
	draw.Draw(stamped, stamped.Bounds(), scan, scan.Bounds().Min, draw.Src)
	bar := pixels.Rect(w*3/4, h*3/100, w*92/100, h*35/1000)
	draw.Draw(stamped, bar, pixels.NewUniform(color.RGBA{R: 160, G: 20, B: 30, A: 255}), pixels.Point{}, draw.Src)
	out, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(jpeg.Encode(out, stamped, &jpeg.Options{Quality: 90}))
	ts.Check(out.Close())
}
