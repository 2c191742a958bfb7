package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
)

// maxWatchers bounds the open event streams: each holds a connection.
const maxWatchers = 64

// The pace of the stream.
const (
	// quiet is how long events are gathered before the page hears of them: a
	// batch of five hundred files is not five hundred requests.
	quiet = 300 * time.Millisecond
	// heartbeat keeps the connection alive through proxies and shows a page
	// that the server has gone.
	heartbeat = 15 * time.Second
)

// events streams "change" whenever something changed, with the kinds of change
// as its data. The page then asks for what it shows; ids stay here.
func (s *site) events(w http.ResponseWriter, r *http.Request) error {
	select {
	case s.watchers <- struct{}{}:
		defer func() { <-s.watchers }()
	default:
		return ErrNotReady
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	// The first event makes a page that was cut off look again.
	if err := send(w, out, "change", "connected"); err != nil {
		return nil // the browser has gone: that is how every stream ends
	}
	s.relay(r, func(name, data string) error { return send(w, out, name, data) })
	return nil
}

// relay gathers events and sends them until the browser goes or the archive
// closes.
func (s *site) relay(r *http.Request, send func(name, data string) error) {
	changes := s.Events.Subscribe(r.Context())
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var gathered []string
	var due <-chan time.Time
	for {
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			if send("beat", "") != nil {
				return
			}
		case e, open := <-changes:
			if !open {
				return
			}
			gathered = gather(gathered, e)
			if due == nil {
				due = time.After(quiet)
			}
		case <-due:
			if send("change", strings.Join(gathered, " ")) != nil {
				return
			}
			gathered, due = nil, nil
		}
	}
}

// gather adds an event's kind once.
func gather(kinds []string, e dossier.Event) []string {
	if slices.Contains(kinds, string(e.Kind)) {
		return kinds
	}
	return append(kinds, string(e.Kind))
}

// sendLimit is how long a browser may be deaf before its stream ends.
const sendLimit = 10 * time.Second

func send(w http.ResponseWriter, out *http.ResponseController, name, data string) error {
	// Not every connection can have a deadline; without one the write ends when
	// the connection does.
	_ = out.SetWriteDeadline(time.Now().Add(sendLimit))
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data); err != nil {
		return err
	}
	return out.Flush()
}
