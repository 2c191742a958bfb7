package dossier

import (
	"slices"
	"time"
)

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
	ID             ComponentID    `json:"id"`
	Kind           string         `json:"kind"`
	KindConfidence float64        `json:"kind_confidence"`
	Role           ComponentRole  `json:"role"`
	Origin         string         `json:"origin"` // one of the origins below
	State          ComponentState `json:"state"`
	Version        int            `json:"version"`
	Supersedes     ComponentID    `json:"supersedes,omitempty"`
	Reasons        []string       `json:"reasons,omitempty"` // why this kind, for a clerk
	Pages          []Page         `json:"pages"`
	// Replaced are pages that it had and that were scanned again: they are kept,
	// and shown beside those that took their place.
	Replaced []Replaced       `json:"replaced,omitempty"`
	Fields   map[string]Field `json:"fields"`
	// Entries are the cases on the pages of a register, page by page.
	Entries []RegisterEntry `json:"entries,omitempty"`
	// PDF is the object key of the published file; empty until published. For an
	// electronic original it is that of the raw object.
	PDF string `json:"pdf"`
}

// Replaced is a page of a paper whose place another one took.
type Replaced struct {
	Page Page   `json:"page"`
	By   PageID `json:"by"`
}

// Has tells whether a page is one of the paper, or was.
func (c Component) Has(page PageID) bool {
	return slices.ContainsFunc(c.Pages, func(p Page) bool { return p.ID == page }) ||
		slices.ContainsFunc(c.Replaced, func(r Replaced) bool { return r.Page.ID == page })
}

// Replace puts a page into the place of another one of the paper, which is kept
// as replaced; ok is false when the paper has no such page. What was replaced by
// that one before is replaced by the newest one now.
func (c Component) Replace(old PageID, by Page) (_ Component, ok bool) {
	at := slices.IndexFunc(c.Pages, func(p Page) bool { return p.ID == old })
	if at < 0 {
		return c, false
	}
	gone := Replaced{Page: c.Pages[at], By: by.ID}
	c.Pages, c.Replaced = slices.Clone(c.Pages), slices.Clone(c.Replaced)
	c.Pages[at] = by
	for i, r := range c.Replaced {
		if r.By == old {
			c.Replaced[i].By = by.ID
		}
	}
	c.Replaced = append(c.Replaced, gone)
	return c, true
}

// ReplacedOn are what pages of a paper took the place of, in any of the papers.
func ReplacedOn(papers []Component, pages []Page) (replaced []Replaced) {
	for _, paper := range papers {
		for _, r := range paper.Replaced {
			if slices.ContainsFunc(pages, func(p Page) bool { return p.ID == r.By }) {
				replaced = append(replaced, r)
			}
		}
	}
	return replaced
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
	// empty when the machine did, but for pages that it read again.
	Decision string `json:"decision,omitempty"`
	// After is there when this version only says what was read again on turned
	// pages: the newest version before it that says more.
	After int `json:"after,omitempty"`
	// Signing is there when this version signs papers.
	Signing *Signing    `json:"signing,omitempty"`
	Objects []ObjectRef `json:"objects"`
}

// Seen is the version by which people name what they saw. One that only says
// what was read again on turned pages passes with the one before: who saw that
// has seen where every page is.
func (m Manifest) Seen() int {
	if m.After > 0 {
		return m.After
	}
	return m.Dossier.Version
}

// ManifestSchema names the form of a manifest.
const ManifestSchema = "sohoa/manifest/1"
