package decode

import "bytes"

// Format names a kind of file by what its first bytes say; names and
// extensions are never looked at, since scanners and clerks get them wrong.
type Format string

// The formats.
const (
	Unknown Format = ""
	JPEG    Format = "jpeg"
	PNG     Format = "png"
	BMP     Format = "bmp"
	WebP    Format = "webp"
	JP2     Format = "jp2"
	GIF     Format = "gif"
	HEIC    Format = "heic"
	TIFF    Format = "tiff"
	PDF     Format = "pdf"
)

// HeadSize is how many bytes of a file [Sniff] wants to see. PDF readers accept
// a header anywhere in the first 1024 bytes, and some scanners make use of it.
const HeadSize = 1024

// magics are the signatures; a zero byte in the mask is not compared.
var magics = []struct {
	format Format
	bytes  string
	mask   string
}{
	{JPEG, "\xff\xd8\xff", ""},
	{PNG, "\x89PNG\r\n\x1a\n", ""},
	{TIFF, "II*\x00", ""},
	{TIFF, "MM\x00*", ""},
	{TIFF, "II+\x00", ""}, // BigTIFF
	{TIFF, "MM\x00+", ""},
	{WebP, "RIFF\x00\x00\x00\x00WEBP", "\x01\x01\x01\x01\x00\x00\x00\x00\x01\x01\x01\x01"},
	{JP2, "\x00\x00\x00\x0cjP  \r\n\x87\n", ""},
	{JP2, "\xff\x4f\xff\x51", ""},
	{GIF, "GIF87a", ""},
	{GIF, "GIF89a", ""},
	{HEIC, "\x00\x00\x00\x00ftypheic", "\x00\x00\x00\x00\x01\x01\x01\x01\x01\x01\x01\x01"},
	{HEIC, "\x00\x00\x00\x00ftypheix", "\x00\x00\x00\x00\x01\x01\x01\x01\x01\x01\x01\x01"},
	{HEIC, "\x00\x00\x00\x00ftypmif1", "\x00\x00\x00\x00\x01\x01\x01\x01\x01\x01\x01\x01"},
}

// Sniff names the format of a file from its first [HeadSize] bytes (fewer when
// the file is shorter). It is pure Go, allocates nothing and may be used on
// hostile bytes outside a worker.
func Sniff(head []byte) Format {
	head = head[:min(len(head), HeadSize)]
	for _, m := range magics {
		if matches(head, m.bytes, m.mask) {
			return m.format
		}
	}
	if isBMP(head) {
		return BMP
	}
	if bytes.Contains(head, []byte("%PDF-")) {
		return PDF
	}
	return Unknown
}

func matches(head []byte, magic, mask string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if (mask == "" || mask[i] != 0) && head[i] != magic[i] {
			return false
		}
	}
	return true
}

// isBMP asks for more than the two letters "BM", which many files begin with:
// the header must have a size that is known, or one between, which is damage
// that does not touch the pixels.
func isBMP(head []byte) bool {
	if len(head) < 18 || head[0] != 'B' || head[1] != 'M' || head[15] != 0 || head[16] != 0 || head[17] != 0 {
		return false
	}
	return head[14] == 12 || head[14] >= 40 && head[14] <= 124
}
