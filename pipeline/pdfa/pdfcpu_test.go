package pdfa

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"sohoa/dossier"
)

// TestPdfcpuRefuses: the second opinion is one, and leaves no folder of its own
// in the user's home. (That it lets good files pass is part of
// TestConformance.)
func TestPdfcpuRefuses(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	good := sample(t)
	cases := []struct {
		name   string
		data   []byte
		size   int64
		reason dossier.Reason
	}{
		{"half a file", good[:len(good)/2], int64(len(good) / 2), dossier.ReasonGate},
		{"page without a parent", swap(t, good, "/Type/Page/Parent", "/Type/Page/Parens"), int64(len(good)), dossier.ReasonGate},
		{"more than memory may take", good, maxPdfcpu + 1, dossier.ReasonTooLarge},
	}
	for _, c := range cases {
		if err := CheckPdfcpu(t.Context(), bytes.NewReader(c.data), c.size); dossier.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v, want %s", c.name, err, c.reason)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := CheckPdfcpu(ctx, bytes.NewReader(good), int64(len(good))); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) != 0 {
		t.Errorf("left in the home: %v, %v", left, err)
	}
}
