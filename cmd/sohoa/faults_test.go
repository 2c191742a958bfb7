package main

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"sohoa/dossier"
	"sohoa/storage"
)

// This file names the steps of the write order and says where the program may
// be cut off: before and after each of them. The seams are the interfaces that
// the program has anyway, so that nothing in it knows of these tests: the store
// (faultyStore) and the catalogue as what writes sees it (faultyLedger).
//
// A new sort of object gets its name in objectStep, a new transaction a method
// of faultyLedger, and each a line in writeOrder. kill_test.go fails for a step
// without a name and for a name that is never reached.

// writeOrder are the steps, in order. Each is a fault point before it and one
// after it.
var writeOrder = []string{
	// An archive is made.
	"archive record", "root object", "root listed",
	// Every start heals what the last one left.
	"adopt", "reconcile",
	// A batch is taken in.
	"raw object", "batch record", "take in",
	// It is worked on.
	"file opened", "file rejected", "reading", "image read", "place",
	"pdf", "manifest", "publish", "publish failed",
	"checksum list", "listed",
	// A person decides.
	"decision", "decide",
}

// within are fault points inside a step.
var within = []string{"raw object: hashed"}

// faultPoints are all of them.
func faultPoints() []string {
	points := slices.Clone(within)
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
	case key == dossier.ReadmeKey, strings.HasPrefix(key, dossier.SchemaDir):
		return "root object"
	case parts[0] == "u" && len(parts) > 2:
		names := map[string]string{"raw": "raw object", "b": "batch record", "t": "reading", "c": "pdf", "d": "manifest", "p": "decision"}
		if name, ok := names[parts[2]]; ok {
			return name
		}
	}
	return "object of no step " + key
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

// faultyStore has a fault point around every write of an object.
type faultyStore struct {
	storage.Store
	faults *faults
}

func (s faultyStore) Put(ctx context.Context, key string, r io.Reader) (storage.Object, error) {
	defer s.faults.step(objectStep(key))()
	return s.Store.Put(ctx, key, r)
}

func (s faultyStore) PutHashed(ctx context.Context, r io.Reader, name func(dossier.SHA256) string) (storage.Object, bool, error) {
	defer s.faults.step("raw object")()
	return s.Store.PutHashed(ctx, r, func(sum dossier.SHA256) string {
		s.faults.reach("raw object: hashed")
		return name(sum)
	})
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
	"BatchIDs", "ByCode", "File", "Files", "Image", "Images", "Known", "Latest", "NextIntent", "ObjectRefs", "Objects", "Pages", "Waiting",
}

func (l faultyLedger) AddObjects(ctx context.Context, unit dossier.UnitID, objects []dossier.ObjectRef) error {
	defer l.faults.step("root listed")()
	return l.ledger.AddObjects(ctx, unit, objects)
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

func (l faultyLedger) FileOpened(ctx context.Context, file dossier.TakenFile, images int) error {
	defer l.faults.step("file opened")()
	return l.ledger.FileOpened(ctx, file, images)
}

func (l faultyLedger) FileRejected(ctx context.Context, act dossier.Act, file dossier.TakenFile, reason dossier.Reason) error {
	defer l.faults.step("file rejected")()
	return l.ledger.FileRejected(ctx, act, file, reason)
}

func (l faultyLedger) ImageRead(ctx context.Context, image dossier.TakenImage, parts int, reason dossier.Reason, object dossier.ObjectRef) error {
	defer l.faults.step("image read")()
	return l.ledger.ImageRead(ctx, image, parts, reason, object)
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

func (l faultyLedger) Listed(ctx context.Context, objects []dossier.ObjectRef) error {
	defer l.faults.step("listed")()
	return l.ledger.Listed(ctx, objects)
}

func (l faultyLedger) Decide(ctx context.Context, act dossier.Act, decision dossier.Decision, object dossier.ObjectRef) (bool, error) {
	defer l.faults.step("decide")()
	return l.ledger.Decide(ctx, act, decision, object)
}
