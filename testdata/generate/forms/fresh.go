package forms

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"sohoa/testdata/generate/paper"
	"sohoa/testdata/generate/people"
)

// Fresh papers are for measuring only: other layouts, wordings and type than
// those of the forms that the product was developed on. A template is a text:
//
//	kind ID            the truth; "other" for papers the product need not know
//	head WHAT NUMBER   nation, office, clinic, court or none; the number is optional
//	form TEXT          form number in the top right corner
//	title TEXT         one line of the title
//	note TEXT          centred, in italics
//	- TEXT             an entry; parts between " | " stand side by side
//	< TEXT || TEXT     the two columns of a certificate
//	= A | B | C        a row of a table
//	para TEXT          running text
//	qr TEXT            a square code
//	sign TITLE | TITLE the parties below
//
// {NAME} is a fact of the matter; {FIELD=NAME} one that a reader should find.
//
//go:embed fresh/*.txt
var fresh embed.FS

// FreshNames lists the fresh templates in alphabetical order.
func FreshNames() ([]string, error) {
	files, err := fs.Glob(fresh, "fresh/*.txt")
	for i, file := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(file, "fresh/"), ".txt")
	}
	slices.Sort(files)
	return files, err
}

// NewFresh draws up the fresh paper of a template for the matter.
func NewFresh(name string, m *Matter) (Paper, error) {
	body, err := fresh.ReadFile("fresh/" + name + ".txt")
	if err != nil {
		return Paper{}, fmt.Errorf("no fresh template %s", name)
	}
	t := template{facts: m.facts(), fields: map[string]string{}}
	for n, line := range strings.Split(strings.TrimRight(string(body), "\n"), "\n") {
		command, text, _ := strings.Cut(line, " ")
		if text, err = t.fill(text); err != nil {
			return Paper{}, fmt.Errorf("fresh/%s.txt:%d: %w", name, n+1, err)
		}
		t.lines = append(t.lines, [2]string{command, text})
	}
	if len(t.lines) == 0 || t.lines[0][0] != "kind" {
		return Paper{}, fmt.Errorf("fresh/%s.txt:1: want the kind", name)
	}
	return Paper{Kind: t.lines[0][1], Fields: t.fields, Sides: []func(*paper.Sheet){func(s *paper.Sheet) { t.draw(s, m) }}}, nil
}

type template struct {
	facts, fields map[string]string
	lines         [][2]string
}

var slot = regexp.MustCompile(`\{(?:([a-z_]+)=)?([A-Za-z_.]+)\}`)

// fill puts the facts in and notes the fields.
func (t *template) fill(text string) (string, error) {
	var missing error
	text = slot.ReplaceAllStringFunc(text, func(s string) string {
		m := slot.FindStringSubmatch(s)
		value, ok := t.facts[strings.ToLower(m[2])]
		if !ok {
			missing = fmt.Errorf("no fact %s", m[2])
		}
		if m[1] != "" {
			t.fields[m[1]] = value
		}
		if strings.ToUpper(m[2]) == m[2] {
			value = strings.ToUpper(value)
		}
		return value
	})
	return text, missing
}

// draw prints the template. Titles are bold, everything is set in the other
// family than the known forms.
func (t *template) draw(s *paper.Sheet, m *Matter) {
	s.Family = paper.Sans
	c := s.Body(paper.TopMargin)
	for i := 0; i < len(t.lines); i++ {
		text := t.lines[i][1]
		switch t.lines[i][0] {
		case "head":
			c = freshHead(s, m, text)
		case "form":
			corner := s.Column(150, 8, 44)
			corner.Size = 10
			corner.Line(text)
			s.Break()
		case "title":
			c.Title(text)
		case "note":
			c.Centre("_" + text + "_")
		case "-":
			parts := strings.Split(text, " | ")
			size := c.Size
			if len(parts) > 1 {
				c.Size = 10 // long names have to fit half a line
			}
			c.Entry(parts...)
			c.Size = size
		case "<":
			i = t.columns(s, c, i)
		case "=":
			i = t.table(c, i)
		case "para":
			c.Para(text)
		case "qr":
			s.QR(170, 8, 24, text)
		case "sign":
			freshSign(s, c, m, text)
		}
	}
}

// columns sets a run of two-column lines, as left and right block, and returns
// the index of its last line.
func (t *template) columns(s *paper.Sheet, c *paper.Column, i int) int {
	c.Gap(2)
	s.Break()
	left, right := s.Column(c.X, c.Y, c.W/2-4), s.Column(c.X+c.W/2+2, c.Y, c.W/2-4)
	left.Size, right.Size = 11, 11
	var rights []string
	for ; i < len(t.lines) && t.lines[i][0] == "<"; i++ {
		l, r, _ := strings.Cut(t.lines[i][1], " || ")
		left.Entry(l)
		rights = append(rights, r)
	}
	s.Break()
	for _, text := range rights {
		right.Entry(text)
	}
	s.Break()
	c.Y = max(left.Y, right.Y) + 3
	return i - 1
}

