package decode

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"sohoa/ocr/decode/decodetest"
	"sohoa/ocr/internal/lept"
)

// rgb gives a picture as rows of RGB bytes, whatever its depth.
func rgb(t *testing.T, pix *lept.Pix) []byte {
	t.Helper()
	deep := pix.Clone()
	defer deep.Close()
	if pix.Depth() == 1 {
		eight, err := pix.To8()
		if err != nil {
			t.Fatal(err)
		}
		defer eight.Close()
		deep = eight
	}
	var out []byte
	if deep.Depth() == 8 {
		rows, err := deep.GrayRows(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range rows {
			out = append(out, v, v, v)
		}
		return out
	}
	words, stride := deep.Words(), deep.Stride()
	for y := range deep.Height() {
		for _, w := range words[y*stride : y*stride+deep.Width()] {
			out = append(out, byte(w>>24), byte(w>>16), byte(w>>8))
		}
	}
	return out
}

// TestFormats: each kind of file decodes to what an independent decoder makes of
// it, says its resolution, and is published under the filter that is promised.
func TestFormats(t *testing.T) {
	from := decodetest.Sources(t)
	passed := 0
	all := decodetest.Samples()
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			path := s.Make(t, from[s.From])
			checkFormat(t, s, path)
			if !t.Failed() {
				passed++
			}
		})
	}
	t.Logf("%d of %d kinds of file", passed, len(all))
}

func checkFormat(t *testing.T, s decodetest.Sample, path string) {
	t.Helper()
	f, err := Decoder{Scratch: t.TempDir()}.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Images != max(1, s.Pages) {
		t.Fatalf("%d images", f.Images)
	}
	for i := range f.Images {
		p := read(t, f, i+1)
		w, h, want := decodetest.Oracle(t, path, i)
		if p.Pix.Width() != w || p.Pix.Height() != h {
			t.Fatalf("image %d: %d x %d, want %d x %d", i+1, p.Pix.Width(), p.Pix.Height(), w, h)
		}
		mean, most := decodetest.Apart(rgb(t, p.Pix), want)
		if allowed := max(s.Nearest, 2); !s.Lossy && most > 0 || mean > allowed {
			t.Errorf("image %d: differs by %.2f on average, %d at most", i+1, mean, most)
		}
		if len(p.Flags) > 0 {
			t.Errorf("image %d: flags %v", i+1, p.Flags)
		}
		stream, err := f.Stream(t.Context(), i+1)
		if err != nil {
			t.Fatal(err)
		}
		if stream.Filter != s.Filter || stream.Width != w || stream.Height != h {
			t.Errorf("image %d: published as %s, %d x %d; want %s", i+1, stream.Filter, stream.Width, stream.Height, s.Filter)
		}
		data := streamBytes(t, stream, path)
		if stream.Filter == "DCTDecode" {
			sameJPEG(t, data, want)
		}
		own := stream.Ranges != nil || stream.Filter == "DCTDecode" || s.Name == "tiff g4 fill order"
		if own != s.Own {
			t.Errorf("image %d: own bytes %t, want %t", i+1, own, s.Own)
		}
	}
}

// sameJPEG: what is published decodes to the picture; chroma may be
// interpolated otherwise where strips meet.
func sameJPEG(t *testing.T, data, want []byte) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "p.jpg")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, got := decodetest.Oracle(t, path, 0)
	if mean, most := decodetest.Apart(got, want); len(got) != len(want) || mean > 2 {
		t.Errorf("published JPEG differs by %.2f on average, %d at most", mean, most)
	}
	if !bytes.HasSuffix(data, []byte{0xff, 0xd9}) {
		t.Error("published JPEG has no end")
	}
}

// TestPhone: a photograph of a phone, made by heif-enc of a drawn picture: paper
// that darkens downwards, with a black box at (40, 30) to (120, 60).
func TestPhone(t *testing.T) {
	f := open(t, "testdata/phone.heic")
	p := read(t, f, 1)
	if f.Format != HEIC || p.Pix.Width() != 320 || p.Pix.Height() != 240 || p.Orientation != 1 {
		t.Fatalf("%+v, picture %+v", f, p)
	}
	rows := rgb(t, p.Pix)
	at := func(x, y int) byte { return rows[3*(320*y+x)] }
	if at(5, 2) < 245 || at(80, 45) > 12 || at(300, 236) < 90 || at(300, 236) > 115 {
		t.Errorf("paper %d, box %d, foot %d", at(5, 2), at(80, 45), at(300, 236))
	}
	s, err := f.Stream(t.Context(), 1)
	if err != nil || s.Filter != "FlateDecode" {
		t.Errorf("published as %+v, %v", s, err)
	}
}
