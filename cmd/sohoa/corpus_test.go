//go:build corpus

package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/testdata/generate/collection"
)

// TestCorpus runs the whole program, real workers and all, over the collection
// of test scans. It is not parallel, and so comes before all tests that are: the
// longest of all would leave a processor idle if it came last, and its own
// workers keep two busy.
func TestCorpus(t *testing.T) {
	corpus := collection.Dir(t)
	program := filepath.Join(buildTools(t), "sohoa")
	t.Run("dossier pages", func(t *testing.T) { testDossierPages(t, program, filepath.Join(corpus, "dossier-pages")) })
	t.Run("real scans", func(t *testing.T) { testRealScans(t, program, filepath.Join(corpus, "vi-scans")) })
	t.Run("broken files", func(t *testing.T) {
		testBrokenFiles(t, program, filepath.Join(corpus, "bad-pdf"), filepath.Join(corpus, "bad-image"))
	})
}

// finished is one run of `sohoa process --json` into an archive of its own.
type finished struct {
	outcome
	raw    []byte
	data   string // the archive
	exit   int
	peakKB int64 // of the biggest process: the program, a worker, a tool
}

// process runs the program over the paths. The account must balance, whatever
// is fed.
func process(t *testing.T, program string, paths ...string) finished {
	t.Helper()
	f := finished{data: filepath.Join(t.TempDir(), "archive")}
	cmd := exec.CommandContext(t.Context(), program, append([]string{"process", "--json", "--data", f.data}, paths...)...)
	var said strings.Builder
	cmd.Stderr = &said
	begun := time.Now()
	var err error
	if f.raw, err = cmd.Output(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	f.exit = cmd.ProcessState.ExitCode()
	if err := json.Unmarshal(f.raw, &f.outcome); err != nil {
		t.Fatalf("exit code %d: %v\n%s", f.exit, err, said.String())
	}
	if err := f.Account.Balance(); err != nil {
		t.Error(err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		f.peakKB = usage.Maxrss
	}
	t.Logf("%s in %.0f s, %.0f CPU-seconds, at most %d MiB a process", strings.TrimSpace(accountLine(f.Account)), time.Since(begun).Seconds(),
		(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), f.peakKB/1024)
	return f
}

// wantIntact holds that `sohoa verify` finds nothing wrong.
func (f finished) wantIntact(t *testing.T, program string) {
	t.Helper()
	verify := exec.CommandContext(t.Context(), program, "verify", "--data", f.data)
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// testDossierPages holds that every image of the made-up dossiers comes into
// its class and every paper under its kind; two of the 64 may wait for a
// person.
func testDossierPages(t *testing.T, program, dir string) {
	f := process(t, program, filepath.Join(dir, "pages"))
	wrong, parked := compareWithTruth(f.raw, filepath.Join(dir, "truth"))
	for _, w := range wrong {
		t.Error(w)
	}
	if parked > 2 {
		t.Errorf("%d parked, at most 2 allowed", parked)
	}
	f.wantIntact(t, program)
}

// testRealScans compares real papers with what a person wrote about them. A
// paper may wait for a person, none may get a wrong name.
func testRealScans(t *testing.T, program, dir string) {
	labels := readLabels(t, filepath.Join(dir, "labels.csv"))
	folders := []string{"ubnd-quang-ngai", "thong-bao-dhdl", "trang-trang-vet-dau", "mau-dien"}
	paths := scansIn(t, dir, folders)
	f := process(t, program, paths...)
	fates := fatesOf(f.outcome)
	named, labelled := 0, 0
	for _, path := range paths {
		name := filepath.Base(path)
		for page := 1; fates[spot{name, page}].class != ""; page++ {
			got := fates[spot{name, page}]
			want, known := labels[spot{name, page}]
			switch {
			case strings.HasPrefix(name, "blank_"):
				if got.class != "blank" {
					t.Errorf("%s page %d: %+v, want blank", name, page, got)
				}
			case got.class == "blank" || got.class == "separator":
				t.Errorf("%s page %d: %+v, want a paper", name, page, got)
			case known:
				labelled++
				if got.class == "placed" && got.kind == want {
					named++
				} else if got.class == "placed" {
					t.Errorf("%s page %d: %s, want %s", name, page, got.kind, want)
				}
			}
		}
	}
	t.Logf("%d of %d labelled pages named", named, labelled)
	if named*10 < labelled*9 {
		t.Errorf("%d of %d labelled pages named, want nine of ten", named, labelled)
	}
	f.wantIntact(t, program)
}

// scansIn lists the images and PDFs of the folders; texts lie beside them.
func scansIn(t *testing.T, dir string, folders []string) []string {
	t.Helper()
	var paths []string
	for _, folder := range folders {
		all, err := walk(filepath.Join(dir, folder), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range all {
			if slices.Contains([]string{".jpg", ".png", ".pdf"}, filepath.Ext(file.path)) {
				paths = append(paths, file.path)
			}
		}
	}
	if len(paths) < 15 {
		t.Fatalf("%d scans in %s", len(paths), dir)
	}
	return paths
}

// labelRows are the lines of labels.csv, without its heading.
func labelRows(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.Comment = '#'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// readLabels gives the kind of every page that labels.csv knows.
func readLabels(t *testing.T, path string) map[spot]string {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	labels := make(map[spot]string)
	for _, row := range labelRows(t, path) {
		page, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		labels[spot{filepath.Base(row[0]), page}] = kindNamed(t, cat, row[2])
	}
	return labels
}

// kindNamed finds the kind by the name a person gives it.
func kindNamed(t *testing.T, cat *dossier.Catalogue, name string) string {
	t.Helper()
	switch {
	case name == "Công văn": // has no title
		return dossier.KindOfficialLetter
	case strings.HasPrefix(name, "CCCD"):
		return dossier.KindCitizenIDCard
	}
	for _, kind := range cat.Kinds() {
		for _, title := range kind.AllTitles() {
			if viet.Fold(title) == viet.Fold(name) {
				return kind.ID
			}
		}
	}
	t.Fatalf("no kind is named %s", name)
	return ""
}

// What broken files may cost: of the processor as many seconds each as
// --page-timeout says, which is half of the minute that the program gives a page
// unless told, and of memory as many KiB.
const (
	mostWork   = "--page-timeout=30s"
	mostMemory = 1 << 20
)

// testBrokenFiles holds that no broken file is taken for a paper, lost, or able
// to stop the work: each waits or is refused with a reason a clerk understands.
func testBrokenFiles(t *testing.T, program string, dirs ...string) {
	files, err := inputs(dirs, "")
	if err != nil {
		t.Fatal(err)
	}
	f := process(t, program, append([]string{mostWork}, dirs...)...)
	if f.exit != exitParked {
		t.Errorf("exit code %d, want %d", f.exit, exitParked)
	}
	if f.Account.Placed > 0 {
		t.Errorf("%d images placed as papers", f.Account.Placed)
	}
	if f.peakKB >= mostMemory {
		t.Errorf("a process took %d MiB", f.peakKB/1024)
	}
	named := make(map[string]bool)
	for _, w := range slices.Concat(f.Parked, f.Rejected) {
		named[w.File] = true
		if w.Reason == "" || w.Reason == dossier.ReasonUnknown || w.Text == "" || w.TextEn == "" {
			t.Errorf("%s: %+v", w.File, w)
		}
		if w.Reason == dossier.ReasonTime {
			t.Errorf("%s took longer than %s", w.File, mostWork)
		}
	}
	for _, b := range f.Blanks {
		named[b.File] = true
	}
	for _, k := range f.Known {
		named[k.File] = true
	}
	for _, file := range files {
		if !named[file.name] {
			t.Errorf("%s is in no class", file.name)
		}
		wantOriginal(t, f.data, file.path)
	}
	logJobs(t, f.data)
	f.wantIntact(t, program)
}

// wantOriginal holds that the bytes of the file are kept under their digest.
func wantOriginal(t *testing.T, data, path string) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	kept, err := filepath.Glob(filepath.Join(data, "objects", "u", "*", "raw", hex.EncodeToString(sum[:])))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%s: %d objects keep its bytes, want one: %v", path, len(kept), err)
	}
	if object, err := os.ReadFile(kept[0]); err != nil || sha256.Sum256(object) != sum {
		t.Errorf("%s: the kept object differs: %v", path, err)
	}
}

// logJobs says how many jobs there were and how long the longest took by the
// clock, which a busy machine makes of it: what a job may cost is the program's
// own limit on processor time.
func logJobs(t *testing.T, data string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "catalog.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var jobs int
	var longest float64
	row := db.QueryRowContext(t.Context(),
		`SELECT count(*), max(julianday(finalized_at) - julianday(attempted_at)) * 86400 FROM river_job WHERE state = 'completed'`)
	if err := row.Scan(&jobs, &longest); err != nil || jobs == 0 {
		t.Fatalf("%d jobs: %v", jobs, err)
	}
	t.Logf("%d jobs, the longest took %.1f s", jobs, longest)
}
