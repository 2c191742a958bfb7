package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image/gif"
	"os"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// rasterFile is a file that holds one picture: JPEG, PNG, BMP, WebP, GIF, HEIC,
// JPEG 2000.
type rasterFile struct {
	path   string
	format Format
	limits Limits
}

// maxRasterBytes bounds what is read into memory of a one-picture file: more
// than the uncompressed bytes of the largest picture the memory allows.
const maxRasterBytes = 512 << 20

func openRaster(path string, format Format, limits Limits) (*File, error) {
	r := rasterFile{path, format, limits}
	data, err := r.read()
	if err != nil {
		return nil, err
	}
	if _, err := r.header(data); err != nil {
		return nil, err
	}
	return &File{Images: 1, source: r}, nil
}

func (r rasterFile) close() {}

func (r rasterFile) bytes(s *Stream) ([]byte, error) { return gather(r.path, s, r.limits) }

func (r rasterFile) read() ([]byte, error) {
	info, err := os.Stat(r.path)
	if err != nil {
		return nil, err
	}
	if info.Size() > min(maxRasterBytes, r.limits.Memory/2) {
		return nil, because(dossier.ReasonTooLarge, errors.New("file size"))
	}
	return os.ReadFile(r.path)
}

// rasterHeader is what is known of a picture before it is decoded.
type rasterHeader struct {
	width, height int
	bytesPerPixel float64 // of the decoder's buffers
	xdpi, ydpi    float64
	orientation   Orientation
}

func (r rasterFile) header(data []byte) (rasterHeader, error) {
	h, err := readRasterHeader(data, r.format)
	if err != nil {
		return h, err
	}
	return h, r.limits.checkSize(h.width, h.height, h.bytesPerPixel)
}

func readRasterHeader(data []byte, format Format) (rasterHeader, error) {
	switch format {
	case JPEG:
		h, err := readJPEGHeader(data)
		return rasterHeader{h.width, h.height, jpegBytesPerPixel(h), h.xdpi, h.ydpi, h.orientation}, err
	case PNG:
		h, err := readPNGHeader(data)
		return rasterHeader{h.width, h.height, pngBytesPerPixel(h), h.xdpi, h.ydpi, h.orientation}, err
	case BMP:
		h, err := readBMPHeader(data)
		return rasterHeader{h.width, h.height, 4 + float64(max(h.bits, 8))/8, h.xdpi, h.ydpi, 1}, err
	case GIF:
		config, err := gif.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return rasterHeader{}, because(dossier.ReasonDamaged, errors.New("gif header"))
		}
		return rasterHeader{width: config.Width, height: config.Height, bytesPerPixel: 5, orientation: 1}, nil
	case HEIC:
		return readHEICHeader(data)
	default:
		return readByLeptonica(data, format)
	}
}

// readByLeptonica reads the size of WebP and JPEG 2000; how they lie and how
// fine they are is told by boxes and chunks that leptonica passes over.
func readByLeptonica(data []byte, format Format) (rasterHeader, error) {
	h, err := lept.ReadHeader(data)
	if err != nil {
		return rasterHeader{}, because(dossier.ReasonDamaged, err)
	}
	// openjpeg holds every component as 32-bit integers beside the result.
	r := rasterHeader{width: h.Width, height: h.Height, bytesPerPixel: 4 + 4*float64(h.SamplesPerPixel), orientation: 1}
	if format == JP2 {
		boxes := readJP2Header(data)
		r.xdpi, r.ydpi = boxes.xdpi, boxes.ydpi
		if boxes.width <= 0 || boxes.height <= 0 {
			return r, because(dossier.ReasonDamaged, errors.New("jpeg 2000 codestream"))
		}
		// What the boxes announce and what is decoded may differ; the larger counts.
		r.width, r.height = max(r.width, boxes.width), max(r.height, boxes.height)
		return r, nil
	}
	e := readEXIF(webpEXIF(data))
	r.orientation, r.xdpi, r.ydpi = e.orientation.valid(), e.xdpi, e.ydpi
	return r, nil
}

// webpEXIF finds the EXIF chunk of a WebP (RIFF: name, length, body, even).
func webpEXIF(data []byte) []byte {
	for at := int64(12); at+8 <= int64(len(data)); {
		size := int64(binary.LittleEndian.Uint32(data[at+4:]))
		if at+8+size > int64(len(data)) {
			break
		}
		if string(data[at:at+4]) == "EXIF" {
			return bytes.TrimPrefix(data[at+8:at+8+size], []byte("Exif\x00\x00"))
		}
		at += 8 + size + size%2
	}
	return nil
}

