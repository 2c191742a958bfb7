package web

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"sohoa/dossier"
)

// TestWordsCoverPages looks for every word a template or a handler asks for.
func TestWordsCoverPages(t *testing.T) {
	table, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	inTemplate := regexp.MustCompile(`\bt "([a-z_.0-9]+)"`)
	err = fs.WalkDir(templateFiles, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(templateFiles, path)
		for _, m := range inTemplate.FindAllStringSubmatch(string(body), -1) {
			asked[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(asked) < 60 {
		t.Fatalf("only %d words found in the templates: the search for them is broken", len(asked))
	}
	for key := range asked {
		if table[key] == nil {
			t.Errorf("a template says %q, which is not in words.csv", key)
		}
	}
	for _, key := range computedKeys() {
		asked[key] = true
		if table[key] == nil {
			t.Errorf("%q is not in words.csv", key)
		}
	}
	for key := range table {
		if !asked[key] && !strings.HasPrefix(key, "device.") && !strings.HasPrefix(key, "why.") && !strings.HasPrefix(key, "kind.") && !strings.HasPrefix(key, "title.") {
			t.Errorf("nothing says %q any more", key)
		}
	}
}

// computedKeys are those that are put together from a value.
func computedKeys() []string {
	keys := []string{"top.unit"} // where the unit has no name
	for _, key := range []string{"found", "keyed", "none", "why_form", "why_rules", "why_rows", "why_labels", "why_empty", "unnamed", "count_wrong"} {
		keys = append(keys, "registers."+key)
	}
	keys = append(keys, "review.backs_wrong")
	for _, r := range dossier.Reasons() {
		keys = append(keys, "reason."+string(r))
	}
	for _, st := range []dossier.PageState{
		dossier.PageClaimed, dossier.PageReading, dossier.PageRead, dossier.PagePlaced, dossier.PageParked, dossier.PageSeparator,
		dossier.PageBlank, dossier.PageSuperseded, dossier.PageDuplicate, dossier.PageNotKept, dossier.PageRejected, "arriving",
	} {
		keys = append(keys, "state."+string(st))
	}
	for _, st := range []dossier.ComponentState{
		dossier.ComponentBuilding, dossier.ComponentReview, dossier.ComponentAwaitingSignature, dossier.ComponentSigned,
		dossier.ComponentSuperseded, dossier.ComponentDisposed, dossier.ComponentNotKept, dossier.ComponentFiled,
	} {
		keys = append(keys, "state."+string(st))
	}
	for _, st := range append(dossierStates, dossier.StateDisposed) {
		keys = append(keys, "state."+string(st))
	}
	for _, flag := range []dossier.Flag{
		dossier.FlagDPIGuessed, dossier.FlagSkewUnsure, dossier.FlagTurnUnsure, dossier.FlagLowConfidence, dossier.FlagResolutionLow,
		dossier.FlagForeignTextKept, dossier.FlagForeignSigned, dossier.FlagRendered, dossier.FlagPartial, dossier.FlagSpreadUnsure, dossier.FlagNotReadAgain, "blank",
	} {
		keys = append(keys, "flag."+string(flag))
	}
	for _, class := range []string{"placed", "separator", "blank", "parked", "duplicate", "superseded", "not_kept", "rejected", "working"} {
		keys = append(keys, "account."+class)
	}
	for _, said := range []map[string]string{entrySaid, sampleSaid} {
		for _, key := range said {
			keys = append(keys, key)
		}
	}
	for _, v := range []dossier.Verdict{dossier.VerdictNothing, dossier.VerdictProven, dossier.VerdictLikely, dossier.VerdictBelow} {
		keys = append(keys, "verdict."+string(v))
	}
	keys = append(keys, "entry.why", "entry.settle_why", "sample.why", "sample.settle_why", "sample.drawn", "sample.nothing", "gates.no_such", "gates.changed")
	for _, name := range []string{"DocCode", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName", "Subject"} {
		keys = append(keys, "metadata."+name)
	}
	for _, r := range dossier.Roles() {
		keys = append(keys, "role."+string(r))
	}
	keys = append(keys, reasonsOffered...)
	for _, deed := range deeds {
		keys = append(keys, "desk.done_"+deed)
	}
	return append(keys, "error.nobody", "error.forbidden", "error.often", "error.media_type", "error.malformed", "error.slow", "error.too_large", "error.reason", "error.not_found", "error.not_waiting", "error.refused", "error.changed", "error.two_needed", "error.same_person", "ask.empty", "ask.no_such_value", "ask.contradiction", "error.not_ready", "error.not_logged", "error.store_away", "error.ours", "dossier.no_code",
		"sign.none_chosen", "desk.impossible", "error.not_empty", "transfer.none", "transfer.same", "who.local", "who.machine", "place.code_wrong", "place.kind_missing", "chip.all", "chip.waiting", "app.name", "kind.none", "due.late", "due.today", "due.left")
}

// TestFlagsAreComplete keeps the list above honest: every flag that package
// dossier declares has words.
func TestFlagsAreComplete(t *testing.T) {
	body, err := os.ReadFile("../dossier/page.go")
	if err != nil {
		t.Fatal(err)
	}
	table, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	flags := regexp.MustCompile(`Flag += "([a-z_]+)"`).FindAllStringSubmatch(string(body), -1)
	if len(flags) < 9 {
		t.Fatalf("found %d flags: the search for them is broken", len(flags))
	}
	for _, f := range flags {
		if table["flag."+f[1]] == nil {
			t.Errorf("flag %q has no words", f[1])
		}
	}
}
