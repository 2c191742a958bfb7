package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun counts one paper that was read right in capitals, wrongly beside it,
// and not at all in a third field, and one that nobody placed.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "truth"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"1.json": `{"file":"1.jpg","kind":"birth_certificate","component_page":1,"fields":{"child_name":"Lò Thị Ơn","father":"Lò Văn Ún","dob":"12/05/2026"}}`,
		"2.json": `{"file":"2.jpg","kind":"birth_notice","component_page":1,"fields":{"mother":"Lò Thị Ín"}}`,
		"3.json": `{"file":"3.jpg","kind":"blank","component_page":1}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, "truth", name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	processed := `{"dossiers":[{"components":[{"kind":"birth_certificate","pages":[{"file":"1.jpg","index":1}],"fields":{
		"child_name":{"value":"LÒ THỊ ƠN","confidence":0.99,"status":"auto"},"father":{"value":"Lò Văn Un","confidence":0.99,"status":"auto"}}}]}]}`
	var out strings.Builder
	if err := run(strings.NewReader(processed), dir, &out); err != nil {
		t.Fatal(err)
	}
	want := `papers 2, called right 1, waiting 1
fields 3, right 1, accepted 2, accepted and wrong 1, not found 1
! 1.jpg father: "Lò Văn Un" 0.99, is "Lò Văn Ún"
  1.jpg dob: "" 0.00, is "12/05/2026"
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
