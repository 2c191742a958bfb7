package main

import (
	"strings"
	"testing"
	"time"

	"sohoa/ocr"
)

// TestPrintStages: the table of --timings, its sums, and nothing where nothing
// was measured.
func TestPrintStages(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := printStages(&out, image{input: input{name: "a.pdf"}, index: 2, stages: []ocr.Stage{
		{Name: "decode", CPU: 62500 * time.Microsecond, Wall: 80 * time.Millisecond},
		{Name: "recognize", CPU: 1234 * time.Millisecond, Wall: 1300 * time.Millisecond},
		{Name: "encode", Wall: 9 * time.Millisecond},
	}})
	want := `
  a.pdf page 2  CPU ms  wall ms
        decode    62.5     80.0
     recognize  1234.0   1300.0
        encode              9.0
           all  1296.5   1389.0
`
	if got := "\n" + out.String(); err != nil || got != want {
		t.Errorf("%v\n%s\nwant%s", err, got, want)
	}
}
