package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sohoa/dossier"
)

// The socket in the archive's folder is how `sohoa process` and `sohoa sign`
// hand their work to a running serve, and how `sohoa doctor` asks how it is. One
// connection is one batch, one go of signing, or one question: the client sends one handover, serve answers with a reply for every
// step and ends with an outcome or a failure. Both are JSON, one value a line.
// What is claimed or asked for stays so: a client that goes away only stops
// listening.

// socketVersion is the form of the conversation; it changes when either side
// could misunderstand the other.
const socketVersion = 3

// handover is what a client asks for: these files as one batch, in this order,
// papers to be signed, a dossier to be closed or opened, or whether serve is
// ready.
type handover struct {
	Version int            `json:"version"`
	Files   []handoverFile `json:"files,omitempty"`
	Backs   *dossier.Backs `json:"backs,omitempty"` // of the files
	Sign    *signAsk       `json:"sign,omitempty"`
	Settle  *settleAsk     `json:"settle,omitempty"`
	Ready   bool           `json:"ready,omitempty"`
}

// handoverFile is one file: its absolute path and the name people know it by.
type handoverFile struct {
	Name  string          `json:"name"`
	Path  string          `json:"path"`
	Filed *dossier.Filing `json:"filed,omitempty"`
}

// reply is one line of the answer. Exactly one of Outcome, Signed, Settled, Ready
// and Failure ends the conversation.
type reply struct {
	// Batch tells that everything is durable under this id.
	Batch dossier.BatchID `json:"batch,omitempty"`
	// Asked tells that all signatures are asked for, durably.
	Asked bool `json:"asked,omitempty"`
	// Read of Images are done; for signing, papers.
	Read    int          `json:"read,omitempty"`
	Images  int          `json:"images,omitempty"`
	Outcome *outcome     `json:"outcome,omitempty"`
	Signed  *signOutcome `json:"signed,omitempty"`
	Settled *settled     `json:"settled,omitempty"`
	// Ready is what serve needs to take paper in and to work on it.
	Ready   []condition `json:"ready,omitempty"`
	Failure *failure    `json:"failure,omitempty"`
}

// failure is an error as it crosses the socket.
type failure struct {
	Text string `json:"text"`
	Hint string `json:"hint,omitempty"`
	Code int    `json:"exit_code"`
}

func newFailure(err error) *failure {
	exit := classifyExit(err)
	return &failure{Text: exit.Error(), Hint: exit.hint, Code: exit.code}
}

// err is the failure as the command that asked returns it.
func (f failure) err() error {
	return &exitError{code: f.Code, hint: f.Hint, err: errors.New(f.Text)}
}

// maxSocketPath is what fits into a socket's address.
const maxSocketPath = 100

// socketAddress names the socket in a folder of any depth. The name is good
// until release.
func socketAddress(path string) (address string, release func(), err error) {
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), func() { _ = dir.Close() }, nil
}

// listenSocket opens the socket for this account only. Only the owner of the
// process lock may call it: a socket that is there was left by a process that
// is gone.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	address, release, err := socketAddress(path)
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	defer release()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", address)
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("open socket: %w", err), listener.Close())
	}
	return listener, nil
}

// errNoServe says that no serve works on the archive.
var errNoServe = errors.New("no serve is running")

// dialServe connects to a running serve, or gives errNoServe.
func dialServe(ctx context.Context, path string) (net.Conn, error) {
	address, release, err := socketAddress(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoServe
	}
	if err != nil {
		return nil, fmt.Errorf("connect to serve: %w", err)
	}
	defer release()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", address)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, errNoServe
	}
	if err != nil {
		return nil, fmt.Errorf("connect to serve: %w", err)
	}
	return conn, nil
}

// handOver gives the work to the serve behind conn and waits for the end of it,
// telling progress on the way.
func handOver(ctx context.Context, conn net.Conn, request handover, told func(reply)) (reply, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends the read below
	defer stop()
	defer func() { _ = conn.Close() }() // everything that matters was read
	var begun reply
	if err := json.NewEncoder(conn).Encode(request); err != nil {
		return reply{}, brokenOff(ctx, begun, err)
	}
	for decoder := json.NewDecoder(conn); ; {
		var r reply
		if err := decoder.Decode(&r); err != nil {
			return reply{}, brokenOff(ctx, begun, err)
		}
		switch {
		case r.Failure != nil:
			return reply{}, r.Failure.err()
		case r.Outcome != nil, r.Signed != nil, r.Settled != nil, r.Ready != nil:
			return r, nil
		case r.Batch != "", r.Asked:
			begun = r
		}
		told(r)
	}
}

func newHandover(files []input) (handover, error) {
	h := handover{Version: socketVersion}
	for _, file := range files {
		path, err := filepath.Abs(file.path)
		if err != nil {
			return h, fmt.Errorf("hand files over: %w", err)
		}
		h.Files = append(h.Files, handoverFile{Name: file.name, Path: path, Filed: file.filed})
	}
	return h, nil
}

// brokenOff is the error of a conversation that ended too early, with what
// became of the work.
func brokenOff(ctx context.Context, begun reply, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if begun.Asked {
		return &exitError{code: exitOther, err: fmt.Errorf("serve went away before everything was signed: %w", err),
			hint: "The signatures are asked for, and are made when serve runs again.\nRun the same command again to see the outcome."}
	}
	if begun.Batch != "" {
		return &exitError{code: exitOther, err: fmt.Errorf("serve went away before batch %s was finished: %w", begun.Batch, err),
			hint: "Nothing is lost: the files are taken in, and work on them goes on when serve runs again.\nRun the same command again to see the outcome."}
	}
	return &exitError{code: exitOther, err: fmt.Errorf("serve went away before it took the work over: %w", err),
		hint: "Nothing is lost and nothing was changed. Run the same command again."}
}

// Limits of the conversation on serve's side.
const (
	// maxHandover bounds a request: a hundred thousand paths fit.
	maxHandover = 64 << 20
	// askTime is how long a client may take to say what it wants.
	askTime = 10 * time.Second
	// maxClients bounds the batches that are waited for at the same time.
	maxClients = 16
)

// receiveHandover reads and checks what a client asks for.
func receiveHandover(conn net.Conn) (handover, error) {
	var h handover
	if err := conn.SetReadDeadline(time.Now().Add(askTime)); err != nil {
		return h, err
	}
	if err := json.NewDecoder(io.LimitReader(conn, maxHandover)).Decode(&h); err != nil {
		return h, fmt.Errorf("read request: %w", err)
	}
	if h.Version != socketVersion {
		return h, usage("Use the same version of sohoa for both.", "the running serve speaks version %d of the socket, this program version %d", socketVersion, h.Version)
	}
	if len(h.Files) == 0 && h.Sign == nil && h.Settle == nil && !h.Ready {
		return h, usage("Give at least one scan.", "no files to process")
	}
	for _, file := range h.Files {
		if !filepath.IsAbs(file.Path) {
			return h, usage("Give absolute paths.", "a path is not absolute")
		}
	}
	return h, conn.SetReadDeadline(time.Time{})
}
