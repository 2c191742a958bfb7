package pades_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sohoa/pipeline/pades"
	"sohoa/pipeline/pades/cms"
)

// resigned gives a signed file another byte range, and signs it again as a
// dishonest program would: the container fits the bytes that the range names.
func resigned(t *testing.T, file []byte, ranges [4]int, by signer) []byte {
	t.Helper()
	b := bytes.Clone(file)
	from, to := hole(t, b)
	at := bytes.LastIndex(b[:from], []byte("/ByteRange[")) + len("/ByteRange[")
	text := fmt.Sprintf("%d %d %d %d", ranges[0], ranges[1], ranges[2], ranges[3])
	end := at + bytes.IndexByte(b[at:], ']')
	copy(b[at:end], text+strings.Repeat(" ", end-at-len(text)))
	sum := sha256.New()
	for i := 0; i < 4; i += 2 {
		if a, z := ranges[i], ranges[i]+ranges[i+1]; a <= z && z <= len(b) {
			sum.Write(b[a:z])
		}
	}
	put(t, b[from:to], contained(t, [32]byte(sum.Sum(nil)), by.chain, by))
	return b
}

// contained makes a container by the signer's key, naming any chain.
func contained(t *testing.T, digest [32]byte, named []*x509.Certificate, by signer) []byte {
	t.Helper()
	attributes, err := cms.Attributes(digest, named)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(attributes)
	signature, err := by.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	der, err := cms.Encode(attributes, by.chain, signature)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// put writes a container into its hole.
func put(t *testing.T, hole, der []byte) {
	t.Helper()
	digits := hex.EncodeToString(der)
	copy(hole[1:], digits+strings.Repeat("0", len(hole)-2-len(digits)))
}

// appended adds an update that replaces objects, as an editor would.
func appended(t *testing.T, file []byte, objects map[int]string) []byte {
	t.Helper()
	b := bytes.Clone(file)
	prev := strings.TrimSpace(string(b[bytes.LastIndex(b, []byte("startxref"))+9 : bytes.LastIndex(b, []byte("%%EOF"))]))
	table := "xref\n"
	for number, body := range objects {
		table += fmt.Sprintf("%d 1\n%010d 00000 n \n", number, len(b))
		b = append(b, fmt.Sprintf("%d 0 obj\n%s\nendobj\n", number, body)...)
	}
	at := len(b)
	return append(b, fmt.Sprintf("%strailer\n<</Size 100/Root 1 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n", table, prev, at)...)
}

// object cuts the newest body of an object out of a file.
func object(file []byte, number int) string {
	head := fmt.Sprintf("\n%d 0 obj\n", number)
	_, body, _ := strings.Cut(string(file[bytes.LastIndex(file, []byte(head)):]), "obj\n")
	body, _, _ = strings.Cut(body, "\nendobj")
	return body
}

// TestAnomalies: each known trick on a signed file is found and named, and by
// the gate too.
func TestAnomalies(t *testing.T) {
	by := newSigner(t, ecKey(t), nil)
	file := sign(t, request(paper(t, 1), blockLines()...), by)
	from, to := hole(t, file)
	rest := len(file) - to
	padding := bytes.Clone(file)
	padding[to-3] = '1'
	shout := bytes.Clone(file)
	copy(shout[from:], bytes.ToUpper(file[from:from+40]))
	copy(shout[from+40:], bytes.ToLower(file[from+40:to]))
	swapped := bytes.Clone(file)
	covered := sha256.New()
	covered.Write(file[:from])
	covered.Write(file[to:])
	other := newSigner(t, by.key, nil)
	put(t, swapped[from:to], contained(t, [32]byte(covered.Sum(nil)), other.chain, by))
	page := strings.Index(string(file), "/Type/Page/")
	pageNumber := 0
	if _, err := fmt.Sscanf(string(file[bytes.LastIndexByte(file[:page-8], '\n')+1:]), "%d 0 obj", &pageNumber); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		file    []byte
		verdict pades.Verdict
		code    pades.Code
	}{
		{"as it was", resigned(t, file, [4]int{0, from, to, rest}, by), pades.Valid, pades.TimeUnproved},
		{"tail not covered", resigned(t, file, [4]int{0, from, to, rest - 100}, by), pades.Invalid, pades.RangeShort},
		{"end mark not covered", resigned(t, file, [4]int{0, from, to, rest - 8}, by), pades.Invalid, pades.RangeShort},
		{"gap too big before", resigned(t, file, [4]int{0, from - 10, to, rest}, by), pades.Invalid, pades.RangeBroken},
		{"gap too big after", resigned(t, file, [4]int{0, from, to + 10, rest - 10}, by), pades.Invalid, pades.RangeBroken},
		{"overlap", resigned(t, file, [4]int{0, from, from - 20, len(file) - from + 20}, by), pades.Invalid, pades.RangeBroken},
		{"start not covered", resigned(t, file, [4]int{9, from - 9, to, rest}, by), pades.Invalid, pades.RangeBroken},
		{"container covered", resigned(t, file, [4]int{0, len(file), len(file), 0}, by), pades.Invalid, pades.RangeBroken},
		{"past the end", resigned(t, file, [4]int{0, from, to, rest + 9}, by), pades.Invalid, pades.RangeBroken},
		{"nothing covered", resigned(t, file, [4]int{0, 0, 0, 0}, by), pades.Invalid, pades.RangeBroken},
		{"bytes after the end", append(bytes.Clone(file), "more\n"...), pades.Invalid, pades.RangeShort},
		{"bytes in the padding", padding, pades.NotJudged, pades.ContainerUnreadable},
		{"digits of two kinds", shout, pades.Invalid, pades.ContainerPadded},
		{"another certificate of the key", swapped, pades.Invalid, pades.CertificateSwapped},
		{"action added", appended(t, file, map[int]string{1: strings.TrimSuffix(object(file, 1), ">>") + "/OpenAction<</S/JavaScript/JS(1)>>>>"}), pades.Changed, pades.ChangedLater},
		{"content of the page swapped", appended(t, file, map[int]string{pageNumber + 1: "<</Length 2>>\nstream\nq \nendstream"}), pades.Changed, pades.ChangedLater},
		{"note on the page", appended(t, file, map[int]string{pageNumber: strings.Replace(object(file, pageNumber), "/Annots[", "/Annots[50 0 R ", 1), 50: "<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]>>"}), pades.Changed, pades.ChangedLater},
		{"written again unchanged", appended(t, file, map[int]string{1: object(file, 1)}), pades.Valid, pades.ExtendedLater},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := verify(t, c.file)
			if report.Verdict != c.verdict || len(report.Signatures) != 1 || !has(report.Signatures[0].Findings, c.code) {
				t.Errorf("want %s because of %s, got %+v", c.verdict, c.code, report)
			}
			if err := check(t, c.file); err == nil && c.verdict != pades.Valid {
				t.Error("the gate lets it pass")
			}
		})
	}
}

