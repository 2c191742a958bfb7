package catalog

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// waitsForLock returns when a transaction of the database waits for another.
func (d desk) waitsForLock() {
	d.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for waiting := 0; waiting == 0; {
		select {
		case <-late:
			d.t.Fatal("nobody waits for a lock")
		case <-tick.C:
		}
		d.must(d.Catalog.read.NewRaw("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(d.t.Context(), &waiting))
	}
}

// spread records an image with two pages.
func (d desk) spread(batch dossier.BatchID, ordinal int) (image dossier.TakenImage, pages [2]dossier.PageID) {
	d.t.Helper()
	ctx := d.t.Context()
	file, err := d.File(ctx, dossier.FileRef{Batch: batch, Ordinal: ordinal})
	d.must(err)
	d.must(d.FileOpened(ctx, local(file.Unit), file, 1))
	image, err = d.Image(ctx, file.Unit, dossier.NewImageID(file.SHA256, 1))
	d.must(err)
	d.must(d.ImageRead(ctx, local(file.Unit), image, 2, "", dossier.ObjectRef{Key: "reading/" + string(image.ID), SHA256: file.SHA256, Size: 1}))
	return image, [2]dossier.PageID{image.ID.Page(1), image.ID.Page(2)}
}

// TestSpreadOfTwoDossiers publishes both halves of a spread at the same time:
// the image is placed, whichever comes last.
func TestSpreadOfTwoDossiers(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		d.takeIn("unit1", "batch1", 0, "spread.jpg")
		image, pages := d.spread("batch1", 1)
		place := func(ctx context.Context, tx bun.Tx, page dossier.PageID) error {
			return movePages(ctx, tx, "unit1", []dossier.PlacedPage{{ID: page, Image: image.ID, State: dossier.PagePlaced}})
		}
		second := make(chan error, 1)
		d.must(d.inTx(t.Context(), "first half", func(ctx context.Context, tx bun.Tx) error {
			if err := place(ctx, tx, pages[0]); err != nil {
				return err
			}
			go func() {
				second <- d.inTx(t.Context(), "second half", func(ctx context.Context, tx bun.Tx) error { return place(ctx, tx, pages[1]) })
			}()
			if d.postgres() {
				d.waitsForLock() // on SQLite it waits for the one connection
			}
			return nil
		}))
		d.must(<-second)
		now, err := d.Image(t.Context(), "unit1", image.ID)
		d.must(err)
		if now.State != dossier.PagePlaced {
			t.Errorf("both pages are placed, the image is %q", now.State)
		}
	})
}

// TestDeadlock has two transactions take the same rows in opposite order, so
// that PostgreSQL ends one of them: both have their effect, once.
func TestDeadlock(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		if !d.postgres() {
			return // one writer: there is nobody to wait for
		}
		d.takeIn("unit1", "batch1", 0, "a.jpg")
		d.takeIn("unit1", "batch2", 1, "b.jpg")
		touch := func(ctx context.Context, tx bun.Tx, id dossier.BatchID) error {
			_, err := tx.NewUpdate().Model((*batchRow)(nil)).Set("version = version + 1").Where("id = ?", id).Exec(ctx)
			return err
		}
		var met, both sync.WaitGroup
		met.Add(2)
		for _, order := range [][2]dossier.BatchID{{"batch1", "batch2"}, {"batch2", "batch1"}} {
			both.Go(func() {
				meet := sync.OnceFunc(func() { met.Done(); met.Wait() })
				err := d.inTx(t.Context(), "touch both", func(ctx context.Context, tx bun.Tx) error {
					if err := touch(ctx, tx, order[0]); err != nil {
						return err
					}
					meet() // the first time, so that each has what the other wants
					return touch(ctx, tx, order[1])
				})
				if err != nil {
					t.Errorf("lost the race for good: %v", err)
				}
			})
		}
		both.Wait()
		var versions []int
		d.must(d.write.NewSelect().Model((*batchRow)(nil)).Column("version").Scan(t.Context(), &versions))
		if len(versions) != 2 || versions[0] != 3 || versions[1] != 3 {
			t.Errorf("versions %v, want 3 and 3", versions)
		}
	})
}

// TestRaceThatIsNeverWon: a transaction that always loses is a fault to retry,
// not one that stops the flow.
func TestRaceThatIsNeverWon(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, d desk) {
		tried := 0
		err := d.inTx(t.Context(), "lose", func(context.Context, bun.Tx) error {
			tried++
			return &pgconn.PgError{Code: "40001"}
		})
		if dossier.KindOf(err) != dossier.Retry || tried != maxRaces {
			t.Errorf("%v after %d tries", err, tried)
		}
		broken := errors.New("no race")
		if err := d.inTx(t.Context(), "fail", func(context.Context, bun.Tx) error { return broken }); !errors.Is(err, broken) || dossier.KindOf(err) != dossier.Stop {
			t.Errorf("another failure became %v", err)
		}
	})
}

// postgres tells the dialect of the desk.
func (d desk) postgres() bool { return d.Catalog.read == d.write }
