package classify

import (
	"regexp"
	"strings"

	"sohoa/dossier"
)

var (
	// cardNumber is the number of a citizen card (12 digits) or of an old one
	// (9), passportNumber that of a passport.
	cardNumber     = regexp.MustCompile(`(?:^|[^\p{L}\p{N}])(?:\d{12}|\d{3} ?\d{3} ?\d{3}(?: ?\d{3})?)(?:[^\p{L}\p{N}]|$)`)
	passportNumber = regexp.MustCompile(`(?:^|[^\p{L}\p{N}])\p{Lu} ?\d{7,8}(?:[^\p{L}\p{N}]|$)|^P<VNM`)
)

// identityLabels are lines that only identity papers print, most of them in two
// languages.
var identityLabels = strings.Split("hovaten|hoten|hochudem|fullname|ngaysinh|sinhngay|ngaythangnamsinh|dateofbirth|gioitinh|quoctich|nationality|"+
	"quequan|nguyenquan|placeoforigin|noithuongtru|noicutru|noidkhk|placeofresidence|cogiatriden|dateofexpiry|citizenidentity|identitycard|"+
	"socialistrepublic|sodinhdanhcanhan|personalidentification|noisinh|placeofbirth|ngaycap|ngayhethan", "|")

// labelsOfCard is how many such lines, besides the number, make a card.
const labelsOfCard = 3

// cardWords is more than a citizen card carries on both sides. A text that
// speaks of cards is longer.
const cardWords = 150

// showsIdentity tells whether the page shows what only an identity paper has:
// its number, its labels, and little text.
func (p page) showsIdentity(kind string) bool {
	if p.words > cardWords {
		return false
	}
	number := cardNumber
	if kind != dossier.KindCitizenIDCard {
		number = passportNumber
	}
	numbered, labels := false, 0
	for _, s := range p.strips {
		if s.isListItem() {
			continue
		}
		numbered = numbered || number.MatchString(s.text())
		for _, label := range identityLabels {
			if strings.HasPrefix(s.plain, label) {
				labels++
				break
			}
		}
	}
	return numbered && (labels >= labelsOfCard || p.cardSized && labels > 0)
}

// cardSized tells whether the image is about the size of a card (85.6 × 54 mm),
// with the margin a clerk leaves.
func cardSized(r dossier.Reading) bool {
	w, h := r.Inches()
	return w > 0 && max(w, h)*25.4 <= 115 && min(w, h)*25.4 <= 80
}
