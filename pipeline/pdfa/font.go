package pdfa

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"unicode"
	"unicode/utf8"

	"sohoa/dossier"
	"sohoa/pipeline/cmap"
)

// The font of the invisible text: nothing to see, every character mapped to
// Unicode. It is a composite font with two-byte codes, numbered 1, 2, 3… in the
// order in which characters appear; all codes show glyph 1 of a TrueType font
// generated here, an empty glyph half an em wide. Glyph 0 (.notdef) is never
// shown, which PDF/A forbids even for invisible text (ISO 19005-2, 6.2.11.8).

// fontRefs are the objects of the font; zero until a page has text.
type fontRefs struct{ composite, descendant, descriptor, program, glyphMap, toUnicode ref }

// fontName has no subset prefix: the font is complete, one glyph.
const fontName = "GlyphLessFont"

// blankRun is a single blank, which newGlyphs gives the first code.
var blankRun = []uint16{1}

// maxCodes is the largest code of two bytes (ISO 19005-2, 6.1.13).
const maxCodes = 65535

// maxMarks caps the combining marks kept with one character, against noise
// that would make one endless character.
const maxMarks = 8

// glyphs numbers the characters of a file.
type glyphs struct {
	codes map[string]uint16
	chars []string // chars[i] has the code i+1
}

func newGlyphs() *glyphs {
	g := &glyphs{codes: make(map[string]uint16)}
	g.codes[" "] = 1
	g.chars = []string{" "}
	return g
}

// encode appends the codes of a word. A character is a code point together with
// the combining marks after it, so that marks which have no composed form stay
// in their place. Control characters are dropped, white space is a blank.
func (g *glyphs) encode(codes []uint16, word string) ([]uint16, error) {
	for char := range characters(xmlText(word)) {
		code, known := g.codes[char]
		if !known {
			if len(g.chars) == maxCodes {
				return nil, &dossier.Fault{Kind: dossier.Park, Op: "encode text", Reason: dossier.ReasonGate, Err: errors.New("more than 65535 different characters")}
			}
			g.chars = append(g.chars, char)
			code = uint16(len(g.chars))
			g.codes[char] = code
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// characters are the parts of a word that get a code each.
func characters(word string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, marks := 0, 0
		for at, r := range word {
			if at == 0 {
				continue
			}
			if unicode.In(r, unicode.Mn, unicode.Me) && marks < maxMarks {
				marks++
				continue
			}
			if !yield(blankOr(word[start:at])) {
				return
			}
			start, marks = at, 0
		}
		if start < len(word) {
			yield(blankOr(word[start:]))
		}
	}
}

// blankOr makes any white space a blank.
func blankOr(char string) string {
	if r, _ := utf8.DecodeRuneInString(char); unicode.IsSpace(r) {
		return " "
	}
	return char
}

// reserveFont numbers the font's objects when the first page needs them.
func (f *file) reserveFont() {
	if f.font.composite == 0 {
		f.font = fontRefs{f.reserve(), f.reserve(), f.reserve(), f.reserve(), f.reserve(), f.reserve()}
	}
}

// writeFont writes the font after the pages, when all characters are known.
func (f *file) writeFont() error {
	n := f.font
	if n.composite == 0 {
		return nil
	}
	f.dict(n.composite, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%v]/ToUnicode %v>>", fontName, n.descendant, n.toUnicode))
	f.dict(n.descendant, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %v/DW 500/CIDToGIDMap %v>>", fontName, n.descriptor, n.glyphMap))
	f.dict(n.descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[0 -200 500 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 800/StemV 80/FontFile2 %v>>", fontName, n.program))
	program := glyphlessFont()
	if err := f.flateStream(n.program, fmt.Sprintf("/Length1 %d", len(program)), program); err != nil {
		return err
	}
	if err := f.flateStream(n.glyphMap, "", glyphMap(len(f.text.chars))); err != nil {
		return err
	}
	return f.flateStream(n.toUnicode, "", cmap.ToUnicode(f.text.chars))
}

// glyphMap sends every code to glyph 1; the unused code 0 stays at glyph 0.
func glyphMap(codes int) []byte {
	m := make([]byte, 2*(codes+1))
	for i := 3; i < len(m); i += 2 {
		m[i] = 1
	}
	return m
}

// glyphlessFont builds a TrueType font of two empty glyphs with the tables PDF
// asks of an embedded font (ISO 32000-1, 9.9), in the order of their tags.
func glyphlessFont() []byte {
	tables := []struct {
		tag  string
		body []byte
	}{
		{"glyf", make([]byte, 4)}, // never read: both outlines are empty
		{"head", headTable()},
		{"hhea", int16s(1, 0, 800, -200, 0, 500, 0, 0, 500, 1, 0, 0, 0, 0, 0, 0, 0, 2)},
		{"hmtx", int16s(500, 0, 500, 0)},
		{"loca", int16s(0, 0, 0)},
		{"maxp", int16s(1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)},
	}
	// Search fields for 6 tables: 4·16, log2 4, (6−4)·16.
	font := append(int16s(1, 0), int16s(len(tables), 64, 2, 32)...)
	var bodies []byte
	for _, t := range tables {
		at := 12 + 16*len(tables) + len(bodies)
		size := len(t.body)
		body := append(t.body, make([]byte, -size&3)...)
		font = append(font, t.tag...)
		for _, v := range []uint32{tableSum(body), uint32(at), uint32(size)} {
			font = binary.BigEndian.AppendUint32(font, v)
		}
		bodies = append(bodies, body...)
	}
	font = append(font, bodies...)
	// head.checkSumAdjustment makes the sum of the whole font the magic number.
	head := 12 + 16*len(tables) + 4
	binary.BigEndian.PutUint32(font[head+8:], 0xB1B0AFBA-tableSum(font))
	return font
}

// headTable: version 1, 1000 units per em, no dates, box (0,−200)–(500,800),
// short loca offsets.
func headTable() []byte {
	t := int16s(1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000)
	t = append(t, make([]byte, 16)...) // created, modified
	return append(t, int16s(0, -200, 500, 800, 0, 8, 2, 0, 0)...)
}

// int16s are 16-bit big-endian numbers.
func int16s(values ...int) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, uint16(int16(v)))
	}
	return b
}

func tableSum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	return sum
}
