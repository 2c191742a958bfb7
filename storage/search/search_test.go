package search_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"sohoa/dossier"
	"sohoa/storage/search"
	"sohoa/storage/storagetest/pgtest"
)

// archive is an index in a database of its own, with the test that uses it.
type archive struct {
	t testing.TB
	*search.Index
	db *sql.DB
}

// onBoth runs a test on both engines: what differs is a defect.
func onBoth(t *testing.T, check func(archive)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { check(openSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { check(openPostgres(t)) })
}

func openSQLite(t testing.TB) archive {
	t.Helper()
	return openArchive(t, search.SQLite(), "sqlite3", "file:"+filepath.Join(t.TempDir(), "search.db")+"?_journal_mode=WAL&_txlock=immediate")
}

func openPostgres(t testing.TB) archive {
	t.Helper()
	return openArchive(t, search.Postgres(), pgtest.Driver, pgtest.Start(t))
}

func openArchive(t testing.TB, index *search.Index, driver, dsn string) archive {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := index.Create(t.Context(), db); err != nil {
		t.Fatalf("%v (SQLite needs -tags sqlite_fts5)", err)
	}
	return archive{t, index, db}
}

// page is an entry of unit x in a component of its own, named after the page.
func page(id, text string) search.Entry {
	return search.Entry{
		Unit: "x", Dossier: "d-" + dossier.DossierID(id), Component: "c-" + dossier.ComponentID(id), Page: dossier.PageID(id), PageNo: 1,
		Kind: "birth_certificate", PDF: "u/x/c/c-" + id + "/v1.pdf", Text: text,
	}
}

func (a archive) put(t testing.TB, entries ...search.Entry) {
	t.Helper()
	if err := a.Put(t.Context(), a.db, entries); err != nil {
		t.Fatal(err)
	}
}

func (a archive) search(t testing.TB, q search.Query) search.Result {
	t.Helper()
	if q.Unit == "" {
		q.Unit = "x"
	}
	result, err := a.Search(t.Context(), a.db, q)
	if err != nil {
		t.Fatalf("search %q: %v", q.Text, err)
	}
	return result
}

// pages gives the ids of the pages found, best first.
func (a archive) pages(t testing.TB, text string) []string {
	t.Helper()
	result := a.search(t, search.Query{Text: text, Limit: 100})
	ids := make([]string, len(result.Hits))
	for i, h := range result.Hits {
		ids[i] = string(h.Page)
	}
	if result.Total != len(ids) {
		t.Errorf("search %q: total %d, but %d hits", text, result.Total, len(ids))
	}
	return ids
}

// wantPages compares without order.
func (a archive) wantPages(t testing.TB, text string, want ...string) {
	t.Helper()
	got := a.pages(t, text)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("search %q found %v, want %v", text, got, want)
	}
}

func (a archive) wantOrder(t testing.TB, text string, want ...string) {
	t.Helper()
	if got := a.pages(t, text); !slices.Equal(got, want) {
		t.Errorf("search %q found %v, want %v in this order", text, got, want)
	}
}

func TestWordsAreJoinedByAnd(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "GIẤY KHAI SINH\nHọ và tên: Nguyễn Văn An"), page("2", "GIẤY KHAI SINH\nHọ và tên: Trần Thị Hoa"), page("3", "Quyết định"))
		a.wantPages(t, "khai sinh", "1", "2")
		a.wantPages(t, "sinh khai", "1", "2")
		a.wantPages(t, "khai sinh an", "1")
		a.wantPages(t, "khai quyết")
		a.wantPages(t, "không có")
	})
}

func TestWithoutTonesFindsEverySpelling(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "Quyết định"), page("2", "QUYẾT ĐỊNH"), page("3", "quyet dinh"), page("4", "Quye\u0302\u0301t đi\u0323nh"), page("5", "quyển đinh"))
		a.wantPages(t, "quyet dinh", "1", "2", "3", "4")
		a.wantPages(t, "QUYET DINH", "1", "2", "3", "4")
	})
}

