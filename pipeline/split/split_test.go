package split_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sohoa/dossier"
	"sohoa/pipeline/classify"
	"sohoa/pipeline/split"
)

var update = flag.Bool("update", false, "rewrite the expected plans in testdata")

func load(t *testing.T) *dossier.Catalogue {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// TestSplit runs one case per file of testdata; see testdata/README.md.
func TestSplit(t *testing.T) {
	cat := load(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases in testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil || len(archive.Files) != 2 {
				t.Fatal("want the files sheets and plan", err)
			}
			sheets := parseSheets(t, string(archive.Files[0].Data))
			plan := split.Split(cat, sheets)
			checkComplete(t, sheets, plan)
			got := format(plan)
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if want := string(archive.Files[1].Data); got != want {
				t.Errorf("plan:\n%swant:\n%s", got, want)
			}
		})
	}
}

// parseSheets reads one sheet a line: page, input, then words in any order.
func parseSheets(t *testing.T, text string) []split.Sheet {
	t.Helper()
	var sheets []split.Sheet
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		input, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatalf("%q: input: %v", line, err)
		}
		s := split.Sheet{Page: dossier.PageID(fields[0]), Image: dossier.ImageID(fields[0]), Input: input}
		s.Reading.Text = "text"
		s.Guess = classify.Guess{Kind: dossier.KindOther}
		for _, word := range fields[2:] {
			describe(t, &s, word)
		}
		sheets = append(sheets, s)
	}
	return sheets
}

// describe applies one word of a sheet's line.
func describe(t *testing.T, s *split.Sheet, word string) {
	t.Helper()
	key, value, _ := strings.Cut(word, "=")
	number := func() float64 {
		f, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		return f
	}
	switch key {
	case "first":
		s.Guess.First = true
	case "blank":
		s.Reading.Blank, s.Reading.Text, s.Guess.Kind, s.Guess.Confidence = true, "", dossier.KindBlank, 1
	case "textless":
		s.Reading.Text = ""
	case "marked-blank": // the front end says blank, yet there is text
		s.Reading.Blank = true
	case "number":
		s.Guess.PageNumber = int(number())
	case "articles":
		if _, err := fmt.Sscanf(value, "%d-%d", &s.Guess.Articles.First, &s.Guess.Articles.Last); err != nil {
			t.Fatalf("%q: %v", word, err)
		}
	case "confidence":
		s.Guess.Confidence = number()
	case "continues":
		s.Guess.Continues = value
	case "annex":
		s.Guess.Annex = true
	case "size": // millimetres, as 210x297
		width, height, _ := strings.Cut(value, "x")
		if _, err := fmt.Sscan(width+" "+height, &s.Reading.Width, &s.Reading.Height); err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		s.Reading.DPI, s.Reading.DPISource = 25.4, "tag"
	case "code":
		s.Guess.Code = value
	case "image":
		s.Image = dossier.ImageID(value)
	case "lost":
		s.Lost = dossier.Reason(value)
	case "separator":
		s.Guess = classify.Guess{Kind: dossier.KindSeparator, Confidence: 1, First: true}
		if value != "" {
			s.Reading.Codes = append(s.Reading.Codes, dossier.Code{Type: "qr", Text: value})
		}
	case "patch":
		s.Guess = classify.Guess{Kind: dossier.KindSeparator, Confidence: 1, First: true}
		s.Reading.Codes = append(s.Reading.Codes, dossier.Code{Type: "patch", Text: value})
	case "slip":
		s.Guess = classify.Guess{Kind: dossier.KindReceiptSlip, Confidence: 0.97, First: true, Role: dossier.RoleSlip, Code: value}
	case "title":
		s.Guess = classify.Guess{Kind: value, Confidence: 0.97, First: true, Role: dossier.RoleComponent}
	default:
		t.Fatalf("unknown word %q", word)
	}
}

func format(p split.Plan) string {
	var b strings.Builder
	for i, g := range p.Groups {
		code := "(no code)"
		if g.Code != nil {
			code = *g.Code
		}
		fmt.Fprintf(&b, "group %d: %s opened by %s", i, code, g.Opener)
		if g.SheetsExpected > 0 {
			fmt.Fprintf(&b, ", %d sheets expected", g.SheetsExpected)
		}
		b.WriteString("\n")
		for _, c := range g.Components {
			fmt.Fprintf(&b, "  %s %s %.2f: %s\n", c.Role, c.Kind, c.Confidence, join(c.Pages))
		}
	}
	for _, k := range p.Parked {
		fmt.Fprintf(&b, "parked %s: %s, group %d\n", k.Page, k.Reason, k.Group)
	}
	if len(p.Separators) > 0 {
		fmt.Fprintf(&b, "separators: %s\n", join(p.Separators))
	}
	if len(p.Blanks) > 0 {
		fmt.Fprintf(&b, "blanks: %s\n", join(p.Blanks))
	}
	return b.String()
}

