//go:build soak

package main

// killRounds is how many moments TestKilledAnywhere tries: each of them.
func killRounds(steps int) int { return steps }
