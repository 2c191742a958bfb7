package blockfont_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"testing"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"sohoa/pipeline/font"
	"sohoa/pipeline/pades/blockfont"
)

// vietnamese are all letters of the language that are not ASCII, composed.
const vietnamese = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ"

// TestOutlines: each letter of a subset has the outline and the width it has in
// the whole typeface, read by a reader that is not ours.
func TestOutlines(t *testing.T) {
	const letters = vietnamese + "SAO Y 0123456789:+-T–()."
	whole, err := opentype.Parse(font.Serif())
	if err != nil {
		t.Fatal(err)
	}
	f, err := blockfont.Open()
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Subset(letters)
	if err != nil {
		t.Fatal(err)
	}
	part, err := sfnt.Parse(readable(s.Program))
	if err != nil {
		t.Fatal(err)
	}
	var a, b sfnt.Buffer
	const em = 1000
	for i, letter := range s.Letters {
		original, err := whole.GlyphIndex(&a, letter)
		if err != nil {
			t.Fatal(err)
		}
		want, err := whole.LoadGlyph(&a, original, fixed.I(em), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := part.LoadGlyph(&b, sfnt.GlyphIndex(i+1), fixed.I(em), nil)
		if err != nil {
			t.Fatalf("%q: %v", letter, err)
		}
		if !same(got, want) {
			t.Errorf("%q has another outline", letter)
		}
		advance, err := whole.GlyphAdvance(&a, original, fixed.I(em), 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := s.Widths[i+1] - advance.Round(); d < -1 || d > 1 {
			t.Errorf("%q is %d wide, want %d", letter, s.Widths[i+1], advance.Round())
		}
	}
}

// readable adds the tables that a font outside a PDF must have: those of the
// typeface, and names of glyphs that say there are none.
func readable(program []byte) []byte {
	tables := map[string][]byte{"post": append([]byte{0, 3, 0, 0}, make([]byte, 28)...)}
	collect := func(b []byte, only ...string) {
		for i := range int(binary.BigEndian.Uint16(b[4:])) {
			e := b[12+16*i:]
			at, size := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
			if len(only) == 0 || slices.Contains(only, string(e[:4])) {
				tables[string(e[:4])] = b[at : at+size]
			}
		}
	}
	collect(font.Serif(), "cmap", "name", "OS/2")
	collect(program)
	out := append([]byte{0, 1, 0, 0, 0, byte(len(tables))}, make([]byte, 6+16*len(tables))...)
	for i, tag := range slices.Sorted(maps.Keys(tables)) {
		e := out[12+16*i:]
		copy(e, tag)
		binary.BigEndian.PutUint32(e[8:], uint32(len(out)))
		binary.BigEndian.PutUint32(e[12:], uint32(len(tables[tag])))
		out = append(out, tables[tag]...)
		out = append(out, make([]byte, -len(out)&3)...)
	}
	return out
}

func same(a, b sfnt.Segments) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestSubsetIsStable: the order in which letters come does not matter.
func TestSubsetIsStable(t *testing.T) {
	f, err := blockfont.Open()
	if err != nil {
		t.Fatal(err)
	}
	a, errA := f.Subset("Đông", "Thạnh")
	b, errB := f.Subset("hạnhT", "gnôĐ")
	if errA != nil || errB != nil || !bytes.Equal(a.Program, b.Program) {
		t.Errorf("two programs for the same letters: %v, %v", errA, errB)
	}
}

// TestMissing names the letter.
func TestMissing(t *testing.T) {
	f, err := blockfont.Open()
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Subset("chữ 喃")
	if missing, ok := errors.AsType[*blockfont.MissingError](err); !ok || missing.Letter != '喃' {
		t.Errorf("got %v", err)
	}
}
