package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// quick is how soon 95 of 100 pages must be there, and seen how soon the
// picture of a sheet after it came to rest in the inbox; growth is how much
// memory may differ between the second quarter of the time and the last.
const (
	quick  = 200 * time.Millisecond
	growth = 1.25
)

// log is what was measured. It is safe for concurrent use.
type log struct {
	mu       sync.Mutex
	begun    time.Time
	written  time.Time
	all      map[string][]time.Duration // by address without its query
	since    []time.Duration            // the last minute's
	drawn    []time.Duration            // pictures
	sighted  []time.Duration            // from the tray to the screen
	failures int
	own      []int // MiB, by second
	children []int
}

func newLog() *log {
	return &log{begun: time.Now(), written: time.Now(), all: map[string][]time.Duration{}}
}

// ask asks for a page and books how long it took.
func (l *log) ask(ctx context.Context, s *server, path string) {
	begun := time.Now()
	_, err := s.get(ctx, path)
	took := time.Since(begun)
	if ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failures++
		fmt.Fprintln(os.Stderr, "soak: a page failed:", err)
		return
	}
	kind, _, _ := strings.Cut(path, "?")
	if strings.Count(kind, "/") > 1 && !strings.HasSuffix(kind, "/live") && strings.Contains(kind, "dossiers/") {
		kind = kind[:strings.LastIndex(kind, "/")] + "/…"
	}
	l.all[kind] = append(l.all[kind], took)
	l.since = append(l.since, took)
}

// askPicture asks for a thumbnail and tells whether it was there.
func (l *log) askPicture(ctx context.Context, s *server, path string) bool {
	begun := time.Now()
	body, err := s.get(ctx, path)
	if err != nil || len(body) < 4 || body[0] != 0xff {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drawn = append(l.drawn, time.Since(begun))
	return true
}

// pictures takes over the times of sightings.
func (l *log) pictures(s *sightings) {
	s.mu.Lock()
	took := s.took
	s.took = nil
	s.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sighted = append(l.sighted, took...)
}

const header = "minute  load   fed  read  backlog  serve MiB  workers MiB  p50 ms  p95 ms  max ms"

// sample notes the memory, and once a minute writes a line.
func (l *log) sample(s *server, now state, fed int) {
	own, children := s.memory()
	l.mu.Lock()
	l.own, l.children = append(l.own, own), append(l.children, children)
	due := time.Since(l.written) >= time.Minute
	l.mu.Unlock()
	if due {
		l.minute(s, now, fed)
	}
}

// minute writes the line of the minute that has passed.
func (l *log) minute(s *server, now state, fed int) {
	own, children := s.memory()
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Printf("%6.1f %5s %5d %5d %8d %10d %12d %7d %7d %7d\n", time.Since(l.begun).Minutes(), load(), fed, now.read, now.backlog(), own, children,
		ms(share(l.since, 50)), ms(share(l.since, 95)), ms(share(l.since, 100)))
	l.written, l.since = time.Now(), nil
}

// load is the machine's load average of the last minute.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	first, _, _ := strings.Cut(string(content), " ")
	return first
}

func ms(d time.Duration) int64 { return d.Milliseconds() }

// share is the time that so many of 100 keep.
func share(times []time.Duration, percent int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

// print writes the times by address.
func (l *log) print() {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Printf("\n%-28s %6s %7s %7s %7s\n", "asked for", "times", "p50 ms", "p95 ms", "max ms")
	line := func(name string, times []time.Duration) {
		fmt.Printf("%-28s %6d %7d %7d %7d\n", name, len(times), ms(share(times, 50)), ms(share(times, 95)), ms(share(times, 100)))
	}
	for _, kind := range slices.SortedFunc(maps.Keys(l.all), cmp.Compare[string]) {
		line(kind, l.all[kind])
	}
	line("all of these", l.together())
	line("a thumbnail", l.drawn)
	line("from the tray to its picture", l.sighted)
	fmt.Printf("memory of serve: %d MiB in the second quarter, %d in the last; with its workers: %d and %d; %d pages failed\n",
		mean(quarter(l.own, 1)), mean(quarter(l.own, 3)), mean(quarter(l.children, 1)), mean(quarter(l.children, 3)), l.failures)
}

func (l *log) together() (times []time.Duration) {
	for _, some := range l.all {
		times = append(times, some...)
	}
	return times
}

// judge says what was not as it should be.
func (l *log) judge(strict bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	if l.failures > 0 {
		errs = append(errs, fmt.Errorf("%d pages failed", l.failures))
	}
	if !strict {
		return errors.Join(errs...)
	}
	if p95 := share(l.together(), 95); p95 > quick {
		errs = append(errs, fmt.Errorf("pages: 95 of 100 within %v, want %v", p95, quick))
	}
	for name, samples := range map[string][]int{"serve": l.own, "the workers": l.children} {
		if before, after := mean(quarter(samples, 1)), mean(quarter(samples, 3)); float64(after) > growth*float64(before) {
			errs = append(errs, fmt.Errorf("the memory of %s grew from %d to %d MiB", name, before, after))
		}
	}
	return errors.Join(errs...)
}

// quarter is the n-th quarter, from 0.
func quarter(samples []int, n int) []int {
	return samples[len(samples)*n/4 : len(samples)*(n+1)/4]
}

func mean(samples []int) int {
	sum := 0
	for _, s := range samples {
		sum += s
	}
	return sum / max(1, len(samples))
}
