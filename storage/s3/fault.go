package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/minio/minio-go/v7"

	"sohoa/dossier"
	"sohoa/storage"
)

// mapped turns an error of the client into one of the contract: not found,
// exists, the caller's own context, or a fault. Trouble on the way to the
// service, and services that say they are busy, are to be tried again; whatever
// else the service refuses is not.
func mapped(op, key string, err error) error {
	if err == nil {
		return nil
	}
	op += " " + key
	// A dialer that gave up says "deadline exceeded", too, and means the network.
	_, onTheWay := errors.AsType[*net.OpError](err)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && !onTheWay {
		return fmt.Errorf("%s: %w", op, err)
	}
	answer, ok := errors.AsType[minio.ErrorResponse](err)
	if !ok {
		return connectionFault(op, err)
	}
	switch {
	case answer.Code == minio.NoSuchKey:
		return fmt.Errorf("%s: %w", op, storage.ErrNotFound)
	case answer.StatusCode == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w", op, storage.ErrExists)
	case answer.StatusCode == http.StatusInsufficientStorage:
		return &dossier.Fault{Kind: dossier.Stop, Op: op, Reason: dossier.ReasonDiskFull, Err: err}
	case isBusy(answer.StatusCode):
		return &dossier.Fault{Kind: dossier.Retry, Op: op, Reason: dossier.ReasonStoreOffline, Err: err}
	default:
		return &dossier.Fault{Kind: dossier.Stop, Op: op, Reason: dossier.ReasonStoreFailed, Err: err}
	}
}

// isBusy tells the answers that another try may change. 409 is a conditional
// Put that met another one in progress.
func isBusy(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusRequestTimeout ||
		status == http.StatusTooManyRequests || status == http.StatusConflict
}

// connectionFault is an error without an answer: the network, which may come
// back, or a certificate, which somebody has to put right.
func connectionFault(op string, err error) error {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &dossier.Fault{Kind: dossier.Stop, Op: op, Reason: dossier.ReasonStoreFailed, Err: err}
	}
	return &dossier.Fault{Kind: dossier.Retry, Op: op, Reason: dossier.ReasonStoreOffline, Err: err}
}
