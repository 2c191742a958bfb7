package dossier

import (
	"fmt"
	"time"
)

// FramePage is a published page of the time that a sample is drawn from.
type FramePage struct {
	Page      PageID
	Reading   int
	Device    string
	Dossier   DossierID
	Component ComponentID
	Kind      string
}

// monthForm is the form of a month: "2026-11".
const monthForm = "2006-01"

// clockOfVietnam is UTC+7 all the year.
func clockOfVietnam() *time.Location { return time.FixedZone("+07", 7*60*60) }

// MonthOf is the month of a moment by the clock of Viet Nam.
func MonthOf(at time.Time) string { return at.In(clockOfVietnam()).Format(monthForm) }

// MonthSpan gives the first moment of a month and that of the next one.
func MonthSpan(month string) (from, until time.Time, err error) {
	from, err = time.ParseInLocation(monthForm, month, clockOfVietnam())
	if err != nil {
		return from, until, fmt.Errorf("%q is no month; write it as 2026-11", month)
	}
	return from.UTC(), from.AddDate(0, 1, 0).UTC(), nil
}
