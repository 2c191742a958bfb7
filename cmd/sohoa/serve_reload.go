package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// reloadPoll is how often the settings file is looked at. Notices of the file
// system are not used: editors replace files in too many ways, and a second or
// two is soon enough.
const reloadPoll = 2 * time.Second

// reload takes changed settings over, on SIGHUP or when the file has changed,
// until ctx ends; seen is the file as the daemon began with it. Settings that
// cannot be used change nothing: the daemon goes on with those it has, and says
// so.
func (d *daemon) reload(ctx context.Context, seen stamp) error {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	defer signal.Stop(asked)
	tick := time.NewTicker(reloadPoll)
	defer tick.Stop()
	path := d.archive.layout.config()
	for {
		by := "file"
		select {
		case <-ctx.Done():
			return nil
		case <-asked:
			by = "signal"
		case <-tick.C:
			if stampOf(path) == seen {
				continue
			}
		}
		seen = stampOf(path)
		d.reloadOnce(ctx, by)
	}
}

// stamp is what a changed file differs in.
type stamp struct {
	size  int64
	mtime time.Time
}

// stampOf is that of a file; the zero stamp when there is none.
func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{size: info.Size(), mtime: info.ModTime()}
}

// reloadOnce reads the settings because a signal or the changed file says so.
func (d *daemon) reloadOnce(ctx context.Context, by string) {
	if d.encryption.reload != nil {
		d.encryption.reload()
	}
	next, err := d.cli.config()
	if err != nil {
		d.log.ErrorContext(ctx, "new settings cannot be used; the old ones stay", cause(err))
		return
	}
	before := *d.settings.Load()
	merged, restart := before.reloaded(next)
	d.adopt(merged)
	if merged.watchConfig(d.archive.layout) != before.watchConfig(d.archive.layout) {
		select {
		case d.rewatch <- struct{}{}:
		default: // a restart of the watcher is due already
		}
	}
	slices.Sort(restart)
	d.log.InfoContext(ctx, "settings read again", slog.String("by", by), slog.Any("need_restart", restart))
}
