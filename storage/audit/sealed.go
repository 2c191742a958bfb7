package audit

import (
	"context"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"sohoa/dossier"
)

// sealed is the log as its objects hold it: checkpoints, and the leaves and
// hashes under the newest of them. It is read once, tile by tile.
type sealed struct {
	objects Objects
	verdict *Verdict
	// checkpoints by size; those from outside among them.
	checkpoints []seal
	// keys of the objects that are checkpoints, readable or not.
	keys map[string]bool
	size int64 // of the newest exported one
	tree spine
	// upper are the hashes of the tiles above the bottom, by level of tiles.
	upper [][]tlog.Hash
	facts facts
}

// seal is a checkpoint and where it came from: a key, or "outside".
type seal struct {
	Checkpoint
	from string
	// reached: the tree grew to its size, and had its root then.
	reached, fits bool
}

// facts are what the leaves themselves say about the log.
type facts struct {
	keys   []announced
	erased map[string]bool
	// restored is the size of the log when its database was made anew the last
	// time: payloads below are lost.
	restored int64
}

// announced is a key that signs the checkpoints above number n.
type announced struct {
	n   int64
	key note.Verifier
}

// The events of the log about itself.
const (
	// actionErase says that the payload of the event in its subject was erased.
	actionErase = "payload.erase"
	// actionRestore says that a rebuild made the database anew from the tiles;
	// its subject is the number of leaves.
	actionRestore = "log.restore"
)

// note takes a leaf into account.
func (f *facts) note(leaf Leaf) {
	switch leaf.Action {
	case actionKey:
		if key, err := note.NewVerifier(leaf.Subject); err == nil {
			f.keys = append(f.keys, announced{n: leaf.N, key: key})
		}
	case actionErase:
		f.erased[leaf.Subject] = true
	case actionRestore:
		if size := parseSize(leaf.Subject); size <= leaf.N {
			f.restored = max(f.restored, size)
		}
	}
}

// at gives the keys that may sign a checkpoint of the size.
func (f *facts) at(size int64) (keys []note.Verifier) {
	for _, one := range f.keys {
		if one.n < size {
			keys = append(keys, one.key)
		}
	}
	return keys
}

// sealedTile is one tile of leaves on its way through a check.
type sealedTile struct {
	first int64
	// lines are the leaves; nil when their object is lost and only their hashes
	// are known.
	lines  []string
	hashes []tlog.Hash
	// stored are the hashes that each leaf completes.
	stored [][]tlog.Hash
}

// readSeals lists the exported checkpoints.
func (s *sealed) readSeals(ctx context.Context, origin string) error {
	return checkpoints(ctx, s.objects, func(key string, c *Checkpoint) error {
		s.keys[key] = true
		if c == nil {
			s.verdict.find(Finding{Name: CheckpointDamaged, Object: key, Text: "this checkpoint cannot be read"})
			return nil
		}
		s.add(key, *c, origin)
		s.size = max(s.size, c.Size)
		s.verdict.Checkpoints++
		return nil
	})
}

// addText adds a checkpoint that is no object.
func (s *sealed) addText(from, body, origin string) {
	c, err := ParseCheckpoint(body)
	if err != nil {
		s.verdict.find(Finding{Name: CheckpointDamaged, Object: from, Text: "this is no checkpoint"})
		return
	}
	s.add(from, c, origin)
}

// add takes a checkpoint into account, if it is this log's.
func (s *sealed) add(from string, c Checkpoint, origin string) {
	if c.Origin != origin {
		s.verdict.find(Finding{Name: KeyForeign, Object: from, Text: "this checkpoint is of another log: " + c.Origin})
		return
	}
	s.checkpoints = append(s.checkpoints, seal{Checkpoint: c, from: from})
}

// walk goes through all tiles. It ends early, with a finding, where a tile is
// lost altogether.
func (s *sealed) walk(ctx context.Context, each func(sealedTile) error) error {
	slices.SortStableFunc(s.checkpoints, func(a, b seal) int { return int(a.Size - b.Size) })
	for first := int64(0); first < s.size; first += tileWidth {
		tile, ok, err := s.tile(ctx, first)
		if err != nil || !ok {
			return err
		}
		s.noteLeaves(tile)
		for _, hash := range tile.hashes {
			completed := s.tree.push(hash)
			tile.stored = append(tile.stored, completed)
			s.grow(completed)
			s.compare()
		}
		if err := each(tile); err != nil {
			return err
		}
	}
	return s.checkUpper(ctx)
}

