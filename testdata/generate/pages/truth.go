package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"sohoa/dossier"
	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/scan"
)

// Truth is everything that is certain about one image. Its text leaves out
// seals, signatures and dotted leaders.
type Truth struct {
	File   string            `json:"file"`
	Page   int               `json:"page"` // of the file, from 1
	Kind   string            `json:"kind"`
	Fields map[string]string `json:"fields"`
	// Written are the fields whose values are filled in by hand.
	Written []string `json:"written,omitempty"`

	// DossierCode and Component (from 1; 0 for a separator) tell where the
	// image belongs; a blank back belongs to the paper before it.
	DossierCode   string `json:"dossier_code"`
	Procedure     string `json:"procedure"`
	Component     int    `json:"component"`
	ComponentPage int    `json:"component_page"`

	DPI           int            `json:"dpi"`
	SkewCWDegrees float64        `json:"skew_cw_degrees"`
	RotationCW    int            `json:"rotation_cw"`
	Mode          scan.Mode      `json:"mode"`
	Damage        scan.Damage    `json:"damage"`
	Width         int            `json:"width"`    // of the upright sheet, pixels
	Height        int            `json:"height"`   // of the upright sheet, pixels
	ToInput       dossier.Matrix `json:"to_input"` // from the upright sheet to the image
	Lines         []Line         `json:"lines"`

	// Base names the truth's files: that of the image, with -NNN for the page
	// in a file of several.
	Base string `json:"-"`
	Text string `json:"-"`
}

// Line is one printed line with its box on the upright sheet.
type Line struct {
	Text string      `json:"text"`
	Box  dossier.Box `json:"box"`
}

func linesOf(printed []paper.Line) []Line {
	lines := make([]Line, len(printed))
	for i, line := range printed {
		size := line.Box.Size()
		lines[i] = Line{line.Text, dossier.Box{X: line.Box.Min.X, Y: line.Box.Min.Y, W: size.X, H: size.Y}}
	}
	return lines
}

// writtenOf are the fields that stand on the sheet by hand and nowhere in print.
func writtenOf(fields map[string]string, sheet *paper.Sheet) (ids []string) {
	for _, id := range slices.Sorted(maps.Keys(fields)) {
		if written, typed := sheet.Wrote(fields[id]); written && !typed {
			ids = append(ids, id)
		}
	}
	return ids
}

// write stores the truth as BASE.json and BASE.txt.
func (t Truth) write(dir string) error {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(t); err != nil {
		return fmt.Errorf("encode truth: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, t.Base+".json"), buf.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, t.Base+".txt"), []byte(t.Text), 0o644); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}
