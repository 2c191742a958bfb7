package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"

	"sohoa/dossier"
)

// Restored is what a rebuild got back of the log.
type Restored struct {
	// Entries is how many were restored.
	Entries int64
	// Lost says what objects could not give back.
	Lost []string
}

// ErrUnproven says that the exported log is not what its newest checkpoint
// says, so that nothing can be built on it.
var ErrUnproven = errors.New("the exported log is not proven by its newest checkpoint")

// Restore fills an empty log from its tiles, once they are proven by the newest
// checkpoint, and writes into it that it did. Numbers go on after it. Where a
// tile of entries is lost, the tile of their hashes still carries the tree.
func (l *Log) Restore(ctx context.Context, act dossier.Act, objects Objects) (Restored, error) {
	if err := l.empty(ctx); err != nil {
		return Restored{}, err
	}
	archive := l.origin[len(keyName("")):]
	verdict, err := Verify(ctx, Check{Objects: objects, Archive: archive, Verifier: l.verifier, Now: act.At})
	if err != nil {
		return Restored{}, fmt.Errorf("restore the log: %w", err)
	}
	if !verdict.whole {
		return Restored{}, unproven(verdict)
	}
	found := Restored{Lost: []string{"entries of the log that no checkpoint covered yet", "the payloads of the log's entries"}}
	for _, f := range verdict.Findings {
		found.Lost = append(found.Lost, fmt.Sprintf("of the log: %s: %s", f.Object, f.Text))
	}
	if verdict.Sealed == 0 {
		return found, nil
	}
	ignored := Verdict{}
	s, err := newSealed(objects, &ignored, l.verifier)
	if err != nil {
		return found, err
	}
	s.size = verdict.Sealed
	if err := s.walk(ctx, func(tile sealedTile) error { return l.restoreTile(ctx, tile) }); err != nil {
		return found, fmt.Errorf("restore the log: %w", err)
	}
	found.Entries = verdict.Sealed
	return found, l.restoreHead(ctx, act, objects)
}

// empty refuses to mix a log with another one.
func (l *Log) empty(ctx context.Context) error {
	size, err := sizeOf(ctx, l.write)
	if err != nil {
		return fmt.Errorf("restore the log: %w", err)
	}
	if size > 0 {
		return fmt.Errorf("restore the log: it holds %d entries already", size)
	}
	return nil
}

// unproven names what is in the way.
func unproven(verdict Verdict) error {
	err := fmt.Errorf("restore the log: %w", ErrUnproven)
	for _, f := range verdict.Findings {
		err = fmt.Errorf("%w; %s: %s", err, f.Object, f.Text)
	}
	return err
}

// restoreTile writes the entries of a tile that are there, and all hashes.
func (l *Log) restoreTile(ctx context.Context, tile sealedTile) error {
	var rows []logRow
	for _, line := range tile.lines {
		if leaf, err := ParseLeaf(line); err == nil {
			rows = append(rows, rowOf(leaf, line))
		}
	}
	var added []hashRow
	for i, completed := range tile.stored {
		first := tlog.StoredHashIndex(0, tile.first+int64(i))
		for j, hash := range completed {
			added = append(added, hashRow{I: first + int64(j), Hash: hex.EncodeToString(hash[:])})
		}
	}
	return l.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if len(rows) > 0 {
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewInsert().Model(&added).Exec(ctx)
		return err
	})
}

// restoreHead records the newest checkpoint, and that the log was restored.
func (l *Log) restoreHead(ctx context.Context, act dossier.Act, objects Objects) error {
	last, ok, err := NewestCheckpoint(ctx, objects)
	if err == nil && ok {
		err = l.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
			row := checkpointRow{Size: last.Size, At: act.At.UTC(), Note: last.Note, Exported: 1}
			if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
				return err
			}
			return Append(ctx, tx, act, dossier.Deed{Action: actionRestore, Subject: strconv.FormatInt(last.Size, 10)})
		})
	}
	if err != nil {
		return fmt.Errorf("restore the log: %w", err)
	}
	return nil
}

// Relist lists the log's objects that nothing lists: after a rebuild, those that
// came after the last list of checksums. Their digest is that of their bytes as
// they are now.
func (l *Log) Relist(ctx context.Context, objects Objects) error {
	var refs []dossier.ObjectRef
	for ref, err := range objects.List(ctx, dossier.LogDir) {
		if err != nil {
			return fmt.Errorf("list the log's objects: %w", err)
		}
		listed, err := l.write.NewSelect().Model((*listedRow)(nil)).Where("key = ?", ref.Key).Exists(ctx)
		if err != nil {
			return fmt.Errorf("list the log's objects: %w", err)
		}
		if listed {
			continue
		}
		if ref, err = digestOf(ctx, objects, ref.Key); err != nil {
			return err
		}
		refs = append(refs, ref)
	}
	return l.inTx(ctx, func(ctx context.Context, tx bun.Tx) error { return listObjects(ctx, tx, l.unit, refs) })
}

func digestOf(ctx context.Context, objects Objects, key string) (dossier.ObjectRef, error) {
	r, _, found, err := objects.Open(ctx, key)
	if err != nil || !found {
		return dossier.ObjectRef{}, errors.Join(fmt.Errorf("hash object %s", key), err)
	}
	defer func() { _ = r.Close() }() // only read
	sum := sha256.New()
	size, err := io.Copy(sum, r)
	if err != nil {
		return dossier.ObjectRef{}, fmt.Errorf("hash object %s: %w", key, err)
	}
	return dossier.ObjectRef{Key: key, SHA256: dossier.SumString([32]byte(sum.Sum(nil))), Size: size}, nil
}
