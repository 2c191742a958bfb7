package dossier

import "time"

// ComponentRole is what a paper is to its dossier.
type ComponentRole string

// The roles.
const (
	RoleComponent ComponentRole = "component" // a paper the procedure asks for
	RoleResult    ComponentRole = "result"    // the paper the procedure ends with
	RoleSlip      ComponentRole = "slip"      // the receipt slip that opened the dossier
	RoleInternal  ComponentRole = "internal"  // the office's own
)

// Component is one paper of a dossier.
type Component struct {
	ID             ComponentID      `json:"id"`
	Kind           string           `json:"kind"`
	KindConfidence float64          `json:"kind_confidence"`
	Role           ComponentRole    `json:"role"`
	Origin         string           `json:"origin"` // one of the origins below
	State          ComponentState   `json:"state"`
	Version        int              `json:"version"`
	Supersedes     ComponentID      `json:"supersedes,omitempty"`
	Reasons        []string         `json:"reasons,omitempty"` // why this kind, for a clerk
	Pages          []Page           `json:"pages"`
	Fields         map[string]Field `json:"fields"`
	// Entries are the cases on the pages of a register, page by page.
	Entries []RegisterEntry `json:"entries,omitempty"`
	// PDF is the object key of the published file; empty until published. For an
	// electronic original it is that of the raw object.
	PDF string `json:"pdf"`
}

// The origins of a paper.
const (
	OriginScan   = "scan"
	OriginFiled  = "efiled"
	OriginReused = "reused"
)

// Type is what sort of dossier it is.
type Type string

// The types of dossier.
const (
	TypeProcedure    Type = "procedure"
	TypeArchival     Type = "archival_file"
	TypeRegisterBook Type = "register_book"
)

// Dossier is a file of papers. Its ID is random and stable; Code is an
// attribute that may arrive late, change or collide, and is empty for a
// provisional dossier, which is never merged by itself.
type Dossier struct {
	ID            DossierID   `json:"id"`
	Code          *string     `json:"code"`
	Type          Type        `json:"type"`
	Unit          UnitID      `json:"unit"`
	ReceivingUnit UnitID      `json:"receiving_unit"`
	DecidingUnit  UnitID      `json:"deciding_unit"`
	Procedure     string      `json:"procedure"`
	ReceivedAt    time.Time   `json:"received_at"`
	DueAt         *time.Time  `json:"due_at"`
	State         State       `json:"state"`
	Version       int         `json:"version"`
	Pending       []PageID    `json:"pending"`
	Components    []Component `json:"components"`
}

// ObjectRef is an object a manifest vouches for.
type ObjectRef struct {
	Key    string `json:"key"`
	SHA256 SHA256 `json:"sha256"`
	Size   int64  `json:"size"`
	Role   string `json:"role"` // "raw", "pdf" or "reading"
}

// Manifest is one version of a dossier as the archive keeps it: what a rebuild
// believes. It references only durable objects and never changes.
type Manifest struct {
	Schema  string    `json:"schema"` // [ManifestSchema]
	Dossier Dossier   `json:"dossier"`
	Batches []BatchID `json:"batches"`
	At      time.Time `json:"at"`
	Actor   Actor     `json:"actor"`
	Reason  string    `json:"reason"` // why this version exists
	// Decision is the key of the decision of a person that made this version;
	// empty when the machine did.
	Decision string `json:"decision,omitempty"`
	// Signing is there when this version signs papers.
	Signing *Signing    `json:"signing,omitempty"`
	Objects []ObjectRef `json:"objects"`
}

// ManifestSchema names the form of a manifest.
const ManifestSchema = "sohoa/manifest/1"
