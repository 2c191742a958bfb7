package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/otiai10/gosseract/v2"

	"sohoa/ocr/tesseract"
	"sohoa/storage/catalog"
)

// doctorCmd says what is there and what is missing.
type doctorCmd struct {
	Serving bool `help:"Fail, too, unless a serve runs on the archive and is ready."`
}

// Help says what the exit code means.
func (doctorCmd) Help() string {
	return `Looks for everything sohoa needs and says how to get what is missing (exit
code 5 then). With an archive in --data it also says whose it is, and how the
serve is that runs on it.`
}

// check is one thing the doctor looked at.
type check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
	Fix  string `json:"fix,omitempty"`
}

// Run examines and reports.
func (d doctorCmd) Run(ctx context.Context, c *cli, con console) error {
	settings, err := c.config()
	if err != nil {
		return err
	}
	checks := append(needed(ctx, settings), room(c.Data), machine(), tables(layout{root: c.Data}, settings), holidays(settings, time.Now()), c.archiveCheck(ctx))
	if gates := c.gatesCheck(ctx, settings); gates.Says != "" {
		checks = append(checks, gates)
	}
	if serve := c.serveCheck(ctx); serve.OK || d.Serving {
		checks = append(checks, serve)
	}
	if err := printChecks(con, c.JSON, checks); err != nil {
		return err
	}
	for _, check := range checks {
		if !check.OK && check.Fix != "" {
			return &exitError{code: exitMissing, err: errors.New("something sohoa needs is missing"), hint: "Each missing part is named above with its remedy."}
		}
	}
	return nil
}

func printChecks(con console, asJSON bool, checks []check) error {
	if asJSON {
		return printJSON(con.out, checks)
	}
	var b strings.Builder
	for _, check := range checks {
		word := "ok      "
		if !check.OK {
			word = "MISSING "
		}
		fmt.Fprintf(&b, "%s %-12s %s\n", word, check.Name, check.Says)
		if check.Fix != "" {
			fmt.Fprintf(&b, "         to fix it: %s\n", check.Fix)
		}
	}
	_, err := con.out.Write([]byte(b.String()))
	return err
}

// needed looks at the parts without which nothing can be processed.
func needed(ctx context.Context, settings config) []check {
	checks := append([]check{engine()}, models(settings)...)
	return append(checks, program(ctx, "pdftoppm", "poppler-utils"), program(ctx, "qpdf", "qpdf"), fullText(ctx))
}

// requireParts returns the error for the first needed part that is missing.
func (c *cli) requireParts(ctx context.Context) error {
	settings, err := c.config()
	if err != nil {
		return err
	}
	for _, check := range needed(ctx, settings) {
		if !check.OK {
			return &exitError{code: exitMissing, err: fmt.Errorf("%s is missing: %s", check.Name, check.Says), hint: "To fix it: " + check.Fix}
		}
	}
	return nil
}

func engine() check {
	return check{Name: "tesseract", OK: true, Says: "libtesseract " + gosseract.Version()}
}

// language is the engine's name for Vietnamese.
const language = "vie"

// models looks for the models that pages are to be read with: those for all,
// then those of each profile.
func models(settings config) []check {
	checks := []check{model("", settings.reading("").Models)}
	for _, device := range slices.Sorted(maps.Keys(settings.Profiles)) {
		checks = append(checks, model(device, settings.reading(device).Models))
	}
	return checks
}

// model looks for the models of one device, or of all, and says which are
// installed beside them.
func model(device string, want tesseract.Config) check {
	of, setting := "", "models"
	if device != "" {
		of, setting = "the profile of "+device+": ", "profiles: "+device
	}
	there, where, err := installed(want.Data)
	if err != nil {
		return check{Name: "model", Says: of + err.Error(), Fix: "correct the setting " + setting}
	}
	for _, l := range want.Languages {
		if slices.Contains(there, l) {
			continue
		}
		fix := "sudo apt-get install tesseract-ocr-" + l
		if want.Data != "" {
			fix = "put " + l + ".traineddata into " + want.Data
		}
		return check{Name: "model", Says: of + "there is no model " + l + " in " + where, Fix: fix + ", or change the setting " + setting}
	}
	return check{Name: "model", OK: true, Says: of + strings.Join(want.Languages, "+") + " in " + where + " (installed: " + strings.Join(there, " ") + ")"}
}

// installed lists the models of a folder, or the engine's own.
func installed(dir string) (there []string, where string, err error) {
	if dir == "" {
		there, err = gosseract.GetAvailableLanguages()
		return there, "the engine's own folder", err
	}
	there, err = modelsIn(dir)
	return there, dir, err
}

// modelsIn lists the models of a folder.
func modelsIn(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.traineddata"))
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".traineddata")
	}
	return files, err
}

