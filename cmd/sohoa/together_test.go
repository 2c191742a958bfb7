package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/sync/errgroup"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/storage/catalog"
	"sohoa/storage/search"
	"sohoa/storage/storagetest/pgtest"
)

// TestBatchesOfOneDossier works on several batches of the same dossier at
// once: each paper must be in it once, and nothing may stop or hang.
func TestBatchesOfOneDossier(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		const batches = 8
		a, flow := r.open(t)
		for i := range batches {
			sep := separator(t, someCode, i+1) // so that the sheets are no duplicates
			texts := []string{sep}
			for n := range i + 1 {
				texts = append(texts, paper(birth, fmt.Sprintf("An %d %d", i, n)))
			}
			texts = append(texts, separator(t, fmt.Sprintf("H38.12-260102-1%03d", i), 0), paper(marriage, fmt.Sprint(i)))
			claimTexts(t, flow, texts...)
		}
		closeArchive(t, a)

		r.feed(t, paper(marriage, "Da"))
		for _, m := range r.dossiers(t) {
			if m.Dossier.Code == nil || *m.Dossier.Code != someCode {
				continue
			}
			if len(m.Dossier.Components) != batches*(batches+1)/2 || m.Dossier.Version != batches {
				t.Errorf("%d papers in version %d", len(m.Dossier.Components), m.Dossier.Version)
			}
		}
		r.wantIntact(t)
	})
}

// overtaken lets another step run between a plan and its transaction.
type overtaken struct {
	pipeline.Ledger
	by func()
}

func (o overtaken) Place(ctx context.Context, act dossier.Act, plan dossier.Plan) error {
	o.by()
	return o.Ledger.Place(ctx, act, plan)
}

// TestOvertakenPlan plans a batch on a version of a dossier that another batch
// makes meanwhile: the plan is made again, the flow does not stop.
func TestOvertakenPlan(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]string{"new dossier": nil, "known dossier": {separator(t, someCode, 0), paper(birth, "Ea")}} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, address string) {
				r := newRig(t, address)
				if before != nil {
					r.feed(t, before...)
				}
				a, flow := r.open(t)
				first := claimTexts(t, flow, separator(t, someCode, 1), paper(birth, "An"))
				second := claimTexts(t, flow, separator(t, someCode, 2), paper(birth, "Ba"), paper(birth, "Ca"))
				r.until(t, a, flow, first.ID, dossier.StepSplit)
				late := *flow
				late.Ledger = overtaken{flow.Ledger, func() { r.until(t, a, flow, second.ID, dossier.StepPublish) }}
				err := late.Do(t.Context(), dossier.Job{Step: dossier.StepSplit, Unit: flow.Unit.ID, Subject: string(first.ID)})
				if dossier.KindOf(err) != dossier.Retry {
					t.Errorf("an overtaken plan: %v, want a fault to retry", err)
				}
				closeArchive(t, a)
				r.feed(t, paper(marriage, "Da"))
				if ids := r.dossiers(t); len(ids) != 2 {
					t.Errorf("%d dossiers, want the one and a provisional one", len(ids))
				}
				r.wantIntact(t)
			})
		})
	}
}

// TestPostponedJobs has a step fail until the program ends. The next program
// must not wait for the pause that the step has earned.
func TestPostponedJobs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		a, flow := r.open(t)
		claimTexts(t, flow, paper(birth, "An"))
		const postpone = "UPDATE river_job SET state = 'retryable', attempt = 9, scheduled_at = '2090-01-01 00:00:00'"
		if _, err := a.databases.Write.ExecContext(t.Context(), postpone); err != nil {
			t.Fatal(err)
		}
		closeArchive(t, a)
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		a, flow = r.open(t)
		defer closeArchive(t, a)
		if err := a.workUntilDone(ctx, flow, quiet()); err != nil {
			t.Error(err)
		}
	})
}

// TestOddNames takes in a file whose name is not Unicode, as old Windows
// programs write it.
func TestOddNames(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		a, flow := r.open(t)
		sources := textSources(paper(birth, "An"))
		sources[0].Name = "Gi\xe2y khai sinh\x01.jpg"
		if _, err := flow.Claim(t.Context(), dossier.Local(flow.Unit.ID), pipeline.Feed{Device: "test", Sources: sources}); err != nil {
			t.Fatal(err)
		}
		closeArchive(t, a)
		r.feed(t, paper(birth, "Ba"))
		before := r.dossiers(t)
		copied := r.rebuilt(t)
		wantSameDossiers(t, copied.dossiers(t), before)
	})
}

