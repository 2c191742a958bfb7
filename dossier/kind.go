package dossier

import "slices"

// Kind is one kind of paper. Its id is stable; everything else is data that an
// office may override.
type Kind struct {
	ID    string
	Group Group
	// Role is what a paper of this kind usually is to its dossier.
	Role ComponentRole
	// Keep is false for papers that are not kept when they are only presented.
	Keep bool
	// Sensitive papers (health, criminal record, adoption, parentage) are shown
	// to whoever says why, and the log keeps it.
	Sensitive bool
	// Titles, Synonyms and OldTitles are the titles printed on the paper:
	// today's form, other wordings in use, forms no longer issued.
	Titles, Synonyms, OldTitles []string
	// Symbols are what stands after the slash in the paper's number ("QĐ").
	Symbols []string
	// Forms are form numbers that only this kind prints above its title ("CT01").
	Forms []string
	// Continues are words that open a later page, or the back, of the paper.
	Continues []string
	// Entries are the fields of one entry where pages of the kind hold entries.
	Entries []EntryField
	// Gate is the confidence below which a person decides about the kind.
	Gate float64
	// Fields are the ids of the fields read from the paper.
	Fields []string
	// Labels tell where the values of the fields stand; Stops are words that
	// begin some other value.
	Labels []Label
	Stops  []string
	// Checks say what the fields must have to do with each other.
	Checks []Check
	// Verified is false where the wording of the titles is from memory; Source
	// says where it was seen.
	Verified bool
	Source   string

	where string // file and line, for messages
	// surnames are those of the catalogue; see [Kind.Surname].
	surnames surnames
}

// Kinds with a meaning of their own to the pipeline.
const (
	KindSeparator      = "separator"
	KindBlank          = "blank"
	KindOther          = "other"
	KindReceiptSlip    = "receipt_slip"
	KindOfficialLetter = "official_letter"
	KindCitizenIDCard  = "citizen_id_card"

	KindLandUseCertificate = "land_use_certificate"
)

// Group is a family of kinds.
type Group string

// GroupAdministrative holds the types of NĐ 30/2020/NĐ-CP: short titles that
// only count below a letterhead.
const GroupAdministrative Group = "administrative"

// GroupIdentity holds cards and passports: every second paper speaks of them,
// so they must show more than their title.
const GroupIdentity Group = "identity"

// AllTitles lists every title of the kind, today's first.
func (k Kind) AllTitles() []string { return slices.Concat(k.Titles, k.Synonyms, k.OldTitles) }

// LabelHow is how a label leads to its value.
type LabelHow string

// The ways.
const (
	LabelLine       LabelHow = "line"       // the label opens a line, or a colon follows it
	LabelInline     LabelHow = "inline"     // the label may stand inside a sentence
	LabelTable      LabelHow = "table"      // the label heads a row of a table
	LabelBelow      LabelHow = "below"      // the label heads a column of a table, and the value stands under it
	LabelPage       LabelHow = "page"       // no label: the value stands alone on a line
	LabelLetterhead LabelHow = "letterhead" // by its place in the head of the page
	LabelTicked     LabelHow = "ticked"     // the label stands before options that have squares to be ticked
)

// FieldType decides how a value is read and in which form it is recorded.
type FieldType string

// The types of fields.
const (
	TypeName    FieldType = "name"
	TypeDate    FieldType = "date"
	TypeText    FieldType = "text"
	TypeSex     FieldType = "sex"
	TypeID      FieldType = "id"      // 9 or 12 digits
	TypePhone   FieldType = "phone"   //
	TypeInteger FieldType = "integer" // a parcel, a map sheet
	TypeArea    FieldType = "area"    // square metres, decimal comma
	TypeMoney   FieldType = "money"   // đồng
	TypeSerial  FieldType = "serial"  // of a land use certificate: "CH 984846"
	TypeCode    FieldType = "code"    // a dossier code
	TypeNumber  FieldType = "number"  // of an administrative paper: "245/UBND-XNTTHN"
	TypeEntry   FieldType = "entry"   // of an entry in a register: "245"
	TypeEntries FieldType = "entries" // one record for each entry on a register page
)

// FieldDef is what is known of a field wherever it occurs.
type FieldDef struct {
	ID string
	// Vi and En are its name on screen.
	Vi, En string
	Type   FieldType
	// Gate is the confidence below which a person confirms the value.
	Gate float64
}

// Label says where the value of a field stands on papers of a kind.
type Label struct {
	Field string
	How   LabelHow
	Type  FieldType
	// Words are the alternative wordings of the label.
	Words []string
	// After and Before bound the part of the paper where the label counts.
	After, Before []string
	// Column is "left" or "right" where the form has two columns; in a table it
	// is what the head of the value's column may say, and of squares to be ticked
	// it is their options.
	Column []string
}

// Requirement is a component a procedure asks for: any one of these kinds.
type Requirement []string

// Procedure is an administrative procedure with the papers its dossiers hold.
type Procedure struct {
	Code, Name, Area string
	// Days is the time allowed, in working days unless Calendar; -1 when not
	// known. Provinces shorten it, so an office overrides it.
	Days     int
	Calendar bool
	// ResultCode is the national code of the result, Result its kind.
	ResultCode, Result  string
	Required            []Requirement
	Optional, Presented []string
	// Verified is false for a row nobody has compared with its source.
	Verified bool
	Source   string

	where string // file and line, for messages
}

// CheckHow is what a check compares.
type CheckHow string

// The checks. Fields that were not read are not compared.
const (
	// CheckPerson compares a 12-digit number with the date of birth and, where
	// the paper has it, the sex.
	CheckPerson CheckHow = "person"
	// CheckOrder wants the first date not after the second.
	CheckOrder CheckHow = "order"
	// CheckApart wants two names that differ.
	CheckApart CheckHow = "apart"
)

// Check says what fields of a paper must have to do with each other.
type Check struct {
	How    CheckHow
	Fields []string
}

// AgencyCode is a level-1 agency code that may stand in a dossier code.
type AgencyCode struct {
	Code, Name string
	Verified   bool
}
