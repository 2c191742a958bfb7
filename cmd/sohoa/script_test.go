package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Scripts run the real binary with its real workers: page-workers are
// processes of the same program, so nothing smaller would be the whole program.
// samples are drawn once by the project's own generator, and $WORKED/a is the
// archive that the real binary made of $SAMPLES/scans: a script that is about what
// comes after reading copies it.
func TestScripts(t *testing.T) {
	tools := buildTools(t)
	samples, worked := drawSamples(t), workOnSamples(t)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir()) // where pdfcpu, which judges in this process, makes a folder
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", tools+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("SAMPLES", samples)
			env.Setenv("WORKED", worked)
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json": jsonCommand, "exits": exitsCommand, "flip": flipCommand, "truth": truthCommand, "await": awaitCommand, "handin": handInCommand, "pictures": picturesCommand,
			"officekey": officeKeyCommand, "stamp": stampCommand, "outside": outsideCommand(t), "agree": agreeCommand(t), "desk": deskCommand,
			"openbook": openBookCommand, "writedown": writeDownCommand,
			"strokes": strokesCommand, "side": sideCommand,
		},
	})
}

// exitsCommand runs a program and requires its exit code:
//
//	exits 3 sohoa process broken
func exitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// jsonCommand compares a value inside a JSON file, or its length:
//
//	json out.json account.placed 7
//	json out.json 'dossiers[0].components#' 5
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH WANT")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &value))
	got, err := lookUp(value, args[1])
	ts.Check(err)
	if (got == args[2]) == neg {
		ts.Fatalf("%s of %s is %s, want %s%s", args[1], args[0], got, map[bool]string{true: "not "}[neg], args[2])
	}
}

func lookUp(value any, path string) (string, error) {
	path, count := strings.CutSuffix(path, ".len")
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return "", fmt.Errorf("no element %s in a list of %d", step, len(v))
			}
			value = v[i]
		default:
			return "", fmt.Errorf("nothing at %s", step)
		}
	}
	if list, ok := value.([]any); ok && count {
		return strconv.Itoa(len(list)), nil
	}
	return fmt.Sprint(value), nil
}

// flipCommand changes one byte in the middle of each file that matches.
func flipCommand(ts *testscript.TestScript, _ bool, args []string) {
	paths, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(paths) == 0 {
		ts.Fatalf("nothing matches %s", args[0])
	}
	path := paths[0]
	body, err := os.ReadFile(path)
	ts.Check(err)
	body[len(body)/2] ^= 1
	ts.Check(os.Chmod(path, 0o644))
	ts.Check(os.WriteFile(path, body, 0o644))
}

// truthCommand compares `process --json` with what the generator knows: every
// image in its class, every paper of its kind, under the code of its dossier.
// No paper may be named wrongly or filed elsewhere; parking is allowed up to
// the given number of images.
//
//	truth out.json $SAMPLES/truth 2
func truthCommand(ts *testscript.TestScript, _ bool, args []string) {
	allowed, err := strconv.Atoi(args[2])
	ts.Check(err)
	wrong, parked := compareWithTruth([]byte(ts.ReadFile(args[0])), args[1])
	for _, w := range wrong {
		ts.Logf("%s", w)
	}
	if len(wrong) > 0 || parked > allowed {
		ts.Fatalf("%d wrong, %d parked (allowed %d)", len(wrong), parked, allowed)
	}
}