func join(ids []dossier.PageID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, " ")
}

// checkComplete holds the promise of the package: every page is in exactly one
// place, in order within its place, and every reference is in range.
func checkComplete(t *testing.T, sheets []split.Sheet, p split.Plan) {
	t.Helper()
	order := map[dossier.PageID]int{}
	for i, s := range sheets {
		order[s.Page] = i
	}
	places := map[dossier.PageID]int{}
	visit := func(ids []dossier.PageID) {
		for i, id := range ids {
			places[id]++
			if i > 0 && order[ids[i-1]] >= order[id] {
				t.Errorf("%s stands before %s", ids[i-1], id)
			}
		}
	}
	visit(p.Separators)
	visit(p.Blanks)
	var parked []dossier.PageID
	for _, k := range p.Parked {
		parked = append(parked, k.Page)
		if k.Reason == "" || k.Group < -1 || k.Group >= len(p.Groups) {
			t.Errorf("parked %+v of %d groups", k, len(p.Groups))
		}
	}
	visit(parked)
	codes := map[string]bool{}
	for _, g := range p.Groups {
		if g.Code != nil {
			if codes[*g.Code] {
				t.Errorf("code %s has two groups", *g.Code)
			}
			codes[*g.Code] = true
		}
		for _, c := range g.Components {
			if len(c.Pages) == 0 {
				t.Errorf("component %s without pages", c.Kind)
			}
			visit(c.Pages)
		}
	}
	for _, s := range sheets {
		if places[s.Page] != 1 {
			t.Errorf("page %s is in %d places", s.Page, places[s.Page])
		}
	}
	if len(places) != len(sheets) {
		t.Errorf("%d pages in the plan, %d sheets", len(places), len(sheets))
	}
}

// TestEverySheetInOnePlace splits batches of random sheets, seeded so that a
// failure can be repeated.
func TestEverySheetInOnePlace(t *testing.T) {
	cat := load(t)
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 7))
		sheets := randomBatch(random)
		plan := split.Split(cat, sheets)
		checkComplete(t, sheets, plan)
		checkSafe(t, cat, sheets, plan)
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, format(plan))
		}
	}
}

// checkSafe holds what must never happen whatever is fed: text dropped as
// blank, a component begun below its gate, a lost page placed, a page filed
// under a code other than the last one announced before it, a page of another
// input joined without a number or words that say so.
func checkSafe(t *testing.T, cat *dossier.Catalogue, sheets []split.Sheet, p split.Plan) {
	t.Helper()
	byPage, announced := map[dossier.PageID]split.Sheet{}, map[dossier.PageID]map[string]bool{}
	said := map[string]bool{}
	for _, s := range sheets {
		byPage[s.Page] = s
		for _, c := range s.Reading.Codes {
			if sep, ok, err := dossier.ParseSeparator(c.Text); ok && err == nil {
				said[sep.Code] = true
			}
		}
		said[s.Guess.Code] = true
		announced[s.Page] = maps.Clone(said)
	}
	for _, id := range p.Blanks {
		if byPage[id].Reading.Text != "" {
			t.Errorf("%s carries text and was dropped as blank", id)
		}
	}
	for _, g := range p.Groups {
		for _, c := range g.Components {
			first := byPage[c.Pages[0]]
			kind, _ := cat.Kind(c.Kind)
			if first.Guess.Kind != c.Kind || first.Guess.Confidence < kind.Gate {
				t.Errorf("component %s begun by %v", c.Kind, first.Guess)
			}
			for k, id := range c.Pages {
				page := byPage[id]
				if k > 0 && page.Input != byPage[c.Pages[k-1]].Input && page.Guess.PageNumber == 0 && page.Guess.Continues != c.Kind {
					t.Errorf("%s of another input continues a %s", id, c.Kind)
				}
				if page.Lost != "" || byPage[id].Guess.First && id != c.Pages[0] {
					t.Errorf("%s must not be inside a component", id)
				}
				if g.Code != nil && !announced[id][*g.Code] {
					t.Errorf("%s filed under %s before any sheet said so", id, *g.Code)
				}
			}
		}
	}
}

