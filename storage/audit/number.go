package audit

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"golang.org/x/mod/sumdb/tlog"

	"sohoa/dossier"
)

// The rows of the log; columns are explained in the catalogue's
// migrations/0002_audit.sql.
type (
	logRow struct {
		bun.BaseModel `bun:"table:audit_log"`

		N       int64     `bun:"n,pk"`
		ID      string    `bun:"id"`
		At      time.Time `bun:"at"`
		Actor   string    `bun:"actor"`
		Action  string    `bun:"action"`
		Subject string    `bun:"subject"`
		Leaf    string    `bun:"leaf"`
	}
	hashRow struct {
		bun.BaseModel `bun:"table:audit_hashes"`

		I    int64  `bun:"i,pk"`
		Hash string `bun:"hash"`
	}
)

// numberedTogether bounds one transaction of the sequencer, so that it stays
// far below 100 ms and nobody waits for it.
const numberedTogether = 64

// advisoryLock is the name of the sequencer's lock in a PostgreSQL database.
const advisoryLock = 0x736f686f61 // "sohoa"

// Number gives numbers to the oldest pending events, as many as one transaction
// should hold, and says how many those were; 0 means that none waits. It may be
// called from anywhere at any time: one caller numbers, the others wait.
func (l *Log) Number(ctx context.Context) (numbered int, err error) {
	// Asked first without a lock: most of the time nothing waits.
	if waits, err := l.read.NewSelect().Model((*pendingRow)(nil)).Exists(ctx); err != nil || !waits {
		return 0, err
	}
	err = l.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lockSequence(ctx, tx); err != nil {
			return err
		}
		events, err := oldestPending(ctx, tx)
		if err != nil || len(events) == 0 {
			return err
		}
		size, err := sizeOf(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := leavesOf(events, size)
		if err != nil {
			return err
		}
		numbered = len(rows)
		return store(ctx, tx, rows)
	})
	if err != nil {
		return 0, fmt.Errorf("number the log: %w", err)
	}
	return numbered, nil
}

// NumberAll numbers until nothing is pending.
func (l *Log) NumberAll(ctx context.Context) error {
	for {
		numbered, err := l.Number(ctx)
		if err != nil || numbered == 0 {
			return err
		}
	}
}

// lockSequence makes the transaction the only one that numbers. On SQLite every
// write transaction is the only one.
func lockSequence(ctx context.Context, tx bun.Tx) error {
	if tx.Dialect().Name() != dialect.PG {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", int64(advisoryLock))
	return err
}

// oldestPending gives the events that were written first, with their payloads.
func oldestPending(ctx context.Context, tx bun.Tx) ([]event, error) {
	var rows []pendingRow
	if err := tx.NewSelect().Model(&rows).Order("place", "at", "id").Limit(numberedTogether).Scan(ctx); err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	payloads, err := payloadsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	events := make([]event, len(rows))
	for i, row := range rows {
		events[i] = event{row: row, payload: payloads[row.ID]}
	}
	return events, nil
}

// payloadsOf reads the payloads of events by id; some may not be there.
func payloadsOf(ctx context.Context, db bun.IDB, ids []string) (map[string]payloadRow, error) {
	byID := make(map[string]payloadRow, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	var rows []payloadRow
	if err := db.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, row := range rows {
		byID[row.ID] = row
	}
	return byID, nil
}

// sizeOf is how many events have a number.
func sizeOf(ctx context.Context, db bun.IDB) (size int64, err error) {
	err = db.NewSelect().TableExpr("audit_log").ColumnExpr("COALESCE(MAX(n) + 1, 0)").Scan(ctx, &size)
	return size, err
}

// leavesOf makes the leaves of events, the first of which gets the number n.
func leavesOf(events []event, n int64) ([]logRow, error) {
	rows := make([]logRow, len(events))
	for i, e := range events {
		leaf := Leaf{
			N: n + int64(i), ID: e.row.ID, At: e.row.At.UTC().Truncate(clockStep), Actor: e.row.Actor, Role: e.row.Role,
			Unit: e.row.Unit, Action: e.row.Action, Subject: e.row.Subject,
		}
		if e.payload.ID != "" {
			leaf.Payload = payloadDigest(e.payload.Salt, e.payload.Payload)
		}
		line, err := leaf.Encode()
		if err != nil {
			return nil, err
		}
		rows[i] = rowOf(leaf, line)
	}
	return rows, nil
}

func rowOf(leaf Leaf, line string) logRow {
	return logRow{N: leaf.N, ID: leaf.ID, At: leaf.At, Actor: leaf.Actor, Action: leaf.Action, Subject: leaf.Subject, Leaf: line}
}

// store writes numbered leaves with the hashes they add to the tree, and takes
// them from what is pending.
func store(ctx context.Context, tx bun.Tx, rows []logRow) error {
	tree := hashes{ctx: ctx, db: tx, fresh: make(map[int64]tlog.Hash)}
	ids := make([]string, len(rows))
	var added []hashRow
	for i, row := range rows {
		ids[i] = row.ID
		stored, err := tlog.StoredHashes(row.N, []byte(row.Leaf), tree)
		if err != nil {
			return err
		}
		first := tlog.StoredHashIndex(0, row.N)
		for j, hash := range stored {
			tree.fresh[first+int64(j)] = hash
			added = append(added, hashRow{I: first + int64(j), Hash: hex.EncodeToString(hash[:])})
		}
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&added).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewDelete().Model((*pendingRow)(nil)).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

// hashes reads the tree's hashes from the database and, before that, those that
// the transaction is about to write. It is a tlog.HashReader of one call.
type hashes struct {
	ctx   context.Context // of the one call; the interface has no room for it
	db    bun.IDB
	fresh map[int64]tlog.Hash
}

// ReadHashes gives hashes by their stored index.
func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var missing []int64
	for _, i := range indexes {
		if _, ok := h.fresh[i]; !ok {
			missing = append(missing, i)
		}
	}
	found, err := readHashes(h.ctx, h.db, missing)
	if err != nil {
		return nil, err
	}
	all := make([]tlog.Hash, len(indexes))
	for n, i := range indexes {
		hash, ok := h.fresh[i]
		if !ok {
			hash, ok = found[i]
		}
		if !ok {
			return nil, &dossier.Fault{Kind: dossier.Stop, Op: "read the log's tree", Reason: dossier.ReasonDamaged, Err: fmt.Errorf("hash %d is missing", i)}
		}
		all[n] = hash
	}
	return all, nil
}

func readHashes(ctx context.Context, db bun.IDB, indexes []int64) (map[int64]tlog.Hash, error) {
	found := make(map[int64]tlog.Hash, len(indexes))
	if len(indexes) == 0 {
		return found, nil
	}
	var rows []hashRow
	if err := db.NewSelect().Model(&rows).Where("i IN (?)", bun.List(indexes)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, row := range rows {
		hash, err := parseHash(row.Hash)
		if err != nil {
			continue // then it is missing
		}
		found[row.I] = hash
	}
	return found, nil
}

func parseHash(text string) (hash tlog.Hash, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != tlog.HashSize {
		return hash, fmt.Errorf("not a hash: %q", text)
	}
	return tlog.Hash(raw), nil
}
