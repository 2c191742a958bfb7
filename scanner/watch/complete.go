package watch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
)

// Is the end of the file there?
//
// A scanner that stops for a moment leaves a file whose size and mtime rest
// although half of it is missing. Each format says in its own way where it
// ends; this file looks for that, with reads of a bounded size, and decodes
// nothing. What it can't know it leaves to the pipeline: a file that is
// damaged in the middle is complete here.
//
// Accuracy: every strict prefix of a file is found incomplete, apart from
// bytes that carry nothing (the newline after %%EOF). JPEG is judged by the
// end marker in the last [tailWindow] bytes after the first scan starts, which
// can't stand inside entropy-coded data (ISO/IEC 10918-1, B.1.1.5).

// verdict is what the look at a file's ends said.
type verdict int

const (
	formatUnknown verdict = iota
	formatIncomplete
	formatComplete
	// formatPages is complete in a format of many pages, which may be written
	// anew with one more.
	formatPages
)

// ends tells whether the end was found.
func (v verdict) ends() bool { return v == formatComplete || v == formatPages }

// ofPages marks a complete file of a format of many pages.
func ofPages(v verdict, err error) (verdict, error) {
	if v == formatComplete {
		v = formatPages
	}
	return v, err
}

const (
	// headWindow is where a PDF header may stand (PDF Reference 1.7, appendix
	// H, note 13); more than any other signature needs.
	headWindow = 1024
	// tailWindow forgives what scanners and cameras append to a finished file.
	tailWindow = 64 << 10
	// jpegSegments bounds the walk to the first scan; real files have under 100.
	jpegSegments = 2000
	// The headers that hold the length of a BMP and a WebP file.
	bmpHeader  = 14
	webpHeader = 12
)

var (
	pngSignature = []byte("\x89PNG\r\n\x1a\n")
	pngEnd       = []byte("\x00\x00\x00\x00IEND\xaeB`\x82")
	jpegStart    = []byte{0xff, 0xd8, 0xff}
	jpegEnd      = []byte{0xff, 0xd9}
)

// checkEnd tells whether the file of the given size has its end.
func checkEnd(r io.ReaderAt, size int64) (verdict, error) {
	head, err := readSpan(r, 0, min(size, headWindow))
	if err != nil {
		return formatUnknown, err
	}
	switch {
	case bytes.HasPrefix(head, jpegStart):
		return checkJPEG(r, size)
	case bytes.HasPrefix(head, pngSignature):
		return inTail(r, size, int64(len(pngSignature)), pngEnd)
	case isTIFF(head):
		return ofPages(checkTIFF(r, size, head))
	case bytes.HasPrefix(head, []byte("BM")) && len(head) >= bmpHeader:
		return reaches(int64(binary.LittleEndian.Uint32(head[2:])), size), nil
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= webpHeader && string(head[8:12]) == "WEBP":
		return reaches(int64(binary.LittleEndian.Uint32(head[4:]))+8, size), nil
	case bytes.Contains(head, []byte("%PDF-")):
		return ofPages(checkPDF(r, size, head))
	case startsKnown(head):
		return formatIncomplete, nil
	}
	return formatUnknown, nil
}

// startsKnown tells whether so few bytes are there that they could still
// become one of the formats.
func startsKnown(head []byte) bool {
	for _, format := range []struct {
		signature string
		header    int // bytes it takes to tell
	}{
		{string(jpegStart), 3}, {string(pngSignature), 8}, {"%PDF-", 5}, {"BM", bmpHeader}, {"RIFF", webpHeader},
		{"II*\x00", tiffHeader}, {"MM\x00*", tiffHeader}, {"II+\x00", tiffHeader}, {"MM\x00+", tiffHeader},
	} {
		n := min(len(head), len(format.signature))
		if len(head) < format.header && format.signature[:n] == string(head[:n]) {
			return true
		}
	}
	return false
}

// reaches compares the length a header promises with the size that is there.
func reaches(promised, size int64) verdict {
	if promised > size {
		return formatIncomplete
	}
	return formatComplete
}

// inTail looks for the mark in the file's last bytes, not before offset from.
func inTail(r io.ReaderAt, size, from int64, mark []byte) (verdict, error) {
	from = max(from, size-tailWindow)
	tail, err := readSpan(r, from, size-from)
	if err != nil {
		return formatUnknown, err
	}
	if bytes.Contains(tail, mark) {
		return formatComplete, nil
	}
	return formatIncomplete, nil
}

// checkJPEG walks the segments to the start of the first scan, so that the end
// of a thumbnail in a header is not taken for the end of the picture.
func checkJPEG(r io.ReaderAt, size int64) (verdict, error) {
	at := int64(2)
	for range jpegSegments {
		b, err := readSpan(r, at, min(4, size-at))
		if err != nil {
			return formatUnknown, err
		}
		switch {
		case len(b) < 4:
			return formatIncomplete, nil
		case b[0] == 0xff && b[1] == 0xff: // fill bytes (B.1.1.2)
			at++
		case b[0] == 0xff && b[1] != 0xda && b[1] != 0xd9:
			at += 2 + max(int64(binary.BigEndian.Uint16(b[2:])), 2)
		default: // the scan; or not a segment at all, which the pipeline will say
			return inTail(r, size, at, jpegEnd)
		}
	}
	return inTail(r, size, at, jpegEnd)
}

// checkPDF looks for the last %%EOF and asks that the startxref before it
// points into the file: the first section of a linearized PDF ends in an
// %%EOF, too, but with startxref 0 (ISO 32000-1, F.3.8). Its header also says
// how long the whole file is.
func checkPDF(r io.ReaderAt, size int64, head []byte) (verdict, error) {
	if promised, ok := linearizedLength(head); ok && promised > size {
		return formatIncomplete, nil
	}
	from := max(0, size-tailWindow)
	tail, err := readSpan(r, from, size-from)
	if err != nil {
		return formatUnknown, err
	}
	end := bytes.LastIndex(tail, []byte("%%EOF"))
	if end < 0 {
		return formatIncomplete, nil
	}
	if at := bytes.LastIndex(tail[:end], []byte("startxref")); at >= 0 {
		offset, ok := firstNumber(tail[at+len("startxref") : end])
		if ok && (offset == 0 || offset >= size) {
			return formatIncomplete, nil
		}
	}
	return formatComplete, nil
}

// linearizedLength is the /L entry of the linearization dictionary, which
// stands whole in the first 1024 bytes.
func linearizedLength(head []byte) (int64, bool) {
	at := bytes.Index(head, []byte("/Linearized"))
	if at < 0 {
		return 0, false
	}
	dict := head[at+len("/Linearized"):]
	if end := bytes.Index(dict, []byte(">>")); end >= 0 {
		dict = dict[:end]
	}
	if at = bytes.Index(dict, []byte("/L ")); at < 0 {
		return 0, false
	}
	return firstNumber(dict[at+len("/L "):])
}

func firstNumber(b []byte) (int64, bool) {
	b = bytes.TrimLeft(b, " \t\r\n\x00\f")
	end := 0
	for end < len(b) && b[end] >= '0' && b[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(string(b[:end]), 10, 64)
	return n, err == nil
}

// readSpan reads up to n bytes at the offset; fewer are there when the file
// was cut meanwhile.
func readSpan(r io.ReaderAt, at, n int64) ([]byte, error) {
	if n <= 0 {
		return nil, nil
	}
	b := make([]byte, n)
	got, err := r.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:got], nil
}
