//go:build corpus

package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/storage/catalog"
	"sohoa/storage/units"
	"sohoa/testdata/generate/collection"
)

// TestTheCountry takes the real lists through the table into a register, and
// looks three old communes up.
func TestTheCountry(t *testing.T) {
	corpus := collection.Dir(t)
	var table bytes.Buffer
	got, err := convert(filepath.Join(corpus, "vi-text", "admin-units"), &table)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(got)
	if got.provinces != 34 || got.communes != 3321 || got.old < 10_000 || got.linked*100 < got.old*97 {
		t.Errorf("%+v", got)
	}
	rows, err := units.ReadTable(&table)
	if err != nil {
		t.Fatal(err)
	}
	databases, err := catalog.OpenDatabases(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer databases.Close()
	register := units.Open(databases, dossier.Unit{ID: "own"})
	begun := time.Now()
	counts, err := register.Import(t.Context(), dossier.Act{Actor: dossier.Local("own"), At: begun}, rows)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v in %v", counts, time.Since(begun).Round(time.Millisecond))
	for old, now := range map[string]string{"Phường Trúc Bạch": "Phường Ba Đình", "Xã Dương Liễu": "Xã Dương Hòa"} {
		found, err := register.Now(t.Context(), units.Query{Words: old, Day: "2025-01-01", Limit: 20})
		ok := false
		for _, f := range found {
			for _, n := range f.Now {
				ok = ok || viet.Normalise(n.Name) == viet.Normalise(now)
			}
		}
		if err != nil || !ok {
			t.Errorf("%s is now %+v, %v; want %s", old, found, err, now)
		}
	}
}
