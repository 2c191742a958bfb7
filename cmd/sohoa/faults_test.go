package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"sohoa/dossier"
	"sohoa/scanner/watch"
	"sohoa/storage"
	"sohoa/storage/audit"
)

// This file names the steps of the write order and says where the program may
// be cut off: before and after each of them. The seams are the interfaces that
// the program has anyway, so that nothing in it knows of these tests: the store
// (faultyStore), the catalogue as what writes sees it (faultyLedger), the log
// (faultySealer), and the disk of the watcher (faultyDisk).
//
// A new sort of object gets its name in objectStep, a new transaction a method
// of faultyLedger or faultySealer, and each a line in writeOrder. kill_test.go
// fails for a step without a name and for a name that is never reached.

// writeOrder are the steps, in order. Each is a fault point before it and one
// after it.
var writeOrder = []string{
	// An archive is made.
	"archive record", "root object", "root listed",
	// Every start heals what the last one left.
	"adopt", "fields chosen", "reconcile",
	// Files of the inbox are claimed: renamed, or copied where that is refused.
	"batch folder", "claimed synced", "batch planned", "file claimed",
	"half a copy removed", "file copied", "copy claimed",
	"batch synced", "inbox synced", "batch sealed",
	// A batch is taken in.
	"raw object", "batch record", "take in",
	// Its files leave for done.
	"source removed", "batch done", "done synced",
	// It is worked on.
	"file opened", "file rejected", "reading", "image read", "place",
	"pdf", "manifest", "publish", "publish failed",
	// The log leaves the database, and what is new is listed.
	"log numbered", "log signed", "log tile", "checkpoint", "log exported",
	"checksum list", "listed",
	// A person decides.
	"decision", "decide",
	// A person says what became of the backs of a batch; it is split again.
	"backs answer", "answer backs",
	// A person says that nothing is on a page.
	"side answer", "answer side",
	// A person keys a field that two people key; the second one's is a decision.
	"keying", "key",
	// A sample of the month is drawn, and keyed.
	"sample object", "draw", "answer",
	// A person decides about the gate of a field.
	"gate object", "decide gate",
	// A page is turned, and read again as it stands then: that is a "decision" of
	// the machine, then "decide" and a version like any other.
	"turned reading", "reading again",
	// Papers are signed: asked for by "decision" and "decide", then "pdf",
	// "manifest" and "publish" again, or given up.
	"sign refused",
}

// inside are fault points within a step.
var inside = []string{"raw object: hashed"}

// faultPoints are all of them.
func faultPoints() []string {
	points := slices.Clone(inside)
	for _, step := range writeOrder {
		points = append(points, step+": before", step+": after")
	}
	return points
}

// objectStep names the step that writes the object with this key.
func objectStep(key string) string {
	parts := strings.Split(key, "/")
	switch {
	case key == dossier.ArchiveKey:
		return "archive record"
	case strings.HasPrefix(key, dossier.ChecksumDir):
		return "checksum list"
	case strings.HasPrefix(key, dossier.LogDir+"tile/"):
		return "log tile"
	case strings.HasPrefix(key, dossier.LogDir+"checkpoint/"):
		return "checkpoint"
	case key == dossier.ReadmeKey, strings.HasPrefix(key, dossier.SchemaDir):
		return "root object"
	case parts[0] == "u" && len(parts) > 2:
		if parts[2] == "t" {
			return readingStep(parts[len(parts)-1])
		}
		names := map[string]string{"raw": "raw object", "b": "batch record", "c": "pdf", "d": "manifest", "p": "decision", "k": "keying", "s": "sample object", "f": "backs answer", "e": "side answer", "g": "gate object"}
		if name, ok := names[parts[2]]; ok {
			return name
		}
	}
	return "object of no step " + key
}

// readingStep names the step that writes a reading, by the end of its key.
func readingStep(name string) string {
	switch {
	case name == "v1.json":
		return "reading"
	case name <= "v4.json":
		return "turned reading"
	default:
		return "reading again"
	}
}

// faults writes down every fault point that the program comes to, and kills the
// process at one of them.
type faults struct {
	log io.Writer
	// at is where to die and nth at which time there, from 1; empty for nowhere.
	at  string
	nth int
	// starting is true while a start heals what the last one left.
	starting bool
	// refused is the step that the disk refuses, and refusal its error.
	refused string
	refusal error

	mu   sync.Mutex
	seen map[string]int
}

func newFaults(log io.Writer, at string, nth int) *faults {
	return &faults{log: log, at: at, nth: nth, seen: make(map[string]int)}
}

func (f *faults) reach(point string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[point]++
	_, _ = io.WriteString(f.log, point+"\n") // a point that is missing fails the test
	if point == f.at && f.seen[point] == f.nth {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing is left to handle an error
		select {}
	}
}

