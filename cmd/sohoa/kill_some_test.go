//go:build !soak

package main

// killRounds is how many moments TestKilledAnywhere tries: ten of them. With
// the build tag soak it is all.
func killRounds(int) int { return 10 }
