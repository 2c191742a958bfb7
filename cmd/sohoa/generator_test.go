package main

// The scripts run the generator as a program. Go leaves folders called testdata
// out of "./...", and this import keeps its modules in go.mod.
import _ "sohoa/testdata/generate/pages"
