package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sohoa/dossier"
)

// TestHowLongIsLeft: lists, dossiers and the review say how many working days a
// dossier still has, and nothing of one that is closed.
func TestHowLongIsLeft(t *testing.T) {
	a := busyDay()
	at := func(days int) *time.Time {
		due := time.Date(2026, 9, 9+days, 16, 59, 59, 0, time.UTC) // noon is a Wednesday
		return &due
	}
	for i, due := range []*time.Time{at(-2), at(0), at(5), at(-7)} {
		a.manifests[i].Dossier.DueAt = due
	}
	a.manifests[3].Dossier.State = dossier.StateClosed
	for i := range a.arrivals {
		if a.arrivals[i].Dossier == a.manifests[0].Dossier.ID {
			a.arrivals[i].DueAt = at(-2)
		}
	}
	h := newHandler(t, a)
	list := get(t, h, "/dossiers").body
	for _, want := range []string{"quá hạn 2 ngày làm việc", "hạn trả là hôm nay", "còn 3 ngày làm việc", "07/09/2026"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	if n := strings.Count(list, "quá hạn"); n != 1 {
		t.Errorf("the list says of %d dossiers that they are late, want 1", n)
	}
	for path, want := range map[string]string{
		"/review":                                     "quá hạn 2 ngày làm việc",
		dossierPath(a.manifests[0].Dossier.ID):        "quá hạn 2 ngày làm việc",
		dossierPath(a.manifests[2].Dossier.ID):        "Hạn trả 14/09/2026",
		dossierPath(a.manifests[2].Dossier.ID) + "?x": "còn 3 ngày làm việc",
	} {
		if got := get(t, h, path); got.Code != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s (%d) does not say %q", path, got.Code, want)
		}
	}
}
