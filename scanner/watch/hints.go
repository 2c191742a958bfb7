package watch

import (
	"fmt"
	"maps"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// hints listens for notices of the file system and pokes the watcher for every
// one of them. It knows nothing of what they say: notices get lost, come twice,
// and never come from the other side of a share, so a poll has to find out all
// the same.
type hints struct {
	notify *fsnotify.Watcher // nil without notices
	done   chan struct{}
}

// startHints begins to listen, unless the configuration or the system won't
// have it; the watcher then polls, and says so in its snapshots.
func (w *Watcher) startHints() *hints {
	if w.cfg.PollOnly {
		return &hints{}
	}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		w.hintErr = fmt.Errorf("notices of the file system: %w", err)
		return &hints{}
	}
	h := &hints{notify: notify, done: make(chan struct{})}
	go h.forward(w.Poke)
	return h
}

func (h *hints) forward(poke func()) {
	defer close(h.done)
	for {
		select {
		case _, ok := <-h.notify.Events:
			if !ok {
				return
			}
		case _, ok := <-h.notify.Errors: // an overflow: something happened
			if !ok {
				return
			}
		}
		poke()
	}
}

// watch listens to the folders there are now. A folder that was replaced, as
// by mounting a share again, has lost its watch, so every poll adds all of
// them; adding what is watched already changes nothing. A folder that can't be
// watched is polled like all others.
func (h *hints) watch(in *intake) {
	if h.notify == nil || !in.gone.IsZero() {
		return
	}
	for _, path := range slices.Sorted(maps.Keys(in.folders)) {
		_ = h.notify.Add(in.inboxPath(in.folders[path], ""))
	}
}

// stop ends the listening and waits for its goroutine.
func (h *hints) stop() {
	if h.notify == nil {
		return
	}
	_ = h.notify.Close() // nothing of it is needed any more
	<-h.done
}
