// Command measure counts which letters an engine takes for which, on scans of
// which the text is known, and writes the table that package noise reads:
//
//	sohoa ocr --format json -o READ TRUE/pages/*
//	go run ./testdata/generate/noise/measure READ TRUE/truth > testdata/generate/noise/confusions.csv
//
// READ/NAME.json is compared with TRUTH/NAME.txt. Each printed line is compared
// with the line read that is nearest to it (Levenshtein 1965); lines of which
// more than a third differs were not read at all, or in another order, and are
// left out: the table is about letters.
package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: measure READ TRUTH")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// bins is how finely confidences are counted.
const bins = 50

// tally is what was counted.
type tally struct {
	seen         map[rune]int
	wrong        map[[2]rune]int
	right, false [bins]int
}

func run(read, truth string, out io.Writer) error {
	files, err := filepath.Glob(filepath.Join(truth, "*.txt"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no .txt files in %s", truth)
	}
	t := tally{seen: map[rune]int{}, wrong: map[[2]rune]int{}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		base := strings.TrimSuffix(filepath.Base(file), ".txt")
		body, err := os.ReadFile(filepath.Join(read, base+".json"))
		if err != nil {
			return err
		}
		reading, err := reading(body)
		if err != nil {
			return fmt.Errorf("%s: %w", base, err)
		}
		t.page(string(text), reading)
	}
	return t.write(out)
}

// reading takes the page out of a file that may hold one page or a list.
func reading(body []byte) (dossier.Reading, error) {
	var one dossier.Reading
	var many []dossier.Reading
	if json.Unmarshal(body, &many) == nil && len(many) > 0 {
		return many[0], nil
	}
	return one, json.Unmarshal(body, &one)
}

func (t *tally) page(text string, r dossier.Reading) {
	lines := r.Lines()
	for printed := range strings.SplitSeq(viet.NFC(text), "\n") {
		want := []rune(strings.Join(strings.Fields(printed), " "))
		if len(want) < 4 {
			continue
		}
		best, least := dossier.Line{}, len(want)/3+1
		for _, line := range lines {
			if steps := align(want, []rune(line.Text)); steps != nil && cost(steps) < least {
				best, least = line, cost(steps)
			}
		}
		if best.Text != "" {
			t.line(want, best)
		}
	}
}

func (t *tally) line(want []rune, line dossier.Line) {
	for _, step := range align(want, []rune(line.Text)) {
		if step[0] != 0 {
			t.seen[step[0]]++
		}
		if step[0] != step[1] {
			t.wrong[step]++
		}
	}
	words := strings.Fields(string(want))
	for _, w := range line.Words {
		bin := min(int(w.Confidence*bins), bins-1)
		if slices.Contains(words, viet.NFC(w.Text)) {
			t.right[bin]++
		} else {
			t.false[bin]++
		}
	}
}

func cost(steps [][2]rune) (n int) {
	for _, s := range steps {
		if s[0] != s[1] {
			n++
		}
	}
	return n
}

// align pairs the letters of two lines with the fewest differences; 0 stands
// for no letter. Lines of very different length are nil.
func align(a, b []rune) [][2]rune {
	if len(b) < len(a)/2 || len(b) > 2*len(a) {
		return nil
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
		}
	}
	var steps [][2]rune
	for i, j := len(a), len(b); i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && (a[i-1] == b[j-1] && d[i][j] == d[i-1][j-1] || d[i][j] == d[i-1][j-1]+1):
			i, j = i-1, j-1
			steps = append(steps, [2]rune{a[i], b[j]})
		case i > 0 && d[i][j] == d[i-1][j]+1:
			i--
			steps = append(steps, [2]rune{a[i], 0})
		default:
			j--
			steps = append(steps, [2]rune{0, b[j]})
		}
	}
	return steps
}

func (t *tally) write(out io.Writer) error {
	if _, err := fmt.Fprint(out, "# What an engine reads for what is printed, counted by testdata/generate/noise/measure. seen: how often a letter is printed;\n"+
		"# wrong: read as another, or as nothing; extra: read where nothing is printed; sure_right, sure_wrong: words by confidence, in\n"+
		"# equal bins from 0 to 1.\n"); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	rows := [][]string{{"what", "printed", "read", "count"}}
	for _, r := range slices.Sorted(maps.Keys(t.seen)) {
		rows = append(rows, []string{"seen", string(r), "", strconv.Itoa(t.seen[r])})
	}
	compare := func(a, b [2]rune) int { return slices.Compare(a[:], b[:]) }
	for _, pair := range slices.SortedFunc(maps.Keys(t.wrong), compare) {
		what, from, to := "wrong", string(pair[0]), string(pair[1])
		if pair[0] == 0 {
			what, from = "extra", ""
		}
		if pair[1] == 0 {
			to = ""
		}
		rows = append(rows, []string{what, from, to, strconv.Itoa(t.wrong[pair])})
	}
	for what, counts := range map[string][bins]int{"sure_right": t.right, "sure_wrong": t.false} {
		for _, n := range counts {
			rows = append(rows, []string{what, "", "", strconv.Itoa(n)})
		}
	}
	return w.WriteAll(rows)
}
