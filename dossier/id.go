package dossier

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// The kinds of identifier. They are random, stable and carry no meaning: codes
// of dossiers and units change, collide and arrive late, so they are attributes
// and never keys.
type (
	// UnitID names an office.
	UnitID string
	// DossierID names a file of papers.
	DossierID string
	// ComponentID names one paper of a dossier.
	ComponentID string
	// EntryID names one entry of a register.
	EntryID string
	// BatchID names what was fed in one go.
	BatchID string
	// SHA256 is the lower-case hexadecimal digest (64 characters) of an
	// object's bytes.
	SHA256 string
	// PageID names one page for ever: raw digest, index of the image in its
	// file, part of the image, joined by dots ("9f…e1.3.1").
	PageID string
	// ImageID names one image (a file, or one frame of it): raw digest and
	// index, joined by a dot.
	ImageID string
)

// NewID returns a fresh random identifier of 26 lower-case base-32 characters,
// at least 128 bits of randomness: not guessable from another one.
func NewID() string { return strings.ToLower(rand.Text()) }

// SumString is the digest as it is written in names and manifests.
func SumString(sum [32]byte) SHA256 { return SHA256(hex.EncodeToString(sum[:])) }

// NewImageID names the image at index (counted from 1) of the file whose raw
// object has the digest raw.
func NewImageID(raw SHA256, index int) ImageID {
	return ImageID(string(raw) + "." + strconv.Itoa(index))
}

// Page names part (counted from 1; 1 unless the image is a spread) of the image.
func (i ImageID) Page(part int) PageID { return PageID(string(i) + "." + strconv.Itoa(part)) }

// Split takes an image id apart again.
func (i ImageID) Split() (raw SHA256, index int, err error) {
	digest, tail, ok := strings.Cut(string(i), ".")
	index, convErr := strconv.Atoi(tail)
	if !ok || convErr != nil || index < 1 || len(digest) != 64 {
		return "", 0, fmt.Errorf("image id %q: not digest.index", i)
	}
	return SHA256(digest), index, nil
}

// Split takes a page id apart again.
func (p PageID) Split() (image ImageID, part int, err error) {
	cut := strings.LastIndexByte(string(p), '.')
	if cut < 0 {
		return "", 0, fmt.Errorf("page id %q: not digest.index.part", p)
	}
	part, err = strconv.Atoi(string(p[cut+1:]))
	if err != nil || part < 1 {
		return "", 0, fmt.Errorf("page id %q: not digest.index.part", p)
	}
	image = ImageID(p[:cut])
	if _, _, err = image.Split(); err != nil {
		return "", 0, err
	}
	return image, part, nil
}
