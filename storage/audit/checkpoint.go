package audit

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"sohoa/dossier"
)

// A checkpoint is a signed note (golang.org/x/mod/sumdb/note) of three lines:
// whose log it is, how many leaves it has, and the root of their tree in
// base64. That is the form of https://c2sp.org/tlog-checkpoint. It holds no
// time: the clock of this machine would prove nothing, and without one the same
// tree always gives the same bytes.

// Head is the head of a tree.
type Head struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

func (h Head) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", h.Origin, h.Size, base64.StdEncoding.EncodeToString(h.Root[:]))
}

// errCheckpoint says that a text is no checkpoint.
var errCheckpoint = errors.New("not a checkpoint")

// ParseHead reads the text of a checkpoint, and refuses any other form of it.
func ParseHead(text string) (Head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" {
		return Head{}, errCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, errRoot := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || errRoot != nil || size < 1 || len(root) != tlog.HashSize {
		return Head{}, errCheckpoint
	}
	head := Head{Origin: lines[0], Size: size, Root: tlog.Hash(root)}
	if head.text() != text {
		return Head{}, errCheckpoint
	}
	return head, nil
}

// Checkpoint is a signed head as it came.
type Checkpoint struct {
	Head
	// Note is the whole signed note.
	Note string
	// Signer is the hash of the key in its first signature, 0 for none.
	Signer uint32
}

// ParseCheckpoint reads a signed note without judging its signature.
func ParseCheckpoint(body string) (Checkpoint, error) {
	if len(body) > maxLeaf {
		return Checkpoint{}, errCheckpoint
	}
	_, err := note.Open([]byte(body), note.VerifierList()) // knows nobody
	unverified, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok {
		return Checkpoint{}, errCheckpoint
	}
	head, err := ParseHead(unverified.Note.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{Head: head, Note: body, Signer: unverified.Note.UnverifiedSigs[0].Hash}, nil
}

// signedBy tells whether one of the keys has signed.
func (c Checkpoint) signedBy(keys []note.Verifier) bool {
	opened, err := note.Open([]byte(c.Note), note.VerifierList(keys...))
	return err == nil && len(opened.Sigs) > 0
}

type checkpointRow struct {
	bun.BaseModel `bun:"table:audit_checkpoints"`

	Size     int64     `bun:"size,pk"`
	At       time.Time `bun:"at"`
	Note     string    `bun:"note"`
	Exported int       `bun:"exported"`
}

// actionKey is the event that names a key: its subject is the public half.
// Checkpoints above it are signed with that key.
const actionKey = "log.key"

// Sign signs the head of the tree when it has grown since the last checkpoint,
// and records the note; [Log.Export] then takes it out of the database. fresh
// says whether there was anything to sign.
func (l *Log) Sign(ctx context.Context, act dossier.Act) (fresh bool, err error) {
	if l.key == nil {
		return false, ErrNoKey
	}
	if err := l.announceKey(ctx, act); err != nil {
		return false, err
	}
	err = l.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lockSequence(ctx, tx); err != nil {
			return err
		}
		size, err := sizeOf(ctx, tx)
		if err != nil {
			return err
		}
		signed, err := tx.NewSelect().Model((*checkpointRow)(nil)).Where("size >= ?", size).Exists(ctx)
		if err != nil || signed || size == 0 {
			return err
		}
		root, err := tlog.TreeHash(size, hashes{ctx: ctx, db: tx})
		if err != nil {
			return err
		}
		signedNote, err := note.Sign(&note.Note{Text: Head{Origin: l.origin, Size: size, Root: root}.text()}, l.key.signer)
		if err != nil {
			return err
		}
		fresh = true
		_, err = tx.NewInsert().Model(&checkpointRow{Size: size, At: act.At.UTC(), Note: string(signedNote)}).Exec(ctx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("sign the log: %w", err)
	}
	return fresh, nil
}

// announceKey writes into the log that another key signs from here on, and
// waits until that has a number: a checkpoint is believed when its key is the
// archive's, or one that its own tree names.
func (l *Log) announceKey(ctx context.Context, act dossier.Act) error {
	if l.key.verifier == l.verifier {
		return nil
	}
	err := l.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		known, err := tx.NewSelect().Model((*logRow)(nil)).Where("action = ?", actionKey).Where("subject = ?", l.key.verifier).Exists(ctx)
		if err != nil || known {
			return err
		}
		waits, err := tx.NewSelect().Model((*pendingRow)(nil)).Where("action = ?", actionKey).Where("subject = ?", l.key.verifier).Exists(ctx)
		if err != nil || waits {
			return err
		}
		return Append(ctx, tx, act, dossier.Deed{Action: actionKey, Subject: l.key.verifier})
	})
	if err == nil {
		err = l.NumberAll(ctx)
	}
	if err != nil {
		return fmt.Errorf("announce the log's key: %w", err)
	}
	return nil
}

// newest is the last exported checkpoint; the zero row when there is none.
func newest(ctx context.Context, db bun.IDB) (row checkpointRow, err error) {
	err = db.NewSelect().Model(&row).Where("exported = 1").Order("size DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return checkpointRow{}, nil
	}
	return row, err
}
