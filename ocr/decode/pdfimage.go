package decode

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// What of an image's dictionary a published stream needs, and its pixels.

// wrappers are filters that producers put around an image's own, most often to
// keep the file in ASCII. They are undone: what is inside stays as it is.
var wrappers = []string{"ASCII85Decode", "ASCIIHexDecode", "FlateDecode", "RunLengthDecode"}

// unwrapped is the image with its last filter only.
func (l lifter) unwrapped(image types.StreamDict) (types.StreamDict, error) {
	last := len(image.FilterPipeline) - 1
	if last < 1 {
		return image, nil
	}
	outer := types.StreamDict{Dict: image.Dict, Raw: image.Raw, FilterPipeline: image.FilterPipeline[:last]}
	for _, f := range outer.FilterPipeline {
		if !slices.Contains(wrappers, f.Name) {
			return image, errDraw
		}
	}
	if err := outer.DecodeWithLimit(l.limits.Memory / 4); err != nil {
		return image, errDraw
	}
	image.Raw, image.FilterPipeline = outer.Content, image.FilterPipeline[last:]
	return image, nil
}

// imageStream describes the picture's stream, when it is of a form that may
// stand in PDF/A as it is: gray or RGB, 1 or 8 bits, no mask of its own.
func (l lifter) imageStream(image types.StreamDict) (*Stream, error) {
	d := image.Dict
	if subtype := d.Subtype(); subtype == nil || *subtype != "Image" || len(image.FilterPipeline) != 1 {
		return nil, errDraw
	}
	for _, key := range []string{"SMask", "Mask", "SMaskInData", "ImageMask", "Alternates", "OC"} {
		if o := l.value(d, key); o != nil && o != types.Boolean(false) {
			return nil, errDraw
		}
	}
	s := &Stream{Filter: image.FilterPipeline[0].Name, Data: image.Raw, BitsPerComponent: 1}
	s.Width, s.Height = l.integer(d, "Width"), l.integer(d, "Height")
	if s.Filter != "JBIG2Decode" && s.Filter != "CCITTFaxDecode" {
		s.BitsPerComponent = l.integer(d, "BitsPerComponent")
	}
	s.Components = l.components(l.value(d, "ColorSpace"))
	if s.Components == 0 || s.BitsPerComponent != 8 && (s.BitsPerComponent != 1 || s.Components != 1) {
		return nil, errDraw
	}
	if int64(s.Width)*int64(s.Height) > hopeless*l.limits.Pixels {
		return nil, errHopeless
	}
	if err := l.limits.checkSize(s.Width, s.Height, liftedBytesPerPixel(s)); err != nil {
		return nil, err
	}
	if err := l.decodeArray(d, s); err != nil {
		return nil, err
	}
	return s, l.filterParms(image, s)
}

// hopeless is how many times as large as the largest picture one is that is not
// drawn at a smaller size either: that would take a minute of processor time.
const hopeless = 4

// liftedBytesPerPixel counts what decoding needs: the picture, and for deflate
// the rows, which pdfcpu collects in a buffer that doubles as it grows.
func liftedBytesPerPixel(s *Stream) float64 {
	stored := float64(s.Components*s.BitsPerComponent) / 8
	picture := stored
	if s.Components == 3 {
		picture = 4
	}
	if s.Filter == "FlateDecode" {
		return picture + 3*stored
	}
	return picture
}

func (l lifter) integer(d types.Dict, key string) int {
	n, ok := l.value(d, key).(types.Integer)
	if !ok || n < 0 {
		return 0
	}
	return int(n)
}

// components of a colour space that may be taken for device gray or RGB; 0 for
// any other.
func (l lifter) components(space types.Object) int {
	switch s := space.(type) {
	case types.Name:
		switch s {
		case "DeviceGray", "CalGray":
			return 1
		case "DeviceRGB", "CalRGB":
			return 3
		}
	case types.Array:
		return l.arraySpace(s)
	}
	return 0
}

func (l lifter) arraySpace(space types.Array) int {
	if len(space) == 0 {
		return 0
	}
	family, err := l.Dereference(space[0])
	if err != nil {
		return 0
	}
	if family != types.Name("ICCBased") {
		return l.components(family)
	}
	if len(space) != 2 {
		return 0
	}
	profile, _, err := l.DereferenceStreamDict(space[1])
	if err != nil || profile == nil {
		return 0
	}
	if n := l.integer(profile.Dict, "N"); n == 1 || n == 3 {
		return n
	}
	return 0
}

// decodeArray takes the plain array, and the swapped one of a gray picture.
func (l lifter) decodeArray(d types.Dict, s *Stream) error {
	array, ok := l.value(d, "Decode").(types.Array)
	if !ok {
		return nil
	}
	var v []float64
	for _, o := range array {
		n, ok := number(o)
		if !ok {
			return errDraw
		}
		v = append(v, n)
	}
	swapped := len(v) == 2 && v[0] == 1 && v[1] == 0
	plain := len(v) == 2*s.Components
	for i := range v {
		plain = plain && v[i] == float64(i%2)
	}
	if !plain && (!swapped || s.Components != 1) {
		return errDraw
	}
	s.Inverted = swapped
	return nil
}

