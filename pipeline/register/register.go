// Package register finds the entries on a page of a register: where each case
// stands, and in it the places of the fields that a person writes down. Books are
// mostly written by hand, so that values are not read, only offered where print
// was.
//
// Start at [Find], a pure function. Two forms of books are known: one case a row
// of a ruled table (rows.go), and cases one below the other, each with the printed
// labels of its form (blocks.go). Which it is the page says itself, by the heads
// of its columns or by its labels, whose words are data (tables/registers.csv).
//
// In an open book the rows of the left page may go on over the fold; [Across] tells
// where, and only when it is certain.
//
// It promises that no entry is passed over in silence. Regions are given only when
// what was seen agrees: rules at one distance, or numbers that count on; a label of
// each field in every block. Otherwise the page is one region, and a person says
// how many entries it has.
package register

import "sohoa/dossier"

// Found is what a page shows. Why is empty when the machine is sure of the
// regions; otherwise Regions is the page.
type Found struct {
	Regions []Region
	Why     Doubt
}

// Region is the place of one entry. Its fields are marked as unread; where print
// was read in their place, Raw has it, with the confidence of its words.
type Region struct {
	Box    dossier.Box
	Fields map[string]dossier.Field
}

// Doubt is why the machine is not sure how many entries a page has; a code, for
// which screens have a sentence.
type Doubt string

// The doubts.
const (
	NoForm Doubt = "form"   // neither heads of columns nor numbers with labels
	Rules  Doubt = "rules"  // rules are faint, or not at one distance, or the table goes on
	Rows   Doubt = "rows"   // a row between others is empty, has no number, or may be filled
	Labels Doubt = "labels" // not every block has the labels of the others
	Empty  Doubt = "empty"  // nothing is filled in
)

// Find looks for the entries on a page of a register of the kind.
func Find(kind dossier.Kind, r dossier.Reading) Found {
	p := page{kind: kind, reading: r, lines: r.Lines()}
	var regions []Region
	doubt := NoForm
	if table, ok := p.table(); ok {
		regions, doubt = table.rows()
	} else if stamps := p.labels(); len(stamps) >= leastLabels {
		regions, doubt = p.blocks(stamps)
	}
	if doubt == "" && len(regions) == 0 {
		doubt = Empty
	}
	if doubt != "" {
		return Found{Regions: []Region{{Box: dossier.Box{W: max(r.Width, 1), H: max(r.Height, 1)}, Fields: map[string]dossier.Field{}}}, Why: doubt}
	}
	return Found{Regions: regions}
}

// IsPage tells whether a page has the form of the register, whatever can be said
// of its entries: a table with the heads of its columns, or its labels.
func IsPage(kind dossier.Kind, r dossier.Reading) bool {
	p := page{kind: kind, reading: r, lines: r.Lines()}
	if _, ok := p.table(); ok {
		return true
	}
	return p.count(p.labels()) > 0
}

// Bands parts a page into entries of one height, where a person says how many it
// has. The fields have no place of their own.
func Bands(kind dossier.Kind, whole dossier.Box, count int) (regions []Region) {
	for i := range count {
		top, bottom := whole.Y+whole.H*i/count, whole.Y+whole.H*(i+1)/count
		region := Region{Box: dossier.Box{X: whole.X, Y: top, W: whole.W, H: max(bottom-top, 1)}, Fields: map[string]dossier.Field{}}
		for _, f := range kind.Entries {
			region.Fields[f.Field] = dossier.Field{Status: dossier.FieldUnread}
		}
		regions = append(regions, region)
	}
	return regions
}

// page is a page that is looked at.
type page struct {
	kind    dossier.Kind
	reading dossier.Reading
	lines   []dossier.Line
}

// opening is the field with which an entry begins.
func (p page) opening() string {
	for _, f := range p.kind.Entries {
		if f.Opens {
			return f.Field
		}
	}
	return ""
}

// unread is a field at its place, with the print that was read there.
func unread(box dossier.Box, words []dossier.Word) dossier.Field {
	f := dossier.Field{Box: &box, Status: dossier.FieldUnread}
	if len(words) == 0 {
		return f
	}
	f.Raw, f.Confidence = dossier.NewLine(words).Text, 1
	for _, w := range words {
		f.Confidence = min(f.Confidence, w.Confidence)
	}
	return f
}
