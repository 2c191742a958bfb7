//go:build soak

package main

import "math/rand/v2"

// killRounds kills at each point each of the times the program comes to it.
func killRounds(round killRound, counts map[string]int, random *rand.Rand) (rounds []killRound) {
	for nth := range max(counts[round.at], 1) {
		round.nth = nth + 1
		round.then = faultPoints()[random.IntN(len(faultPoints()))]
		rounds = append(rounds, round)
	}
	return rounds
}

// rebuildEvery tells in which rounds the catalogue is rebuilt, too: each.
func rebuildEvery(int) bool { return true }

// How often TestKilledAtRandomMoments kills, how often with the real engine, and
// how many copies of each page an archive takes in.
const (
	randomKills = 200
	realKills   = 25
	copies      = 10
)
