package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ledger remembers sources that were copied and stored but are still in the
// inbox, because nobody allows us to remove them.
type ledger map[ledgerKey]ledgerEntry

type ledgerKey struct{ folder, name string }

type ledgerEntry struct {
	Folder string    `json:"folder"`
	Name   string    `json:"name"`
	Source identity  `json:"source"`
	Since  time.Time `json:"since"`
}

const (
	ledgerName = "left.json"
	// ledgerKeeps bounds the ledger: a source that stays longer is taken once
	// more, and its bytes are then known.
	ledgerKeeps = 30 * 24 * time.Hour
)

func (l ledger) has(folder, name string, id identity) bool {
	e, ok := l[ledgerKey{folder, name}]
	return ok && e.Source == id
}

func (l ledger) add(folder, name string, id identity, now time.Time) {
	l[ledgerKey{folder, name}] = ledgerEntry{Folder: folder, Name: name, Source: id, Since: now.UTC()}
}

func loadLedger(claimed string) (ledger, error) {
	content, err := os.ReadFile(filepath.Join(claimed, ledgerName))
	if errors.Is(err, fs.ErrNotExist) {
		return ledger{}, nil
	}
	if err != nil {
		return nil, nameless("watch: read ledger", err)
	}
	var entries []ledgerEntry
	if err := json.Unmarshal(content, &entries); err != nil {
		return nil, fmt.Errorf("watch: ledger of files left in the inbox: %w", err)
	}
	l := ledger{}
	for _, e := range entries {
		l[ledgerKey{e.Folder, e.Name}] = e
	}
	return l, nil
}

func (in *intake) saveLedger(now time.Time) error {
	entries := make([]ledgerEntry, 0, len(in.left))
	for key, e := range in.left {
		if now.Sub(e.Since) >= ledgerKeeps {
			delete(in.left, key)
			continue
		}
		entries = append(entries, e)
	}
	content, err := json.Marshal(entries)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nameless("write ledger", in.ops.write(filepath.Join(in.cfg.Claimed, ledgerName), content))
}
