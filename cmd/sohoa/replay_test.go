package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr/worker"
)

// The test binary can be the program itself, with all its commands and
// processes. Only its page-workers do not recognize then: what the engine said
// of a page in one real run is said again, so that geometry, words and codes
// are real and a page takes milliseconds. Opening files and lifting pictures
// out of them is the real worker's.
//
// A page-worker gets no environment; it finds the record beside its program.
const (
	programVariable = "SOHOA_TEST_PROGRAM"
	recordName      = "recorded" // the folder of readings, by image
)

// replayingProgram puts the test binary beside a record of readings.
func replayingProgram(t *testing.T, record string) command {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "sohoa")
	if err := os.Link(self, path); err != nil { // another file system
		body, readErr := os.ReadFile(self)
		if err := errors.Join(readErr, os.WriteFile(path, body, 0o700)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(record, filepath.Join(dir, recordName)); err != nil {
		t.Fatal(err)
	}
	return command{path: path, env: []string{programVariable + "=1"}}
}

// beTheProgram is main, with a page-worker that replays.
func beTheProgram() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == "page-worker" {
		self, err := os.Executable()
		if err == nil {
			err = replay(ctx, filepath.Join(filepath.Dir(self), recordName))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitOther
		}
		return exitDone
	}
	return run(ctx, os.Args[1:], console{out: os.Stdout, err: os.Stderr})
}

// replay stands between the pool and a real worker and answers what the record
// knows. The descriptors are those that package worker gives its children.
func replay(ctx context.Context, dir string) error {
	questions, answers := os.NewFile(3, "questions"), os.NewFile(4, "answers")
	toWorker, asked := io.Pipe()
	answered, fromWorker := io.Pipe()
	go func() { _ = fromWorker.CloseWithError(worker.Serve(ctx, toWorker, fromWorker)) }()
	for {
		question, err := readFrame(questions)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		answer, err := recorded(dir, question)
		if err == nil && answer == nil {
			if err = writeFrame(asked, question); err == nil {
				answer, err = readFrame(answered)
			}
		}
		if err != nil {
			return err
		}
		if err := writeFrame(answers, answer); err != nil {
			return err
		}
	}
}

// recorded is the answer to a question for a reading, nil for other questions.
// A page that was never recorded is an error: nothing may be read in secret.
func recorded(dir string, question []byte) ([]byte, error) {
	var q struct {
		Op, Path, File string
		Index          int
	}
	if err := json.Unmarshal(question, &q); err != nil || q.Op != "read" {
		return nil, err
	}
	body, err := os.ReadFile(q.Path)
	if err != nil {
		return nil, err
	}
	image := dossier.NewImageID(dossier.SumString(sha256.Sum256(body)), q.Index)
	if body, err = os.ReadFile(recordOf(dir, image)); err != nil {
		return nil, err
	}
	var kept dossier.ImageReading
	if err := json.Unmarshal(body, &kept); err != nil {
		return nil, err
	}
	for i := range kept.Readings {
		kept.Readings[i].File = q.File
	}
	return json.Marshal(map[string]any{"readings": kept.Readings})
}

// recordOf is where the reading of an image is recorded: as in an archive.
func recordOf(dir string, image dossier.ImageID) string {
	return filepath.Join(dir, string(image), "v1.json")
}

func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[:]))
	_, err := io.ReadFull(r, body)
	return body, err
}

func writeFrame(w io.Writer, body []byte) error {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	_, err := w.Write(append(frame, body...))
	return err
}
