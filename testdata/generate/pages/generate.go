package pages

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"sohoa/testdata/generate/paper"
)

// All asks for whole dossiers of every kind of paper.
const All = "all"

// Options say what to generate.
type Options struct {
	Dir  string // created if missing
	Seed uint64
	// Dossiers counts the dossiers of loose images; a multi-page TIFF and a
	// multi-page PDF, one dossier each, follow them. With a single Kind it
	// counts papers.
	Dossiers int
	Kind     string // All, Blank or a kind of package forms
	Truth    bool   // also write Dir/truth
	Clean    bool   // nothing turned, nothing damaged
	DPI      int    // of every image; 0 for what offices use, 200 or 300
	// Fresh draws so many papers of the templates that are kept for measuring,
	// instead of dossiers.
	Fresh int
	// Written is the share of values that are filled in by hand; 0 types all.
	Written float64
}

// widest bounds the pages in work at once: each takes up to 200 MB.
const widest = 4

// Generate writes the batch into a folder and returns the truth about every
// image, in the order of the files.
func Generate(ctx context.Context, options Options) ([]Truth, error) {
	files, err := plan(options)
	if err != nil {
		return nil, fmt.Errorf("plan batch: %w", err)
	}
	fonts, err := paper.LoadFonts()
	if err != nil {
		return nil, err
	}
	if err := makeDirs(options); err != nil {
		return nil, err
	}
	work := renderer{fonts: fonts, seed: options.Seed, clean: options.Clean, dpi: options.DPI, written: options.Written}
	truths := make([][]Truth, len(files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(widest, runtime.GOMAXPROCS(0)))
	for i, file := range files {
		group.Go(func() error {
			var err error
			truths[i], err = writeFile(ctx, file, work, options)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []Truth
	for _, some := range truths {
		all = append(all, some...)
	}
	return all, nil
}

func makeDirs(options Options) error {
	dir := options.Dir
	if options.Truth {
		dir = truthDir(options)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make output folder: %w", err)
	}
	return nil
}

func truthDir(options Options) string { return filepath.Join(options.Dir, "truth") }

// writeFile renders the images of one file, one after the other, and writes
// them and their truth.
func writeFile(ctx context.Context, f file, work renderer, options Options) ([]Truth, error) {
	var pictures []picture
	for _, one := range f.images {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		made, err := work.render(one, f.holds)
		if err != nil {
			return nil, err
		}
		if f.holds == inPDF {
			if made, err = made.compressed(); err != nil {
				return nil, err
			}
		}
		pictures = append(pictures, made)
	}
	raw, ending, err := f.encode(pictures)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(options.Dir, f.name+ending), raw, 0o644); err != nil {
		return nil, fmt.Errorf("write image: %w", err)
	}
	return f.truths(pictures, ending, options)
}

// truths completes the truth of the file's images with its name, and stores it
// if asked.
func (f file) truths(pictures []picture, ending string, options Options) ([]Truth, error) {
	var truths []Truth
	for i, made := range pictures {
		truth := made.truth
		truth.File, truth.Page, truth.Base = f.name+ending, i+1, f.name
		if f.holds != loose {
			truth.Base = fmt.Sprintf("%s-%03d", f.name, i+1)
		}
		if options.Truth {
			if err := truth.write(truthDir(options)); err != nil {
				return nil, err
			}
		}
		truths = append(truths, truth)
	}
	return truths, nil
}
