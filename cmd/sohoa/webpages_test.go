package main

import (
	"bufio"
	"encoding/json"
	"errors"
	pixels "image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"sohoa/web/browsertest"
)

// TestScreens drops scans into the inbox of a running serve and follows them in
// a browser, from the first look to the outlined word of a search. With
// browsertest.ScreensEnv it leaves pictures of what it saw.
func TestScreens(t *testing.T) {
	t.Parallel()
	tools := buildTools(t)
	scans := counterDay(t, tools)
	office := serveForPages(t, tools, "SOHOA_POLL=200ms", "SOHOA_SETTLE=400ms", "SOHOA_BATCH_IDLE=3s")
	b := browsertest.Start(t)

	b.Open(office.url + "/intake")
	b.Until(`document.querySelector(".strip") === null`)
	b.Do(chromedp.Evaluate(`window.still = true`, nil))
	office.drop(t, scans)
	b.Until(`document.querySelector(".strip img") !== null`)
	b.Until(`document.querySelectorAll(".strip img").length >= 6 && [...document.querySelectorAll(".strip img")].some(i => i.naturalWidth > 0)`)
	b.Screen("intake-arriving")
	office.settle(t)
	b.Until(`document.querySelector(".thumb.is-placed") !== null && document.querySelector(".filling .papers") !== null`)
	b.True(`window.still === true`, "nothing was loaded again")
	b.Screen("intake")

	b.Open(office.url + "/dossiers")
	b.Screen("dossiers")
	searchAndOpen(t, b)
	placeOne(t, b, office)
	emptyOne(t, b, office)
	askAboutField(b, office.url)
	arrangePages(b)
	signAllInPages(b, office.url)
	onThePhone(b, office.url)
	if errs := b.Errors(); len(errs) > 0 {
		t.Errorf("the browser complains: %v", errs)
	}
}

// searchAndOpen searches without tones and opens the first hit.
func searchAndOpen(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	b.Press("/")
	b.Until(`document.activeElement.name === "q"`)
	b.Press("dang ky khai sinh" + kb.Enter)
	b.Until(`location.pathname === "/search" && document.querySelectorAll(".hits li").length > 0`)
	b.True(`document.querySelector(".hits mark").textContent.toLowerCase().includes("đăng ký")`, "the line is found with its tones")
	b.Screen("search")
	b.Do(chromedp.Click(".hits li .open"))
	b.Until(`document.querySelectorAll(".hit").length >= 4 && document.querySelector(".sheet img").naturalWidth > 0`)
	b.True(`(() => {
		const page = document.querySelector(".sheet img").getBoundingClientRect();
		return [...document.querySelectorAll(".hit")].every(h => { const r = h.getBoundingClientRect(); return r.left >= page.left && r.right <= page.right; });
	})()`, "the outlines lie on the page")
	b.Screen("viewer")
	b.Do(chromedp.Click(`.tabs a[href*="tab=text"]`))
	b.Until(`document.querySelector(".ocr mark") !== null`)
	b.Screen("viewer-text")
}

// placeOne places the first waiting page by keyboard, sees it published, and
// takes it back.
func placeOne(t *testing.T, b *browsertest.Browser, office office) {
	t.Helper()
	b.Open(office.url + "/review")
	b.Until(`document.querySelector("#kind-filter") !== null`)
	b.Screen("review")
	waiting := office.status(t).Parked
	if waiting == 0 {
		t.Fatal("no page waits: the samples must hold one that no program can place")
	}
	b.Press("giay khai sinh" + kb.Enter)
	b.Until(`document.querySelector(".done") !== null`)
	if now := office.status(t).Parked; now != waiting-1 {
		t.Errorf("%d pages wait after one was placed, want %d", now, waiting-1)
	}
	b.Screen("review-placed")
	b.Press("u", browsertest.Alt)
	b.Until(`document.querySelector(".done") === null`)
	office.until(t, func(s pagesStatus) bool { return s.Parked == waiting })
}

