package s3

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"sohoa/dossier"
)

// TestDialerThatGivesUp: a service that does not answer is away, although the
// dialer's error calls itself a deadline, as the end of the caller's time does.
func TestDialerThatGivesUp(t *testing.T) {
	_, err := (&net.Dialer{Timeout: time.Nanosecond}).DialContext(t.Context(), "tcp", "127.0.0.1:9")
	if err == nil {
		t.Fatal("dialled in no time")
	}
	if got := mapped("put", "k", fmt.Errorf("request: %w", err)); dossier.KindOf(got) != dossier.Retry || dossier.ReasonOf(got) != dossier.ReasonStoreOffline {
		t.Errorf("got %v, want a fault to retry", got)
	}
	if got := mapped("put", "k", context.DeadlineExceeded); dossier.KindOf(got) == dossier.Retry {
		t.Errorf("the end of the caller's time became %v", got)
	}
}
