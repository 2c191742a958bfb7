package decode

import (
	"encoding/binary"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/internal/lept"
)

// tiffPageOf is one page of a TIFF that a test writes.
type tiffPageOf struct {
	width, height               int
	bits, samples               int
	compression, photometric    int
	orientation, dpi, thumbnail int
	strips                      [][]byte
}

// writeTIFF writes a little-endian TIFF of the pages, directories first.
func writeTIFF(pages ...tiffPageOf) []byte {
	const tags = 13
	le := binary.LittleEndian
	out := []byte("II*\x00\x08\x00\x00\x00")
	size := 2 + 12*tags + 4 + 8 // directory and one rational
	data := 8 + size*len(pages)
	for _, p := range pages {
		data += 8 * len(p.strips)
	}
	var tail []byte // strip tables, then strips
	tables := 8 + size*len(pages)
	at := data
	for i, p := range pages {
		start := 8 + size*i
		rational := uint32(start + 2 + 12*tags + 4)
		var offsets, counts []byte
		for _, s := range p.strips {
			offsets, counts = le.AppendUint32(offsets, uint32(at)), le.AppendUint32(counts, uint32(len(s)))
			at += len(s)
		}
		place := func(table []byte) uint32 {
			if len(table) == 4 {
				return le.Uint32(table)
			}
			where := tables + len(tail)
			tail = append(tail, table...)
			return uint32(where)
		}
		offsetsAt, countsAt := place(offsets), place(counts)
		for len(tail) < sumStrips(pages[:i+1]) { // tables of one strip leave a gap
			tail = append(tail, 0)
		}
		n := uint32(len(p.strips))
		out = le.AppendUint16(out, tags)
		for _, e := range [tags][4]uint32{
			{254, 4, 1, uint32(p.thumbnail)}, {256, 4, 1, uint32(p.width)}, {257, 4, 1, uint32(p.height)},
			{258, 3, 1, uint32(p.bits)}, {259, 3, 1, uint32(p.compression)}, {262, 3, 1, uint32(p.photometric)},
			{273, 4, n, offsetsAt}, {274, 3, 1, uint32(p.orientation)}, {277, 3, 1, uint32(p.samples)},
			{278, 4, 1, uint32((p.height + len(p.strips) - 1) / len(p.strips))}, {279, 4, n, countsAt},
			{282, 5, 1, rational}, {283, 5, 1, rational},
		} {
			out = le.AppendUint16(le.AppendUint16(out, uint16(e[0])), uint16(e[1]))
			out = le.AppendUint32(le.AppendUint32(out, e[2]), e[3])
		}
		next := uint32(0)
		if i+1 < len(pages) {
			next = uint32(start + size)
		}
		out = le.AppendUint32(out, next)
		out = le.AppendUint32(le.AppendUint32(out, uint32(p.dpi)), 1)
	}
	out = append(out, tail...)
	for _, p := range pages {
		for _, s := range p.strips {
			out = append(out, s...)
		}
	}
	return out
}

func sumStrips(pages []tiffPageOf) int {
	n := 0
	for _, p := range pages {
		n += 8 * len(p.strips)
	}
	return n
}

