package worker

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
)

// TestMain makes the test binary its own page worker: real processes on real
// pipes, the true child and some that misbehave in the ways pages cause.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "page-worker":
			exit(ServeInherited(context.Background()))
		case "fake-worker":
			exit(fakeWorker(os.Args[2]))
		}
	}
	m.Run()
}

// exit ends a child.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:forbidigo // this is a child's main
	}
	os.Exit(0) //nolint:forbidigo // this is a child's main
}

// fakeWorker greets and opens properly, and misbehaves on read.
func fakeWorker(mode string) error {
	if mode == "eat" {
		eat()
	}
	in, out := os.NewFile(questionsFD, "questions"), os.NewFile(answersFD, "answers")
	for {
		var q question
		if err := readFrame(in, maxQuestion, &q); err != nil {
			return nil //nolint:nilerr // the end of the pipe is the end
		}
		var a answer
		switch q.Op {
		case opHello:
			if mode == "no-model" {
				a.Fault = &fault{Kind: dossier.Stop, Op: "page worker", Text: "model missing"}
			}
		case opOpen:
			a.Opened = &Opened{Format: "jpeg", Images: 1}
		case opRead:
			a = misbehave(mode, q, out)
		}
		if err := writeFrame(out, a); err != nil {
			return err
		}
	}
}

// starved is how long a starving child gets no processor.
const starved = time.Second

func misbehave(mode string, q question, out *os.File) answer {
	good := dossier.Reading{
		File: q.File, Page: q.Index, Part: 1, Width: 100, Height: 100, DPI: 300, DPISource: "tag", ToInput: dossier.Identity(),
	}
	if strings.HasPrefix(q.File, "good") {
		return answer{Readings: []dossier.Reading{good}}
	}
	switch mode {
	case "crash":
		fmt.Fprintln(os.Stderr, "name of a person")
		fmt.Fprintln(os.Stderr, "SIGSEGV: segmentation violation")
		os.Exit(2) //nolint:forbidigo // this is a child
	case "hang":
		select {}
	case "starve":
		<-time.After(starved) // as the scheduler makes it
	case "spin":
		for {
			_ = q
		}
	case "memory":
		eat()
	case "sibling":
		eatInSibling()
	case "flood":
		_, _ = out.Write(binary.BigEndian.AppendUint32(nil, 1<<31))
		select {}
	case "garbage":
		_, _ = out.Write([]byte("\x00\x00\x00\x05hello"))
		select {}
	case "other-page":
		good.Page++
		return answer{Readings: []dossier.Reading{good}}
	case "strange-fault":
		return answer{Fault: &fault{Kind: 77, Op: "x\x00y", Reason: "made_up", Text: strings.Repeat("z", 10_000)}}
	}
	return answer{Readings: []dossier.Reading{good}}
}

// eat takes memory page by page until it is stopped.
func eat() {
	var kept [][]byte
	for {
		block := make([]byte, 16<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		if len(kept) > 1<<10 {
			os.Exit(3) //nolint:forbidigo // this is a child
		}
	}
}

// eatInSibling has a program of the same process group do it.
func eatInSibling() {
	self, err := os.Executable()
	if err != nil {
		os.Exit(4) //nolint:forbidigo // this is a child
	}
	_ = exec.Command(self, "fake-worker", "eat").Run()
	select {}
}
