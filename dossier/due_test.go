package dossier_test

import (
	"testing"
	"time"

	"sohoa/dossier"
)

// TestDue counts days as the law does.
func TestDue(t *testing.T) {
	c, err := dossier.NewCalendar([]string{"16/02/2026", "17/02/2026", "18/02/2026", "19/02/2026", "20/02/2026", "24/11"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		received string
		days     int
		calendar bool
		want     string
	}{
		{"2026-11-23T09:00", 0, false, "2026-11-23"},
		{"2026-11-28T09:00", 0, false, "2026-11-30"}, // a Saturday
		{"2026-11-25T23:30", 1, false, "2026-11-26"},
		{"2026-11-27T09:00", 1, false, "2026-11-30"}, // over a weekend
		{"2026-11-23T09:00", 1, false, "2026-11-25"}, // over a day that the office names for every year
		{"2026-02-13T09:00", 3, false, "2026-02-25"}, // over Tết
		{"2026-08-31T09:00", 2, false, "2026-09-03"}, // over National Day
		{"2026-11-20T09:00", 7, true, "2026-11-27"},
		{"2026-11-20T09:00", 8, true, "2026-11-30"}, // ends on a Saturday
	} {
		received, err := time.Parse("2006-01-02T15:04 -0700", x.received+" +0700")
		if err != nil {
			t.Fatal(err)
		}
		due, ok := c.Due(dossier.Procedure{Days: x.days, Calendar: x.calendar}, received)
		if got := due.Add(7 * time.Hour).Format(time.DateOnly); !ok || got != x.want {
			t.Errorf("%s and %d days (by the calendar: %v): %s, want %s", x.received, x.days, x.calendar, got, x.want)
		}
	}
	if _, ok := c.Due(dossier.Procedure{Days: -1}, time.Now()); ok {
		t.Error("a procedure without a time has a last day")
	}
}

// TestLeft counts the working days that remain, or have passed.
func TestLeft(t *testing.T) {
	var c dossier.Calendar
	due := time.Date(2026, 11, 27, 16, 59, 59, 0, time.UTC) // the end of a Friday
	for now, want := range map[string]int{
		"2026-11-27T08:00": 0, "2026-11-26T08:00": 1, "2026-11-20T08:00": 5, "2026-11-28T00:01": -1, "2026-11-30T08:00": -1, "2026-12-01T08:00": -2,
	} {
		at, err := time.Parse("2006-01-02T15:04 -0700", now+" +0700")
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Left(due, at); got != want {
			t.Errorf("at %s %d days are left, want %d", now, got, want)
		}
	}
}

func TestNoSuchDay(t *testing.T) {
	for _, wrong := range []string{"31/02/2026", "2026-01-01", "Tết", "1/1"} {
		if _, err := dossier.NewCalendar([]string{wrong}); err == nil {
			t.Errorf("%q is taken for a day", wrong)
		}
	}
}
