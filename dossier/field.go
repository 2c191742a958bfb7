package dossier

// FieldStatus tells who vouches for a value.
type FieldStatus string

// The statuses of a field.
const (
	FieldAuto      FieldStatus = "auto"      // read by the machine, above its gate
	FieldConfirmed FieldStatus = "confirmed" // seen by a person
	FieldUnread    FieldStatus = "unread"    // on the paper, but not read (handwriting)
)

// Box is a rectangle in pixels of the upright page.
type Box struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Field is one value taken from a paper. Value is what is recorded (dates
// dd/MM/yyyy or partial), Norm its sortable form (ISO 8601), Raw what stood on
// the page. Names are never corrected by a lexicon. Confidence estimates the
// probability that Value is exactly right, between 0 and 1.
type Field struct {
	Value      string      `json:"value"`
	Raw        string      `json:"raw,omitempty"`
	Norm       string      `json:"norm,omitempty"`
	Confidence float64     `json:"confidence"`
	Box        *Box        `json:"box,omitempty"`
	Page       PageID      `json:"page,omitempty"`
	Source     string      `json:"source,omitempty"` // "ocr", "qr" or "person"
	Status     FieldStatus `json:"status,omitempty"`
	More       []Field     `json:"more,omitempty"`
	// Gate is the one that people had decided when the value was read; 0 where
	// that of the table was in force.
	Gate float64 `json:"gate,omitempty"`
	// Machine is what the machine had read where a person has said what stands
	// there.
	Machine *MachineRead `json:"machine,omitempty"`
}
