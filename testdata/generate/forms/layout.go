package forms

import (
	"strings"

	"sohoa/testdata/generate/paper"
)

// The national name and motto that head every official paper.
const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
)

// issuer is the left block of a letterhead.
type issuer struct {
	above  string
	names  []string // one line each
	number string
}

func committee(m *Matter, number string) issuer {
	return issuer{above: "ỦY BAN NHÂN DÂN", names: []string{strings.ToUpper(m.Place.Commune())}, number: number}
}

// letterhead sets issuer and number on the left, nation, motto and date on the
// right, and opens the body below both.
func letterhead(s *paper.Sheet, from issuer, placeDate string) *paper.Column {
	left := s.Column(18, paper.TopMargin, 78)
	left.Size = 12
	left.Leading = 1.25
	left.Centre(from.above)
	for _, name := range from.names {
		left.Centre("*" + name + "*")
	}
	left.Underline(0.35)
	if from.number != "" {
		left.Size = 13
		left.Gap(1)
		left.Centre("Số: " + from.number)
	}
	s.Break()
	right := s.Column(96, paper.TopMargin, 102)
	right.Size, right.Leading = 12, 1.25
	right.Centre("*" + nation + "*")
	right.Size = 13
	right.Centre("*" + motto + "*")
	right.Underline(0.58)
	if placeDate != "" {
		right.Gap(1)
		right.Centre("_" + placeDate + "_")
	}
	s.Break()
	return s.Body(max(left.Y, right.Y) + 7)
}

// heading sets nation and motto across the sheet, as on applications and
// contracts, and opens the body.
func heading(s *paper.Sheet) *paper.Column {
	body := s.Body(paper.TopMargin)
	body.Leading = 1.25
	body.Centre("*"+nation+"*", "*"+motto+"*")
	body.Underline(0.36)
	body.Leading = paper.BodyLeading
	body.Gap(6)
	s.Break()
	return body
}

// form opens a heading and turns on the dotted leaders.
func form(s *paper.Sheet) *paper.Column {
	body := heading(s)
	body.Leaders = true
	body.Size = 13
	return body
}

// signer is one party at the foot of a paper.
type signer struct {
	titles []string
	note   string // "(Ký, ghi rõ họ tên)"
	name   string
	seal   [2]string // what runs round the seal above and below; empty for none
}

const signNote = "(Ký, ghi rõ họ, chữ đệm, tên)"

func chairman(m *Matter) signer {
	return signer{titles: []string{"CHỦ TỊCH"}, name: m.Chairman, seal: communeSeal(m)}
}

func communeSeal(m *Matter) [2]string {
	return [2]string{"ỦY BAN NHÂN DÂN " + strings.ToUpper(m.Place.Commune()), "T. " + strings.ToUpper(m.Place.Province)}
}

// sign sets the signature blocks side by side below the body; one alone stands
// on the right.
func sign(s *paper.Sheet, body *paper.Column, signers ...signer) {
	share := body.W / float64(max(2, len(signers)))
	top, bottom := body.Y+3, body.Y
	for i, party := range signers {
		x := body.X + float64(i)*share
		if len(signers) == 1 {
			x = body.X + share
		}
		s.Break()
		block := s.Column(x, top, share)
		signBlock(s, block, party)
		bottom = max(bottom, block.Y)
	}
	s.Break()
	body.Y = bottom
}

func signBlock(s *paper.Sheet, c *paper.Column, party signer) {
	const room = 24.0 // for signature and seal
	for _, title := range party.titles {
		c.Centre("*" + title + "*")
	}
	if party.note != "" {
		c.Size = 12
		c.Centre("_" + party.note + "_")
		c.Size = 13
	}
	middle := c.Y + room/2
	s.Sign(c.X+c.W/2+3, middle, paper.PenBlue)
	if party.seal[0] != "" {
		s.Seal(c.X+c.W/2-17, middle, party.seal[0], party.seal[1])
	}
	c.Gap(room)
	c.Signed(party.name)
}

// facts are the three that stand under every parent.
func facts(year, ethnicity string) []string {
	return []string{"Năm sinh: " + year, "Dân tộc: " + ethnicity, "Quốc tịch: Việt Nam"}
}
