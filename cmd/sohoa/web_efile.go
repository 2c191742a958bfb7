package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"sohoa/dossier"
	"sohoa/ocr/decode"
	"sohoa/web"
)

// File takes an electronic file in. It lies in scratch until the archive has it
// durably; a file that is refused leaves nothing behind.
func (w webArchive) File(ctx context.Context, actor dossier.Actor, file web.FiledFile) (_ web.FiledAnswer, err error) {
	filing, reason := newFiling(w.archive.kinds, file.Code, file.Kind)
	if reason != "" {
		return web.FiledAnswer{}, refusedFile(reason)
	}
	path, err := w.archive.spool(file.Body)
	if err != nil {
		return web.FiledAnswer{}, err
	}
	defer func() { err = errors.Join(err, os.Remove(path)) }()
	answer := web.FiledAnswer{}
	format, err := sniffFile(path)
	if err != nil {
		return answer, err
	}
	if format == decode.PDF {
		judged, err := judgeApart(ctx, path)
		if err != nil {
			return answer, err
		}
		answer.Signature = &web.FiledSignature{Verdict: string(judged.Verdict), Text: judged.Text, TextEn: judged.TextEn}
	}
	if err := w.archive.findFiled(ctx, &answer, path, filing); err != nil || answer.Known {
		return answer, err
	}
	batch, err := claim(ctx, w.flow, actor, feeding{files: []input{{name: file.Name, path: path, filed: &filing}}})
	if err != nil {
		return answer, err
	}
	answer.Batch = batch.ID
	return answer, nil
}

func refusedFile(reason dossier.Reason) error {
	return &dossier.Fault{Kind: dossier.Reject, Op: "take in electronic file", Reason: reason}
}

// spool writes a body to scratch.
func (a *archive) spool(body io.Reader) (path string, err error) {
	file, err := os.CreateTemp(a.layout.scratch(), "efile-*")
	if err != nil {
		return "", fmt.Errorf("spool electronic file: %w", err)
	}
	_, err = io.Copy(file, body)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("spool electronic file: %w", err), os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// sniffFile names the format of a file that may be handed in.
func sniffFile(path string) (_ decode.Format, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	head, err := io.ReadAll(io.LimitReader(file, decode.HeadSize))
	if err != nil {
		return "", fmt.Errorf("read header: %w", err)
	}
	format := decode.Sniff(head)
	switch {
	case len(head) == 0:
		return "", refusedFile(dossier.ReasonEmptyFile)
	case format == decode.Unknown:
		return "", refusedFile(dossier.ReasonFormat)
	}
	return format, nil
}

// findFiled finds a file that the archive has already: handed in twice, it has
// the effect of once. For another dossier than the one that has it, it is
// refused, since one of the two must be wrong.
func (a *archive) findFiled(ctx context.Context, answer *web.FiledAnswer, path string, filing dossier.Filing) error {
	sum, err := digestFile(path)
	if err != nil {
		return err
	}
	known, err := a.catalog.Known(ctx, a.unit().ID, []dossier.SHA256{sum})
	if err != nil {
		return err
	}
	first, ok := known[sum]
	if !ok {
		return nil
	}
	answer.Batch, answer.Known = first, true
	file, err := a.catalog.FileByDigest(ctx, a.unit().ID, sum)
	if err != nil {
		return err
	}
	pages, err := a.catalog.PagesOf(ctx, file.FileRef)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(pages, func(p dossier.PlacedPage) bool { return p.Component != "" })
	if at < 0 {
		return a.stillComing(ctx, file, filing)
	}
	m, err := a.catalog.Dossier(ctx, dossier.Whole(a.unit().ID), string(pages[at].Dossier))
	if err != nil {
		return err
	}
	if m.Dossier.Code == nil || *m.Dossier.Code != filing.Code {
		return refusedFile(dossier.ReasonFiledKnown)
	}
	answer.Dossier = m.Dossier.ID
	return nil
}

// stillComing accepts a file once more that is on its way into the same dossier.
func (a *archive) stillComing(ctx context.Context, file dossier.TakenFile, filing dossier.Filing) error {
	batch, err := a.batchRecord(ctx, file.Batch)
	if err != nil {
		return err
	}
	if file.State == dossier.PageRejected {
		return refusedFile(file.Reason)
	}
	if said := batch.Files[file.Ordinal-1].Filed; said == nil || *said != filing {
		return refusedFile(dossier.ReasonFiledKnown)
	}
	return nil
}

// batchRecord reads what a batch was taken in as.
func (a *archive) batchRecord(ctx context.Context, id dossier.BatchID) (batch dossier.Batch, err error) {
	key := dossier.BatchKey(a.unit().ID, id)
	r, _, found, err := a.objects.Open(ctx, key)
	if err != nil || !found {
		return batch, errors.Join(err, missing(found))
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := json.NewDecoder(r).Decode(&batch); err != nil {
		return batch, fmt.Errorf("read batch record: %w", err)
	}
	return batch, nil
}
