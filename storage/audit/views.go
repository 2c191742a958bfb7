package audit

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// Who looks at a record waits until that is durably in the log. To keep pages
// fast, all who wait at one moment share a transaction: while one commits, the
// next gathers. Nobody lingers for company, so a lone view costs one commit.

const (
	// viewsTogether bounds how many views one transaction writes, so that it
	// stays far below 100 ms.
	viewsTogether = 64
	// sameView is how long looking again at the same thing is the same view: a
	// strip of thumbnails is one view of its batch, the ranges in which a reader
	// fetches a PDF are one download.
	sameView = time.Minute
	// rememberedViews bounds the views remembered for that.
	rememberedViews = 8192
	// viewTime is how long a busy database may keep a page waiting.
	viewTime = 10 * time.Second
)

// view is an event with what makes it the same as another.
type view struct {
	event
	same string
}

// looker waits for its views to be durable.
type looker struct {
	views []view
	done  chan error
}

// views gathers views and writes them. It is safe for concurrent use.
type views struct {
	write func(ctx context.Context, views []view) error

	mu      sync.Mutex
	waiting []looker
	writing bool
	// seen is when a view that is durable was made.
	seen    map[string]time.Time
	running sync.WaitGroup
}

// newView gives a deed its row. Words are kept as a digest only.
func newView(act dossier.Act, deed dossier.Deed, key *Key) (view, error) {
	if deed.Words != "" {
		if key == nil {
			return view{}, ErrNoKey
		}
		payload := maps.Clone(deed.Payload)
		if payload == nil {
			payload = map[string]any{}
		}
		payload["words"] = key.digest(deed.Words)
		deed.Payload = payload
	}
	e, err := newEvent(act, deed)
	if err != nil {
		return view{}, err
	}
	same := strings.Join([]string{string(e.row.Unit), e.row.Actor, string(e.row.Role), e.row.Action, e.row.Subject, e.payload.Payload}, "\x00")
	return view{event: e, same: same}, nil
}

// add returns when the views are durable, or says why they are not.
func (v *views) add(ctx context.Context, fresh []view) error {
	mine := looker{done: make(chan error, 1)}
	v.mu.Lock()
	for _, one := range fresh {
		if at, ok := v.seen[one.same]; !ok || one.row.At.Sub(at) >= sameView {
			mine.views = append(mine.views, one)
		}
	}
	if len(mine.views) == 0 {
		v.mu.Unlock()
		return nil
	}
	v.waiting = append(v.waiting, mine)
	if !v.writing {
		v.writing = true
		v.running.Add(1)
		go v.writeAll(context.WithoutCancel(ctx)) // others wait for it, too
	}
	v.mu.Unlock()
	select {
	case err := <-mine.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// writeAll writes whatever waits until nothing does.
func (v *views) writeAll(ctx context.Context) {
	defer v.running.Done()
	for {
		lookers, batch := v.take()
		if len(lookers) == 0 {
			return
		}
		limited, cancel := context.WithTimeout(ctx, viewTime)
		err := v.write(limited, batch)
		cancel()
		if err == nil {
			v.remember(batch)
		}
		for _, l := range lookers {
			l.done <- err
		}
	}
}

// take gives those who wait, as many as one transaction holds, and their views
// without repetition. When nobody waits, the writer ends.
func (v *views) take() (lookers []looker, batch []view) {
	v.mu.Lock()
	defer v.mu.Unlock()
	taken := make(map[string]bool)
	for len(v.waiting) > 0 && (len(batch) == 0 || len(batch)+len(v.waiting[0].views) <= viewsTogether) {
		for _, one := range v.waiting[0].views {
			if !taken[one.same] {
				taken[one.same] = true
				batch = append(batch, one)
			}
		}
		lookers = append(lookers, v.waiting[0])
		v.waiting = v.waiting[1:]
	}
	v.writing = len(lookers) > 0
	return lookers, batch
}

func (v *views) remember(batch []view) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, one := range batch {
		v.seen[one.same] = one.row.At
	}
	if len(v.seen) <= rememberedViews {
		return
	}
	now := batch[len(batch)-1].row.At
	maps.DeleteFunc(v.seen, func(_ string, at time.Time) bool { return now.Sub(at) >= sameView })
	if len(v.seen) > rememberedViews {
		clear(v.seen) // then the same view is written twice, which is no harm
	}
}

// Viewed records that somebody looked, and returns when that is durable. What
// was looked at may be shown only after it returned without error. Looking at
// the same thing again within a minute is the same view.
func (l *Log) Viewed(ctx context.Context, act dossier.Act, deeds ...dossier.Deed) error {
	fresh := make([]view, 0, len(deeds))
	for _, deed := range deeds {
		one, err := newView(act, deed, l.key)
		if err != nil {
			return fmt.Errorf("record view: %w", err)
		}
		fresh = append(fresh, one)
	}
	if err := l.views.add(ctx, fresh); err != nil {
		return fmt.Errorf("record view: %w", err)
	}
	return nil
}

// writeViews is one transaction for everybody who waits.
func (l *Log) writeViews(ctx context.Context, batch []view) error {
	return l.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, one := range batch {
			if err := one.insert(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}
