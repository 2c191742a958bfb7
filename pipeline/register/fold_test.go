package register_test

import (
	"math"
	"strings"
	"testing"

	"sohoa/dossier"
	"sohoa/pipeline/register"
)

// The two pages of an open book of births: number and child on the left one, parents
// and signature on the right one, whose rows are 30 pixels lower in their page. Two
// cases are written in.
const (
	leftPage = `kind birth_register_page
page 1200 1000
rows 100 180 280 380 480
columns 100 180 400 900 1150
ink ####
ink ####
ink ####
ink ....
line 110 120 Số
line 190 120 Ngày đăng ký
line 420 120 Họ và tên trẻ
line 910 120 Giới tính`
	rightPage = `kind birth_register_page
page 1200 1000
rows 130 210 310 410 510
columns 60 500 900 1100
ink ###
ink ##.
ink ##.
ink ...
line 70 150 Họ và tên mẹ
line 520 150 Họ và tên cha
line 910 150 Chữ ký`
)

// open are the two pages as halves of one image, which is 2400 wide: the right one
// begins at its middle, 30 pixels higher, and leans by so many degrees.
func open(t *testing.T, left, right string, lean float64) (kind dossier.Kind, l, r dossier.Reading) {
	t.Helper()
	cat, err := dossier.LoadCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	kind, l = parsePage(t, cat, left)
	_, r = parsePage(t, cat, right)
	l.Page, l.Part, l.ToInput, l.Cut = 1, 1, dossier.Identity(), &dossier.Cut{1200, 1000, 1200, 0}
	sin, cos := math.Sincos(lean * math.Pi / 180)
	r.Page, r.Part, r.ToInput, r.Cut = 1, 2, dossier.Matrix{cos, sin, -sin, cos, 1200, -30}, &dossier.Cut{1200, 0, 1200, 1000}
	return kind, l, r
}

// TestAcross: rows that meet at the fold are one case each, with the fields of both
// pages at their places.
func TestAcross(t *testing.T) {
	for _, lean := range []float64{0, 0.5, -0.5} {
		kind, left, right := open(t, leftPage, rightPage, lean)
		rows, ok := register.Across(kind, left, right)
		if !ok || len(rows) != 2 {
			t.Fatalf("leaning by %v: %d rows, %t", lean, len(rows), ok)
		}
		second := rows[1]
		if second.Left.Box != (dossier.Box{X: 100, Y: 280, W: 1050, H: 100}) || second.Right.Box != (dossier.Box{X: 60, Y: 310, W: 1040, H: 100}) {
			t.Errorf("the second case stands at %v and %v", second.Left.Box, second.Right.Box)
		}
		mother := second.Right.Fields["mother"]
		if second.Left.Fields["child_name"].Box == nil || mother.Box == nil || *mother.Box != (dossier.Box{X: 60, Y: 310, W: 440, H: 100}) || second.Right.Fields["child_name"].Box != nil {
			t.Errorf("fields %+v and %+v", second.Left.Fields, second.Right.Fields)
		}
	}
}

// TestNotAcross: what leaves a doubt joins nothing. Each case changes one thing of two
// pages that are joined.
func TestNotAcross(t *testing.T) {
	put := func(page, old, now string) string {
		if !strings.Contains(page, old) {
			t.Fatalf("no %q in the page", old)
		}
		return strings.Replace(page, old, now, 1)
	}
	ownHeads := put(put(rightPage, "Họ và tên mẹ", "Số"), "Họ và tên cha", "Họ và tên trẻ")
	for name, c := range map[string]struct {
		left, right string
		spoil       func(l, r *dossier.Reading)
	}{
		"the right page has the heads of the left":  {right: ownHeads},
		"one head is that of the left page":         {right: put(rightPage, "Chữ ký", "Giới tính")},
		"a field of the left page by another head":  {right: put(rightPage, "Chữ ký", "Nam, nữ")},
		"the first row begins lower":                {right: put(rightPage, "130 210", "130 250")},
		"both pages have a head nobody knows":       {left: put(leftPage, "Giới tính", "Nơi cư trú"), right: put(rightPage, "Chữ ký", "Nơi cư trú")},
		"a number of its own":                       {right: put(rightPage, "Chữ ký", "STT")},
		"heads that were not read":                  {right: put(put(rightPage, "line 70 150 Họ và tên mẹ\n", ""), "line 520 150 Họ và tên cha\n", "")},
		"numbers count on":                          {right: rightPage + "\nline 80 240 7\nline 80 340 8"},
		"rules half a row lower":                    {right: put(rightPage, "210 310 410 510", "210 360 460 560")},
		"rules a third of a row lower":              {right: put(rightPage, "130 210 310 410 510", "163 243 343 443 543")},
		"a row more at the foot":                    {right: put(put(rightPage, "410 510", "410 510 610"), "ink ...", "ink ...\nink ...")},
		"a row less at the foot":                    {right: put(put(rightPage, "410 510", "410"), "\nink ...", "")},
		"a rule between two rows":                   {right: put(put(rightPage, "310 410", "310 360 410"), "ink ...", "ink ...\nink ...")},
		"a faint rule between two rows":             {right: put(put(rightPage, "310 410", "310 360* 410"), "ink ...", "ink ...\nink ...")},
		"written below the last case of the left":   {right: put(rightPage, "ink ...", "ink .#.")},
		"dust below the last case of the left":      {right: put(rightPage, "ink ...", "ink .,.")},
		"the table goes on below":                   {right: put(rightPage, "columns 60 500 900 1100", "columns 60 500 900 1100\nfoot 600")},
		"no table":                                  {right: "kind birth_register_page\npage 1200 1000"},
		"the left page is not certain":              {left: put(leftPage, "ink ####\nink ####\nink ####\n", "ink ####\nink ....\nink ####\n")},
		"the left page is empty":                    {left: put(leftPage, "ink ####\nink ####\nink ####\n", "ink ####\nink ....\nink ....\n")},
		"another image":                             {spoil: func(_, r *dossier.Reading) { r.Page = 2 }},
		"another file":                              {spoil: func(_, r *dossier.Reading) { r.File = "other.jpg" }},
		"the pages the other way round":             {spoil: func(l, r *dossier.Reading) { l.Part, r.Part = 2, 1 }},
		"another gutter":                            {spoil: func(_, r *dossier.Reading) { r.Cut = &dossier.Cut{1210, 0, 1200, 1000} }},
		"no gutter":                                 {spoil: func(l, _ *dossier.Reading) { l.Cut = nil }},
		"the same half twice":                       {spoil: func(l, r *dossier.Reading) { r.Cut = l.Cut }},
		"the right page turned around by a person":  {spoil: func(_, r *dossier.Reading) { *r = r.Turned(180) }},
		"a way to the input that is none":           {spoil: func(_, r *dossier.Reading) { r.ToInput = dossier.Matrix{} }},
		"the right page leans as no paper does":     {spoil: func(_, r *dossier.Reading) { r.ToInput[1], r.ToInput[4], r.ToInput[5] = 0.2, 1100, 200 }},
		"the right page belongs to a smaller sheet": {spoil: func(_, r *dossier.Reading) { r.ToInput[3] = 0.8 }},
	} {
		t.Run(name, func(t *testing.T) {
			if c.left == "" {
				c.left = leftPage
			}
			if c.right == "" {
				c.right = rightPage
			}
			kind, left, right := open(t, c.left, c.right, 0)
			if c.spoil != nil {
				c.spoil(&left, &right)
			}
			if rows, ok := register.Across(kind, left, right); ok {
				t.Errorf("joined: %+v", rows)
			}
		})
	}
}
