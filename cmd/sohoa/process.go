package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// processCmd is the main job: scans in, dossiers out.
type processCmd struct {
	Paths       []string      `arg:"" name:"path" help:"Scans: JPEG, PNG, TIFF or PDF files, or folders of them."`
	Backs       string        `help:"The sheets went through twice: the first path is all fronts, the second all backs, with the last sheet first (reverse) or the first (straight)." enum:",reverse,straight" default:"" placeholder:"ORDER"`
	PageTimeout time.Duration `help:"Processor time for one page before it is parked; ten times as long by the clock." default:"60s"`
}

// Help teaches what happens to the files.
func (processCmd) Help() string {
	return `Takes the files in as one batch, in the order given (folders in natural name
order), and works until every page has its place. The files are only read,
never moved or changed; their bytes are kept in the archive for good.

A separator sheet or a receipt slip with its QR code begins a dossier; pages
before the first one go to a provisional dossier without a code. What is
unsure is parked with its reason and waits for a person: exit code 3.
The same bytes given again are known and not read twice.

A scanner of one side is fed twice: --backs reverse takes a stack that was turned
over and fed as it lay, --backs straight one that was sorted first. There must be
as many backs as fronts.

While sohoa serve runs on the archive, it does the work, with its own
--page-timeout and after the paper of the counters; the answer is the same.

  sohoa process scans/
  sohoa process --backs reverse fronts.pdf backs.pdf
  sohoa process --json 0001.jpg 0002.jpg > result.json`
}

// Run takes the batch in, works until it is done, and reports.
func (p processCmd) Run(ctx context.Context, c *cli, con console) error {
	feed, err := p.feeding(c.Data)
	if err != nil {
		return err
	}
	result, err := c.takeIn(ctx, con, feed, p.PageTimeout)
	if err != nil {
		return err
	}
	return result.print(con, c.JSON)
}

// feeding is what the paths name.
func (p processCmd) feeding(archive string) (feed feeding, err error) {
	if p.Backs != "" {
		return frontsAndBacks(p.Paths, archive, dossier.BacksOrder(p.Backs))
	}
	feed.files, err = inputs(p.Paths, archive)
	return feed, err
}

// takeIn takes files in as one batch, works until it is done, and says where
// everything went. Where a serve works on the archive, it does that.
func (c *cli) takeIn(ctx context.Context, con console, feed feeding, timeout time.Duration) (outcome, error) {
	conn, err := dialServe(ctx, layout{root: c.Data}.socket())
	if errors.Is(err, errNoServe) {
		return c.takeInAlone(ctx, con, feed, timeout)
	}
	if err != nil {
		return outcome{}, err
	}
	request, err := newHandover(feed.files)
	if err != nil {
		return outcome{}, errors.Join(err, conn.Close())
	}
	request.Backs = feed.backs
	bar := newProgress(con.err, "pages")
	answer, err := handOver(ctx, conn, request, func(r reply) { bar.set(r.Read, r.Images) })
	bar.finish()
	if err != nil {
		return outcome{}, err
	}
	return *answer.Outcome, nil
}

// takeInAlone does the work in this process, which owns the archive meanwhile.
func (c *cli) takeInAlone(ctx context.Context, con console, feed feeding, timeout time.Duration) (result outcome, err error) {
	a, err := c.openOrMakeDemo(ctx, con)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.lockForWork(ctx); err != nil {
		return outcome{}, err
	}
	if err := c.requireParts(ctx); err != nil {
		return outcome{}, err
	}
	pages, err := c.startWorkers(a.layout.scratch(), timeout)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, pages.pool.Close()) }()
	flow := a.flow(pages)
	batch, err := claim(ctx, flow, dossier.Local(a.unit().ID), feed)
	if err != nil {
		return outcome{}, err
	}
	return a.finish(ctx, flow, batch, con)
}

// finish works until every batch is done, also those that an earlier process
// left: the files of this batch may be known from one of them. It seals the log,
// lists the checksums of what is new, and says where everything went.
func (a *archive) finish(ctx context.Context, flow *pipeline.Flow, batch dossier.Batch, con console) (outcome, error) {
	if err := a.workUntilDone(ctx, flow, con); err != nil {
		return outcome{}, err
	}
	if err := a.sealAndList(ctx, flow); err != nil {
		return outcome{}, err
	}
	return a.outcome(ctx, batch)
}

// deviceFiled is where batches of electronic files come from.
const deviceFiled = "efile"

func claim(ctx context.Context, flow *pipeline.Flow, actor dossier.Actor, feed feeding) (dossier.Batch, error) {
	sources := make([]pipeline.Source, len(feed.files))
	for i, file := range feed.files {
		source, err := file.source()
		if err != nil {
			return dossier.Batch{}, err
		}
		sources[i] = source
	}
	device := "process"
	if len(feed.files) > 0 && feed.files[0].filed != nil {
		device = deviceFiled
	}
	return flow.Claim(ctx, actor, pipeline.Feed{Device: device, Sources: sources, Background: true, Backs: feed.backs})
}

// pollBatch is how often the state of the batch is looked at while it works.
const pollBatch = 100 * time.Millisecond

// workUntilDone runs jobs until nothing is open, and shows how far that is.
func (a *archive) workUntilDone(ctx context.Context, flow *pipeline.Flow, con console) error {
	done, err := a.catalog.AllDone(ctx, a.unit().ID)
	if err != nil || done {
		return err
	}
	batches, err := a.catalog.OpenBatches(ctx, a.unit().ID)
	if err != nil {
		return err
	}
	bar := newProgress(con.err, "pages")
	defer bar.finish()
	return a.workUntil(ctx, flow, func(ctx context.Context) (bool, error) {
		if len(batches) > 0 {
			read, all, err := a.catalog.Progress(ctx, batches...)
			if err != nil {
				return false, err
			}
			bar.set(read, all)
		}
		return a.catalog.AllDone(ctx, a.unit().ID)
	})
}

// workUntil runs the flow's jobs until done says so, a job stops the flow, or
// ctx ends.
func (a *archive) workUntil(ctx context.Context, flow *pipeline.Flow, done func(context.Context) (bool, error)) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	stopped := make(chan error, 1)
	// A slot more than cores, so that opening and publishing go on while every
	// worker reads.
	go func() { stopped <- a.queue.Run(working, runtime.NumCPU()+1, flow.Do) }()
	tick := time.NewTicker(pollBatch)
	defer tick.Stop()
	for {
		select {
		case err := <-stopped:
			return errors.Join(err, ctx.Err())
		case <-tick.C:
		}
		ready, err := done(ctx)
		if err != nil || ready {
			stop()
			return errors.Join(err, <-stopped)
		}
	}
}

// describe is a file and page for people.
func describe(file string, page int) string {
	if page <= 1 {
		return file
	}
	return fmt.Sprintf("%s page %d", file, page)
}
