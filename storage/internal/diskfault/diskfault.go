// Package diskfault turns errors of the local file system into faults.
package diskfault

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"sohoa/dossier"
)

// Of says that the disk failed and work must stop; a full disk has its own
// reason, since a person can do something about it. Paths are taken out of the
// error: keys carry no personal data, the folder above them may. A fault stays
// as it is.
func Of(op string, err error) error {
	if f, ok := errors.AsType[*dossier.Fault](err); ok {
		return f
	}
	reason := dossier.ReasonStoreFailed
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		reason = dossier.ReasonDiskFull
	}
	return &dossier.Fault{Kind: dossier.Stop, Op: op, Reason: reason, Err: withoutPath(err)}
}

func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}
