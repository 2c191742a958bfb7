package watch

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// pngOf is a picture that has its end, as far as the watcher looks.
func pngOf(payload string) string { return string(pngSignature) + payload + string(pngEnd) }

// step lets some time go by and polls once.
func (r *rig) step(d time.Duration) {
	r.t.Helper()
	r.clock.Advance(d)
	r.poll()
}

// A clerk sees a picture soon; a format of many pages waits for the next sheet.
func TestPictureIsClaimedSoonerThanAFormatOfManyPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Settle = 0 })
	r.write("1.png", pngOf("picture"))
	r.write("2.pdf", pdf("first sheet"))
	r.poll()
	if got := r.in.pause(false); got != time.Second {
		t.Fatalf("next poll in %v, want when the picture has rested, 1s", got)
	}
	r.step(time.Second)
	if open := r.in.snapshot().Open; len(open) != 1 || len(open[0].Files) != 1 || open[0].Files[0].Name != "1.png" {
		t.Fatalf("claimed %+v, want the picture alone", open)
	}
	r.wantWaiting("2.pdf", ReasonArriving)
	if got := r.in.pause(false); got != 2*time.Second {
		t.Fatalf("next poll in %v, want at the next beat", got)
	}
	r.step(2 * time.Second)
	r.write("2.pdf", pdf("first sheet and second sheet"))
	r.step(time.Second)
	r.wantWaiting("2.pdf", ReasonGrowing)
	r.pass(time.Minute)
	r.wantBatches(RootDevice + ": 1.png 2.pdf")
	if got := r.taken[0].contents[1]; got != pdf("first sheet and second sheet") {
		t.Fatalf("taken %q, want the file with both sheets", got)
	}
}

// Nothing is looked at more often because a file lies there for good.
func TestPollsKeepTheirBeatForWhatOnlyWaits(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Settle = 0 })
	for name, content := range map[string]string{"half.pdf": "%PDF-1.4\nhalf", "empty.png": "", "unknown.doc": "letters", "late.png.part": "p"} {
		r.write(name, content)
	}
	r.poll()
	r.pass(10 * time.Second)
	if got := r.in.pause(false); got != r.cfg.Poll {
		t.Fatalf("next poll in %v, want in %v", got, r.cfg.Poll)
	}
	if got := r.in.pause(true); got != 0 {
		t.Fatalf("next poll in %v although claims are left over", got)
	}
}

// Thousands of sheets in one folder, the backlog of an archive: every one is
// taken once, in order, in batches of the usual size, and the polls between go
// on, a share of the claims each.
func TestThousandsInOneFolder(t *testing.T) {
	t.Parallel()
	const sheets = 3300
	r := newRig(t, nil)
	var want []string
	for i := range sheets {
		name := fmt.Sprintf("SCN_%d.pdf", i+1)
		want = append(want, name)
		r.write("kho/"+name, pdf(name))
	}
	r.step(r.cfg.Poll)
	r.step(r.cfg.Settle - time.Second)
	if n := len(r.in.snapshot().Waiting); n != sheets {
		t.Fatalf("%d files are shown as waiting, want all %d", n, sheets)
	}
	r.clock.Advance(time.Second)
	if !r.in.poll() {
		t.Fatal("one poll claimed thousands; want a share, and the next poll at once")
	}
	r.pass(time.Minute)
	var got, contents []string
	for i, b := range r.taken {
		if last := i == len(r.taken)-1; !last && len(b.names) != r.cfg.BatchFiles {
			t.Errorf("batch %d of %d holds %d files, want %d", i+1, len(r.taken), len(b.names), r.cfg.BatchFiles)
		}
		got, contents = append(got, b.names...), append(contents, b.contents...)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%d files were taken, not the %d in their order", len(got), sheets)
	}
	for i, name := range want {
		if contents[i] != pdf(name) {
			t.Fatalf("%s was taken with other bytes", name)
		}
	}
}
