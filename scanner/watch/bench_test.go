package watch

import (
	"fmt"
	"os"
	"testing"
	"time"
)

const benchFiles = 5000

// crowded is an inbox of 5,000 files that are not ready.
func crowded(b *testing.B) *rig {
	b.Helper()
	r := newRig(b, func(c *Config) { c.PollOnly = true })
	for i := range benchFiles {
		r.write(fmt.Sprintf("a/SCN_%04d.pdf", i), pdf("x")[:20])
	}
	return r
}

// BenchmarkPoll is the cost of one look at 5,000 files in one folder:
// yardstick is os.ReadDir with an Lstat of each and nothing else; arriving
// looks at every one of them; stalled is what a folder costs that was left to
// lie, where backoff spares most looks; snapshot is what a page adds.
func BenchmarkPoll(b *testing.B) {
	b.Run("yardstick", func(b *testing.B) {
		r := crowded(b)
		for b.Loop() {
			entries, err := os.ReadDir(r.path("a"))
			must(b, err)
			for _, d := range entries {
				_, err := os.Lstat(r.path("a/" + d.Name()))
				must(b, err)
			}
		}
	})
	b.Run("arriving", func(b *testing.B) {
		r := crowded(b)
		for b.Loop() {
			r.in.poll()
		}
	})
	b.Run("stalled", func(b *testing.B) {
		r := crowded(b)
		r.pass(10 * time.Minute)
		for b.Loop() {
			r.clock.Advance(r.cfg.Poll)
			r.in.poll()
		}
	})
	b.Run("snapshot", func(b *testing.B) {
		r := crowded(b)
		r.poll()
		for b.Loop() {
			if len(r.in.snapshot().Waiting) != benchFiles {
				b.Fatal("files are missing from the snapshot")
			}
		}
	})
}
