// Command nextsteps reads the answer of `sohoa search --json` from standard input and
// prints the commands a newcomer can try next, filled with values from that
// answer. `make demo` ends with it. What it prints are commands that work as
// they stand, so that nobody has to invent a dossier id.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"

	"sohoa/dossier"
	"sohoa/dossier/viet"
)

func main() {
	data := flag.String("data", "./demo", "the archive the commands shall name")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *data); err != nil {
		fmt.Fprintln(os.Stderr, "nextsteps:", err)
		os.Exit(1)
	}
}

// answer is the part of `search --json` that is of use here.
type answer struct {
	Hits []hit `json:"hits"`
}

type hit struct {
	Dossier string                   `json:"dossier"`
	Snippet string                   `json:"snippet"`
	Fields  map[string]dossier.Field `json:"fields"`
}

func run(in io.Reader, out io.Writer, data string) error {
	var found answer
	if err := json.NewDecoder(in).Decode(&found); err != nil {
		return fmt.Errorf("read the answer of search: %w", err)
	}
	chosen, err := choose(found.Hits)
	if err != nil {
		return err
	}
	phrase := chosen.phrase()
	steps := []struct{ command, why string }{
		{fmt.Sprintf("search %q", phrase), "as it is written"},
		{fmt.Sprintf("search %q", viet.Fold(phrase)), "without tones, as people type in a hurry"},
		{"show " + chosen.Dossier, "what is in the dossier, page by page"},
		{"export --pdf ./demo/pdf", "every published PDF, with text that can be searched and copied"},
		{"verify", "prove that the whole archive is what it was"},
	}
	fmt.Fprintln(out, "Thử tiếp · What to try next:")
	for _, s := range steps {
		name, arguments, _ := strings.Cut(s.command, " ")
		command := strings.TrimSpace("bin/sohoa " + name + " --data " + data + " " + arguments)
		fmt.Fprintf(out, "  %-72s # %s\n", command, s.why)
	}
	return nil
}

// choose takes the first hit with a value worth searching for, else the first.
func choose(hits []hit) (hit, error) {
	if len(hits) == 0 {
		return hit{}, errors.New("the search found nothing, so the archive shows nothing to try")
	}
	if i := slices.IndexFunc(hits, func(h hit) bool { return h.name() != "" }); i >= 0 {
		return hits[i], nil
	}
	return hits[0], nil
}

// phrase is what to search for: a name of the dossier, or failing that the
// title words everybody's archive has.
func (h hit) phrase() string {
	if name := h.name(); name != "" {
		return name
	}
	return "khai sinh"
}

// name is the first value, by field id, of two to five plain words that lose
// something when their tones are stripped: most often a person's name.
func (h hit) name() string {
	for _, id := range slices.Sorted(maps.Keys(h.Fields)) {
		value := h.Fields[id].Value
		if words := len(strings.Fields(value)); words < 2 || words > 5 || strings.ContainsFunc(value, notPlain) {
			continue
		}
		if viet.Fold(value) != strings.ToLower(value) {
			return value
		}
	}
	return ""
}

// notPlain tells the characters that a shell might read as more than text.
func notPlain(r rune) bool { return !unicode.IsLetter(r) && r != ' ' }
