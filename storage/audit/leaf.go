package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"sohoa/dossier"
)

// Leaf is what is hashed of an event: one line of JSON, always written the same
// way. It holds its own number, so that an entry that was moved says so itself.
type Leaf struct {
	N       int64          `json:"n"`
	ID      string         `json:"id"`
	At      time.Time      `json:"at"`
	Actor   string         `json:"actor"`
	Role    dossier.Role   `json:"role"`
	Unit    dossier.UnitID `json:"unit"`
	Action  string         `json:"action"`
	Subject string         `json:"subject"`
	// Payload is HMAC-SHA-256 of the payload under its salt, in hexadecimal;
	// empty when there was none to be found.
	Payload string `json:"payload"`
}

// Encode gives the line, without its end.
func (l Leaf) Encode() (string, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("encode leaf: %w", err)
	}
	return string(body), nil
}

// maxLeaf bounds a line: ids and short words fit many times.
const maxLeaf = 4096

// errLeaf says that a line is not one that [Leaf.Encode] writes.
var errLeaf = errors.New("not a leaf of this log")

// ParseLeaf reads a line, and refuses any that Encode would have written
// otherwise: an entry has one form only.
func ParseLeaf(line string) (Leaf, error) {
	var leaf Leaf
	if len(line) > maxLeaf || !utf8.ValidString(line) {
		return leaf, errLeaf
	}
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&leaf); err != nil {
		return leaf, fmt.Errorf("%w: %w", errLeaf, err)
	}
	if again, err := leaf.Encode(); err != nil || again != line || leaf.N < 0 {
		return leaf, errLeaf
	}
	return leaf, nil
}

// payloadDigest binds a leaf to its payload. Without the salt nobody can guess
// what the payload was.
func payloadDigest(salt, payload string) string {
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte(payload))
	return hex.EncodeToString(mac.Sum(nil))
}

// joinLeaves is a data tile: its leaves, each on a line of its own.
func joinLeaves(lines []string) []byte {
	var b bytes.Buffer
	for _, line := range lines {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// splitLeaves takes a data tile apart.
func splitLeaves(tile []byte) ([]string, error) {
	text, ended := strings.CutSuffix(string(tile), "\n")
	if !ended {
		return nil, errLeaf
	}
	return strings.Split(text, "\n"), nil
}
