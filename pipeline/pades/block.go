package pades

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"sohoa/dossier"
	"sohoa/pipeline/cmap"
	"sohoa/pipeline/pades/blockfont"
	"sohoa/pipeline/pades/pdfread"
)

// Block is what page 1 shows of a signature on a digitized copy (NĐ
// 30/2020/NĐ-CP, annex I): text only, at the top right, in the metrics of Times
// New Roman, upright, 10 points, black. The caller gives the lines: form of
// copy, name of the agency, time with seconds and zone; [TimeLine] writes the
// last.
type Block struct {
	Lines []string
}

// Layout of a block, in points. The margins keep it inside what a printer can
// print, and above where the text of an office paper begins (20 mm).
const (
	fontSize    = 10.0
	leading     = 11.5
	rightMargin = 28.35 // 10 mm
	topMargin   = 14.17 // 5 mm
	maxLines    = 8
	maxLine     = 200 // letters
)

// TimeLine writes a time as a block shows it: date, hour, minute, second and
// zone of Viet Nam, in the form of ISO 8601.
func TimeLine(at time.Time) string { return at.In(hanoi()).Format("2006-01-02T15:04:05-07:00") }

// Rect is a place on a page in points, origin at the lower left.
type Rect struct{ X0, Y0, X1, Y1 float64 }

// Place tells where the block will lie on a page of the given size in points,
// and refuses, with a [dossier.Fault], a block that does not fit or has a
// letter without a glyph.
func (b Block) Place(pageW, pageH float64) (Rect, error) {
	t, err := b.typeset()
	if err != nil {
		return Rect{}, err
	}
	return t.place(pageW, pageH)
}

// typeset is a block in its font.
type typeset struct {
	lines         []string
	font          *blockfont.Subset
	width, height float64
}

func (b Block) typeset() (*typeset, error) {
	if len(b.Lines) == 0 || len(b.Lines) > maxLines {
		return nil, blockFault(dossier.ReasonBlockRoom, fmt.Errorf("%d lines", len(b.Lines)))
	}
	t := &typeset{}
	for _, line := range b.Lines {
		line = norm.NFC.String(line)
		if line == "" || len([]rune(line)) > maxLine || strings.ContainsFunc(line, unicode.IsControl) {
			return nil, blockFault(dossier.ReasonBlockRoom, errors.New("a line is empty, too long or has control characters"))
		}
		t.lines = append(t.lines, line)
	}
	whole, err := blockfont.Open()
	if err != nil {
		return nil, err
	}
	if t.font, err = whole.Subset(t.lines...); err != nil {
		return nil, blockFault(dossier.ReasonLetterMissing, err)
	}
	for _, line := range t.lines {
		w, err := whole.Width(line)
		if err != nil {
			return nil, blockFault(dossier.ReasonLetterMissing, err)
		}
		t.width = max(t.width, float64(w)*fontSize/1000)
	}
	t.height = leading*float64(len(t.lines)-1) + fontSize*(blockfont.Ascent-blockfont.Descent)/1000
	return t, nil
}

func blockFault(reason dossier.Reason, err error) error {
	return &dossier.Fault{Kind: dossier.Park, Op: "draw signature block", Reason: reason, Err: err}
}

func (t *typeset) place(pageW, pageH float64) (Rect, error) {
	if t.width+2*rightMargin > pageW || t.height+2*topMargin > pageH {
		return Rect{}, blockFault(dossier.ReasonBlockRoom, fmt.Errorf("block of %.0f × %.0f points, page of %.0f × %.0f", t.width, t.height, pageW, pageH))
	}
	right, top := pageW-rightMargin, pageH-topMargin
	return Rect{right - t.width, top - t.height, right, top}, nil
}

// content draws the lines in black, from the top of the block.
func (t *typeset) content() ([]byte, error) {
	b := fmt.Appendf(nil, "BT\n0 g\n/F0 %s Tf\n%s TL\n1 0 0 1 0 %s Tm\n", short(fontSize), short(leading), short(t.height-fontSize*blockfont.Ascent/1000))
	for i, line := range t.lines {
		codes, err := t.font.Codes(line)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b = append(b, "T*\n"...)
		}
		b = fmt.Appendf(b, "<%X> Tj\n", codes)
	}
	return append(b, "ET\n"...), nil
}

// short writes a number with at most two decimals.
func short(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// appearance writes what the signature looks like, and gives its rectangle on
// the page. Without a block the rectangle is empty, and so is the look.
func (u *update) appearance(number int, block *Block) (rect string, err error) {
	if block == nil {
		u.stream(number, "/Type/XObject/Subtype/Form/BBox[0 0 0 0]", nil)
		return "[0 0 0 0]", nil
	}
	t, err := block.typeset()
	if err != nil {
		return "", err
	}
	place, unit, err := u.placeOnPage(t)
	if err != nil {
		return "", err
	}
	content, err := t.content()
	if err != nil {
		return "", err
	}
	font := u.reserve()
	u.stream(number, fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s %s]/Resources<</Font<</F0 %d 0 R>>>>", short(t.width), short(t.height), font), content)
	u.font(font, t.font)
	return fmt.Sprintf("[%s %s %s %s]", short(place.X0/unit), short(place.Y0/unit), short(place.X1/unit), short(place.Y1/unit)), nil
}

// placeOnPage places the block on the first page, in points. unit is how many
// points a unit of the page is. A second block on the page would hide the first.
func (u *update) placeOnPage(t *typeset) (place Rect, unit float64, err error) {
	if len(u.annots) > 0 {
		return place, 0, blockFault(dossier.ReasonBlockRoom, errors.New("the corner holds another signature"))
	}
	box, _ := u.page.Dict().Get("MediaBox").(pdfread.Array)
	if len(box) != 4 {
		return place, 0, errors.New("no media box")
	}
	unit = 1
	if n, ok := u.page.Dict().Whole("UserUnit"); ok {
		unit = float64(n)
	}
	place, err = t.place(unit*number(box[2]), unit*number(box[3]))
	return place, unit, err
}

// number reads a number of either kind, 0 for anything else.
func number(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// font writes the font as a composite font with a mapping to Unicode. Streams
// stay unpacked: they are small, and the same in every version of sohoa.
func (u *update) font(composite int, s *blockfont.Subset) {
	descendant, descriptor, program, mapping := u.reserve(), u.reserve(), u.reserve(), u.reserve()
	name := subsetTag(s.Letters) + "+LiberationSerif"
	u.object(composite, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, descendant, mapping))
	u.object(descendant, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/W[0%s]/CIDToGIDMap/Identity>>", name, descriptor, list(s.Widths)))
	// Flags 6: serifs, and letters beyond the standard Latin set.
	u.object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 6/FontBBox%s/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV %d/FontFile2 %d 0 R>>",
		name, list(s.Box[:]), blockfont.Ascent, blockfont.Descent, blockfont.CapHeight, blockfont.StemV, program))
	u.stream(program, fmt.Sprintf("/Length1 %d", len(s.Program)), s.Program)
	u.stream(mapping, "", cmap.ToUnicode(strings.Split(string(s.Letters), "")))
}

func list(values []int) string { return fmt.Sprint(values) }

// subsetTag is the six letters before the name of a subset (ISO 32000-1,
// 9.6.4), different for different letters.
func subsetTag(letters []rune) string {
	sum := sha256.Sum256([]byte(string(letters)))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}
