package units

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/storage/catalog"
	"sohoa/storage/storagetest/pgtest"
)

const ownID = dossier.UnitID("own-unit")

var local = dossier.Act{Actor: dossier.Local(ownID), At: time.Date(2026, 9, 9, 1, 0, 0, 0, time.UTC)}

// onEach runs a test on an empty register on either database.
func onEach(t *testing.T, test func(t *testing.T, u *Units)) {
	t.Helper()
	for name, address := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "catalog.db"), "postgres": pgtest.Start(t)} {
		t.Run(name, func(t *testing.T) {
			databases, err := catalog.OpenDatabases(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = databases.Close() })
			test(t, Open(databases, dossier.Unit{ID: ownID, Codes: []dossier.UnitCode{{Code: "H38.12"}}}))
		})
	}
}

// merger is the merger of 2025 with made-up places: two communes of a district
// become one, and its number was another's before.
const merger = `code,name,parent,from,to,became,alias_of
# The province keeps its number, and has another name from 2025 on.
90,Tỉnh Thử Cũ,,,2025-07-01,91,
91,Tỉnh Thử Mới,,2025-07-01,,,
900,Huyện Đồi,90,,2025-07-01,,
00001,Xã Gò Cao,900,,2025-07-01,00002,
00002,Xã Suối Sâu,900,,2025-07-01,00002|00003,
00002,Xã Gò Suối,91,2025-07-01,,,
00003,Phường Chợ,91,2025-07-01,,,
H38.12,Ủy ban nhân dân xã Gò Suối,00002,2025-07-01,,,
000.00.12.H38,,,2020-10-01,2025-07-01,,H38.12
`

