//go:build race

package pades_test

// flipStep is wider under the race detector, which takes ten times as long and
// looks for something else. A prime, so that all kinds of bytes are met.
const flipStep = 13
