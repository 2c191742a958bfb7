package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"

	"sohoa/dossier"
)

// Objects is the object store as the log uses it. Put is put-if-absent and
// durable when it returns; for a key that is taken it returns what is there and
// existed.
type Objects interface {
	Put(ctx context.Context, key string, r io.Reader) (ref dossier.ObjectRef, existed bool, err error)
	Open(ctx context.Context, key string) (r io.ReadCloser, ref dossier.ObjectRef, found bool, err error)
	List(ctx context.Context, prefix string) iter.Seq2[dossier.ObjectRef, error]
}

// tileHeight makes tiles of up to 256 hashes, as https://c2sp.org/tlog-tiles
// does; dataLevel is the level of the tiles that hold the leaves themselves.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	dataLevel  = -1
)

// tileKey names a tile: log/tile/8/0/x001/067, and with .p/5 behind it while it
// holds five hashes only. Level "data" holds leaves.
func tileKey(t tlog.Tile) string { return dossier.LogDir + t.Path() }

// checkpointDir holds checkpoints by size, so that the last in the order of
// keys is the newest.
const checkpointDir = dossier.LogDir + "checkpoint/"

func checkpointKey(size int64) string { return fmt.Sprintf("%s%012d.txt", checkpointDir, size) }

// Export writes every recorded checkpoint that is no object yet: first the
// tiles it covers, then itself, then the row that says so. Cut off anywhere, it
// writes the same bytes the next time. A tile that is there with other bytes
// means that two logs claim to be this one, and stops all.
func (l *Log) Export(ctx context.Context, objects Objects) error {
	var rows []checkpointRow
	if err := l.write.NewSelect().Model(&rows).Where("exported = 0").Order("size").Scan(ctx); err != nil {
		return fmt.Errorf("export the log: %w", err)
	}
	for _, row := range rows {
		if err := l.exportOne(ctx, objects, row); err != nil {
			return fmt.Errorf("export the log: %w", err)
		}
	}
	return nil
}

func (l *Log) exportOne(ctx context.Context, objects Objects, row checkpointRow) error {
	before, err := newest(ctx, l.write)
	if err != nil {
		return err
	}
	var written []dossier.ObjectRef
	for _, tile := range tlog.NewTiles(tileHeight, before.Size, row.Size) {
		refs, err := l.exportTile(ctx, objects, tile)
		if err != nil {
			return err
		}
		written = append(written, refs...)
	}
	ref, err := putSame(ctx, objects, checkpointKey(row.Size), []byte(row.Note))
	if err != nil {
		return err
	}
	return l.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := listObjects(ctx, tx, l.unit, append(written, ref)); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Model((*checkpointRow)(nil)).Set("exported = 1").Where("size = ?", row.Size).Exec(ctx)
		return err
	})
}

// exportTile writes a tile of hashes and, at the bottom, the leaves under it.
func (l *Log) exportTile(ctx context.Context, objects Objects, tile tlog.Tile) (written []dossier.ObjectRef, err error) {
	if tile.L == 0 {
		data := tile
		data.L = dataLevel
		lines, err := l.leaves(ctx, tile.N*tileWidth, tile.W)
		if err != nil {
			return nil, err
		}
		ref, err := putSame(ctx, objects, tileKey(data), joinLeaves(lines))
		if err != nil {
			return nil, err
		}
		written = append(written, ref)
	}
	body, err := tlog.ReadTileData(tile, hashes{ctx: ctx, db: l.write})
	if err != nil {
		return nil, err
	}
	ref, err := putSame(ctx, objects, tileKey(tile), body)
	return append(written, ref), err
}

// leaves reads count leaves from number n on.
func (l *Log) leaves(ctx context.Context, n int64, count int) (lines []string, err error) {
	err = l.write.NewSelect().Model((*logRow)(nil)).Column("leaf").
		Where("n >= ?", n).Where("n < ?", n+int64(count)).Order("n").Scan(ctx, &lines)
	if err == nil && len(lines) != count {
		err = &dossier.Fault{Kind: dossier.Stop, Op: "read the log", Reason: dossier.ReasonDamaged, Err: fmt.Errorf("%d of %d leaves from number %d on are there", len(lines), count, n)}
	}
	return lines, err
}

