package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/decode"
)

// Opened is what opening a file tells.
type Opened struct {
	Format string         `json:"format"`
	Images int            `json:"images"`
	Flags  []dossier.Flag `json:"flags,omitempty"`
}

// Task is one image to read. File is the name that people know the file by;
// Index counts from 1. Profile is how it is read, where that is not the pool's.
// Ways says how its pages lie; empty asks the image itself.
type Task struct {
	Path    string
	File    string
	Index   int
	Profile *ocr.Profile
	Ways    []dossier.WayUp
}

// ErrClosed is what calls of a closed pool return.
var ErrClosed = errors.New("page worker pool is closed")

// startTime is how long a child may take to load its models: they are read from
// disk, which may be cold and busy.
const startTime = 60 * time.Second

// retireTime is how long an idle child may take to end.
const retireTime = 2 * time.Second

// Pool runs calls on a fixed number of children. Its methods may be called from
// any number of goroutines; each waits for a free child.
type Pool struct {
	cfg     Config
	scratch string
	slots   chan *slot // the idle ones; all of them when nothing runs
	life    context.Context
	end     context.CancelCauseFunc
	once    sync.Once
	closing error
}

// slot is a place for a child; empty until first used and after each death.
type slot struct{ child *child }

// NewPool starts one child, to know at once whether program and models are
// there, and the others when they are needed.
func NewPool(cfg Config) (*Pool, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp(cfg.Scratch, "pages-")
	if err == nil {
		// The programs that children run have working folders of their own.
		scratch, err = filepath.Abs(scratch)
	}
	if err != nil {
		return nil, fmt.Errorf("page worker scratch: %w", err)
	}
	p := &Pool{cfg: cfg, scratch: scratch, slots: make(chan *slot, cfg.Workers)}
	p.life, p.end = context.WithCancelCause(context.Background())
	first := &slot{}
	p.slots <- first
	for range cfg.Workers - 1 {
		p.slots <- &slot{}
	}
	if err := p.fill(p.life, first); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Workers is the number of children.
func (p *Pool) Workers() int { return p.cfg.Workers }

// Close ends all children and removes the scratch folder. Calls that still run
// return [ErrClosed]. Closing twice is harmless.
func (p *Pool) Close() error {
	p.once.Do(func() {
		p.end(ErrClosed)
		for range p.cfg.Workers {
			if s := <-p.slots; s.child != nil {
				s.child.retire(retireTime)
			}
		}
		p.closing = os.RemoveAll(p.scratch)
	})
	return p.closing
}

// Open counts the images of a file and refuses what cannot be opened.
func (p *Pool) Open(ctx context.Context, path string) (Opened, error) {
	var opened Opened
	err := p.ask(ctx, question{Op: opOpen, Path: path}, func(a answer) error {
		if err := checkOpened(a.Opened); err != nil {
			return err
		}
		opened = *a.Opened
		return nil
	})
	if f, ok := errors.AsType[*dossier.Fault](err); ok && f.Kind == dossier.Park {
		rejected := *f
		rejected.Kind = dossier.Reject
		err = &rejected
	}
	return opened, err
}

// Read reads one image: one Reading for each page on it.
func (p *Pool) Read(ctx context.Context, t Task) ([]dossier.Reading, error) {
	readings, _, err := p.ReadTimed(ctx, t)
	return readings, err
}

// ReadTimed is Read that also tells what each step cost.
func (p *Pool) ReadTimed(ctx context.Context, t Task) ([]dossier.Reading, []ocr.Stage, error) {
	var readings []dossier.Reading
	var stages []ocr.Stage
	profile := t.Profile
	if profile == nil {
		profile = &p.cfg.Profile
	}
	err := p.ask(ctx, question{Op: opRead, Path: t.Path, File: t.File, Index: t.Index, Profile: profile, Ways: t.Ways}, func(a answer) error {
		readings, stages = a.Readings, a.Stages
		return errors.Join(checkReadings(readings, t), checkStages(stages))
	})
	if err != nil {
		return nil, nil, err
	}
	return readings, stages, nil
}

// Extract gives the compressed picture of one image for publishing. The stream
// reads from the input itself where its bytes can be used as they are, else
// from a scratch file, which release removes; release must be called when the
// stream is not needed any more, and is never nil. With a cut the stream holds
// that half of a spread and nothing of the other.
func (p *Pool) Extract(ctx context.Context, path string, index int, cut *dossier.Cut) (dossier.ImageStream, func(), error) {
	out := filepath.Join(p.scratch, "stream-"+dossier.NewID())
	release := func() { _ = os.Remove(out) } // gone already when the stream is of the input itself
	var extracted dossier.ImageStream
	err := p.ask(ctx, question{Op: opExtract, Path: path, Index: index, Out: out, Cut: cut}, func(a answer) error {
		if a.Stream == nil {
			return fmt.Errorf("%w: no stream", errFrame)
		}
		from := out
		if a.Stream.Ranges != nil {
			from = path
		}
		var err error
		extracted, err = toImageStream(a.Stream, from)
		return err
	})
	if err != nil {
		release()
		return dossier.ImageStream{}, func() {}, err
	}
	return extracted, release, nil
}

// Preview gives one image as JPEG for the screen, turned and sized as view says.
func (p *Pool) Preview(ctx context.Context, path string, index int, view ocr.View) ([]byte, error) {
	var jpeg []byte
	err := p.ask(ctx, question{Op: opPreview, Path: path, Index: index, View: &view}, func(a answer) error {
		if !bytes.HasPrefix(a.JPEG, []byte("\xff\xd8")) {
			return fmt.Errorf("%w: no preview", errFrame)
		}
		jpeg = a.JPEG
		return nil
	})
	return jpeg, err
}

// toImageStream checks a child's stream against the file that holds its bytes.
func toImageStream(s *stream, path string) (dossier.ImageStream, error) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return dossier.ImageStream{}, fmt.Errorf("%w: stream without a file", errFrame)
	}
	size, err := checkStream(s, info.Size())
	if err != nil {
		return dossier.ImageStream{}, err
	}
	ranges := s.Ranges
	if ranges == nil {
		ranges = []decode.Range{{Offset: 0, Length: size}}
	}
	return dossier.ImageStream{
		Width: s.Width, Height: s.Height, X: s.X, Y: s.Y, BitsPerComponent: s.BitsPerComponent, Components: s.Components,
		Filter: s.Filter, DecodeParms: s.DecodeParms, Inverted: s.Inverted, Globals: s.Globals,
		Size: size, Open: func() (io.ReadCloser, error) { return openRanges(path, ranges) },
	}, nil
}