func TestExactTonesComeFirstAndDamagedOnesAreStillFound(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t,
			page("1-damaged", "Tran Thi Hoa Tran Thi Hoa Tran Thi Hoa"),
			page("2-other", "Trần Thị Hoa"),
			page("3-exact", "Trần Thị Hoà, thường trú tại thôn 3, sinh ngày 4, con ông Bình và bà Cúc"),
			page("4-old-spelling", "Trần Thị Hòa"),
		)
		for _, query := range []string{"Trần Thị Hòa", "Trần Thị Hoà", `"trần thị hoà"`} {
			got := a.pages(t, query)
			if len(got) != 4 || !slices.Contains(got[:2], "3-exact") || !slices.Contains(got[:2], "4-old-spelling") {
				t.Errorf("%s: %v, want all four, the two exact ones first", query, got)
			}
		}
	})
}

func TestQuotesMakeAPhrase(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "Nguyễn Văn An"), page("2", "Văn Nguyễn An"), page("3", "Nguyễn Văn\nAn Bình"))
		a.wantPages(t, `"nguyen van"`, "1", "3")
		a.wantPages(t, `"văn an"`, "1", "3")
		a.wantPages(t, "“nguyễn văn” bình", "3")
		a.wantPages(t, "«văn nguyễn»", "2")
		a.wantPages(t, `"nguyen an"`, "2")
		a.wantPages(t, `"an nguyen"`)
	})
}

func TestAStarEndsABeginning(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "Nguyễn Hoàng"), page("2", "Nguyệt"), page("3", "Ngô"), page("4", "n"))
		a.wantPages(t, "nguy*", "1", "2")
		a.wantPages(t, "ng*", "1", "2", "3")
		a.wantPages(t, "hoang nguy*", "1")
		a.wantPages(t, "n*", "4")
		a.wantOrder(t, "nguyễ*", "1", "2")
		a.wantPages(t, "*")
		a.wantPages(t, "*nguy")
	})
}

// A beginning with tones finds every spelling, exact ones first, as words do.
func TestABeginningWithTonesRanks(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "hoang hoang hoang"), page("2", "một hai ba bốn hoàng"))
		a.wantOrder(t, "hoàn*", "2", "1")
	})
}

func TestFieldsAndCodesAreFound(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		e := page("1", "trang hai")
		e.Code = "H38.12-250101-0001"
		e.Fields = map[string]string{"owner": "Lê Thị Mai", "serial": "CH 662153", "dob": "12/03/1985", "id": "001 085 012 345"}
		other := page("2", "trang hai")
		other.Code = "H38.12-250101-0002"
		other.Fields = map[string]string{"owner": "Lê Văn Mai", "serial": "CH 662154", "id": "001085012346"}
		a.put(t, e, other)
		for _, query := range []string{
			"lê thị mai", "CH 662153", "CH662153", "ch662153", "662153", `"CH 662153"`, "CH-662153",
			"H38.12-250101-0001", "h38.12-250101-0001", "H38122501010001", "H38 12 250101 0001",
			"12/03/1985", "12/3/1985", "12-3-1985", "1985-03-12", "001085012345", "001 085 012 345", "001.085.012.345",
		} {
			a.wantPages(t, query, "1")
		}
		a.wantPages(t, "001085012346", "2")
		a.wantPages(t, "001 085 012 346", "2")
		a.wantPages(t, "H38.12-250101", "1", "2")
	})
}

func TestNumbersInTheTextAreFoundHoweverGrouped(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t,
			page("spaced", "Số phát hành: CH 662153, thửa 12"),
			page("joined", "Số phát hành: CH662153. Thửa 12"),
			page("spelt", "Vinh, ngày 05 tháng 3 năm 1985"),
			page("figures", "Sinh ngày 5/3/1985."),
			page("padded", "Sinh ngày 05-03-1985."),
			page("table", "12 34 56 78 90 12 34 56"),
		)
		for _, query := range []string{"CH 662153", "CH662153", "số phát hành ch662153"} {
			a.wantPages(t, query, "spaced", "joined")
		}
		for _, query := range []string{"5/3/1985", "05/03/1985", "05.3.1985", "1985-3-5"} {
			a.wantPages(t, query, "spelt", "figures", "padded")
		}
		a.wantPages(t, "1234567890123456")
	})
}

// Words of different fields never make a phrase together.
func TestPhrasesStayWithinAField(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		e := page("1", "trang một")
		e.Code = "mã"
		e.Fields = map[string]string{"a": "Lê Văn", "b": "Bảy Tám"}
		a.put(t, e)
		a.wantPages(t, `"van bay"`)
		a.wantPages(t, `"mot ma"`)
		a.wantPages(t, `"ma le"`)
		a.wantPages(t, "văn bảy một mã", "1")
		a.wantPages(t, "van ¶ bay", "1")
	})
}

