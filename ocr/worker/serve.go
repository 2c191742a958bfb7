package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/decode"
)

// The pipes a child inherits.
const (
	questionsFD = 3
	answersFD   = 4
)

// ServeInherited is [Serve] on the pipes that a pool gives its children: the
// whole of the hidden command's main.
func ServeInherited(ctx context.Context) error {
	questions, answers := os.NewFile(questionsFD, "questions"), os.NewFile(answersFD, "answers")
	if questions == nil || answers == nil {
		return errors.New("page worker: not started by a pool")
	}
	return Serve(ctx, questions, answers)
}

// Serve answers questions until in ends. It returns at once when in ends or ctx
// is done, even when a C library is still at work on a page, so that no child
// outlives its parent: the process must exit when Serve returns.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	questions, ended := make(chan question), make(chan error, 1)
	go func() { ended <- receive(ctx, in, questions) }()
	answers, work := make(chan answer), make(chan question, 1)
	go handle(ctx, work, answers)
	busy := false
	for {
		select {
		case q := <-questions:
			if busy {
				return fmt.Errorf("page worker: %w: a question before the last answer", errFrame)
			}
			busy = true
			work <- q
		case a := <-answers:
			busy = false
			if err := writeFrame(out, a); err != nil {
				return fmt.Errorf("page worker: answer: %w", err)
			}
		case err := <-ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// receive hands on questions until the pipe ends.
func receive(ctx context.Context, in io.Reader, questions chan<- question) error {
	for {
		var q question
		if err := readFrame(in, maxQuestion, &q); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("page worker: question: %w", err)
		}
		select {
		case questions <- q:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// handle does the work, one question after the other.
func handle(ctx context.Context, work <-chan question, answers chan<- answer) {
	var c childReader
	for {
		select {
		case q := <-work:
			a := c.answer(ctx, q)
			select {
			case answers <- a:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// childReader is what a child works with once it has been greeted: a viewer,
// and unless it makes pictures only, the reader that the viewer belongs to.
type childReader struct {
	*ocr.Viewer
	reader *ocr.Reader
}

func (c *childReader) answer(ctx context.Context, q question) answer {
	a, err := c.dispatch(ctx, q)
	if err != nil {
		return answer{Fault: toWire(err)}
	}
	return a
}

func (c *childReader) dispatch(ctx context.Context, q question) (answer, error) {
	if q.Op == opHello && q.Hello != nil && c.Viewer == nil {
		return answer{}, c.hello(*q.Hello)
	}
	if c.Viewer == nil {
		return answer{}, errors.New("not greeted")
	}
	switch {
	case q.Op == opOpen:
		return c.open(ctx, q)
	case q.Op == opRead && c.reader != nil && q.Profile != nil:
		return c.read(ctx, q)
	case q.Op == opExtract:
		return c.extract(ctx, q)
	case q.Op == opPreview && q.View != nil:
		jpeg, err := c.Preview(ctx, q.Path, q.Index, *q.View)
		return answer{JPEG: jpeg}, err
	}
	return answer{}, errors.New("unknown operation")
}

func (c *childReader) read(ctx context.Context, q question) (answer, error) {
	if err := c.reader.Use(*q.Profile); err != nil {
		return answer{}, err
	}
	var readings []dossier.Reading
	var err error
	if len(q.Ways) > 0 {
		readings, err = c.reader.ReadAs(ctx, q.Path, q.File, q.Index, q.Ways)
	} else {
		readings, err = c.reader.Read(ctx, q.Path, q.File, q.Index)
	}
	return answer{Readings: readings, Stages: c.reader.Stages()}, err
}

func (c *childReader) hello(s settings) error {
	debug.SetMemoryLimit(s.HeapLimit)
	cfg := ocr.Config{
		Limits:  decode.Limits{Memory: s.Memory},
		Scratch: s.Scratch,
		Profile: s.Profile,
	}
	if s.PicturesOnly {
		c.Viewer = ocr.NewViewer(cfg)
		return nil
	}
	reader, err := ocr.NewReader(cfg)
	if err != nil {
		return err
	}
	c.Viewer, c.reader = reader.Viewer, reader
	return nil
}

func (c *childReader) open(ctx context.Context, q question) (answer, error) {
	file, err := c.Open(ctx, q.Path)
	if err != nil {
		return answer{}, err
	}
	return answer{Opened: &Opened{Format: string(file.Format), Images: file.Images, Flags: file.Flags}}, nil
}

func (c *childReader) extract(ctx context.Context, q question) (answer, error) {
	file, err := c.Open(ctx, q.Path)
	if err != nil {
		return answer{}, err
	}
	s, err := file.Part(ctx, q.Index, q.Cut)
	if err != nil {
		return answer{}, err
	}
	if s.Ranges == nil {
		if err := os.WriteFile(q.Out, s.Data, 0o600); err != nil {
			return answer{}, errors.New("write the extracted stream to scratch")
		}
	}
	return answer{Stream: &stream{
		Width: s.Width, Height: s.Height, X: s.X, Y: s.Y, BitsPerComponent: s.BitsPerComponent, Components: s.Components,
		Filter: s.Filter, DecodeParms: s.DecodeParms, Inverted: s.Inverted, Globals: s.Globals, Ranges: s.Ranges,
	}}, nil
}

func toWire(err error) *fault {
	if f, ok := errors.AsType[*dossier.Fault](err); ok {
		w := &fault{Kind: f.Kind, Op: f.Op, Reason: f.Reason}
		if f.Err != nil {
			w.Text = f.Err.Error()
		}
		return w
	}
	return &fault{Kind: dossier.Stop, Op: "page worker", Reason: dossier.ReasonUnknown, Text: err.Error()}
}
