package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOldNamesOfPlaces: an office's table of places is read with its catalogue; a
// search for the new name finds the paper with the old one, and says by which name
// it looked, and the other way round. What stands on the paper is not changed.
func TestOldNamesOfPlaces(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	if err := os.MkdirAll(r.place().tables(), 0o750); err != nil {
		t.Fatal(err)
	}
	table := "old,within,new,verified,source\nXã Gò Cao,Huyện Văn Lâm,\"Xã Gò Suối, tỉnh Lào Cai\",no,our own\n"
	if err := os.WriteFile(filepath.Join(r.place().tables(), "places.csv"), []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	r.feed(t, separator(t, someCode, 0), paper(birth, "An")+"Nơi sinh: xã Gò Cao, huyện Văn Lâm, tỉnh Yên Bái\n", separator(t, otherCode, 0), paper(birth, "Ba")+"Nơi sinh: xã Gò Suối, tỉnh Lào Cai\n")
	for words, wants := range map[string][2]string{
		"xã Gò Suối": {otherCode, someCode}, "go cao": {someCode, otherCode}, `"tỉnh Yên Bái"`: {someCode, otherCode}, "Lào Cai": {otherCode, someCode},
	} {
		var out bytes.Buffer
		if err := (searchCmd{Query: []string{words}, Limit: 20}).Run(t.Context(), r.cli, console{out: &out}); err != nil {
			t.Fatal(err)
		}
		first, second := strings.Index(out.String(), wants[0]), strings.Index(out.String(), wants[1])
		if first < 0 || second < first || !strings.Contains(out.String(), "also looked for") {
			t.Errorf("%s finds\n%s", words, out.String())
		}
	}
	if text := r.dossiers(t)[0].Dossier.Components[0].Fields; strings.Contains(text["address"].Value, "Gò Suối") {
		t.Errorf("the paper was changed: %+v", text)
	}
}
