package pdfa

import (
	"bytes"
	"compress/zlib"
	"errors"
	"image"
	"io"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
)

func check(data []byte) error { return Check(bytes.NewReader(data), int64(len(data))) }

// sample is a small file with every kind of object: images of all codings,
// text, a blank page, a page so large that it needs a UserUnit.
func sample(t testing.TB) []byte {
	t.Helper()
	small := func(pack func(testing.TB, *image.Gray) dossier.ImageStream) Page {
		m := dossier.Matrix{0, 1, -1, 0, 40, 0}
		return Page{
			Image: pack(t, image.NewGray(image.Rect(0, 0, 40, 30))),
			Reading: dossier.Reading{Width: 30, Height: 40, DPI: 72, ToInput: m, Words: []dossier.Word{
				{Text: "Đã", X: 2, Y: 3, W: 9, H: 6, Line: 1, Block: 1}, {Text: "ký", X: 14, Y: 3, W: 9, H: 6, Line: 1, Block: 1},
			}},
		}
	}
	var pages []Page
	for _, pack := range []func(testing.TB, *image.Gray) dossier.ImageStream{colourJPEG, predictedRGB, bilevel} {
		pages = append(pages, small(pack))
	}
	large := small(grayFlate)
	large.Reading.DPI, large.Reading.Words = 0.1, nil
	data, _ := write(t, testMeta(), append(pages, large, faxPage(t, "CCITTFaxDecode"), faxPage(t, "JBIG2Decode"))...)
	return data
}

// span is a range of offsets.
type span struct{ from, to int }

func (s span) holds(at int) bool { return at >= s.from && at < s.to }

// between are the ranges from after each from up to the next to.
func between(data []byte, from, to string) []span {
	var spans []span
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(from))
		if i < 0 {
			return spans
		}
		begin := at + i + len(from)
		at = begin + bytes.Index(data[begin:], []byte(to))
		spans = append(spans, span{begin, at})
	}
}

// free are the bytes of the sample that no gate could judge: compressed
// pictures (their digest guards them), the text of metadata, the identifier,
// and numbers that nothing else in the file repeats.
func free(data []byte) []span {
	var spans []span
	for _, ends := range [][2]string{
		{"/Filter/DCTDecode", "\nendstream"}, {"/Filter/CCITTFaxDecode", "\nendstream"}, {"/Filter/JBIG2Decode", "\nendstream"},
		{"obj\n<</Length 20>>\nstream\n", "\nendstream"}, // JBIG2 globals
		{"<x:xmpmeta", "<pdfaid:part>"}, {"</pdfaid:part>", "<pdfaid:conformance>"}, {"</pdfaid:conformance>", "\n<?xpacket end"},
		{"/ID[", "]"}, {"/Lang(", ")"}, {"/UserUnit ", "/"},
		{"/Width 192/Height ", "/"}, // of the CCITT page, which has no Rows
		{"/Predictor 1", " "},       // 10 to 15 mean the same
	} {
		spans = append(spans, between(data, ends[0], ends[1])...)
	}
	return spans
}

// TestEveryByteCounts damages each byte of the structure, in several ways, and
// wants the gate to see it.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	data := sample(t)
	spared := free(data)
	var packed []span
	for _, s := range between(data, "/FlateDecode", "\nendstream") {
		s.from += bytes.Index(data[s.from:s.to], []byte("stream\n")) + len("stream\n")
		packed = append(packed, s)
	}
	judged, apart := 0, 1
	if testing.Short() {
		apart = 11
	}
	for at := 0; at < len(data); at += apart {
		if slices.ContainsFunc(spared, func(s span) bool { return s.holds(at) }) {
			continue
		}
		judged++
		i := slices.IndexFunc(packed, func(s span) bool { return s.holds(at) })
		if i < 0 {
			damagePlain(t, data, at)
		} else if at%3 == 0 { // one checksum guards all bytes of a stream
			damagePacked(t, data, packed[i], at)
		}
	}
	if judged*apart < len(data)/2 {
		t.Errorf("only %d of %d bytes are judged", judged, len(data))
	}
}

func damagePlain(t *testing.T, data []byte, at int) {
	t.Helper()
	for name, damaged := range map[string][]byte{
		"lowest bit":   flip(data, at, 0x01),
		"letter case":  flip(data, at, 0x20),
		"byte removed": slices.Delete(bytes.Clone(data), at, at+1),
		"blank put in": slices.Insert(bytes.Clone(data), at, ' '),
	} {
		if check(damaged) == nil {
			t.Errorf("%s at %d passes: %q⟨%q⟩%q", name, at, data[max(0, at-60):at], data[at:at+1], data[at+1:min(len(data), at+30)])
		}
	}
}

