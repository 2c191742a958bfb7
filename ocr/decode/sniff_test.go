package decode

import (
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	bmp := "BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00"
	tests := []struct {
		name, head string
		want       Format
	}{
		{"jpeg", "\xff\xd8\xff\xe0", JPEG},
		{"png", "\x89PNG\r\n\x1a\n", PNG},
		{"tiff little endian", "II*\x00\x08\x00\x00\x00", TIFF},
		{"tiff big endian", "MM\x00*\x00\x00\x00\x08", TIFF},
		{"bigtiff", "II+\x00\x08\x00\x00\x00", TIFF},
		{"webp", "RIFF\x10\x20\x30\x40WEBPVP8 ", WebP},
		{"wav is not webp", "RIFF\x10\x20\x30\x40WAVEfmt ", Unknown},
		{"jp2", "\x00\x00\x00\x0cjP  \r\n\x87\n", JP2},
		{"jpeg 2000 codestream", "\xff\x4f\xff\x51\x00", JP2},
		{"bmp", bmp, BMP},
		{"text that begins with BM", "BM la ten viet tat cua mot co quan", Unknown},
		{"pdf", "%PDF-1.7\n", PDF},
		{"pdf after a byte order mark", "\xef\xbb\xbf%PDF-1.4", PDF},
		{"pdf after scanner's garbage", strings.Repeat("x", 1000) + "%PDF-1.4", PDF},
		{"pdf too far down", strings.Repeat("x", 1024) + "%PDF-1.4", Unknown},
		{"empty", "", Unknown},
		{"one byte", "\xff", Unknown},
		{"word document", "PK\x03\x04", Unknown},
	}
	for _, test := range tests {
		if got := Sniff([]byte(test.head)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// FuzzSniff: any bytes are answered, and bytes beyond the head do not matter.
func FuzzSniff(f *testing.F) {
	for _, m := range magics {
		f.Add([]byte(m.bytes))
	}
	f.Add([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00"))
	f.Add([]byte("%PDF-1.7"))
	f.Fuzz(func(t *testing.T, head []byte) {
		got := Sniff(head)
		if len(head) > HeadSize && Sniff(head[:HeadSize]) != got {
			t.Error("bytes beyond the head were looked at")
		}
		if got == PNG && string(head[:4]) != "\x89PNG" {
			t.Error("not a PNG")
		}
	})
}

// FuzzHeaders: the header readers take any bytes without a panic and promise
// only ranges that lie inside the data.
func FuzzHeaders(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x20Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00crc_\x00\x00\x00\x01IDATxcrc_"))
	addSeeds(f, func(format Format) bool { return format != Unknown && format != PDF }, "bad-image")
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, err := readJPEGHeader(data); err == nil && h.scan > len(data) {
			t.Error("scan beyond the data")
		}
		h, _ := readPNGHeader(data)
		for _, r := range h.idat {
			if r.Offset < 0 || r.Length < 0 || r.Offset+r.Length > int64(len(data)) {
				t.Errorf("range %v of %d bytes", r, len(data))
			}
		}
		_, _ = readBMPHeader(data)
		_, _ = readHEICHeader(data)
		_ = gifPictures(data)
		readEXIF(webpEXIF(data))
		readEXIF(data)
		if j := readJP2Header(data); j.liftable() && !j.boxed {
			t.Error("a bare codestream is no JPX file")
		}
	})
}
