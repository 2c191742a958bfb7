package pdfa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline/copying"
)

// decodeParms is what a filter's parameters may be: names, numbers and
// booleans. Anything else could smuggle syntax into the file.
var decodeParms = regexp.MustCompile(`^(\s*/[A-Za-z0-9]+(\s+-?[0-9]+|\s+true|\s+false|\s*/[A-Za-z0-9]+))*\s*$`)

// validateImage refuses a stream no viewer could show, or that PDF/A forbids.
func validateImage(img *dossier.ImageStream, level Level) error {
	switch {
	case img.Open == nil:
		return errors.New("image has no bytes")
	case img.Size <= 0:
		return fmt.Errorf("image of %d bytes", img.Size)
	case img.Width <= 0 || img.Height <= 0:
		return fmt.Errorf("image of %d × %d pixels", img.Width, img.Height)
	case img.Components != 1 && img.Components != 3:
		return fmt.Errorf("image of %d components", img.Components)
	case !decodeParms.MatchString(img.DecodeParms):
		return errors.New("decode parameters are not a list of names and numbers")
	case img.Globals != nil && img.Filter != "JBIG2Decode":
		return errors.New("globals without JBIG2")
	case !bitsFit(img, level):
		return fmt.Errorf("%d bits of %d components under filter %q", img.BitsPerComponent, img.Components, img.Filter)
	}
	return nil
}

// bitsFit tells whether the filter exists and can yield such samples.
func bitsFit(img *dossier.ImageStream, level Level) bool {
	switch img.Filter {
	case "DCTDecode":
		return img.BitsPerComponent == 8
	case "JPXDecode": // since PDF 1.5
		return img.BitsPerComponent == 8 && level == Level2U
	case "CCITTFaxDecode", "JBIG2Decode":
		return img.BitsPerComponent == 1 && img.Components == 1
	case "FlateDecode":
		switch img.BitsPerComponent {
		case 1, 2, 4, 8:
			return true
		case 16: // since PDF 1.5
			return level == Level2U
		}
	}
	return false
}

// writeImage copies the image's own bytes into the object r.
func (f *file) writeImage(ctx context.Context, r ref, img *dossier.ImageStream) error {
	globals := ref(0)
	if img.Globals != nil {
		globals = f.reserve()
		f.plainStream(globals, "", img.Globals)
	}
	f.openStream(r, imageEntries(img, globals), img.Size)
	if err := f.copyImage(ctx, img); err != nil {
		return fmt.Errorf("copy image: %w", err)
	}
	f.closeStream()
	return nil
}

func imageEntries(img *dossier.ImageStream, globals ref) string {
	var b strings.Builder
	space, inverted := "DeviceGray", "[1 0]"
	if img.Components == 3 {
		space, inverted = "DeviceRGB", "[1 0 1 0 1 0]"
	}
	fmt.Fprintf(&b, "/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent %d/Filter/%s",
		img.Width, img.Height, space, img.BitsPerComponent, img.Filter)
	parms := strings.TrimSpace(img.DecodeParms)
	if globals != 0 {
		parms += fmt.Sprintf("/JBIG2Globals %v", globals)
	}
	if parms != "" {
		fmt.Fprintf(&b, "/DecodeParms<<%s>>", parms)
	}
	if img.Inverted {
		b.WriteString("/Decode" + inverted)
	}
	return b.String()
}

// copyImage copies exactly Size bytes and makes sure that there were no more:
// the length already stands in the file.
func (f *file) copyImage(ctx context.Context, img *dossier.ImageStream) (err error) {
	src, err := img.Open()
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	in := copying.Reader(ctx, src)
	n, err := io.CopyBuffer(f.emitter, io.LimitReader(in, img.Size), f.buffer)
	if err != nil {
		return err
	}
	if n < img.Size {
		return changed(fmt.Errorf("ends after %d of %d bytes", n, img.Size))
	}
	if extra, err := io.CopyN(io.Discard, in, 1); err == nil && extra > 0 {
		return changed(fmt.Errorf("longer than %d bytes", img.Size))
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func changed(err error) error {
	return &dossier.Fault{Kind: dossier.Retry, Op: "read image", Reason: dossier.ReasonChanged, Err: err}
}
