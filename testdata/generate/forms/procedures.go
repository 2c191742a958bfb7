package forms

import (
	"fmt"
	"slices"

	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

// Paper is one paper ready to be printed.
type Paper struct {
	Kind   string            // id of the kind, as in the project's table of kinds
	Fields map[string]string // the values a reader should find
	Sides  []func(*paper.Sheet)
	Tint   Tint
}

// Tint is the stock a paper is printed on.
type Tint int

// The stocks: ordinary paper, which may have any shade, and the pink and the
// pale blue of certificates.
const (
	AnyTint Tint = iota
	Pink
	PaleBlue
)

// Procedure is one administrative procedure and the papers its dossier holds,
// in the order in which an office stacks them.
type Procedure struct {
	Name      string // short, for file names
	Title     string // as the receipt slip names it
	Days      int
	Papers    []string
	applicant func(*Matter) people.Person
}

// Procedures are the dossiers the generator knows, in the order it makes them.
func Procedures() []Procedure {
	return []Procedure{
		{"birth", "Đăng ký khai sinh", 1,
			[]string{"birth_registration_application", "birth_notice", "birth_certificate", "birth_extract"},
			func(m *Matter) people.Person { return m.Father }},
		{"transfer", "Đăng ký biến động quyền sử dụng đất do chuyển nhượng", 10,
			[]string{"land_change_application", "land_use_certificate", "land_transfer_contract", "power_of_attorney"},
			func(m *Matter) people.Person { return m.Buyer }},
		{"marriage", "Đăng ký kết hôn", 1,
			[]string{"marriage_registration_application", "marital_status_certificate", "marriage_certificate"},
			func(m *Matter) people.Person { return m.Husband }},
		{"death", "Đăng ký khai tử", 1,
			[]string{"death_registration_application", "death_notice"},
			func(m *Matter) people.Person { return m.Heir }},
		{"land", "Đăng ký đất đai, cấp Giấy chứng nhận lần đầu", 17,
			[]string{"land_registration_application", "land_use_certificate"},
			func(m *Matter) people.Person { return m.Owner }},
		{"office", "Giải quyết văn bản đến", 5,
			[]string{"decision", "official_letter"},
			func(m *Matter) people.Person { return m.Owner }},
	}
}

// Kinds are the kinds of paper the generator can print, in alphabetical order.
func Kinds() []string {
	var kinds []string
	for kind := range makers() {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// ProcedureWith returns the first procedure whose dossier holds a paper of the
// kind. Separators and slips are in every dossier.
func ProcedureWith(kind string) Procedure {
	all := Procedures()
	for _, procedure := range all {
		if slices.Contains(procedure.Papers, kind) {
			return procedure
		}
	}
	return all[0]
}

// New draws up the paper of a kind that belongs to the matter.
func New(kind string, m *Matter) (Paper, error) {
	draw, ok := makers()[kind]
	if !ok {
		return Paper{}, fmt.Errorf("no form of kind %q; known: %v", kind, Kinds())
	}
	drawn := draw(m)
	drawn.Kind = kind
	return drawn, nil
}

func makers() map[string]func(*Matter) Paper {
	return map[string]func(*Matter) Paper{
		"separator":                         separator,
		"receipt_slip":                      receiptSlip,
		"birth_registration_application":    birthApplication,
		"birth_certificate":                 birthCertificate,
		"birth_extract":                     birthExtract,
		"birth_notice":                      birthNotice,
		"marriage_registration_application": marriageApplication,
		"marriage_certificate":              marriageCertificate,
		"marital_status_certificate":        maritalStatus,
		"death_registration_application":    deathApplication,
		"death_notice":                      deathNotice,
		"land_registration_application":     landApplication,
		"land_change_application":           landChange,
		"land_use_certificate":              landCertificate,
		"land_transfer_contract":            landTransfer,
		"power_of_attorney":                 powerOfAttorney,
		"decision":                          decision,
		"official_letter":                   officialLetter,
	}
}
