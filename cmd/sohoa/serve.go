package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"sohoa/dossier"
	"sohoa/ocr/worker"
	"sohoa/pipeline"
	"sohoa/scanner/watch"
	"sohoa/web"
)

// serveCmd is the daemon: it watches the inbox, works, and shows.
type serveCmd struct {
	Listen    string `help:"Address of the web pages. Default: 127.0.0.1:8080." placeholder:"ADDRESS"`
	Inbox     string `help:"Folder that scanners write into. Default: inbox in the archive's folder." placeholder:"DIR" type:"path"`
	LogFormat string `help:"Form of the log lines on standard error: text or json." placeholder:"FORM"`
}

// Help says what serve does with files and signals.
func (serveCmd) Help() string {
	return `Watches the inbox, takes in what scanners put there, works it into dossiers,
and shows it all at the address it prints. A folder inside the inbox is one
scanner or counter. A file leaves the inbox when it is complete; once it is
stored for good it lies in done/ for 30 days. What is not ready stays and is
shown with the reason.

While serve runs, sohoa process hands its files over to it, and the paper of
the counters goes first. Ctrl-C or SIGTERM stops cleanly: running pages are
finished, within 20 s; a second one stops at once. Nothing is lost either way.

Settings stand in sohoa.yaml in the archive's folder (key: value), over them
variables such as SOHOA_POLL, over those the flags. After a change of the
file, or SIGHUP, serve takes over what it can and says what wants a restart.

  sohoa serve --data /srv/sohoa --inbox /srv/scans`
}

// flags are the settings given on the command line.
func (s serveCmd) flags() map[string]any {
	given := map[string]any{}
	for key, value := range map[string]string{"listen": s.Listen, "inbox": s.Inbox, "log_format": s.LogFormat} {
		if value != "" {
			given[key] = value
		}
	}
	return given
}

// Run serves until a signal says stop.
func (s serveCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	c.flags = s.flags()
	asRead := stampOf(layout{root: c.Data}.config()) // before reading, so that no change is missed
	settings, err := c.config()
	if err != nil {
		return err
	}
	log := &daemonLog{level: &slog.LevelVar{}}
	log.Logger = newLog(con.err, settings.LogFormat, log.level)
	a, err := openPatiently(ctx, c, con, log.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.lockForWork(ctx); err != nil {
		return err
	}
	if err := c.requireParts(ctx); err != nil {
		return err
	}
	a.log = log.Logger
	d := newDaemon(c, a, settings, log)
	d.asRead = asRead
	defer d.kill()
	if err := d.startPeople(ctx); err != nil {
		return err
	}
	if err := d.startWorkers(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.pool.Close(), d.pictures.Close()) }()
	return d.run(ctx, con)
}

// openPatiently opens the archive, and waits for an object store or database
// that is away for now: after a power cut they may come up later than we do.
func openPatiently(ctx context.Context, c *cli, con console, log *slog.Logger) (*archive, error) {
	for {
		a, err := c.openOrMakeDemo(ctx, con)
		if err == nil || dossier.KindOf(err) != dossier.Retry {
			return a, err
		}
		log.WarnContext(ctx, "the archive cannot be opened yet; it is tried again", cause(err))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(firstPause):
		}
	}
}

// daemonLog is a log with a level that can be changed.
type daemonLog struct {
	*slog.Logger
	level *slog.LevelVar
}

// daemon is a running serve. Each of its goroutines is one method below run;
// what they share is either safe for concurrent use or atomic.
type daemon struct {
	cli     *cli
	archive *archive
	flow    *pipeline.Flow
	pool    *worker.Pool
	// pictures makes what the screen shows.
	pictures *worker.Pool
	log      *daemonLog
	metrics  *metrics
	hub      *hub
	// door is how people come in at the pages, provider the other way in, if
	// there is one, encryption how what they see travels.
	door       entrance
	provider   web.Provider
	encryption encryption
	begun      time.Time
	// slots is how many steps run at once: one more than there are
	// page-workers, so that opening and publishing go on while every one reads.
	slots int
	// pause is the first one after work has stopped; it doubles.
	pause time.Duration

	settings atomic.Pointer[config]
	asRead   stamp // of the settings file, when it was read
	watcher  atomic.Pointer[watch.Watcher]
	rewatch  chan struct{} // settings of the watcher changed
	disk     watch.Disk    // what the watcher works on
	// trouble is set while work has stopped for a reason somebody must mend.
	trouble atomic.Pointer[trouble]
	// logStuck is set while the log gets no numbers or no checkpoints.
	logStuck atomic.Pointer[trouble]
	// failing is set from a step that failed to the next that went well.
	failing atomic.Pointer[trouble]
	listing chan struct{} // holds one token while checksum lists are written

	// hard ends when running steps must not go on any longer.
	hard context.Context
	kill context.CancelFunc
}

// newDaemon wires a daemon over an archive whose lock is held. It can take
// paper in; to work on it, it needs workers.
func newDaemon(c *cli, a *archive, settings config, log *daemonLog) *daemon {
	d := &daemon{
		cli: c, archive: a, flow: a.flow(nil), log: log, hub: newHub(), begun: time.Now(), pause: firstPause, disk: watch.SystemDisk{},
		rewatch: make(chan struct{}, 1), listing: make(chan struct{}, 1),
	}
	d.adopt(settings)
	d.metrics = newMetrics(d)
	d.hard, d.kill = context.WithCancel(context.Background())
	return d
}

