package audit

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// spine is the right edge of a growing Merkle tree: the roots of its complete
// subtrees, the widest first. From it follow the root of the whole tree and the
// hashes a new leaf completes (RFC 6962, section 2.1). Checking uses it and not
// package tlog, which numbering uses: one mistake cannot hide in both.
type spine struct {
	size  int64
	peaks []peak
}

// peak is the root of a complete subtree of 2^level leaves.
type peak struct {
	level int
	hash  tlog.Hash
}

// push adds the hash of a leaf and gives the hashes that are complete with it,
// by level from 0.
func (s *spine) push(leaf tlog.Hash) (completed []tlog.Hash) {
	top := peak{hash: leaf}
	completed = append(completed, leaf)
	for n := len(s.peaks); n > 0 && s.peaks[n-1].level == top.level; n-- {
		top = peak{level: top.level + 1, hash: joined(s.peaks[n-1].hash, top.hash)}
		completed = append(completed, top.hash)
		s.peaks = s.peaks[:n-1]
	}
	s.peaks = append(s.peaks, top)
	s.size++
	return completed
}

// root is the root of the tree as it is now; a tree without leaves has none.
func (s *spine) root() tlog.Hash {
	if len(s.peaks) == 0 {
		return tlog.Hash{}
	}
	hash := s.peaks[len(s.peaks)-1].hash
	for n := len(s.peaks) - 2; n >= 0; n-- {
		hash = joined(s.peaks[n].hash, hash)
	}
	return hash
}

// joined is the hash of an interior node.
func joined(left, right tlog.Hash) tlog.Hash {
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// hashOfLeaf is the hash of a leaf.
func hashOfLeaf(line string) tlog.Hash {
	return sha256.Sum256(append([]byte{0}, line...))
}
