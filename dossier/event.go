package dossier

// EventKind says what sort of thing changed.
type EventKind string

// The kinds of event.
const (
	EventInbox   EventKind = "inbox"   // files came to rest, or wait, in the inbox
	EventBatch   EventKind = "batch"   // a batch was taken in, or is done
	EventPage    EventKind = "page"    // a file was opened or an image read
	EventDossier EventKind = "dossier" // a version of a dossier was published
)

// Event tells that something changed, by ids only. It is a hint to look again:
// whoever misses one loses nothing but time, for the catalogue is the truth.
type Event struct {
	Kind    EventKind `json:"kind"`
	Batch   BatchID   `json:"batch,omitempty"`
	Image   ImageID   `json:"image,omitempty"`
	Dossier DossierID `json:"dossier,omitempty"`
}