// noteLeaves checks what the leaves of a tile say.
func (s *sealed) noteLeaves(tile sealedTile) {
	for i, line := range tile.lines {
		n := tile.first + int64(i)
		leaf, err := ParseLeaf(line)
		if err != nil || leaf.N != n {
			s.verdict.find(Finding{Name: LeafMalformed, Number: &n, Text: "the exported entry is none that this program writes"})
			continue
		}
		s.facts.note(leaf)
	}
}

// grow keeps the hashes of upper tiles.
func (s *sealed) grow(completed []tlog.Hash) {
	for level := 1; level*tileHeight < len(completed); level++ {
		if len(s.upper) < level {
			s.upper = append(s.upper, nil)
		}
		s.upper[level-1] = append(s.upper[level-1], completed[level*tileHeight])
	}
}

// compare looks whether the tree, as it is now, is what checkpoints of its size
// say.
func (s *sealed) compare() {
	for i := range s.checkpoints {
		if c := &s.checkpoints[i]; c.Size == s.tree.size {
			c.reached, c.fits = true, c.Root == s.tree.root()
		}
	}
}

// tile reads the leaves from a number on, and their hashes; ok is false when
// neither is there. Where both are there and differ, the checkpoints tell which
// of them was changed.
func (s *sealed) tile(ctx context.Context, first int64) (tile sealedTile, ok bool, err error) {
	at := tlog.Tile{H: tileHeight, L: dataLevel, N: first / tileWidth, W: int(min(tileWidth, s.size-first))}
	body, dataKey, err := s.readTile(ctx, at)
	if err != nil {
		return tile, false, err
	}
	var fromData []tlog.Hash
	lines, bad := splitLeaves(body)
	if bad == nil && len(lines) >= at.W {
		lines = lines[:at.W]
		for _, line := range lines {
			fromData = append(fromData, hashOfLeaf(line))
		}
	} else if body != nil {
		s.verdict.find(Finding{Name: TileChanged, Object: dataKey, Text: "this tile of entries has lost entries"})
	}
	at.L = 0
	body, hashKey, err := s.readTile(ctx, at)
	if err != nil {
		return tile, false, err
	}
	fromTile := tileHashes(body, at.W)
	if body != nil && fromTile == nil {
		s.verdict.find(Finding{Name: TileChanged, Object: hashKey, Text: "this tile of hashes has lost hashes"})
	}
	tile = sealedTile{first: first, lines: lines, hashes: fromData}
	switch {
	case fromData == nil && fromTile == nil:
		return tile, false, nil
	case fromData == nil:
		tile.lines, tile.hashes = nil, fromTile
	case fromTile != nil && !slices.Equal(fromData, fromTile):
		s.judge(&tile, fromTile, dataKey, hashKey)
	}
	return tile, true, nil
}

// judge decides between the hashes of the leaves and those of the hash tile.
func (s *sealed) judge(tile *sealedTile, fromTile []tlog.Hash, dataKey, hashKey string) {
	differ := 0
	for tile.hashes[differ] == fromTile[differ] {
		differ++
	}
	n := tile.first + int64(differ)
	if s.wouldFit(tile.hashes) && !s.wouldFit(fromTile) {
		s.verdict.find(Finding{Name: TileChanged, Object: hashKey, Number: &n, Text: "a hash in this tile has changed"})
		return
	}
	s.verdict.find(Finding{Name: TileChanged, Object: dataKey, Number: &n, Text: "an exported entry has changed"})
	tile.lines, tile.hashes = nil, fromTile
}

