package decode

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"sohoa/dossier"
	"sohoa/ocr/internal/lept"
)

// pdfPage is what a page of a PDF turned out to be.
type pdfPage struct {
	image *liftedImage // nil: the page has to be drawn
	text  bool         // its content shows text
}

// liftedImage is the one picture of a page, unchanged.
type liftedImage struct {
	stream      *Stream
	raw         *types.StreamDict
	resolution  Resolution
	orientation Orientation
}

// maxContentBytes is more than any page that only draws a picture has, with a
// text layer of a dense A3 newspaper page on it.
const maxContentBytes = 4 << 20

// inspect finds out whether a page is one picture. Whatever goes wrong makes it
// a page to be drawn: poppler sees more than we do.
func (p *pdfFile) inspect(number int) (page pdfPage) {
	if p.parsed == nil {
		return pdfPage{}
	}
	var err error
	defer func() {
		if r := recover(); r != nil || err != nil {
			page.image = nil
		}
	}()
	dict, _, inherited, err := p.parsed.PageDict(number, false)
	if err != nil {
		return page
	}
	data, err := p.parsed.PageContent(dict, number)
	if err != nil || len(data) > maxContentBytes {
		return page
	}
	c := followContent(data)
	page.text = c.text
	l := lifter{p.parsed, dict, inherited, p.tools.limits}
	page.image, err = l.lift(c)
	return page
}

// lifter takes the picture out of one page.
type lifter struct {
	*model.Context
	page      types.Dict
	inherited *model.InheritedPageAttrs
	limits    Limits
}

// errDraw says that a page is more than its picture.
var errDraw = errors.New("page is not one picture")

func (l lifter) lift(c content) (*liftedImage, error) {
	if c.strange || c.over || len(c.drawings) != 1 || l.hasVisibleNotes() {
		return nil, errDraw
	}
	for _, name := range c.states {
		if !l.plainState(name) {
			return nil, errDraw
		}
	}
	drawn := c.drawings[0]
	visible, ok := l.pageBox()
	if !ok || !covers(drawn, visible) {
		return nil, errDraw
	}
	image, ok := l.resource("XObject", drawn.name).(types.StreamDict)
	if !ok {
		return nil, errDraw
	}
	image, err := l.unwrapped(image)
	if err != nil {
		return nil, err
	}
	stream, err := l.imageStream(image)
	if err != nil {
		return nil, err
	}
	return l.placed(&liftedImage{stream: stream, raw: &image}, drawn.matrix)
}

// resource looks a name up in the page's resources, nil when absent.
func (l lifter) resource(category, name string) types.Object {
	entry, _ := l.inherited.Resources.Find(category)
	group, err := l.DereferenceDict(entry)
	if err != nil || group == nil {
		return nil
	}
	return l.value(group, name)
}

// value is the dereferenced entry of a dictionary, nil when absent.
func (l lifter) value(d types.Dict, key string) types.Object {
	entry, found := d.Find(key)
	if !found {
		return nil
	}
	o, err := l.Dereference(entry)
	if err != nil {
		return nil
	}
	return o
}

// plainState tells whether a graphics state changes nothing a picture shows by.
func (l lifter) plainState(name string) bool {
	state, ok := l.resource("ExtGState", name).(types.Dict)
	if !ok {
		return false
	}
	if mask, ok := l.value(state, "SMask").(types.Name); l.value(state, "SMask") != nil && (!ok || mask != "None") {
		return false
	}
	if mode, ok := l.value(state, "BM").(types.Name); l.value(state, "BM") != nil && (!ok || mode != "Normal" && mode != "Compatible") {
		return false
	}
	alpha, given := number(l.value(state, "ca"))
	return !given || alpha == 1
}

// hasVisibleNotes tells whether an annotation is drawn on the page: stamps,
// comments, the block of a signature.
func (l lifter) hasVisibleNotes() bool {
	notes, ok := l.value(l.page, "Annots").(types.Array)
	if !ok {
		return l.value(l.page, "Annots") != nil
	}
	for _, entry := range notes {
		note, err := l.DereferenceDict(entry)
		if err != nil || l.drawn(note) {
			return true
		}
	}
	return false
}

