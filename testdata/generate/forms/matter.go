// Package forms holds the papers of a commune office as the generator prints
// them: for each kind the wording and layout of the real form, filled in with
// invented people. The wording is our own, close to the circulars' forms; the
// order of lines and the titles are those a clerk meets.
//
// A [Matter] is what a dossier is about; all papers of one dossier are drawn
// from the same matter, so names, dates and numbers agree between them as they
// would in life. Start at [New] (one paper) or [Procedures] (whole dossiers).
package forms

import (
	"fmt"
	"time"

	"sohoa/testdata/generate/people"
)

// Matter is the cast and the facts of one dossier. Every matter has a full
// cast, also of people its own papers do not mention.
type Matter struct {
	Place     people.Place
	Code      string // of the dossier
	Sheets    int    // of paper behind the separator
	Procedure Procedure
	Received  time.Time
	Decided   time.Time

	Child, Mother, Father people.Person
	Wife, Husband         people.Person
	Deceased, Heir        people.Person
	Owner, Buyer          people.Person

	BornWeight int
	Died       time.Time
	Cause      string
	Parcel     Parcel
	Price      int // đồng

	Chairman, Officer, Doctor string
	Phone                     string
	Numbers                   Numbers
	Topic                     topic
}

// Parcel is a piece of land in the commune of the matter.
type Parcel struct {
	Number, Sheet int
	SquareTenths  int // area in tenths of a square metre
	Use           string
	Village       string
	Serial        string // of its certificate: two letters, eight digits
	BookNumber    string
	Issued        time.Time
	Since         int
}

// Area is the area as papers write it: "143,3".
func (p Parcel) Area() string { return fmt.Sprintf("%d,%d", p.SquareTenths/10, p.SquareTenths%10) }

// Numbers are the running numbers the offices gave to the papers of a matter.
type Numbers struct{ Birth, Marriage, Single, Notice, Contract, Decision, Letter int }

// NewMatter invents a matter for a procedure.
func NewMatter(invent *people.Maker, procedure Procedure) *Matter {
	day := invent.Day()
	m := &Matter{Place: invent.Place(), Procedure: procedure, Received: day,
		Decided: people.NextWorkingDay(day.AddDate(0, 0, 1+invent.Number(0, 6)))}
	m.Code = invent.DossierCode(m.Place, day)
	m.castFamily(invent, day)
	m.castDeath(invent, day)
	m.castLand(invent, day)
	m.Chairman, m.Officer, m.Doctor = invent.Official(), invent.Official(), invent.Official()
	m.Phone = invent.Phone()
	m.Numbers = Numbers{invent.Number(2, 399), invent.Number(2, 180), invent.Number(2, 299), invent.Number(10, 480),
		invent.Number(10, 900), invent.Number(100, 2400), invent.Number(100, 3000)}
	m.Topic = topics[invent.Number(0, len(topics)-1)]
	return m
}

func (m *Matter) castFamily(invent *people.Maker, day time.Time) {
	m.Father, m.Mother = invent.Young(false, day), invent.Young(true, day)
	m.Father.Home = invent.Address(m.Place)
	m.Mother.Home = m.Father.Home
	m.Child = invent.ChildOf(m.Father, day)
	m.BornWeight = invent.Number(2400, 4100)
	m.Wife, m.Husband = invent.Young(true, day), invent.Young(false, day)
	m.Wife.Home = invent.Address(m.Place)
}

func (m *Matter) castDeath(invent *people.Maker, day time.Time) {
	m.Deceased, m.Heir = invent.Elder(invent.Chance(2), day), invent.Young(invent.Chance(2), day)
	m.Deceased.Home = invent.Address(m.Place)
	m.Heir.Home = m.Deceased.Home
	m.Died = day.AddDate(0, 0, -invent.Number(1, 14)).Add(time.Duration(invent.Number(0, 24*12-1)) * 5 * time.Minute)
	m.Cause = invent.One("Già yếu", "Suy hô hấp cấp", "Tai biến mạch máu não", "Nhồi máu cơ tim", "Xơ gan", "Tai nạn giao thông")
}

func (m *Matter) castLand(invent *people.Maker, day time.Time) {
	m.Owner, m.Buyer = invent.Adult(invent.Chance(2), day), invent.Adult(invent.Chance(2), day)
	m.Owner.Home = invent.Address(m.Place)
	m.Parcel = Parcel{
		Number: invent.Number(3, 699), Sheet: invent.Number(1, 98), SquareTenths: invent.Number(801, 38_000),
		Use: invent.One("Đất ở tại nông thôn (ONT)", "Đất trồng cây lâu năm (CLN)", "Đất chuyên trồng lúa (LUC)",
			"Đất rừng sản xuất (RSX)", "Đất trồng cây hằng năm khác (HNK)"),
		Village:    invent.Address(m.Place).Village,
		Serial:     fmt.Sprintf("%s %08d", invent.One("AA", "AB", "AC", "AE"), invent.Number(100_000, 99_999_999)),
		BookNumber: fmt.Sprintf("VP %05d", invent.Number(100, 99_999)),
		Issued:     day.AddDate(0, 0, -invent.Number(30, 300)),
		Since:      invent.Number(1990, 2021),
	}
	m.Price = invent.Number(80, 1900) * 500_000
}

// applicant is who hands the dossier in.
func (m *Matter) applicant() people.Person { return m.Procedure.applicant(m) }

// office is the commune's committee in running text.
func (m *Matter) office() string { return "Ủy ban nhân dân " + m.Place.String() }
