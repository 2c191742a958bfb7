package decode

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
)

// writePDF writes a PDF of numbered objects, the first the catalogue. An object
// is its dictionary or value, and for a stream the bytes.
func writePDF(objects ...[2]string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", i+1)
		if o[1] == "" {
			b.WriteString(o[0])
		} else {
			fmt.Fprintf(&b, "%s /Length %d >>\nstream\n%s\nendstream", strings.TrimSuffix(o[0], ">>"), len(o[1]), o[1])
		}
		b.WriteString("\nendobj\n")
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// imagePage is a PDF of one page, 420 x 595 points, with an image /Im0.
func imagePage(page, content, image, data string) []byte {
	return writePDF(
		[2]string{"<< /Type /Catalog /Pages 2 0 R >>"},
		[2]string{"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
		[2]string{"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R " +
			"/Resources << /XObject << /Im0 5 0 R >> /Font << /F0 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> " +
			"/ExtGState << /Faint << /ca 0.5 >> /Plain << /ca 1 /BM /Normal >> >> >> " + page + " >>"},
		[2]string{"<< >>", content},
		[2]string{"<< /Type /XObject /Subtype /Image " + image + " >>", data},
	)
}

const grayJPEG = "/Width 583 /Height 827 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"

func deflate(data []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.String()
}

// TestPDFLift: which pages are one picture, and how it lies on them.
func TestPDFLift(t *testing.T) {
	jpeg := string(drawn.JPEG(t, drawn.Page(t, 100), 100))
	whole := "q 420 0 0 595 0 0 cm /Im0 Do Q"
	tests := []struct {
		name, page, content, image string
		lifted                     bool
		orientation                Orientation
		text                       bool
	}{
		{"plain", "", whole, grayJPEG, true, 1, false},
		{"invisible text layer", "", whole + " BT /F0 9 Tf 3 Tr (xin) Tj ET", grayJPEG, true, 1, true},
		{"visible text", "", whole + " BT /F0 9 Tf (xin) Tj ET", grayJPEG, false, 1, true},
		{"text mode of a saved state", "", "q 3 Tr Q " + whole + " BT /F0 9 Tf (xin) Tj ET", grayJPEG, false, 1, true},
		{"white ground below", "", "1 g 0 0 420 595 re f " + whole, grayJPEG, true, 1, false},
		{"line on top", "", whole + " 0 0 m 100 100 l S", grayJPEG, false, 1, false},
		{"clipped to the page", "", "0 0 420 595 re W n " + whole, grayJPEG, true, 1, false},
		{"clipped to a half", "", "0 0 210 595 re W n " + whole, grayJPEG, false, 1, false},
		{"picture in a corner", "", "q 200 0 0 280 0 0 cm /Im0 Do Q", grayJPEG, false, 1, false},
		{"cropped page", "/CropBox [0 0 200 595]", whole, grayJPEG, false, 1, false},
		{"drawn twice", "", whole + " " + whole, grayJPEG, false, 1, false},
		{"half transparent", "", "/Faint gs " + whole, grayJPEG, false, 1, false},
		{"harmless state", "", "/Plain gs " + whole, grayJPEG, true, 1, false},
		{"optional content", "", "/OC /x BDC " + whole + " EMC", grayJPEG, false, 1, false},
		{"upside down", "", "q -420 0 0 -595 420 595 cm /Im0 Do Q", grayJPEG, true, 3, false},
		{"mirrored", "", "q -420 0 0 595 420 0 cm /Im0 Do Q", grayJPEG, true, 2, false},
		{"flipped", "", "q 420 0 0 -595 0 595 cm /Im0 Do Q", grayJPEG, true, 4, false},
		{"turned by the page", "/Rotate 90", whole, grayJPEG, true, 6, false},
		{"turned back by the page", "/Rotate 270", whole, grayJPEG, true, 8, false},
		{"two matrices", "", "q 42 0 0 59.5 0 0 cm 10 0 0 10 0 0 cm /Im0 Do Q", grayJPEG, true, 1, false},
		{"leaning", "", "q 418 40 -40 592 20 0 cm /Im0 Do Q", grayJPEG, false, 1, false},
		{"colour of another kind", "", whole, strings.Replace(grayJPEG, "/DeviceGray", "/DeviceRGB", 1), false, 1, false},
		{"indexed colour", "", whole, strings.Replace(grayJPEG, "/DeviceGray", "[/Indexed /DeviceGray 1 <00ff>]", 1), false, 1, false},
		{"swapped values", "", whole, grayJPEG + " /Decode [1 0]", true, 1, false},
		{"soft mask", "", whole, grayJPEG + " /SMask 5 0 R", false, 1, false},
		{"stamp annotation", "/Annots [<< /Type /Annot /Subtype /Stamp /Rect [10 10 90 90] /AP << /N 4 0 R >> >>]", whole, grayJPEG, false, 1, false},
		{"hidden annotation", "/Annots [<< /Type /Annot /Subtype /Stamp /F 2 /Rect [10 10 90 90] /AP << /N 4 0 R >> >>]", whole, grayJPEG, true, 1, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := open(t, drawn.File(t, "a.pdf", imagePage(test.page, test.content, test.image, jpeg)))
			source, ok := f.source.(*pdfFile)
			if !ok {
				t.Fatalf("source is %T", f.source)
			}
			page := source.inspect(1)
			if (page.image != nil) != test.lifted || page.text != test.text {
				t.Fatalf("lifted %v, text %v; want %v, %v", page.image != nil, page.text, test.lifted, test.text)
			}
			if !test.lifted {
				return
			}
			if page.image.orientation != test.orientation {
				t.Errorf("orientation %d, want %d", page.image.orientation, test.orientation)
			}
			if s := page.image.stream; string(s.Data) != jpeg || s.Filter != "DCTDecode" {
				t.Errorf("stream was changed: %+v", s.Filter)
			}
			if r := page.image.resolution; r.Source != "pdf" || r.X < 98 || r.X > 102 {
				t.Errorf("resolution %+v", r)
			}
		})
	}
}

// TestPDFPixels: the picture that is read has the pixels of the stream that is
// published, for every filter.
func TestPDFPixels(t *testing.T) {
	whole := "q 420 0 0 595 0 0 cm /Im0 Do Q"
	page := drawn.Page(t, 100)
	bits, rows := bilevel(t)
	g4, err := bits.G4()
	if err != nil {
		t.Fatal(err)
	}
	size := fmt.Sprintf("/Width %d /Height %d ", bits.Width(), bits.Height())
	tests := []struct {
		name, image string
		data        string
		bilevel     bool
	}{
		{"deflated gray", size + "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", deflate(page.Pix), false},
		{"deflated bits", size + "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode", deflate(inverted(rows)), true},
		{"deflated bits, swapped", size + "/ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] /Filter /FlateDecode", deflate(rows), true},
		{"group 4", size + "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 583 /Rows 827 >>", string(g4), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := open(t, drawn.File(t, "a.pdf", imagePage("", whole, test.image, test.data)))
			p := read(t, f, 1)
			s, err := f.Stream(t.Context(), 1)
			if err != nil || string(s.Data) != test.data {
				t.Fatalf("stream was changed: %v", err)
			}
			if slices.Contains(p.Flags, dossier.FlagRendered) {
				t.Error("was rendered")
			}
			if test.bilevel && !samePixels(t, p.Pix, bits) {
				t.Error("pixels differ")
			}
			if !test.bilevel {
				if rows, err := p.Pix.GrayRows(nil); err != nil || !bytes.Equal(rows, page.Pix) {
					t.Errorf("pixels differ, %v", err)
				}
			}
		})
	}
}

