package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"sohoa/pipeline"
)

// input is one file named on the command line, or found in a folder named
// there.
type input struct {
	// name is what people call it: the base name of a file argument, or the
	// path inside a folder argument.
	name, path string
}

// inputs expands arguments in their order; folders are walked in natural name
// order. What does not exist or is no regular file is an error before any
// work.
func inputs(args []string) ([]input, error) {
	var found []input
	for _, arg := range args {
		stat, err := os.Stat(arg)
		if err != nil {
			return nil, usage("Check the path.", "%w", err)
		}
		switch {
		case stat.IsDir():
			inside, err := walk(arg)
			if err != nil {
				return nil, err
			}
			found = append(found, inside...)
		case stat.Mode().IsRegular():
			found = append(found, input{name: filepath.Base(arg), path: arg})
		default:
			return nil, usage("Choose an image or PDF file, or a folder.", "%s is not a regular file", arg)
		}
	}
	if len(found) == 0 {
		return nil, usage("Give at least one scan: a JPEG, PNG, TIFF or PDF file, or a folder of them.", "no files to process")
	}
	return found, nil
}

// walk lists the regular files below dir in natural order. Names that begin
// with a dot are somebody's bookkeeping, not scans; links are not followed.
func walk(dir string) ([]input, error) {
	var found []input
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && path != dir
		if entry.IsDir() && hidden {
			return filepath.SkipDir
		}
		if hidden || !entry.Type().IsRegular() {
			return nil
		}
		name, err := filepath.Rel(dir, path)
		found = append(found, input{name: filepath.ToSlash(name), path: path})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list folder: %w", err)
	}
	slices.SortStableFunc(found, func(a, b input) int { return naturalCompare(a.name, b.name) })
	return found, nil
}

// naturalCompare orders names as people do: runs of digits by their number, so
// that page2 comes before page10.
func naturalCompare(a, b string) int {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 {
		if unicode.IsDigit(x[0]) && unicode.IsDigit(y[0]) {
			var m, n []rune
			m, x = digits(x)
			n, y = digits(y)
			if c := compareNumbers(m, n); c != 0 {
				return c
			}
			continue
		}
		if c := int(x[0]) - int(y[0]); c != 0 {
			return c
		}
		x, y = x[1:], y[1:]
	}
	if c := len(x) - len(y); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func digits(s []rune) (run, rest []rune) {
	n := 0
	for n < len(s) && unicode.IsDigit(s[n]) {
		n++
	}
	return s[:n], s[n:]
}

func compareNumbers(a, b []rune) int {
	x, y := strings.TrimLeft(string(a), "0"), strings.TrimLeft(string(b), "0")
	if c := len(x) - len(y); c != 0 {
		return c
	}
	return strings.Compare(x, y)
}

// source makes an input ready to be claimed. The source is only read; whether
// it was written to meanwhile is judged by size and modification time.
func (in input) source() (pipeline.Source, error) {
	before, err := os.Stat(in.path)
	if err != nil {
		return pipeline.Source{}, fmt.Errorf("take in file: %w", err)
	}
	return pipeline.Source{
		Name: in.name,
		Open: func() (io.ReadCloser, error) { return os.Open(in.path) },
		Unchanged: func() error {
			after, err := os.Stat(in.path)
			if err != nil {
				return err
			}
			if !os.SameFile(before, after) || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
				return errors.New("size or time changed")
			}
			return nil
		},
	}, nil
}