// emptyOne says of the page without a word that nothing is on it, looks at it from the
// strip, and makes it wait again there.
func emptyOne(t *testing.T, b *browsertest.Browser, office office) {
	t.Helper()
	b.Open(office.url + "/review?reason=unreadable")
	b.Until(`document.querySelector(".side button") !== null && document.querySelector(".sheet img").naturalWidth > 0`)
	b.Screen("review-unreadable")
	waiting := office.status(t).Parked
	b.Press("b", browsertest.Alt)
	b.Until(`document.querySelector(".done") !== null`)
	if now := office.status(t).Parked; now != waiting-1 {
		t.Errorf("%d pages wait after one was said to be empty, want %d", now, waiting-1)
	}
	b.Screen("review-emptied")
	b.Open(office.url + "/intake")
	b.Do(chromedp.Click(".thumb.is-blank a[href*=review]"))
	b.Until(`document.querySelector(".place button[value=withdrawn]") !== null && document.querySelector(".sheet img").naturalWidth > 0`)
	b.Screen("review-blank")
	b.Press("u", browsertest.Alt)
	b.Until(`document.querySelector(".side button") !== null`)
	office.until(t, func(s pagesStatus) bool { return s.Parked == waiting })
}

// askAboutField sees that a doubtful value is asked about beside its enlarged
// place on the paper.
func askAboutField(b *browsertest.Browser, url string) {
	b.Open(url + "/review?of=fields")
	b.Until(`document.querySelector(".ask img.cut") !== null && document.querySelector(".ask img.cut").naturalWidth > 0`)
	b.Screen("review-field")
}

// arrangePages goes from the field to the table of pages, joins two papers there,
// and takes that back.
func arrangePages(b *browsertest.Browser) {
	b.Press("p")
	b.Until(`document.querySelectorAll("[data-paper]").length > 2 && document.querySelector(".look img").naturalWidth > 0`)
	b.True(`document.querySelector("[data-paper]:first-child.here") === null`, "the page of the field is not of the first paper")
	b.Screen("desk")
	b.Press("j")
	b.Until(`document.querySelector(".said").textContent.includes("Đã nối")`)
	b.Press("m")
	b.Screen("desk-move")
	b.Press("mk")
	b.Until(`document.activeElement.id === "kind-filter"`)
	b.Screen("desk-name")
	b.Press(kb.Escape + "u")
	b.Until(`document.querySelector(".said").textContent.includes("Đã hoàn tác") || document.querySelector(".notice") !== null`)
	b.Screen("desk-undone")
}

// signAllInPages signs everything that waits by keyboard, and sees that a paper
// says so.
func signAllInPages(b *browsertest.Browser, url string) {
	b.Open(url + "/sign")
	b.Until(`document.querySelectorAll("[data-all]").length > 0 && document.querySelector(".cert") !== null`)
	b.Do(chromedp.Evaluate(`document.querySelectorAll("[data-all]").forEach(group => group.click())`, nil))
	b.True(`document.querySelectorAll('input[name="paper"]:not(:checked)').length === 0`, "a group takes all its papers")
	b.Screen("sign")
	b.Press("k", browsertest.Alt)
	b.Until(`document.querySelector(".confirm .block") !== null`)
	b.True(`document.querySelector(".confirm .block").textContent.includes("KHÔNG CÓ GIÁ TRỊ")`, "what will stand on the papers is shown before")
	b.Screen("sign-confirm")
	b.Press(kb.Enter)
	b.Until(`location.pathname === "/sign" && document.querySelector(".empty.good") !== null`)
	b.Open(url + "/search?q=khai+sinh")
	b.Do(chromedp.Click(".hits li .open"))
	b.Until(`document.querySelector('.tabs a[href*="tab=signature"]') !== null`)
	b.Do(chromedp.Click(`.tabs a[href*="tab=signature"]`))
	b.Until(`document.querySelector(".verdict.is-signed") !== null && document.querySelector(".sheet img").naturalWidth > 0`)
	b.True(`document.querySelector(".verdict").textContent.includes("Chữ ký hợp lệ")`, "the signature is judged")
	b.Do(chromedp.Evaluate(`scrollTo(0, 0)`, nil)) // the click may have moved the page
	b.Screen("viewer-signature")
}

