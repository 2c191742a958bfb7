// Package worker runs the page front end in child processes, so that a foreign
// file which crashes, hangs or eats memory costs its own page and nothing else.
//
// Start at [NewPool] for the parent's side and [Serve] for the child's. A pool
// holds a few children, each reading one page at a time. The parent never
// decodes foreign pixels; it watches the memory and the time of each child,
// kills the whole process group of one that exceeds them, and starts another.
//
// What a child answers is treated as hostile input, since the file it reads may
// have taken it over: frames, texts, lists and numbers are bounded and checked,
// and a child never names a file that the parent then opens.
//
// Promises: every failure that belongs to a page or a file is a *dossier.Fault
// (Reject from Open, Park from Read and Extract) with the reason crash, time,
// memory or what the decoder says. A missing model or program is a fault to
// stop at. Children end with their parent, also when it is killed.
package worker

import (
	"bufio"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"sohoa/ocr"
)

// Config of a pool. The zero value of a field means its default.
type Config struct {
	// Command is the argv of the child: a program whose main calls
	// [ServeInherited]. Required.
	Command []string
	// Workers is the number of children. Default: one per core, fewer when the
	// memory that is free now would not hold them.
	Workers int
	// MemoryLimit is the resident memory in bytes that a child together with
	// the programs it runs may reach. Default 1 GiB.
	MemoryLimit int64
	// PageTimeout is the processor time for one call; by the clock it may take
	// ten times as long, so that a busy machine costs no page. Default 60 s.
	PageTimeout time.Duration
	// Scratch is a folder on a disk with some room. The pool makes its own
	// folder there and removes it again. Default: the system's.
	Scratch string
	// Profile is how pages are read for which a task has no other. Default: the
	// library's own model "vie".
	Profile ocr.Profile
	// PagesPerChild is how many calls a child serves before it is replaced,
	// because the bindings leak a little on each page. Default 100.
	PagesPerChild int
	// PicturesOnly makes a pool for people who wait before a screen: its
	// children load no models and cannot read, so they start at once and are
	// small, and no picture queues behind recognition.
	PicturesOnly bool
	// Nice is how far the children stand back behind other programs, 0 to 19:
	// recognition takes all the time there is, and a page that somebody asks
	// for must not wait for it. Default 0.
	Nice int
}

// WithDefaults fills in what was left open.
func (c Config) WithDefaults() Config {
	if c.MemoryLimit == 0 {
		c.MemoryLimit = 1 << 30
	}
	if c.Workers == 0 {
		c.Workers = fitting(runtime.NumCPU(), availableMemory(), c.MemoryLimit)
	}
	if c.PageTimeout == 0 {
		c.PageTimeout = 60 * time.Second
	}
	if c.Scratch == "" {
		c.Scratch = os.TempDir()
	}
	if c.PagesPerChild == 0 {
		c.PagesPerChild = 100
	}
	return c
}

// leastMemory is what the models and one A4 page need.
const leastMemory = 256 << 20

// Validate names the first field that cannot work.
func (c Config) Validate() error {
	switch {
	case len(c.Command) == 0:
		return errors.New("worker config: Command is empty")
	case c.Workers < 1:
		return errors.New("worker config: Workers is below 1")
	case c.MemoryLimit < leastMemory:
		return errors.New("worker config: MemoryLimit is below 256 MiB")
	case c.PageTimeout <= 0:
		return errors.New("worker config: PageTimeout is not positive")
	case c.PagesPerChild < 1:
		return errors.New("worker config: PagesPerChild is below 1")
	case c.Nice < 0 || c.Nice > 19:
		return errors.New("worker config: Nice is not between 0 and 19")
	}
	return nil
}

// fitting is the number of children for the cores and the memory. Most pages
// need an eighth of the limit, so that a third of it each leaves room for one
// child at its limit.
func fitting(cores int, available, limit int64) int {
	if available <= 0 {
		return cores
	}
	return max(1, min(cores, int(available/(limit/3))))
}

// availableMemory is what the kernel thinks can be had without swapping, in
// bytes; 0 when it does not say.
func availableMemory() int64 {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "MemAvailable:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
