// Package jobs is the durable queue of the flow: a job is enqueued in the same
// transaction as the state that wants it, runs at least once, and is retried
// with growing pauses. It is River on the catalogue's own database, so SQLite
// and PostgreSQL behave alike and nothing has to be reconciled after a crash.
//
// Start at [New]. [Queue.Enqueue] belongs in the caller's transaction,
// [Queue.Run] works until its context ends. Jobs left running by a killed
// process are rescued at once by [Queue.Rescue], which the owner of the process
// lock calls before Run.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"sohoa/dossier"
)

// Handler does one job. An error of kind [dossier.Stop] ends Run; any other is
// retried.
type Handler func(ctx context.Context, job dossier.Job) error

// Queue is a durable job queue.
type Queue struct {
	db       *sql.DB
	postgres bool
	insert   *river.Client[*sql.Tx]
}

// New brings River's tables up to date in db and returns the queue. postgres
// tells the dialect of db.
func New(ctx context.Context, db *sql.DB, postgres bool) (*Queue, error) {
	q := &Queue{db: db, postgres: postgres}
	if err := q.migrate(ctx); err != nil {
		return nil, fmt.Errorf("prepare job queue: %w", err)
	}
	client, err := q.client(&river.Config{Logger: silent()})
	if err != nil {
		return nil, fmt.Errorf("prepare job queue: %w", err)
	}
	q.insert = client
	return q, nil
}

// silent drops River's own log lines: errors of jobs come back through Run.
func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (q *Queue) client(config *river.Config) (*river.Client[*sql.Tx], error) {
	if q.postgres {
		return river.NewClient(riverdatabasesql.New(q.db), config)
	}
	return river.NewClient(riversqlite.New(q.db), config)
}

func (q *Queue) migrate(ctx context.Context) error {
	config := &rivermigrate.Config{Logger: silent()}
	var migrator *rivermigrate.Migrator[*sql.Tx]
	var err error
	if q.postgres {
		migrator, err = rivermigrate.New(riverdatabasesql.New(q.db), config)
	} else {
		migrator, err = rivermigrate.New(riversqlite.New(q.db), config)
	}
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// args is a job as River stores it.
type args struct {
	dossier.Job
}

// Kind names the one kind of job River sees.
func (args) Kind() string { return "step" }

// liveStates are those in which a second equal job would be useless. Finished
// jobs are not among them: the reconciler may want the same step again.
func liveStates() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}
}

// Enqueue adds jobs in the transaction tx; a job equal to one that is waiting
// is dropped.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, jobs ...dossier.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		params[i] = river.InsertManyParams{Args: args{job}, InsertOpts: &river.InsertOpts{
			Priority: priority(job), MaxAttempts: maxAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: liveStates()},
		}}
	}
	if _, err := q.insert.InsertManyTx(ctx, tx, params); err != nil {
		return fmt.Errorf("enqueue jobs: %w", err)
	}
	return nil
}

// maxAttempts is as good as no limit: a step that fails is wanted until it
// succeeds, be it after a week without the object store.
const maxAttempts = 30_000

// longestPause is how rarely a failing step is tried: what failed for an hour
// should go on within a minute of the cause being gone.
const longestPause = time.Minute

// NextRetry doubles the pause from a second to [longestPause].
func (*worker) NextRetry(job *river.Job[args]) time.Time {
	pause := time.Second << min(max(job.Attempt-1, 0), 6)
	return time.Now().Add(min(pause, longestPause))
}

// Backlog counts the steps that are still to be done.
type Backlog struct {
	Waiting  int `json:"waiting"`
	Running  int `json:"running"`
	Retrying int `json:"retrying"` // failed, and will be tried again
}

// Backlog counts what is to be done now.
func (q *Queue) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	rows, err := q.db.QueryContext(ctx, "SELECT CASE WHEN state = 'running' THEN 'running' WHEN attempt > 0 THEN 'retrying' ELSE 'waiting' END AS class, COUNT(*) "+
		"FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled', 'pending') GROUP BY class")
	if err != nil {
		return b, fmt.Errorf("count jobs: %w", err)
	}
	defer func() { _ = rows.Close() }() // read to the end below
	for rows.Next() {
		var class string
		var n int
		if err := rows.Scan(&class, &n); err != nil {
			return b, fmt.Errorf("count jobs: %w", err)
		}
		switch class {
		case "running":
			b.Running = n
		case "retrying":
			b.Retrying = n
		default:
			b.Waiting = n
		}
	}
	return b, rows.Err()
}

