package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"sohoa/web/browsertest"
)

// TestOneReasonIsClearedByKeyboard chooses a reason above the queue without the
// mouse and answers one thing after the other: only what waits for that reason
// comes, and when nothing is left Enter leads back to all that waits.
func TestOneReasonIsClearedByKeyboard(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		texts := []string{"loose page one", "loose page two"}
		for i, name := range []string{"Lò Văn An", "Lò Văn Bình"} {
			texts = append(texts, separator(t, fmt.Sprintf("H38.12-260102-3%03d", i), 0), bornOf(name))
		}
		r.feed(t, texts...)
		a, flow := r.open(t)
		defer closeArchive(t, a)
		server := r.pagesOf(t, a, flow)
		rest := atWork(t, a, flow)

		b := browsertest.Start(t)
		b.Open(server.URL + "/review")
		chips := func() string {
			return strings.Join(strings.Fields(b.Text(`document.querySelector("[data-chips]").innerText`)), " ")
		}
		b.Until(`document.activeElement.id === "kind-filter"`)
		if got := chips(); got != "Lọc Alt L Tất cả 8 chưa rõ giấy nào 2 đọc chưa chắc 6" {
			t.Fatalf("the row says %q", got)
		}
		b.Press("l", browsertest.Alt)
		b.Until(`document.activeElement.textContent.startsWith("Tất cả")`)
		b.Press(kb.ArrowRight + kb.ArrowRight)
		b.Until(`document.activeElement.textContent.startsWith("đọc chưa chắc")`)
		b.Press(kb.Enter)
		b.Until(`location.search === "?reason=field_unsure" && document.querySelector("#question") !== null`)

		answer := func(keys, then string) {
			t.Helper()
			b.Do(marked)
			b.Press(keys)
			b.Until(`window.marked === undefined && ` + then)
			b.True(`location.search.includes("reason=field_unsure")`, "the reason is kept")
		}
		left := func(n int) string {
			return fmt.Sprintf(`document.querySelector("[data-chips] a[aria-current] b").textContent === "%d"`, n)
		}
		for n := 5; n > 0; n-- {
			answer(kb.Enter, left(n)+` && document.querySelector("#question") !== null`)
		}
		answer(kb.Enter, left(0)+` && document.querySelector("main").textContent.includes("Không còn gì cần xem vì lý do “đọc chưa chắc”.")`)
		b.Press(kb.Enter)
		b.Until(`location.pathname === "/review" && location.search === "" && document.querySelector(".triage") !== null`)
		if got := chips(); got != "Lọc Alt L Tất cả 2 chưa rõ giấy nào 2" {
			t.Errorf("at the end the row says %q", got)
		}
		if errs := b.Errors(); len(errs) > 0 {
			t.Errorf("the browser complains: %v", errs)
		}
		rest()
	})
}
