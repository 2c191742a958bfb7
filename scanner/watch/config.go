package watch

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Clock is the time a Watcher lives in.
type Clock interface {
	Now() time.Time
	// After yields once when d has passed, as [time.After] does.
	After(d time.Duration) <-chan time.Time
}

// Config says what to watch and with how much patience. Only the three folders
// are required; every zero value means its default.
type Config struct {
	// Inbox is the folder scanners write into. It may vanish and return.
	Inbox string
	// Claimed holds batches that are being filled or wait to be taken. It
	// should be on the same file system as Inbox, so that claiming is a
	// rename; a hidden folder inside the inbox is allowed for that.
	Claimed string
	// Done receives the folder of every taken batch. It must be on the file
	// system of Claimed.
	Done string

	// Poll is the time between two looks at the inbox. Defaults to 2 s.
	Poll time.Duration
	// Settle is how long size and mtime must rest before a file that has its
	// end is claimed. Defaults to 1 s, or two polls where they are shorter: a
	// clerk waits for the picture, and one who still writes is found out behind
	// the claim, for the file must lie in the batch as it was claimed.
	Settle time.Duration
	// SettlePages is the same for formats of many pages (PDF, TIFF), which some
	// scanners write anew after each sheet, each time with its end. Defaults to
	// two polls.
	SettlePages time.Duration
	// SettleUnknown is the same for files whose format is not known, so whose
	// end can't be looked for; they are then taken all the same, to be
	// rejected by name. Defaults to 30 s.
	SettleUnknown time.Duration
	// MaxBackoff limits how rarely a stalled file is looked at. Defaults to 30 s.
	MaxBackoff time.Duration

	// BatchIdle closes a batch when its folder has been still for so long.
	// Defaults to 30 s.
	BatchIdle time.Duration
	// BatchHold is how much longer a batch stays open for a file of its folder
	// that is there but not ready, so that a slow page is not parted from its
	// neighbours; counted from the file's last change. Defaults to 2 min.
	BatchHold time.Duration
	// BatchFiles closes a batch that holds so many files. Defaults to 1000.
	BatchFiles int
	// ClaimsPerPoll bounds the work between two snapshots; what is left over
	// is claimed by the next poll, which follows at once. Defaults to 200.
	ClaimsPerPoll int

	// PollOnly does without notices of the file system.
	PollOnly bool
	// Clock defaults to the system's.
	Clock Clock
	// Disk defaults to the system's.
	Disk Disk
}

// WithDefaults fills in what is zero.
func (c Config) WithDefaults() Config {
	orDuration(&c.Poll, 2*time.Second)
	orDuration(&c.Settle, min(time.Second, 2*c.Poll))
	orDuration(&c.SettlePages, max(c.Settle, 2*c.Poll))
	orDuration(&c.SettleUnknown, 30*time.Second)
	orDuration(&c.MaxBackoff, 30*time.Second)
	orDuration(&c.BatchIdle, 30*time.Second)
	orDuration(&c.BatchHold, 2*time.Minute)
	if c.BatchFiles == 0 {
		c.BatchFiles = 1000
	}
	if c.ClaimsPerPoll == 0 {
		c.ClaimsPerPoll = 200
	}
	if c.Clock == nil {
		c.Clock = systemClock{}
	}
	if c.Disk == nil {
		c.Disk = SystemDisk{}
	}
	return c
}

func orDuration(d *time.Duration, otherwise time.Duration) {
	if *d == 0 {
		*d = otherwise
	}
}

// Validate refuses what could not work or could lose a file.
func (c Config) Validate() error {
	for _, dir := range []struct{ name, path string }{{"inbox", c.Inbox}, {"claimed", c.Claimed}, {"done", c.Done}} {
		if dir.path == "" {
			return fmt.Errorf("watch: no %s folder given", dir.name)
		}
	}
	for _, d := range []time.Duration{c.Poll, c.Settle, c.SettlePages, c.SettleUnknown, c.MaxBackoff, c.BatchIdle, c.BatchHold} {
		if d <= 0 {
			return fmt.Errorf("watch: a duration of %v: must be positive", d)
		}
	}
	if c.BatchFiles < 1 || c.ClaimsPerPoll < 1 {
		return errors.New("watch: files per batch and claims per poll must be positive")
	}
	return c.validateFolders()
}

// validateFolders keeps the three apart: a claimed folder that is watched, too,
// would be claimed for ever.
func (c Config) validateFolders() error {
	for _, own := range []string{c.Claimed, c.Done} {
		if visibleBelow(c.Inbox, own) {
			return errors.New("watch: the claimed and done folders must lie outside the inbox, or in a hidden folder of it")
		}
		if visibleBelow(own, c.Inbox) {
			return errors.New("watch: the inbox must lie outside the claimed and done folders")
		}
	}
	if within(c.Claimed, c.Done) || within(c.Done, c.Claimed) {
		return errors.New("watch: the claimed and done folders must not lie in each other")
	}
	return nil
}

// visibleBelow tells whether dir is parent or below it, and not below a hidden
// folder of parent.
func visibleBelow(parent, dir string) bool {
	rel, err := filepath.Rel(realPath(parent), realPath(dir))
	return err == nil && isLocal(rel) && (rel == "." || !strings.HasPrefix(rel, "."))
}

func within(parent, dir string) bool {
	rel, err := filepath.Rel(realPath(parent), realPath(dir))
	return err == nil && isLocal(rel)
}

func isLocal(rel string) bool { return rel != ".." && !strings.HasPrefix(rel, "../") }

// realPath follows the links of as much of the path as exists, since folders
// are compared before they are made.
func realPath(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(realPath(parent), filepath.Base(path))
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
