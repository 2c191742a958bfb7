package web

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sohoa/dossier"
)

// objects are the addresses of everything that is asked for by an id, of a
// dossier with a paper of some pages.
func objects(id, component, page, batch string) []string {
	at := "/dossiers/" + id
	list := []string{
		at, at + "?tab=text&q=khai", at + "?tab=history", at + "?tab=signature", at + "?page=" + page, at + "/pdf/" + component,
		"/api/dossiers/" + id, "/review/papers?dossier=" + id, "/review/cut/" + id + "/" + component + "/child_name", "/pictures/" + page + "/0/1000",
	}
	for _, width := range []int{widthThumb, widthStrip, widthPage, widthZoom} {
		list = append(list, fmt.Sprintf("/pictures/%s/1/%d", page, width), fmt.Sprintf("/incoming/%s/1/%d", batch, width))
	}
	return list
}

// TestObjectsOfOthers: whatever way an object is asked for, by whom it is not
// for, the answer is that to an id that is not there.
func TestObjectsOfOthers(t *testing.T) {
	h, people := office(t, busyDay())
	people.users = append(people.users, dossier.User{ID: "k", Name: "kinds", Grants: []dossier.Grant{{Role: dossier.RoleArchivist, Unit: "unit1", Kinds: []string{"land_use_certificate"}}}})
	own := regexp.MustCompile(`name="(back|next)" value="[^"]*"`)
	same := func(a answer) string { return own.ReplaceAllString(a.body, "") }
	theirs := objects("dossier0001", "component0001", string(pageID(2)), "batch2")
	nothing := objects("nosuch", "nosuch", strings.Repeat("0", 64)+".1.1", "nosuch")
	for i, path := range theirs {
		control := as(t, h, "archivist.unit1", http.MethodGet, path, nil)
		if control.Code != http.StatusOK {
			t.Errorf("%s for the own archivist: %d: nothing is tested by it", path, control.Code)
		}
		for _, ways := range [][]string{{http.MethodGet}, {http.MethodHead}, {http.MethodGet, "Range", "bytes=0-9"}, {http.MethodGet, "If-None-Match", control.Header().Get("ETag")}} {
			by := func(who, path string) answer {
				return ask(t, h, ways[0], path, nil, append([]string{"Cookie", "sohoa=" + who}, ways[1:]...)...)
			}
			for _, who := range []string{"archivist.unit2", "kinds"} {
				got, random := by(who, path), by(who, nothing[i])
				if got.Code != http.StatusNotFound || same(got) != same(random) || got.Header().Get("ETag") != "" {
					t.Errorf("%v %s by %s: %d, a random id %d, in the same words: %v", ways, path, who, got.Code, random.Code, same(got) == same(random))
				}
			}
			if got := by("administrator.unit1", path); got.Code != http.StatusForbidden || ofUnit1.MatchString(same(got)) {
				t.Errorf("%v %s by an administrator: %d", ways, path, got.Code)
			}
			if got := by("guess", path); got.Code != http.StatusSeeOther && got.Code != http.StatusUnauthorized || ofUnit1.MatchString(same(got)) {
				t.Errorf("%v %s by nobody: %d", ways, path, got.Code)
			}
		}
	}
}

// TestTokensInEveryRole: a token to read and to file does at the API what its
// user may do of it, in its unit, and opens no page.
func TestTokensInEveryRole(t *testing.T) {
	for _, role := range dossier.Roles() {
		for _, unit := range []string{"unit1", "unit2"} {
			h, _ := office(t, busyDay())
			for _, rt := range routes() {
				if rt.needs == permNone || rt.machine {
					continue
				}
				want := known[rt.method+" "+rt.pattern]
				if want.at == "" {
					want.at = "/events"
				}
				code, open := http.StatusForbidden, (rt.needs == permRead || rt.needs == permFile) && role.May(rt.needs)
				switch {
				case !strings.HasPrefix(want.at, "/api/"):
					code = http.StatusSeeOther
				case open && unit == "unit1":
					code = want.code
				case open:
					code = want.foreign
				}
				got := ask(t, h, rt.method, want.at, nil, "Authorization", "Bearer "+string(role)+"."+unit)
				if got.Code != code {
					t.Errorf("%s %s by a token as %s of %s: %d, want %d", rt.method, want.at, role, unit, got.Code, code)
				}
				if said := ofUnit1.FindString(got.body); said != "" && (unit == "unit2" || !open) {
					t.Errorf("%s %s by a token as %s of %s says %q", rt.method, want.at, role, unit, said)
				}
			}
		}
	}
}

// TestOneTableOfRoutes: nothing is served beside the table, or the tests that
// walk it would not know.
func TestOneTableOfRoutes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	serves := regexp.MustCompile(`\.Handle(Func)?\(|NewServeMux\(`)
	found := map[string]int{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(serves.FindAll(body, -1)); n > 0 && !strings.HasSuffix(file, "_test.go") {
			found[file] = n
		}
	}
	// The mux, the table, and the answer to everything else.
	if len(found) != 1 || found["routes.go"] != 3 {
		t.Errorf("addresses are served at %v; add them to the table in routes.go", found)
	}
}
