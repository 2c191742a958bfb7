// Package collection finds the collection of real scans and made-up dossiers
// that tests with the build tag corpus are tried on. It is no part of this
// repository; its own index says what it holds.
package collection

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir is the folder of the collection: $SOHOA_CORPUS, else the nearest
// shared/corpus beside or above the folder of the test. A test that finds none
// fails, since one that is passed over would prove nothing.
func Dir(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("SOHOA_CORPUS"); dir != "" {
		return dir
	}
	at, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for ; at != filepath.Dir(at); at = filepath.Dir(at) {
		dir := filepath.Join(at, "shared", "corpus")
		if found, err := os.Stat(dir); err == nil && found.IsDir() {
			return dir
		}
	}
	tb.Fatal("no collection of scans: set SOHOA_CORPUS to its folder")
	return ""
}
