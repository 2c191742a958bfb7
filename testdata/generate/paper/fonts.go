package paper

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/image/font/opentype"
)

// Family is a typeface. The forms of offices are set in Times New Roman, whose
// metrics Liberation Serif shares; headings of some certificates in Arial, so
// Liberation Sans.
type Family int

// The families.
const (
	Serif Family = iota
	Sans
)

// Style chooses a face and its size in points.
type Style struct {
	Family Family
	Bold   bool
	Italic bool
	Size   float64
}

// FontPackage is the Debian package that brings the fonts.
const FontPackage = "fonts-liberation2"

// fontDirs are where Debian's packages put the fonts: the first up to Debian
// 12, the second from Debian 13.
var fontDirs = []string{"/usr/share/fonts/truetype/liberation2", "/usr/share/fonts/truetype/liberation"}

// Fonts are the parsed faces, shared by any number of sheets at once.
type Fonts struct{ parsed map[string]*opentype.Font }

// LoadFonts reads all faces. A missing one is an error that names the package
// to install.
func LoadFonts() (*Fonts, error) {
	fonts := &Fonts{parsed: make(map[string]*opentype.Font)}
	for _, family := range []Family{Serif, Sans} {
		for _, cut := range []Style{{}, {Bold: true}, {Italic: true}, {Bold: true, Italic: true}} {
			cut.Family = family
			name := cut.fileName()
			font, err := loadFont(name)
			if err != nil {
				return nil, err
			}
			fonts.parsed[name] = font
		}
	}
	return fonts, nil
}

func loadFont(name string) (*opentype.Font, error) {
	var raw []byte
	var err error
	for _, dir := range fontDirs {
		if raw, err = os.ReadFile(filepath.Join(dir, name)); err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("load font %s: install it with: apt-get install %s: %w", name, FontPackage, err)
	}
	font, err := opentype.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("parse font %s: %w", name, err)
	}
	return font, nil
}

// fileName is the file of Liberation 2 that holds the style.
func (s Style) fileName() string {
	name := "LiberationSerif"
	if s.Family == Sans {
		name = "LiberationSans"
	}
	switch {
	case s.Bold && s.Italic:
		return name + "-BoldItalic.ttf"
	case s.Bold:
		return name + "-Bold.ttf"
	case s.Italic:
		return name + "-Italic.ttf"
	}
	return name + "-Regular.ttf"
}
