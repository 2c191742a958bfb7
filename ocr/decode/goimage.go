package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"

	"github.com/gen2brain/heic"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// GIF by Go's own decoder and HEIC by libheif in WebAssembly: both give a Go
// image, which becomes a picture here.

// fromImage copies a Go image, laid on white.
func fromImage(m image.Image, frame image.Rectangle) (*lept.Pix, error) {
	pix, err := lept.New(frame.Dx(), frame.Dy(), 32)
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	words, stride := pix.Words(), pix.Stride()
	inside := m.Bounds().Intersect(frame)
	for y := inside.Min.Y; y < inside.Max.Y; y++ {
		row := words[(y-frame.Min.Y)*stride:]
		for x := inside.Min.X; x < inside.Max.X; x++ {
			r, g, b, a := m.At(x, y).RGBA()
			paper := 0xffff - a // colours come multiplied by alpha
			row[x-frame.Min.X] = rgbWord(byte((r+paper)>>8), byte((g+paper)>>8), byte((b+paper)>>8))
		}
	}
	return withoutColour(pix), nil
}

// gifPixels decodes the first picture of a GIF. One that holds more is an
// animation, which no scanner makes: that is remarked on.
func gifPixels(data []byte, p *Picture) (*lept.Pix, error) {
	m, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, because(dossier.ReasonDamaged, errors.New("gif pixels"))
	}
	config, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, because(dossier.ReasonDamaged, errors.New("gif header"))
	}
	if gifPictures(data) > 1 {
		p.Flags = append(p.Flags, dossier.FlagPartial)
	}
	return fromImage(m, image.Rect(0, 0, config.Width, config.Height))
}

// gifPictures counts the pictures of a GIF, two at most (GIF89a, appendix A).
func gifPictures(data []byte) int {
	const screen = 13
	if len(data) < screen {
		return 0
	}
	at, n := screen+gifTable(data[10]), 0
	for at < len(data) && n < 2 {
		switch {
		case data[at] == 0x21: // extension: label, blocks
			at = skipBlocks(data, at+2)
		case data[at] == 0x2c && at+10 < len(data): // picture: frame, table, code size, blocks
			n++
			at = skipBlocks(data, at+11+gifTable(data[at+9]))
		default:
			return n
		}
	}
	return n
}

// gifTable is the length of the colour table that flags announce.
func gifTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func skipBlocks(data []byte, at int) int {
	for at < len(data) && data[at] != 0 {
		at += int(data[at]) + 1
	}
	return at + 1
}

// heicPixels decodes the main picture of a HEIC. Its own turn and mirror are
// applied by the library; EXIF must not be applied again (ISO/IEC 23008-12, 6.5).
func heicPixels(data []byte) (*lept.Pix, error) {
	m, err := heic.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, because(dossier.ReasonDamaged, errors.New("heic pixels"))
	}
	return fromImage(m, m.Bounds())
}

// heicBytesPerPixel: libheif holds the planes as decoded and as given away,
// WebAssembly's memory grows by copying, and the picture itself has four.
const heicBytesPerPixel = 14

// readHEICHeader gives the largest size that the file announces for any of its
// pictures (property ispe, ISO/IEC 23008-12, 6.5.3). Whether it is the main
// one's does not matter for a bound.
func readHEICHeader(data []byte) (rasterHeader, error) {
	h := rasterHeader{bytesPerPixel: heicBytesPerPixel, orientation: 1}
	meta := data[:min(len(data), maxHEICMeta)]
	for {
		at := bytes.Index(meta, []byte("ispe"))
		if at < 0 || at+16 > len(meta) {
			break
		}
		w, height := binary.BigEndian.Uint32(meta[at+8:]), binary.BigEndian.Uint32(meta[at+12:])
		if int64(w)*int64(height) > int64(h.width)*int64(h.height) {
			h.width, h.height = int(w), int(height)
		}
		meta = meta[at+16:]
	}
	if h.width == 0 {
		return h, because(dossier.ReasonDamaged, errors.New("heic properties"))
	}
	return h, nil
}

// maxHEICMeta is how far the boxes before the pixels reach: a picture of
// hundreds of tiles takes some ten kilobytes.
const maxHEICMeta = 1 << 20
