package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// Check has SQLite go through the whole database and tells what is wrong with
// it. PostgreSQL keeps checksums of its own pages.
func (c *Catalog) Check(ctx context.Context) (problems []string, err error) {
	if c.read == c.write { // PostgreSQL has one pool
		return nil, nil
	}
	var said []string
	if err := c.read.NewRaw("PRAGMA integrity_check(10)").Scan(ctx, &said); err != nil {
		if Damaged(err) {
			return []string{err.Error()}, nil
		}
		return nil, fmt.Errorf("check database: %w", err)
	}
	if len(said) == 1 && said[0] == "ok" {
		return nil, nil
	}
	return said, nil
}

// Damaged tells whether an error says that the database file is not what SQLite
// has written.
func Damaged(err error) bool {
	broken, ok := errors.AsType[sqlite3.Error](err)
	return ok && (broken.Code == sqlite3.ErrCorrupt || broken.Code == sqlite3.ErrNotADB)
}
