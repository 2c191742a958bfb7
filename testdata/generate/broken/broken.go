// Package broken writes deliberately damaged input files.
package broken

// Write is TODO.
func Write(dir string) error { return nil }
