//go:build !race

package pades_test

// flipStep is the distance of the bytes that TestFlippedByte flips: every one.
const flipStep = 1
