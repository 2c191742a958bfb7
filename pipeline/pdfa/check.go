package pdfa

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/cmap"
)

// Check is the gate before a file is published: it reads a finished file of
// [Write] back and returns a [dossier.Fault] with reason pdf_gate when
// something is not as PDF/A-2u and this package's own layout want it.
//
// It proves that header, cross-reference table, objects and trailer tile the
// file without a gap; that every stream has its stated length; that every
// dictionary has the keys it needs and no other; that every object is used
// exactly once; that metadata, output intent, profile, font and text mapping
// are present and whole; that each page's content draws its image inside its
// frame with text that is invisible and mapped to Unicode; and that each
// image's own header agrees with its dictionary.
//
// Cost: images are not read beyond their headers, apart from Flate images,
// which are unpacked through a small buffer to count their samples. Memory is
// about 17 bytes per object, at most 18 MB.
//
// Limits: it knows one revision, as Write makes it. It can not know whether
// the right words and the right picture are on a page, and leaves the
// compressed picture itself to its digest.
func Check(r io.ReaderAt, size int64) error {
	c := &checker{r: r, size: size}
	if err := c.check(); err != nil {
		return &dossier.Fault{Kind: dossier.Park, Op: "check pdf", Reason: dossier.ReasonGate, Err: err}
	}
	return nil
}

// Bounds on what is held in memory at once.
const (
	maxObjects  = 1 << 20 // some 300,000 pages
	firstGlance = 4 << 10 // enough for every dictionary but long page trees
	maxObject   = 1 << 20 // of an object without its stream
	maxTable    = 4 << 20 // of an unpacked table or metadata packet
)

// checker is the state of one Check.
type checker struct {
	r    io.ReaderAt
	size int64
	extents

	unpacker unpacker

	catalog ref
	font    ref    // the font named by pages, 0 when none is
	top     uint16 // the highest code shown by any page
	pages   int64
}

// object is one object as read: its dictionary and, for a stream, where the
// stream's bytes are.
type object struct {
	dict
	at, length int64
	isStream   bool
}

func (c *checker) check() error {
	if err := c.readExtents(); err != nil {
		return err
	}
	tree, err := c.checkCatalog()
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	if err := c.checkTree(tree, 0); err != nil {
		return fmt.Errorf("page tree: %w", err)
	}
	if c.font != 0 {
		if err := c.checkFont(); err != nil {
			return fmt.Errorf("font: %w", err)
		}
	}
	return c.allUsed()
}

func (c *checker) checkCatalog() (tree ref, err error) {
	o, err := c.object(c.catalog)
	if err != nil {
		return 0, err
	}
	if err := o.only([]name{"Type", "Pages", "Metadata", "OutputIntents", "Lang"}, "ViewerPreferences"); err != nil {
		return 0, err
	}
	lang, _ := o.dict["Lang"].(text)
	if o.dict["Type"] != name("Catalog") || !languageTag(string(lang)) {
		return 0, errors.New("wrong type or language")
	}
	if v, ok := o.dict["ViewerPreferences"]; ok {
		prefs, _ := v.(dict)
		if len(prefs) != 1 || prefs["DisplayDocTitle"] != true {
			return 0, errors.New("viewer preferences")
		}
	}
	if err := c.checkMetadata(o.ref("Metadata")); err != nil {
		return 0, fmt.Errorf("metadata: %w", err)
	}
	if err := c.checkIntent(o.dict["OutputIntents"]); err != nil {
		return 0, fmt.Errorf("output intent: %w", err)
	}
	return o.ref("Pages"), nil
}

func (c *checker) checkMetadata(r ref) error {
	o, err := c.stream(r)
	if err != nil {
		return err
	}
	if err := errors.Join(o.only([]name{"Type", "Subtype", "Length"}), o.is(dict{"Type": name("Metadata"), "Subtype": name("XML")})); err != nil {
		return err
	}
	if o.length > maxTable {
		return errors.New("too long")
	}
	packet := make([]byte, o.length)
	if err := c.readAt(packet, o.at); err != nil {
		return err
	}
	return checkPacket(packet)
}