// rangeReader reads pieces of a file one after the other.
type rangeReader struct {
	io.Reader
	file *os.File
}

// Close closes the file.
func (r *rangeReader) Close() error { return r.file.Close() }

func openRanges(path string, ranges []decode.Range) (io.ReadCloser, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	parts := make([]io.Reader, len(ranges))
	for i, r := range ranges {
		parts[i] = io.NewSectionReader(file, r.Offset, r.Length)
	}
	return &rangeReader{io.MultiReader(parts...), file}, nil
}

// ask runs one question on a free child. take gets the answer and may refuse
// it, which counts as a crash: the child is not trusted any further.
func (p *Pool) ask(ctx context.Context, q question, take func(answer) error) error {
	path, err := filepath.Abs(q.Path)
	if err != nil {
		return stopped(err)
	}
	q.Path = path
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(p.life, func() { cancel(ErrClosed) }) //nolint:contextcheck // joins the pool's life to the caller's
	defer stop()
	s, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer func() { p.slots <- s }()
	if err := p.fill(ctx, s); err != nil {
		return err
	}
	a, err := s.child.call(ctx, q, limits{p.cfg.MemoryLimit, p.cfg.PageTimeout})
	if err == nil && a.Fault != nil {
		err = toFault(*a.Fault)
		p.tidy(s)
		return err
	}
	if err == nil {
		err = take(a)
	}
	if err != nil {
		p.discard(s)
		return asCrash(err)
	}
	p.tidy(s)
	return nil
}

// asCrash gives an answer against the protocol its reason.
func asCrash(err error) error {
	if errors.Is(err, errFrame) && dossier.ReasonOf(err) == dossier.ReasonUnknown {
		return faultOf(dossier.ReasonCrash, err)
	}
	return err
}

func (p *Pool) acquire(ctx context.Context) (*slot, error) {
	if p.life.Err() != nil {
		return nil, ErrClosed
	}
	select {
	case s := <-p.slots:
		return s, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// fill makes sure that the slot has a child that is alive and greeted. A child
// that died while idle costs nobody's page.
func (p *Pool) fill(ctx context.Context, s *slot) error {
	if s.child != nil && s.child.alive() {
		return nil
	}
	p.discard(s)
	scratch, err := os.MkdirTemp(p.scratch, "child-")
	if err != nil {
		return stopped(err)
	}
	c, err := startChild(p.cfg, scratch)
	if err != nil {
		return stopped(errors.Join(err, os.RemoveAll(scratch)))
	}
	s.child, c.scratch = c, scratch
	a, err := c.call(ctx, question{Op: opHello, Hello: p.settings(scratch)}, limits{p.cfg.MemoryLimit, startTime})
	if err == nil && a.Fault != nil {
		err = toFault(*a.Fault)
	}
	if err != nil {
		p.discard(s)
		return stopped(err)
	}
	return nil
}

// stopped is the fault for a worker that cannot be started: no page can be
// read until that is mended. The end of the caller's context is no fault.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrClosed) {
		return err
	}
	return &dossier.Fault{Kind: dossier.Stop, Op: "start page worker", Reason: dossier.ReasonUnknown, Err: err}
}

// settings tell a child its share: pictures may ask for what is left of the
// limit beside the models, the Go heap and the watchdog's margin.
func (p *Pool) settings(scratch string) *settings {
	limit := p.cfg.MemoryLimit
	return &settings{
		Memory:    limit * 5 / 8,
		HeapLimit: limit / 2,
		Scratch:   scratch, Profile: p.cfg.Profile,
		PicturesOnly: p.cfg.PicturesOnly,
	}
}

// tidy replaces a child that has served its time, or that keeps more memory
// than the next page could be given.
func (p *Pool) tidy(s *slot) {
	s.child.served++
	if s.child.served >= p.cfg.PagesPerChild || residentMemory(s.child.pid) > p.cfg.MemoryLimit/2 {
		s.child.retire(retireTime)
		p.discard(s)
	}
}

// discard empties a slot and removes what its child left on disk; what cannot
// be removed now goes with the pool's folder.
func (p *Pool) discard(s *slot) {
	if s.child == nil {
		return
	}
	s.child.kill()
	_ = os.RemoveAll(s.child.scratch)
	s.child = nil
}
