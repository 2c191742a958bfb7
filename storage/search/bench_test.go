package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
	"sohoa/dossier/viet"
	"sohoa/storage/search"
)

// benchPages is some years of a small commune.
const benchPages = 20_000

// BenchmarkSearch reports the median of each class of query on generated pages
// beside the yardstick that needs no index: LIKE over all texts.
func BenchmarkSearch(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) archive
	}{{"sqlite", openSQLite}, {"postgres", openPostgres}} {
		b.Run(engine.name, func(b *testing.B) {
			a := engine.open(b)
			g := newGenerator()
			began := time.Now()
			a.fill(b, g)
			b.Logf("%d pages indexed, %.0f a second", benchPages, benchPages/time.Since(began).Seconds())
			for _, class := range g.classes() {
				b.Run(class.name, func(b *testing.B) {
					var times []time.Duration
					for i := 0; b.Loop(); i++ {
						times = append(times, timed(func() { a.search(b, search.Query{Text: class.queries[i%len(class.queries)]}) }))
					}
					reportMedian(b, times)
				})
			}
			b.Run("yardstick LIKE", func(b *testing.B) { a.benchLike(b, g) })
		})
	}
}

func (a archive) fill(b *testing.B, g *generator) {
	b.Helper()
	const batch = 200
	for from := 0; from < benchPages; from += batch {
		entries := make([]search.Entry, batch)
		for i := range entries {
			entries[i] = g.page(from + i)
		}
		tx, err := a.db.BeginTx(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := a.Put(b.Context(), tx, entries); err != nil {
			b.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}

func (a archive) benchLike(b *testing.B, g *generator) {
	b.Helper()
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		pattern := "%" + g.names[i%len(g.names)] + "%"
		times = append(times, timed(func() {
			var n int
			if err := a.db.QueryRowContext(b.Context(), "SELECT count(*) FROM search_body WHERE body LIKE '"+pattern+"'").Scan(&n); err != nil {
				b.Fatal(err)
			}
		}))
	}
	reportMedian(b, times)
}

func timed(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

func reportMedian(b *testing.B, times []time.Duration) {
	b.Helper()
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}

// generator makes pages of 200 words in the manner of Vietnamese text: few
// syllables, very unevenly used, names, numbers, some letters misread.
type generator struct {
	rand      *rand.Rand
	zipf      *rand.Zipf
	syllables []string
	names     []string
}

func newGenerator() *generator {
	r := rand.New(rand.NewPCG(1, 2))
	g := &generator{rand: r}
	for _, onset := range strings.Fields("b c ch d đ g h k kh l m n ng nh ph qu r s t th tr v x") {
		for _, rime := range strings.Fields(`a á à ả an án ăn ắn ân anh ành ai ái ao ay ấy em ên êu inh ín ong ông ống ộc ơi ung ưng ương uyên uyết iêm iện
			ac ách ạt âu en eo ép i ia ích ít iu o oa oan oang óc oi om on ơ ơm ơn u ua ưa uân uc ui um un uôi uông ut ưu y yêu`) {
			g.syllables = append(g.syllables, onset+rime)
		}
	}
	r.Shuffle(len(g.syllables), func(i, j int) { g.syllables[i], g.syllables[j] = g.syllables[j], g.syllables[i] })
	g.zipf = rand.NewZipf(r, 1.1, 8, uint64(len(g.syllables)-1))
	for range 400 {
		g.names = append(g.names, "Nguyễn "+g.title()+" "+g.title())
	}
	return g
}

func (g *generator) title() string {
	w := []rune(g.syllables[g.rand.IntN(len(g.syllables))])
	return strings.ToUpper(string(w[:1])) + string(w[1:])
}

func (g *generator) page(n int) search.Entry {
	var text strings.Builder
	for i := range 200 {
		w := g.syllables[g.zipf.Uint64()]
		if g.rand.IntN(50) == 0 {
			w += string(rune('a' + g.rand.IntN(26)))
		}
		text.WriteString(w)
		text.WriteByte(" \n"[min(i%12/11, 1)])
	}
	name := g.names[g.rand.IntN(len(g.names))]
	fmt.Fprintf(&text, "Họ và tên: %s, số CH %06d, ngày %d tháng %d năm %d", name, n, 1+n%28, 1+n%12, 1980+n%40)
	e := page(fmt.Sprintf("%064x.1.1", n), text.String())
	e.Component = dossier.ComponentID(fmt.Sprint("c", n))
	e.Code = fmt.Sprintf("H38.12-250101-%04d", n)
	e.Fields = map[string]string{"child_name": name}
	return e
}

// class is a kind of query with examples.
type class struct {
	name    string
	queries []string
}

func (g *generator) classes() []class {
	some := func(name string, query func(i int) string) class {
		c := class{name: name}
		for i := range 50 {
			c.queries = append(c.queries, query(i))
		}
		return c
	}
	return []class{
		some("name with tones", func(i int) string { return g.names[i] }),
		some("name without tones", func(i int) string { return viet.Fold(g.names[i]) }),
		some("name in quotes", func(i int) string { return `"` + g.names[i] + `"` }),
		some("code", func(i int) string { return fmt.Sprintf("H38.12-250101-%04d", i*37) }),
		some("serial", func(i int) string { return fmt.Sprintf("CH%06d", i*37) }),
		some("date", func(i int) string { return fmt.Sprintf("%d/%d/%d", 1+i%28, 1+i%12, 1980+i%40) }),
		some("beginning", func(i int) string { return g.syllables[i*7][:min(3, len(g.syllables[i*7]))] + "*" }),
		some("two common words", func(i int) string { return g.syllables[i%10] + " " + g.syllables[20+i%10] }),
	}
}
