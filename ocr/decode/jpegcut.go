package decode

// #cgo pkg-config: libjpeg
// #include <stdlib.h>
// #include "jpegcut.h"
import "C"

import (
	"errors"
	"unsafe"

	"sohoa/dossier"
)

// cutJPEG takes one side of a gutter out of a JPEG without decoding it. The
// frame grows to whole blocks to the left and above; of the blocks that the
// gutter goes through, a side has those whose centre is on it.
func cutJPEG(data []byte, cut dossier.Cut, frame dossier.Box) (*Stream, error) {
	if len(data) == 0 {
		return nil, errJPEG
	}
	area := C.sohoa_area{x: C.int(frame.X), y: C.int(frame.Y), w: C.int(frame.W), h: C.int(frame.H)}
	for i, v := range cut {
		area.line[i] = C.double(v)
	}
	var out *C.uchar
	var size C.ulong
	failed := C.sohoa_jpeg_cut((*C.uchar)(unsafe.Pointer(&data[0])), C.ulong(len(data)), &area, &out, &size)
	defer C.free(unsafe.Pointer(out))
	if failed != 0 {
		return nil, errors.New("jpeg not cut")
	}
	cutOut := C.GoBytes(unsafe.Pointer(out), C.int(size))
	h, err := readJPEGHeader(cutOut)
	if err != nil || !h.dct() || h.width != int(area.w) || h.height != int(area.h) {
		return nil, errJPEG
	}
	return &Stream{
		Width: h.width, Height: h.height, X: int(area.x), Y: int(area.y), BitsPerComponent: 8, Components: h.components,
		Filter: "DCTDecode", DecodeParms: h.decodeParms(), Data: cutOut,
	}, nil
}
