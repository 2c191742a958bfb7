// Package noise turns a printed page into what an engine would have read on it:
// words with boxes and confidence, some of their letters wrong. It costs less
// than a millisecond a page, where drawing, scanning and reading cost a second,
// so that thousands of pages can be classified and taken apart in a measurement.
//
// Which letters are taken for which, how often spaces are lost, and how sure the
// engine is of right and of wrong words was measured on scans with known text
// (confusions.csv, written by the command in measure/). Errors come in bursts:
// each page and each line draws a factor of its own from an exponential
// distribution with mean 1, which gives many clean lines and a few ruined ones.
//
// Limits: seals, folds and lines read in the wrong order are not modelled.
//
// Start at [Load] and [Table.Read].
package noise

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"sohoa/dossier"
	"sohoa/testdata/generate/paper"
)

//go:embed confusions.csv
var measured []byte

// Table is what was measured. It is safe for concurrent use.
type Table struct {
	seen   map[rune]int
	wrong  map[rune]choice // what a letter is read as; 0 stands for nothing
	insert choice
	all    int // letters measured

	right, false []int // words by confidence, in equal bins from 0 to 1
}

// choice is a weighted choice of letters.
type choice struct {
	total   int
	letters []rune
	weights []int
}

func (c *choice) add(letter rune, weight int) {
	c.total += weight
	c.letters, c.weights = append(c.letters, letter), append(c.weights, weight)
}

func (c choice) draw(rng *rand.Rand) rune {
	at := rng.IntN(c.total)
	for i, w := range c.weights {
		if at -= w; at < 0 {
			return c.letters[i]
		}
	}
	return c.letters[len(c.letters)-1]
}

// Load reads the measured table.
func Load() (*Table, error) {
	reader := csv.NewReader(bytes.NewReader(measured))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("confusions.csv: %w", err)
	}
	t := &Table{seen: map[rune]int{}, wrong: map[rune]choice{}}
	for _, row := range rows[1:] {
		if err := t.take(row); err != nil {
			return nil, fmt.Errorf("confusions.csv: %q: %w", row, err)
		}
	}
	if t.all == 0 || len(t.right) == 0 || len(t.false) == 0 {
		return nil, fmt.Errorf("confusions.csv: holds no letters or no confidences")
	}
	return t, nil
}

// take reads one row: what was printed, what was read, how often.
func (t *Table) take(row []string) error {
	count, err := strconv.Atoi(row[3])
	if err != nil {
		return err
	}
	from, to := first(row[1]), first(row[2])
	switch row[0] {
	case "seen":
		t.seen[from] += count
		t.all += count
	case "wrong":
		c := t.wrong[from]
		c.add(to, count)
		t.wrong[from] = c
	case "extra":
		t.insert.add(to, count)
	case "sure_right":
		t.right = append(t.right, count)
	case "sure_wrong":
		t.false = append(t.false, count)
	default:
		return fmt.Errorf("no such row")
	}
	return nil
}

// first is the letter of a cell; 0 for an empty one.
func first(cell string) rune {
	for _, r := range cell {
		return r
	}
	return 0
}

// Page is a printed side with what a reading of it needs to know.
type Page struct {
	Lines         []paper.Line
	Codes         []string
	Width, Height int
	DPI           int
}

// Read is what an engine would have read. strength 1 is as measured, 0 leaves
// every letter as printed.
func (t *Table) Read(page Page, strength float64, rng *rand.Rand) dossier.Reading {
	r := dossier.Reading{Page: 1, Part: 1, Width: page.Width, Height: page.Height, DPI: float64(page.DPI), DPISource: "tag", ToInput: dossier.Identity()}
	for _, code := range page.Codes {
		r.Codes = append(r.Codes, dossier.Code{Type: "qr", Text: code})
	}
	strength *= rng.ExpFloat64()
	var text strings.Builder
	for n, line := range page.Lines {
		words := t.line(line, strength*rng.ExpFloat64(), rng)
		for i := range words {
			words[i].Line, words[i].Block = n+1, line.Block+1
			text.WriteString(words[i].Text + " ")
		}
		text.WriteByte('\n')
		r.Words = append(r.Words, words...)
	}
	r.Text = text.String()
	return r
}

// line reads one printed line: words may run together or fall apart.
func (t *Table) line(line paper.Line, strength float64, rng *rand.Rand) []dossier.Word {
	var words []dossier.Word
	joins := false
	for _, printed := range line.Words {
		word := dossier.Word{Text: t.letters(printed.Text, strength, rng), X: printed.Box.Min.X, Y: printed.Box.Min.Y, W: printed.Box.Dx(), H: printed.Box.Dy()}
		word.Confidence = t.confidence(word.Text == printed.Text, rng)
		if last := len(words) - 1; joins && last >= 0 {
			words[last].Text += word.Text
			words[last].W = word.X + word.W - words[last].X
			words[last].Confidence = t.confidence(false, rng)
		} else if word.Text != "" {
			words = append(words, word)
		}
		joins = t.fails(' ', strength, rng)
	}
	return words
}

// letters reads the letters of a word.
func (t *Table) letters(word string, strength float64, rng *rand.Rand) string {
	var out strings.Builder
	for _, r := range word {
		if !t.fails(r, strength, rng) {
			out.WriteRune(r)
		} else if read := t.wrong[r].draw(rng); read != 0 {
			out.WriteRune(read)
		}
		if t.insert.total > 0 && rng.Float64()*float64(t.all) < strength*float64(t.insert.total) {
			out.WriteRune(t.insert.draw(rng))
		}
	}
	return strings.TrimSpace(out.String())
}

// fails tells whether the letter is misread this time.
func (t *Table) fails(letter rune, strength float64, rng *rand.Rand) bool {
	c, seen := t.wrong[letter], t.seen[letter]
	return c.total > 0 && rng.Float64()*float64(seen) < strength*float64(c.total)
}

// confidence draws from the engine's confidences of right or of wrong words.
func (t *Table) confidence(right bool, rng *rand.Rand) float64 {
	bins := t.false
	if right {
		bins = t.right
	}
	total := 0
	for _, n := range bins {
		total += n
	}
	at := rng.IntN(total)
	bin := slices.IndexFunc(bins, func(n int) bool { at -= n; return at < 0 })
	return (float64(bin) + rng.Float64()) / float64(len(bins))
}
