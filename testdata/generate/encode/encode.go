// Package encode writes images the way scanners store them, with the
// resolution the standard library's encoders leave out: JPEG with a JFIF
// header, PNG with a pHYs chunk, multi-page TIFF in Group 4, and PDF whose
// pages are nothing but one image each. All output is a function of its input:
// no time, no random id.
//
// Bilevel images are *image.Paletted with two colours, of which index 1 is
// black.
package encode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
)

// JPEG encodes a colour or gray image.
func JPEG(img image.Image, dpi, quality int) ([]byte, error) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode JPEG: %w", err)
	}
	raw := buf.Bytes()
	const startOfImage = 2
	return append(append(bytes.Clone(raw[:startOfImage]), jfif(dpi)...), raw[startOfImage:]...), nil
}

// jfif is the APP0 segment of JFIF 1.01: version, unit (1 = dots per inch),
// density across and down, no thumbnail.
func jfif(dpi int) []byte {
	segment := []byte{0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 1}
	segment = binary.BigEndian.AppendUint16(segment, uint16(dpi))
	segment = binary.BigEndian.AppendUint16(segment, uint16(dpi))
	return append(segment, 0, 0)
}

// PNG encodes any image; a bilevel one takes one bit a pixel.
func PNG(img image.Image, dpi int) ([]byte, error) {
	var buf bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&buf, img); err != nil {
		return nil, fmt.Errorf("encode PNG: %w", err)
	}
	raw := buf.Bytes()
	const endOfHeader = 8 + 25 // signature, IHDR chunk
	return append(append(bytes.Clone(raw[:endOfHeader]), physical(dpi)...), raw[endOfHeader:]...), nil
}

// physical is the pHYs chunk: pixels per metre across and down.
func physical(dpi int) []byte {
	perMetre := uint32(float64(dpi)/0.0254 + 0.5)
	body := append([]byte("pHYs"), 0, 0, 0, 0, 0, 0, 0, 0, 1)
	binary.BigEndian.PutUint32(body[4:], perMetre)
	binary.BigEndian.PutUint32(body[8:], perMetre)
	chunk := binary.BigEndian.AppendUint32(nil, 9)
	chunk = append(chunk, body...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
}
