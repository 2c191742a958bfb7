package local

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// straceChild, when set, makes the test below the program that strace watches:
// its value is the folder to put one object into.
const straceChild = "SOHOA_TEST_STRACE_CHILD"

// The recorder of the other tests stands where the system calls are made; this
// test watches the kernel's side, so that no layer between may drop an fsync.
func TestTheKernelSeesEveryFsync(t *testing.T) {
	if dir := os.Getenv(straceChild); dir != "" {
		putOne(t, dir)
		return
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is needed: apt-get install strace")
	}
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace")
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-y", "-o", trace, "-e", "trace=write,fsync,mkdirat,mkdir,link,linkat",
		os.Args[0], "-test.run=^TestTheKernelSeesEveryFsync$")
	cmd.Env = append(os.Environ(), straceChild+"="+filepath.Join(dir, "objects"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("strace: %v\n%s", err, out)
	}
	body, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(objectCalls(body, filepath.Join(dir, "objects")), ", ")
	want := "write incoming, fsync incoming, mkdir u, fsync ., mkdir u/x, fsync u, mkdir u/x/raw, fsync u/x, link u/x/raw/one, fsync u/x/raw"
	if !strings.HasSuffix(got, want) {
		t.Fatalf("system calls\n got %s\nwant %s at the end", got, want)
	}
}

func putOne(t *testing.T, dir string) {
	t.Helper()
	s, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), "u/x/raw/one", strings.NewReader("one")); err != nil {
		t.Fatal(err)
	}
}

var straceCall = regexp.MustCompile(`^\d+ +(write|fsync|mkdir|link)(?:at)?\((.*)`)

// objectCalls picks the calls that concern the object folder, each as its name
// and the path it acts on (of link: the new one).
func objectCalls(trace []byte, root string) []string {
	path := regexp.MustCompile(`[<"]` + regexp.QuoteMeta(root) + `(/[^>"]*)?[>"]`)
	var calls []string
	for line := range bytes.Lines(trace) {
		call := straceCall.FindSubmatch(line)
		if call == nil {
			continue
		}
		paths := path.FindAllSubmatch(call[2], -1)
		if len(paths) == 0 {
			continue
		}
		rel := strings.TrimPrefix(string(paths[len(paths)-1][1]), "/")
		switch {
		case rel == "":
			rel = "."
		case strings.HasPrefix(rel, incoming+"/"):
			rel = "incoming"
		}
		calls = append(calls, string(call[1])+" "+rel)
	}
	return calls
}
