package dossier

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// Keys of objects. They carry internal ids only: no code, no name, nothing
// personal, since keys end up in logs and listings.

// UnitPrefix is the prefix under which everything of a unit lives.
func UnitPrefix(unit UnitID) string { return "u/" + string(unit) + "/" }

// RawKey names the untouched bytes of an input file.
func RawKey(unit UnitID, sum SHA256) string { return UnitPrefix(unit) + "raw/" + string(sum) }

// ReadingKey names what was read on the pages of one image. Readings are
// numbered: a later engine adds, nothing is overwritten.
func ReadingKey(unit UnitID, image ImageID, version int) string {
	return fmt.Sprintf("%st/%s/v%d.json", UnitPrefix(unit), image, version)
}

// ComponentKey names a version of a component's published PDF.
func ComponentKey(unit UnitID, id ComponentID, version int) string {
	return fmt.Sprintf("%sc/%s/v%d.pdf", UnitPrefix(unit), id, version)
}

// ManifestKey names a version of a dossier's manifest.
func ManifestKey(unit UnitID, id DossierID, version int) string {
	return fmt.Sprintf("%sd/%s/v%d.json", UnitPrefix(unit), id, version)
}

// DecisionKey names a decision of a person about a dossier.
func DecisionKey(unit UnitID, id DossierID, seq int) string {
	return fmt.Sprintf("%sp/%s/%d.json", UnitPrefix(unit), id, seq)
}

// KeyingPrefix is the prefix of what people of the unit keyed blind.
func KeyingPrefix(unit UnitID) string { return UnitPrefix(unit) + "k/" }

// KeyingKey names what one person keyed for a field.
func KeyingKey(unit UnitID, id string) string { return KeyingPrefix(unit) + id + ".json" }

// SamplePrefix is the prefix of what was drawn by lot, and of what was keyed for
// it.
func SamplePrefix(unit UnitID) string { return UnitPrefix(unit) + "s/" }

// SampleKey names the sample of a month.
func SampleKey(unit UnitID, month string) string { return SamplePrefix(unit) + month + ".json" }

// SampleAnswerKey names what was keyed for the nth that was drawn, or what a
// second person says of it.
func SampleAnswerKey(unit UnitID, month string, n int, settles bool) string {
	name := strconv.Itoa(n)
	if settles {
		name += "-settled"
	}
	return SamplePrefix(unit) + month + "/" + name + ".json"
}

// GatePrefix is the prefix of what people of the unit decided about gates.
func GatePrefix(unit UnitID) string { return UnitPrefix(unit) + "g/" }

// GateKey names a decision about a gate.
func GateKey(unit UnitID, seq int) string { return GatePrefix(unit) + strconv.Itoa(seq) + ".json" }

// BatchPrefix is the prefix of the unit's batch records.
func BatchPrefix(unit UnitID) string { return UnitPrefix(unit) + "b/" }

// BatchKey names a batch record.
func BatchKey(unit UnitID, id BatchID) string { return BatchPrefix(unit) + string(id) + ".json" }

// BacksKey names what a person said about the fronts and backs of a batch.
func BacksKey(unit UnitID, id BatchID, seq int) string {
	return fmt.Sprintf("%s%s/%d.json", BacksPrefix(unit), id, seq)
}

// BacksPrefix is the prefix of what people of the unit said about fronts and
// backs.
func BacksPrefix(unit UnitID) string { return UnitPrefix(unit) + "f/" }

// SideKey names what a person said about a side of a sheet of a batch.
func SideKey(unit UnitID, id BatchID, seq int) string {
	return fmt.Sprintf("%s%s/%d.json", SidePrefix(unit), id, seq)
}

// SidePrefix is the prefix of what people of the unit said about sides.
func SidePrefix(unit UnitID) string { return UnitPrefix(unit) + "e/" }

// The objects at the root of an archive that make it readable without sohoa.
const (
	ArchiveKey  = "archive.json"
	ReadmeKey   = "README.txt"
	SchemaDir   = "schema/"
	ChecksumDir = "checksums/"
	// LogDir holds the log: its tiles and its signed checkpoints.
	LogDir = "log/"
)

// ValidKey refuses keys that a file system or an S3 bucket could read
// differently from each other: empty, absolute, unclean, with characters
// outside a small set, or longer than 512 bytes.
func ValidKey(key string) error {
	if key == "" || len(key) > 512 || path.IsAbs(key) || path.Clean(key) != key || key == ".." || strings.HasPrefix(key, "../") {
		return fmt.Errorf("object key %q: not a clean relative path", key)
	}
	for _, r := range key {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("/._-", r):
		default:
			return fmt.Errorf("object key %q: character %q is not allowed", key, r)
		}
	}
	return nil
}
