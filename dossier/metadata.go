package dossier

import (
	"strings"
	"unicode/utf8"
)

// Metadata describes a paper in the fields of CV 7197/BKHCN-CĐSQG of 29 November
// 2025, under their names there. What is not known for certain is left out: a value
// that a person still has to look at is not known. Seven are required; Missing
// names those of them that are not known.
//
// Left empty is what the guide, as far as we have it, does not define: the running
// number in DocCode, of which it is not said what it runs over and who gives it;
// Description, InforSign and Mode, which TT 05/2025/TT-BNV calls note, sign of the
// records and degree of access: an archivist gives them, none follows from what
// was read. InforSign has nothing to do with signatures.
type Metadata struct {
	DocCode         string   `json:"DocCode,omitempty"`
	TypeName        string   `json:"TypeName,omitempty"`
	CodeNumber      string   `json:"CodeNumber,omitempty"`
	CodeNotation    string   `json:"CodeNotation,omitempty"`
	IssuedDate      string   `json:"IssuedDate,omitempty"` // ISO 8601
	OrganName       string   `json:"OrganName,omitempty"`
	Subject         string   `json:"Subject,omitempty"`
	Language        string   `json:"Language,omitempty"`
	PageAmount      int      `json:"PageAmount,omitempty"`
	Keyword         string   `json:"Keyword,omitempty"`         // the name of the procedure
	ConfidenceLevel string   `json:"ConfidenceLevel,omitempty"` // digitized, or electronic from the beginning
	Format          string   `json:"Format,omitempty"`
	Missing         []string `json:"missing"`
}

// Metadata describes a paper of a dossier by its kind, what was read on it and the
// procedure of the dossier.
func (c *Catalogue) Metadata(d Dossier, paper Component) Metadata {
	procedure, _ := c.Procedure(d.Procedure)
	number, notation, _ := strings.Cut(c.certain(paper, "number"), "/")
	m := Metadata{
		TypeName: c.typeName(paper), CodeNumber: strings.TrimSpace(number), CodeNotation: strings.TrimSpace(notation),
		IssuedDate: c.issuedOn(paper), OrganName: c.certain(paper, "issuer"), Subject: c.certain(paper, "subject"),
		PageAmount: len(paper.Pages), Keyword: procedure.Name, Format: "PDF/A-2u", Missing: []string{},
	}
	if m.TypeName != "" {
		m.Language = "Tiếng Việt" // as the titles are by which kinds are told
	}
	if paper.State == ComponentFiled {
		m.Format = "PDF" // the file as it was filed
	}
	switch paper.Origin {
	case OriginScan:
		m.ConfidenceLevel = "Số hóa"
	case OriginFiled:
		m.ConfidenceLevel = "Gốc điện tử"
	}
	m.require()
	return m
}

// require names the required values that are not known, or longer than they may
// be: part of a value would be a wrong one.
func (m *Metadata) require() {
	for _, one := range []struct {
		name  string
		value *string
		most  int
	}{
		{"DocCode", &m.DocCode, 30}, {"TypeName", &m.TypeName, 100}, {"CodeNumber", &m.CodeNumber, 11}, {"CodeNotation", &m.CodeNotation, 30},
		{"IssuedDate", &m.IssuedDate, len("2026-01-02")}, {"OrganName", &m.OrganName, 200}, {"Subject", &m.Subject, 500},
	} {
		if utf8.RuneCountInString(*one.value) > one.most {
			*one.value = ""
		}
		if *one.value == "" {
			m.Missing = append(m.Missing, one.name)
		}
	}
}

// certain is a value that nobody has to look at any more; empty where there is
// none.
func (c *Catalogue) certain(paper Component, field string) string {
	f, there := paper.Fields[field]
	if !there || f.Status == FieldUnread || c.doubtful(field, f) {
		return ""
	}
	return f.Value
}

// issuedOn is the day on which a paper was issued; a year alone is none.
func (c *Catalogue) issuedOn(paper Component) string {
	if norm := paper.Fields["date"].Norm; c.certain(paper, "date") != "" && len(norm) == len("2026-01-02") {
		return norm
	}
	return ""
}

// typeName is the title of the kind of paper; one that a person still has to name
// has none.
func (c *Catalogue) typeName(paper Component) string {
	kind, known := c.Kind(paper.Kind)
	switch {
	case !known || kind.ID == KindOther || paper.KindConfidence < kind.Gate:
		return ""
	case len(kind.Titles) > 0:
		return kind.Titles[0]
	case kind.ID == KindOfficialLetter:
		return "CÔNG VĂN" // it has no title (Nghị định 30/2020/NĐ-CP)
	}
	return ""
}