func (t *template) table(c *paper.Column, i int) int {
	var rows [][]string
	for ; i < len(t.lines) && t.lines[i][0] == "="; i++ {
		rows = append(rows, strings.Split(t.lines[i][1], " | "))
	}
	shares := make([]float64, len(rows[0]))
	for k := range shares {
		shares[k] = 1
	}
	c.Table(shares, rows)
	return i - 1
}

func freshHead(s *paper.Sheet, m *Matter, text string) *paper.Column {
	what, number, _ := strings.Cut(text, " ")
	date := m.Place.Name + ", " + people.LongDate(m.Decided)
	switch what {
	case "office":
		return letterhead(s, committee(m, number), date)
	case "clinic":
		return letterhead(s, clinic(m, number), date)
	case "court":
		return letterhead(s, issuer{above: "TÒA ÁN NHÂN DÂN", names: []string{"KHU VỰC 2"}, number: number}, date)
	case "nation":
		return heading(s)
	}
	return s.Body(paper.TopMargin)
}

func freshSign(s *paper.Sheet, c *paper.Column, m *Matter, text string) {
	var parties []signer
	for title := range strings.SplitSeq(text, " | ") {
		party := signer{titles: []string{title}, name: m.Officer}
		if title == "CHỦ TỊCH" {
			party = chairman(m)
		}
		parties = append(parties, party)
	}
	sign(s, c, parties...)
}

// facts are what templates may say, by name in lower case.
func (m *Matter) facts() map[string]string {
	f := map[string]string{
		"place": m.Place.Name, "commune": people.Capitalised(m.Place.Commune()), "province": m.Place.Province, "office": m.office(), "code": m.Code,
		"committee": "ỦY BAN NHÂN DÂN " + strings.ToUpper(m.Place.Commune()), "hospital": hospital(m), "phone": m.Phone, "subject": m.Topic.subject,
		"received": people.Date(m.Received), "received.long": people.LongDate(m.Received),
		"decided": people.Date(m.Decided), "decided.long": people.LongDate(m.Decided),
		"died": people.Date(m.Died), "died.long": people.LongDate(m.Died), "cause": m.Cause,
		"parcel": fmt.Sprint(m.Parcel.Number), "sheet": fmt.Sprint(m.Parcel.Sheet), "area": m.Parcel.Area(), "use": m.Parcel.Use,
		"serial": m.Parcel.Serial, "book": m.Parcel.BookNumber, "village": m.Parcel.Village, "price": people.Grouped(m.Price),
		"price.words": people.Capitalised(people.InWords(m.Price)), "officer": m.Officer, "doctor": m.Doctor, "weight": fmt.Sprint(m.BornWeight),
		"no.birth": fmt.Sprint(m.Numbers.Birth), "no.marriage": fmt.Sprint(m.Numbers.Marriage), "no.single": fmt.Sprint(m.Numbers.Single),
		"no.decision": fmt.Sprint(m.Numbers.Decision), "no.letter": fmt.Sprint(m.Numbers.Letter), "no.contract": fmt.Sprint(m.Numbers.Contract),
		"year": fmt.Sprint(m.Decided.Year()),
	}
	for number, value := range map[string]string{
		"birth": f["no.birth"] + "/" + f["year"], "marriage": f["no.marriage"] + "/" + f["year"], "single": f["no.single"] + "/UBND-XNTTHN",
		"letter": f["no.letter"] + "/UBND-VHXH", "decision": f["no.decision"] + "/QĐ-UBND", "notice": f["no.decision"] + "/TB-UBND",
		"report": f["no.letter"] + "/BC-UBND", "proposal": f["no.letter"] + "/TTr-UBND", "plan": f["no.letter"] + "/KH-UBND", "minutes": f["no.letter"] + "/BB-UBND",
		"invitation": f["no.letter"] + "/GM-UBND", "confirm": f["no.letter"] + "/GXN-UBND",
	} {
		f["number."+number] = value
	}
	for name, p := range map[string]people.Person{"child": m.Child, "mother": m.Mother, "father": m.Father, "wife": m.Wife, "husband": m.Husband,
		"deceased": m.Deceased, "heir": m.Heir, "owner": m.Owner, "buyer": m.Buyer} {
		f[name] = p.Name
		f[name+".born"], f[name+".year"] = people.Date(p.Born), fmt.Sprint(p.Born.Year())
		f[name+".born.long"], f[name+".born.words"] = people.LongDate(p.Born), people.DateInWords(p.Born)
		f[name+".id"], f[name+".sex"], f[name+".home"], f[name+".people"] = p.ID, p.Sex(), p.Home.String(), p.Ethnicity
		f[name+".card"] = strings.Join([]string{p.ID, "", p.Name, p.Born.Format("02012006"), p.Sex(), p.Home.String(), m.Parcel.Issued.Format("02012006")}, "|")
	}
	f["issued"] = people.Date(m.Parcel.Issued)
	return f
}
