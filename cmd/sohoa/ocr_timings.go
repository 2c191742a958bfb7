package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"sohoa/ocr"
)

// printStages prints what the steps of one image cost, in milliseconds.
func printStages(w io.Writer, i image) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\tCPU ms\twall ms\t\n", describe(i.name, i.index))
	var all ocr.Stage
	for _, s := range i.stages {
		fmt.Fprintf(table, "%s\t%s\t%s\t\n", s.Name, milliseconds(s.CPU), milliseconds(s.Wall))
		all.CPU, all.Wall = all.CPU+s.CPU, all.Wall+s.Wall
	}
	fmt.Fprintf(table, "all\t%s\t%s\t\n", milliseconds(all.CPU), milliseconds(all.Wall))
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print timings: %w", err)
	}
	return nil
}

// milliseconds leaves out what was not measured.
func milliseconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000)
}
