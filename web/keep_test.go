package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sohoa/dossier"
)

func (f *fakeArchive) Keep(_ context.Context, _ dossier.Actor, _ dossier.DossierID, asked KeepAsked) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = append(f.kept, asked)
	return nil
}

// withCard is a day on which an identity card was presented with a dossier; its
// page is named.
func withCard(state dossier.ComponentState) (f *fakeArchive, page dossier.PageID) {
	f = busyDay()
	page = pageID(5000)
	d := &f.manifests[1].Dossier
	d.Components = append([]dossier.Component{{
		ID: "card", Kind: dossier.KindCitizenIDCard, KindConfidence: 0.99, State: state, Version: 1,
		Pages: []dossier.Page{{ID: page, File: "card.jpg", Index: 1, Part: 1}}, Fields: map[string]dossier.Field{},
	}}, d.Components...)
	f.readings[page] = made("Căn cước công dân của Lò Văn Giấu")
	f.arrivals = append(f.arrivals, dossier.Arrival{
		Batch: "batch1", Device: "quay-1", At: noon, File: "card.jpg", Ordinal: 30, Index: 1, Page: page,
		State: dossier.PageNotKept, Reading: 1, Dossier: d.ID, Component: "card",
	})
	return f, page
}

// TestPresentedPaperIsHidden: a paper that is not kept is named on the page of
// its dossier and shown to nobody, but to who may decide about it and opens it;
// its thumbnails are nowhere.
func TestPresentedPaperIsHidden(t *testing.T) {
	archive, page := withCard(dossier.ComponentNotKept)
	h, _ := office(t, archive)
	picture := func(width string) string { return "/pictures/" + string(page) + "/1/" + width }
	for who, may := range map[string]bool{"reviewer.unit1": true, "intake.unit1": false, "signer.unit1": false} {
		body := as(t, h, who, http.MethodGet, "/dossiers/dossier0001", nil).body
		if !strings.Contains(body, "chỉ xuất trình, không lưu") || strings.Contains(body, picture("160")) {
			t.Errorf("%s: the card is not named, or its thumbnail is shown", who)
		}
		opened := as(t, h, who, http.MethodGet, "/dossiers/dossier0001?tab=text&page="+string(page), nil).body
		if strings.Contains(opened, "Giấu") != may {
			t.Errorf("%s may decide: %v, but the text says otherwise", who, may)
		}
		want := http.StatusNotFound
		if may {
			want = http.StatusOK
		}
		if got := as(t, h, who, http.MethodGet, picture("1000"), nil); got.Code != want {
			t.Errorf("%s asks for the picture: %d, want %d", who, got.Code, want)
		}
		for _, small := range []string{"160", "240"} {
			if got := as(t, h, who, http.MethodGet, picture(small), nil); got.Code != http.StatusNotFound {
				t.Errorf("%s gets a thumbnail: %d", who, got.Code)
			}
		}
		if strip := as(t, h, who, http.MethodGet, "/intake/live", nil).body; strings.Contains(strip, picture("240")) {
			t.Errorf("%s sees the card among the pages that come in", who)
		}
	}
}

// TestKeepIsAskedFor: both buttons say which paper is meant, and each is there
// where it can be used.
func TestKeepIsAskedFor(t *testing.T) {
	for state, want := range map[dossier.ComponentState]struct {
		button string
		keep   bool
	}{
		dossier.ComponentNotKept:           {"Giữ giấy tờ này", true},
		dossier.ComponentAwaitingSignature: {"Chỉ xuất trình, không lưu", false},
	} {
		archive, page := withCard(state)
		h, _ := office(t, archive)
		at := "/dossiers/dossier0001?page=" + string(page)
		if body := as(t, h, "reviewer.unit1", http.MethodGet, at, nil).body; !strings.Contains(body, want.button) {
			t.Errorf("%s: no button %q", state, want.button)
		}
		if body := as(t, h, "signer.unit1", http.MethodGet, at, nil).body; strings.Contains(body, "<button>"+want.button) {
			t.Errorf("%s: a button for who may not decide", state)
		}
		form := url.Values{"paper": {"card"}, "kind": {dossier.KindCitizenIDCard}}
		if want.keep {
			form.Set("keep", "1")
		}
		as(t, h, "reviewer.unit1", http.MethodPost, "/dossiers/dossier0001/keep", form)
		asked := KeepAsked{Keeping: dossier.Keeping{Component: "card", Kind: dossier.KindCitizenIDCard}, Keep: want.keep}
		if len(archive.kept) != 1 || archive.kept[0] != asked {
			t.Errorf("asked for %+v", archive.kept)
		}
	}
}
