package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// wayIn is a way paper comes in: files on the command line, or files that
// arrive in the inbox of a running serve.
type wayIn interface {
	// bring makes one of the copies of all pages arrive; again is once.
	bring(t *testing.T, v victim, copy int)
	start(t *testing.T, v victim) running
	// ready waits until the start has healed what was left, and works.
	ready(t *testing.T, v victim, r running) time.Duration
	// end waits until everything is done, and ends the program.
	end(t *testing.T, v victim, r running)
}

// processEntrance gives all pages to sohoa process, as one batch.
type processEntrance struct{}

func (processEntrance) bring(*testing.T, victim, int) {}

func (processEntrance) start(t *testing.T, v victim) running {
	t.Helper()
	cmd, dir := v.command.prepare(t, v.rig, append([]string{"process"}, v.files...)...)
	return start(t, cmd, dir)
}

// ready is when the batch is recorded: healing is over by then, and all files
// have been read once more.
func (processEntrance) ready(t *testing.T, v victim, r running) time.Duration {
	t.Helper()
	recorded := func() bool {
		records, err := filepath.Glob(filepath.Join(v.rig.place().objects(), "u/*/b/*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			if info, err := os.Stat(record); err == nil && info.ModTime().After(r.begun) {
				return true
			}
		}
		return false
	}
	return r.until(t, recorded)
}

func (processEntrance) end(t *testing.T, _ victim, r running) {
	t.Helper()
	r.wantExit(t, exitDone, exitParked)
}

// serveEntrance puts each copy of the pages into a folder of the inbox, which
// is one batch, and has serve find it.
type serveEntrance struct{}

// bring renames a whole folder into the inbox: the batch is the same whatever
// happens to its reader.
func (serveEntrance) bring(t *testing.T, v victim, n int) {
	t.Helper()
	staged := filepath.Join(filepath.Dir(v.rig.cli.Data), fmt.Sprintf("staged-%d", n))
	err := os.Mkdir(staged, 0o700)
	if os.IsExist(err) {
		return
	}
	device := filepath.Join(staged, fmt.Sprintf("counter-%d", n))
	if err == nil {
		err = os.Mkdir(device, 0o700)
	}
	if err == nil {
		err = os.MkdirAll(v.rig.place().inbox(), 0o700)
	}
	for _, path := range v.files {
		if err != nil || !strings.HasPrefix(filepath.Base(path), fmt.Sprint(n, "-")) {
			continue
		}
		var body []byte
		if body, err = os.ReadFile(path); err == nil {
			err = os.WriteFile(filepath.Join(device, filepath.Base(path)), body, 0o600)
		}
	}
	if err == nil {
		err = os.Rename(device, filepath.Join(v.rig.place().inbox(), filepath.Base(device)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (serveEntrance) start(t *testing.T, v victim) running {
	t.Helper()
	cmd, dir := v.command.prepare(t, v.rig, "serve")
	return start(t, cmd, dir)
}

func (serveEntrance) ready(t *testing.T, _ victim, r running) time.Duration {
	t.Helper()
	return r.until(t, func() bool { return r.ask("readyz", nil) })
}

func (serveEntrance) end(t *testing.T, v victim, r running) {
	t.Helper()
	r.finish(t, v.rig.place())
}