// putSame writes an object, and accepts one that is there if it is the same.
func putSame(ctx context.Context, objects Objects, key string, body []byte) (dossier.ObjectRef, error) {
	ref, existed, err := objects.Put(ctx, key, bytes.NewReader(body))
	if err != nil {
		return ref, err
	}
	want := dossier.ObjectRef{Key: key, SHA256: dossier.SumString(sha256.Sum256(body)), Size: int64(len(body))}
	if existed && ref.SHA256 != want.SHA256 {
		return want, &dossier.Fault{Kind: dossier.Stop, Op: "write " + key, Reason: dossier.ReasonDamaged, Err: ErrForked}
	}
	return want, nil
}

// listedRow is the catalogue's row of an object.
type listedRow struct {
	bun.BaseModel `bun:"table:objects"`

	Key    string         `bun:"key,pk"`
	Unit   dossier.UnitID `bun:"unit"`
	SHA256 dossier.SHA256 `bun:"sha256"`
	Size   int64          `bun:"size"`
	Listed int            `bun:"listed"`
}

// listObjects adds the log's objects to those whose fixity is checked. There is
// no event for it: each export would make the next one necessary.
func listObjects(ctx context.Context, tx bun.Tx, unit dossier.UnitID, refs []dossier.ObjectRef) error {
	for _, ref := range refs {
		row := listedRow{Key: ref.Key, Unit: unit, SHA256: ref.SHA256, Size: ref.Size}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("list object: %w", err)
		}
	}
	return nil
}

// checkpoints lists the exported checkpoints by size. One that cannot be read
// is given as nil.
func checkpoints(ctx context.Context, objects Objects, each func(key string, c *Checkpoint) error) error {
	for ref, err := range objects.List(ctx, checkpointDir) {
		if err != nil {
			return err
		}
		body, _, err := readObject(ctx, objects, ref.Key, maxLeaf)
		if err != nil {
			return err
		}
		var found *Checkpoint
		if c, err := ParseCheckpoint(string(body)); err == nil && checkpointKey(c.Size) == ref.Key {
			found = &c
		}
		if err := each(ref.Key, found); err != nil {
			return err
		}
	}
	return nil
}

// NewestCheckpoint is the newest exported checkpoint; ok is false when there is
// none.
func NewestCheckpoint(ctx context.Context, objects Objects) (last Checkpoint, ok bool, err error) {
	key := ""
	for ref, err := range objects.List(ctx, checkpointDir) {
		if err != nil {
			return last, false, fmt.Errorf("look for checkpoints: %w", err)
		}
		key = ref.Key
	}
	if key == "" {
		return last, false, nil
	}
	body, _, err := readObject(ctx, objects, key, maxLeaf)
	if err != nil {
		return last, false, err
	}
	if last, err = ParseCheckpoint(string(body)); err != nil {
		return last, false, &dossier.Fault{Kind: dossier.Stop, Op: "read " + key, Reason: dossier.ReasonDamaged, Err: err}
	}
	return last, true, nil
}

// readObject reads an object of at most limit bytes; found is false when it is
// not there.
func readObject(ctx context.Context, objects Objects, key string, limit int64) (body []byte, found bool, err error) {
	r, _, found, err := objects.Open(ctx, key)
	if err != nil || !found {
		return nil, false, err
	}
	defer func() { _ = r.Close() }() // only read
	body, err = io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(body)) > limit {
		body = body[:limit] // too long to be right: it fails its check
	}
	return body, true, err
}

// ErrForked says that the objects hold another log than the database.
var ErrForked = errors.New("the objects hold a log that differs from the database's; was an old database restored?")

// CheckCurrent refuses to go on with a database that is older than the newest
// exported checkpoint: its next numbers have been given to other events.
func (l *Log) CheckCurrent(ctx context.Context, objects Objects) error {
	last, ok, err := NewestCheckpoint(ctx, objects)
	if err != nil || !ok {
		return err
	}
	size, err := sizeOf(ctx, l.write)
	if err != nil {
		return fmt.Errorf("compare the log: %w", err)
	}
	if size >= last.Size {
		root, err := tlog.TreeHash(last.Size, hashes{ctx: ctx, db: l.write})
		if err != nil || root == last.Root {
			return err
		}
	}
	return &dossier.Fault{Kind: dossier.Stop, Op: "compare the log", Reason: dossier.ReasonDamaged,
		Err: fmt.Errorf("%w (%d events in the database, %d under %s)", ErrForked, size, last.Size, strings.TrimPrefix(checkpointKey(last.Size), dossier.LogDir))}
}
