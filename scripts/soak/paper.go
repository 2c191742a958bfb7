package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// paper is the pages that are fed over and over.
type paper struct{ pages [][]byte }

// kinds are what is drawn: papers of counters, without slips and separators,
// so that every stack becomes a dossier of its own, as in an office.
var kinds = []string{"birth_registration_application", "marriage_registration_application", "land_change_application"}

// draw makes pages with the generator and keeps those that are JPEG files.
func draw(ctx context.Context, generate, dir string) (*paper, error) {
	p := &paper{}
	for _, kind := range kinds {
		into := filepath.Join(dir, kind)
		if out, err := exec.CommandContext(ctx, generate, "-out", into, "-kind", kind, "-dossiers", "6").CombinedOutput(); err != nil {
			return nil, fmt.Errorf("draw pages: %w: %s", err, out)
		}
		names, err := filepath.Glob(filepath.Join(into, "*.jpg"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			page, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			p.pages = append(p.pages, page)
		}
	}
	if len(p.pages) == 0 {
		return nil, errors.New("draw pages: no JPEG file came out")
	}
	return p, nil
}

// sheet is the n-th sheet that is fed: a drawn page with its number in a comment
// segment behind the start of the image (ITU-T T.81, B.2.4.5).
func (p *paper) sheet(n int) []byte {
	page := p.pages[n%len(p.pages)]
	comment := fmt.Sprintf("sheet %d", n)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xfe}, uint16(len(comment)+2))
	return bytes.Join([][]byte{page[:2], segment, []byte(comment), page[2:]}, nil)
}

// The habits of the counters.
const (
	counters = 8
	// stack is how many sheets a clerk feeds at once: one dossier.
	stack = 8
	// ahead is how much may lie in the trays before anything is read.
	ahead = 2 * stack
)

// feeder is the clerks and their scanners.
type feeder struct {
	inbox     string
	paper     *paper
	fed       int
	sightings *sightings
}

// feed brings as many stacks as make twice of what was read, one counter after
// the other, so that each rests between two dossiers and its batch closes.
func (f *feeder) feed(read int) error {
	for f.fed+stack <= 2*read+ahead {
		counter := filepath.Join(f.inbox, fmt.Sprintf("quay-%d", f.fed/stack%counters+1))
		if err := os.MkdirAll(counter, 0o750); err != nil {
			return err
		}
		for range stack {
			if err := f.scan(counter); err != nil {
				return err
			}
		}
	}
	return nil
}

// scan writes one sheet under a hidden name and renames it, as careful scanners
// do. The first of a stack is looked for on the intake page.
func (f *feeder) scan(counter string) error {
	name := fmt.Sprintf("SCN_%06d.jpg", f.fed)
	temp := filepath.Join(counter, "."+name)
	if err := os.WriteFile(temp, f.paper.sheet(f.fed), 0o640); err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(counter, name)); err != nil {
		return err
	}
	if f.fed%stack == 0 {
		f.sightings.fed(name)
	}
	f.fed++
	return nil
}

// sightings are sheets of which somebody waits to see the picture.
type sightings struct {
	mu      sync.Mutex
	waiting map[string]time.Time
	took    []time.Duration
}

func newSightings() *sightings { return &sightings{waiting: map[string]time.Time{}} }

func (s *sightings) fed(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[name] = time.Now()
}

// awaited tells whether somebody waits for the sheet.
func (s *sightings) awaited(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.waiting[name]
	return ok
}

// seen books that the picture of the sheet was there.
func (s *sightings) seen(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fed, ok := s.waiting[name]; ok {
		s.took = append(s.took, time.Since(fed))
		delete(s.waiting, name)
	}
}