// Annotation flags (ISO 32000-1, table 165).
const hiddenOrNoView = 1<<1 | 1<<5

func (l lifter) drawn(note types.Dict) bool {
	if note == nil || l.value(note, "AP") == nil {
		return false
	}
	if flags, ok := number(l.value(note, "F")); ok && int(flags)&hiddenOrNoView != 0 {
		return false
	}
	area, ok := l.value(note, "Rect").(types.Array)
	if !ok || len(area) != 4 {
		return true
	}
	var v [4]float64
	for i := range v {
		v[i], _ = number(area[i])
	}
	return v[0] != v[2] && v[1] != v[3]
}

func number(o types.Object) (float64, bool) {
	switch n := o.(type) {
	case types.Integer:
		return float64(n), true
	case types.Float:
		return float64(n), true
	}
	return 0, false
}

// pageBox is the part of the page that viewers show.
func (l lifter) pageBox() (rectangle, bool) {
	media := l.inherited.MediaBox
	if media == nil {
		return rectangle{}, false
	}
	r := toRectangle(media)
	if crop := l.inherited.CropBox; crop != nil {
		r = r.intersect(toRectangle(crop))
	}
	return r, r.width() > 1 && r.height() > 1
}

func toRectangle(r *types.Rectangle) rectangle {
	return rectangle{min(r.LL.X, r.UR.X), min(r.LL.Y, r.UR.Y), max(r.LL.X, r.UR.X), max(r.LL.Y, r.UR.Y)}
}

// coverTolerance is the part of a side by which picture and page may differ:
// page sizes are rounded to points and papers, and scanners add some pixels.
const coverTolerance = 0.02

// covers tells whether the drawn picture and the visible page are the same
// area: nothing of the page is bare, nothing of the picture is hidden.
func covers(d drawing, page rectangle) bool {
	at := box(d.matrix)
	if !same(at, page) {
		return false
	}
	return d.clip == nil || same(at.intersect(*d.clip), at)
}

func same(a, b rectangle) bool {
	dx, dy := b.width()*coverTolerance, b.height()*coverTolerance
	return abs(a.x0-b.x0) <= dx && abs(a.x1-b.x1) <= dx && abs(a.y0-b.y0) <= dy && abs(a.y1-b.y1) <= dy
}

// placed adds how the picture lies on the page and at what resolution.
func (l lifter) placed(image *liftedImage, m dossier.Matrix) (*liftedImage, error) {
	m = m.Then(rotation(l.inherited.Rotate))
	orientation, ok := orientationOf(m)
	if !ok {
		return nil, errDraw
	}
	unit := 1.0
	if u, ok := number(l.value(l.page, "UserUnit")); ok && u > 0 {
		unit = u
	}
	inch := 72 / unit
	x := float64(image.stream.Width) / math.Hypot(m[0], m[1]) * inch
	y := float64(image.stream.Height) / math.Hypot(m[2], m[3]) * inch
	image.resolution = resolve(x, y, image.stream.Width, image.stream.Height)
	if image.resolution.Source == "tag" {
		image.resolution.Source = "pdf"
	}
	image.orientation = orientation
	return image, nil
}

// rotation is the matrix of a page's Rotate entry, clockwise, y upwards.
func rotation(degrees int) dossier.Matrix {
	switch ((degrees % 360) + 360) % 360 {
	case 90:
		return dossier.Matrix{0, -1, 1, 0, 0, 0}
	case 180:
		return dossier.Matrix{-1, 0, 0, -1, 0, 0}
	case 270:
		return dossier.Matrix{0, 1, -1, 0, 0, 0}
	}
	return dossier.Identity()
}

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
	if err := l.limits.checkSize(s.Width, s.Height, liftedBytesPerPixel(s)); err != nil {
		return nil, err
	}
	if err := l.decodeArray(d, s); err != nil {
		return nil, err
	}
	return s, l.filterParms(image, s)
}

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
		picture.Pix, err = jpegPixels(image.stream.Data, picture)
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
