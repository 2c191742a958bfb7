package audit

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ledger compares the database with the sealed log: what the tiles cover entry
// by entry, what came after against the database's own hashes.
type ledger struct {
	sealed  *sealed
	verdict *Verdict
	check   Check
	// size is how many entries the database has; hashed and signed is how far its
	// hashes and checkpoints reach.
	size, hashed, signed int64
	// was and is are the entries that differ between tiles and database.
	was, is  []Leaf
	unpaid   []unpaid
	overflow bool
}

// unpaid is an entry whose payload is missing.
type unpaid struct {
	n  int64
	id string
}

// kept bounds what is remembered of differences.
const kept = 4096

// compare reads everything.
func (l *ledger) compare(ctx context.Context) error {
	if l.check.Log == nil {
		err := l.sealed.walk(ctx, func(sealedTile) error { return nil })
		l.verdict.Entries = l.sealed.tree.size
		return err
	}
	if err := l.measure(ctx); err != nil {
		return err
	}
	if err := l.sealed.walk(ctx, func(tile sealedTile) error { return l.covered(ctx, tile) }); err != nil {
		return err
	}
	// Also where a tile was lost: then the checkpoints above judge the database.
	for first := l.sealed.tree.size; first < l.size; first += tileWidth {
		if err := l.tail(ctx, first, min(first+tileWidth, l.size)); err != nil {
			return err
		}
	}
	l.verdict.Entries = l.size
	l.judgeLength()
	l.judgeDifferences()
	l.judgePayloads()
	return l.pending(ctx)
}

// measure looks how long everything in the database is, at one moment.
func (l *ledger) measure(ctx context.Context) error {
	return l.check.Log.read.NewSelect().
		ColumnExpr("(SELECT COALESCE(MAX(n) + 1, 0) FROM audit_log), (SELECT COALESCE(MAX(i) + 1, 0) FROM audit_hashes), (SELECT COALESCE(MAX(size), 0) FROM audit_checkpoints)").
		Scan(ctx, &l.size, &l.hashed, &l.signed)
}

// covered compares one tile with the rows of its numbers.
func (l *ledger) covered(ctx context.Context, tile sealedTile) error {
	if tile.first >= l.size {
		return nil
	}
	end := tile.first + int64(len(tile.hashes))
	rows, err := l.rows(ctx, tile.first, end)
	if err != nil {
		return err
	}
	for i, hash := range tile.hashes {
		n := tile.first + int64(i)
		row, there := rows[n]
		if there {
			l.columns(row)
		}
		if n < l.size && (!there || hashOfLeaf(row.Leaf) != hash) {
			l.differ(tile, i, row, there)
		}
	}
	return l.hashes(ctx, tile.first, tile.stored)
}

// differ remembers an entry that is not what its tile says.
func (l *ledger) differ(tile sealedTile, i int, row logRow, there bool) {
	n := tile.first + int64(i)
	if tile.lines == nil { // only its hash is known
		name, text := LeafEdited, "the entry is not the one that was sealed"
		if !there {
			name, text = LeafDeleted, "the entry is missing"
		}
		l.verdict.find(Finding{Name: name, Number: &n, Text: text})
		return
	}
	if len(l.was) >= kept || len(l.is) >= kept {
		l.overflow = true
		return
	}
	if leaf, err := ParseLeaf(tile.lines[i]); err == nil {
		l.was = append(l.was, leaf)
	}
	if !there {
		return
	}
	leaf, err := ParseLeaf(row.Leaf)
	if err != nil {
		leaf = Leaf{ID: row.ID}
	}
	leaf.N = n // where it stands now
	l.is = append(l.is, leaf)
}

// tail checks entries that no tile covers yet by the database's own hashes.
func (l *ledger) tail(ctx context.Context, first, end int64) error {
	rows, err := l.rows(ctx, first, end)
	if err != nil {
		return err
	}
	known, err := l.known(ctx, first, end)
	if err != nil {
		return err
	}
	var stored [][]tlog.Hash
	for n := first; n < end; n++ {
		row, there := rows[n]
		hash, hashed := known[tlog.StoredHashIndex(0, n)]
		switch {
		case !there:
			l.verdict.find(Finding{Name: LeafDeleted, Number: &n, Text: "the entry is missing"})
		default:
			l.columns(row)
			l.tailLeaf(row, hash, hashed)
		}
		if !hashed {
			hash = hashOfLeaf(row.Leaf)
		}
		if l.sealed.tree.size == n {
			stored = append(stored, l.sealed.tree.push(hash))
			l.sealed.compare()
		}
	}
	return l.hashes(ctx, first, stored)
}

// tailLeaf checks one entry that no tile covers.
func (l *ledger) tailLeaf(row logRow, hash tlog.Hash, hashed bool) {
	leaf, err := ParseLeaf(row.Leaf)
	if err == nil && len(l.was) > 0 && len(l.is) < kept { // it may have been pushed out of a tile
		pushed := leaf
		pushed.N = row.N
		l.is = append(l.is, pushed)
	}
	switch {
	case err != nil:
		l.verdict.find(Finding{Name: LeafEdited, Number: &row.N, Text: "the entry is none that this program writes"})
	case leaf.N != row.N:
		l.verdict.find(Finding{Name: LeavesReordered, Number: &row.N, Text: fmt.Sprintf("here stands the entry that had the number %d", leaf.N)})
	case hashed && hashOfLeaf(row.Leaf) != hash:
		l.verdict.find(Finding{Name: LeafEdited, Number: &row.N, Text: "the entry is not the one whose hash is in the tree"})
	default:
		l.sealed.facts.note(leaf)
	}
}