// bilevel is a drawn page as a 1-bit picture and its packed rows, 1 is black.
func bilevel(t *testing.T) (*lept.Pix, []byte) {
	t.Helper()
	page := drawn.Page(t, 100)
	gray, err := lept.New(page.Rect.Dx(), page.Rect.Dy(), 8)
	if err != nil {
		t.Fatal(err)
	}
	defer gray.Close()
	if err := gray.SetRows(page.Pix, page.Stride, 1); err != nil {
		t.Fatal(err)
	}
	pix, err := gray.Threshold(128)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pix.Close)
	stride := (page.Rect.Dx() + 7) / 8
	rows := make([]byte, stride*page.Rect.Dy())
	for y := range page.Rect.Dy() {
		for x := range page.Rect.Dx() {
			if page.GrayAt(x, y).Y < 128 {
				rows[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return pix, rows
}

func inverted(rows []byte) []byte {
	out := make([]byte, len(rows))
	for i, b := range rows {
		out[i] = ^b
	}
	return out
}

// TestTIFFPages: every page of a file is its own, thumbnails are no pages, and
// both photometric meanings of a bit give the same picture.
func TestTIFFPages(t *testing.T) {
	want, rows := bilevel(t)
	w, h := want.Width(), want.Height()
	g4, err := want.G4()
	if err != nil {
		t.Fatal(err)
	}
	stride := (w + 7) / 8
	half := stride * ((h + 1) / 2)
	plain := tiffPageOf{width: w, height: h, bits: 1, samples: 1, compression: 1, orientation: 1, dpi: 300, strips: [][]byte{rows[:half], rows[half:]}}
	swapped := plain
	swapped.photometric, swapped.orientation = 1, 6
	swapped.strips = [][]byte{inverted(rows)}
	fax := plain
	fax.compression, fax.strips = 4, [][]byte{g4}
	thumbnail := plain
	thumbnail.thumbnail = 1
	path := drawn.File(t, "m.tif", writeTIFF(plain, thumbnail, swapped, fax))
	f := open(t, path)
	if f.Images != 3 {
		t.Fatalf("%d images, want 3", f.Images)
	}
	for i, orientation := range []Orientation{1, 6, 1} {
		p := read(t, f, i+1)
		if !samePixels(t, p.Pix, want) {
			t.Errorf("page %d: pixels differ", i+1)
		}
		if p.Orientation != orientation || p.Resolution != (Resolution{300, 300, "tag"}) || len(p.Flags) > 0 {
			t.Errorf("page %d: %+v", i+1, p)
		}
	}
	s, err := f.Stream(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	if s.Filter != "CCITTFaxDecode" || s.Inverted || string(streamBytes(t, s, path)) != string(g4) || s.Ranges == nil {
		t.Errorf("the only strip of a group 4 page was not lifted: %+v", s)
	}
	if s, err = f.Stream(t.Context(), 2); err != nil || s.Ranges != nil || string(s.Data) != string(g4) {
		t.Errorf("plain rows were not packed as group 4: %v", err)
	}
}

// TestTIFFGray: 8-bit rows, with white as 0 and as 255, and RGB.
func TestTIFFGray(t *testing.T) {
	page := drawn.Page(t, 100)
	w, h := page.Rect.Dx(), page.Rect.Dy()
	gray := tiffPageOf{width: w, height: h, bits: 8, samples: 1, compression: 1, photometric: 1, orientation: 1, dpi: 100, strips: [][]byte{page.Pix}}
	white := gray
	white.photometric, white.strips = 0, [][]byte{inverted(page.Pix)}
	f := open(t, drawn.File(t, "g.tif", writeTIFF(gray, white)))
	for i := 1; i <= 2; i++ {
		rows, err := read(t, f, i).Pix.GrayRows(nil)
		if err != nil || string(rows) != string(page.Pix) {
			t.Errorf("page %d: pixels differ, %v", i, err)
		}
		s, err := f.Stream(t.Context(), i)
		if err != nil || string(unpredict(t, s.Data, w, 1)) != string(page.Pix) {
			t.Errorf("page %d: packed pixels differ, %v", i, err)
		}
	}
}

// TestTIFFChain: a chain of directories that breaks off, or is too long.
func TestTIFFChain(t *testing.T) {
	_, rows := bilevel(t)
	page := tiffPageOf{width: 583, height: 827, bits: 1, samples: 1, compression: 1, orientation: 1, dpi: 300, strips: [][]byte{rows}}
	broken := writeTIFF(page, page)
	binary.LittleEndian.PutUint32(broken[8+2+12*13:], uint32(len(broken)+100))
	_, err := Decoder{}.Open(t.Context(), drawn.File(t, "b.tif", broken))
	if dossier.ReasonOf(err) != dossier.ReasonDamaged {
		t.Errorf("broken chain: %v", err)
	}
	_, err = Decoder{Limits: Limits{Images: 2}}.Open(t.Context(), drawn.File(t, "l.tif", writeTIFF(page, page, page)))
	if dossier.ReasonOf(err) != dossier.ReasonTooManyPages {
		t.Errorf("three pages of two: %v", err)
	}
	huge := page
	huge.width, huge.height = 60_000, 60_000
	_, err = Decoder{}.Open(t.Context(), drawn.File(t, "h.tif", writeTIFF(huge)))
	if dossier.ReasonOf(err) != dossier.ReasonTooLarge {
		t.Errorf("huge page: %v", err)
	}
}
