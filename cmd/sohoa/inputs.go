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

	"sohoa/dossier"
	"sohoa/pipeline"
)

// input is one file named on the command line, or found in a folder named
// there.
type input struct {
	// name is what people call it: the base name of a file argument, or the
	// path inside a folder argument.
	name, path string
	// filed says where a file belongs that was filed electronically.
	filed *dossier.Filing
}

// inputs expands arguments in their order; folders are walked in natural name
// order. What does not exist or is no regular file is an error before any
// work. An archive is never its own input: a folder of scans that holds it is
// walked around it.
func inputs(args []string, archive string) ([]input, error) {
	var found []input
	for _, arg := range args {
		stat, err := os.Stat(arg)
		if err != nil {
			return nil, usage("Check the path.", "%w", err)
		}
		if isInside(arg, archive) {
			return nil, usage("Name the scans, not what sohoa made of them.", "%s belongs to the archive %s", arg, archive)
		}
		switch {
		case stat.IsDir():
			inside, err := walk(arg, archive)
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

// isInside tells whether path is the folder or lies below it.
func isInside(path, folder string) bool {
	want, err := os.Stat(folder)
	if err != nil {
		return false // no such archive yet
	}
	if path, err = filepath.Abs(path); err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	for ; ; path = filepath.Dir(path) {
		if stat, err := os.Stat(path); err == nil && os.SameFile(stat, want) {
			return true
		}
		if path == filepath.Dir(path) {
			return false
		}
	}
}

// walk lists the files below dir in natural order, leaving out the archive.
// Names that begin with a dot are somebody's bookkeeping, not scans. Anything
// else that is no regular file is refused: a link may lead anywhere, and to
// leave it out in silence might lose a page.
func walk(dir, archive string) ([]input, error) {
	// An archive that is not there yet is nowhere.
	own, _ := os.Stat(archive)
	var found []input
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && path != dir
		if entry.IsDir() && hidden {
			return filepath.SkipDir
		}
		if hidden {
			return nil
		}
		if entry.IsDir() {
			return skipSame(path, own)
		}
		if !entry.Type().IsRegular() {
			return usage("Put the file itself there, or name it on the command line.", "%s is a link or no file", path)
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

// skipSame leaves the folder out of a walk if it is the other one.
func skipSame(path string, other fs.FileInfo) error {
	if other == nil {
		return nil
	}
	stat, err := os.Stat(path)
	if err == nil && os.SameFile(stat, other) {
		return filepath.SkipDir
	}
	return err
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
		Name:  in.name,
		Filed: in.filed,
		Open:  func() (io.ReadCloser, error) { return os.Open(in.path) },
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
