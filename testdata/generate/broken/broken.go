// Package broken writes deliberately damaged input files, each small and named
// for its fault, for tests of how intake treats what it cannot read. Nothing in
// them comes from anywhere else: a small gray card is encoded, then spoilt.
package broken

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"os"
	"path/filepath"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"sohoa/testdata/generate/encode"
)

// Password opens encrypted.pdf.
const Password = "sohoa"

// Write fills a folder, created if missing. All files are the same every time
// but encrypted.pdf, whose encryption takes random salts.
func Write(dir string) error {
	files, err := Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make output folder: %w", err)
	}
	for name, raw := range files {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o644); err != nil {
			return fmt.Errorf("write broken file: %w", err)
		}
	}
	return nil
}

// Files returns the broken files by name.
func Files() (map[string][]byte, error) {
	good, err := sound()
	if err != nil {
		return nil, err
	}
	encrypted, err := encrypt(good.pdf)
	if err != nil {
		return nil, err
	}
	text := []byte("Đây là một tệp văn bản, không phải ảnh quét.\n")
	return map[string][]byte{
		"zero.jpg":         {},
		"zero.pdf":         {},
		"cut_half.jpg":     half(good.jpeg),
		"header_only.jpg":  good.jpeg[:20],
		"not_an_image.jpg": text,
		"unsupported.docx": append([]byte("PK\x03\x04"), text...),
		"cut_half.png":     half(good.png),
		"bad_checksum.png": flip(good.png, bytes.Index(good.png, []byte("IDAT"))+6),
		"bomb.png":         bombPNG(),
		"cut.tif":          half(good.tiff),
		"second_cut.tif":   good.twoTIFF[:len(good.twoTIFF)-60],
		"loop.tif":         loopTIFF(good.tiff),
		"bomb.tif":         bombTIFF(good.tiff),
		"cut_half.pdf":     half(good.pdf),
		"not_a_pdf.pdf":    text,
		"no_pages.pdf":     encode.PDF(nil),
		"page_loop.pdf":    bytes.Replace(encode.PDF(nil), []byte("/Kids [ ]"), []byte("/Kids [ 2 0 R ]"), 1),
		"cut_image.pdf":    encode.PDF([]encode.PDFPage{{JPEG: half(good.jpeg), Gray: true, Size: cardSize, DPI: 100}}),
		"bomb.pdf":         encode.PDF([]encode.PDFPage{{JPEG: good.jpeg, Gray: true, Size: image.Pt(900_000, 900_000), DPI: 1}}),
		"encrypted.pdf":    encrypted,
	}, nil
}

// originals are sound files of one small card.
type originals struct{ jpeg, png, tiff, twoTIFF, pdf []byte }

var cardSize = image.Pt(413, 585) // A5 at 70 dpi

func sound() (good originals, err error) {
	gray, bits := card()
	if good.jpeg, err = encode.JPEG(gray, 100, 80); err != nil {
		return good, err
	}
	if good.png, err = encode.PNG(gray, 100); err != nil {
		return good, err
	}
	page := encode.Bilevel{Image: bits, DPI: 100}
	good.tiff = encode.TIFF([]encode.Bilevel{page})
	good.twoTIFF = encode.TIFF([]encode.Bilevel{page, page})
	good.pdf = encode.PDF([]encode.PDFPage{{JPEG: good.jpeg, Gray: true, Size: cardSize, DPI: 100}})
	return good, nil
}

// card draws bars like lines of print.
func card() (*image.Gray, *image.Paletted) {
	frame := image.Rectangle{Max: cardSize}
	gray := image.NewGray(frame)
	bits := image.NewPaletted(frame, color.Palette{color.White, color.Black})
	for y := range cardSize.Y {
		for x := range cardSize.X {
			gray.SetGray(x, y, color.Gray{Y: 250 - uint8((x^y)&7)})
			if y%30 > 20 && x > 40 && x < 370 && (x*7+y/30*13)%11 > 2 {
				gray.SetGray(x, y, color.Gray{Y: 30})
				bits.SetColorIndex(x, y, 1)
			}
		}
	}
	return gray, bits
}

func half(raw []byte) []byte { return raw[:len(raw)/2] }

func flip(raw []byte, at int) []byte {
	spoilt := bytes.Clone(raw)
	spoilt[at] ^= 0xff
	return spoilt
}

// bombPNG claims 100 000 × 100 000 colour pixels, 30 GB once decoded, in a
// file of a few bytes.
func bombPNG() []byte {
	header := binary.BigEndian.AppendUint32(nil, 100_000)
	header = binary.BigEndian.AppendUint32(header, 100_000)
	header = append(header, 8, 2, 0, 0, 0) // 8 bits, RGB
	out := []byte("\x89PNG\r\n\x1a\n")
	out = append(out, chunk("IHDR", header)...)
	out = append(out, chunk("IDAT", []byte{0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01})...)
	return append(out, chunk("IEND", nil)...)
}

func chunk(name string, body []byte) []byte {
	named := append([]byte(name), body...)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	return binary.BigEndian.AppendUint32(append(out, named...), crc32.ChecksumIEEE(named))
}

// directory is where the only directory of a TIFF of ours starts.
func directory(tiff []byte) uint32 { return binary.LittleEndian.Uint32(tiff[4:]) }

// loopTIFF makes the directory name itself as the next one: a reader that
// counts pages by following it never ends.
func loopTIFF(tiff []byte) []byte {
	spoilt := bytes.Clone(tiff)
	binary.LittleEndian.PutUint32(spoilt[len(spoilt)-4:], directory(tiff))
	return spoilt
}

// bombTIFF claims 200 000 × 200 000 pixels: width and height are the second
// and third entries.
func bombTIFF(tiff []byte) []byte {
	const entry, value = 12, 8
	spoilt := bytes.Clone(tiff)
	for _, index := range []int{1, 2} {
		at := int(directory(tiff)) + 2 + index*entry + value
		binary.LittleEndian.PutUint32(spoilt[at:], 200_000)
	}
	return spoilt
}

func encrypt(pdf []byte) ([]byte, error) {
	api.DisableConfigDir() // pdfcpu would else write a folder of its own into the user's home
	var out bytes.Buffer
	const bits = 256
	if err := api.Encrypt(bytes.NewReader(pdf), &out, model.NewAESConfiguration(Password, Password+"-owner", bits)); err != nil {
		return nil, fmt.Errorf("encrypt PDF: %w", err)
	}
	return out.Bytes(), nil
}
