package main

import (
	"encoding/json"
	"fmt"
	pixels "image" // this package has a type of that name
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// awaitTime bounds every wait for a running serve; pages take seconds each on
// a busy machine with few cores.
const awaitTime = 3 * time.Minute

// awaitCommand waits until a running serve says something. FILE is its standard
// output, which holds its address; then come a path it answers, and pairs of a
// place in that answer and what must be there (+ for "not 0"):
//
//	await serve.out /status taken.files 10 jobs.waiting 0 jobs.running 0
//
// With a word after FILE that does not begin with a slash, it waits until the
// file holds that word:
//
//	await serve.log 'settings read again'
func awaitCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args)%2 != 0 {
		ts.Fatalf("usage: await FILE PATH [PLACE WANT]… or await FILE WORDS")
	}
	last := "nothing yet"
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(awaitTime); time.Now().Before(deadline); <-tick.C {
		var ok bool
		if ok, last = holds(ts.MkAbs(args[0]), args[1], args[2:]); ok {
			return
		}
	}
	ts.Fatalf("waited in vain for %q; last: %s", args[1:], last)
}

var servedAt = regexp.MustCompile(`http://\S+:\d+/`)

// holds looks once.
func holds(file, what string, pairs []string) (ok bool, last string) {
	body, err := os.ReadFile(file)
	if err != nil {
		return false, err.Error()
	}
	if what[0] != '/' {
		return regexp.MustCompile(regexp.QuoteMeta(what)).Match(body), string(body)
	}
	address := servedAt.FindString(string(body))
	if address == "" {
		return false, "no address in " + string(body)
	}
	response, err := http.Get(address + what[1:])
	if err != nil {
		return false, err.Error()
	}
	defer response.Body.Close()
	var value any
	if err := json.NewDecoder(response.Body).Decode(&value); err != nil {
		return false, err.Error()
	}
	said := fmt.Sprint(value)
	for i := 0; i < len(pairs); i += 2 {
		got, err := lookUp(value, pairs[i])
		if err != nil || got != pairs[i+1] && (pairs[i+1] != "+" || got == "0") {
			return false, said
		}
	}
	return true, said
}

// picturesCommand writes pictures into a folder: small sheets, each different,
// on which there is nothing to read.
//
//	pictures inbox 100
func picturesCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pictures FOLDER COUNT")
	}
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	for i := range count {
		ts.Check(writePicture(filepath.Join(ts.MkAbs(args[0]), fmt.Sprintf("SCN_%04d.png", i+1)), i))
	}
}

func writePicture(path string, n int) error {
	sheet := pixels.NewGray(pixels.Rect(0, 0, 24, 32))
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	sheet.SetGray(n%24, n/24, color.Gray{Y: 0})
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(file, sheet); err != nil {
		return err
	}
	return file.Close()
}
