package watch

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// samples are whole files of every format whose end is known.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 90, 120))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i * 7)
	}
	var jpg, pngFile bytes.Buffer
	must(t, jpeg.Encode(&jpg, picture, nil))
	must(t, png.Encode(&pngFile, picture))
	bmp := append([]byte("BM"), binary.LittleEndian.AppendUint32(nil, 200)...)
	webp := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, 192)...)
	return map[string][]byte{
		"jpeg":                jpg.Bytes(),
		"jpeg with thumbnail": withThumbnail(jpg.Bytes()),
		"png":                 pngFile.Bytes(),
		"pdf":                 []byte("%PDF-1.4\n1 0 obj\nendobj\ntrailer\nstartxref\n9\n%%EOF"),
		"pdf linearized":      linearizedPDF(),
		"tiff":                tiffFile(binary.LittleEndian, false, false),
		"tiff big-endian":     tiffFile(binary.BigEndian, false, false),
		"tiff tables first":   tiffFile(binary.LittleEndian, false, true),
		"bigtiff":             tiffFile(binary.LittleEndian, true, false),
		"bmp":                 append(bmp, make([]byte, 194)...),
		"webp":                append(append(webp, "WEBP"...), make([]byte, 188)...),
	}
}

// withThumbnail puts a whole small JPEG into an APP1 segment.
func withThumbnail(jpg []byte) []byte {
	thumbnail := []byte("Exif\x00\x00\xff\xd8\xff\xdb\xff\xd9")
	segment := append([]byte{0xff, 0xe1, 0, byte(len(thumbnail) + 2)}, thumbnail...)
	return append(append(append([]byte{}, jpg[:2]...), segment...), jpg[2:]...)
}

// linearizedPDF has the %%EOF of its first section in the middle.
func linearizedPDF() []byte {
	const form = "%PDF-1.4\n1 0 obj\n<</Linearized 1/L LENGTH/N 1>>\nendobj\ntrailer\nstartxref\n0\n%%EOF\n2 0 obj\nendobj\ntrailer\nstartxref\n99\n%%EOF"
	return []byte(strings.Replace(form, "LENGTH", "000123", 1))[:123:123]
}

// tiffFile builds two pages of two strips each: pixels and tables in either
// order, the first directory's offset in the header.
func tiffFile(order binary.AppendByteOrder, big, tablesFirst bool) []byte {
	b := tiffBuilder{order: order, big: big}
	b.out = append(b.out, map[bool]string{true: "MM", false: "II"}[order.String() == "BigEndian"]...)
	b.out = order.AppendUint16(b.out, map[bool]uint16{true: 43, false: 42}[big])
	if big {
		b.out = order.AppendUint16(order.AppendUint16(b.out, 8), 0)
	}
	link := len(b.out)
	b.offset(0)
	for range 2 {
		link = b.page(link, tablesFirst)
	}
	return b.out
}

type tiffBuilder struct {
	order binary.AppendByteOrder
	big   bool
	out   []byte
}

func (b *tiffBuilder) offset(v int) {
	if b.big {
		b.out = b.order.AppendUint64(b.out, uint64(v))
	} else {
		b.out = b.order.AppendUint32(b.out, uint32(v))
	}
}

func (b *tiffBuilder) patch(at, v int) {
	kept := b.out
	b.out = b.out[:at:at]
	b.offset(v)
	copy(kept[at:], b.out[at:])
	b.out = kept
}

// page adds one directory and its strips and links it at the given place.
func (b *tiffBuilder) page(link int, tablesFirst bool) (next int) {
	const strip = 50
	pixels := func() (at int) {
		at = len(b.out)
		b.out = append(b.out, bytes.Repeat([]byte{0xaa}, 2*strip)...)
		return at
	}
	first := 0
	if !tablesFirst {
		first = pixels()
	}
	offsets := len(b.out)
	b.offset(first)
	b.offset(first + strip)
	counts := len(b.out)
	b.offset(strip)
	b.offset(strip)
	b.patch(link, len(b.out))
	kind := uint16(4)
	if b.big {
		kind = 16
		b.out = b.order.AppendUint64(b.out, 2)
	} else {
		b.out = b.order.AppendUint16(b.out, 2)
	}
	for _, entry := range []struct {
		tag uint16
		at  int
	}{{tagStripOffsets, offsets}, {tagStripCounts, counts}} {
		b.out = b.order.AppendUint16(b.order.AppendUint16(b.out, entry.tag), kind)
		b.offset(2)
		b.offset(entry.at)
	}
	next = len(b.out)
	b.offset(0)
	if tablesFirst {
		first = pixels()
		width := (counts - offsets) / 2
		b.patch(offsets, first)
		b.patch(offsets+width, first+strip)
	}
	return next
}

func TestEndIsFoundAndMissed(t *testing.T) {
	t.Parallel()
	for name, whole := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := formatComplete
			if strings.Contains(name, "tiff") || strings.Contains(name, "pdf") {
				want = formatPages
			}
			if v := check(t, whole); v != want {
				t.Fatalf("whole file: verdict %d, want %d", v, want)
			}
			for n := 1; n < len(whole); n++ {
				if v := check(t, whole[:n]); v != formatIncomplete {
					t.Fatalf("first %d of %d bytes: verdict %d, want incomplete", n, len(whole), v)
				}
			}
		})
	}
}

func TestEndIsFoundBeforePadding(t *testing.T) {
	t.Parallel()
	for name, whole := range samples(t) {
		padded := append(bytes.Clone(whole), make([]byte, 3000)...)
		if v := check(t, padded); !v.ends() {
			t.Errorf("%s with 3000 zero bytes behind its end: verdict %d", name, v)
		}
	}
}

func TestUnknownFormats(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"PK\x03\x04 an office file", "plain text", "\x00\x00\x00\x18ftypheic"} {
		if v := check(t, []byte(content)); v != formatUnknown {
			t.Errorf("%q: verdict %d, want unknown", content, v)
		}
	}
}

// A TIFF whose directories point at each other must not hold the watcher up.
func TestTIFFInCircles(t *testing.T) {
	t.Parallel()
	circle := []byte("II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00")
	if v := check(t, circle); !v.ends() {
		t.Errorf("verdict %d, want complete: the pipeline judges it", v)
	}
}

func check(t testing.TB, content []byte) verdict {
	t.Helper()
	v, err := checkEnd(bytes.NewReader(content), int64(len(content)))
	must(t, err)
	return v
}

// meter counts what is read.
type meter struct {
	*bytes.Reader
	read int64
}

func (m *meter) ReadAt(p []byte, at int64) (int, error) {
	n, err := m.Reader.ReadAt(p, at)
	m.read += int64(n)
	return n, err
}

// FuzzCheckEnd asks that no file makes the check fail, or read without bound.
func FuzzCheckEnd(f *testing.F) {
	for _, whole := range samples(f) {
		f.Add(whole)
		f.Add(whole[:len(whole)/2])
	}
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00"))
	f.Add([]byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, content []byte) {
		m := &meter{Reader: bytes.NewReader(content)}
		if _, err := checkEnd(m, int64(len(content))); err != nil {
			t.Fatal(err)
		}
		if limit := int64(tiffBudget + 2*tailWindow + headWindow); m.read > limit {
			t.Fatalf("read %d bytes of %d", m.read, len(content))
		}
	})
}
