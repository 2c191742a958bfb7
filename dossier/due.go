package dossier

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calendar tells on which days an office works: not on Saturdays, Sundays and
// holidays. The zero Calendar knows the public holidays that fall on the same
// day each year; Tết, the day of the Hùng kings and days in lieu are settled
// anew each year, so an office names them.
type Calendar struct {
	days   map[string]bool // "2006-01-02"
	yearly map[string]bool // "01-02"
}

// always are the public holidays with a fixed day (Bộ luật Lao động 2019, Điều
// 112): New Year, the day of reunification, the first of May, National Day.
func always(day string) bool {
	return day == "01-01" || day == "04-30" || day == "05-01" || day == "09-02"
}

// hanoi is the time of Viet Nam, which has had no summer time since 1975.
func hanoi() *time.Location { return time.FixedZone("+07", 7*60*60) }

// NewCalendar takes holidays as dd/MM/yyyy, or as dd/MM for each year.
func NewCalendar(holidays []string) (Calendar, error) {
	c := Calendar{days: map[string]bool{}, yearly: map[string]bool{}}
	for _, h := range holidays {
		if day, err := time.Parse("02/01/2006", h); err == nil {
			c.days[day.Format(time.DateOnly)] = true
			continue
		}
		day, err := time.Parse("02/01/2006", h+"/2000") // a leap year has every day
		if err != nil {
			return Calendar{}, fmt.Errorf("%q is no day; write dd/MM/yyyy, or dd/MM for every year", h)
		}
		c.yearly[day.Format("01-02")] = true
	}
	return c, nil
}

// Works tells whether the office works on the day of a time, in Viet Nam.
func (c Calendar) Works(t time.Time) bool {
	day := t.In(hanoi())
	yearly := day.Format("01-02")
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return !weekend && !always(yearly) && !c.yearly[yearly] && !c.days[day.Format(time.DateOnly)]
}

// Due is until when a procedure allows a dossier to take; ok is false where its
// time is not known. Days are counted from the day after the receipt, the time
// runs to the end of its last day, and of the next working day where that one is
// none (Bộ luật Dân sự 2015, Điều 147 and 148). No days at all means the day of
// the receipt.
func (c Calendar) Due(p Procedure, received time.Time) (due time.Time, ok bool) {
	if p.Days < 0 {
		return time.Time{}, false
	}
	y, m, d := received.In(hanoi()).Date()
	day := time.Date(y, m, d, 23, 59, 59, 0, hanoi())
	for left := p.Days; left > 0; {
		day = day.AddDate(0, 0, 1)
		if p.Calendar || c.Works(day) {
			left--
		}
	}
	for !c.Works(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day.UTC(), true
}

// Named is how many holidays of a year the office names, beside those that it
// has every year.
func (c Calendar) Named(year int) (days int) {
	for day := range c.days {
		if strings.HasPrefix(day, strconv.Itoa(year)+"-") {
			days++
		}
	}
	return days
}

// Pressing is until when a dossier wants to be done: nil where its time is not
// known, and where nobody waits for it any more, since it is closed or has its
// result.
func (d Dossier) Pressing() *time.Time {
	done := slices.ContainsFunc(d.Components, func(c Component) bool { return c.Role == RoleResult && !c.State.Gone() })
	if done || d.State == StateClosed || d.State == StateDisposed {
		return nil
	}
	return d.DueAt
}

// Left is how many working days remain from now to a day: 0 on the day itself,
// less than 0 when it has passed.
func (c Calendar) Left(due, now time.Time) (days int) {
	from, to, step := now, due, 1
	if due.Before(now) {
		from, to, step = due, now, -1
	}
	last := to.In(hanoi()).Format(time.DateOnly)
	for day := from.In(hanoi()); day.Format(time.DateOnly) < last; {
		day = day.AddDate(0, 0, 1)
		if c.Works(day) {
			days += step
		}
	}
	if days == 0 && step < 0 {
		days = -1 // passed over a weekend
	}
	return days
}
