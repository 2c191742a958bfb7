package dossier

import "time"

// Corner says what is done when something is printed where the signature's
// block belongs, at the top right of the first page.
type Corner string

// What may be done.
const (
	// CornerShrink draws the first page smaller, under a margin for the block.
	CornerShrink Corner = "shrink"
	// CornerAsk leaves the paper unsigned until a person says so.
	CornerAsk Corner = "ask"
)

// Signing is what a version of a dossier says about the papers it signs. All of
// it is fixed by the intent, before anything is signed.
type Signing struct {
	// At is the time that the signatures claim. Nobody but this machine's clock
	// vouches for it.
	At time.Time `json:"at"`
	// Lines stand in the visible block of every paper.
	Lines       []string    `json:"lines"`
	Certificate Certificate `json:"certificate"`
	// Papers whose new PDF is signed.
	Papers []ComponentID `json:"papers"`
}

// Certificate is a signer's certificate as people and records name it.
type Certificate struct {
	// SHA256 is the digest of its DER bytes: which certificate it is.
	SHA256       SHA256    `json:"sha256"`
	Holder       string    `json:"holder"`
	Organization string    `json:"organization"`
	Issuer       string    `json:"issuer"`
	Serial       string    `json:"serial"` // hexadecimal
	NotBefore    time.Time `json:"not_before"`
	NotAfter     time.Time `json:"not_after"`
	// Test is true for the key of a demo archive, which has no legal value.
	Test bool `json:"test,omitempty"`
}

// SignRefusal is a paper that could not be signed, and why.
type SignRefusal struct {
	Component ComponentID `json:"component"`
	Reason    Reason      `json:"reason"`
}

// Unsigned is a paper that waits for a signature, as a line or picture on a
// screen.
type Unsigned struct {
	Dossier   DossierID
	Code      string
	Component ComponentID
	Kind      string
	Pages     int
	First     Page // its first page, by id and reading
	// Asked is true from when a person asked for the signature until it is
	// there or has failed.
	Asked bool
	// Reason is why the last attempt failed; empty before one.
	Reason Reason
}

// UnsignedFilter asks for papers of a unit that wait for a signature, by kind
// and then oldest first.
type UnsignedFilter struct {
	Unit UnitID
	// Kind, Dossier and Components narrow the list unless they are empty.
	Kind       string
	Dossier    DossierID
	Components []ComponentID
	// Limit bounds the list; 0 means all.
	Limit int
}

// KindCount says how many papers of a kind there are.
type KindCount struct {
	Kind  string
	Count int
}

// PaperCounts says how many papers stand where on the way to a signature.
type PaperCounts struct {
	Awaiting int // including those asked for
	Asked    int // a person asked; the signature is on its way
	Refused  int // the last attempt failed
	Signed   int
}
