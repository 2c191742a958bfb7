// Package blockfont makes the font of the visible signature block: just the
// letters a block needs, taken out of the typeface of package font.
//
// Start at [Open], then [Font.Subset]. The same letters give the same bytes. A
// letter the typeface lacks is a [*MissingError] that names it.
//
// Method: glyph 0 stays, the letters follow in the order of their code points
// as glyphs 1, 2, 3 …, the parts of composed letters (a base and its marks)
// come after them. Instructions for low-resolution screens are cut off, so that
// the tables they need may stay away: a block costs about 250 bytes a letter.
package blockfont

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/image/font/sfnt"

	"sohoa/pipeline/font"
)

// MissingError names a letter without a glyph.
type MissingError struct{ Letter rune }

func (e *MissingError) Error() string {
	return fmt.Sprintf("the font has no letter %q (%U)", e.Letter, e.Letter)
}

// Font is the whole typeface.
type Font struct {
	names  *sfnt.Font
	tables map[string][]byte
	glyphs int
	wide   int // glyphs with a width of their own
	unit   int // units per em
	long   bool
}

// Open reads the embedded typeface.
func Open() (*Font, error) {
	b := font.Serif()
	names, err := sfnt.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	f := &Font{names: names, tables: map[string][]byte{}}
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		e := b[12+16*i:]
		at, size := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
		f.tables[string(e[:4])] = b[at : at+size]
	}
	for _, tag := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		if f.tables[tag] == nil {
			return nil, fmt.Errorf("read font: no table %s", tag)
		}
	}
	f.glyphs = f.u16("maxp", 4)
	f.wide = f.u16("hhea", 34)
	f.unit = f.u16("head", 18)
	f.long = f.u16("head", 50) == 1
	return f, nil
}

func (f *Font) u16(tag string, at int) int { return int(binary.BigEndian.Uint16(f.tables[tag][at:])) }

// glyph is the number of a letter's glyph.
func (f *Font) glyph(letter rune) (int, error) {
	var buffer sfnt.Buffer
	i, err := f.names.GlyphIndex(&buffer, letter)
	if err != nil {
		return 0, fmt.Errorf("read font: %w", err)
	}
	if i == 0 {
		return 0, &MissingError{letter}
	}
	return int(i), nil
}

// advance is the width of a glyph in thousandths of an em.
func (f *Font) advance(glyph int) int {
	at := 4 * min(glyph, f.wide-1)
	return (f.u16("hmtx", at)*1000 + f.unit/2) / f.unit
}

// Width is the width of a text in thousandths of an em.
func (f *Font) Width(text string) (int, error) {
	sum := 0
	for _, letter := range text {
		g, err := f.glyph(letter)
		if err != nil {
			return 0, err
		}
		sum += f.advance(g)
	}
	return sum, nil
}

// Metrics of the typeface in thousandths of an em, as a font descriptor wants
// them. StemV is the one of Times New Roman; no table has it.
const (
	Ascent    = 891
	Descent   = -216
	CapHeight = 662
	StemV     = 82
)

// Subset is a font of some letters.
type Subset struct {
	// Letters in order: Letters[i] is glyph i+1.
	Letters []rune
	// Widths of glyphs 0 to len(Letters), in thousandths of an em.
	Widths []int
	// Box holds every glyph of the typeface, in thousandths of an em.
	Box [4]int
	// Program is the TrueType file.
	Program []byte
}

// Subset takes the letters of the texts out.
func (f *Font) Subset(texts ...string) (*Subset, error) {
	s := &Subset{Widths: []int{f.advance(0)}}
	for _, text := range texts {
		s.Letters = append(s.Letters, []rune(text)...)
	}
	slices.Sort(s.Letters)
	s.Letters = slices.Compact(s.Letters)
	glyphs := []int{0}
	for _, letter := range s.Letters {
		g, err := f.glyph(letter)
		if err != nil {
			return nil, err
		}
		glyphs = append(glyphs, g)
		s.Widths = append(s.Widths, f.advance(g))
	}
	for i := range s.Box {
		s.Box[i] = int(int16(f.u16("head", 36+2*i))) * 1000 / f.unit
	}
	var err error
	s.Program, err = f.program(glyphs)
	return s, err
}

// Codes are the glyphs of a text, two bytes each, as a string of an Identity-H
// font. Every letter must be one of the subset.
func (s *Subset) Codes(text string) ([]byte, error) {
	var b []byte
	for _, letter := range text {
		i, ok := slices.BinarySearch(s.Letters, letter)
		if !ok {
			return nil, errors.New("a letter outside the subset")
		}
		b = binary.BigEndian.AppendUint16(b, uint16(i+1))
	}
	return b, nil
}
