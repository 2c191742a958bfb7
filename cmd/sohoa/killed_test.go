package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// TestMain is also other programs: the one that gets killed at a fault point
// (the real flow over the real catalogue and store, in a process of its own) and
// the yardstick of the benchmark.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(bareVariable) != "":
		exitWith(readBare(os.Getenv(bareVariable)))
	case os.Getenv(killData) != "":
		exitWith(goThroughAndDie())
	case os.Getenv(programVariable) != "", len(os.Args) > 1 && os.Args[1] == "page-worker":
		os.Exit(beTheProgram())
	default:
		os.Exit(runTests(m))
	}
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitOther)
	}
	os.Exit(exitDone)
}

// life is an archive, and what happens to it from its making on.
type life struct {
	*rig
	name string
	live func(context.Context, *cli, *faults) error
}

// lives are the lives by name: paper given by hand and a person who decides,
// and paper that arrives in the inbox.
func lives() map[string]func(context.Context, *cli, *faults) error {
	return map[string]func(context.Context, *cli, *faults) error{"by hand": byHand, "inbox": fromInbox}
}

func newLife(t *testing.T, name, address string) *life {
	t.Helper()
	l := &life{rig: newRig(t, address), name: name, live: lives()[name]}
	if name == "inbox" {
		l.fillInbox(t)
	}
	return l
}

// goThroughAndDie is the process that gets killed.
func goThroughAndDie() error {
	nth, err := strconv.Atoi(os.Getenv(killNth))
	if err != nil {
		return err
	}
	log, err := os.Create(os.Getenv(killLog))
	if err != nil {
		return err
	}
	c := &cli{Data: os.Getenv(killData), Database: os.Getenv(killDatabase), Log: silent}
	return lives()[os.Getenv(killLife)](context.Background(), c, newFaults(log, os.Getenv(killAt), nth))
}

// goOn lives on in this process, undisturbed.
func (r *life) goOn(t *testing.T) {
	t.Helper()
	if err := r.live(t.Context(), r.cli, newFaults(io.Discard, "", 0)); err != nil {
		t.Fatal(err)
	}
}

// byHand is the whole life of a batch in which everything happens: an archive
// is made, paper comes in, is worked on and listed, and a person decides, takes
// a decision back, says that a back was not scanned, keys a field that another person keys, too, draws and keys a
// sample, turns a page, and has everything signed. Done again after a kill, it goes
// on where the archive stands.
func byHand(ctx context.Context, c *cli, f *faults) (err error) {
	a, err := openFaulty(ctx, c, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var published atomic.Bool
	flow := a.flow(&textReader{told: func([]dossier.WayUp) error { return unlessReady(&published) }})
	batch, err := flow.Claim(ctx, dossier.Local(flow.Unit.ID), pipeline.Feed{Device: "test", Sources: textSources(killTexts()...)})
	if err != nil {
		return err
	}
	if _, err := a.finish(ctx, flow, batch, quiet()); err != nil {
		return err
	}
	if err := decideAll(ctx, a, flow); err != nil {
		return err
	}
	if err := emptyOnce(ctx, a, flow); err != nil {
		return err
	}
	if err := answerBacks(ctx, a, flow); err != nil {
		return err
	}
	if err := keyAll(ctx, a, flow); err != nil {
		return err
	}
	if err := sampleOnce(ctx, a, flow); err != nil {
		return err
	}
	if err := gateOnce(ctx, a, flow); err != nil {
		return err
	}
	if err := turnOnce(ctx, a, flow, &published); err != nil {
		return err
	}
	if err := signAll(ctx, a, flow); err != nil {
		return err
	}
	return a.sealAndList(ctx, flow)
}

// fillInbox puts the files of two devices into the inbox.
func (r *life) fillInbox(t *testing.T) {
	t.Helper()
	for device, texts := range map[string][]string{
		"counter-1":  {"QR SOHOA1|" + someCode, paper(birth, "An"), paper(marriage, "Ba")},
		copiedDevice: {"QR SOHOA1|" + otherCode, paper(birth, "Ca"), "LOST"},
	} {
		dir := filepath.Join(r.place().inbox(), device)
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jpg", i+1)), []byte(text), 0o640); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// fromInbox is serve as far as paper is concerned: it claims what lies in the
// inbox until nothing does, and works on it.
func fromInbox(ctx context.Context, c *cli, f *faults) (err error) {
	a, err := openFaulty(ctx, c, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	settings, err := c.config()
	if err != nil {
		return err
	}
	settings.Poll, settings.Settle, settings.SettleUnknown, settings.BatchIdle = 10*time.Millisecond, 20*time.Millisecond, 20*time.Millisecond, 50*time.Millisecond
	d := newDaemon(c, a, settings, &daemonLog{Logger: slog.New(slog.DiscardHandler), level: &slog.LevelVar{}})
	defer d.kill()
	d.disk = faultyDisk{d.disk, f, a.layout}
	if err := claimAll(ctx, d); err != nil {
		return err
	}
	flow := a.flow(&textReader{})
	if err := a.workUntilDone(ctx, flow, quiet()); err != nil {
		return err
	}
	return flow.ListChecksums(ctx, a.ledger)
}

// claimAll runs the watcher until the inbox and the claimed folder are empty.
func claimAll(ctx context.Context, d *daemon) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.watch(watching) }()
	tick := time.NewTicker(pollBatch)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-tick.C:
		}
		left, err := filepath.Glob(filepath.Join(d.archive.layout.inbox(), "*", "*"))
		claimed, claimedErr := filepath.Glob(filepath.Join(d.archive.layout.claimed(), "*", "*"))
		if err := errors.Join(err, claimedErr); err != nil {
			return err
		}
		if len(left)+len(claimed) == 0 {
			stop()
			return <-ended
		}
	}
}

