package main

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sohoa/dossier"
)

// metrics are the numbers of a daemon, in a registry of its own. Labels are
// from closed lists: steps, outcomes, reasons, checks.
type metrics struct {
	registry     *prometheus.Registry
	steps        *prometheus.HistogramVec
	batches      atomic.Int64
	files        atomic.Int64
	takeFailures prometheus.Counter
}

// stepBuckets are in seconds: from opening a JPEG to publishing a thick
// dossier.
var stepBuckets = []float64{.01, .03, .1, .3, 1, 3, 10, 30, 100, 300}

func newMetrics(d *daemon) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		steps: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sohoa_step_seconds", Help: "Time of the steps of the flow, by step and outcome (done, failed, stopped).", Buckets: stepBuckets,
		}, []string{"step", "outcome"}),
		takeFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "sohoa_take_failures_total", Help: "Attempts to store a claimed batch that failed; the batch is kept and tried again.",
		}),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.steps, m.takeFailures, newGauges(d),
		counter("sohoa_batches_taken_total", "Batches taken in since the start.", &m.batches),
		counter("sohoa_files_taken_total", "Files taken in since the start.", &m.files),
	)
	return m
}

// taken counts a batch.
func (m *metrics) taken(files int) {
	m.batches.Add(1)
	m.files.Add(int64(files))
}

func (m *metrics) takenCounts() takenCounts {
	return takenCounts{Batches: m.batches.Load(), Files: m.files.Load()}
}

// counter shows a number that /status shows, too.
func counter(name, help string, n *atomic.Int64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(n.Load()) })
}

// step counts a step that ended.
func (m *metrics) step(step dossier.Step, took time.Duration, err error) {
	outcome := "done"
	switch {
	case errors.Is(err, context.Canceled):
		outcome = "stopped"
	case err != nil:
		outcome = "failed"
	}
	m.steps.WithLabelValues(string(step), outcome).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// gauges are measured when they are asked for.
type gauges struct {
	daemon                                *daemon
	waiting, open, offered, failing, gone *prometheus.Desc
	jobs, ready, free, workers, papers    *prometheus.Desc

	logEntries, logPending, logSealed, logAge *prometheus.Desc
}

func newGauges(d *daemon) *gauges {
	gauge := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("sohoa_"+name, help, labels, nil)
	}
	return &gauges{
		daemon:  d,
		waiting: gauge("inbox_waiting_files", "Files in the inbox that are not ready, by reason.", "reason"),
		open:    gauge("inbox_open_files", "Claimed files of batches that are being filled."),
		offered: gauge("inbox_offered_files", "Claimed files of closed batches that are not stored yet."),
		failing: gauge("inbox_failing_batches", "Closed batches that could not be stored yet."),
		gone:    gauge("inbox_gone", "1 while the inbox cannot be listed."),
		jobs:    gauge("jobs", "Steps still to be done, by class (waiting, running, retrying).", "class"),
		ready:   gauge("ready", "1 for each condition of /readyz that holds.", "check"),
		free:    gauge("disk_free_bytes", "Free space where the archive lies."),
		workers: gauge("page_workers", "Page-worker processes."),
		papers:  gauge("papers", "Papers on the way to a signature, by state: awaiting (asked and refused are among them), asked, refused, signed.", "state"),

		logEntries: gauge("log_entries", "Entries of the audit log."),
		logPending: gauge("log_pending", "Events that wait for a number in the audit log."),
		logSealed:  gauge("log_sealed_entries", "Entries under the newest exported checkpoint."),
		logAge:     gauge("log_checkpoint_age_seconds", "Time since the newest checkpoint of the audit log."),
	}
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		g.waiting, g.open, g.offered, g.failing, g.gone, g.jobs, g.ready, g.free, g.workers, g.papers,
		g.logEntries, g.logPending, g.logSealed, g.logAge,
	} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(g.daemon.hard, probeTime)
	defer cancel()
	set := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	g.collectInbox(set)
	for _, c := range g.daemon.conditions(ctx) {
		set(g.ready, oneIf(c.OK), c.Name)
	}
	if backlog, err := g.daemon.archive.queue.Backlog(ctx); err != nil {
		g.daemon.log.WarnContext(ctx, "jobs not counted", cause(err))
	} else {
		set(g.jobs, float64(backlog.Waiting), "waiting")
		set(g.jobs, float64(backlog.Running), "running")
		set(g.jobs, float64(backlog.Retrying), "retrying")
	}
	if free, err := freeSpace(g.daemon.archive.layout.root); err == nil {
		set(g.free, float64(free))
	}
	set(g.workers, float64(g.daemon.pool.Workers()))
	g.collectLog(ctx, set)
	if papers, err := g.daemon.archive.catalog.PaperCounts(ctx, g.daemon.archive.unit().ID); err != nil {
		g.daemon.log.WarnContext(ctx, "papers not counted", cause(err))
	} else {
		set(g.papers, float64(papers.Awaiting), "awaiting")
		set(g.papers, float64(papers.Asked), "asked")
		set(g.papers, float64(papers.Refused), "refused")
		set(g.papers, float64(papers.Signed), "signed")
	}
}

func (g *gauges) collectInbox(set func(*prometheus.Desc, float64, ...string)) {
	in := g.daemon.counts()
	snapshot := g.daemon.snapshot()
	reasons := map[string]int{}
	for _, file := range snapshot.Waiting {
		reasons[string(file.Reason)]++
	}
	for reason, n := range reasons {
		set(g.waiting, float64(n), reason)
	}
	set(g.open, float64(in.Open))
	set(g.offered, float64(in.Offered))
	set(g.failing, float64(in.Failing))
	set(g.gone, oneIf(!snapshot.InboxGone.IsZero()))
}

func oneIf(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