// onThePhone looks at every page as a phone shows it.
func onThePhone(b *browsertest.Browser, url string) {
	b.Phone(390)
	for name, path := range map[string]string{
		"intake-phone": "/intake", "dossiers-phone": "/dossiers", "search-phone": "/search?q=khai+sinh", "review-phone": "/review", "sign-phone": "/sign",
	} {
		b.Open(url + path)
		b.True(`document.documentElement.scrollWidth <= innerWidth`, path+" fits a phone")
		b.Screen(name)
	}
	b.Do(chromedp.Navigate(url+"/search?q=khai+sinh"), chromedp.Click(".hits li .open"))
	b.Until(`document.querySelector(".sheet img") !== null && document.querySelector(".sheet img").naturalWidth > 0`)
	b.Screen("viewer-phone")
}

// counterDay draws the scans of a dossier, and behind them a sheet that no
// program can place: a drawing without a word.
func counterDay(t *testing.T, tools string) []string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command(filepath.Join(tools, "generate"), "-out", dir, "-dossiers", "1", "-seed", "11").CombinedOutput(); err != nil {
		t.Fatalf("draw scans: %v\n%s", err, out)
	}
	drawing(t, filepath.Join(dir, "900_drawing.jpg"))
	scans, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil || len(scans) < 6 {
		t.Fatalf("drew %d scans, %v", len(scans), err)
	}
	return scans
}

// drawing writes a page of A4 at 200 dpi with crossing lines and no letter.
func drawing(t *testing.T, path string) {
	t.Helper()
	page := pixels.NewGray(pixels.Rect(0, 0, 1654, 2339))
	for y := range 2339 {
		for x := range 1654 {
			shade := color.Gray{Y: 240}
			if bow := 400 * math.Sin(float64(x)/180); math.Abs(float64(y)-1100-bow) < 9 || math.Abs(float64(y)-1300+bow) < 9 {
				shade.Y = 40
			}
			page.SetGray(x, y, shade)
		}
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(jpeg.Encode(file, page, nil), file.Close()); err != nil {
		t.Fatal(err)
	}
}

// office is a running serve with its inbox.
type office struct{ url, data, inbox string }

// pagesStatus is what the pages' own status says.
type pagesStatus struct {
	Parked, Waiting, Filling int
	Done                     bool
	Batch                    *struct{ Images int }
}

// serveForPages starts serve on a demo archive with the settings.
func serveForPages(t testing.TB, tools string, settings ...string) office {
	t.Helper()
	data := t.TempDir()
	serve := exec.Command(filepath.Join(tools, "sohoa"), "serve", "--data", filepath.Join(data, "a"), "--listen", "127.0.0.1:0", "--inbox", filepath.Join(data, "inbox"))
	serve.Env = append(os.Environ(), settings...)
	out, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	serve.Stderr = os.Stderr
	if err := os.MkdirAll(filepath.Join(data, "inbox", "quay-1"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return office{url: "http://" + strings.TrimSuffix(address, "/"), data: filepath.Join(data, "a"), inbox: filepath.Join(data, "inbox", "quay-1")}
		}
	}
	t.Fatal("serve ended before it said its address")
	return office{}
}

// drop puts scans into the inbox, whole, as a scanner that renames does.
func (o office) drop(t *testing.T, scans []string) {
	t.Helper()
	for _, scan := range scans {
		body, err := os.ReadFile(scan)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(o.inbox, filepath.Base(scan)), body, 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

func (o office) status(t *testing.T) (s pagesStatus) {
	t.Helper()
	response, err := http.Get(o.url + "/api/status")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// settle waits until everything that was dropped has its place.
func (o office) settle(t *testing.T) {
	t.Helper()
	o.until(t, func(s pagesStatus) bool {
		return s.Batch != nil && s.Batch.Images > 0 && s.Done && s.Waiting+s.Filling == 0
	})
}

// until asks for the status until it is as wanted.
func (o office) until(t *testing.T, wanted func(pagesStatus) bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(3 * time.Minute)
	for !wanted(o.status(t)) {
		select {
		case <-limit:
			t.Fatalf("never came so far: %+v", o.status(t))
		case <-tick.C:
		}
	}
}
