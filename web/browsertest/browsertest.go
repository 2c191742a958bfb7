// Package browsertest drives Debian's chromium for tests of the web pages.
//
// Start at [Start]. A test that gets a browser has a real one: when it is not
// installed the test fails and names the command that installs it.
package browsertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// ScreensEnv names the folder that screenshots are written to; without it none
// are. `make screens` sets it to docs/screens.
const ScreensEnv = "SOHOA_SCREENS"

// limit is how long one test may keep its browser busy, on a slow machine.
const limit = 5 * time.Minute

// Browser is one tab.
type Browser struct {
	t   testing.TB
	ctx context.Context

	mu     sync.Mutex
	errors []string
}

// Start opens a tab of 1366×768, the screen of an office.
func Start(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, // as root, in a container, there is no sandbox
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "vi-VN"),
		chromedp.WSURLReadTimeout(time.Minute))
	allocated, stopAll := chromedp.NewExecAllocator(t.Context(), options...)
	tab, stopTab := chromedp.NewContext(allocated)
	bounded, stop := context.WithTimeout(tab, limit)
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab) // waits until the process has ended
		stop()
		stopTab()
		stopAll()
	})
	b := &Browser{t: t, ctx: bounded}
	chromedp.ListenTarget(bounded, b.listen)
	b.Do(log.Enable(), chromedp.EmulateViewport(1366, 768))
	return b
}

// listen keeps what the browser complains about: scripts that fail, and what
// the content policy refused.
func (b *Browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Source != log.SourceNetwork && e.Entry.Level == log.LevelError {
			b.errors = append(b.errors, e.Entry.Text)
		}
	}
}

// Errors is what the browser complained about so far.
func (b *Browser) Errors() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.errors)
}

// Do runs actions one after the other.
func (b *Browser) Do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
}

// Phone makes the tab as small as a phone: width CSS pixels.
func (b *Browser) Phone(width int) {
	b.t.Helper()
	b.Do(emulation.SetDeviceMetricsOverride(int64(width), 844, 1, true))
}

// Desk makes the tab as large as an office screen.
func (b *Browser) Desk() {
	b.t.Helper()
	b.Do(emulation.SetDeviceMetricsOverride(1366, 768, 1, false))
}

// Open goes to an address and waits until the page is there.
func (b *Browser) Open(address string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(address))
}

// Keys held while others are pressed.
const (
	Alt   = input.ModifierAlt
	Shift = input.ModifierShift
)

// Press strikes the keys of a text one after the other, as a keyboard does:
// where a page takes a stroke for itself, its letter is typed nowhere. It
// waits until the page has been painted, for the browser drops what comes
// before, as nobody types into a page that cannot be seen.
func (b *Browser) Press(keys string, modifiers ...input.Modifier) {
	b.t.Helper()
	b.Until(`performance.getEntriesByName("first-contentful-paint").length > 0`)
	for _, key := range keys {
		for _, stroke := range kb.Encode(key) {
			// The browser pairs a letter with its stroke only when the stroke is a
			// raw one, which is what a real keyboard sends and kb does not.
			if stroke.Type == input.KeyDown {
				stroke.Type = input.KeyRawDown
			}
			for _, m := range modifiers {
				stroke.Modifiers |= m
			}
			b.strike(stroke)
		}
	}
}

// strike sends one stroke. A stroke that takes the page away may never be
// answered; its effect is what a test waits for.
func (b *Browser) strike(stroke chromedp.Action) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, answerTime)
	defer stop()
	if err := chromedp.Run(ctx, stroke); err != nil && ctx.Err() == nil {
		b.t.Fatalf("browser: press a key: %v", err)
	}
}

// patience is how long a condition may take on a slow machine; answerTime how
// long one answer may. A question that meets a page on its way out may never be
// answered: it is asked again.
const (
	patience   = 2 * time.Minute
	answerTime = 5 * time.Second
)

// Until waits for a JavaScript condition, across pages: while a page goes and
// another comes there is nothing to ask, and that is no failure. The page is
// complete when Until returns, so its scripts listen.
func (b *Browser) Until(condition string) {
	b.t.Helper()
	waiting, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var held bool
		err := evaluate(waiting, `document.readyState === "complete" && Boolean(`+condition+`)`, &held)
		if err == nil && held {
			return
		}
		select {
		case <-waiting.Done():
			b.t.Fatalf("never came true: %s (last answer: %v)\nthe page: %s", condition, err, b.state())
		case <-tick.C:
		}
	}
}

// evaluate asks the page once.
func evaluate(ctx context.Context, expression string, answer any) error {
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate(expression, answer))
}

// read asks the page until it answers. What the expression itself throws fails
// the test at once.
func (b *Browser) read(expression string, answer any) {
	b.t.Helper()
	waiting, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	for {
		err := evaluate(waiting, expression, answer)
		if err == nil {
			return
		}
		if _, thrown := errors.AsType[*runtime.ExceptionDetails](err); thrown || waiting.Err() != nil {
			b.t.Fatalf("browser: %s: %v", expression, err)
		}
	}
}

// state is where the browser is, for the message of a failure.
func (b *Browser) state() string {
	var text string
	if err := evaluate(b.ctx, `location.href + ", focus on " + document.activeElement.outerHTML.slice(0, 200)`, &text); err != nil {
		return err.Error()
	}
	return text
}

// Text is the value of a JavaScript expression that yields a string.
func (b *Browser) Text(expression string) string {
	b.t.Helper()
	var text string
	b.read(expression, &text)
	return text
}

// True fails the test unless a JavaScript expression is true.
func (b *Browser) True(expression, meaning string) {
	b.t.Helper()
	var held bool
	b.read(expression, &held)
	if !held {
		b.t.Errorf("%s: not so (%s)", meaning, expression)
	}
}

// picturesReady holds when every picture in sight is there.
const picturesReady = `[...document.images].every(i => i.complete || i.getBoundingClientRect().top > innerHeight)`

// Screen writes a screenshot of what can be seen when [ScreensEnv] names a
// folder.
func (b *Browser) Screen(name string) {
	b.t.Helper()
	dir := os.Getenv(ScreensEnv)
	if dir == "" {
		return
	}
	b.Until(picturesReady)
	var png []byte
	b.Do(chromedp.CaptureScreenshot(&png))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
