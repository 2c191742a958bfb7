package decode

import (
	"errors"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"sohoa/dossier"
)

// pdfPage is what a page of a PDF turned out to be.
type pdfPage struct {
	image *liftedImage // nil: the page has to be drawn
	text  bool         // its content shows text
	// refused tells why the page is not even drawn; nil for most.
	refused error
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
	data, err := p.content(dict)
	if err != nil {
		return page
	}
	c := followContent(data)
	page.text = c.text
	l := lifter{p.parsed, dict, inherited, p.tools.limits}
	page.image, err = l.lift(c)
	if errors.Is(err, errHopeless) {
		page.refused = because(dossier.ReasonTooLarge, err)
	}
	return page
}

// content unpacks what a page draws, up to maxContentBytes.
func (p *pdfFile) content(page types.Dict) ([]byte, error) {
	entry, _ := page.Find("Contents")
	o, err := p.parsed.Dereference(entry)
	if err != nil {
		return nil, err
	}
	parts, ok := o.(types.Array)
	if !ok {
		parts = types.Array{o}
	}
	var all []byte
	for _, part := range parts {
		stream, _, err := p.parsed.DereferenceStreamDict(part)
		if err != nil || stream == nil {
			return nil, errDraw
		}
		if err := stream.DecodeWithLimit(maxContentBytes); err != nil || len(all)+len(stream.Content) > maxContentBytes {
			return nil, errDraw
		}
		all = append(append(all, stream.Content...), '\n')
		stream.Content = nil // the parsed file stays; what a page draws need not
	}
	return all, nil
}

// lifter takes the picture out of one page.
type lifter struct {
	*model.Context
	page      types.Dict
	inherited *model.InheritedPageAttrs
	limits    Limits
}

// errDraw says that a page is more than its picture, and errHopeless that its
// picture is one that no program would draw in the time of a page.
var (
	errDraw     = errors.New("page is not one picture")
	errHopeless = errors.New("picture too large to be drawn")
)

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
