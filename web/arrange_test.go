package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sohoa/dossier"
)

// laid is a dossier written down: papers parted by blanks, each a letter and its
// pages, "A12 B3".
func laid(text string) (d dossier.Dossier) {
	for paper := range strings.FieldsSeq(text) {
		c := dossier.Component{ID: dossier.ComponentID(paper[:1]), Kind: "birth_notice"}
		for _, page := range paper[1:] {
			c.Pages = append(c.Pages, dossier.Page{ID: dossier.PageID(page)})
		}
		d.Components = append(d.Components, c)
	}
	return d
}

// written is an arrangement likewise; a new paper is "+".
func written(said []dossier.Arranged) string {
	var papers []string
	for _, s := range said {
		name := string(s.Component)
		if name == "" {
			name = "+"
		}
		for _, p := range s.Pages {
			name += string(p)
		}
		if s.Kind != "" {
			name += "=" + s.Kind
		}
		papers = append(papers, name)
	}
	return strings.Join(papers, " ")
}

// TestArrangements: each deed names the papers it touches with all their pages,
// or is no deed.
func TestArrangements(t *testing.T) {
	const impossible = "impossible"
	for _, c := range []struct {
		deed deskForm
		want string
	}{
		{deskForm{Do: doSplit, Page: "2"}, "A1 +23"},
		{deskForm{Do: doSplit, Page: "1"}, impossible},
		{deskForm{Do: doSplit, Page: "9"}, impossible},
		{deskForm{Do: doJoin, Page: "5"}, "B A12345"},
		{deskForm{Do: doJoin, Page: "2"}, impossible},
		{deskForm{Do: doEarlier, Page: "2"}, "A213"},
		{deskForm{Do: doEarlier, Page: "4"}, "B5 A1234"},
		{deskForm{Do: doEarlier, Page: "1"}, impossible},
		{deskForm{Do: doLater, Page: "1"}, "A213"},
		{deskForm{Do: doLater, Page: "3"}, "A12 B345"},
		{deskForm{Do: doLater, Page: "5"}, "B4 C56"},
		{deskForm{Do: doLater, Page: "6"}, impossible},
		{deskForm{Do: doPut, Page: "2", To: "C"}, "A13 C62"},
		{deskForm{Do: doPut, Page: "2", To: "B", Before: "5"}, "A13 B425"},
		{deskForm{Do: doPut, Page: "2", To: "B", Whole: true}, "A B45123"},
		{deskForm{Do: doPut, Page: "3", To: "A", Before: "1"}, "A312"},
		{deskForm{Do: doPut, Page: "2", To: "A", Before: "2"}, impossible},
		{deskForm{Do: doPut, Page: "3", To: "A"}, impossible},
		{deskForm{Do: doPut, Page: "1", To: "A"}, "A231"},
		{deskForm{Do: doPut, Page: "2", To: toNew}, "A13 +2"},
		{deskForm{Do: doPut, Page: "6", To: toNew}, impossible},
		{deskForm{Do: doPut, Page: "2", To: "X"}, impossible},
		{deskForm{Do: doName, Page: "2", Kind: "decision"}, "A123=decision"},
		{deskForm{Do: doName, Page: "2", Kind: "birth_notice"}, impossible},
		{deskForm{Do: "nothing", Page: "2"}, impossible},
	} {
		d := laid("A123 B45 C6")
		said, ok := c.deed.arrangement(d)
		got := written(said)
		if !ok {
			got = impossible
		}
		if got != c.want {
			t.Errorf("%+v: %s, want %s", c.deed, got, c.want)
		}
		if fmt.Sprint(d) != fmt.Sprint(laid("A123 B45 C6")) {
			t.Errorf("%+v changes the dossier it is asked about", c.deed)
		}
	}
}

// TestPagesAreSent: what was picked goes, or else the paper of the page; a code
// that no dossier has is asked about once more before one is made.
func TestPagesAreSent(t *testing.T) {
	a := busyDay()
	h := newHandler(t, a)
	d := a.manifests[0].Dossier
	page := d.Components[0].Pages[1].ID
	form := func(more url.Values) url.Values {
		v := url.Values{"saw": {"1"}, "page": {string(page)}, "do": {"send"}, "code": {" y99.12-260909-0007 "}}
		for key, values := range more {
			v[key] = values
		}
		return v
	}
	ask(t, h, http.MethodPost, deskPath(d.ID), form(url.Values{"pages": {string(page)}}))
	ask(t, h, http.MethodPost, deskPath(d.ID), form(nil))
	if len(a.transferred) != 2 || !slices.Equal(a.transferred[0].Pages, []dossier.PageID{page}) ||
		!slices.Equal(a.transferred[1].Pages, pageIDs(d.Components[0])) || a.transferred[0].Code != "Y99.12-260909-0007" || a.transferred[0].Make {
		t.Fatalf("sent %+v", a.transferred)
	}
	a.refuse = ErrNoSuchCode
	asked := ask(t, h, http.MethodPost, deskPath(d.ID), form(nil))
	if !strings.Contains(asked.body, "Chưa có hồ sơ nào mang mã này") || !strings.Contains(asked.body, `name="make" value="y99.12-260909-0007"`) {
		t.Error("it is not asked whether the dossier shall be made")
	}
	ask(t, h, http.MethodPost, deskPath(d.ID), form(url.Values{"make": {"y99.12-260909-0007"}}))
	if !a.transferred[3].Make {
		t.Error("asked twice, it is not made")
	}
	ask(t, h, http.MethodPost, deskPath(d.ID), form(url.Values{"make": {"y99.12-260909-0001"}}))
	if a.transferred[4].Make {
		t.Error("another code than was asked about is made")
	}
	for code, want := range map[string]string{"12": "Mã", "Y99.12-260909-0000": "chính hồ sơ đó"} {
		a.refuse = fmt.Errorf("refused: %w", ErrSameDossier)
		if got := ask(t, h, http.MethodPost, deskPath(d.ID), form(url.Values{"code": {code}})); !strings.Contains(got.body, want) {
			t.Errorf("for %q the page does not say %q", code, want)
		}
	}
}