// program looks for an external program that reads foreign PDFs.
func program(ctx context.Context, name, pkg string) check {
	path, err := exec.LookPath(name)
	if err != nil {
		return check{Name: name, Says: "not found in PATH", Fix: "sudo apt-get install " + pkg}
	}
	flag := "--version"
	if name == "pdftoppm" {
		flag = "-v"
	}
	out, err := exec.CommandContext(ctx, path, flag).CombinedOutput()
	if err != nil {
		return check{Name: name, Says: "does not run: " + err.Error(), Fix: "sudo apt-get install --reinstall " + pkg}
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return check{Name: name, OK: true, Says: first}
}

// fullText proves that the SQLite inside this binary can search.
func fullText(ctx context.Context) check {
	bad := func(err error) check {
		return check{Name: "full text", Says: err.Error(), Fix: "build sohoa with `make build` (tag sqlite_fts5)"}
	}
	dir, err := os.MkdirTemp("", "sohoa-doctor-")
	if err != nil {
		return bad(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a few empty pages in the temporary folder
	databases, err := catalog.OpenDatabases(ctx, "sqlite:"+filepath.Join(dir, "try.db"))
	if err != nil {
		return bad(err)
	}
	defer func() { _ = databases.Close() }() // thrown away
	if _, err := databases.Write.ExecContext(ctx, "CREATE VIRTUAL TABLE try USING fts5(a)"); err != nil {
		return bad(err)
	}
	return check{Name: "full text", OK: true, Says: "SQLite FTS5"}
}

// lowSpace is the free space below which the doctor warns: about 500 dossiers
// of ten colour pages.
const lowSpace = 5 << 30

func room(dir string) check {
	for dir != "/" && dir != "." {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	free, err := freeSpace(dir)
	if err != nil {
		return check{Name: "disk", Says: err.Error(), Fix: "check the folder given with --data"}
	}
	c := check{Name: "disk", OK: free >= lowSpace, Says: fmt.Sprintf("%.1f GB free", float64(free)/1e9)}
	if !c.OK {
		c.Fix = "free some space: scans are kept for good"
	}
	return c
}

func machine() check {
	return check{Name: "machine", OK: true, Says: fmt.Sprintf("%d core(s), sohoa %s", runtime.NumCPU(), version)}
}

// tables reads the catalogue of kinds and procedures with the office's own
// changes. What was written from memory is counted: an office checks it before
// it relies on it.
func tables(place layout, settings config) check {
	kinds, err := place.kinds()
	if err != nil {
		return check{Name: "catalogue", Says: err.Error(), Fix: "correct that line in " + place.tables() + ", or take the file away"}
	}
	if _, err := kinds.KindFields(settings.DoubleEntry); err != nil {
		return check{Name: "catalogue", Says: "double_entry: " + err.Error(), Fix: "correct double_entry in " + place.config()}
	}
	unverified := 0
	for _, p := range kinds.Procedures() {
		if !p.Verified {
			unverified++
		}
	}
	return check{Name: "catalogue", OK: true, Says: fmt.Sprintf("%d kinds of paper, %d procedures, %d of them to be checked by the office",
		len(kinds.Kinds()), len(kinds.Procedures()), unverified)}
}

func (c *cli) archiveCheck(ctx context.Context) check {
	record, err := c.findArchive(ctx)
	switch {
	case errors.Is(err, errNoArchive):
		return check{Name: "archive", OK: true, Says: "none in " + c.Data + " yet"}
	case err != nil:
		return check{Name: "archive", Says: err.Error(), Fix: "restore archive.json in its objects from a backup, if it is the record that is damaged"}
	}
	kind := "office"
	if record.Demo {
		kind = "DEMO"
	}
	code := ""
	if n := len(record.Units[0].Codes); n > 0 {
		code = record.Units[0].Codes[n-1].Code
	}
	return check{Name: "archive", OK: true, Says: fmt.Sprintf("%s archive of %s in %s", kind, code, c.Data)}
}

// serveCheck asks the serve that runs on the archive whether it is ready.
func (c *cli) serveCheck(ctx context.Context) check {
	bad := func(says, fix string) check { return check{Name: "serve", Says: says, Fix: fix} }
	conn, err := dialServe(ctx, layout{root: c.Data}.socket())
	if err != nil {
		return bad(err.Error(), "sohoa serve --data "+c.Data)
	}
	answer, err := handOver(ctx, conn, handover{Version: socketVersion, Ready: true}, func(reply) {})
	if err != nil {
		return bad(err.Error(), "look at what serve logs")
	}
	var wrong []string
	for _, condition := range answer.Ready {
		if !condition.OK {
			wrong = append(wrong, condition.Name+": "+condition.Says)
		}
	}
	if len(wrong) > 0 {
		return bad("not ready: "+strings.Join(wrong, "; "), "mend what is named; serve goes on by itself")
	}
	return check{Name: "serve", OK: true, Says: "runs and is ready"}
}