// parms lists, per filter, the entries of its parameter dictionary.
var parms = map[string][]string{
	"DCTDecode":      {"ColorTransform"},
	"CCITTFaxDecode": {"K", "EndOfLine", "EncodedByteAlign", "Columns", "Rows", "EndOfBlock", "BlackIs1", "DamagedRowsBeforeError"},
	"FlateDecode":    {"Predictor", "Colors", "BitsPerComponent", "Columns"},
	"JBIG2Decode":    {},
}

func (l lifter) filterParms(image types.StreamDict, s *Stream) error {
	known, ok := parms[s.Filter]
	if !ok {
		return errDraw
	}
	given := image.FilterPipeline[0].DecodeParms
	var text []string
	for _, key := range known {
		switch v := l.value(given, key).(type) {
		case types.Integer:
			text = append(text, fmt.Sprintf("/%s %d", key, int(v)))
		case types.Boolean:
			text = append(text, fmt.Sprintf("/%s %t", key, bool(v)))
		}
	}
	s.DecodeParms = strings.Join(text, " ")
	switch s.Filter {
	case "DCTDecode":
		return checkDCT(s)
	case "JBIG2Decode":
		return l.globals(given, s)
	}
	return nil
}

// checkDCT compares the dictionary with what the JPEG itself says.
func checkDCT(s *Stream) error {
	h, err := readJPEGHeader(s.Data)
	if err != nil || !h.dct() || h.components != s.Components || h.width != s.Width || h.height != s.Height {
		return errDraw
	}
	return nil
}

func (l lifter) globals(given types.Dict, s *Stream) error {
	entry, found := given.Find("JBIG2Globals")
	if !found {
		return nil
	}
	globals, _, err := l.DereferenceStreamDict(entry)
	if err != nil || globals == nil {
		return errDraw
	}
	if len(globals.FilterPipeline) == 0 {
		s.Globals = globals.Raw
		return nil
	}
	if err := globals.DecodeWithLimit(l.limits.Memory / 4); err != nil {
		return errDraw
	}
	s.Globals = globals.Content
	return nil
}

// readLifted decodes the picture of a page: JPEG and deflate here, the fax and
// JBIG2 codecs by pdfimages.
func (p *pdfFile) readLifted(ctx context.Context, number int, image *liftedImage) (*Picture, error) {
	picture := &Picture{Resolution: image.resolution, Orientation: image.orientation}
	var err error
	switch image.stream.Filter {
	case "DCTDecode":
		picture.Pix, err = jpegPixels(image.stream.Data, picture, 1)
		if err == nil && image.stream.Inverted {
			picture.Pix.Invert()
		}
	case "FlateDecode":
		picture.Pix, err = flatePixels(image)
	default:
		err = p.readBilevel(ctx, number, image.stream, picture)
	}
	if err != nil {
		return nil, err
	}
	return picture, nil
}

func flatePixels(image *liftedImage) (*lept.Pix, error) {
	s := image.stream
	depth := s.BitsPerComponent
	if s.Components == 3 {
		depth = 32
	}
	stride := (s.Width*s.Components*s.BitsPerComponent + 7) / 8
	if err := image.raw.DecodeWithLimit(2*int64(stride+1)*int64(s.Height) + 1<<20); err != nil {
		return nil, because(dossier.ReasonDamaged, errors.New("deflated pixels"))
	}
	pix, err := lept.New(s.Width, s.Height, depth)
	if err != nil {
		return nil, because(dossier.ReasonMemory, err)
	}
	if err := pix.SetRows(image.raw.Content, stride, s.Components); err != nil {
		pix.Close()
		return nil, because(dossier.ReasonDamaged, err)
	}
	image.raw.Content = nil // the parsed file stays; the pixels need not
	if (depth == 1) != s.Inverted {
		pix.Invert() // leptonica takes a set bit for black
	}
	return pix, nil
}

// readBilevel decodes by pdfimages.
func (p *pdfFile) readBilevel(ctx context.Context, number int, s *Stream, into *Picture) error {
	made, err := p.tools.pixels(ctx, p.path, number)
	if err != nil {
		return err
	}
	pix, err := decodePNG(made.data)
	if err != nil {
		return err
	}
	if pix.Width() != s.Width || pix.Height() != s.Height {
		pix.Close()
		return because(dossier.ReasonDamaged, errors.New("picture of another size than announced"))
	}
	into.Pix = pix
	if made.partial {
		into.Flags = append(into.Flags, dossier.FlagPartial)
	}
	return nil
}
