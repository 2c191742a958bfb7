package web

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"sohoa/web/browsertest"
)

func TestZZShoot(t *testing.T) {
	b := browsertest.Start(t)
	for _, line := range strings.Fields(os.Getenv("SHOTS")) {
		name, path, _ := strings.Cut(line, "=")
		b.Desk()
		b.Do(chromedp.Navigate("http://127.0.0.1:8099" + path))
		b.Screen("real-" + name)
		b.Phone(390)
		b.Do(chromedp.Navigate("http://127.0.0.1:8099" + path))
		b.Screen("real-" + name + "-phone")
	}
}
