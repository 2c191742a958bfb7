package dossier

import "strconv"

// Step names one step of the flow; jobs carry a step and an id, never content.
type Step string

// The steps, in the order of the flow.
const (
	StepOpen    Step = "open_file"       // subject: batch and ordinal of a file
	StepRead    Step = "read_image"      // subject: image id
	StepSplit   Step = "split_batch"     // subject: batch id
	StepPublish Step = "publish_dossier" // subject: dossier id
	// StepReadAgain reads turned pages; its subject is a dossier and the version
	// that has them, so that a later turn is a job of its own.
	StepReadAgain Step = "read_again"
)

// Job is work the catalogue's state still wants done. Any job may run twice:
// every step looks at the state first.
type Job struct {
	Step    Step   `json:"step"`
	Unit    UnitID `json:"unit"`
	Subject string `json:"subject"`
	// Background lets other jobs go first. It only matters when the job is
	// enqueued and is no part of what the job is, so it is not stored with it.
	Background bool `json:"-"`
}

// ReadAgainJob is the job that a version of a dossier wants in which pages are
// turned; wanted is false where none is to be read again.
func ReadAgainJob(d Dossier) (job Job, wanted bool) {
	subject := string(d.ID) + "/" + strconv.Itoa(d.Version)
	return Job{Step: StepReadAgain, Unit: d.Unit, Subject: subject}, len(d.ToReadAgain()) > 0
}

// Intent fixes everything about a new version of a dossier before its first
// byte is written: ids, version, time, page order. After a crash the version is
// finished from it, never begun anew.
type Intent struct {
	ID    string  `json:"id"`
	Batch BatchID `json:"batch"`
	// Draft is the manifest to be; its object list is still empty.
	Draft Manifest `json:"draft"`
	// New lists the components whose PDF this version writes, but for those that
	// are not kept and have none; the others are taken over from the version
	// before.
	New []ComponentID `json:"new"`
	// Kept lists components that are as the draft has them though no PDF is
	// written for them: their fields were corrected, or an earlier version of
	// them comes back.
	Kept []ComponentID `json:"kept,omitempty"`
	// Left lists pages that are in this dossier no longer, because the decision
	// placed them in another.
	Left []PageID `json:"left,omitempty"`
	// Corner says, for a version that signs, what to do about a printed-on
	// corner.
	Corner Corner `json:"corner,omitempty"`
}
