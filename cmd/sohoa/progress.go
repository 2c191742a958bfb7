package main

import (
	"fmt"
	"io"
	"os"

	"github.com/cheggaaa/pb/v3"
	"golang.org/x/term"
)

// progress shows how far long work is: a bar on a terminal, a line now and then
// otherwise, so that logs stay readable.
type progress struct {
	out  io.Writer
	word string
	bar  *pb.ProgressBar
	// tenth is the last tenth that was reported as a line.
	tenth int
}

// newProgress reports on w; word names what is counted, in the plural.
func newProgress(w io.Writer, word string) *progress {
	p := &progress{out: w, word: word}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.bar = pb.New(0).SetWriter(w).SetTemplateString(`{{counters . }} ` + word + ` {{bar . }} {{percent . }} {{etime . }}`).Start()
	}
	return p
}

// set says that done of all are finished; all may grow.
func (p *progress) set(done, all int) {
	if p.bar != nil {
		p.bar.SetTotal(int64(all)).SetCurrent(int64(done))
		return
	}
	if all == 0 {
		return
	}
	if tenth := done * 10 / all; tenth > p.tenth {
		p.tenth = tenth
		_, _ = fmt.Fprintf(p.out, "%d of %d %s\n", done, all, p.word) // progress is not worth failing for
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish()
	}
}