// step is called before a step; what it returns, after it.
func (f *faults) step(name string) (after func()) {
	f.reach(name + ": before")
	return func() { f.reach(name + ": after") }
}

// refuse is the disk's answer before a step: nil but for the refused one.
func (f *faults) refuse(step string) error {
	if f.refusal == nil || step != f.refused {
		return nil
	}
	return f.refusal
}

// faultyStore has a fault point around every write of an object.
type faultyStore struct {
	storage.Store
	faults *faults
}

func (s faultyStore) Put(ctx context.Context, key string, r io.Reader) (storage.Object, error) {
	defer s.faults.step(objectStep(key))()
	if err := s.faults.refuse(objectStep(key)); err != nil {
		return storage.Object{}, err
	}
	return s.Store.Put(ctx, key, r)
}

func (s faultyStore) PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (storage.Object, bool, error) {
	defer s.faults.step("raw object")()
	if err := s.faults.refuse("raw object"); err != nil {
		return storage.Object{}, false, err
	}
	return s.Store.PutHashed(ctx, r, func(sum dossier.SHA256) string {
		s.faults.reach("raw object: hashed")
		return name(sum)
	})
}

// Open has no fault point, since it changes nothing, but may be refused.
func (s faultyStore) Open(ctx context.Context, key string) (storage.Reader, storage.Object, error) {
	if err := s.faults.refuse("open " + objectStep(key)); err != nil {
		return nil, storage.Object{}, err
	}
	return s.Store.Open(ctx, key)
}

// storeReads are the methods of the store that change nothing.
var storeReads = []string{"Open", "Stat", "List"}

// faultyLedger has a fault point around every transaction.
type faultyLedger struct {
	ledger
	faults *faults
}

// ledgerReads are the methods of the ledger that change nothing.
var ledgerReads = []string{
	"BatchIDs", "ByCode", "File", "Files", "Frame", "GateDecisions", "Image", "Images", "Keyings", "Known", "Latest", "Miscounts", "NextIntent", "ObjectRefs", "Objects", "Pages", "Reviewed", "Sample", "SampleMonths", "Waiting",
}

func (l faultyLedger) AddObjects(ctx context.Context, act dossier.Act, objects []dossier.ObjectRef) error {
	defer l.faults.step("root listed")()
	return l.ledger.AddObjects(ctx, act, objects)
}

func (l faultyLedger) Reconcile(ctx context.Context) (int, error) {
	defer l.faults.step("reconcile")()
	return l.ledger.Reconcile(ctx)
}

func (l faultyLedger) TakeIn(ctx context.Context, act dossier.Act, batch dossier.Batch, objects []dossier.ObjectRef) error {
	name := "take in"
	if l.faults.starting {
		name = "adopt"
	}
	defer l.faults.step(name)()
	return l.ledger.TakeIn(ctx, act, batch, objects)
}

func (l faultyLedger) FileOpened(ctx context.Context, act dossier.Act, file dossier.TakenFile, images int) error {
	defer l.faults.step("file opened")()
	return l.ledger.FileOpened(ctx, act, file, images)
}

func (l faultyLedger) FileRejected(ctx context.Context, act dossier.Act, file dossier.TakenFile, reason dossier.Reason) error {
	defer l.faults.step("file rejected")()
	return l.ledger.FileRejected(ctx, act, file, reason)
}

func (l faultyLedger) ImageRead(ctx context.Context, act dossier.Act, image dossier.TakenImage, parts int, reason dossier.Reason, object dossier.ObjectRef) error {
	defer l.faults.step("image read")()
	return l.ledger.ImageRead(ctx, act, image, parts, reason, object)
}

func (l faultyLedger) Place(ctx context.Context, act dossier.Act, plan dossier.Plan) error {
	defer l.faults.step("place")()
	return l.ledger.Place(ctx, act, plan)
}

func (l faultyLedger) Publish(ctx context.Context, act dossier.Act, intent dossier.Intent, p dossier.Publication) error {
	defer l.faults.step("publish")()
	return l.ledger.Publish(ctx, act, intent, p)
}

func (l faultyLedger) PublishFailed(ctx context.Context, act dossier.Act, replaced dossier.Intent, parked []dossier.PlacedPage) error {
	defer l.faults.step("publish failed")()
	return l.ledger.PublishFailed(ctx, act, replaced, parked)
}

func (l faultyLedger) SignRefused(ctx context.Context, act dossier.Act, replaced dossier.Intent, refused []dossier.SignRefusal) error {
	defer l.faults.step("sign refused")()
	return l.ledger.SignRefused(ctx, act, replaced, refused)
}

func (l faultyLedger) Listed(ctx context.Context, objects []dossier.ObjectRef) error {
	defer l.faults.step("listed")()
	return l.ledger.Listed(ctx, objects)
}

