package decode

import (
	"errors"
	"testing"
	"time"

	"sohoa/dossier"
)

// TestToolTime: a program that works too long is stopped with the reason; one
// that was only kept waiting by a busy machine has done nothing wrong.
func TestToolTime(t *testing.T) {
	tools := pdfTools{scratch: t.TempDir(), limits: Limits{}.withDefaults()}
	_, err := tools.run(t.Context(), time.Second, "sh", "-c", "while :; do :; done")
	if dossier.ReasonOf(err) != dossier.ReasonTime {
		t.Errorf("a program that never ends: %v", err)
	}
	if said, err := tools.run(t.Context(), time.Second, "sh", "-c", "sleep 1.2; echo done"); err != nil || string(said.out) != "done\n" {
		t.Errorf("a program that came late: %q, %v", said.out, err)
	}
	if _, err := tools.run(t.Context(), time.Second, "sh", "-c", "kill -SEGV $$"); !errors.Is(err, errTool) {
		t.Errorf("a program that crashed: %v", err)
	}
}
