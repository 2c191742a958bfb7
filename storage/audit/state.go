package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

func (l *Log) inTx(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	return l.write.RunInTx(ctx, nil, f)
}

// State is how far the log is.
type State struct {
	// Size is how many events have a number, Pending how many wait for one, the
	// oldest since Oldest.
	Size    int64
	Pending int64
	Oldest  time.Time
	// Sealed is the size of the newest exported checkpoint, SealedAt its time.
	Sealed   int64
	SealedAt time.Time
}

// State looks how far the log is.
func (l *Log) State(ctx context.Context) (s State, err error) {
	if s.Size, err = sizeOf(ctx, l.read); err != nil {
		return s, fmt.Errorf("look at the log: %w", err)
	}
	pending, err := l.read.NewSelect().Model((*pendingRow)(nil)).Count(ctx)
	if err != nil {
		return s, fmt.Errorf("look at the log: %w", err)
	}
	if s.Pending = pending; pending > 0 {
		var oldest pendingRow
		err = l.read.NewSelect().Model(&oldest).Order("at").Limit(1).Scan(ctx)
		s.Oldest = oldest.At
	}
	if err == nil {
		var last checkpointRow
		last, err = newest(ctx, l.read)
		s.Sealed, s.SealedAt = last.Size, last.At
	}
	if err != nil {
		return s, fmt.Errorf("look at the log: %w", err)
	}
	return s, nil
}

// Entry is one entry of the log as people read it.
type Entry struct {
	Leaf
	// Text is the payload, empty when it is gone.
	Text string `json:"text,omitempty"`
}

// Filter chooses entries.
type Filter struct {
	// Since leaves out what came before; zero for nothing.
	Since time.Time
	// Subject, when not empty, is the id of what was acted on.
	Subject string
	// From is the first number wanted.
	From  int64
	Limit int64
}

// Entries reads entries in the order of their numbers.
func (l *Log) Entries(ctx context.Context, filter Filter) ([]Entry, error) {
	var rows []logRow
	query := l.read.NewSelect().Model(&rows).Where("n >= ?", filter.From).Order("n").Limit(filter.Limit)
	if !filter.Since.IsZero() {
		query = query.Where("at >= ?", filter.Since.UTC())
	}
	if filter.Subject != "" {
		query = query.Where("subject = ?", filter.Subject)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	payloads, err := payloadsOf(ctx, l.read, ids)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	entries := make([]Entry, len(rows))
	for i, row := range rows {
		if entries[i].Leaf, err = ParseLeaf(row.Leaf); err != nil {
			return nil, fmt.Errorf("read entry %d of the log: %w", row.N, err)
		}
		entries[i].Text = payloads[row.ID].Payload
	}
	return entries, nil
}