// startWorkers starts the page-workers. The caller closes both pools.
func (d *daemon) startWorkers() (err error) {
	scratch := d.archive.layout.scratch()
	pages, err := startReader(scratch, *d.settings.Load())
	if err != nil {
		return err
	}
	d.pool = pages.pool
	if d.pictures, err = startPictures(scratch); err != nil {
		return errors.Join(err, d.pool.Close())
	}
	d.flow = d.archive.flow(pages)
	d.slots = max(d.pool.Workers(), runtime.NumCPU()) + 1
	return nil
}

// newLog is the log of a daemon. Lines carry ids and counts; names of files
// and people never get here.
func newLog(w io.Writer, format string, level *slog.LevelVar) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// cause is an error as a log line carries it: without names of files, which are
// often names of people.
func cause(err error) slog.Attr {
	if err == nil {
		return slog.Attr{}
	}
	text := err.Error()
	for _, path := range pathsIn(err) {
		if path != "" {
			text = strings.ReplaceAll(text, path, "…")
		}
	}
	return slog.String("cause", text)
}

// reason is the stable code of an error.
func reason(err error) slog.Attr { return slog.String("reason", string(dossier.ReasonOf(err))) }

// pathsIn finds the paths that the errors of package os hold, in all branches.
func pathsIn(err error) []string {
	switch e := err.(type) { //nolint:errorlint // the chain is walked by hand, to see all of it
	case *fs.PathError:
		return []string{e.Path}
	case *os.LinkError:
		return []string{e.Old, e.New}
	case interface{ Unwrap() error }:
		return pathsIn(e.Unwrap())
	case interface{ Unwrap() []error }:
		var paths []string
		for _, branch := range e.Unwrap() {
			paths = append(paths, pathsIn(branch)...)
		}
		return paths
	default:
		return nil
	}
}

// adopt makes settings the current ones.
func (d *daemon) adopt(settings config) {
	var level slog.Level
	_ = level.UnmarshalText([]byte(settings.LogLevel)) // validate has checked it
	d.log.level.Set(level)
	d.settings.Store(&settings)
}

// run is the whole daemon: it opens both doors, starts everything, and returns
// when all of it has stopped. The end of ctx stops in two steps: nothing new is
// begun, running steps get a deadline; a second signal ends them at once.
func (d *daemon) run(ctx context.Context, con console) (err error) {
	pages, err := d.listenWeb(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = pages.Close() }() // the web server has closed it
	socket, err := listenSocket(ctx, d.archive.layout.socket())
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(d.archive.layout.socket()) }() // a stale one is harmless
	defer d.killOnSecondSignal()()

	running, all := errgroup.WithContext(ctx)
	running.Go(func() error { return d.work(all) })
	running.Go(func() error { return d.watch(all) })
	running.Go(func() error { return d.answerClients(all, socket) })
	running.Go(func() error { return d.show(all, pages) })
	running.Go(func() error { return d.keepHouse(all) })
	running.Go(func() error { return d.reload(all, d.asRead) })
	running.Go(func() error { return d.sequence(all) })
	d.log.InfoContext(ctx, "serving",
		slog.String("address", pages.Addr().String()), slog.Int("workers", d.pool.Workers()), slog.String("version", version))
	_, _ = io.WriteString(con.out, d.greeting(pages.Addr()))
	err = running.Wait()
	if listErr := d.sealAndList(d.hard); listErr != nil { //nolint:contextcheck // ctx has ended; hard is what holds after it
		d.log.WarnContext(ctx, "log not sealed or checksums not listed; the next start does", cause(listErr))
	}
	d.log.InfoContext(ctx, "stopped", cause(err))
	return err
}

// killOnSecondSignal ends running steps when a stop is asked for twice. The
// first signal ends the context of the program.
func (d *daemon) killOnSecondSignal() (release func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	released := make(chan struct{})
	go func() {
		for range 2 {
			select {
			case <-signals:
			case <-released:
				return
			}
		}
		d.kill()
	}()
	return func() { signal.Stop(signals); close(released) }
}

// Limits of the web server. Whoever sends or reads slowly holds a connection for
// so long and no longer; the event stream has limits of its own.
const (
	headerTime  = 10 * time.Second
	requestTime = 30 * time.Second // headers and body: a form is small
	// answerTime lets the largest PDF through a line of 256 kbit/s.
	answerTime  = 30 * time.Minute
	idleTime    = 2 * time.Minute
	headerBytes = 32 << 10
	// closeTime is how long requests may take to end at a stop.
	closeTime = 5 * time.Second
)

// show serves the web pages and what machines ask until ctx ends.
func (d *daemon) show(ctx context.Context, listener net.Listener) error {
	handler, err := d.handler()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes,
		// Event streams end with this context; Shutdown would wait for them.
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- d.encryption.serveOn(server, listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("web pages: %w", err)
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := server.Shutdown(closing); err != nil {
		_ = server.Close() // whoever still asks is cut off
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("web pages: %w", err)
	}
	return nil
}