// columns compares what a row repeats of its leaf.
func (l *ledger) columns(row logRow) {
	leaf, err := ParseLeaf(row.Leaf)
	if err != nil {
		return // found by its hash
	}
	if row.ID != leaf.ID || !row.At.Equal(leaf.At) || row.Actor != leaf.Actor || row.Action != leaf.Action || row.Subject != leaf.Subject {
		l.verdict.find(Finding{Name: LeafEdited, Number: &row.N, Text: "the columns of the entry say something else than the entry"})
	}
}

// rows reads the entries of a range by number, and checks their payloads.
func (l *ledger) rows(ctx context.Context, first, end int64) (map[int64]logRow, error) {
	var rows []logRow
	if err := l.check.Log.read.NewSelect().Model(&rows).Where("n >= ?", first).Where("n < ?", end).Order("n").Scan(ctx); err != nil {
		return nil, err
	}
	byNumber := make(map[int64]logRow, len(rows))
	ids := make([]string, len(rows))
	for i, row := range rows {
		byNumber[row.N], ids[i] = row, row.ID
	}
	payloads, err := payloadsOf(ctx, l.check.Log.read, ids)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		l.payload(row, payloads)
	}
	return byNumber, nil
}

// payload checks that of one entry.
func (l *ledger) payload(row logRow, payloads map[string]payloadRow) {
	leaf, err := ParseLeaf(row.Leaf)
	if err != nil {
		return
	}
	p, there := payloads[leaf.ID]
	switch {
	case !there || leaf.Payload == "":
		l.unpaid = append(l.unpaid, unpaid{n: row.N, id: leaf.ID})
	case payloadDigest(p.Salt, p.Payload) != leaf.Payload:
		l.verdict.find(Finding{Name: PayloadChanged, Number: &row.N, Text: "the payload of the entry has changed"})
	}
}

// known reads the database's hashes of a range of entries.
func (l *ledger) known(ctx context.Context, first, end int64) (map[int64]tlog.Hash, error) {
	from, to := tlog.StoredHashIndex(0, first), tlog.StoredHashCount(end)
	var rows []hashRow
	if err := l.check.Log.read.NewSelect().Model(&rows).Where("i >= ?", from).Where("i < ?", to).Scan(ctx); err != nil {
		return nil, err
	}
	known := make(map[int64]tlog.Hash, len(rows))
	for _, row := range rows {
		if hash, err := parseHash(row.Hash); err == nil {
			known[row.I] = hash
		}
	}
	return known, nil
}

// hashes compares the database's hashes with those that the entries complete.
func (l *ledger) hashes(ctx context.Context, first int64, stored [][]tlog.Hash) error {
	known, err := l.known(ctx, first, first+int64(len(stored)))
	if err != nil {
		return err
	}
	for i, completed := range stored {
		n := first + int64(i)
		for level, want := range completed {
			if got, ok := known[tlog.StoredHashIndex(0, n)+int64(level)]; n < l.size && (!ok || got != want) {
				l.verdict.find(Finding{Name: HashChanged, Number: &n, Text: "a hash of the tree in the database has changed"})
				break
			}
		}
	}
	return nil
}

// judgeLength tells an end that was cut off from a database that is old: one
// that is old agrees with itself.
func (l *ledger) judgeLength() {
	switch n := l.size; {
	case l.hashed > tlog.StoredHashCount(n) || l.signed > n:
		l.verdict.find(Finding{Name: Truncated, Number: &n, Text: "entries from here on were removed from the database; its hashes or checkpoints still know of them"})
	case n < l.sealed.size:
		l.verdict.find(Finding{Name: DatabaseOld, Number: &n,
			Text: fmt.Sprintf("the database ends here, the exported log has %d entries: an old database was restored, or the end was removed with all its traces", l.sealed.size)})
	}
}

// judgePayloads finds missing payloads that nothing in the log explains.
func (l *ledger) judgePayloads() {
	for _, u := range l.unpaid {
		switch {
		case l.sealed.facts.erased[u.id]:
			l.verdict.Erased++
		case u.n < l.sealed.facts.restored:
			l.verdict.Unrestored++
		default:
			l.verdict.find(Finding{Name: PayloadMissing, Number: &u.n, Text: "the payload of the entry is missing, and no erasure is in the log"})
		}
	}
	if l.verdict.Unrestored > 0 {
		l.verdict.note("The payloads of %d entries went with a lost database; the entries themselves are whole.", l.verdict.Unrestored)
	}
}

// pendingTime is how long an event may wait for its number while a sequencer
// runs: a hundred times as long as it should.
const pendingTime = time.Minute

// pending counts what waits for a number.
func (l *ledger) pending(ctx context.Context) error {
	state, err := l.check.Log.State(ctx)
	if err != nil {
		return err
	}
	l.verdict.Pending = state.Pending
	if age := l.check.Now.Sub(state.Oldest); l.check.Serving && state.Pending > 0 && age > pendingTime {
		l.verdict.find(Finding{Name: PendingOld, Text: fmt.Sprintf("%d entries wait for a number although serve runs, the oldest for %s", state.Pending, age.Round(time.Second))})
	}
	return nil
}
