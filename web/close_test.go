package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
)

func (f *fakeArchive) Close(_ context.Context, _ dossier.Actor, _ dossier.DossierID, said dossier.Closing) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = append(f.closed, said)
	return nil
}

func (f *fakeArchive) Reopen(context.Context, dossier.Actor, dossier.DossierID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reopened++
	return nil
}

// TestClosingIsOffered: whoever may close a dossier is told what it lacks, and
// the button carries that; a closed one can be opened again, and one with pages
// that wait is not closed.
func TestClosingIsOffered(t *testing.T) {
	archive := busyDay()
	archive.manifests[2].Dossier.State = dossier.StateClosed
	archive.manifests[3].Dossier.Pending = []dossier.PageID{pageID(1000)}
	h, _ := office(t, archive)
	page := func(who, id string) string { return as(t, h, who, http.MethodGet, "/dossiers/"+id, nil).body }
	open := page("records_manager.unit1", "dossier0000")
	if !strings.Contains(open, "Vẫn đóng hồ sơ") || !strings.Contains(open, "Hồ sơ còn thiếu:") || !strings.Contains(open, `name="missing" value="birth_notice"`) {
		t.Error("closing is not offered, or not with what is missing")
	}
	if body := page("reviewer.unit1", "dossier0000"); strings.Contains(body, "đóng hồ sơ") {
		t.Error("offered to who may not close")
	}
	if body := page("records_manager.unit1", "dossier0002"); !strings.Contains(body, "Mở lại hồ sơ") || strings.Contains(body, "Vẫn đóng") {
		t.Error("a closed dossier can not be opened")
	}
	if body := page("records_manager.unit1", "dossier0003"); !strings.Contains(body, "còn trang chờ xem") || strings.Contains(body, "Vẫn đóng") {
		t.Error("a dossier with pages that wait can be closed")
	}
	as(t, h, "records_manager.unit1", http.MethodPost, "/dossiers/dossier0000/close", url.Values{"missing": {"birth_notice"}})
	as(t, h, "records_manager.unit1", http.MethodPost, "/dossiers/dossier0002/reopen", nil)
	as(t, h, "reviewer.unit1", http.MethodPost, "/dossiers/dossier0000/close", url.Values{"missing": {"birth_notice"}})
	if len(archive.closed) != 1 || !slices.Equal(archive.closed[0].Missing, []string{"birth_notice"}) || archive.reopened != 1 {
		t.Errorf("closed %+v, opened %d times", archive.closed, archive.reopened)
	}
}
