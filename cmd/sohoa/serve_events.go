package main

import (
	"context"
	"sync"

	"sohoa/dossier"
)

// hub tells listeners that something changed. An event is only a hint: a
// listener that is slow misses some and loses nothing but time.
type hub struct {
	mu        sync.Mutex
	listeners map[chan dossier.Event]struct{}
}

func newHub() *hub { return &hub{listeners: make(map[chan dossier.Event]struct{})} }

// heardLate is how many events wait for a slow listener.
const heardLate = 64

// Subscribe listens until ctx ends; the channel is closed then.
func (h *hub) Subscribe(ctx context.Context) <-chan dossier.Event {
	events := make(chan dossier.Event, heardLate)
	h.mu.Lock()
	h.listeners[events] = struct{}{}
	h.mu.Unlock()
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.listeners, events)
		close(events) // nobody else sends: publish holds the lock
	})
	return events
}

func (h *hub) publish(e dossier.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for listener := range h.listeners {
		select {
		case listener <- e:
		default:
		}
	}
}
