package blockfont

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

var errGlyph = errors.New("read font: a glyph is cut short")

// program builds the TrueType file of the glyphs. It lengthens the list by the
// parts of composed glyphs as it meets them.
func (f *Font) program(glyphs []int) ([]byte, error) {
	var outlines, places, widths []byte
	for i := 0; i < len(glyphs); i++ {
		outline, err := f.outline(glyphs[i])
		if err != nil {
			return nil, err
		}
		if outline, err = stripped(bytes.Clone(outline), func(part int) int {
			at := slices.Index(glyphs, part)
			if at < 0 {
				at = len(glyphs)
				glyphs = append(glyphs, part)
			}
			return at
		}); err != nil {
			return nil, err
		}
		places = binary.BigEndian.AppendUint32(places, uint32(len(outlines)))
		outlines = append(outlines, outline...)
		outlines = append(outlines, make([]byte, -len(outline)&3)...)
		widths = append(widths, f.metric(glyphs[i])...)
	}
	places = binary.BigEndian.AppendUint32(places, uint32(len(outlines)))
	return assemble([]table{
		{"glyf", outlines},
		{"head", patched(f.tables["head"], map[int]uint16{8: 0, 10: 0, 50: 1})}, // no sum yet, long places
		{"hhea", patched(f.tables["hhea"], map[int]uint16{34: uint16(len(glyphs))})},
		{"hmtx", widths},
		{"loca", places},
		// No instructions: zones, stack, storage and functions are not needed.
		{"maxp", patched(f.tables["maxp"], map[int]uint16{4: uint16(len(glyphs)), 16: 0, 18: 0, 20: 0, 22: 0, 24: 0, 26: 0})},
	}), nil
}

// outline gives the bytes of a glyph; none for a blank.
func (f *Font) outline(glyph int) ([]byte, error) {
	if glyph >= f.glyphs {
		return nil, errGlyph
	}
	var from, to int
	if loca := f.tables["loca"]; f.long {
		from, to = int(binary.BigEndian.Uint32(loca[4*glyph:])), int(binary.BigEndian.Uint32(loca[4*glyph+4:]))
	} else {
		from, to = 2*f.u16("loca", 2*glyph), 2*f.u16("loca", 2*glyph+2)
	}
	if from > to || to > len(f.tables["glyf"]) {
		return nil, errGlyph
	}
	return f.tables["glyf"][from:to], nil
}

// metric gives the four bytes of width and left bearing of a glyph.
func (f *Font) metric(glyph int) []byte {
	hmtx := f.tables["hmtx"]
	if glyph < f.wide {
		return hmtx[4*glyph : 4*glyph+4]
	}
	bearing := 4*f.wide + 2*(glyph-f.wide)
	return append(bytes.Clone(hmtx[4*f.wide-4:4*f.wide-2]), hmtx[bearing:bearing+2]...)
}

// Flags of the parts of a composed glyph (OpenType, table glyf).
const (
	wordArguments   = 0x0001
	oneScale        = 0x0008
	moreParts       = 0x0020
	twoScales       = 0x0040
	fourScales      = 0x0080
	hasInstructions = 0x0100
)

// stripped cuts the instructions out of a glyph and renumbers the parts of a
// composed one. It changes g.
func stripped(g []byte, renumber func(part int) int) ([]byte, error) {
	if len(g) == 0 {
		return g, nil
	}
	if len(g) < 10 {
		return nil, errGlyph
	}
	contours := int(int16(binary.BigEndian.Uint16(g)))
	if contours >= 0 {
		at := 10 + 2*contours
		if len(g) < at+2 {
			return nil, errGlyph
		}
		end := at + 2 + int(binary.BigEndian.Uint16(g[at:]))
		if len(g) < end {
			return nil, errGlyph
		}
		binary.BigEndian.PutUint16(g[at:], 0)
		return append(g[:at+2], g[end:]...), nil
	}
	for at, flags := 10, moreParts; flags&moreParts != 0; {
		if len(g) < at+4 {
			return nil, errGlyph
		}
		flags = int(binary.BigEndian.Uint16(g[at:]))
		binary.BigEndian.PutUint16(g[at:], uint16(flags&^hasInstructions))
		binary.BigEndian.PutUint16(g[at+2:], uint16(renumber(int(binary.BigEndian.Uint16(g[at+2:])))))
		at += 4 + partSize(flags)
		if flags&moreParts == 0 && at <= len(g) {
			return g[:at], nil
		}
	}
	return nil, errGlyph
}

// partSize is how many bytes of arguments and scales follow a part's number.
func partSize(flags int) int {
	size := 2
	if flags&wordArguments != 0 {
		size = 4
	}
	switch {
	case flags&oneScale != 0:
		return size + 2
	case flags&twoScales != 0:
		return size + 4
	case flags&fourScales != 0:
		return size + 8
	}
	return size
}

// patched copies a table with some 16-bit values replaced.
func patched(b []byte, values map[int]uint16) []byte {
	b = bytes.Clone(b)
	for at, v := range values {
		if at+2 <= len(b) {
			binary.BigEndian.PutUint16(b[at:], v)
		}
	}
	return b
}

type table struct {
	tag  string
	body []byte
}

// assemble writes the tables, which are in the order of their tags, with
// directory and checksums (OpenType, "Organization of an OpenType font").
func assemble(tables []table) []byte {
	// Search fields for 6 tables: 4·16, log2 4, (6−4)·16.
	b := []byte{0, 1, 0, 0, 0, byte(len(tables)), 0, 64, 0, 2, 0, 32}
	at := len(b) + 16*len(tables)
	var bodies []byte
	head := 0
	for _, t := range tables {
		if t.tag == "head" {
			head = at + len(bodies)
		}
		padded := append(bytes.Clone(t.body), make([]byte, -len(t.body)&3)...)
		b = append(b, t.tag...)
		for _, v := range []uint32{sumOf(padded), uint32(at + len(bodies)), uint32(len(t.body))} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		bodies = append(bodies, padded...)
	}
	b = append(b, bodies...)
	// checkSumAdjustment makes the sum of the whole font the magic number.
	binary.BigEndian.PutUint32(b[head+8:], 0xB1B0AFBA-sumOf(b))
	return b
}

func sumOf(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	return sum
}
