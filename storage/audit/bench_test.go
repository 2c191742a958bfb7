package audit_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sohoa/storage/audit"
	"sohoa/storage/storagetest/pgtest"
)

// eachDatabase names a fresh database of each kind for [newRig].
func eachDatabase(b *testing.B) map[string]string {
	b.Helper()
	return map[string]string{"sqlite": "", "postgres": pgtest.Start(b)}
}

// together is how many events one transaction of the sequencer holds.
const together = 64

// BenchmarkNumber measures how many events get a number in a second, against
// the yardstick of bare rows of the same length, as many in a transaction, in
// the same database. An operation is one transaction; how long the others wait
// for it (at most 100 ms, says DESIGN) is measured against the commit of one bare
// row, which no transaction can do without.
func BenchmarkNumber(b *testing.B) {
	for name, address := range eachDatabase(b) {
		b.Run(name, func(b *testing.B) {
			r := newRig(b, address)
			r.exec("CREATE TABLE bare (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
			var numbering, bare time.Duration
			var transactions, commits []time.Duration
			for n := 0; b.Loop(); n++ {
				r.append(n*together, together)
				begun := time.Now()
				got, err := r.Number(b.Context())
				took := time.Since(begun)
				if err != nil || got != together {
					b.Fatal(got, err)
				}
				numbering, transactions = numbering+took, append(transactions, took)
				begun = time.Now()
				r.must(bareRows(b.Context(), r.db(), fmt.Sprint(n), together))
				bare += time.Since(begun)
				begun = time.Now()
				r.must(bareRows(b.Context(), r.db(), fmt.Sprint("one", n), 1))
				commits = append(commits, time.Since(begun))
			}
			events := float64(b.N * together)
			b.ReportMetric(events/numbering.Seconds(), "events/s")
			b.ReportMetric(events/bare.Seconds(), "bare-rows/s")
			b.ReportMetric(numbering.Seconds()/bare.Seconds(), "x-bare")
			slices.Sort(transactions)
			slices.Sort(commits)
			middle, last := b.N/2, b.N-1
			b.ReportMetric(float64(transactions[middle].Microseconds())/1000, "p50-tx-ms")
			b.ReportMetric(float64(transactions[last].Microseconds())/1000, "longest-tx-ms")
			b.ReportMetric(float64(commits[middle].Microseconds())/1000, "p50-commit-ms")
			b.ReportMetric(float64(commits[last].Microseconds())/1000, "longest-commit-ms")
			b.ReportMetric(transactions[middle].Seconds()/commits[middle].Seconds(), "x-commit")
		})
	}
}

// bareRows commits so many rows without anything.
func bareRows(ctx context.Context, db *sql.DB, name string, count int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	var values []string
	for i := range count {
		values = append(values, fmt.Sprintf("('%s-%d', '%s')", name, i, strings.Repeat("x", 300)))
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO bare (id, body) VALUES "+strings.Join(values, ", ")); err != nil {
		return err
	}
	return tx.Commit()
}

// lookers is how many people look at the same moment.
const lookers = 8

// BenchmarkViewed measures what a view adds to a page, with eight people
// looking at once, against the yardstick of one bare row committed by each in
// the same database.
func BenchmarkViewed(b *testing.B) {
	for name, address := range eachDatabase(b) {
		b.Run(name, func(b *testing.B) {
			r := newRig(b, address)
			r.exec("CREATE TABLE bare (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
			var views, bare []time.Duration
			for n := 0; b.Loop(); n++ {
				views = append(views, atOnce(func(who int) {
					if err := r.Viewed(b.Context(), act(0), deed(fmt.Sprintf("%d-%d", n, who))); err != nil {
						b.Error(err)
					}
				})...)
				bare = append(bare, atOnce(func(who int) {
					if _, err := r.db().ExecContext(b.Context(), fmt.Sprintf("INSERT INTO bare VALUES ('v%d-%d', '%s')", n, who, strings.Repeat("x", 300))); err != nil {
						b.Error(err)
					}
				})...)
			}
			slices.Sort(views)
			slices.Sort(bare)
			ms := func(all []time.Duration, of int) float64 { return all[len(all)*of/100].Seconds() * 1000 }
			b.ReportMetric(ms(views, 50), "p50-ms")
			b.ReportMetric(ms(views, 95), "p95-ms")
			b.ReportMetric(ms(bare, 50), "bare-p50-ms")
			b.ReportMetric(ms(bare, 95), "bare-p95-ms")
			b.ReportMetric(ms(views, 50)/ms(bare, 50), "x-bare")
		})
	}
}

// atOnce has everybody do something at the same moment, and measures each.
func atOnce(do func(who int)) []time.Duration {
	took := make([]time.Duration, lookers)
	var all sync.WaitGroup
	for who := range lookers {
		all.Go(func() {
			begun := time.Now()
			do(who)
			took[who] = time.Since(begun)
		})
	}
	all.Wait()
	return took
}

// BenchmarkVerify measures the check of a log of 10000 entries with its
// objects, in entries a second.
func BenchmarkVerify(b *testing.B) {
	r := newRig(b, "")
	objects := newFolder()
	const entries = 10_000
	r.append(0, entries)
	r.seal(objects)
	for b.Loop() {
		verdict, err := audit.Verify(b.Context(), audit.Check{Objects: objects, Log: r.Log, Archive: archiveID, Verifier: r.key.Verifier(), Now: morning})
		if err != nil || len(verdict.Findings) > 0 {
			b.Fatal(verdict, err)
		}
	}
	b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
