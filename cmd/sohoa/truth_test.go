package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// truth is what the generator knows about one image.
type truth struct {
	File        string `json:"file"`
	Page        int    `json:"page"`
	Kind        string `json:"kind"`
	DossierCode string `json:"dossier_code"`
}

// spot is one image by the name of its file and its place in it.
type spot struct {
	file  string
	index int
}

// fate is where the program put an image.
type fate struct{ class, kind, code string }

// compareWithTruth lists every image that is misfiled, misnamed or missing, and
// counts those that wait for a person.
func compareWithTruth(output []byte, dir string) (wrong []string, parked int) {
	var o outcome
	if err := json.Unmarshal(output, &o); err != nil {
		return []string{err.Error()}, 0
	}
	if err := o.Account.Balance(); err != nil {
		wrong = append(wrong, err.Error())
	}
	fates := fatesOf(o)
	all, err := readTruth(dir)
	if err != nil {
		return append(wrong, err.Error()), 0
	}
	for _, want := range all {
		got, ok := fates[spot{filepath.Base(want.File), max(want.Page, 1)}]
		switch {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("%s page %d is in no class", want.File, want.Page))
		case got.class == "parked":
			parked++
		case got != want.fate(got.code):
			wrong = append(wrong, fmt.Sprintf("%s page %d: %+v, want %+v", want.File, want.Page, got, want.fate("")))
		}
	}
	return wrong, parked
}

// fate is where the image belongs. A truth that names no dossier accepts any.
func (t truth) fate(code string) fate {
	switch t.Kind {
	case "separator", "blank":
		return fate{class: t.Kind}
	}
	if t.DossierCode != "" {
		code = t.DossierCode
	}
	return fate{class: "placed", kind: t.Kind, code: code}
}

func fatesOf(o outcome) map[spot]fate {
	fates := make(map[spot]fate)
	for _, d := range o.Dossiers {
		code := ""
		if d.Code != nil {
			code = *d.Code
		}
		for _, component := range d.Components {
			for _, page := range component.Pages {
				fates[spot{page.File, page.Index}] = fate{"placed", component.Kind, code}
			}
		}
	}
	for _, s := range o.Separators {
		fates[spot{s.File, s.Page}] = fate{class: "separator"}
	}
	for _, s := range o.Blanks {
		fates[spot{s.File, s.Page}] = fate{class: "blank"}
	}
	for _, w := range slices.Concat(o.Parked, o.Rejected) {
		fates[spot{w.File, max(w.Page, 1)}] = fate{class: "parked"}
	}
	return fates
}

func readTruth(dir string) ([]truth, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no truth in %s: %w", dir, err)
	}
	all := make([]truth, len(paths))
	for i, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &all[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return all, nil
}
