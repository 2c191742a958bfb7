// Package people invents the people, places and numbers that stand on the
// generator's papers. Nobody here exists: names are drawn at random from lists
// of common family, middle and given names, and the twelve-digit numbers are
// random apart from the digits that must agree with sex and year of birth.
// Places are real communes of four northern provinces, because search and
// classification have to cope with their spelling.
//
// Start at [New]. Everything drawn is a function of the random source, so one
// seed always yields the same people.
package people

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Person is someone who does not exist.
type Person struct {
	Name      string
	Female    bool
	Born      time.Time
	Ethnicity string
	ID        string // personal identification number, 12 digits
	Home      Address
}

// Sex is the word that stands on papers.
func (p Person) Sex() string {
	if p.Female {
		return "Nữ"
	}
	return "Nam"
}

// Address is a village of a commune.
type Address struct {
	Village string
	Place
}

// String is the address as papers write it.
func (a Address) String() string { return a.Village + ", " + a.Place.String() }

// Maker draws people and numbers from one random source. It is not safe for
// concurrent use.
type Maker struct{ rng *rand.Rand }

// New returns a maker that draws from rng.
func New(rng *rand.Rand) *Maker { return &Maker{rng: rng} }

// Young draws a person of 20 to 41 years at the given time: parents of a
// newborn, bride and groom, sons and daughters of the old.
func (m *Maker) Young(female bool, at time.Time) Person {
	return m.person(pick(m.rng, peoples), female, m.dayBefore(at, 20*365, 41*365))
}

// Adult draws a person of 20 to 65 years at the given time.
func (m *Maker) Adult(female bool, at time.Time) Person {
	return m.person(pick(m.rng, peoples), female, m.dayBefore(at, 20*365, 65*365))
}

// Elder draws a person of 66 to 95 years at the given time.
func (m *Maker) Elder(female bool, at time.Time) Person {
	return m.person(pick(m.rng, peoples), female, m.dayBefore(at, 66*365, 95*365))
}

// ChildOf draws a child of father, born at most two months before at. The child
// takes the father's family name and ethnicity.
func (m *Maker) ChildOf(father Person, at time.Time) Person {
	child := m.person(peopleNamed(father.Ethnicity), m.rng.IntN(2) == 0, m.dayBefore(at, 3, 58))
	child.Name = familyName(father.Name) + child.Name[len(familyName(child.Name)):]
	child.Home = father.Home
	return child
}

func (m *Maker) person(of ethnic, female bool, born time.Time) Person {
	p := Person{Female: female, Born: born, Ethnicity: of.name, Home: m.Address(m.Place())}
	p.Name = of.draw(m.rng, female)
	p.ID = m.id(female, born.Year())
	return p
}

// id follows Thông tư 59/2021/TT-BCA: three digits of the province where the
// birth was registered, one of century and sex, two of the year, six random.
func (m *Maker) id(female bool, year int) string {
	centurySex := (year/100 - 19) * 2
	if female {
		centurySex++
	}
	return fmt.Sprintf("%s%d%02d%06d", pick(m.rng, birthProvinces), centurySex, year%100, m.rng.IntN(1_000_000))
}

// dayBefore draws a day from least to most days before at.
func (m *Maker) dayBefore(at time.Time, least, most int) time.Time {
	return at.AddDate(0, 0, -least-m.rng.IntN(most-least+1))
}

// Official draws the name of somebody who signs for an office.
func (m *Maker) Official() string { return pick(m.rng, peoples).draw(m.rng, m.rng.IntN(3) == 0) }

// Phone draws a number of the mobile form, in a block of zeros that looks made
// up at first sight.
func (m *Maker) Phone() string {
	return fmt.Sprintf("09%d000%04d", m.rng.IntN(9)+1, m.rng.IntN(10_000))
}

// Day draws a working day of the first year after the communes were merged
// (1 July 2025).
func (m *Maker) Day() time.Time {
	return NextWorkingDay(time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.rng.IntN(360)))
}

// NextWorkingDay moves a day that falls on a weekend to the Monday after it.
func NextWorkingDay(day time.Time) time.Time {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// DossierCode draws a code of the provincial form, unit-yymmdd-number of the
// day: H38.12-251008-0975.
func (m *Maker) DossierCode(p Place, day time.Time) string {
	return fmt.Sprintf("%s-%s-%04d", p.Unit, day.Format("060102"), 1+m.rng.IntN(1999))
}

// Number draws from least to most, both included.
func (m *Maker) Number(least, most int) int { return least + m.rng.IntN(most-least+1) }

// One draws one of the choices.
func (m *Maker) One(choices ...string) string { return pick(m.rng, choices) }

// Chance is true once in n times.
func (m *Maker) Chance(n int) bool { return m.rng.IntN(n) == 0 }

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }
