package dossier

// The values below travel between the flow and the catalogue; none of them is
// stored as an object.

// FileRef names one file of a batch by its place, from 1.
type FileRef struct {
	Batch   BatchID
	Ordinal int
}

// TakenFile is one file of a batch as the catalogue knows it.
type TakenFile struct {
	FileRef
	Unit   UnitID
	Name   string
	SHA256 SHA256
	Size   int64
	State  PageState // claimed, read (opened), rejected or duplicate
	Reason Reason
	Images int
	// Of is, for a duplicate, the batch that first brought these bytes.
	Of BatchID
}

// TakenImage is one image of a batch as the catalogue knows it.
type TakenImage struct {
	ID      ImageID
	Unit    UnitID
	Batch   BatchID
	Ordinal int // of its file in the batch
	Index   int // in its file
	File    string
	// Device is what the batch came from, as [Batch] has it.
	Device  string
	State   PageState
	Reason  Reason
	Reading int // version of its reading object, 0 for none
}

// PlacedPage is where one page stands.
type PlacedPage struct {
	ID        PageID
	Image     ImageID
	State     PageState
	Reason    Reason
	Dossier   DossierID
	Component ComponentID
}

// Plan is what splitting a batch decided: the final class of every page that
// is not placed, and an intent for every dossier that gets a new version.
type Plan struct {
	Batch BatchID
	// Pages carry a final state (separator, blank, parked) and, when parked,
	// reason and dossier.
	Pages   []PlacedPage
	Intents []Intent
	// Waited are pages that a person has placed since, with the reason for which
	// they waited: should that be undone, they wait for it again.
	Waited []PlacedPage
	// Miscounts say why the sheets of a dossier are held.
	Miscounts []Miscount
}

// Publication is one version of a dossier with everything the catalogue needs
// to record it: the manifest, the object that holds it, and an index entry for
// every page that becomes searchable with it.
type Publication struct {
	Batch    BatchID
	Manifest Manifest
	Object   ObjectRef
	Entries  []Entry
	// Doubts are all fields of the version that a person has to look at.
	Doubts []Doubt
	// Reviewed are those about which a person has said what stands there.
	Reviewed []ReviewedField
	// Cases are all entries of its registers.
	Cases []WaitingEntry
	// Older says that there is a newer version, which a rebuild restores behind
	// this one: the pages are where that says, or another dossier's.
	Older bool
}

// Entry is one published page as the search index takes it.
type Entry struct {
	Unit      UnitID
	Dossier   DossierID
	Component ComponentID
	Page      PageID
	PageNo    int // in the component's PDF, from 1
	Kind      string
	Code      string
	PDF       string
	Fields    map[string]string
	Text      string
}