func TestMisreadWordsAreFoundLast(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1-misread", "Nguỵễn Tr4n Quang Nguyen Quang Quang"), page("2-right", "Trần Quang"), page("3-valid", "Tran Quan"), page("4-toneless", "Tran Quang"))
		a.wantOrder(t, "Trần Quang", "2-right", "4-toneless", "1-misread")
		a.wantOrder(t, `"tran quang"`, "2-right", "4-toneless", "1-misread")
		a.put(t, page("5", "Lan"), page("6", "Ban"), page("7", "Lann"))
		a.wantOrder(t, "lan", "5", "7")
		a.put(t, page("8", "CH662153 và số 123456"), page("9", "CH662154 và số 123457"))
		a.wantPages(t, "ch662153", "8")
		a.wantPages(t, "123457", "9")
	})
}

// TestOtherNamesOfAPlaceAreFoundLast: a search for a new name finds papers with the
// old ones, and the other way round, behind those with what was typed.
func TestOtherNamesOfAPlaceAreFoundLast(t *testing.T) {
	onBoth(t, func(a archive) {
		a.put(a.t, page("new", "UBND XÃ GÒ SUỐI"), page("old", "xã Gò Cao, huyện Văn Lâm"), page("parted", "Cao Gò, phường bên"), page("both", "xã Gò Suối, trước là xã Gò Cao"))
		others := []dossier.Synonym{{Words: "Xã Gò Suối", Others: []string{"Xã Gò Cao"}}, {Words: "Xã Gò Cao", Others: []string{"Xã Gò Suối"}}}
		for text, want := range map[string][]string{
			"xã Gò Suối": {"both", "new", "old"}, "xa go suoi": {"both", "new", "old"}, `"xã Gò Suối"`: {"both", "new", "old"},
			"xã Gò Cao": {"both", "old", "new"}, "xã Gò": {"both", "new", "old"}, "UBND xã Gò Cao": {"new"}, "xã gò suố*": {"both", "new"},
		} {
			found := a.search(a.t, search.Query{Text: text, Others: others})
			var ids []string
			for _, h := range found.Hits {
				ids = append(ids, string(h.Page))
			}
			if len(want) == 3 {
				slices.Sort(ids[:min(2, len(ids))])
				slices.Sort(want[:2])
			} else {
				slices.Sort(ids)
			}
			if !slices.Equal(ids, want) || found.Total != len(want) {
				a.t.Errorf("%s: %v (%d), want %v", text, ids, found.Total, want)
			}
			if told := len(found.Others) == 1; told != (strings.Contains(text, "uối") || strings.Contains(text, "uoi") || strings.Contains(text, "Cao")) {
				a.t.Errorf("%s: also looked for %v", text, found.Others)
			}
		}
	})
}

func TestUnitsNeverMeet(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		theirs := page("theirs", "Nguyễn Văn An bí mật m4t")
		theirs.Unit = "y"
		a.put(t, page("ours", "Nguyễn Văn An"), theirs)
		a.wantPages(t, "nguyễn", "ours")
		a.wantPages(t, "bí mật")
		a.wantPages(t, "", "ours")
		if got := a.search(t, search.Query{Unit: "y", Text: "an"}); got.Total != 1 || got.Hits[0].Page != "theirs" {
			t.Errorf("unit y found %+v", got)
		}
		if got := a.search(t, search.Query{Unit: "z", Text: "an"}); got.Total != 0 {
			t.Errorf("unit z found %+v", got)
		}
	})
}

func TestFilters(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		notice, coded := page("2", "Nguyễn"), page("3", "Nguyễn")
		notice.Kind, coded.Code = "birth_notice", "H38.12-250101-0001"
		a.put(t, page("1", "Nguyễn"), notice, coded)
		for _, c := range []struct {
			query search.Query
			want  int
		}{
			{search.Query{Text: "nguyễn"}, 3},
			{search.Query{Text: "nguyễn", Kind: "birth_notice"}, 1},
			{search.Query{Kind: "birth_certificate"}, 2},
			{search.Query{Code: "H38.12-250101-0001"}, 1},
			{search.Query{Code: "H38.12-250101-0001", Kind: "birth_notice"}, 0},
			{search.Query{Kind: "' OR 1=1 --"}, 0},
			{search.Query{}, 3},
			{search.Query{Text: " \n"}, 3},
		} {
			if got := a.search(t, c.query); got.Total != c.want || len(got.Hits) != c.want {
				t.Errorf("%+v: total %d, %d hits, want %d", c.query, got.Total, len(got.Hits), c.want)
			}
		}
	})
}

