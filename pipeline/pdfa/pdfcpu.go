package pdfa

import (
	"context"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"sohoa/dossier"
)

// maxPdfcpu bounds what the second opinion may take into memory: pdfcpu holds a
// whole file there. A longer file is a fault with reason too_large, not a pass.
const maxPdfcpu = 512 << 20

// CheckPdfcpu asks pdfcpu, a reader nobody of us wrote, for its strict
// validation. Unlike [Check] it holds the whole file in memory (about 1.7 times
// its size), so a caller runs it on one file at a time or on samples.
func CheckPdfcpu(ctx context.Context, r io.ReadSeeker, size int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if size > maxPdfcpu {
		return &dossier.Fault{Kind: dossier.Park, Op: "validate pdf", Reason: dossier.ReasonTooLarge, Err: fmt.Errorf("%d bytes", size)}
	}
	if err := api.Validate(r, pdfcpuConfig()); err != nil {
		return &dossier.Fault{Kind: dossier.Park, Op: "validate pdf", Reason: dossier.ReasonGate, Err: err}
	}
	return nil
}

// pdfcpuConfig is written out rather than asked for: pdfcpu's default makes a
// folder in the user's home and reads settings from there.
func pdfcpuConfig() *model.Configuration {
	limits := model.DefaultResourceLimits()
	limits.MaxStreamBytes = maxPdfcpu
	limits.MaxDecodeBytes = maxContent
	limits.MaxObjectCount = maxObjects
	limits.MaxXRefEntries = maxObjects
	return &model.Configuration{
		ValidationMode: model.ValidationStrict,
		Reader15:       true,
		Offline:        true,
		Limits:         limits,
	}
}
