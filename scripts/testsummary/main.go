// Command testsummary reads the output of `go test -json` from standard input, shows
// it the way `go test` does, and ends with one line that counts tests:
//
//	412 passed, 0 failed, 0 skipped
//
// It exists because `go test` alone does not tell a test that ran from a test
// that was skipped, and a skipped test proves nothing: with -noskip a skip is
// a failure. A run without any test is a failure too. Standard library only,
// so that it needs no set-up of its own.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	noSkip := flag.Bool("noskip", false, "count a skipped test as a failure")
	slowest := flag.Int("slowest", 5, "name this many of the slowest tests")
	flag.Parse()
	s := newSummary(os.Stdout)
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
		os.Exit(1)
	}
	s.close(*slowest)
	if err := s.verdict(*noSkip); err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
		os.Exit(1)
	}
}

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64
}

// test is a finished test and how long it took, in seconds.
type test struct {
	name    string
	elapsed float64
}

// summary counts results and holds back the output of a test until it is known
// whether anybody needs to read it.
type summary struct {
	out      io.Writer
	held     map[string][]string // output by package and test
	passed   []test
	failed   []test
	skipped  []test
	packages map[string]string // package → pass, fail or skip (no test files)
	broken   bool              // a package did not compile
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, held: map[string][]string{}, packages: map[string]string{}}
}

// read takes every event. Lines that are not JSON are shown as they are: they
// come from the go command itself.
func (s *summary) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20) // one line of a test may be long, 16 MiB is a fault
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Action == "" {
			fmt.Fprintln(s.out, lines.Text())
			continue
		}
		s.take(e)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read test output: %w", err)
	}
	return nil
}

// take books one event.
func (s *summary) take(e event) {
	switch e.Action {
	case "output":
		s.hold(e)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "build-fail":
		s.broken = true
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e)
			return
		}
		s.endTest(e)
	}
}

// hold keeps output for later. A package's own result line ("ok …", "FAIL …",
// "? … [no test files]") is shown at once, so that the run can be followed.
func (s *summary) hold(e event) {
	if e.Test == "" {
		for _, head := range []string{"ok  \t", "FAIL\t", "---", "panic:"} {
			if strings.HasPrefix(e.Output, head) {
				fmt.Fprint(s.out, e.Output)
				return
			}
		}
	}
	key := e.Package + " " + e.Test
	s.held[key] = append(s.held[key], e.Output)
}

func (s *summary) endTest(e event) {
	key := e.Package + " " + e.Test
	t := test{name: strings.TrimPrefix(key, "sohoa/"), elapsed: e.Elapsed}
	switch e.Action {
	case "pass":
		s.passed = append(s.passed, t)
	case "fail":
		s.failed = append(s.failed, t)
		s.show(key)
	case "skip":
		s.skipped = append(s.skipped, t)
		s.show(key)
	}
	delete(s.held, key)
}

// endPackage shows what a failed package printed outside its tests, and the
// output of tests that never ended (a panic or a time-out).
func (s *summary) endPackage(e event) {
	s.packages[e.Package] = e.Action
	if e.Action == "fail" && !s.hasFailed(e.Package) {
		s.failed = append(s.failed, test{name: strings.TrimPrefix(e.Package, "sohoa/") + " (the package itself)"})
	}
	for key := range s.held {
		if !strings.HasPrefix(key, e.Package+" ") {
			continue
		}
		if e.Action == "fail" {
			s.show(key)
		}
		delete(s.held, key)
	}
}

// hasFailed tells whether a failure of the package is booked already. A
// package can fail without a failed test: by not compiling, or by a leak that
// TestMain finds.
func (s *summary) hasFailed(pkg string) bool {
	name := strings.TrimPrefix(pkg, "sohoa/") + " "
	return slices.ContainsFunc(s.failed, func(t test) bool { return strings.HasPrefix(t.name, name) })
}

func (s *summary) show(key string) {
	for _, line := range s.held[key] {
		fmt.Fprint(s.out, "    ", line)
	}
}

// close prints the closing lines: what failed or was skipped, the slowest
// tests, the counts. The last one has a form that CI systems read.
func (s *summary) close(slowest int) {
	fmt.Fprintln(s.out)
	s.list("failed", s.failed)
	s.list("skipped", s.skipped)
	slices.SortFunc(s.passed, func(a, b test) int {
		return cmp.Or(cmp.Compare(b.elapsed, a.elapsed), strings.Compare(a.name, b.name))
	})
	for _, t := range s.passed[:min(slowest, len(s.passed))] {
		fmt.Fprintf(s.out, "slow: %6.2fs  %s\n", t.elapsed, t.name)
	}
	count := map[string]int{}
	for _, result := range s.packages {
		count[result]++
	}
	fmt.Fprintf(s.out, "packages: %d ok, %d failed, %d without tests\n", count["pass"], count["fail"], count["skip"])
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", len(s.passed), len(s.failed), len(s.skipped))
}

func (s *summary) list(word string, tests []test) {
	for _, t := range tests {
		fmt.Fprintf(s.out, "%s: %s\n", word, t.name)
	}
}

// verdict is nil only for a run that proves something.
func (s *summary) verdict(noSkip bool) error {
	switch {
	case len(s.failed) > 0 || s.broken:
		return fmt.Errorf("%d failed", len(s.failed))
	case noSkip && len(s.skipped) > 0:
		return fmt.Errorf("%d tests were skipped: a skip proves nothing", len(s.skipped))
	case len(s.passed) == 0:
		return errors.New("no test ran")
	}
	return nil
}
