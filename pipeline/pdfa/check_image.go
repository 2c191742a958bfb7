package pdfa

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// picture is an image dictionary in numbers.
type picture struct {
	width, height, bits, components int64
	filter                          name
	parms                           dict
}

// checkImage checks the dictionary of an image and whether the image's own
// header says the same.
func (c *checker) checkImage(r ref) error {
	o, err := c.stream(r)
	if err != nil {
		return err
	}
	required := []name{"Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "Filter", "Length"}
	if err := errors.Join(o.only(required, "DecodeParms", "Decode"), o.is(dict{"Type": name("XObject"), "Subtype": name("Image")})); err != nil {
		return err
	}
	p := picture{width: o.whole("Width"), height: o.whole("Height"), bits: o.whole("BitsPerComponent"), components: 1}
	p.filter, _ = o.dict["Filter"].(name)
	p.parms, _ = o.dict["DecodeParms"].(dict)
	inverted := "[1 0]"
	if o.dict["ColorSpace"] == name("DeviceRGB") {
		p.components, inverted = 3, "[1 0 1 0 1 0]"
	} else if o.dict["ColorSpace"] != name("DeviceGray") {
		return errors.New("colour space without an output intent")
	}
	if v, ok := o.dict["Decode"]; ok && fmt.Sprint(v) != inverted {
		return errors.New("decode array")
	}
	if p.width < 1 || p.height < 1 {
		return errors.New("no size")
	}
	return c.checkPicture(o, p)
}

func (c *checker) checkPicture(o object, p picture) error {
	switch p.filter {
	case "DCTDecode":
		return c.checkJPEG(o, p)
	case "CCITTFaxDecode":
		return checkFax(p)
	case "JBIG2Decode":
		return c.checkJBIG2(o, p)
	case "FlateDecode":
		return c.checkFlate(o, p)
	case "JPXDecode":
		return c.checkJPX(o, p)
	}
	return errors.New("filter PDF/A does not have, or this package does not write")
}

// checkJPEG walks the segments of a JPEG up to the frame header and compares
// size and components.
func (c *checker) checkJPEG(o object, p picture) error {
	at, end := o.at, o.at+o.length
	var b [10]byte
	if err := c.readAt(b[:2], at); err != nil || b[0] != 0xFF || b[1] != 0xD8 {
		return errors.Join(errors.New("does not begin like a JPEG"), err)
	}
	const maxSegments = 1000 // a large colour profile takes some dozens
	at += 2
	for range maxSegments {
		if at+int64(len(b)) > end {
			break
		}
		if err := c.readAt(b[:], at); err != nil {
			return err
		}
		switch marker := b[1]; {
		case b[0] != 0xFF || marker == 0xFF || marker == 0: // fill, or strays that decoders skip
			at++
		case marker >= 0xD0 && marker <= 0xD7 || marker == 0x01: // no length follows
			at += 2
		case marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
			return p.sameFrame(b)
		default:
			at += 2 + int64(binary.BigEndian.Uint16(b[2:]))
		}
	}
	return errors.New("JPEG without a frame header")
}

// sameFrame compares a JPEG frame header: marker, length, bits, height, width,
// components.
func (p picture) sameFrame(b [10]byte) error {
	bits, height, width := int64(b[4]), int64(binary.BigEndian.Uint16(b[5:])), int64(binary.BigEndian.Uint16(b[7:]))
	if bits != p.bits || height != p.height || width != p.width || int64(b[9]) != p.components {
		return fmt.Errorf("JPEG of %d × %d pixels, %d × %d bits, dictionary has %d × %d pixels, %d × %d bits",
			width, height, b[9], bits, p.width, p.height, p.components, p.bits)
	}
	return nil
}

// checkFax compares the parameters of CCITT with the size; Columns is 1728
// unless given (ISO 32000-1, table 11).
func checkFax(p picture) error {
	columns, rows := int64(1728), int64(0)
	if _, ok := p.parms["Columns"]; ok {
		columns = p.parms.whole("Columns")
	}
	if _, ok := p.parms["Rows"]; ok {
		rows = p.parms.whole("Rows")
	}
	if p.bits != 1 || p.components != 1 || columns != p.width || rows != 0 && rows != p.height {
		return errors.New("parameters of CCITT differ from the size")
	}
	return p.parms.only(nil, "K", "Columns", "Rows", "BlackIs1", "EncodedByteAlign", "EndOfLine", "EndOfBlock", "DamagedRowsBeforeError")
}

// checkJBIG2 compares the size with the page information segment, which is the
// first of the image's own stream in every file seen; a stream that begins
// otherwise is left to its viewer. Height may be unknown (all ones) there.
func (c *checker) checkJBIG2(o object, p picture) error {
	if err := p.parms.only(nil, "JBIG2Globals"); err != nil {
		return err
	}
	if _, ok := p.parms["JBIG2Globals"]; ok {
		globals, err := c.stream(p.parms.ref("JBIG2Globals"))
		if err != nil || len(globals.dict) != 1 {
			return errors.Join(errors.New("globals"), err)
		}
	}
	// Segment header: number (4), flags (1), referred-to count (1), page (1),
	// length (4); then width and height (4 each).
	var b [19]byte
	if o.length < int64(len(b)) {
		return errors.New("JBIG2 without page information")
	}
	if err := c.readAt(b[:], o.at); err != nil {
		return err
	}
	const pageInformation, unknown = 48, 0xFFFFFFFF
	width, height := binary.BigEndian.Uint32(b[11:]), binary.BigEndian.Uint32(b[15:])
	if p.bits != 1 || p.components != 1 {
		return errors.New("JBIG2 is bilevel")
	}
	if b[4] == pageInformation && (int64(width) != p.width || int64(height) != p.height && height != unknown) {
		return errors.New("JBIG2 page information differs from the size")
	}
	return nil
}

// checkFlate counts the samples of a Flate image and has its checksum verified
// by unpacking.
func (c *checker) checkFlate(o object, p picture) error {
	row := (p.width*p.components*p.bits + 7) / 8
	if p.width > 1<<24 || p.height > 1<<24 || p.bits < 1 || p.bits > 16 {
		return errors.New("size or depth of a Flate image")
	}
	predicted, err := p.predicted()
	if err != nil {
		return err
	}
	if predicted {
		row++ // the byte that names the row's filter
	}
	unpacked, err := c.unpacker.open(c.r, o)
	if err != nil {
		return err
	}
	want := row * p.height
	got, err := io.CopyBuffer(io.Discard, io.LimitReader(unpacked, want+1), make([]byte, copyBuffer))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if got != want {
		return fmt.Errorf("unpacks to another number of bytes than %d", want)
	}
	return nil
}

// predicted tells whether rows carry PNG filters, and refuses parameters that
// differ from the dictionary (absent ones mean 1, ISO 32000-1, table 8).
func (p picture) predicted() (bool, error) {
	if err := p.parms.only(nil, "Predictor", "Colors", "BitsPerComponent", "Columns"); err != nil {
		return false, err
	}
	parm := func(key name, unset int64) int64 {
		if _, ok := p.parms[key]; ok {
			return p.parms.whole(key)
		}
		return unset
	}
	predictor := parm("Predictor", 1)
	if predictor == 1 {
		return false, nil
	}
	if predictor < 10 || predictor > 15 || parm("Colors", 1) != p.components || parm("BitsPerComponent", 8) != p.bits || parm("Columns", 1) != p.width {
		return false, errors.New("predictor differs from the dictionary")
	}
	return true, nil
}
