package watch

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Take stores a batch: when it returns nil, the raw bytes of every file and
// the rows that name them are durable. It may read the files under Batch.Dir
// and must leave them there.
//
// Take is called for one batch at a time. After an error, and after a crash,
// the same batch is offered again: the same id always comes with the same
// files and bytes, so taking it twice must have the effect of once. A batch
// that had to be changed comes under a new id and may repeat files of an
// earlier offer.
type Take func(ctx context.Context, b Batch) error

// Watcher watches an inbox. Its methods may be called from any goroutine.
type Watcher struct {
	cfg      Config
	ops      ops
	take     Take
	poke     chan struct{}
	commands chan command
	changed  chan struct{}
	shown    atomic.Pointer[Snapshot]
	hintErr  error // owned by Run
}

// command is a wish of another goroutine, done by the one that owns the state.
type command struct {
	do   func(*intake)
	done chan struct{}
}

// answer is what Take said about a batch.
type answer struct {
	batch *batch
	err   error
}

// minGap is the shortest time from one poll to one that a notice asked for: a
// scanner that writes sends hundreds a second.
const minGap = 200 * time.Millisecond

// New checks the configuration. Nothing is touched before [Watcher.Run].
func New(cfg Config, take Take) (*Watcher, error) {
	if take == nil {
		return nil, errors.New("watch: no function that takes batches")
	}
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	w := &Watcher{
		cfg: cfg, ops: opsOn(cfg.Disk), take: take,
		poke: make(chan struct{}, 1), commands: make(chan command), changed: make(chan struct{}, 1),
	}
	w.shown.Store(&Snapshot{})
	return w, nil
}

// Run watches until ctx ends, and then waits for a Take that is under way,
// whose context ends with it (one that must go on takes
// [context.WithoutCancel]). It returns nil after that, and an error only when
// it can't start: the claimed or done folder can't be used. Run may be called
// once.
//
// All state is in the goroutine of this call. It has up to two others, which
// it waits for: one in Take, one that listens for notices.
func (w *Watcher) Run(ctx context.Context) error {
	in := newIntake(w.cfg, w.ops)
	if err := in.start(); err != nil {
		return err
	}
	hints := w.startHints()
	defer hints.stop()
	answers := make(chan answer, 1)
	for taking := false; ; {
		more := in.poll()
		hints.watch(in)
		if !taking {
			taking = w.offer(ctx, in.next(), answers)
		}
		w.publish(in)
		taking = w.wait(ctx, in, answers, waiting{pause: in.pause(more), taking: taking})
		if ctx.Err() != nil {
			return w.stop(in, answers, taking)
		}
	}
}

// stop waits for the batch that is being taken.
func (w *Watcher) stop(in *intake, answers <-chan answer, taking bool) error {
	if taking {
		a := <-answers
		in.answer(a.batch, a.err)
	}
	w.publish(in)
	return nil
}

// offer has a batch taken beside the polls; false when there is none.
func (w *Watcher) offer(ctx context.Context, b *batch, answers chan<- answer) (taking bool) {
	if b == nil {
		return false
	}
	view := b.view() // here, where b belongs to us
	go func() { answers <- answer{batch: b, err: w.take(ctx, view)} }()
	return true
}

// waiting is what decides how long to wait for the next poll.
type waiting struct {
	pause  time.Duration
	taking bool
}

// wait returns when it is time for the next poll, after it did what was asked
// meanwhile, and tells whether a batch is still being taken.
func (w *Watcher) wait(ctx context.Context, in *intake, answers <-chan answer, now waiting) (taking bool) {
	polled := w.cfg.Clock.Now()
	timer, poke := w.cfg.Clock.After(now.pause), w.poke
	for {
		select {
		case <-ctx.Done():
			return now.taking
		case a := <-answers:
			in.answer(a.batch, a.err)
			return false
		case c := <-w.commands:
			c.do(in)
			close(c.done)
			return now.taking
		case <-poke:
			poke = nil // one is enough; those that follow wait in the channel
			timer = w.cfg.Clock.After(max(0, minGap-w.cfg.Clock.Now().Sub(polled)))
		case <-timer:
			return now.taking
		}
	}
}

func (w *Watcher) publish(in *intake) {
	s := in.snapshot()
	s.HintErr = w.hintErr
	w.shown.Store(s)
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// Snapshot is the state after the last poll.
func (w *Watcher) Snapshot() Snapshot { return *w.shown.Load() }

// Changed yields after polls, one signal for all since the last receive. It is
// meant for one receiver.
func (w *Watcher) Changed() <-chan struct{} { return w.changed }

// Poke asks for a poll soon: somebody knows that a file has come.
func (w *Watcher) Poke() {
	select {
	case w.poke <- struct{}{}:
	default:
	}
}

// CloseBatch is the closing key of a device: all that lies in its folder now
// belongs to its batch, which closes when the last of it has come to rest;
// what comes later begins a new one. It returns when the key is booked, and
// waits for Run until ctx ends.
func (w *Watcher) CloseBatch(ctx context.Context, device string) error {
	return w.command(ctx, func(in *intake) {
		in.poll() // so that a file from just before the key is known
		in.pressClosingKey(device)
	})
}

// ErrNotWaiting means that no file of that name waits in the device's folder.
var ErrNotWaiting = errors.New("watch: no such file is waiting")

// TakeAnyway takes a file although its end is missing or its name is a
// temporary one, once it lies still: somebody looked and knows that no more
// will come. It returns ErrNotWaiting when there is no such file.
func (w *Watcher) TakeAnyway(ctx context.Context, device, name string) error {
	found := false
	err := w.command(ctx, func(in *intake) { found = in.takeAnyway(device, name) })
	if err == nil && !found {
		return ErrNotWaiting
	}
	return err
}

// command has the owner of the state do something and waits until it is done.
func (w *Watcher) command(ctx context.Context, do func(*intake)) error {
	c := command{do: do, done: make(chan struct{})}
	select {
	case w.commands <- c:
		<-c.done // short: no command waits for anything but the disk
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
