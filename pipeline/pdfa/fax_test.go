package pdfa

import (
	"encoding/binary"
	"image"
	"strings"
	"testing"

	"sohoa/dossier"
)

// A bilevel page in the two fax codings, packed here by hand from the codes of
// ITU-T T.6, so that the tests need no encoder: a white page with one black
// square of 64 pixels whose sides lie on multiples of 64, where run lengths are
// one make-up code and the code for 0.
const (
	faxSide  = 192
	faxLines = 256
	faxMark  = 64
)

// groupFour codes the page: each row is told by how it differs from the one
// above.
func groupFour() []byte {
	white64, white0 := "11011", "00110101"
	black64, black0 := "0000001111", "0000110111"
	horizontal, pass, same := "001", "0001", "1"
	bits := strings.Repeat(same, faxMark) // white rows
	bits += horizontal + white64 + white0 + black64 + black0 + same
	bits += strings.Repeat(same+same+same, faxMark-1)
	bits += pass + same
	bits += strings.Repeat(same, faxLines-2*faxMark-1)
	bits += strings.Repeat("000000000001", 2) // end of block
	out := make([]byte, (len(bits)+7)/8)
	for i, bit := range bits {
		if bit == '1' {
			out[i/8] |= 0x80 >> (i % 8)
		}
	}
	return out
}

// jbig2 wraps the same coding into segments of ITU-T T.88: page information,
// then a generic region coded by MMR.
func jbig2() []byte {
	be := binary.BigEndian
	page := be.AppendUint32(be.AppendUint32(nil, faxSide), faxLines)
	page = append(page, make([]byte, 4+4+1+2)...) // resolution, flags, striping
	region := be.AppendUint32(be.AppendUint32(nil, faxSide), faxLines)
	region = append(region, make([]byte, 4+4+1)...) // place, combination
	region = append(append(region, 1), groupFour()...)
	return append(segment(0, 48, 1, page), segment(1, 38, 1, region)...)
}

func segment(number uint32, kind, page byte, data []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, number), kind, 0, page)
	return append(binary.BigEndian.AppendUint32(b, uint32(len(data))), data...)
}

// faxPage is the page in one of the codings, shown one to one.
func faxPage(t testing.TB, filter string) Page {
	t.Helper()
	s := stream(filter, image.Rect(0, 0, faxSide, faxLines), groupFour())
	s.BitsPerComponent = 1
	switch filter {
	case "CCITTFaxDecode":
		s.DecodeParms = "/K -1 /Columns " + itoa(faxSide)
	case "JBIG2Decode":
		data := jbig2()
		s.Size, s.Open = int64(len(data)), opener(data)
		// A comment segment: what all pages of a file may share.
		s.Globals = segment(7, 62, 0, append([]byte{0x20, 0, 0, 0}, "a\x00b\x00\x00"...))
	}
	return Page{Image: s, Reading: dossier.Reading{Width: faxSide, Height: faxLines, DPI: testDPI, ToInput: dossier.Identity()}}
}

// TestFaxCodings renders both.
func TestFaxCodings(t *testing.T) {
	t.Parallel()
	inverted := faxPage(t, "CCITTFaxDecode")
	inverted.Image.Inverted, inverted.Image.DecodeParms = true, inverted.Image.DecodeParms+" /BlackIs1 true"
	data, _ := write(t, testMeta(), faxPage(t, "CCITTFaxDecode"), faxPage(t, "JBIG2Decode"), inverted)
	path := onDisk(t, "fax.pdf", data)
	for page := 1; page <= 3; page++ {
		checkMarks(t, render(t, path, page), []image.Point{{faxMark, faxMark}}, faxMark)
	}
}
