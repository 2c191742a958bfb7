package worker

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/internal/drawn"
	"sohoa/ocr/tesseract"
)

// by is a profile of languages.
func by(languages ...string) *ocr.Profile {
	return &ocr.Profile{Models: tesseract.Config{Languages: languages}}
}

// modelSums are what tells models of one language apart.
var modelSums = regexp.MustCompile("@[0-9a-f]{8}")

// TestProfiles: each page is read as its task says, by the same child, and a
// task that says nothing as the pool does.
func TestProfiles(t *testing.T) {
	p := realPool(t)
	pid := p.childPID(t)
	path := drawn.File(t, "a.png", withoutResolution(t, drawn.PNG(t, drawn.Blank(827, 1169))))
	for _, c := range []struct {
		profile *ocr.Profile
		models  string
		dpi     float64
		source  string
	}{
		{nil, "vie", 100, "paper"},
		{&ocr.Profile{DPI: 123}, "vie", 123, "profile"},
		{by("vie", "eng"), "vie+eng", 100, "paper"},
		{by("eng"), "eng", 100, "paper"},
		{nil, "vie", 100, "paper"},
	} {
		readings, err := p.Read(t.Context(), Task{Path: path, File: "a.png", Index: 1, Profile: c.profile})
		if err != nil {
			t.Fatal(err)
		}
		r := readings[0]
		if models := modelSums.ReplaceAllString(r.Engine, ""); !strings.HasSuffix(models, " "+c.models) || models == r.Engine || r.DPI != c.dpi || r.DPISource != c.source {
			t.Errorf("%+v: read by %s at %g (%s)", c, r.Engine, r.DPI, r.DPISource)
		}
	}
	if p.childPID(t) != pid {
		t.Error("the child was replaced")
	}
}

// TestProfileKeepsTags: what a file says of itself counts more than what is
// known of the device.
func TestProfileKeepsTags(t *testing.T) {
	p := realPool(t)
	path := drawn.File(t, "a.jpg", drawn.JPEG(t, drawn.Blank(600, 800), 150))
	readings, err := p.Read(t.Context(), Task{Path: path, File: "a", Index: 1, Profile: &ocr.Profile{DPI: 300}})
	if err != nil || readings[0].DPI != 150 || readings[0].DPISource != "tag" {
		t.Errorf("%+v, %v", readings, err)
	}
}

// TestProfileWithoutModel: a model that is not there stops the work, names
// itself, and leaves a child that reads the next page by another.
func TestProfileWithoutModel(t *testing.T) {
	p := realPool(t)
	pid := p.childPID(t)
	task := Task{Path: drawn.File(t, "a.png", drawn.PNG(t, drawn.Blank(600, 800))), File: "a", Index: 1}
	missing := task
	missing.Profile = by("tlh")
	for range 2 {
		if _, err := p.Read(t.Context(), missing); dossier.KindOf(err) != dossier.Stop || !strings.Contains(err.Error(), "tlh") {
			t.Errorf("missing model: %v", err)
		}
	}
	if _, err := p.Read(t.Context(), task); err != nil {
		t.Error(err)
	}
	if p.childPID(t) != pid {
		t.Error("the child was replaced")
	}
}

// TestProfilesLeaveNothing: two scanners that take turns with their models make
// a child no bigger than a few of them do.
func TestProfilesLeaveNothing(t *testing.T) {
	const turns, more = 5, 16 << 20 // half a model of the smaller ones
	p := realPool(t)
	task := Task{Path: drawn.File(t, "a.png", drawn.PNG(t, drawn.Blank(600, 800))), File: "a", Index: 1}
	read := func() int64 {
		for range turns {
			for _, task.Profile = range []*ocr.Profile{by("eng"), by("vie", "eng")} {
				if _, err := p.Read(t.Context(), task); err != nil {
					t.Fatal(err)
				}
			}
		}
		return residentMemory(p.childPID(t))
	}
	pid := p.childPID(t)
	if first, second := read(), read(); second > first+more {
		t.Errorf("%d MB, and after as many turns %d MB", first>>20, second>>20)
	} else {
		t.Logf("%d MB, then %d MB", first>>20, second>>20)
	}
	if p.childPID(t) != pid {
		t.Error("the child was replaced")
	}
}

// withoutResolution gives a PNG that does not say how fine it is.
func withoutResolution(t *testing.T, png []byte) []byte {
	t.Helper()
	if strings.Contains(string(png), "pHYs") {
		t.Fatal("the picture says its resolution")
	}
	return png
}

// BenchmarkProfiles: what it costs that two scanners with other models take
// turns, beside one scanner alone.
func BenchmarkProfiles(b *testing.B) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	models := filepath.Join("..", "..", ".tools", "best")
	best := &ocr.Profile{Models: tesseract.Config{Data: models}}
	for _, c := range []struct {
		name string
		take []*ocr.Profile
	}{{"one", []*ocr.Profile{by("vie"), by("vie")}}, {"in turn", []*ocr.Profile{by("vie"), best}}} {
		b.Run(c.name, func(b *testing.B) {
			p, err := NewPool(Config{Command: []string{self, "page-worker"}, Workers: 1, Scratch: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = p.Close() }()
			path := drawn.File(b, "a.png", drawn.PNG(b, drawn.Blank(600, 800)))
			for b.Loop() {
				for _, profile := range c.take {
					if _, err := p.Read(b.Context(), Task{Path: path, File: "a", Index: 1, Profile: profile}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
