// Package font holds the one typeface that sohoa prints with: Liberation Serif,
// whose letters are as wide as those of Times New Roman (SIL OFL 1.1, see
// LICENSE.txt) and which has every Vietnamese letter.
package font

import _ "embed" // the font

//go:embed LiberationSerif-Regular.ttf
var serif []byte

// Serif gives the TrueType file. The caller must not change it.
func Serif() []byte { return serif }