// damagePacked flips a bit inside a Flate stream. A few bits of such a stream
// mean nothing (padding, another way to say the same): then the unpacked bytes
// must be the same ones.
func damagePacked(t *testing.T, data []byte, stream span, at int) {
	t.Helper()
	damaged := flip(data, at, 0x04)
	if check(damaged) == nil && !bytes.Equal(inflate(t, damaged[stream.from:stream.to]), inflate(t, data[stream.from:stream.to])) {
		t.Errorf("another stream at %d passes", at)
	}
}

func inflate(t *testing.T, packed []byte) []byte {
	t.Helper()
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func flip(data []byte, at int, bits byte) []byte {
	damaged := bytes.Clone(data)
	damaged[at] ^= bits
	return damaged
}

// TestForeignFiles: what is well-formed PDF but not what may be published is
// refused, each for its own reason.
func TestForeignFiles(t *testing.T) {
	t.Parallel()
	good := sample(t)
	older, _ := write(t, Meta{Created: testMeta().Created, Level: Level1B}, scan{}.page(t, grayJPEG))
	cases := []struct {
		name   string
		data   []byte
		reason string
	}{
		{"empty", nil, "header"},
		{"not a PDF", []byte("GIF89a, and nothing else of any length to speak of"), "header"},
		{"level 1b", older, "header"},
		{"only a header", []byte(fileHeader), "no trailer"},
		{"claims another part", swap(t, good, "<pdfaid:part>2", "<pdfaid:part>3"), "claim"},
		{"claims another conformance", swap(t, good, "conformance>U<", "conformance>B<"), "claim"},
		{"broken metadata", swap(t, good, "</rdf:RDF>", "</rdf:RDX>"), "well-formed"},
		{"LZW", swap(t, good, "/Filter/DCTDecode", "/Filter/LZWDecode"), "filter"},
		{"CMYK", swap(t, good, "/ColorSpace/DeviceGray", "/ColorSpace/DeviceCMYK"), "colour space"},
		{"appended", append(bytes.Clone(good), "%%EOF\n"...), "trailer"},
		{"another header version", swap(t, good, "%PDF-1.7", "%PDF-1.4"), "header"},
		{"an action", swap(t, good, "/ViewerPreferences<</DisplayDocTitle true>>", "/OpenAction<</S/JavaScript/JS(app.alert)>> "), "keys"},
		{"an annotation", swap(t, good, "/Type/Page/Parent 2 0 R", "/Type/Page/Annots 2 0 R"), "parent"},
	}
	for _, c := range cases {
		err := check(c.data)
		if dossier.ReasonOf(err) != dossier.ReasonGate || dossier.KindOf(err) != dossier.Park || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
		}
	}
}

// TestCutShort: no beginning of a file passes for a file.
func TestCutShort(t *testing.T) {
	t.Parallel()
	data := sample(t)
	for at := range data {
		if at%7 == 0 && check(data[:at]) == nil {
			t.Errorf("the first %d bytes pass", at)
		}
	}
}

// swap replaces the first of old by as many bytes of new.
func swap(t *testing.T, data []byte, old, new string) []byte {
	t.Helper()
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("sample has no %q", old)
	}
	for len(new) < len(old) {
		new += " "
	}
	return bytes.Replace(data, []byte(old), []byte(new[:len(old)]), 1)
}

// TestFailingDisk: an error of the disk is reported as what it is.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	data := sample(t)
	disk := errors.New("disk")
	err := Check(badSector{bytes.NewReader(data), disk}, int64(len(data)))
	if !errors.Is(err, disk) {
		t.Errorf("error is %v", err)
	}
}

// badSector can not read the first object.
type badSector struct {
	io.ReaderAt
	err error
}

// ReadAt fails between the header and the middle.
func (b badSector) ReadAt(p []byte, at int64) (int, error) {
	if at > 0 && at < 100 {
		return 0, b.err
	}
	return b.ReaderAt.ReadAt(p, at)
}

// FuzzCheck: whatever the bytes are, the gate answers and does not panic.
func FuzzCheck(f *testing.F) {
	good := sample(f)
	f.Add(good)
	for part := range 8 {
		f.Add(good[:len(good)*part/8])
		f.Add(good[len(good)*part/8:])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := check(data); err != nil && dossier.ReasonOf(err) != dossier.ReasonGate {
			t.Errorf("not a fault of the gate: %v", err)
		}
	})
}
