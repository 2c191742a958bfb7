package watch

import (
	"strings"
	"time"
)

// resting tracks whether a file lies still. It counts by our own clock from
// the last change seen: the clock of the machine that writes mtime may be
// wrong by years.
type resting struct {
	id      identity
	changed time.Time
	looks   int // since the last change
	grew    bool
}

// observe books a look and tells whether the file changed since the last one.
// A new inode with the same size and mtime is no change here, because some
// shares make inode numbers up; at the claim it is.
func (r *resting) observe(id identity, now time.Time) (changed bool) {
	if r.looks > 0 && id.sameContent(r.id) {
		r.id = id
		r.looks++
		return false
	}
	r.grew = r.looks > 0
	r.id, r.changed, r.looks = id, now, 1
	return true
}

// still tells whether no look since the time d saw a change. It means something
// after a look only.
func (r *resting) still(d time.Duration, now time.Time) bool { return now.Sub(r.changed) >= d }

// entry is a name in a folder of the inbox, and what is known of the file that
// bears it now.
type entry struct {
	name   string
	rest   resting
	first  time.Time // when the name was first seen
	seen   uint64    // the round of the last listing that had it
	gone   time.Time // when it was missed first; zero while it is there
	reason Reason
	err    error

	ready bool          // lies still, may be looked into
	stays bool          // already stored or copied: not to be taken again
	next  time.Time     // not looked at before
	delay time.Duration // grows while nothing changes

	forced    bool // a person wants it taken as it is
	beforeKey bool // was there when the closing key was pressed
}

// wait books why the file is not taken and looks at it ever more rarely, from
// one poll to the longest backoff.
func (e *entry) wait(reason Reason, err error, cfg Config, now time.Time) {
	e.ready, e.reason, e.err = false, reason, err
	e.delay = min(max(cfg.Poll, 2*e.delay), cfg.MaxBackoff)
	e.next = now.Add(e.delay)
}

// mayCome tells whether the file is on its way and changed not long ago, so
// that its neighbours should wait for it.
func (e *entry) mayCome(hold time.Duration, now time.Time) bool {
	switch e.reason {
	case ReasonNotAFile, ReasonVanished, ReasonTakenStays:
		return false
	}
	return e.ready || !e.stays && e.rest.looks > 0 && now.Sub(e.rest.changed) < hold
}

// rests is how long it will be until the file, if nothing changes it, has lain
// still for one of the spans; false when it is waiting for something else.
func (e *entry) rests(spans []time.Duration, now time.Time) (time.Duration, bool) {
	if e.stays || !e.gone.IsZero() || e.rest.looks == 0 || now.Before(e.next) {
		return 0, false
	}
	for _, span := range spans {
		if left := e.rest.changed.Add(span).Sub(now); left > 0 {
			return left, true
		}
	}
	return 0, false
}

// isTemporary tells names that programs give to files they are still writing:
// hidden, or marked before or after.
func isTemporary(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") || strings.HasSuffix(name, "~") {
		return true
	}
	lower := strings.ToLower(name)
	for _, suffix := range []string{".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".uploading"} {
		if strings.HasSuffix(lower, suffix) {
			return true
		}
	}
	return false
}

// isLitter tells files that systems strew into every folder; nobody waits for
// them and nobody scanned them.
func isLitter(name string) bool {
	switch strings.ToLower(name) {
	case "thumbs.db", "desktop.ini", ".ds_store":
		return true
	}
	return strings.HasPrefix(name, "._")
}