// current is the key under which a running job travels in its context.
type current struct{}

// Complete marks the job that ctx belongs to as done in the transaction tx, so
// that the effect of a step and the end of its job commit together. Outside of
// a job it does nothing.
func (q *Queue) Complete(ctx context.Context, tx *sql.Tx) error {
	job, ok := ctx.Value(current{}).(*river.Job[args])
	if !ok {
		return nil
	}
	var err error
	if q.postgres {
		_, err = river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx, job)
	} else {
		_, err = river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job)
	}
	if err != nil {
		return fmt.Errorf("complete job: %w", err)
	}
	return nil
}

// priority, 1 first, lets what is nearly done finish first, so that memory and
// scratch stay small and dossiers appear one by one instead of all at the end;
// and it lets the paper of the counters go before background work, which a
// steady stream of paper may hold up for as long as it lasts. Opening is quick
// and tells people how much there is to read.
func priority(job dossier.Job) int {
	switch {
	case job.Step == dossier.StepPublish, job.Step == dossier.StepSplit, job.Step == dossier.StepReadAgain: // for the last, a person waits
		return 1
	case job.Step == dossier.StepOpen && !job.Background:
		return 1
	case !job.Background:
		return 2
	case job.Step == dossier.StepOpen:
		return 3
	default:
		return 4
	}
}

// Rescue makes jobs that a killed process left running available again, and
// those that wait after a failure: who starts the program again has perhaps
// removed the cause. Only the owner of the archive's process lock may call it.
func (q *Queue) Rescue(ctx context.Context) error {
	_, err := q.db.ExecContext(ctx, "UPDATE river_job SET state = 'available', scheduled_at = created_at, "+
		"attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END WHERE state IN ('running', 'retryable')")
	if err != nil {
		return fmt.Errorf("rescue jobs: %w", err)
	}
	return nil
}

// Limits of a run.
const (
	// jobTimeout bounds one step as a whole; a worker's own limit per page is
	// shorter and decides first. Publishing a thousand-page dossier fits.
	jobTimeout = 15 * time.Minute
	// pollInterval is how long a new job may wait on a database that cannot
	// notify; short, because each dossier goes through four steps.
	pollInterval = 50 * time.Millisecond
	// stopDeadline is how long running steps may finish after a stop.
	stopDeadline = 20 * time.Second
)

// Run works jobs with at most workers at a time until ctx ends or a job stops
// the flow. It stops in two steps: no new jobs, then a deadline for running
// ones. It returns the error that stopped the flow, nil when ctx ended.
func (q *Queue) Run(ctx context.Context, workers int, handle Handler) error {
	stopped := &stopper{done: make(chan struct{})}
	registry := river.NewWorkers()
	river.AddWorker(registry, &worker{handle: handle, stopped: stopped})
	client, err := q.client(&river.Config{
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		Workers:           registry,
		Logger:            silent(),
		JobTimeout:        jobTimeout,
		FetchPollInterval: pollInterval,
		FetchCooldown:     pollInterval / 5,
		PollOnly:          true,
	})
	if err != nil {
		return fmt.Errorf("run jobs: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("run jobs: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-stopped.done:
	}
	return errors.Join(stopped.cause(), q.stop(context.WithoutCancel(ctx), client))
}

// stop lets running jobs finish within a deadline, then ends their contexts.
func (q *Queue) stop(ctx context.Context, client *river.Client[*sql.Tx]) error {
	soft, cancel := context.WithTimeout(ctx, stopDeadline)
	defer cancel()
	if err := client.Stop(soft); err == nil {
		return nil
	}
	hard, cancelHard := context.WithTimeout(ctx, stopDeadline)
	defer cancelHard()
	if err := client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// stopper keeps the first error that must stop the flow.
type stopper struct {
	once sync.Once
	err  error
	done chan struct{}
}

func (s *stopper) stop(err error) {
	s.once.Do(func() { s.err = err; close(s.done) })
}

func (s *stopper) cause() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

type worker struct {
	river.WorkerDefaults[args]
	handle  Handler
	stopped *stopper
}

// Work hands the job to the flow.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	err := w.handle(context.WithValue(ctx, current{}, job), job.Args.Job)
	if err != nil && ctx.Err() == nil && dossier.KindOf(err) == dossier.Stop {
		w.stopped.stop(err)
	}
	return err
}
