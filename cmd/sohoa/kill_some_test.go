//go:build !soak

package main

import "math/rand/v2"

// killRounds kills at each point once, at a random one of the times the program
// comes to it. With the build tag soak it is each of the times.
func killRounds(round killRound, counts map[string]int, random *rand.Rand) []killRound {
	round.nth = 1 + random.IntN(max(counts[round.at], 1))
	round.then = faultPoints()[random.IntN(len(faultPoints()))]
	return []killRound{round}
}

// rebuildEvery tells in which rounds the catalogue is rebuilt, too.
func rebuildEvery(round int) bool { return round%4 == 0 }

// How often TestKilledAtRandomMoments kills, how often with the real engine, and
// how many copies of each page an archive takes in.
const (
	randomKills = 40
	realKills   = 5
	copies      = 5
)
