package audit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// The names of what a check can find.
const (
	LeafEdited             = "entry_edited"
	LeafDeleted            = "entry_deleted"
	LeafInserted           = "entry_inserted"
	LeavesReordered        = "entries_reordered"
	LeafMalformed          = "entry_malformed"
	HashChanged            = "hash_changed"
	Truncated              = "log_truncated"
	DatabaseOld            = "database_old"
	PayloadChanged         = "payload_changed"
	PayloadMissing         = "payload_missing"
	PendingOld             = "pending_old"
	KeyForeign             = "key_foreign"
	SignatureInvalid       = "signature_invalid"
	CheckpointDamaged      = "checkpoint_damaged"
	CheckpointMissing      = "checkpoint_missing"
	CheckpointContradicted = "checkpoint_contradicted"
	TileChanged            = "tile_changed"
	TileMissing            = "tile_missing"
)

// Finding is one thing wrong with the log.
type Finding struct {
	Name string `json:"name"`
	// Number of the entry it is about, or of the first of them.
	Number *int64 `json:"number,omitempty"`
	// Object it is about.
	Object string `json:"object,omitempty"`
	Text   string `json:"text"`
}

// Verdict is the outcome of a check. A log without findings is intact.
type Verdict struct {
	// Entries is how many entries were checked, Sealed how many of them the
	// newest exported checkpoint covers.
	Entries     int64 `json:"entries"`
	Sealed      int64 `json:"sealed"`
	Checkpoints int   `json:"checkpoints"`
	Pending     int64 `json:"pending"`
	// Erased counts payloads that were erased by a decision, Unrestored those
	// that went with a lost database.
	Erased     int64 `json:"erased"`
	Unrestored int64 `json:"unrestored"`
	// Notes are no findings, but whoever reads the verdict should know them.
	Notes    []string  `json:"notes"`
	Findings []Finding `json:"findings"`

	whole bool // everything under the newest checkpoint is proven by it
}

// findingsShown bounds how often one name is listed: a log that was rewritten
// would fill screens.
const findingsShown = 20

func (v *Verdict) find(f Finding) {
	same := 0
	for _, other := range v.Findings {
		if other.Name == f.Name {
			same++
		}
	}
	if same < findingsShown {
		v.Findings = append(v.Findings, f)
	}
	if same == findingsShown {
		v.Findings = append(v.Findings, Finding{Name: f.Name, Text: "and more of these"})
	}
}

func (v *Verdict) note(format string, args ...any) {
	v.Notes = append(v.Notes, fmt.Sprintf(format, args...))
}

// Check says what [Verify] compares.
type Check struct {
	Objects Objects
	// Log is compared with the objects; nil to check the objects alone.
	Log *Log
	// Archive and Verifier are what the archive's record says: its id, and the
	// key of its log.
	Archive, Verifier string
	// Outside are checkpoints that left the machine and came back.
	Outside []string
	// Serving says that a sequencer runs, so that nothing may wait for long.
	Serving bool
	Now     time.Time
}

// Verify recomputes every leaf, hash and root, checks every exported
// checkpoint and compares the database with all of it. What is wrong is a
// finding; an error means that something could not be read at all.
func Verify(ctx context.Context, check Check) (Verdict, error) {
	verdict := Verdict{Notes: []string{}, Findings: []Finding{}}
	s, err := newSealed(check.Objects, &verdict, check.Verifier)
	if err != nil {
		return verdict, err
	}
	if err := check.readSeals(ctx, s); err != nil {
		return verdict, fmt.Errorf("check the log: %w", err)
	}
	l := &ledger{sealed: s, verdict: &verdict, check: check}
	if err := l.compare(ctx); err != nil {
		return verdict, fmt.Errorf("check the log: %w", err)
	}
	s.judgeSeals()
	s.judgeOutside()
	for _, key := range s.facts.keys[1:] {
		verdict.note("From entry %d on the log is signed with another key: the one before was lost, or somebody made a log of their own from there on.", key.n)
	}
	verdict.Sealed, verdict.whole = s.size, s.whole()
	return verdict, nil
}

// readSeals gathers the checkpoints from everywhere. The database is asked
// first: what it says is exported must then be found.
func (check Check) readSeals(ctx context.Context, s *sealed) error {
	var recorded []checkpointRow
	if check.Log != nil {
		if err := check.Log.read.NewSelect().Model(&recorded).Order("size").Scan(ctx); err != nil {
			return err
		}
	}
	origin := keyName(check.Archive)
	if err := s.readSeals(ctx, origin); err != nil {
		return err
	}
	for _, row := range recorded {
		key := checkpointKey(row.Size)
		if row.Exported == 1 && !s.keys[key] {
			s.verdict.find(Finding{Name: CheckpointMissing, Object: key, Text: "this checkpoint is missing"})
		}
		if !s.keys[key] {
			s.addText("database", row.Note, origin)
		}
	}
	for _, body := range check.Outside {
		s.addText(outside, body, origin)
	}
	return nil
}

// judgeOutside finds checkpoints that have seen more of the log than there is.
func (s *sealed) judgeOutside() {
	for _, c := range s.checkpoints {
		if c.from == outside && !c.reached && s.tree.size < c.Size {
			n := s.tree.size
			s.verdict.find(Finding{Name: Truncated, Object: outside, Number: &n,
				Text: fmt.Sprintf("the given checkpoint covers %d entries, the log has only %d that can be checked", c.Size, n)})
		}
	}
}

// parseSize reads a number of leaves; 0 for anything else.
func parseSize(text string) int64 {
	size, err := strconv.ParseInt(text, 10, 64)
	if err != nil || size < 0 {
		return 0
	}
	return size
}

// Erase removes the payload of an event, because a disposal decision says so,
// and writes into the log that it did.
func (l *Log) Erase(ctx context.Context, act dossier.Act, id string) error {
	err := l.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		gone, err := tx.NewDelete().Model((*payloadRow)(nil)).Where("id = ?", id).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := gone.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return Append(ctx, tx, act, dossier.Deed{Action: actionErase, Subject: id})
	})
	if err != nil {
		return fmt.Errorf("erase a payload of the log: %w", err)
	}
	return nil
}