func has(all []pades.Finding, code pades.Code) bool {
	return slices.ContainsFunc(all, func(f pades.Finding) bool { return f.Code == code })
}

// TestTrust: what is said of a certificate depends on roots and time.
func TestTrust(t *testing.T) {
	by, stranger := newSigner(t, ecKey(t), nil), newSigner(t, ecKey(t), nil)
	file := sign(t, request(paper(t, 1)), by)
	pool := func(s signer) *x509.CertPool {
		p := x509.NewCertPool()
		p.AddCert(s.chain[2])
		return p
	}
	for _, c := range []struct {
		name    string
		options pades.VerifyOptions
		trust   pades.Trust
		code    pades.Code
	}{
		{"no roots", pades.VerifyOptions{}, pades.TrustUnknown, pades.TimeUnproved},
		{"root", pades.VerifyOptions{Roots: pool(by), At: signingTime}, pades.TrustedRoot, pades.TimeUnproved},
		{"another root", pades.VerifyOptions{Roots: pool(stranger), At: signingTime}, pades.UntrustedChain, pades.CertificateNoRoot},
		{"later", pades.VerifyOptions{At: signingTime.AddDate(5, 0, 0)}, pades.TrustUnknown, pades.CertificateExpired},
		{"earlier", pades.VerifyOptions{At: signingTime.AddDate(-5, 0, 0)}, pades.TrustUnknown, pades.CertificateEarly},
	} {
		report, err := pades.Verify(t.Context(), bytes.NewReader(file), int64(len(file)), c.options)
		if err != nil {
			t.Fatal(err)
		}
		if s := report.Signatures[0]; s.Verdict != pades.Valid || s.Trust != c.trust || !has(s.Findings, c.code) {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

// TestCodes: every code has a sentence of its own in both languages.
func TestCodes(t *testing.T) {
	seen := map[string]pades.Code{}
	for _, c := range pades.Codes() {
		for _, lang := range []string{"vi", "en"} {
			text := c.Text(lang)
			if other, twice := seen[text]; twice || text == "" || !strings.HasSuffix(text, ".") {
				t.Errorf("%s and %s say %q", c, other, text)
			}
			seen[text] = c
		}
	}
}
