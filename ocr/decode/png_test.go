package decode

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// chunk writes one chunk of a PNG.
func chunk(w *bytes.Buffer, kind string, body []byte) {
	w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(body))))
	sum := crc32.NewIEEE()
	sum.Write([]byte(kind))
	sum.Write(body)
	w.WriteString(kind)
	w.Write(body)
	w.Write(binary.BigEndian.AppendUint32(nil, sum.Sum32()))
}