// openFaulty opens the archive for work, or makes it, with fault points.
func openFaulty(ctx context.Context, c *cli, f *faults) (*archive, error) {
	if err := makeFaulty(ctx, c, f); err != nil {
		return nil, err
	}
	a, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	a.objects.store = faultyStore{a.objects.store, f}
	a.ledger = faultyLedger{a.ledger, f}
	a.sealer = faultySealer{a.sealer, f}
	f.starting = true
	defer func() { f.starting = false }()
	if err := a.lockForWork(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// makeFaulty makes the archive where there is none.
func makeFaulty(ctx context.Context, c *cli, f *faults) error {
	if _, err := c.findArchive(ctx); !errors.Is(err, errNoArchive) {
		return err
	}
	settings, err := c.config()
	if err != nil {
		return err
	}
	if err := settings.makeObjects(); err != nil {
		return err
	}
	record, err := c.newRecord(demoUnit, true)
	if err != nil {
		return err
	}
	store, err := settings.openObjects(ctx, layout{root: c.Data})
	if err != nil {
		return err
	}
	store.store = faultyStore{store.store, f}
	return c.makeArchiveIn(ctx, settings, store, record)
}

// The pages a person decides about, and the dossier they wait in.
const (
	otherCode      = "H38.12-260102-0002"
	thirdCode      = "H38.12-260102-0003"
	placedByPerson = "a loose page"
	takenBack      = "another loose page"
)

// killTexts is a batch in which everything happens.
func killTexts() []string {
	return []string{
		"QR SOHOA1|" + someCode, paper(birth, "An"), "", "LOST", "REJECT", paper(birth, "An"),
		"QR SOHOA1|" + otherCode, paper(marriage, "Ba") + "\f" + paper(birth, "UNPUBLISHABLE"), paper(birth, "Ca PRINTED PLACES"),
		placedByPerson, takenBack, pencil,
	}
}

// decideAll is a person who places two loose pages and takes the second
// decision back; what was decided before a kill is seen, and not repeated.
func decideAll(ctx context.Context, a *archive, flow *pipeline.Flow) error {
	id, _, err := a.ledger.ByCode(ctx, flow.Unit.ID, otherCode)
	if err != nil {
		return err
	}
	undone, err := wasUndone(ctx, a, id)
	if err != nil {
		return err
	}
	if err := decideOnce(ctx, a, flow, id, placedByPerson); err != nil || undone {
		return err
	}
	if err := decideOnce(ctx, a, flow, id, takenBack); err != nil {
		return err
	}
	if err := flow.Undo(ctx, a.ledger, dossier.Local(flow.Unit.ID), id, 0); err != nil {
		return err
	}
	return publishAll(ctx, a, flow, id)
}

// answerBacks feeds three fronts and two backs, and says that the third sheet has an
// empty back, unless that was said.
func answerBacks(ctx context.Context, a *archive, flow *pipeline.Flow) error {
	fronts := "QR SOHOA1|" + thirdCode + "\f" + paper(birth, "Da") + "\f" + paper(marriage, "Di")
	feed := pipeline.Feed{Device: "test", Sources: textSources(fronts, "\f"), Backs: &dossier.Backs{From: 2, Order: dossier.BacksStraight}}
	batch, err := flow.Claim(ctx, dossier.Local(flow.Unit.ID), feed)
	if err != nil {
		return err
	}
	if _, err := a.finish(ctx, flow, batch, quiet()); err != nil {
		return err
	}
	ids, err := a.ledger.BatchIDs(ctx, flow.Unit.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		said := dossier.BacksAnswer{Batch: id, Actor: dossier.Local(flow.Unit.ID), Say: dossier.BacksBlank, Sheets: []int{3}}
		if err := flow.AnswerBacks(ctx, a.ledger, said); err != nil && !errors.Is(err, pipeline.ErrNotWaiting) {
			return err
		}
	}
	return a.workUntilDone(ctx, flow, quiet())
}

// keyAll is two people who key the name of the first child, one after the other.
func keyAll(ctx context.Context, a *archive, flow *pipeline.Flow) error {
	flow.Twice = []dossier.KindField{{Kind: "birth_certificate", Field: "child_name"}}
	id, _, err := a.ledger.ByCode(ctx, flow.Unit.ID, someCode)
	if err != nil {
		return err
	}
	latest, _, err := a.ledger.Latest(ctx, id)
	if err != nil {
		return err
	}
	said := dossier.Keyed{Component: latest.Dossier.Components[0].ID, Kind: "birth_certificate", Field: "child_name", Value: "An Nhiên"}
	for _, name := range []string{"lan", "minh"} {
		actor := dossier.Actor{ID: name, Unit: flow.Unit.ID, Role: dossier.RoleReviewer}
		_, err := flow.Enter(ctx, a.ledger, actor, id, said)
		if err != nil && !errors.Is(err, pipeline.ErrSamePerson) && !errors.Is(err, pipeline.ErrChanged) { // done before a kill
			return err
		}
	}
	return publishAll(ctx, a, flow, id)
}

// sampleOnce draws the month's sample, one line, and keys it, unless that was
// done.
func sampleOnce(ctx context.Context, a *archive, flow *pipeline.Flow) error {
	by, month := dossier.Local(flow.Unit.ID), dossier.MonthOf(flow.Now())
	if _, err := flow.DrawSample(ctx, a.ledger, by, month, pipeline.SampleSize{Lines: 1}); err != nil && !errors.Is(err, pipeline.ErrDrawn) {
		return err
	}
	_, err := flow.AnswerSample(ctx, a.ledger, dossier.SampleAnswer{Month: month, N: 1, Actor: by, Value: "as it stands"})
	if errors.Is(err, pipeline.ErrNotWaiting) {
		return nil
	}
	return err
}

// gateOnce raises the gate of a field, unless that was done.
func gateOnce(ctx context.Context, a *archive, flow *pipeline.Flow) error {
	_, err := flow.DecideGate(ctx, a.ledger, dossier.Local(flow.Unit.ID), dossier.GateChange{Field: "child_name", Before: 0.93, After: 0.95, Reason: "tried"})
	if errors.Is(err, pipeline.ErrChanged) {
		return nil
	}
	return err
}

// unlessReady puts a job off.
func unlessReady(ready *atomic.Bool) error {
	if ready.Load() {
		return nil
	}
	return &dossier.Fault{Kind: dossier.Retry, Op: "read page", Reason: dossier.ReasonUnknown}
}

// turnOnce is a person who turns the page of the first paper, unless that was
// done; it is read again when that is published. Else the two versions would be
// published by one job or by two, which come to a different number of fault
// points.
func turnOnce(ctx context.Context, a *archive, flow *pipeline.Flow, published *atomic.Bool) error {
	id, _, err := a.ledger.ByCode(ctx, flow.Unit.ID, someCode)
	if err != nil {
		return err
	}
	latest, _, err := a.ledger.Latest(ctx, id)
	if err != nil {
		return err
	}
	if page := latest.Dossier.Components[0].Pages[0]; page.Turn() == 0 {
		if err := flow.Turn(ctx, a.ledger, dossier.Local(flow.Unit.ID), id, dossier.Turned{Page: page.ID, By: 180}); err != nil {
			return err
		}
	}
	if err := publishAll(ctx, a, flow, id); err != nil {
		return err
	}
	published.Store(true)
	return readAgainAll(ctx, a, flow, id)
}

// wasUndone tells whether the dossier has a version that a person took back.
func wasUndone(ctx context.Context, a *archive, id dossier.DossierID) (bool, error) {
	latest, _, err := a.ledger.Latest(ctx, id)
	if err != nil {
		return false, err
	}
	versions, err := a.catalog.Versions(ctx, dossier.Whole(a.unit().ID), id)
	return slices.ContainsFunc(append(versions, latest), func(m dossier.Manifest) bool { return m.Reason == "decision undone" }), err
}

// decideOnce places a page in a dossier, unless that was done.
func decideOnce(ctx context.Context, a *archive, flow *pipeline.Flow, id dossier.DossierID, text string) error {
	sum := dossier.SumString(sha256.Sum256([]byte(text)))
	pages := []dossier.PageID{dossier.NewImageID(sum, 1).Page(1)}
	waiting, err := a.ledger.Waiting(ctx, flow.Unit.ID, pages)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		p := dossier.Placement{Pages: pages, Dossier: id, Kind: "birth_certificate"}
		if _, err := flow.Decide(ctx, a.ledger, dossier.Local(flow.Unit.ID), p); err != nil {
			return err
		}
	}
	return publishAll(ctx, a, flow, id)
}

// signAll is a person who has everything signed: first with the rule that
// printed corners are asked about, then those papers drawn smaller.
func signAll(ctx context.Context, a *archive, flow *pipeline.Flow) error {
	if err := a.workUntilDone(ctx, flow, quiet()); err != nil { // what a kill has left
		return err
	}
	flow.Signing.Corner = dossier.CornerAsk
	for _, shrink := range []bool{false, true} {
		if _, err := signEverything(ctx, a, flow, shrink); err != nil {
			return err
		}
	}
	return nil
}

// publishAll works until no version of the dossier waits to be published.
func publishAll(ctx context.Context, a *archive, flow *pipeline.Flow, id dossier.DossierID) error {
	return a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		_, open, err := a.ledger.NextIntent(ctx, id)
		return !open, err
	})
}
