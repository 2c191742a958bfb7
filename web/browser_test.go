package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sohoa/dossier"
	"sohoa/web/browsertest"
)

// TestArrivalAppears: a page that arrives is on the intake page without a
// reload, the typed code stays, and the pictures that were there stay.
func TestArrivalAppears(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	b.Do(chromedp.Navigate(server.URL + "/intake"))
	b.True(`document.activeElement.id === "code"`, "the code field has the focus")
	b.Until(`document.querySelector("[data-ago]").textContent !== ""`)
	b.Screen("fake-intake")
	b.Do(chromedp.SendKeys("#code", "Y99.12-26"))
	b.Do(chromedp.Evaluate(`window.still = true; document.querySelector(".strip img").mark = 1; undefined`, nil))
	b.Until(`htmx.find("#live") !== null`)
	page := pageID(5000)
	archive.readings[page] = made("Trang mới", dossier.FlagSkewUnsure)
	archive.arrive(dossier.Arrival{Batch: "batch1", Device: "quay-1", At: noon, File: "MOI.jpg", Ordinal: 30, Index: 1, Page: page, State: dossier.PageRead, Reading: 1})
	b.Until(`document.querySelector(".strip").textContent.includes("MOI.jpg")`)
	b.True(`document.querySelector(".strip").textContent.includes("nghiêng")`, "the problem is said in a word")
	b.True(`window.still === true`, "the page was not loaded again")
	b.True(`document.getElementById("code").value === "Y99.12-26" && document.activeElement.id === "code"`, "typing goes on undisturbed")
	b.True(`[...document.querySelectorAll(".strip img")].some(i => i.mark === 1)`, "pictures that were there stay")
}

func TestX(t *testing.T) {
	archive := busyDay()
	server := newSite(t, archive)
	b := browsertest.Start(t)
	for name, path := range map[string]string{
		"dossiers": "/dossiers", "dossier": "/dossiers/dossier0003?q=tỏa", "review": "/review", "search": "/search?q=khai+sinh", "intake": "/intake", "text": "/dossiers/dossier0003?q=toa&tab=text",
	} {
		b.Desk()
		b.Do(chromedp.Navigate(server.URL + path))
		b.Screen("fake-" + name)
		b.Phone(390)
		b.Do(chromedp.Navigate(server.URL + path))
		b.Screen("fake-" + name + "-phone")
	}
	_ = kb.Enter
}