// TestPDFWrapped: a JPEG inside other filters comes out as it went in.
func TestPDFWrapped(t *testing.T) {
	jpeg := drawn.JPEG(t, drawn.Page(t, 100), 100)
	data := fmt.Sprintf("%x>", deflate(jpeg))
	image := strings.Replace(grayJPEG, "/DCTDecode", "[/ASCIIHexDecode /FlateDecode /DCTDecode]", 1)
	f := open(t, drawn.File(t, "a.pdf", imagePage("", "q 420 0 0 595 0 0 cm /Im0 Do Q", image, data)))
	s, err := f.Stream(t.Context(), 1)
	if err != nil || s.Filter != "DCTDecode" || !bytes.Equal(s.Data, jpeg) {
		t.Fatalf("stream %+v, %v", s, err)
	}
	if p := read(t, f, 1); p.Pix.Width() != 583 || len(p.Flags) > 0 {
		t.Errorf("picture %+v", p)
	}
}

// TestPDFRendered: a page that is more than its picture is drawn at 300 dpi,
// and the published pixels are those that were drawn.
func TestPDFRendered(t *testing.T) {
	content := "q 420 0 0 595 0 0 cm /Im0 Do Q 1 0 0 RG 9 w 0 0 m 420 595 l S"
	f := open(t, drawn.File(t, "a.pdf", imagePage("", content, grayJPEG, string(drawn.JPEG(t, drawn.Page(t, 100), 100)))))
	p := read(t, f, 1)
	if p.Pix.Width() != 1750 || p.Pix.Depth() != 32 || p.Resolution != (Resolution{300, 300, "pdf"}) || !slices.Contains(p.Flags, dossier.FlagRendered) {
		t.Errorf("picture %d wide, %+v", p.Pix.Width(), p)
	}
	s, err := f.Stream(t.Context(), 1)
	if err != nil || s.Width != 1750 || s.Components != 3 {
		t.Fatalf("stream %+v, %v", s, err)
	}
	rows := unpredict(t, s.Data, s.Width, 3)
	for i, word := range p.Pix.Words() {
		if rows[3*i] != byte(word>>24) || rows[3*i+1] != byte(word>>16) || rows[3*i+2] != byte(word>>8) {
			t.Fatalf("pixel %d differs", i)
		}
	}
}

