package watch

import (
	"slices"
	"strings"
	"time"
)

// Waiting is a file of the inbox that has not been taken yet, and why.
type Waiting struct {
	// Name is the file's, empty when the reason is about the whole device.
	Name   string
	Device string
	// Since is when it came, or when what the reason says began; For is the
	// time from then to the snapshot.
	Since  time.Time
	For    time.Duration
	Reason Reason
	// Err is the technical cause where there is one, without names of files.
	Err error
}

// Text is the sentence for a clerk, in "vi" or "en".
func (w Waiting) Text(lang string) string { return w.Reason.Text(lang, w.For) }

// Open is a batch that is being filled. Its files are already out of the
// scanner's reach and may be read, for thumbnails.
type Open struct {
	Batch
	// Last is when its last file came.
	Last time.Time
	// Closing is true between the closing key and the last file it waits for.
	Closing bool
}

// Offer is a closed batch that is not in Done yet.
type Offer struct {
	Batch
	Closed time.Time
	// Taking is true while Take runs.
	Taking bool
	// Taken is true when only its way to Done is still open.
	Taken bool
	// Attempts counts the failures so far, Err is the last, Retry when the
	// next try is due.
	Attempts int
	Err      error
	Retry    time.Time
}

// Snapshot is what a page shows. It is never changed after it was made.
type Snapshot struct {
	At time.Time
	// InboxGone says since when the inbox can't be listed; zero while it can.
	InboxGone time.Time
	InboxErr  error
	// HintErr tells why the file system gives no notices; the watcher then
	// lives on polls alone.
	HintErr error
	Waiting []Waiting // longest first
	Open    []Open    // by device
	Offers  []Offer   // in order of closing
}

// snapshot copies what is to be shown.
func (in *intake) snapshot() *Snapshot {
	now := in.cfg.Clock.Now()
	s := &Snapshot{At: now, InboxGone: in.gone, InboxErr: in.goneErr}
	s.Waiting = append(s.Waiting, in.lost...)
	for _, f := range in.inOrder() {
		s.Waiting = f.appendWaiting(s.Waiting, now)
		if b := f.open; b != nil && len(b.files) > 0 {
			s.Open = append(s.Open, Open{Batch: b.view(), Last: b.grown, Closing: f.closing})
			s.Waiting = b.appendUnsettled(s.Waiting)
		}
	}
	for _, b := range in.queue {
		s.Offers = append(s.Offers, Offer{
			Batch: b.view(), Closed: b.closed, Taking: b.taking, Taken: b.taken, Attempts: b.attempts, Err: b.err, Retry: b.retry,
		})
		s.Waiting = b.appendUnsettled(s.Waiting)
	}
	for i := range s.Waiting {
		s.Waiting[i].For = now.Sub(s.Waiting[i].Since)
	}
	slices.SortStableFunc(s.Waiting, func(a, b Waiting) int { return a.Since.Compare(b.Since) })
	return s
}

func (f *folder) appendWaiting(list []Waiting, now time.Time) []Waiting {
	if !f.unlisted.IsZero() {
		list = append(list, Waiting{Device: f.device, Since: f.unlisted, Reason: ReasonUnlisted, Err: f.err})
	}
	from := len(list)
	for _, e := range f.entries {
		if e.reason == "" || isTemporary(e.name) && !e.forced && now.Sub(e.first) < temporaryShown {
			continue
		}
		w := Waiting{Name: e.name, Device: f.device, Since: e.first, Reason: e.reason, Err: e.err}
		if !e.gone.IsZero() {
			w.Since = e.gone
		}
		list = append(list, w)
	}
	slices.SortFunc(list[from:], func(a, b Waiting) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// appendUnsettled lists claimed files that somebody still writes.
func (b *batch) appendUnsettled(list []Waiting) []Waiting {
	for _, f := range b.sorted() {
		if !f.rested {
			list = append(list, Waiting{Name: f.name, Device: b.device, Since: f.rest.changed, Reason: ReasonGrowing})
		}
	}
	return list
}
