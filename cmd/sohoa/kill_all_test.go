//go:build soak

package main

import "math/rand/v2"

// killRounds kills at each point each of the times the program comes to it.
func killRounds(counts map[string]int, random *rand.Rand) (rounds []killRound) {
	points := faultPoints()
	for _, point := range points {
		for nth := range max(counts[point], 1) {
			rounds = append(rounds, killRound{at: point, nth: nth + 1, first: onlyAfter(point), then: points[random.IntN(len(points))]})
		}
	}
	return rounds
}

// rebuildEvery tells in which rounds the catalogue is rebuilt, too: each.
func rebuildEvery(int) bool { return true }
