package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// TestMain is also other programs: the one that gets killed (the real flow over
// the real catalogue and store, in a process of its own) and the yardstick of
// the benchmark.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(bareVariable) != "":
		exitWith(readBare(os.Getenv(bareVariable)))
	case os.Getenv(killData) != "":
		exitWith(goThroughAndDie())
	default:
		os.Exit(m.Run())
	}
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitOther)
	}
	os.Exit(exitDone)
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
	return goThrough(context.Background(), c, newFaults(log, os.Getenv(killAt), nth))
}

// goThrough does the same in this process, undisturbed.
func (r *rig) goThrough(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := goThrough(t.Context(), r.cli, newFaults(log, "", 0)); err != nil {
		t.Fatal(err)
	}
}

// goThrough is the whole life of a batch in which everything happens: an
// archive is made, paper comes in, is worked on and listed, and a person
// decides, and takes a decision back. Done again after a kill, it goes on where
// the archive stands.
func goThrough(ctx context.Context, c *cli, f *faults) (err error) {
	a, err := openFaulty(ctx, c, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	flow := a.flow(&textReader{})
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
	return flow.ListChecksums(ctx, a.ledger)
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
	store, err := settings.openObjects(ctx, layout{root: c.Data})
	if err != nil {
		return err
	}
	store.store = faultyStore{store.store, f}
	return c.makeArchiveIn(ctx, settings, store, newArchive(demoUnit, true, time.Now()))
}

// The pages a person decides about, and the dossier they wait in.
const (
	otherCode      = "H38.12-260102-0002"
	placedByPerson = "a loose page"
	takenBack      = "another loose page"
)

// killTexts is a batch in which everything happens.
func killTexts() []string {
	return []string{
		"QR SOHOA1|" + someCode, paper(birth, "An"), "", "LOST", "REJECT", paper(birth, "An"),
		"QR SOHOA1|" + otherCode, paper(marriage, "Ba") + "\f" + paper(birth, "UNPUBLISHABLE"), paper(birth, "Ca"),
		placedByPerson, takenBack,
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
	if err := flow.Undo(ctx, a.ledger, dossier.Local(flow.Unit.ID), id); err != nil {
		return err
	}
	return publishAll(ctx, a, flow, id)
}

// wasUndone tells whether the dossier has a version that a person took back.
func wasUndone(ctx context.Context, a *archive, id dossier.DossierID) (bool, error) {
	latest, ok, err := a.ledger.Latest(ctx, id)
	return ok && latest.Reason == "decision undone", err
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

// publishAll works until no version of the dossier waits to be published.
func publishAll(ctx context.Context, a *archive, flow *pipeline.Flow, id dossier.DossierID) error {
	return a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		_, open, err := a.ledger.NextIntent(ctx, id)
		return !open, err
	})
}
