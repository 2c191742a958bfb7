//go:build corpus

package pades_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sohoa/pipeline/pades"
	"sohoa/testdata/generate/collection"
)

func corpus(t *testing.T, path string) string {
	t.Helper()
	return filepath.Join(collection.Dir(t), path)
}

// judged is what a file of the collection must get: the verdict on the whole,
// how many signatures, and a code that must stand somewhere.
type judged struct {
	path       string
	verdict    pades.Verdict
	signatures int
	code       pades.Code
}

// TestCorpus holds the verifier against files that other programs signed: what
// is good is good, what was changed is named, and what we can not judge is not
// called valid.
func TestCorpus(t *testing.T) {
	for _, c := range []judged{
		// Signed in Vietnamese offices; pdfsig calls all of them valid.
		{"vi-scans/ubnd-quang-ngai/bc-23_cai-cach-tthc_2p_signed2.pdf", pades.Valid, 2, pades.WeakDigest},
		{"vi-scans/ubnd-quang-ngai/ct-01_hoa-don-dien-tu_3p.pdf", pades.Valid, 1, pades.WeakDigest},
		{"vi-scans/ubnd-quang-ngai/ct-05_nop-thue-dien-tu_2p.pdf", pades.Valid, 1, pades.CertificateUnnamed},
		{"vi-scans/ubnd-quang-ngai/ct-08-2018_3p_signed1_expired.pdf", pades.Valid, 1, pades.CertificateExpired},
		{"vi-scans/ubnd-quang-ngai/cv-507_word_1p_signed-nhieu.pdf", pades.Valid, 5, pades.ExtendedLater},
		{"vi-scans/ubnd-quang-ngai/cv-575_1p_signed1.pdf", pades.Valid, 1, pades.TimeUnproved},
		{"vi-scans/ubnd-quang-ngai/qd-04-bcd138_2025_2p_signed2.pdf", pades.Valid, 2, pades.ExtendedLater},
		{"vi-scans/van-ban-luat/cv-2243-c07-2025_scan_2p_signed5.pdf", pades.Valid, 5, pades.ExtendedLater},
		{"vi-scans/van-ban-luat/tt-51-2025-bca_scan_4p.pdf", pades.Valid, 1, pades.TimestampNotJudged},
		{"vi-scans/nom-vn-real/hanoi_tb_453_flag.pdf", pades.Valid, 7, pades.WeakDigest},
		{"vi-scans/van-ban-luat/tt-148-2020-bca_scan-mau_6p.pdf", pades.Unsigned, 0, ""},
		// Other programs, good.
		{"sign/pdfcpu/sample2.pdf", pades.Valid, 1, pades.WeakDigest},
		{"sign/pdfcpu/testPAdES_BB.pdf", pades.Valid, 1, pades.TimeUnproved},
		{"sign/pdfcpu/testPAdES_BT.pdf", pades.Valid, 1, pades.TimestampNotJudged},
		{"sign/pdfcpu/testPAdES_BLT.pdf", pades.Valid, 1, pades.ExtendedLater},
		{"sign/digitorus-pdfsign/testfile30.pdf", pades.Valid, 1, pades.WeakDigest},
		{"sign/digitorus-pdfsign/testfile14.pdf", pades.Unsigned, 0, ""},
		{"sign/pyhanko/pdf/minimal-signed-twice-both-created.pdf", pades.Valid, 2, pades.ExtendedLater},
		{"sign/pyhanko/pdf/minimal-signed-twice-no-sig-type.pdf", pades.Valid, 2, pades.ExtendedLater},
		{"sign/pyhanko/pdf/minimal-signed-twice-second-created.pdf", pades.Valid, 2, pades.ExtendedLater},
		{"sign/pyhanko/pdf/minimal-two-fields-signed-twice.pdf", pades.Valid, 2, pades.ExtendedLater},
		{"sign/pyhanko/pdf/separate-annots-kids-indir.pdf", pades.Valid, 2, pades.ExtendedLater},
		{"sign/pyhanko/pdf/pades-lta-dss-indirect-arrs-test-2.pdf", pades.Valid, 3, pades.ExtendedLater},
		{"sign/pyhanko/pdf/pades-with-old-style-signing-cert-attr.pdf", pades.Valid, 1, pades.TimeUnproved},
		{"sign/pyhanko/pdf/sig-with-ski-sid.pdf", pades.Valid, 1, pades.CertificateExpired},
		{"sign/pyhanko/pdf/sig-no-signed-attrs.pdf", pades.Valid, 1, pades.CertificateUnnamed},
		{"sign/pyhanko/pdf/extensions-direct.pdf", pades.Valid, 2, pades.CertificateThen},
		// Changed after the signature.
		{"sign/pyhanko/pdf/extensions-indirect-not-all-paths.pdf", pades.Changed, 2, pades.ChangedLater},
		// Not for us to judge, and said so.
		{"sign/pdfcpu/sample01.pdf", pades.NotJudged, 1, pades.KindUnknown},
		{"sign/pdfcpu/testPAdES_BLTA.pdf", pades.NotJudged, 2, pades.CertificateMissing},
		{"sign/pyhanko/pdf/ed448-disallowed-hash.pdf", pades.NotJudged, 1, pades.AlgorithmUnknown},
		{"sign/pyhanko/pdf/pdf-sig-with-econtent.pdf", pades.NotJudged, 1, pades.ContainerUnreadable},
		{"sign/pyhanko/pdf/signed-encrypted-pubkey-with-catalog-ref.pdf", pades.NotJudged, 0, pades.FileEncrypted},
	} {
		t.Run(c.path, func(t *testing.T) {
			b, err := os.ReadFile(corpus(t, c.path))
			if err != nil {
				t.Fatal(err)
			}
			report := verify(t, b)
			all := report.Findings
			for _, s := range report.Signatures {
				all = append(all, s.Findings...)
			}
			if report.Verdict != c.verdict || len(report.Signatures) != c.signatures || c.code != "" && !has(all, c.code) {
				t.Errorf("want %+v, got %s with %d signatures: %+v", c, report.Verdict, len(report.Signatures), all)
			}
		})
	}
}

// TestCorpusFlipped flips a byte in the covered part of each good foreign file.
func TestCorpusFlipped(t *testing.T) {
	for _, path := range []string{"vi-scans/ubnd-quang-ngai/cv-575_1p_signed1.pdf", "vi-scans/ubnd-quang-ngai/ct-01_hoa-don-dien-tu_3p.pdf", "sign/pdfcpu/testPAdES_BB.pdf"} {
		b, err := os.ReadFile(corpus(t, path))
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/3] ^= 1
		if report := verify(t, b); report.Verdict != pades.Invalid || !has(report.Signatures[0].Findings, pades.DigestMismatch) {
			t.Errorf("%s: %+v", path, report)
		}
	}
}

// TestCorpusBroken has every signed or broken PDF judged: there is a verdict
// each time, and a broken one is never valid.
func TestCorpusBroken(t *testing.T) {
	files := 0
	for _, folder := range []string{"sign", "bad-pdf"} {
		err := filepath.WalkDir(corpus(t, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".pdf") {
				return err
			}
			files++
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			report := verify(t, b)
			if folder == "bad-pdf" && report.Verdict == pades.Valid {
				t.Errorf("%s is valid", path)
			}
			if _, err := pades.Prepare(t.Context(), pades.Request{Input: bytes.NewReader(b), Size: int64(len(b)), At: signingTime}); err == nil && folder == "bad-pdf" {
				t.Logf("%s could be signed", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 150 {
		t.Errorf("only %d files", files)
	}
}
