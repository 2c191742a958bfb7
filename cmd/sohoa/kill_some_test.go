//go:build !soak

package main

import "math/rand/v2"

// killRounds kills at each point once, at a random one of the times the program
// comes to it. With the build tag soak it is each of the times.
func killRounds(counts map[string]int, random *rand.Rand) (rounds []killRound) {
	points := faultPoints()
	for _, point := range points {
		rounds = append(rounds, killRound{
			at: point, nth: 1 + random.IntN(max(counts[point], 1)), first: onlyAfter(point), then: points[random.IntN(len(points))],
		})
	}
	return rounds
}

// rebuildEvery tells in which rounds the catalogue is rebuilt, too.
func rebuildEvery(round int) bool { return round%4 == 0 }