// TestRecordsFitTheirSchemas checks every record of a real archive against the
// schema that lies beside it.
func TestRecordsFitTheirSchemas(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.feed(t, killTexts()...)
	r.feed(t, append(killTexts(), separator(t, someCode, 0), paper(marriage, "Da"))...)
	a, flow := r.open(t)
	waiting := r.parked(t, a)
	id, err := flow.Decide(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), dossier.Placement{Pages: waiting[:1], Kind: "birth_certificate"})
	if err != nil {
		t.Fatal(err)
	}
	closeArchive(t, a)
	r.feed(t, paper(birth, "Ea"))
	a, flow = r.open(t)
	if err := flow.Undo(t.Context(), a.catalog, dossier.Local(flow.Unit.ID), id, 0); err != nil {
		t.Fatal(err)
	}
	closeArchive(t, a)
	r.feed(t, paper(birth, "Ga"))

	checked := make(map[string]int)
	root := r.place().objects()
	err = filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		key := strings.TrimPrefix(path, root+"/")
		if err != nil || !strings.HasSuffix(path, ".json") || strings.HasPrefix(key, dossier.SchemaDir) {
			return err
		}
		name := map[string]string{"b": "batch", "t": "reading", "p": "decision", "d": "manifest"}[strings.Split(key+"//", "/")[2]]
		if key == dossier.ArchiveKey {
			name = "archive"
		}
		checked[name]++
		validate(t, filepath.Join(root, dossier.SchemaDir, name+"-1.json"), path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"archive", "batch", "reading", "decision", "manifest"} {
		if checked[name] == 0 {
			t.Errorf("no %s record was checked", name)
		}
	}
}

func validate(t *testing.T, schema, record string) {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Errorf("%s: %v\n%s", record, err, body)
	}
}

// parked lists the pages that wait for a person, in the order of batches.
func (r *rig) parked(t *testing.T, a *archive) (ids []dossier.PageID) {
	t.Helper()
	batches, err := a.catalog.BatchIDs(t.Context(), a.unit().ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range batches {
		pages, err := a.catalog.Pages(t.Context(), batch)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range pages {
			if page.State == dossier.PageParked && page.Component == "" {
				ids = append(ids, page.ID)
			}
		}
	}
	return ids
}

// meeting is an index that makes two publications wait for each other before
// either of them ends.
type meeting struct {
	noIndex
	arrived sync.WaitGroup
}

func (m *meeting) Put(context.Context, search.Tx, []search.Entry) error {
	m.arrived.Done()
	m.arrived.Wait()
	return nil
}

// TestLastTwoDossiersOfABatch publishes them at the same moment, in two
// connections: one of the two must see that the batch is done.
func TestLastTwoDossiersOfABatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, pgtest.Start(t))
	a, flow := r.open(t)
	defer closeArchive(t, a)
	for i := range 5 {
		batch := claimTexts(t, flow,
			separator(t, fmt.Sprintf("H38.12-260102-1%03d", i), 0), paper(birth, fmt.Sprint("An", i)),
			separator(t, fmt.Sprintf("H38.12-260102-2%03d", i), 0), paper(birth, fmt.Sprint("Ba", i)))
		r.until(t, a, flow, batch.ID, dossier.StepPublish)
		together := &meeting{}
		together.arrived.Add(2)
		f := *flow
		f.Ledger = catalog.Open(a.databases, a.queue, together)
		var both errgroup.Group
		for _, name := range []string{"1%03d", "2%03d"} {
			id, _, err := a.catalog.ByCode(t.Context(), flow.Unit.ID, fmt.Sprintf("H38.12-260102-"+name, i))
			if err != nil {
				t.Fatal(err)
			}
			both.Go(func() error {
				return f.Do(t.Context(), dossier.Job{Step: dossier.StepPublish, Unit: flow.Unit.ID, Subject: string(id)})
			})
		}
		if err := both.Wait(); err != nil {
			t.Fatal(err)
		}
		if done, err := a.catalog.BatchDone(t.Context(), batch.ID); err != nil || !done {
			t.Fatalf("batch done: %t, %v", done, err)
		}
	}
}