// checkPacket reads the claim of conformance out of an XMP packet.
func checkPacket(packet []byte) error {
	if !bytes.HasPrefix(packet, []byte("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n")) || !bytes.HasSuffix(packet, []byte("\n<?xpacket end=\"w\"?>")) {
		return errors.New("not an XMP packet")
	}
	claim := map[string]string{}
	var inside xml.Name
	for d := xml.NewDecoder(bytes.NewReader(packet)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("not well-formed: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = t.Name
		case xml.CharData:
			if inside.Space == pdfaidSpace {
				claim[inside.Local] += string(t)
			}
		case xml.EndElement:
			inside = xml.Name{}
		}
	}
	if claim["part"] != "2" || claim["conformance"] != "U" || len(claim) != 2 {
		return errors.New("does not claim PDF/A-2u")
	}
	return nil
}

func (c *checker) checkIntent(v any) error {
	intents, _ := v.(array)
	if len(intents) != 1 {
		return errors.New("not exactly one")
	}
	d, _ := intents[0].(dict)
	condition := dict{"Type": name("OutputIntent"), "S": name("GTS_PDFA1"), "OutputConditionIdentifier": text(profileName), "Info": text(profileName), "RegistryName": text(profileRegistry)}
	if err := errors.Join(d.only([]name{"Type", "S", "OutputConditionIdentifier", "Info", "RegistryName", "DestOutputProfile"}), d.is(condition)); err != nil {
		return err
	}
	o, profile, err := c.table(d.ref("DestOutputProfile"), "N")
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if o.whole("N") != 3 || !bytes.Equal(profile, srgbProfile()) {
		return errors.New("profile is not sRGB")
	}
	return nil
}

// table reads a small Flate stream whole. Its dictionary may have, besides
// Filter and Length, exactly the extra keys.
func (c *checker) table(r ref, extra ...name) (object, []byte, error) {
	o, err := c.flate(r, extra...)
	if err != nil {
		return o, nil, err
	}
	unpacked, err := c.unpacker.open(c.r, o)
	if err != nil {
		return o, nil, err
	}
	data, err := io.ReadAll(io.LimitReader(unpacked, maxTable+1))
	if err == nil && len(data) > maxTable {
		err = errors.New("unpacks to more than a table may have")
	}
	if err != nil {
		return o, nil, fmt.Errorf("unpack: %w", err)
	}
	return o, data, nil
}

// flate reads the head of a Flate stream.
func (c *checker) flate(r ref, extra ...name) (object, error) {
	o, err := c.stream(r)
	if err != nil {
		return o, err
	}
	return o, errors.Join(o.only(append(extra, "Filter", "Length")), o.is(dict{"Filter": name("FlateDecode")}))
}

// checkTree walks a node of the page tree. depth is 0 for the root, whose kids
// may be nodes; those hold only pages.
func (c *checker) checkTree(node ref, depth int) error {
	o, err := c.object(node)
	if err != nil {
		return err
	}
	return c.checkNode(node, o, depth)
}

func (c *checker) checkNode(node ref, o object, depth int) error {
	required := []name{"Type", "Kids", "Count"}
	if depth > 0 {
		required = append(required, "Parent")
	}
	if err := o.only(required); err != nil {
		return err
	}
	kids, _ := o.dict["Kids"].(array)
	if o.dict["Type"] != name("Pages") || len(kids) == 0 {
		return errors.New("not a node with kids")
	}
	before := c.pages
	for _, kid := range kids {
		if err := c.checkKid(node, kid, depth); err != nil {
			return err
		}
	}
	if o.whole("Count") != c.pages-before {
		return fmt.Errorf("count is not %d", c.pages-before)
	}
	return nil
}

