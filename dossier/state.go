package dossier

// PageState is where an image or a page stands. Every image is in exactly one
// class of the batch's [Account] once its batch has settled.
type PageState string

// The states of images and pages.
const (
	PageClaimed    PageState = "claimed"    // bytes durable, not read yet
	PageReading    PageState = "reading"    // a worker has it
	PageRead       PageState = "read"       // read, its batch not split yet
	PagePlaced     PageState = "placed"     // part of a component
	PageParked     PageState = "parked"     // waits for a person
	PageSeparator  PageState = "separator"  // a separator sheet
	PageBlank      PageState = "blank"      // nothing on it
	PageSuperseded PageState = "superseded" // replaced by a later scan
	PageDuplicate  PageState = "duplicate"  // same bytes as an image known to the unit
	PageNotKept    PageState = "not_kept"   // presented only: destroyed by a person
	PageRejected   PageState = "rejected"   // not an image sohoa can open
)

// Settled tells whether the state is one of the account's final classes.
func (s PageState) Settled() bool {
	switch s {
	case PageClaimed, PageReading, PageRead, "":
		return false
	default:
		return true
	}
}

// ComponentState is where a component (one paper of a dossier) stands.
type ComponentState string

// The states of a component.
const (
	ComponentBuilding          ComponentState = "building"
	ComponentReview            ComponentState = "review"
	ComponentAwaitingSignature ComponentState = "awaiting_signature"
	ComponentSigned            ComponentState = "signed"
	ComponentSuperseded        ComponentState = "superseded"
	ComponentDisposed          ComponentState = "disposed"
	// ComponentFiled is an electronic original: its own bytes are what is
	// published, with the signatures they came with.
	ComponentFiled ComponentState = "filed"
	// ComponentNotKept is a paper that was only presented: it has no PDF and no
	// fields, nothing of it can be searched, and it counts for nothing.
	ComponentNotKept ComponentState = "not_kept"
)

// Gone tells whether a paper in the state counts for nothing any more.
func (s ComponentState) Gone() bool {
	return s == ComponentSuperseded || s == ComponentDisposed || s == ComponentNotKept
}

// State is where a dossier stands. Complete means that every required
// component is present and confirmed and nothing is pending; closed is decided
// by a person or a rule and starts the retention period.
type State string

// The states of a dossier.
const (
	StateOpen       State = "open"
	StateIncomplete State = "incomplete"
	StateComplete   State = "complete"
	StateClosed     State = "closed"
	StateDisposed   State = "disposed"
)
