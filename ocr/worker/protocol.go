package worker

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/decode"
)

// The protocol: frames of a length (four bytes, big-endian) and that many bytes
// of JSON, one answer to each question, on two pipes of their own. Standard
// output is not used, because C libraries print to it.

// The bounds of frames. A page of a newspaper at the engine's worst is 2 MiB of
// words; a PNG of many small chunks has some thousands of ranges.
const (
	maxQuestion = 64 << 10
	maxAnswer   = 16 << 20
)

// The operations.
const (
	opHello   = "hello" // first: settings; answered when the models are loaded
	opOpen    = "open"
	opRead    = "read"
	opExtract = "extract"
	opPreview = "preview"
)

// question is what the parent asks.
type question struct {
	Op    string    `json:"op"`
	Hello *settings `json:"hello,omitempty"`
	Path  string    `json:"path,omitempty"`
	File  string    `json:"file,omitempty"`
	Index int       `json:"index,omitempty"`
	Out   string    `json:"out,omitempty"` // where extract may write a stream
	View  *ocr.View `json:"view,omitempty"`
	// Cut asks extract for one half of a spread.
	Cut *dossier.Cut `json:"cut,omitempty"`
	// Profile is how read reads; it holds until the next.
	Profile *ocr.Profile `json:"profile,omitempty"`
	// Ways tells read how the pages of the image lie.
	Ways []dossier.WayUp `json:"ways,omitempty"`
}

// settings of a child.
type settings struct {
	Memory    int64       `json:"memory"` // bytes that one picture may ask for
	HeapLimit int64       `json:"heap_limit"`
	Scratch   string      `json:"scratch"`
	Profile   ocr.Profile `json:"profile"`
	// PicturesOnly loads no models.
	PicturesOnly bool `json:"pictures_only,omitempty"`
}

// answer is what the child says; exactly one of the pointers is set, or none
// for hello.
type answer struct {
	Fault    *fault            `json:"fault,omitempty"`
	Opened   *Opened           `json:"opened,omitempty"`
	Readings []dossier.Reading `json:"readings,omitempty"`
	Stages   []ocr.Stage       `json:"stages,omitempty"` // with readings
	Stream   *stream           `json:"stream,omitempty"`
	JPEG     []byte            `json:"jpeg,omitempty"`
}

// fault carries a dossier.Fault over the pipe.
type fault struct {
	Kind   dossier.FaultKind `json:"kind"`
	Op     string            `json:"op"`
	Reason dossier.Reason    `json:"reason"`
	Text   string            `json:"text"`
}

// stream describes an extracted image. Its bytes are ranges of the input or,
// without ranges, the file the parent named.
type stream struct {
	Width            int            `json:"width"`
	Height           int            `json:"height"`
	X                int            `json:"x,omitempty"`
	Y                int            `json:"y,omitempty"`
	BitsPerComponent int            `json:"bits"`
	Components       int            `json:"components"`
	Filter           string         `json:"filter"`
	DecodeParms      string         `json:"parms"`
	Inverted         bool           `json:"inverted"`
	Globals          []byte         `json:"globals,omitempty"`
	Ranges           []decode.Range `json:"ranges,omitempty"`
}

// errFrame says that the other side does not keep to the protocol.
var errFrame = errors.New("malformed frame")

func writeFrame(w io.Writer, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	_, err = w.Write(append(frame, body...))
	return err
}

// readFrame reads one frame of at most limit bytes into v. io.EOF means that
// the other side has gone between two frames.
func readFrame(r io.Reader, limit int64, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	if size == 0 || size > limit {
		return fmt.Errorf("%w: %d bytes", errFrame, size)
	}
	// Grown as the bytes arrive: a length alone gets no memory.
	body, err := io.ReadAll(io.LimitReader(r, size))
	if err != nil {
		return err
	}
	if int64(len(body)) < size {
		return io.ErrUnexpectedEOF
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%w: not the expected JSON", errFrame)
	}
	return nil
}