func randomBatch(random *rand.Rand) []split.Sheet {
	codes := []string{"", "H38.29-260909-0549", "H38.29-260909-0550", "H60.3-250512-5970"}
	kinds := []string{"birth_notice", "decision", "other", "land_use_certificate", "receipt_slip", "separator", "blank", "citizen_id_card"}
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	sheets := make([]split.Sheet, random.IntN(25))
	for i := range sheets {
		s := &sheets[i]
		s.Page = dossier.PageID(fmt.Sprintf("p%02d", i))
		s.Image = dossier.ImageID(fmt.Sprintf("i%02d", i-random.IntN(2)))
		s.Input = i / (1 + random.IntN(4))
		s.Guess = classify.Guess{Kind: pick(kinds), Confidence: random.Float64() * 1.2, First: random.IntN(2) == 0, PageNumber: random.IntN(4)}
		if random.IntN(5) > 0 {
			s.Reading.Text = "text"
		}
		s.Reading.Blank = random.IntN(4) == 0
		s.Guess.Annex = !s.Guess.First && random.IntN(6) == 0
		if random.IntN(3) == 0 {
			s.Reading.Width, s.Reading.Height, s.Reading.DPI, s.Reading.DPISource = 100+random.IntN(200), 297, 25.4, "pdf"
		}
		switch random.IntN(8) {
		case 0:
			s.Lost = dossier.ReasonCrash
		case 1:
			s.Guess.Continues = pick(kinds)
		case 2, 3:
			s.Guess.Code = pick(codes)
		}
		if s.Guess.Kind == dossier.KindSeparator && random.IntN(4) > 0 {
			text, err := dossier.FormatSeparator(pick(codes[1:]), random.IntN(6))
			if err != nil {
				panic(err)
			}
			s.Reading.Codes = []dossier.Code{{Type: "qr", Text: text}}
		}
		if s.Guess.Kind == dossier.KindSeparator && random.IntN(3) == 0 {
			s.Reading.Codes = append(s.Reading.Codes, dossier.Code{Type: "patch", Text: "T"})
		}
	}
	return sheets
}

// TestPure holds that splitting does not change its input and that the same
// input gives the same plan.
func TestPure(t *testing.T) {
	cat := load(t)
	sheets := randomBatch(rand.New(rand.NewPCG(1, 2)))
	before := slices.Clone(sheets)
	if format(split.Split(cat, sheets)) != format(split.Split(cat, before)) || fmt.Sprint(sheets) != fmt.Sprint(before) {
		t.Error("Split is not pure")
	}
}

// TestPrintedSeparator opens a dossier by what is printed on a separator whose
// square code is gone, if both lines were read clearly.
func TestPrintedSeparator(t *testing.T) {
	cat := load(t)
	const code = "H38.29-260909-0549"
	words := func(confidence float64, lines ...string) (r dossier.Reading) {
		for n, line := range lines {
			for _, w := range strings.Fields(line) {
				r.Words = append(r.Words, dossier.Word{Text: w, Confidence: confidence, Line: n + 1, Block: 1})
			}
		}
		return r
	}
	for name, c := range map[string]struct {
		reading dossier.Reading
		sure    bool
	}{
		"clear":               {words(0.95, code, dossier.PrintedCount(code, 1)), true},
		"unclear":             {words(0.8, code, dossier.PrintedCount(code, 1)), false},
		"without a count":     {words(0.95, code), false},
		"check of another":    {words(0.95, "H38.29-260909-0546", dossier.PrintedCount(code, 1)), false},
		"count of an old one": {words(0.95, code, "Số tờ: 1"), false},
	} {
		plan := split.Split(cat, []split.Sheet{
			{Page: "s", Image: "s", Input: 1, Reading: c.reading, Guess: classify.Guess{Kind: dossier.KindSeparator, Confidence: 1, First: true}},
			{Page: "a", Image: "a", Input: 2, Reading: dossier.Reading{Text: "text"}, Guess: classify.Guess{Kind: "decision", Confidence: 0.97, First: true}},
		})
		opened := len(plan.Groups) == 1 && plan.Groups[0].Code != nil && *plan.Groups[0].Code == code && len(plan.Groups[0].Components) == 1
		if opened != c.sure {
			t.Errorf("%s: %s", name, format(plan))
		}
	}
}