// TestPDFBroken: what pdfcpu cannot read goes to poppler and qpdf; a password
// is named; the scratch folder is left empty.
func TestPDFBroken(t *testing.T) {
	good := imagePage("", "q 420 0 0 595 0 0 cm /Im0 Do Q", grayJPEG, string(drawn.JPEG(t, drawn.Page(t, 100), 100)))
	plain := drawn.File(t, "plain.pdf", good)
	secret := filepath.Join(t.TempDir(), "secret.pdf")
	qpdf, err := exec.LookPath("qpdf")
	if err != nil {
		t.Fatalf("%v; install: apt install qpdf", err)
	}
	if out, err := exec.CommandContext(t.Context(), qpdf, "--encrypt", "mat", "khau", "256", "--", plain, secret).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v\n%s", err, out)
	}
	scratch := t.TempDir()
	if _, err := (Decoder{Scratch: scratch}).Open(t.Context(), secret); dossier.ReasonOf(err) != dossier.ReasonEncrypted {
		t.Errorf("password: %v", err)
	}
	noXref := bytes.Replace(good, []byte("startxref"), []byte("startxxxx"), 1)
	f, err := Decoder{Scratch: scratch}.Open(t.Context(), drawn.File(t, "x.pdf", noXref))
	if err != nil {
		t.Fatalf("file without startxref: %v", err)
	}
	read(t, f, 1)
	f.Close()
	noPages := writePDF([2]string{"<< /Type /Catalog /Pages 2 0 R >>"}, [2]string{"<< /Type /Pages /Kids [] /Count 0 >>"})
	if _, err := (Decoder{Scratch: scratch}).Open(t.Context(), drawn.File(t, "n.pdf", noPages)); dossier.ReasonOf(err) != dossier.ReasonNoPages {
		t.Errorf("no pages: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(scratch, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("scratch not empty: %v", left)
	}
}

// TestPDFSigned: a signature is seen wherever its mark lies in the file.
func TestPDFSigned(t *testing.T) {
	for _, padding := range []int{0, 65_530, 70_000, 131_070} {
		content := strings.Repeat("%", padding) + "\n/ByteRange"
		path := drawn.File(t, "s.pdf", []byte(content))
		if signed, err := hasSignature(path); err != nil || !signed {
			t.Errorf("padding %d: %v, %v", padding, signed, err)
		}
	}
	if signed, err := hasSignature(drawn.File(t, "u.pdf", bytes.Repeat([]byte("/ByteRang "), 20_000))); err != nil || signed {
		t.Errorf("unsigned: %v, %v", signed, err)
	}
}
