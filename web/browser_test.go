package web

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sohoa/dossier"
	"sohoa/web/browsertest"
)

// arriving is a page that comes in while somebody looks.
func arrivingPage(archive *fakeArchive, n int, name string) dossier.Arrival {
	page := pageID(n)
	archive.mu.Lock()
	defer archive.mu.Unlock()
	archive.readings[page] = made("Trang mới", dossier.FlagSkewUnsure)
	return dossier.Arrival{Batch: "batch1", Device: "quay-1", At: noon, File: name, Ordinal: n, Index: 1, Page: page, State: dossier.PageRead, Reading: 1}
}

// TestArrivalAppears: a page that arrives is on the intake page without a
// reload, the typed code stays, and the pictures that were there stay.
func TestArrivalAppears(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/intake")
	<-archive.heard
	b.True(`document.activeElement.id === "code"`, "the code field has the focus")
	b.Press("Y99.12-26")
	b.Do(chromedp.Evaluate(`window.still = true; document.querySelector(".strip img").mark = 1; undefined`, nil))
	archive.arrive(arrivingPage(archive, 5000, "MOI.jpg"))
	b.Until(`document.querySelector(".strip").textContent.includes("MOI.jpg")`)
	b.True(`document.querySelector(".strip").textContent.includes("nghiêng")`, "the problem is said in a word")
	b.True(`window.still === true`, "the page was not loaded again")
	b.True(`document.getElementById("code").value === "Y99.12-26" && document.activeElement.id === "code"`, "typing goes on undisturbed")
	b.True(`[...document.querySelectorAll(".strip img")].some(i => i.mark === 1)`, "pictures that were there stay")
}

// TestNothingMovesUnderThePointer: news wait while the pointer rests on the
// strip, and come when it leaves.
func TestNothingMovesUnderThePointer(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/intake")
	<-archive.heard
	b.Until(`performance.getEntriesByName("first-contentful-paint").length > 0`)
	b.Do(chromedp.MouseEvent("mouseMoved", 480, 300))
	b.Until(`document.querySelector("[data-hold]").matches(":hover")`)
	archive.arrive(arrivingPage(archive, 5000, "MOI.jpg"))
	b.Until(`document.getElementById("fresh").hidden === false`)
	b.True(`!document.querySelector(".strip").textContent.includes("MOI.jpg")`, "the strip rests")
	b.Do(chromedp.MouseEvent("mouseMoved", 700, 40))
	b.Until(`document.querySelector(".strip").textContent.includes("MOI.jpg")`)
}

// TestLostConnectionShows: the bar comes when the server goes.
func TestLostConnectionShows(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/intake")
	<-archive.heard
	b.True(`document.getElementById("lost").hidden`, "no bar while the server is there")
	if err := server.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	server.CloseClientConnections()
	b.Until(`document.getElementById("lost").hidden === false`)
}

// TestBarcodeReader: a reader types fast, wherever the focus is, and ends with
// Enter.
func TestBarcodeReader(t *testing.T) {
	server := newSite(t, busyDay())
	b := browsertest.Start(t)
	b.Do(chromedp.Navigate(server.URL+"/intake"), chromedp.Evaluate(`document.activeElement.blur()`, nil))
	b.Press("Y99.12-260909-0007" + kb.Enter)
	b.Until(`location.pathname === "/dossiers/dossier0007"`)
}

// TestPlaceByKeyboard places a waiting page without the mouse and takes it
// back.
func TestPlaceByKeyboard(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Open(server.URL + "/review")
	b.Until(`document.activeElement.id === "kind-filter"`)
	b.True(`document.documentElement.scrollHeight <= innerHeight`, "the whole form and the whole page can be seen at once")
	b.Press("to khai khai tu")
	b.True(`document.getElementById("kind").value === "death_registration_application"`, "the list is narrowed without tones")
	b.Press(kb.Enter)
	b.Until(`document.querySelector(".done") !== null`)
	want := dossier.Placement{Pages: []dossier.PageID{pageID(1006)}, Kind: "death_registration_application", Dossier: "dossier0000"}
	archive.mu.Lock()
	placed := slices.Clone(archive.placed)
	archive.mu.Unlock()
	if len(placed) != 1 || !samePlacement(placed[0], want) {
		t.Fatalf("placed %+v, want %+v", placed, want)
	}
	b.True(`document.querySelector(".tools").textContent.includes("Trang 1 trong 6")`, "the next page is there")
	b.Press("u", browsertest.Alt)
	b.Until(`document.querySelector(".done") === null && document.querySelector(".tools").textContent.includes("trong 7")`)
}

// TestSearchToHit goes from "/" to the outlined word on the page.
func TestSearchToHit(t *testing.T) {
	server := newSite(t, busyDay())
	b := browsertest.Start(t)
	b.Open(server.URL + "/dossiers")
	b.Press("/")
	b.Until(`document.activeElement.name === "q" && document.activeElement.closest(".find")`)
	b.True(`document.activeElement.value === ""`, "the stroke that leads to the box is not typed into it")
	b.Press("muong khuong" + kb.Enter)
	b.Until(`location.pathname === "/search" && location.search === "?q=muong+khuong"`)
	b.Press(kb.Escape)
	b.Until(`document.activeElement === document.body`)
	b.Press("j")
	b.Until(`document.querySelector("[data-rows] > .at") !== null`)
	b.Press(kb.Enter)
	b.Until(`document.querySelectorAll(".hit").length === 2`)
	// The outline lies on the printed word: same shape of page, same place.
	b.Until(`document.querySelector(".sheet img").complete`)
	b.True(`(() => {
		const page = document.querySelector(".sheet img").getBoundingClientRect(), hit = document.querySelector(".hit").getBoundingClientRect();
		const x = (hit.x - page.x) / page.width * 2480, y = (hit.y - page.y) / page.height * 3508;
		return Math.abs(x - 1853) < 12 && Math.abs(y - 633) < 12;
	})()`, "the outline lies where the word stands")
	before := b.Text(`String(document.querySelector(".sheet").getBoundingClientRect().width)`)
	b.Press("z")
	if after := b.Text(`String(document.querySelector(".sheet").getBoundingClientRect().width)`); before == after {
		t.Errorf("Z does not enlarge the page: %s", after)
	}
}

// TestFits looks at every page on the screens people have: nothing is cut off
// at the right, and no script fails.
func TestFits(t *testing.T) {
	server := newSite(t, busyDay())
	b := browsertest.Start(t)
	for _, path := range pagesOfSite {
		b.Desk()
		b.Open(server.URL + path)
		b.True(`document.documentElement.scrollWidth <= innerWidth`, path+" fits 1366 pixels")
		if testing.Short() {
			continue // the same page again on another screen is the same to the server
		}
		for _, width := range []int{390, 360} {
			b.Phone(width)
			b.Open(server.URL + path)
			b.True(`document.documentElement.scrollWidth <= innerWidth`, path+" fits a phone")
		}
		// 200 % zoom on the office screen.
		b.Do(chromedp.EmulateViewport(683, 384), chromedp.Navigate(server.URL+path))
		b.True(`document.documentElement.scrollWidth <= innerWidth`, path+" fits at 200 %")
	}
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}

// TestKeysArePrinted: every key that does something can be read on its button.
func TestKeysArePrinted(t *testing.T) {
	server := newSite(t, busyDay())
	b := browsertest.Start(t)
	for _, path := range pagesOfSite {
		b.Open(server.URL + path)
		b.True(`[...document.querySelectorAll("[data-key]")].every(e => e.querySelector("kbd") || /[←→]/.test(e.textContent))`, path+": keys are printed")
	}
}
