// Command generate makes up dossiers of a Vietnamese commune office as a scanner would
// deliver them: papers of people who do not exist, skewed, turned, sealed,
// faded, in files an office would put into its inbox folder. The project's
// demonstration, tests, benchmarks and fuzzers live on it.
//
//	go run ./testdata/generate -out DIR [-seed 1] [-dossiers 4] [-kind all] [-truth] [-clean] [-dpi 0] [-fresh 0] [-written 0]
//	go run ./testdata/generate -out DIR -broken
//
// Files are named in feeding order. With -truth, DIR/truth holds one .json and
// one .txt for every image. With -broken, DIR gets damaged files instead, each
// named for its fault. One seed always yields the same bytes.
//
// It needs the fonts of Debian's package fonts-liberation2.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"sohoa/testdata/generate/broken"
	"sohoa/testdata/generate/forms"
	"sohoa/testdata/generate/pages"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var options pages.Options
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	flags.StringVar(&options.Dir, "out", "", "write into this `folder`, created if missing")
	flags.Uint64Var(&options.Seed, "seed", 1, "draw everything from this number")
	flags.IntVar(&options.Dossiers, "dossiers", 4, "dossiers of loose images (with -kind: papers)")
	flags.StringVar(&options.Kind, "kind", pages.All, "only papers of one `kind`: "+strings.Join(append(forms.Kinds(), pages.Blank), ", "))
	flags.BoolVar(&options.Truth, "truth", false, "also write the truth about every image to DIR/truth")
	flags.BoolVar(&options.Clean, "clean", false, "upright, 300 dpi, colour, nothing damaged")
	flags.IntVar(&options.DPI, "dpi", 0, "resolution of every image; 0 for 200 or 300, as in offices")
	flags.IntVar(&options.Fresh, "fresh", 0, "instead of dossiers, so many papers of the templates that are kept for measuring")
	flags.Float64Var(&options.Written, "written", 0, "share of the values that are filled in by hand, instead of typed")
	faults := flags.Bool("broken", false, "write deliberately broken files instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if options.Dir == "" || flags.NArg() > 0 || options.Dossiers < 0 || options.DPI < 0 {
		return fmt.Errorf("usage: generate -out DIR [flags]; -help lists them")
	}
	if *faults {
		return broken.Write(options.Dir)
	}
	truths, err := pages.Generate(ctx, options)
	if err != nil {
		return err
	}
	fmt.Printf("%d images in %s\n", len(truths), options.Dir)
	return nil
}