func (l faultyLedger) Decide(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) (bool, error) {
	defer l.faults.step("decide")()
	return l.ledger.Decide(ctx, act, decision, object)
}

func (l faultyLedger) AnswerBacks(ctx context.Context, act dossier.Act, said dossier.BacksAnswer, object dossier.ObjectRef) (bool, error) {
	defer l.faults.step("answer backs")()
	return l.ledger.AnswerBacks(ctx, act, said, object)
}

func (l faultyLedger) AnswerSide(ctx context.Context, act dossier.Act, said dossier.SideAnswer, object dossier.ObjectRef, count *dossier.Miscount) (bool, error) {
	defer l.faults.step("answer side")()
	return l.ledger.AnswerSide(ctx, act, said, object, count)
}

func (l faultyLedger) ChooseTwice(ctx context.Context, unit dossier.UnitID, chosen []dossier.KindField) error {
	defer l.faults.step("fields chosen")()
	return l.ledger.ChooseTwice(ctx, unit, chosen)
}

func (l faultyLedger) Key(ctx context.Context, act dossier.Act, keying dossier.Keying, nth int, object dossier.ObjectRef) (bool, error) {
	defer l.faults.step("key")()
	return l.ledger.Key(ctx, act, keying, nth, object)
}

func (l faultyLedger) Draw(ctx context.Context, act dossier.Act, sample dossier.Sample, object dossier.ObjectRef) (bool, error) {
	defer l.faults.step("draw")()
	return l.ledger.Draw(ctx, act, sample, object)
}

func (l faultyLedger) Answer(ctx context.Context, act dossier.Act, answer dossier.SampleAnswer, object dossier.ObjectRef) (bool, error) {
	defer l.faults.step("answer")()
	return l.ledger.Answer(ctx, act, answer, object)
}

func (l faultyLedger) DecideGate(ctx context.Context, act dossier.Act, decision dossier.GateDecision, object dossier.ObjectRef) (bool, error) {
	defer l.faults.step("decide gate")()
	return l.ledger.DecideGate(ctx, act, decision, object)
}

// faultyDisk has a fault point around every step of the watcher. Renames out of
// the folder of one device are refused, so that its files are copied.
type faultyDisk struct {
	watch.Disk
	faults *faults
	place  layout
}

// copiedDevice is the device whose files cannot be renamed.
const copiedDevice = "counter-2"

func (d faultyDisk) Rename(from, to string) error {
	switch inbox := within(d.place.inbox(), from); {
	case inbox && filepath.Base(filepath.Dir(from)) == copiedDevice:
		return syscall.EXDEV
	case inbox:
		defer d.faults.step("file claimed")()
	case within(d.place.done(), to):
		defer d.faults.step("batch done")()
	default:
		defer d.faults.step("copy claimed")()
	}
	return d.Disk.Rename(from, to)
}

func within(dir, path string) bool { return strings.HasPrefix(path, dir+"/") }

func (d faultyDisk) Remove(path string) error {
	name := "half a copy removed" // of a try that was cut off, if there was one
	if within(d.place.inbox(), path) {
		name = "source removed"
	}
	defer d.faults.step(name)()
	return d.Disk.Remove(path)
}

func (d faultyDisk) Mkdir(dir string) error {
	defer d.faults.step("batch folder")()
	return d.Disk.Mkdir(dir)
}

func (d faultyDisk) Write(path string, content []byte) error {
	name := "batch planned"
	if strings.Contains(string(content), `"frozen": true`) {
		name = "batch sealed"
	}
	defer d.faults.step(name)()
	return d.Disk.Write(path, content)
}

func (d faultyDisk) Copy(from, to string) error {
	defer d.faults.step("file copied")()
	return d.Disk.Copy(from, to)
}

func (d faultyDisk) SyncDir(dir string) error {
	names := map[string]string{d.place.claimed(): "claimed synced", d.place.done(): "done synced"}
	name, ok := names[dir]
	switch {
	case ok:
	case within(d.place.claimed(), dir):
		name = "batch synced"
	default:
		name = "inbox synced"
	}
	defer d.faults.step(name)()
	return d.Disk.SyncDir(dir)
}

// faultySealer has a fault point around every transaction of the log; its
// objects are written through the store.
type faultySealer struct {
	sealer
	faults *faults
}

func (s faultySealer) NumberAll(ctx context.Context) error {
	defer s.faults.step("log numbered")()
	return s.sealer.NumberAll(ctx)
}

func (s faultySealer) Sign(ctx context.Context, act dossier.Act) (bool, error) {
	defer s.faults.step("log signed")()
	return s.sealer.Sign(ctx, act)
}

func (s faultySealer) Export(ctx context.Context, objects audit.Objects) error {
	defer s.faults.step("log exported")()
	return s.sealer.Export(ctx, objects)
}
