package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"sohoa/dossier"
)

// openFile counts the images of a file, or rejects it with a reason. A file
// whose opening kills or outlasts its worker is taken as one image, which then
// parks for the same reason: a person must see it.
func (f *Flow) openFile(ctx context.Context, subject string) error {
	ref, err := parseFileSubject(subject)
	if err != nil {
		return err
	}
	file, err := f.Ledger.File(ctx, ref)
	if err != nil || file.State != dossier.PageClaimed {
		return err
	}
	path, release, err := f.Objects.Path(ctx, dossier.RawKey(f.Unit.ID, file.SHA256))
	if err != nil {
		return err
	}
	defer release()
	images, err := f.Reader.Open(ctx, path)
	switch {
	case err == nil:
		return f.Ledger.FileOpened(ctx, f.act(), file, images)
	case dossier.KindOf(err) == dossier.Reject:
		f.Log.InfoContext(ctx, "file rejected", slog.String("file", subject), gaveUp(err))
		return f.Ledger.FileRejected(ctx, f.act(), file, dossier.ReasonOf(err))
	case dossier.KindOf(err) == dossier.Park:
		return f.Ledger.FileOpened(ctx, f.act(), file, 1)
	default:
		return err
	}
}

// gaveUp is why an input was given up, for the log.
func gaveUp(err error) slog.Attr {
	return slog.Group("fault", slog.String("reason", string(dossier.ReasonOf(err))), slog.String("cause", err.Error()))
}

func parseFileSubject(subject string) (dossier.FileRef, error) {
	batch, tail, _ := strings.Cut(subject, "/")
	ordinal, err := strconv.Atoi(tail)
	if err != nil || batch == "" {
		return dossier.FileRef{}, &dossier.Fault{Kind: dossier.Stop, Op: "open file", Reason: dossier.ReasonUnknown, Err: fmt.Errorf("job subject %q", subject)}
	}
	return dossier.FileRef{Batch: dossier.BatchID(batch), Ordinal: ordinal}, nil
}

// readImage has a worker read one image and keeps the reading as an object
// before the catalogue hears of it. A reading that is there already, from
// before a crash or a rebuild, is believed.
func (f *Flow) readImage(ctx context.Context, id dossier.ImageID) error {
	image, err := f.Ledger.Image(ctx, f.Unit.ID, id)
	if err != nil || image.State != dossier.PageClaimed {
		return err
	}
	key := dossier.ReadingKey(f.Unit.ID, id, 1)
	var kept dossier.ImageReading
	_, found, err := f.getJSON(ctx, key, &kept)
	var ref dossier.ObjectRef
	switch {
	case err != nil:
		return err
	case found:
		ref, err = f.digest(ctx, key) // opening it does not tell the digest
	default:
		kept, ref, err = f.readAndKeep(ctx, image, key)
	}
	if err != nil {
		return err
	}
	ref.Role = "reading"
	return f.Ledger.ImageRead(ctx, f.act(), image, len(kept.Readings), kept.Reason, ref)
}

// readAndKeep makes what a worker read an object.
func (f *Flow) readAndKeep(ctx context.Context, image dossier.TakenImage, key string) (dossier.ImageReading, dossier.ObjectRef, error) {
	kept, err := f.read(ctx, image)
	if err != nil {
		return kept, dossier.ObjectRef{}, err
	}
	ref, _, err := f.putJSON(ctx, key, kept)
	return kept, ref, err
}

// read asks a worker. What is the input's fault becomes part of the reading;
// what is ours is returned.
func (f *Flow) read(ctx context.Context, image dossier.TakenImage) (dossier.ImageReading, error) {
	raw, _, err := image.ID.Split()
	if err != nil {
		return dossier.ImageReading{}, err
	}
	file, err := f.Ledger.File(ctx, dossier.FileRef{Batch: image.Batch, Ordinal: image.Ordinal})
	if err != nil {
		return dossier.ImageReading{}, err
	}
	reading := dossier.ImageReading{Schema: dossier.ReadingSchema, Image: image.ID, Of: file.Images, At: f.Now().UTC()}
	path, release, err := f.Objects.Path(ctx, dossier.RawKey(f.Unit.ID, raw))
	if err != nil {
		return dossier.ImageReading{}, err
	}
	defer release()
	reading.Readings, err = f.Reader.Read(ctx, path, image)
	if err != nil {
		kind := dossier.KindOf(err)
		if kind != dossier.Park && kind != dossier.Reject {
			return dossier.ImageReading{}, err
		}
		f.Log.InfoContext(ctx, "image given up", slog.String("image", string(image.ID)), gaveUp(err))
		reading.Readings, reading.Reason = []dossier.Reading{}, dossier.ReasonOf(err)
	}
	return reading, nil
}
