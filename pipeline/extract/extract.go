// Package extract reads the fields of a paper from the words of its pages: by
// the labels printed on forms, by the places of a letterhead, or from a card's
// QR code. Where a value stands is data (tables/labels.csv); this package knows
// how to follow a label to its value and how each type of value is written.
//
// Start at [Fields], a pure function. Its promises: a value that is not found
// is absent and never guessed; names stay as written; every value says where on
// which page it stands. Confidence starts from the engine's own for the words of
// the value, falls with every wrong letter in the label, and falls below any
// gate where a value does not look as its type does, contradicts another, does
// not fill its box, or was mended: what is left when a stroke or a space was lost
// and the form of the value leaves one reading.
package extract

import (
	"slices"

	"sohoa/dossier"
)

// Fields reads the fields of one paper. pages names the page of each reading.
func Fields(kind dossier.Kind, readings []dossier.Reading, pages []dossier.PageID) map[string]dossier.Field {
	return Again(kind, readings, pages, nil)
}

// Again reads the fields of a paper of which a person has confirmed some: those
// stand, and the others are compared with them. Confirmed fields that the kind
// does not have are left out.
func Again(kind dossier.Kind, readings []dossier.Reading, pages []dossier.PageID, confirmed map[string]dossier.Field) map[string]dossier.Field {
	fields := map[string]dossier.Field{}
	for i, r := range readings {
		readCodes(kind, r, pages[i], fields)
	}
	for id, f := range confirmed {
		if slices.Contains(kind.Fields, id) {
			fields[id] = f
		}
	}
	p := newPaper(kind, readings, pages)
	p.findAll(fields)
	p.loose = true
	p.findAll(fields)
	for id, f := range p.unread {
		if _, found := fields[id]; !found {
			fields[id] = f
		}
	}
	p.check(fields)
	return fields
}

// findAll reads the fields that are not known yet. What a damaged label leads
// to has to be seen by a person.
func (p *paper) findAll(fields map[string]dossier.Field) {
	for _, label := range p.kind.Labels {
		if _, known := fields[label.Field]; known || !slices.Contains(p.kind.Fields, label.Field) {
			continue
		}
		f, ok := p.find(label)
		if !ok {
			continue
		}
		if p.loose {
			f.Confidence = min(f.Confidence, mended)
		}
		fields[label.Field] = f
	}
}

// find reads the value of one label.
func (p *paper) find(label dossier.Label) (dossier.Field, bool) {
	switch label.How {
	case dossier.LabelInline:
		return p.findInline(label)
	case dossier.LabelTable:
		return p.findInTable(label)
	case dossier.LabelBelow:
		return p.findBelow(label)
	case dossier.LabelPage:
		return p.findAlone(label)
	case dossier.LabelTicked:
		return p.findTicked(label)
	case dossier.LabelLetterhead:
		return p.findInHead(label)
	default:
		return p.findOnLine(label)
	}
}