func (c *checker) checkKid(node ref, kid any, depth int) error {
	r, _ := kid.(ref)
	o, err := c.object(r)
	if err != nil {
		return err
	}
	if o.ref("Parent") != node {
		return errors.New("parent of a kid is another node")
	}
	if o.dict["Type"] == name("Pages") && depth == 0 {
		return c.checkNode(r, o, depth+1)
	}
	c.pages++
	if err := c.checkPage(o); err != nil {
		return fmt.Errorf("page %d: %w", c.pages, err)
	}
	return nil
}

func (c *checker) checkFont() error {
	o, err := c.object(c.font)
	if err != nil {
		return err
	}
	chars, err := c.checkToUnicode(o.ref("ToUnicode"))
	if err != nil {
		return fmt.Errorf("text mapping: %w", err)
	}
	below, _ := o.dict["DescendantFonts"].(array)
	if len(o.dict) != 6 || len(below) != 1 || chars < int(c.top) {
		return errors.New("not a composite font that maps every code shown")
	}
	if err := o.is(dict{"Type": name("Font"), "Subtype": name("Type0"), "BaseFont": name(fontName), "Encoding": name("Identity-H")}); err != nil {
		return err
	}
	descendant, _ := below[0].(ref)
	return c.checkDescendant(descendant, chars)
}

func (c *checker) checkDescendant(r ref, chars int) error {
	o, err := c.object(r)
	if err != nil {
		return err
	}
	system, _ := o.dict["CIDSystemInfo"].(dict)
	if err := errors.Join(
		o.only([]name{"Type", "Subtype", "BaseFont", "CIDSystemInfo", "FontDescriptor", "DW", "CIDToGIDMap"}),
		o.is(dict{"Type": name("Font"), "Subtype": name("CIDFontType2"), "BaseFont": name(fontName), "DW": int64(500)}),
		system.only([]name{"Registry", "Ordering", "Supplement"}),
		system.is(dict{"Registry": text("Adobe"), "Ordering": text("Identity"), "Supplement": int64(0)}),
	); err != nil {
		return err
	}
	_, m, err := c.table(o.ref("CIDToGIDMap"))
	if err != nil || !bytes.Equal(m, glyphMap(chars)) {
		return errors.Join(errors.New("glyph map is not whole"), err)
	}
	return c.checkDescriptor(o.ref("FontDescriptor"))
}

func (c *checker) checkDescriptor(r ref) error {
	o, err := c.object(r)
	if err != nil {
		return err
	}
	want := dict{"Type": name("FontDescriptor"), "FontName": name(fontName), "Flags": int64(4), "ItalicAngle": int64(0), "Ascent": int64(800), "Descent": int64(-200), "CapHeight": int64(800), "StemV": int64(80)}
	bounds, _ := o.dict["FontBBox"].(array)
	if err := o.is(want); err != nil || len(o.dict) != len(want)+2 || fmt.Sprint(bounds) != "[0 -200 500 800]" {
		return errors.Join(errors.New("descriptor is not that of the font"), err)
	}
	program, font, err := c.table(o.ref("FontFile2"), "Length1")
	if err != nil || program.whole("Length1") != int64(len(font)) || !bytes.Equal(font, glyphlessFont()) {
		return errors.Join(errors.New("font program is not whole"), err)
	}
	return nil
}

// checkToUnicode reads the mapping back and counts its codes. It is whole when
// writing what was read gives the same bytes.
func (c *checker) checkToUnicode(r ref) (int, error) {
	_, table, err := c.table(r)
	if err != nil {
		return 0, err
	}
	var chars []string
	for line := range strings.Lines(string(table)) {
		if char, ok := mappedChar(line); ok {
			chars = append(chars, char)
		}
	}
	if !bytes.Equal(table, cmap.ToUnicode(chars)) {
		return 0, errors.New("not as written")
	}
	for i, char := range chars {
		if char == "" || (i > 0 && xmlText(char) != char) {
			return 0, fmt.Errorf("code %d has no character", i+1)
		}
	}
	return len(chars), nil
}
