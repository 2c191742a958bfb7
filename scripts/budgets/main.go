// Command budgets measures the Go code against the sizes the project sets itself and
// prints a report: how long functions and files are, how many parameters
// functions take, how much test code there is. It judges nothing, since a
// median cannot be wrong; what is out of bounds one by one is refused by
// golangci-lint or needs a reason there.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	flag.Parse()
	root := cmp.Or(flag.Arg(0), ".")
	if err := run(root, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "budgets:", err)
		os.Exit(1)
	}
}

// sized is something with a length, in lines.
type sized struct {
	name   string
	length int
}

// sizes are the measurements of a tree.
type sizes struct {
	functions  []sized // without tests
	files      []sized // without tests
	parameters []sized // length is the number of parameters
	code, test int     // lines
}

func run(root string, out io.Writer) error {
	var s sizes
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		return s.measure(root, path)
	})
	if err != nil {
		return fmt.Errorf("measure %s: %w", root, err)
	}
	s.report(out)
	return nil
}

// measure adds one Go file.
func (s *sizes) measure(root, path string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	lines := files.File(file.FileStart).LineCount()
	if strings.HasSuffix(path, "_test.go") {
		s.test += lines
		return nil
	}
	s.code += lines
	name, err := filepath.Rel(root, path)
	if err != nil {
		return fmt.Errorf("name: %w", err)
	}
	s.files = append(s.files, sized{name, lines})
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		label := name + " " + function.Name.Name
		length := files.Position(function.End()).Line - files.Position(function.Pos()).Line + 1
		s.functions = append(s.functions, sized{label, length})
		s.parameters = append(s.parameters, sized{label, function.Type.Params.NumFields()})
	}
	return nil
}

// report prints a line for each budget, and beneath it what is over it.
func (s *sizes) report(out io.Writer) {
	fmt.Fprintf(out, "%-22s %6s %6s %6s   budget\n", "", "median", "p95", "max")
	row(out, "lines in a function", s.functions, 70, "median 12, p95 50, over 70 with a reason")
	row(out, "lines in a file", s.files, 450, "median 150, p95 450")
	row(out, "parameters", s.parameters, 5, "4, then a struct")
	ratio := 0.0
	if s.code > 0 {
		ratio = float64(s.test) / float64(s.code)
	}
	fmt.Fprintf(out, "%-22s %d of code, %d of tests, %.2f to 1   1.2 to 1\n", "lines", s.code, s.test, ratio)
}

// row prints one measurement, and each thing longer than limit.
func row(out io.Writer, title string, all []sized, limit int, budget string) {
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(a, b sized) int { return cmp.Or(a.length-b.length, cmp.Compare(a.name, b.name)) })
	at := func(share float64) int { return all[int(share*float64(len(all)-1))].length }
	fmt.Fprintf(out, "%-22s %6d %6d %6d   %s\n", title, at(0.5), at(0.95), at(1), budget)
	for _, one := range slices.Backward(all) {
		if one.length <= limit {
			return
		}
		fmt.Fprintf(out, "    %4d  %s\n", one.length, one.name)
	}
}
