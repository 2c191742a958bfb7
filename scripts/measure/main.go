// Command measure says how well papers are named and taken apart. It lays out
// fresh papers of people who do not exist, in wordings and type that nothing
// was developed on, makes of each what an engine would have read (package
// noise), and compares what the product makes of that with the truth:
//
//	go run ./scripts/measure -pages 2000 -svg docs/calibration.svg
//
// "Accepted" is what no person would see: a kind or a field at or above its
// gate. Upper ends of intervals are one-sided for 97.5 %, the upper end of the
// two-sided 95 % interval of Clopper and Pearson (1934).
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
	"sohoa/pipeline/extract"
	"sohoa/testdata/generate/forms"
	"sohoa/testdata/generate/noise"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

func main() {
	pages := flag.Int("pages", 2000, "how many papers")
	seed := flag.Uint64("seed", 20261127, "draw everything from this number")
	strength := flag.Float64("noise", 1, "letters misread, as a multiple of what was measured")
	svg := flag.String("svg", "", "write the calibration plot into this `file`")
	wrong := flag.Int("wrong", 0, "print so many mistakes to standard error")
	flag.Parse()
	m := measurement{seed: *seed, strength: *strength, mistakes: *wrong, confusion: map[[2]string]int{}}
	err := m.run(*pages)
	if err == nil && *svg != "" {
		err = os.WriteFile(*svg, []byte(plot(m.kinds, m.fields)), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
	fmt.Print(m.report())
}

// judged is one answer of the product.
type judged struct {
	confidence      float64
	right, accepted bool
}

// measurement is everything counted so far.
type measurement struct {
	seed     uint64
	strength float64
	mistakes int

	pages, foreign int
	kinds, fields  []judged
	misnamed       int // papers of no known kind that got an accepted name
	confusion      map[[2]string]int
	exact, printed int // printed fields
	cpu            time.Duration
}

func (m *measurement) run(pages int) error {
	fonts, err := paper.LoadFonts()
	if err != nil {
		return err
	}
	table, err := noise.Load()
	if err != nil {
		return err
	}
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		return err
	}
	names, err := forms.FreshNames()
	if err != nil {
		return err
	}
	for i := range pages {
		rng := rand.New(rand.NewPCG(m.seed, uint64(i)))
		drawn, err := forms.NewFresh(names[i%len(names)], forms.NewMatter(people.New(rng), forms.Procedures()[0]))
		if err != nil {
			return err
		}
		sheet := paper.Layout(fonts, 300, rng)
		drawn.Sides[0](sheet)
		_, lines, err := sheet.Finish()
		if err != nil {
			return fmt.Errorf("%s: %w", names[i%len(names)], err)
		}
		size := sheet.Size()
		read := table.Read(noise.Page{Lines: lines, Codes: sheet.Codes(), Width: size.X, Height: size.Y, DPI: 300}, m.strength, rng)
		m.judge(cat, names[i%len(names)], drawn, read)
	}
	return nil
}

// judge lets the product look at one page.
func (m *measurement) judge(cat *dossier.Catalogue, name string, drawn forms.Paper, read dossier.Reading) {
	begun := processorTime()
	guess := classify.Classify(cat, read)
	kind, _ := cat.Kind(guess.Kind)
	fields := extract.Fields(kind, []dossier.Reading{read}, []dossier.PageID{"p"})
	m.cpu += processorTime() - begun
	m.pages++
	accepted := guess.Kind != dossier.KindOther && guess.Confidence >= kind.Gate
	if drawn.Kind == dossier.KindOther {
		m.foreign++
		if accepted {
			m.misnamed++
			m.tell("%s: named %s %.2f %q", name, guess.Kind, guess.Confidence, guess.Reasons)
		}
		return
	}
	m.kinds = append(m.kinds, judged{guess.Confidence, guess.Kind == drawn.Kind, accepted})
	if guess.Kind != drawn.Kind {
		m.confusion[[2]string{drawn.Kind, guess.Kind}]++
		m.tell("%s: named %s %.2f %q, is %s", name, guess.Kind, guess.Confidence, guess.Reasons, drawn.Kind)
		if !accepted {
			// A person names it, and then the fields of that kind are read.
			kind, _ = cat.Kind(drawn.Kind)
			fields = extract.Fields(kind, []dossier.Reading{read}, []dossier.PageID{"p"})
		}
	}
	for id, want := range drawn.Fields {
		m.field(cat, name, id, want, fields[id])
	}
}

// subject is what may stand before the subject of a paper: some offices keep it
// as a part of the subject, and both are right.
var subject = regexp.MustCompile(`^(?:Về việc|V/v) `)

// field compares one value. Case is no part of a name: certificates print it in
// capitals.
func (m *measurement) field(cat *dossier.Catalogue, name, id, want string, got dossier.Field) {
	m.printed++
	right := strings.EqualFold(subject.ReplaceAllString(got.Value, ""), want)
	if right {
		m.exact++
	}
	def, _ := cat.Field(id)
	if got.Value != "" {
		m.fields = append(m.fields, judged{got.Confidence, right, got.Confidence >= def.Gate})
	}
	if !right && (got.Value == "" || got.Confidence >= def.Gate) {
		m.tell("%s %s: %q %.2f, is %q", name, id, got.Value, got.Confidence, want)
	}
}

func (m *measurement) tell(format string, args ...any) {
	if m.mistakes > 0 {
		m.mistakes--
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // the only error is a bad argument
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
