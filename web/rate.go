package web

import (
	"context"
	"net/url"
	"time"

	"sohoa/dossier"
)

// monthRate is indicator 4.2 of one month (see [dossier.Digitized]): how many of the
// dossiers received have a paper of the applicant and the result as files. Each
// number leads to the dossiers behind it, so that anybody can count again.
type monthRate struct {
	Month               string // "11/2026"
	Whole, Short, Total int
	Percent             float64
	// WholeLink, ShortLink and TotalLink lead to the dossiers counted.
	WholeLink, ShortLink, TotalLink string
}

// monthForm is how an address names a month.
const monthForm = "2006-01"

// month is the one an address asks for, in Vietnam's time; else the current one.
func (s *site) month(text string) (first time.Time, asked bool) {
	if at, err := time.ParseInLocation(monthForm, text, s.zone); err == nil {
		return at, true
	}
	now := s.Now().In(s.zone)
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, s.zone), false
}

// digitized lets through what a person may ask for.
func digitized(text string) dossier.Digitized {
	switch degree := dossier.Digitized(text); degree {
	case dossier.DigitizedWhole, dossier.DigitizedShort:
		return degree
	}
	return ""
}

// rate counts the month. A demo archive is counted in no rate, and a month
// without dossiers has none.
func (s *site) rate(ctx context.Context, month time.Time) (*monthRate, error) {
	if s.Demo {
		return nil, nil
	}
	count := func(degree dossier.Digitized) (int, error) {
		_, total, err := s.Dossiers.Dossiers(ctx, dossier.DossierFilter{
			Scope: scopeOf(ctx), From: month, Until: month.AddDate(0, 1, 0), Digitized: degree, Limit: 1,
		})
		return total, err
	}
	r := monthRate{Month: month.Format("01/2006")}
	for _, c := range []struct {
		degree dossier.Digitized
		number *int
		link   *string
	}{{dossier.DigitizedWhole, &r.Whole, &r.WholeLink}, {dossier.DigitizedShort, &r.Short, &r.ShortLink}, {"", &r.Total, &r.TotalLink}} {
		var err error
		if *c.number, err = count(c.degree); err != nil {
			return nil, err
		}
		address := url.Values{"month": {month.Format(monthForm)}}
		if c.degree != "" {
			address.Set("digitized", string(c.degree))
		}
		*c.link = "/dossiers?" + address.Encode()
	}
	if r.Total == 0 {
		return nil, nil
	}
	r.Percent = 100 * float64(r.Whole) / float64(r.Total)
	return &r, nil
}
