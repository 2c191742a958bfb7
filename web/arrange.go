package web

import (
	"net/http"
	"slices"

	"sohoa/dossier"
)

// deskForm is what one key or one drag on the table of pages says.
type deskForm struct {
	Do     string           // one of the deeds below
	Page   dossier.PageID   // the one that is meant
	Whole  bool             // the whole paper of it
	To     string           // where it goes: the id of a paper, or toNew
	Before dossier.PageID   // in front of which page; at the end when empty
	Kind   string           // what the paper of the page is called from now on
	Pages  []dossier.PageID // those that were picked, to be sent
	Code   string           // of the dossier to which they are sent
	With   dossier.PageID   // one that waits, to take the place of the page
}

// readDeskForm reads it from a request.
func readDeskForm(r *http.Request) deskForm {
	form := deskForm{
		Do: r.FormValue("do"), Page: dossier.PageID(r.FormValue("page")), Whole: r.FormValue("whole") != "",
		To: r.FormValue("to"), Before: dossier.PageID(r.FormValue("before")), Kind: r.FormValue("kind"), Code: short(r.FormValue("code")),
		With: dossier.PageID(r.FormValue("with")),
	}
	for _, id := range r.Form["pages"] {
		form.Pages = append(form.Pages, dossier.PageID(id))
	}
	switch {
	case form.With != "" && r.FormValue("ahead") != "":
		form.Do = doInsert
	case form.With != "":
		form.Do = doReplace
	case form.To != "":
		form.Do = doPut
	case form.Do == "" && form.Kind != "":
		form.Do = doName
	}
	return form
}

// The deeds, which are also the keys of the words that say what was done.
const (
	doSplit   = "split"   // the page and those behind it become a paper of their own
	doJoin    = "join"    // the paper is put to the end of the one before
	doEarlier = "earlier" // the page goes one place to the front
	doLater   = "later"   // the page goes one place to the back
	doPut     = "put"     // the page goes where it is dropped
	doName    = "name"    // the paper of the page is of another kind
	doTurn    = "turn"    // the page is turned clockwise
	doBack    = "turnback"
	doSend    = "send"    // the picked pages, or the paper, go to another dossier
	doReplace = "replace" // a page that waits takes the place of the page
	doInsert  = "insert"  // it goes in front of the page
	doUndo    = "undo"
)

// toNew is a new paper as the place where a page goes.
const toNew = "new"

// arrangement is what the papers of a dossier have after a deed; ok is false
// where it would change nothing or can not be done. Papers are named by the
// machine.
func (f deskForm) arrangement(d dossier.Dossier) (said []dossier.Arranged, ok bool) {
	i := slices.IndexFunc(d.Components, func(c dossier.Component) bool { return slices.Contains(pageIDs(c), f.Page) })
	if i < 0 {
		return nil, false
	}
	paper, pages := d.Components[i], pageIDs(d.Components[i])
	n := slices.Index(pages, f.Page)
	switch f.Do {
	case doSplit:
		if n == 0 {
			return nil, false
		}
		return []dossier.Arranged{{Component: paper.ID, Pages: pages[:n]}, {Pages: pages[n:]}}, true
	case doJoin:
		if i == 0 {
			return nil, false
		}
		return moved(paper, pages, d.Components[i-1], ""), true
	case doEarlier, doLater:
		return stepped(d.Components, i, n, f.Do == doLater)
	case doPut:
		return f.put(d, paper)
	case doName:
		return []dossier.Arranged{{Component: paper.ID, Kind: f.Kind, Pages: pages}}, f.Kind != paper.Kind
	}
	return nil, false
}

// put takes a page, or its whole paper, to where it is dropped.
func (f deskForm) put(d dossier.Dossier, from dossier.Component) (said []dossier.Arranged, ok bool) {
	pages := []dossier.PageID{f.Page}
	if f.Whole {
		pages = pageIDs(from)
	}
	if f.To == toNew {
		if len(pages) == len(from.Pages) {
			return nil, false
		}
		return []dossier.Arranged{{Component: from.ID, Pages: without(pageIDs(from), pages)}, {Pages: pages}}, true
	}
	i := slices.IndexFunc(d.Components, func(c dossier.Component) bool { return string(c.ID) == f.To })
	if i < 0 {
		return nil, false
	}
	said = moved(from, pages, d.Components[i], f.Before)
	return said, len(said) > 1 || !slices.Equal(said[0].Pages, pageIDs(from))
}

// moved takes pages of one paper into another, or within their own, in front of
// a page.
func moved(from dossier.Component, pages []dossier.PageID, into dossier.Component, before dossier.PageID) []dossier.Arranged {
	rest := without(pageIDs(into), pages)
	at := slices.Index(rest, before)
	if at < 0 {
		at = len(rest)
		if slices.Contains(pages, before) { // dropped on itself
			at = slices.Index(pageIDs(into), before)
		}
	}
	gets := dossier.Arranged{Component: into.ID, Pages: slices.Insert(rest, at, pages...)}
	if from.ID == into.ID {
		return []dossier.Arranged{gets}
	}
	return []dossier.Arranged{{Component: from.ID, Pages: without(pageIDs(from), pages)}, gets}
}

// stepped takes the n-th page of the i-th paper one place on, beyond the edge
// of its paper into the next one.
func stepped(papers []dossier.Component, i, n int, later bool) (said []dossier.Arranged, ok bool) {
	paper, pages := papers[i], pageIDs(papers[i])
	by, neighbour := -1, i-1
	if later {
		by, neighbour = 1, i+1
	}
	if n+by >= 0 && n+by < len(pages) {
		pages[n], pages[n+by] = pages[n+by], pages[n]
		return []dossier.Arranged{{Component: paper.ID, Pages: pages}}, true
	}
	if neighbour < 0 || neighbour >= len(papers) {
		return nil, false
	}
	var before dossier.PageID
	if next := papers[neighbour]; later && len(next.Pages) > 0 {
		before = next.Pages[0].ID
	}
	return moved(paper, pages[n:n+1], papers[neighbour], before), true
}

func pageIDs(c dossier.Component) []dossier.PageID {
	ids := make([]dossier.PageID, len(c.Pages))
	for i, p := range c.Pages {
		ids[i] = p.ID
	}
	return ids
}

func without(ids, gone []dossier.PageID) []dossier.PageID {
	return slices.DeleteFunc(slices.Clone(ids), func(id dossier.PageID) bool { return slices.Contains(gone, id) })
}
