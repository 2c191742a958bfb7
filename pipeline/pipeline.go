package pipeline

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"sohoa/dossier"
)

// Flow is the pipeline of one archive. All fields are required but Reader and
// Viewer where no page is looked at, and Signing where nothing is signed.
type Flow struct {
	Objects Objects
	Ledger  Ledger
	Reader  Reader
	// Viewer shows pages to whoever signs them.
	Viewer Viewer
	// Signing says how papers are signed.
	Signing SignRules
	Kinds   *dossier.Catalogue
	// Twice are the fields that two people key, neither seeing what the other
	// keyed.
	Twice []dossier.KindField
	// Calendar tells on which days the office works, so until when a dossier may
	// take.
	Calendar dossier.Calendar
	// Unit is the office whose archive it is.
	Unit dossier.Unit
	// Scratch is a folder for PDFs while they are written.
	Scratch string
	Now     func() time.Time
	// Log takes the technical cause when an input is given up; the input's
	// reason is in its rows. Ids only, nothing personal.
	Log *slog.Logger
}

// Do runs one job: the whole flow at a glance. A batch enters by Claim, which
// enqueues the first of these steps; each step's last act is one transaction
// that changes the catalogue and enqueues what follows.
//
//	Claim ─► open_file ─► read_image ─► split_batch ─► publish_dossier ◄─ Place, Undo, Sign
//	          one a file   one an image   one a batch    one a dossier     decisions of people
//	                                                        read_again ◄─ Turn
//	                                                        one a version
//
// An error of kind [dossier.Stop] ends the flow; any other is tried again.
func (f *Flow) Do(ctx context.Context, job dossier.Job) error {
	switch job.Step {
	case dossier.StepOpen:
		return f.openFile(ctx, job.Subject)
	case dossier.StepRead:
		return f.readImage(ctx, dossier.ImageID(job.Subject))
	case dossier.StepSplit:
		return f.splitBatch(ctx, dossier.BatchID(job.Subject))
	case dossier.StepPublish:
		return f.publishDossier(ctx, dossier.DossierID(job.Subject))
	case dossier.StepReadAgain:
		return f.readAgain(ctx, job.Subject)
	default:
		return &dossier.Fault{Kind: dossier.Stop, Op: "run job", Reason: dossier.ReasonUnknown, Err: fmt.Errorf("no step is called %q", job.Step)}
	}
}

// Objects is the object store as the flow uses it. Put is put-if-absent and
// durable when it returns; for a key that is taken it returns what is there and
// existed.
type Objects interface {
	Put(ctx context.Context, key string, r io.Reader) (ref dossier.ObjectRef, existed bool, err error)
	PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (ref dossier.ObjectRef, existed bool, err error)
	// Open reads an object; found is false when there is none.
	Open(ctx context.Context, key string) (r io.ReadCloser, ref dossier.ObjectRef, found bool, err error)
	// Path gives the object as a file on this machine until release is called.
	Path(ctx context.Context, key string) (path string, release func(), err error)
	Lister
}

// Reader reads foreign bytes in processes of their own. Its errors are
// [dossier.Fault]s: reject or park for the input's fault, retry or stop for
// ours.
type Reader interface {
	// Open counts the images of a file.
	Open(ctx context.Context, path string) (images int, err error)
	// Read reads one image: a reading for each page on it. How depends on the
	// device that it came from.
	Read(ctx context.Context, path string, image dossier.TakenImage) ([]dossier.Reading, error)
	// ReadAs reads an image again of which people have said how its pages lie: a
	// reading for each of them, in that order.
	ReadAs(ctx context.Context, path string, image dossier.TakenImage, ways []dossier.WayUp) ([]dossier.Reading, error)
	// Extract gives the picture of one image for publishing, or the half of it
	// that a cut says; the stream may be opened until release is called.
	Extract(ctx context.Context, path string, index int, cut *dossier.Cut) (stream dossier.ImageStream, release func(), err error)
}

// Ledger is the catalogue as the flow uses it; package storage/catalog says
// what each method promises. It is wide because every transaction of the write
// order is one method: the flow cannot leave half of one behind.
type Ledger interface {
	Known(ctx context.Context, unit dossier.UnitID, sums []dossier.SHA256) (map[dossier.SHA256]dossier.BatchID, error)
	TakeIn(ctx context.Context, act dossier.Act, batch dossier.Batch, objects []dossier.ObjectRef) error

	File(ctx context.Context, ref dossier.FileRef) (dossier.TakenFile, error)
	FileOpened(ctx context.Context, act dossier.Act, file dossier.TakenFile, images int) error
	FileRejected(ctx context.Context, act dossier.Act, file dossier.TakenFile, reason dossier.Reason) error
	Image(ctx context.Context, unit dossier.UnitID, id dossier.ImageID) (dossier.TakenImage, error)
	ImageRead(ctx context.Context, act dossier.Act, image dossier.TakenImage, parts int, reason dossier.Reason, object dossier.ObjectRef) error

	Images(ctx context.Context, batch dossier.BatchID) ([]dossier.TakenImage, error)
	Pages(ctx context.Context, batch dossier.BatchID) ([]dossier.PlacedPage, error)
	Files(ctx context.Context, batch dossier.BatchID) ([]dossier.TakenFile, error)
	ByCode(ctx context.Context, unit dossier.UnitID, code string) (dossier.DossierID, bool, error)
	Latest(ctx context.Context, id dossier.DossierID) (dossier.Manifest, bool, error)
	Place(ctx context.Context, act dossier.Act, plan dossier.Plan) error
	// GateDecisions lists what people decided about gates, in the order of its
	// numbers.
	GateDecisions(ctx context.Context, unit dossier.UnitID) ([]dossier.GateDecision, error)

	// ObjectRefs gives the digests of known objects, in the order of keys; an
	// unknown key is an error.
	ObjectRefs(ctx context.Context, keys []string) ([]dossier.ObjectRef, error)
	NextIntent(ctx context.Context, id dossier.DossierID) (dossier.Intent, bool, error)
	Publish(ctx context.Context, act dossier.Act, intent dossier.Intent, p dossier.Publication) error
	PublishFailed(ctx context.Context, act dossier.Act, replaced dossier.Intent, parked []dossier.PlacedPage) error
	SignRefused(ctx context.Context, act dossier.Act, replaced dossier.Intent, refused []dossier.SignRefusal) error

	// Decisions of people, and what is read again because of them.
	Decisions
}

// act is what the flow does by itself, in the name of the machine.
func (f *Flow) act() dossier.Act { return f.actAs("sohoa") }

// restoring is what a rebuild does: the log tells its rows from first ones.
func (f *Flow) restoring() dossier.Act { return f.actAs("rebuild") }

func (f *Flow) actAs(id string) dossier.Act {
	return dossier.Act{Actor: dossier.Actor{ID: id, Unit: f.Unit.ID, Role: dossier.RoleLocal}, At: f.Now()}
}
