// Package pdfatest asks outside programs whether a file is what it claims: a
// PDF/A validator that is not ours. It is test support, never part of the
// product.
//
// Start at [Validate]. Two validators are known:
//
//   - veraPDF, the reference validator, judges PDF/A-2u. Its jar is looked for
//     at $SOHOA_VERAPDF, then at .tools/verapdf.jar of the repository.
//   - PDFBox preflight (Debian's libpdfbox2-java) judges PDF/A-1b only. It is
//     used when veraPDF is absent, on the same pages written at level 1b.
//
// Without either, a test fails and says how to get one: a conformance test that
// silently passes is worse than none.
package pdfatest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Validator is an outside PDF/A validator.
type Validator string

// The validators.
const (
	VeraPDF   Validator = "veraPDF"
	Preflight Validator = "PDFBox preflight"
)

// JarVariable is the environment variable that names veraPDF's jar.
const JarVariable = "SOHOA_VERAPDF"

// missing tells how to get a validator.
const missing = "no PDF/A validator here: set " + JarVariable + " to the jar of org.verapdf.apps:greenfield-apps (the set-up script puts it at .tools/verapdf.jar), " +
	"or run: apt-get install default-jre-headless libpdfbox2-java libactivation-java libjaxb-api-java libbcprov-java libbcmail-java"

// Choose names the validator this machine has, the better one first, and ends
// the test when it has none.
func Choose(t testing.TB) Validator {
	t.Helper()
	if _, err := exec.LookPath("java"); err == nil {
		if jar() != "" {
			return VeraPDF
		}
		if _, missing := preflightPath(); missing == "" {
			return Preflight
		}
	}
	t.Fatal(missing)
	return ""
}

// Validate fails the test unless veraPDF finds every file to be PDF/A-2u. All
// files are judged in one run, because starting it takes seconds. With only
// [Preflight] at hand use [ValidateA1].
func Validate(t testing.TB, files ...string) {
	t.Helper()
	if Choose(t) != VeraPDF {
		t.Fatalf("PDF/A-2u can only be judged by veraPDF: %s", missing)
	}
	run(t, files, "PASS", "-cp", jar(), "org.verapdf.apps.GreenfieldCliWrapper", "--flavour", "2u", "--format", "text", "-v")
}

// ValidateA1 fails the test unless every file is PDF/A-1b, by preflight, or by
// veraPDF where that is absent.
func ValidateA1(t testing.TB, files ...string) {
	t.Helper()
	path, absent := preflightPath()
	if absent == "" {
		for _, file := range files { // preflight stops at the first invalid one
			run(t, []string{file}, "is a valid PDF/A-1b", "-cp", path, "org.apache.pdfbox.preflight.Validator_A1b")
		}
		return
	}
	if Choose(t) == VeraPDF {
		run(t, files, "PASS", "-cp", jar(), "org.verapdf.apps.GreenfieldCliWrapper", "--flavour", "1b", "--format", "text", "-v")
	}
}

// run starts java on the files and wants one line with the verdict per file.
func run(t testing.TB, files []string, verdict string, args ...string) {
	t.Helper()
	if len(files) == 0 {
		t.Fatal("no file to validate")
	}
	// A run of seconds is over before the second compiler has paid for itself.
	args = append([]string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}, args...)
	out, err := exec.CommandContext(t.Context(), "java", append(args, files...)...).CombinedOutput()
	passed := 0
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, verdict) {
			passed++
		}
	}
	if err != nil || passed != len(files) {
		t.Fatalf("%d of %d files passed (%v):\n%s", passed, len(files), err, out)
	}
}

// jar is the path of veraPDF's jar, "" when there is none.
func jar() string {
	if path := os.Getenv(JarVariable); path != "" {
		return present(path)
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for ; ; dir = filepath.Dir(dir) {
		if present(filepath.Join(dir, "go.mod")) != "" {
			return present(filepath.Join(dir, ".tools", "verapdf.jar"))
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// preflightPath is the class path of Debian's PDFBox preflight, and the first
// of its jars that is missing.
func preflightPath() (path, absent string) {
	names := []string{"preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io", "javax.activation", "jaxb-api", "bcprov", "bcmail"}
	jars := make([]string, len(names))
	for i, name := range names {
		jars[i] = filepath.Join("/usr/share/java", name+".jar")
		if present(jars[i]) == "" {
			return "", jars[i]
		}
	}
	return strings.Join(jars, ":"), ""
}

func present(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}