func TestTotalIsExactAndPagesOfResultsMeet(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		var entries []search.Entry
		for i := range 55 {
			entries = append(entries, page(fmt.Sprintf("%02d", i), "cùng một nội dung"))
		}
		slices.Reverse(entries)
		a.put(t, entries...)
		var seen []string
		for offset := 0; offset < 60; offset += 20 {
			result := a.search(t, search.Query{Text: "nội dung", Offset: offset})
			if result.Total != 55 {
				t.Fatalf("total %d at offset %d, want 55", result.Total, offset)
			}
			for _, h := range result.Hits {
				seen = append(seen, string(h.Page))
			}
		}
		if len(seen) != 55 || !slices.IsSorted(seen) {
			t.Errorf("pages of equal score came as %v", seen)
		}
		beyond := a.search(t, search.Query{Text: "nội dung", Offset: 1000})
		if beyond.Total != 55 || len(beyond.Hits) != 0 || beyond.Hits == nil {
			t.Errorf("beyond the end: %+v, want total 55 and an empty list", beyond)
		}
		if got := a.search(t, search.Query{Text: "nội dung", Limit: -1, Offset: -5}); len(got.Hits) != 20 {
			t.Errorf("%d hits for a negative limit, want the default 20", len(got.Hits))
		}
	})
}

func TestPutReplacesAndDeleteComponentForgets(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "bản cũ"), page("2", "giữ lại"))
		again := page("1", "bản mới")
		again.PDF, again.PageNo = "u/x/c/c-1/v2.pdf", 3
		a.put(t, again)
		a.put(t, again)
		a.wantPages(t, "cũ")
		a.wantPages(t, "mới", "1")
		if hit := a.search(t, search.Query{Text: "mới"}).Hits[0]; hit.PDF != again.PDF || hit.PageNo != 3 {
			t.Errorf("hit %+v, want the new PDF", hit)
		}
		for range 2 {
			if err := a.DeleteComponent(t.Context(), a.db, "c-1"); err != nil {
				t.Fatal(err)
			}
		}
		a.wantPages(t, "mới")
		a.wantPages(t, "giữ", "2")
		a.wantPages(t, "", "2")
		a.put(t, page("3", "trang khác"))
		a.wantPages(t, "khác", "3")
		a.wantPages(t, "mới")
	})
}

func TestOnePageInTwoComponentsIsTwoHits(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		one, two := page("1", "chung"), page("1", "chung")
		two.Component = "c-2"
		a.put(t, one, two)
		result := a.search(t, search.Query{Text: "chung"})
		if result.Total != 2 || result.Hits[0].Component != "c-1" || result.Hits[1].Component != "c-2" {
			t.Errorf("%+v", result)
		}
	})
}

func TestTheIndexIsPartOfTheCallersTransaction(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "trước"))
		tx, err := a.db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Put(t.Context(), tx, []search.Entry{page("2", "trong giao dịch")}); err != nil {
			t.Fatal(err)
		}
		if err := a.DeleteComponent(t.Context(), tx, "c-1"); err != nil {
			t.Fatal(err)
		}
		inside, err := a.Search(t.Context(), tx, search.Query{Unit: "x", Text: "giao dịch"})
		if err != nil || inside.Total != 1 {
			t.Fatalf("inside the transaction: %+v, %v", inside, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		a.wantPages(t, "giao dịch")
		a.wantPages(t, "trước", "1")
	})
}