// jpegBytesPerPixel: gray becomes 1 byte, colour 4; a progressive file also
// has all its coefficients in memory, 2 bytes each.
func jpegBytesPerPixel(h jpegHeader) float64 {
	n := 4.0
	if h.components == 1 {
		n = 1
	}
	if h.progressive() {
		n += 2 * float64(h.components)
	}
	return n
}

// pngBytesPerPixel counts libpng's rows and leptonica's picture together.
func pngBytesPerPixel(h pngHeader) float64 {
	stored := float64(h.bits*h.channels()) / 8
	if h.colour == 0 && h.bits <= 8 {
		return 2 * stored
	}
	return stored + 4
}

func (r rasterFile) picture(_ context.Context, _ int) (*Picture, error) {
	data, err := r.read()
	if err != nil {
		return nil, err
	}
	return r.decode(data, 1)
}

// coarse decodes a JPEG at a fraction of its size where that is enough.
func (r rasterFile) coarse(_ context.Context, _ int, enough Enough) (*Picture, int, error) {
	data, err := r.read()
	if err != nil {
		return nil, 0, err
	}
	h, err := r.header(data)
	if err != nil {
		return nil, 0, err
	}
	times := 1
	for r.format == JPEG && times < 8 && enough(h.width) <= 1/float64(2*times) {
		times *= 2
	}
	p, err := r.decode(data, times)
	return p, times, err
}

func (r rasterFile) decode(data []byte, times int) (*Picture, error) {
	h, err := r.header(data)
	if err != nil {
		return nil, err
	}
	p := &Picture{Resolution: resolve(h.xdpi, h.ydpi, h.width, h.height), Orientation: h.orientation}
	raw, err := r.pixels(data, p, times)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	p.Pix, err = raw.Flatten()
	if err != nil {
		return nil, because(dossier.ReasonDamaged, err)
	}
	return p, nil
}

// pixels decodes; times is that of [lept.JPEG] and means something there only.
func (r rasterFile) pixels(data []byte, p *Picture, times int) (*lept.Pix, error) {
	switch r.format {
	case JPEG:
		return jpegPixels(data, p, times)
	case BMP:
		return bmpPixels(data)
	case GIF:
		return gifPixels(data, p)
	case HEIC:
		return heicPixels(data)
	}
	pix, err := lept.Decode(data)
	if err != nil {
		return nil, because(dossier.ReasonDamaged, err)
	}
	return pix, nil
}

// jpegPixels decodes a JPEG. libjpeg goes on after damage: a file that was cut
// short has lost part of the page and is refused; damage inside a whole file is
// remarked on.
func jpegPixels(data []byte, p *Picture, times int) (*lept.Pix, error) {
	pix, warnings, err := lept.JPEG(data, times)
	if err != nil {
		return nil, because(dossier.ReasonDamaged, err)
	}
	if warnings == 0 {
		return pix, nil
	}
	if h, err := readJPEGHeader(data); err != nil || h.cutShort(data) {
		pix.Close()
		return nil, because(dossier.ReasonDamaged, errors.New("jpeg ends inside the picture"))
	}
	p.Flags = append(p.Flags, dossier.FlagPartial)
	return pix, nil
}

// stream hands out the file's own bytes where a PDF viewer takes them, else
// packs the decoded pixels again without loss.
func (r rasterFile) stream(_ context.Context, _ int) (*Stream, error) {
	data, err := r.read()
	if err != nil {
		return nil, err
	}
	if s := liftRaster(data, r.format); s != nil {
		return s, nil
	}
	p, err := r.decode(data, 1)
	if err != nil {
		return nil, err
	}
	defer p.Pix.Close()
	return pack(p.Pix)
}

func liftRaster(data []byte, format Format) *Stream {
	switch format {
	case JPEG:
		if h, err := readJPEGHeader(data); err == nil && h.dct() {
			return &Stream{
				Width: h.width, Height: h.height, BitsPerComponent: 8, Components: h.components,
				Filter: "DCTDecode", DecodeParms: h.decodeParms(),
				Ranges: []Range{{0, int64(len(data))}},
			}
		}
	case PNG:
		if h, err := readPNGHeader(data); err == nil && h.liftable() {
			return h.stream()
		}
	case JP2:
		size, err := lept.ReadHeader(data)
		if h := readJP2Header(data); err == nil && h.liftable() {
			return &Stream{
				Width: size.Width, Height: size.Height, BitsPerComponent: 8, Components: h.components,
				Filter: "JPXDecode", Ranges: []Range{{0, int64(len(data))}},
			}
		}
	}
	return nil
}
