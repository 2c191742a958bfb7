package main

import (
	"os"
	"slices"
	"testing"
	"time"

	"sohoa/dossier"
)

// fromHolidays is the last day of the only dossier with a slip, in an archive
// whose office names holidays, beside when it was received.
func fromHolidays(t *testing.T, holidays string) (received, due time.Time) {
	t.Helper()
	r := newRig(t, "")
	r.reader.sure = true
	r.feed(t) // makes the archive
	if err := os.WriteFile(r.place().config(), []byte(holidays), 0o600); err != nil {
		t.Fatal(err)
	}
	r.feed(t, birthSlip(), paper("TỜ KHAI ĐĂNG KÝ KHAI SINH", "An"))
	d := r.dossiers(t)[0].Dossier
	if d.DueAt == nil {
		t.Fatal("a dossier of a known procedure has no last day")
	}
	wantSameDossiers(t, r.rebuilt(t).dossiers(t), r.dossiers(t))
	return d.ReceivedAt, *d.DueAt
}

// TestLastDay: the slip names the procedure, that allows one working day, and a
// holiday that the office names is none.
func TestLastDay(t *testing.T) {
	t.Parallel()
	received, due := fromHolidays(t, "")
	if want, _ := (dossier.Calendar{}).Due(dossier.Procedure{Days: 1}, received); !due.Equal(want) {
		t.Errorf("received %v, due %v, want %v", received, due, want)
	}
	named := due.In(time.FixedZone("+07", 7*60*60)).Format("02/01/2006")
	received, later := fromHolidays(t, "holidays: ["+named+"]\n")
	calendar, err := dossier.NewCalendar([]string{named})
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := calendar.Due(dossier.Procedure{Days: 1}, received); !later.Equal(want) || !later.After(due) {
		t.Errorf("over a holiday it is due %v, want %v, after %v", later, want, due)
	}
}

// TestUrgentPagesComeFirst: a page whose dossier has a last day is shown before
// older ones that have none, until the dossier has its result.
func TestUrgentPagesComeFirst(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		r.reader.sure = true
		r.feed(t, "loose page of long ago")
		old := r.waiting(t)
		id := r.feed(t, birthSlip(), paper("TỜ KHAI ĐĂNG KÝ KHAI SINH", "An"), separator(t, someCode, 0), "loose page of today").Dossiers[0].ID
		first := func() (a dossier.Arrival) {
			r.with(t, func(arch *archive) {
				pages, total, err := arch.catalog.Parked(t.Context(), dossier.ReviewFilter{Scope: dossier.Whole(arch.unit().ID), Limit: 5})
				if err != nil || total != 2 || len(pages) != 2 {
					t.Fatalf("%d pages wait, %+v, %v", total, pages, err)
				}
				a = pages[0]
			})
			return a
		}
		if got := first(); slices.Contains(old, got.Page) || got.DueAt == nil || got.Dossier != id {
			t.Errorf("first comes %+v", got)
		}
		r.feed(t, separator(t, someCode, 1), paper(birth, "An"))
		if d := r.dossiers(t)[0].Dossier; d.DueAt == nil || d.Pressing() != nil {
			t.Errorf("with its result the dossier is due %v, presses %v: %+v", d.DueAt, d.Pressing(), d.Components)
		}
		if got := first(); !slices.Contains(old, got.Page) || got.DueAt != nil {
			t.Errorf("once the result is there, first comes %+v", got)
		}
	})
}