// wouldFit tells whether the tree grown by these hashes has the roots that the
// checkpoints say.
func (s *sealed) wouldFit(next []tlog.Hash) bool {
	tree := spine{size: s.tree.size, peaks: slices.Clone(s.tree.peaks)}
	for _, hash := range next {
		tree.push(hash)
		for _, c := range s.checkpoints {
			if c.Size == tree.size && c.Root != tree.root() {
				return false
			}
		}
	}
	return true
}

// checkUpper compares the tiles above the bottom.
func (s *sealed) checkUpper(ctx context.Context) error {
	if s.tree.size != s.size {
		return nil
	}
	for _, at := range tlog.NewTiles(tileHeight, 0, s.size) {
		if at.L == 0 {
			continue
		}
		body, key, err := s.readTile(ctx, at)
		if err != nil {
			return err
		}
		want := s.upper[at.L-1][at.N*tileWidth:][:at.W]
		if got := tileHashes(body, at.W); body != nil && !slices.Equal(got, want) {
			s.verdict.find(Finding{Name: TileChanged, Object: key, Text: "a hash in this tile has changed"})
		}
	}
	return nil
}

// maxTile bounds a tile of leaves.
const maxTile = tileWidth * (maxLeaf + 1)

// readTile reads a tile, or a wider one in its place: a log that has grown may
// be given without its partial tiles. body is nil, and that is a finding, when
// there is neither.
func (s *sealed) readTile(ctx context.Context, at tlog.Tile) (body []byte, key string, err error) {
	key = tileKey(at)
	body, found, err := readObject(ctx, s.objects, key, maxTile)
	if err != nil || found {
		return body, key, err
	}
	full := at
	full.W = tileWidth
	if body, found, err = readObject(ctx, s.objects, tileKey(full), maxTile); err != nil || found {
		return body, tileKey(full), err
	}
	s.verdict.find(Finding{Name: TileMissing, Object: key, Text: "this tile is missing"})
	return nil, key, nil
}

// tileHashes takes the first hashes of a tile apart; nil when there are fewer.
func tileHashes(body []byte, width int) []tlog.Hash {
	if len(body) < width*tlog.HashSize || len(body)%tlog.HashSize != 0 {
		return nil
	}
	hashes := make([]tlog.Hash, width)
	for i := range hashes {
		hashes[i] = tlog.Hash(body[i*tlog.HashSize:][:tlog.HashSize])
	}
	return hashes
}

// judgeSeals says of each checkpoint whether its signature and its root hold.
func (s *sealed) judgeSeals() {
	for _, c := range s.checkpoints {
		size := c.Size
		keys := s.facts.at(size)
		known := slices.ContainsFunc(keys, func(k note.Verifier) bool { return k.KeyHash() == c.Signer })
		switch {
		case !known:
			s.verdict.find(Finding{Name: KeyForeign, Object: c.from, Text: "this checkpoint is signed with a key that is not this log's"})
		case !c.signedBy(keys):
			s.verdict.find(Finding{Name: SignatureInvalid, Object: c.from, Text: "the signature of this checkpoint does not hold"})
		case c.reached && !c.fits:
			s.verdict.find(Finding{Name: CheckpointContradicted, Object: c.from, Number: &size, Text: "the entries under this checkpoint are not those that it was signed over"})
		}
	}
}

// whole tells whether everything under the newest checkpoint is proven by it.
func (s *sealed) whole() bool {
	if s.size == 0 {
		return true
	}
	return slices.ContainsFunc(s.checkpoints, func(c seal) bool {
		return c.Size == s.size && s.keys[c.from] && c.fits && c.signedBy(s.facts.at(c.Size))
	})
}

// outside is where a checkpoint came from that was given to a check.
const outside = "outside"

// newSealed prepares reading the log of an archive from its objects.
func newSealed(objects Objects, verdict *Verdict, verifier string) (*sealed, error) {
	s := &sealed{objects: objects, verdict: verdict, keys: make(map[string]bool), facts: facts{erased: make(map[string]bool)}}
	key, err := note.NewVerifier(verifier)
	if err != nil {
		return nil, &dossier.Fault{Kind: dossier.Stop, Op: "read the archive's log key", Reason: dossier.ReasonDamaged, Err: err}
	}
	s.facts.keys = []announced{{n: -1, key: key}}
	return s, nil
}
