package encode

import (
	"bytes"
	"encoding/binary"
	"image"
)

// Bilevel is one page of a black and white TIFF.
type Bilevel struct {
	Image *image.Paletted
	DPI   int
}

// Tags of TIFF 6.0 that a Group 4 page needs, in the order the standard asks.
const (
	tagNewSubfileType  = 254
	tagImageWidth      = 256
	tagImageLength     = 257
	tagBitsPerSample   = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagStripOffsets    = 273
	tagSamplesPerPixel = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagXResolution     = 282
	tagYResolution     = 283
	tagResolutionUnit  = 296
	tagPageNumber      = 297
)

const (
	typeShort    = 3
	typeLong     = 4
	typeRational = 5
)

// TIFF writes the pages, little endian, one strip each.
func TIFF(pages []Bilevel) []byte {
	var out bytes.Buffer
	out.WriteString("II*\x00\x00\x00\x00\x00")
	link := 4 // where the offset of the next directory goes
	for i, page := range pages {
		link = tiffPage(&out, link, page, i, len(pages))
	}
	return out.Bytes()
}

type tiffEntry struct{ tag, kind, count, value uint32 }

// tiffPage appends the pixels and the directory of one page, writes the
// directory's offset at link, and returns where the next one's goes.
func tiffPage(out *bytes.Buffer, link int, page Bilevel, index, of int) int {
	strip := pad(out)
	pixels := group4(page.Image)
	out.Write(pixels)
	resolution := pad(out)
	out.Write(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(page.DPI)), 1))
	size := page.Image.Bounds().Size()
	entries := []tiffEntry{
		{tagNewSubfileType, typeLong, 1, 2}, // one page of several
		{tagImageWidth, typeLong, 1, uint32(size.X)},
		{tagImageLength, typeLong, 1, uint32(size.Y)},
		{tagBitsPerSample, typeShort, 1, 1},
		{tagCompression, typeShort, 1, 4}, // Group 4
		{tagPhotometric, typeShort, 1, 0}, // zero is white
		{tagStripOffsets, typeLong, 1, strip},
		{tagSamplesPerPixel, typeShort, 1, 1},
		{tagRowsPerStrip, typeLong, 1, uint32(size.Y)},
		{tagStripByteCounts, typeLong, 1, uint32(len(pixels))},
		{tagXResolution, typeRational, 1, resolution},
		{tagYResolution, typeRational, 1, resolution},
		{tagResolutionUnit, typeShort, 1, 2}, // inch
		{tagPageNumber, typeShort, 2, uint32(index) | uint32(of)<<16},
	}
	directory := pad(out)
	binary.LittleEndian.PutUint32(out.Bytes()[link:], directory)
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(entries))))
	for _, e := range entries {
		var field []byte
		field = binary.LittleEndian.AppendUint16(field, uint16(e.tag))
		field = binary.LittleEndian.AppendUint16(field, uint16(e.kind))
		field = binary.LittleEndian.AppendUint32(field, e.count)
		out.Write(binary.LittleEndian.AppendUint32(field, e.value))
	}
	out.Write(make([]byte, 4))
	return out.Len() - 4
}

// pad moves on to an even offset, which TIFF wants for values, and returns it.
func pad(out *bytes.Buffer) uint32 {
	if out.Len()%2 == 1 {
		out.WriteByte(0)
	}
	return uint32(out.Len())
}
