package pdfa

import (
	"encoding/binary"
	"math"
)

// The output intent's profile: sRGB (IEC 61966-2-1) as an ICC version 2 matrix
// profile. It is generated, because the sRGB numbers are public and a profile
// of a vendor brings a licence. Method: the primaries, adapted from D65 to the
// profile connection space's D50 by Bradford's matrix, and the transfer curve
// sampled at 1024 points, where the largest gap between curve and straight
// line is below one step of 16 bits in the dark part. Gray and bilevel images
// are read through the same intent: gray g is sRGB (g, g, g).

// profileName names the condition in the catalog and in the profile, and
// profileRegistry whose list has that name.
const (
	profileName     = "sRGB IEC61966-2.1"
	profileRegistry = "http://www.color.org"
)

// curvePoints is the length of the sampled transfer curve.
const curvePoints = 1024

// srgbProfile builds the profile; about 2.5 KB.
func srgbProfile() []byte {
	curve := transferCurve()
	tags := []struct {
		name string
		body []byte
	}{
		{"desc", descriptionTag(profileName)},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), "No copyright, use freely\x00"...)},
		{"wtpt", xyzTag(0.96420, 1.00000, 0.82491)},
		{"rXYZ", xyzTag(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyzTag(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyzTag(0.14307, 0.06061, 0.71410)},
		{"rTRC", curve}, {"gTRC", nil}, {"bTRC", nil}, // one curve for all three
	}
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var bodies []byte
	first := 128 + 4 + 12*len(tags)
	at, size := 0, 0
	for _, tag := range tags {
		if tag.body != nil {
			at, size = first+len(bodies), len(tag.body)
			bodies = append(bodies, tag.body...)
			bodies = append(bodies, make([]byte, -len(bodies)&3)...)
		}
		table = append(table, tag.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(at))
		table = binary.BigEndian.AppendUint32(table, uint32(size))
	}
	profile := append(profileHeader(first+len(bodies)), table...)
	return append(profile, bodies...)
}

// profileHeader is the 128-byte head: a display profile, RGB to XYZ, version
// 2.1. The date is fixed, since the bytes must be the same every time.
func profileHeader(size int) []byte {
	h := make([]byte, 128)
	binary.BigEndian.PutUint32(h[0:], uint32(size))
	binary.BigEndian.PutUint32(h[8:], 0x02100000)
	copy(h[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(h[24+2*i:], v)
	}
	copy(h[36:], "acsp")
	copy(h[68:], xyzTag(0.96420, 1.00000, 0.82491)[8:]) // illuminant D50
	return h
}

func xyzTag(x, y, z float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range []float64{x, y, z} {
		b = binary.BigEndian.AppendUint32(b, uint32(math.Round(v*65536)))
	}
	return b
}

// descriptionTag is a textDescriptionType with only the ASCII part; the
// Unicode and Macintosh parts are present and empty, as the type wants.
func descriptionTag(name string) []byte {
	b := []byte("desc\x00\x00\x00\x00")
	b = binary.BigEndian.AppendUint32(b, uint32(len(name)+1))
	b = append(b, name...)
	return append(b, make([]byte, 1+4+4+2+1+67)...)
}

func transferCurve() []byte {
	b := []byte("curv\x00\x00\x00\x00")
	b = binary.BigEndian.AppendUint32(b, curvePoints)
	for i := range curvePoints {
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(65535*linear(float64(i)/(curvePoints-1)))))
	}
	return b
}

// linear is the light of an sRGB value, both in 0..1.
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
