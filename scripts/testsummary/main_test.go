package main

import (
	"bytes"
	"strings"
	"testing"
)

// Events as the go command writes them, shortened to what matters.
const (
	passes = `{"Action":"run","Package":"sohoa/a","Test":"TestGood"}
{"Action":"output","Package":"sohoa/a","Test":"TestGood","Output":"    a_test.go:3: nobody needs this\n"}
{"Action":"pass","Package":"sohoa/a","Test":"TestGood","Elapsed":0.25}
{"Action":"output","Package":"sohoa/a","Output":"PASS\n"}
{"Action":"output","Package":"sohoa/a","Output":"ok  \tsohoa/a\t0.3s\n"}
{"Action":"pass","Package":"sohoa/a","Elapsed":0.3}
`
	fails = `{"Action":"output","Package":"sohoa/b","Test":"TestBad","Output":"    b_test.go:9: got 1, want 2\n"}
{"Action":"fail","Package":"sohoa/b","Test":"TestBad","Elapsed":0}
{"Action":"output","Package":"sohoa/b","Output":"FAIL\tsohoa/b\t0.1s\n"}
{"Action":"fail","Package":"sohoa/b","Elapsed":0.1}
`
	skips = `{"Action":"output","Package":"sohoa/c","Test":"TestMaybe","Output":"    c_test.go:5: no database\n"}
{"Action":"skip","Package":"sohoa/c","Test":"TestMaybe","Elapsed":0}
{"Action":"pass","Package":"sohoa/c","Elapsed":0.1}
`
	noTests = `{"Action":"output","Package":"sohoa/d","Output":"?   \tsohoa/d\t[no test files]\n"}
{"Action":"skip","Package":"sohoa/d","Elapsed":0}
`
	noBuild = `{"ImportPath":"sohoa/e [sohoa/e.test]","Action":"build-output","Output":"e/e_test.go:3:27: undefined: x\n"}
{"ImportPath":"sohoa/e [sohoa/e.test]","Action":"build-fail"}
{"Action":"output","Package":"sohoa/e","Output":"FAIL\tsohoa/e [build failed]\n"}
{"Action":"fail","Package":"sohoa/e","Elapsed":0}
`
	hangs = `{"Action":"output","Package":"sohoa/f","Test":"TestHangs","Output":"panic: test timed out after 1s\n"}
{"Action":"output","Package":"sohoa/f","Output":"FAIL\tsohoa/f\t1.0s\n"}
{"Action":"fail","Package":"sohoa/f","Elapsed":1}
`
)

func TestSummary(t *testing.T) {
	tests := []struct {
		name    string
		in      string
		noSkip  bool
		closing string // the last line
		shows   []string
		hides   []string
		verdict string // part of the error, "" for success
	}{
		{
			name: "all good", in: passes + noTests, noSkip: true,
			closing: "1 passed, 0 failed, 0 skipped",
			shows:   []string{"ok  \tsohoa/a", "0.25s  a TestGood", "packages: 1 ok, 0 failed, 1 without tests"},
			hides:   []string{"nobody needs this"},
		},
		{
			name: "a failure shows why", in: passes + fails,
			closing: "1 passed, 1 failed, 0 skipped",
			shows:   []string{"got 1, want 2", "failed: b TestBad"},
			verdict: "1 failed",
		},
		{
			name: "a skip is a failure when asked", in: passes + skips, noSkip: true,
			closing: "1 passed, 0 failed, 1 skipped",
			shows:   []string{"no database", "skipped: c TestMaybe"},
			verdict: "skip proves nothing",
		},
		{name: "a skip passes otherwise", in: passes + skips, closing: "1 passed, 0 failed, 1 skipped"},
		{
			name: "what does not compile counts as failed", in: passes + noBuild,
			closing: "1 passed, 1 failed, 0 skipped",
			shows:   []string{"undefined: x", "failed: e (the package itself)"},
			verdict: "1 failed",
		},
		{
			name: "a test that never ends counts as failed", in: passes + hangs,
			closing: "1 passed, 1 failed, 0 skipped",
			shows:   []string{"test timed out"},
			verdict: "1 failed",
		},
		{name: "no test at all", in: noTests, closing: "0 passed, 0 failed, 0 skipped", verdict: "no test ran"},
		{name: "lines of the go command are shown", in: "go: no such module\n", closing: "0 passed, 0 failed, 0 skipped", shows: []string{"go: no such module"}, verdict: "no test ran"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			s := newSummary(&out)
			if err := s.read(strings.NewReader(tc.in)); err != nil {
				t.Fatal(err)
			}
			s.close(1)
			checkText(t, out.String(), tc.shows, tc.hides)
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if last := lines[len(lines)-1]; last != tc.closing {
				t.Errorf("last line %q, want %q", last, tc.closing)
			}
			checkVerdict(t, s.verdict(tc.noSkip), tc.verdict)
		})
	}
}

func checkText(t *testing.T, text string, shows, hides []string) {
	t.Helper()
	for _, want := range shows {
		if !strings.Contains(text, want) {
			t.Errorf("output does not show %q:\n%s", want, text)
		}
	}
	for _, unwanted := range hides {
		if strings.Contains(text, unwanted) {
			t.Errorf("output shows %q:\n%s", unwanted, text)
		}
	}
}

func checkVerdict(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("verdict %v, want success", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("verdict %v, want an error with %q", err, want)
	}
}
