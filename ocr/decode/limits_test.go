package decode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/decode/decodetest"
	"sohoa/ocr/internal/drawn"
)

// bomb is a small file that asks for more than the limits.
type bomb struct {
	name   string
	data   []byte
	limits Limits
	reason dossier.Reason
	late   bool // it is its page that is refused, not the file
}

// patched writes numbers over a file, each behind the first mark.
func patched(t *testing.T, data []byte, mark string, at int, number []byte) []byte {
	t.Helper()
	out := bytes.Clone(data)
	i := bytes.Index(out, []byte(mark))
	if i < 0 {
		t.Fatalf("no %q", mark)
	}
	copy(out[i+len(mark)+at:], number)
	return out
}

// madeBy is a file of a kind that ImageMagick makes of a drawn page.
func madeBy(t *testing.T, kind string) []byte {
	t.Helper()
	all := decodetest.Samples()
	i := slices.IndexFunc(all, func(s decodetest.Sample) bool { return s.Name == kind })
	if i < 0 {
		t.Fatalf("no sample %q", kind)
	}
	data, err := os.ReadFile(all[i].Make(t, decodetest.Sources(t)[all[i].From]))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// bombs has one file of each format.
func bombs(t *testing.T) []bomb {
	t.Helper()
	be, le := binary.BigEndian, binary.LittleEndian
	const side = 60_000
	be16, le16 := be.AppendUint16(be.AppendUint16(nil, side), side), le.AppendUint16(le.AppendUint16(nil, side), side)
	be32, le32 := be.AppendUint32(be.AppendUint32(nil, side), side), le.AppendUint32(le.AppendUint32(nil, side), side)
	jp2 := madeBy(t, "jp2")
	phone, err := os.ReadFile("testdata/phone.heic")
	if err != nil {
		t.Fatal(err)
	}
	strip := tiffPageOf{width: side, height: side, bits: 1, samples: 1, compression: 1, orientation: 1, dpi: 300, strips: [][]byte{make([]byte, 100)}}
	sheet := tiffPageOf{width: 583, height: 827, bits: 1, samples: 1, compression: 1, orientation: 1, dpi: 300, strips: [][]byte{make([]byte, 73*827)}}
	return []bomb{
		{name: "jpeg", data: patched(t, drawn.JPEG(t, drawn.Blank(300, 300), 300), "\xff\xc0", 3, be16), reason: dossier.ReasonTooLarge},
		{name: "png", data: patched(t, drawn.PNG(t, drawn.Blank(300, 300)), "IHDR", 0, be32), reason: dossier.ReasonTooLarge},
		{name: "bmp", data: patched(t, madeBy(t, "bmp 24"), "BM", 16, le32), reason: dossier.ReasonTooLarge},
		{name: "gif", data: patched(t, madeBy(t, "gif"), "GIF8", 2, le16), reason: dossier.ReasonTooLarge},
		{name: "webp", data: patched(t, madeBy(t, "webp"), "\x9d\x01\x2a", 0, []byte{0xff, 0x3f, 0xff, 0x3f}), reason: dossier.ReasonTooLarge},
		{name: "jpeg 2000, by its boxes", data: patched(t, jp2, "ihdr", 0, be32), reason: dossier.ReasonTooLarge},
		{name: "jpeg 2000, by its codestream", data: patched(t, jp2, "\xff\x4f\xff\x51", 4, be32), reason: dossier.ReasonTooLarge},
		{name: "heic", data: patched(t, phone, "ispe", 4, be32), reason: dossier.ReasonTooLarge},
		{name: "tiff", data: writeTIFF(strip), reason: dossier.ReasonTooLarge},
		{name: "tiff of many pages", data: writeTIFF(slices.Repeat([]tiffPageOf{sheet}, 3)...), limits: Limits{Images: 2}, reason: dossier.ReasonTooManyPages},
		{name: "pdf of many pages", data: pdfOfPages(600), reason: dossier.ReasonTooManyPages},
		{name: "pdf, a huge page", data: pictureOfZeros("/MediaBox [0 0 200000 200000]", "1 g", "", 0), reason: dossier.ReasonTooLarge, late: true},
		{name: "pdf, a huge picture", data: pictureOfZeros("", "q 420 0 0 595 0 0 cm /Im0 Do Q", "/Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", 1), reason: dossier.ReasonTooLarge, late: true},
		{name: "pdf, a picture of a thousand million zeros", data: pictureOfZeros("", "q 420 0 0 595 0 0 cm /Im0 Do Q", "/Width 1000 /Height 1000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", 1000), reason: dossier.ReasonDamaged, late: true},
		{name: "pdf, content of two hundred million zeros", data: writePDF(
			[2]string{"<< /Type /Catalog /Pages 2 0 R >>"}, [2]string{"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
			[2]string{"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R >>"}, [2]string{"<< /Filter /FlateDecode >>", zeros(200)},
		), reason: justRead, late: true},
	}
}

// justRead is no reason: what is drawn of a page is a picture of the page's size,
// however long its content is.
const justRead dossier.Reason = "read"

// zeros are so many megabytes of zeros, deflated to a thousandth.
func zeros(megabytes int) string {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	block := make([]byte, 1<<20)
	for range megabytes {
		_, _ = z.Write(block) // to memory
	}
	_ = z.Close()
	return out.String()
}

// pictureOfZeros is a PDF whose page has a picture of so many megabytes of zeros.
func pictureOfZeros(page, content, image string, megabytes int) []byte {
	return imagePage(page, content, image, zeros(megabytes))
}

// pdfOfPages has n empty pages.
func pdfOfPages(n int) []byte {
	objects := [][2]string{{"<< /Type /Catalog /Pages 2 0 R >>"}}
	kids := ""
	for i := range n {
		kids += fmt.Sprintf("%d 0 R ", i+3)
	}
	objects = append(objects, [2]string{fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 420 595] >>", kids, n)})
	for range n {
		objects = append(objects, [2]string{"<< /Type /Page /Parent 2 0 R >>"})
	}
	return writePDF(objects...)
}

// refuseEnv names the file that a process of its own refuses.
const refuseEnv = "SOHOA_TEST_REFUSE"

// TestLimitsBeforeAllocation: a file of each format that announces more than the
// limits, or unpacks to more, is refused for the reason that a clerk is told, and
// the process that refuses it has hardly grown.
func TestLimitsBeforeAllocation(t *testing.T) {
	if path := os.Getenv(refuseEnv); path != "" {
		refuse(t, path)
		return
	}
	const most = 100 // megabytes, of which the test program itself has a third
	for _, b := range bombs(t) {
		t.Run(b.name, func(t *testing.T) {
			path := drawn.File(t, "bomb", b.data)
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLimitsBeforeAllocation$", "-test.v")
			cmd.Env = append(os.Environ(), refuseEnv+"="+path, fmt.Sprintf("%s_IMAGES=%d", refuseEnv, b.limits.Images))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			at := bytes.Index(out, []byte("REFUSED"))
			if at < 0 {
				t.Fatalf("not refused: %s", out)
			}
			var reason, kind string
			var peak int
			if _, err := fmt.Sscanf(string(out[at:]), "REFUSED %s %s %d", &reason, &kind, &peak); err != nil {
				t.Fatalf("%v: %s", err, out[at:])
			}
			t.Logf("%s, %s, at most %d MB in memory", reason, kind, peak)
			if reason != string(b.reason) || peak > most || (kind == "page") != b.late {
				t.Errorf("want %s with less than %d MB", b.reason, most)
			}
		})
	}
}

// refuse opens a file, and its first page, and says how that went.
func refuse(t *testing.T, path string) {
	t.Helper()
	var images int
	if _, err := fmt.Sscan(os.Getenv(refuseEnv+"_IMAGES"), &images); err != nil {
		t.Fatal(err)
	}
	kind := "file"
	f, err := Decoder{Scratch: t.TempDir(), Limits: Limits{Images: images}}.Open(t.Context(), path)
	if err == nil {
		defer f.Close()
		kind = "page"
		var p *Picture
		if p, err = f.Picture(t.Context(), 1); err == nil {
			p.Pix.Close()
			err = because(justRead, nil)
		}
	}
	status, readErr := os.ReadFile("/proc/self/status")
	if readErr != nil {
		t.Fatal(readErr)
	}
	var kib int
	for line := range bytes.Lines(status) {
		_, _ = fmt.Sscanf(string(line), "VmHWM: %d kB", &kib) // other lines have another form
	}
	t.Logf("REFUSED %s %s %d", dossier.ReasonOf(err), kind, kib>>10)
}
