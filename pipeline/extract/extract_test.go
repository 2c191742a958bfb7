package extract_test

import (
	"testing"

	"sohoa/dossier"
)

func load(t *testing.T) *dossier.Catalogue {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}