func TestAHitCarriesWhatIsShown(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		e := page("9f.1.1", "GIẤY KHAI SINH\nHọ và tên: Nguyễn Văn An")
		e.PageNo, e.Code, e.Fields = 2, "H38.12-250101-0001", map[string]string{"child_name": "Nguyễn Văn An", "dob": "01/02/2020"}
		a.put(t, e)
		hit := a.search(t, search.Query{Text: "nguyen van"}).Hits[0]
		if hit.Score <= 0 {
			t.Errorf("score %v", hit.Score)
		}
		want := fmt.Sprintf("%+v", search.Hit{
			Dossier: e.Dossier, Code: e.Code, Component: e.Component, Kind: e.Kind, Page: e.Page, PageNo: 2,
			Snippet: "Họ và tên: «Nguyễn Văn» An", Fields: e.Fields, PDF: e.PDF, Score: hit.Score,
		})
		if got := fmt.Sprintf("%+v", hit); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestNoQueryIsAnError(t *testing.T) {
	long := strings.Repeat("nguyễn văn an ", 5000)
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", "near and or not Nguyễn"), page("2", "x\x00y \xff\xfe zero"))
		for _, query := range []string{
			`"`, `""`, `"""`, `"nguyễn`, `nguyễn"`, `'`, `''; DROP TABLE search_entry; --`, "-", "--", "-nguyễn", "+nguyễn", "nguyễn -văn",
			"NEAR(a b)", "NEAR/3", "AND", "OR OR", "NOT", "a AND", "fold:a", "{raw} : a", "^a", "a^", "(", ")", "((a", "a*b*", "**", "a **",
			":*", "&", "|", "!", "<->", "a <-> b", "a:*", "a & !b", `\`, `\'`, `a\`, "?", "$1", "%", "_", ";", "\x00", "a\x00b", "\xff\xfe", "\u0301", "¶", "«»", "« »", "«a", "a»", "“",
			"日本語", "ไทย", "🙂", "\u202e", strings.Repeat("(", 500), strings.Repeat(`"a" `, 500), strings.Repeat("a", 5000), long, strings.Repeat("a* ", 400),
			strings.Repeat("1/2/1985 ", 100), "0/0/0000", "99999999999999999999/1/1",
		} {
			if _, err := a.Search(t.Context(), a.db, search.Query{Unit: "x", Text: query}); err != nil {
				t.Errorf("search %.40q: %v", query, err)
			}
		}
		a.wantPages(t, "near", "1")
		a.wantPages(t, "not and or", "1")
		a.wantPages(t, "nguyễn -", "1")
		a.wantPages(t, "zero", "2")
		a.wantPages(t, "!!!")
	})
}

func TestAHugePageIsIndexedUpToABound(t *testing.T) {
	var text strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&text, "từ%d ", i)
	}
	onBoth(t, func(a archive) {
		t := a.t
		a.put(t, page("1", text.String()), page("2", strings.Repeat("a", 1<<20)), page("3", strings.Repeat("lặp ", 30_000)))
		a.wantPages(t, "từ0", "1")
		a.wantPages(t, `"từ9000 từ9001"`, "1")
		a.wantPages(t, `"lặp lặp"`, "3")
	})
}

func TestSearchEndsWithItsContext(t *testing.T) {
	onBoth(t, func(a archive) {
		t := a.t
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := a.Search(ctx, a.db, search.Query{Unit: "x", Text: "a"}); err == nil {
			t.Error("a search went on after its context had ended")
		}
	})
}

// Two offices publish at once, and their pages share misread words in another
// order each: neither may block the other for ever.
func TestWritersDoNotBlockEachOther(t *testing.T) {
	a := openPostgres(t)
	const writers, rounds = 4, 8
	errs := make(chan error, writers)
	for w := range writers {
		go func() {
			var err error
			for i := 0; i < rounds && err == nil; i++ {
				err = a.putInTransaction(t.Context(), w, i)
			}
			errs <- err
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := a.search(t, search.Query{Text: "sạch"}); got.Total != writers*rounds*3 {
		t.Errorf("%d pages found, want %d", got.Total, writers*rounds*3)
	}
}

func (a archive) putInTransaction(ctx context.Context, writer, round int) error {
	var entries []search.Entry
	for i := range 3 {
		text := "sạch"
		for k := range 40 {
			text += fmt.Sprintf(" bw%c%cx", 'a'+(k*(writer*2+1)+i)%26, 'a'+(k+round)%26)
		}
		entries = append(entries, page(fmt.Sprintf("%d-%d-%d", writer, round, i), text))
	}
	tx, err := a.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := a.Put(ctx, tx, entries); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