func read(t *testing.T, table string) []Row {
	t.Helper()
	rows, err := ReadTable(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func take(t *testing.T, u *Units, table string) Counts {
	t.Helper()
	counts, err := u.Import(t.Context(), local, read(t, table))
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// now lists what something old is today, as "old: now, now".
func now(t *testing.T, u *Units, words, day string) string {
	t.Helper()
	found, err := u.Now(t.Context(), Query{Words: words, Day: day, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range found {
		var names []string
		for _, n := range c.Now {
			names = append(names, n.Name)
		}
		lines = append(lines, c.Unit.Name+": "+strings.Join(names, ", "))
	}
	return strings.Join(lines, "; ")
}

func TestTheMerger(t *testing.T) {
	onEach(t, func(t *testing.T, u *Units) {
		if got, want := take(t, u, "\ufeff"+merger), (Counts{Lines: 9, Units: 8, Codes: 9, Successors: 4}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		for words, want := range map[string]string{
			"go cao":      "Xã Gò Cao: Xã Gò Suối",
			"suối sâu":    "Xã Suối Sâu: Phường Chợ, Xã Gò Suối",
			"Xã Suối Sâu": "Xã Suối Sâu: Phường Chợ, Xã Gò Suối",
			"00003":       "Phường Chợ: Phường Chợ",
			"Huyện Đồi":   "Huyện Đồi: ", // districts have no successor
			"h38.12":      "Ủy ban nhân dân xã Gò Suối: Ủy ban nhân dân xã Gò Suối",
			"%":           "",
		} {
			if got := now(t, u, words, ""); got != want {
				t.Errorf("%q is now %q, want %q", words, got, want)
			}
		}
		// One number, two places, told apart by the day.
		if got := now(t, u, "00002", "2025-06-30"); got != "Xã Suối Sâu: Phường Chợ, Xã Gò Suối" {
			t.Errorf("the day before: %q", got)
		}
		if got := now(t, u, "00002", "2025-07-01"); got != "Xã Gò Suối: Xã Gò Suối" {
			t.Errorf("on the day: %q", got)
		}
		list, err := u.List(t.Context(), Query{Words: "Gò Suối", Day: "2026-01-01", Limit: 10})
		if err != nil || len(list) != 2 || list[1].Above != "Tỉnh Thử Mới" || list[0].Above != "Xã Gò Suối" || len(list[0].Codes) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
		// The own office keeps the id of the archive's record, under each code.
		if name, err := u.Name(t.Context(), ownID); err != nil || name != "Ủy ban nhân dân xã Gò Suối" {
			t.Errorf("own name %q, %v", name, err)
		}
		for code, day := range map[string]string{"H38.12": "2026-01-01", "000.00.12.H38": "2024-01-01"} {
			if id, ok, err := u.Coded(t.Context(), code, day); id != ownID || !ok || err != nil {
				t.Errorf("%s on %s is %q, %v", code, day, id, err)
			}
		}
		if id, ok, err := u.Coded(t.Context(), "000.00.12.H38", "2025-07-01"); ok || err != nil {
			t.Errorf("an old code on a new day is %q, %v", id, err)
		}
		if name, err := u.Name(t.Context(), "nobody"); name != "" || err != nil {
			t.Errorf("an unknown unit is called %q, %v", name, err)
		}
	})
}

// Reading a table again changes nothing; a corrected one changes what it
// corrects, and no id.
func TestImportingAgain(t *testing.T) {
	onEach(t, func(t *testing.T, u *Units) {
		take(t, u, merger)
		id, _, err := u.Coded(t.Context(), "00001", "2020-01-01")
		if err != nil {
			t.Fatal(err)
		}
		if got := take(t, u, merger); got != (Counts{Lines: 9}) {
			t.Errorf("again: %+v", got)
		}
		corrected := strings.Replace(merger, "00001,Xã Gò Cao,900,,2025-07-01,00002,", "00001,Xã Gò Cao Hơn,900,,2025-07-01,00003,", 1)
		if got, want := take(t, u, corrected), (Counts{Lines: 9, Units: 1, Successors: 1}); got != want {
			t.Errorf("corrected: %+v, want %+v", got, want)
		}
		if got := now(t, u, "gò cao", ""); got != "Xã Gò Cao Hơn: Phường Chợ" {
			t.Errorf("now %q", got)
		}
		if again, _, err := u.Coded(t.Context(), "00001", "2020-01-01"); err != nil || again != id || id != dossier.NameUnit("00001", "") {
			t.Errorf("id %s became %s, %v", id, again, err)
		}
		// A table may end what another began, and name what is there already.
		take(t, u, "code,name,parent,from,to,became,alias_of\n00003,Phường Chợ,91,2025-07-01,2027-01-01,00009,\n00009,Phường Chợ Mới,91,2027-01-01,,,\n")
		if got := now(t, u, "suối sâu", ""); got != "Xã Suối Sâu: Xã Gò Suối, Phường Chợ Mới" {
			t.Errorf("after another change: %q", got)
		}
		n, err := u.read.NewSelect().TableExpr("audit_pending").Where("action = ?", "units.import").Count(t.Context())
		if err != nil || n == 0 {
			t.Errorf("%d audit rows, %v", n, err)
		}
	})
}

// TestWrongTables are refused whole, with the line.
func TestWrongTables(t *testing.T) {
	const head = "code,name,parent,from,to,became,alias_of\n"
	onEach(t, func(t *testing.T, u *Units) {
		for table, want := range map[string]string{
			"":                                      "EOF",
			"code;name\n":                           "line 1: the columns are",
			head + "1,A\n":                          "wrong number of fields",
			head + "h38,A,,,,,\n":                   "line 2: \"h38\" is not a code",
			head + "1,,,,,,\n":                      "wants a name",
			head + "1,A,,01/07/2025,,,\n":           "not a day",
			head + "1,A,,2025-07-01,2025-07-01,,\n": "before it begins",
			head + "1,A,,,,2,\n":                    "on no day",
			head + "1,A,,,,,\n1,B,,2020-01-01,,,\n": "line 3: on some days 1 is the code of A, too",
			head + "1,A,7,,,,\n":                    "line 2: there is no unit above with the code 7",
			head + "1,A,1,,,,\n":                    "no unit above",
			head + "1,A,,,2020-01-01,7,\n":          "line 2: on 2020-01-01 there is no other unit with the code 7",
			head + "1,,,,,,7\n":                     "line 2: there is no unit with the code 7",
			head + "1,A,,,,,7\n":                    "no name, parent or successor of its own",
			head + "1,\"" + strings.Repeat("a", 121) + "\",,,,,\n": "at most 120",
		} {
			rows, err := ReadTable(strings.NewReader(table))
			if err == nil {
				_, err = u.Import(t.Context(), local, rows)
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v, want %q", table, err, want)
			}
		}
		if list, err := u.List(t.Context(), Query{Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("something was written: %+v, %v", list, err)
		}
	})
}

// A circle of successors ends.
func TestCirclesEnd(t *testing.T) {
	onEach(t, func(t *testing.T, u *Units) {
		take(t, u, "code,name,parent,from,to,became,alias_of\n1,A,,,2020-01-01,2,\n2,B,,2020-01-01,2021-01-01,3,\n3,C,,2021-01-01,2022-01-01,2,\n2,D,,2021-06-01,2023-01-01,3,\n3,E,,2022-01-01,2024-01-01,,\n")
		if got := now(t, u, "A", "2019-01-01"); got != "A: " {
			t.Errorf("now %q", got)
		}
	})
}
