package main

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"sohoa/dossier"
)

// holidaysKey is the setting that names days on which the office does not work.
const holidaysKey = "holidays"

// checkedKeys is what looks at a setting of several lines as it stands in the
// file, to tell the very line of a mistake; nil for a setting of one.
func checkedKeys(key string) func(*yaml.Node) (at *yaml.Node, err error) {
	switch key {
	case profilesKey:
		return checkProfileKeys
	case holidaysKey:
		return checkHolidays
	}
	return nil
}

// checkHolidays refuses what is no list of days.
func checkHolidays(value *yaml.Node) (at *yaml.Node, err error) {
	if value.Kind != yaml.SequenceNode {
		return value, fmt.Errorf("%s: write a list of days, as [16/02/2026, 24/11]", holidaysKey)
	}
	for _, day := range value.Content {
		if _, err := dossier.NewCalendar([]string{day.Value}); err != nil {
			return day, fmt.Errorf("%s: %w", holidaysKey, err)
		}
	}
	return nil, nil
}

// holidays tells whether the office has named the holidays of the year: last
// days are counted with them.
func holidays(settings config, now time.Time) check {
	calendar, err := dossier.NewCalendar(settings.Holidays)
	if err != nil {
		return check{Name: holidaysKey, Says: err.Error(), Fix: "correct the setting " + holidaysKey}
	}
	year := now.Year()
	if n := calendar.Named(year); n > 0 {
		return check{Name: holidaysKey, OK: true, Says: fmt.Sprintf("%d days of %d are named beside the public ones with a fixed date", n, year)}
	}
	return check{Name: holidaysKey, OK: true, Says: fmt.Sprintf("none named for %d: Tết and the day of the Hùng kings count as working days (setting %s)", year, holidaysKey)}
}
