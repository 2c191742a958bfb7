// Command day says what becomes of a whole day of a commune: some two hundred
// dossiers of people who do not exist, fed as an office feeds them, with papers
// shuffled, missing, doubled and foreign, empty backs, separators that cannot be
// read and sheets that the feeder swallowed:
//
//	go run ./scripts/day -dossiers 200
//
// Each image is what an engine would have read on it (package noise), and goes
// through the same splitting, classifying, reading of fields and checking of
// completeness as a scan. Start at [day.run]; stack.go draws the day, judge.go
// compares.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"time"

	"sohoa/dossier"
	"sohoa/testdata/generate/noise"
	"sohoa/testdata/generate/paper"
)

func main() {
	dossiers := flag.Int("dossiers", 200, "how many dossiers")
	seed := flag.Uint64("seed", 20261127, "draw everything from this number")
	strength := flag.Float64("noise", 1, "letters misread, as a multiple of what was measured")
	wrong := flag.Int("wrong", 0, "print so many mistakes to standard error")
	flag.Parse()
	d, err := newDay(*seed, *strength)
	if err == nil {
		d.mistakes = *wrong
		err = d.run(*dossiers)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "day:", err)
		os.Exit(1)
	}
	fmt.Print(d.report())
}

// day is what everything is drawn from, and what was counted so far.
type day struct {
	fonts    *paper.Fonts
	noise    *noise.Table
	cat      *dossier.Catalogue
	fresh    map[string][]string // templates kept for measuring, by kind
	rng      *rand.Rand
	seed     uint64
	strength float64
	mistakes int
	count    counts
}

func newDay(seed uint64, strength float64) (*day, error) {
	d := &day{rng: rand.New(rand.NewPCG(seed, 1)), seed: seed, strength: strength}
	var err error
	if d.fonts, err = paper.LoadFonts(); err != nil {
		return nil, err
	}
	if d.noise, err = noise.Load(); err != nil {
		return nil, err
	}
	if d.cat, err = dossier.LoadCatalogue(nil); err != nil {
		return nil, err
	}
	d.fresh, err = freshByKind()
	return d, err
}

// processorTime is what this process has used so far: on a busy machine the
// clock says nothing.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // the only error is a bad argument
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// inBatch is how many dossiers one filling of the feeder holds.
const inBatch = 10

// run draws and judges the day, one filling of the feeder after the other.
func (d *day) run(dossiers int) error {
	for first := 0; first < dossiers; first += inBatch {
		stack, err := d.feed(first, min(first+inBatch, dossiers))
		if err != nil {
			return err
		}
		begun := processorTime()
		made := d.make(stack)
		d.count.took += processorTime() - begun
		d.judge(stack, made)
	}
	return nil
}
