// Command unitscsv makes a table for `sohoa unit import` out of three public
// lists of the country's administrative units, which are not part of this
// project: the units of today (vietnamese-provinces-database, full JSON), the
// three levels before July 2025 (dvhcvn, tree), and which commune took over from
// which (don-vi-hanh-chinh-2025, CSV).
//
//	go run ./scripts/unitscsv FOLDER >units.csv
//
// The lists name old communes without their codes, so that each is looked for by
// its name among the old provinces that make up the new one; where several are
// called so, the district that stands beside the name decides, or the one that
// the others of the same line are of. What stays unclear is left without a
// successor and counted, never guessed.
package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sohoa/dossier/viet"
)

// merger is the day on which the units of today began (Nghị quyết
// 202/2025/QH15 and the resolutions on the communes of each province).
const merger = "2025-07-01"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: unitscsv FOLDER")
		os.Exit(2)
	}
	found, err := convert(os.Args[1], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "unitscsv:", err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stderr, found)
}

// counts is what a conversion found.
type counts struct{ provinces, communes, old, linked, named, unclear int }

func (c counts) String() string {
	return fmt.Sprintf("%d provinces and %d communes of today; %d communes before, %d of them with a successor; of %d names in the list of mergers %d are unclear",
		c.provinces, c.communes, c.old, c.linked, c.named, c.unclear)
}

// place is a unit of today or before.
type place struct {
	code, name, parent string
	province           string // its code
	district           string // its name, before the merger
	became             []string
}

// convert writes the table.
func convert(folder string, w io.Writer) (counts, error) {
	today, provinces, errToday := readToday(one(folder, "full_json*.json"))
	before, errBefore := readBefore(one(folder, "dvhcvn*.json"))
	mergers, errMergers := readMergers(one(folder, "sap-nhap*.csv"))
	if err := errors.Join(errToday, errBefore, errMergers); err != nil {
		return counts{}, err
	}
	l := newLinker(today, before, provinces)
	c := counts{provinces: len(provinces)}
	for _, m := range mergers {
		l.link(m, &c)
	}
	table := csv.NewWriter(w)
	_ = table.Write([]string{"code", "name", "parent", "from", "to", "became", "alias_of"}) // Flush says
	for _, p := range append(provinces, today...) {
		_ = table.Write([]string{p.code, p.name, p.parent, merger, "", "", ""})
	}
	c.communes = len(today)
	for _, p := range before {
		became := p.became
		if p.parent == "" {
			became = l.newProvince[p.code]
		}
		if len(p.code) == len("00000") {
			if c.old++; len(became) > 0 {
				c.linked++
			}
		}
		_ = table.Write([]string{p.code, p.name, p.parent, "", merger, strings.Join(became, "|"), ""})
	}
	table.Flush()
	return c, table.Error()
}

// one is the file in a folder that a pattern fits.
func one(folder, pattern string) string {
	found, _ := filepath.Glob(filepath.Join(folder, pattern)) // the patterns are right
	if len(found) != 1 {
		return filepath.Join(folder, pattern)
	}
	return found[0]
}

func readJSON(path string, into any) error {
	body, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

// readToday reads the units of today.
func readToday(path string) (communes, provinces []*place, err error) {
	type unit struct {
		Code, FullName string
		Wards          []struct{ Code, FullName string }
	}
	var all []unit
	if err := readJSON(path, &all); err != nil {
		return nil, nil, err
	}
	for _, p := range all {
		provinces = append(provinces, &place{code: p.Code, name: p.FullName, province: p.Code})
		for _, w := range p.Wards {
			communes = append(communes, &place{code: w.Code, name: w.FullName, parent: p.Code, province: p.Code})
		}
	}
	return communes, provinces, nil
}

// node is a unit of the list of before: its names, oldest first, the units
// below, and what became of it where it was gone before the merger.
type node struct {
	names []string
	below map[string]node
	gone  bool
}

// UnmarshalJSON reads the list's own form: [[names], {below}, "Deleted"].
func (n *node) UnmarshalJSON(body []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(body, &parts); err != nil || len(parts) == 0 {
		return errors.Join(errors.New("a unit is no list"), err)
	}
	if err := json.Unmarshal(parts[0], &n.names); err != nil || len(n.names) == 0 {
		return errors.Join(errors.New("a unit has no name"), err)
	}
	if len(parts) > 1 && strings.HasPrefix(string(parts[1]), "{") {
		if err := json.Unmarshal(parts[1], &n.below); err != nil {
			return err
		}
	}
	n.gone = len(parts) > 2
	return nil
}

// readBefore reads the three levels as they were last before the merger. What
// was gone by then is left out: the list does not say since when.
func readBefore(path string) ([]*place, error) {
	var all map[string]node
	if err := readJSON(path, &all); err != nil {
		return nil, err
	}
	var list []*place
	var walk func(nodes map[string]node, above place)
	walk = func(nodes map[string]node, above place) {
		for code, n := range nodes {
			if n.gone {
				continue
			}
			p := place{code: code, name: n.names[len(n.names)-1], parent: above.code, province: above.province, district: above.name}
			if above.code == "" {
				p.province, p.district = code, ""
			}
			list = append(list, &p)
			walk(n.below, p)
		}
	}
	walk(all, place{})
	slices.SortFunc(list, func(a, b *place) int { return strings.Compare(a.code, b.code) })
	return list, nil
}

// joined is one line of the list of mergers.
type joined struct {
	province, name string
	from           []string
}

func readMergers(path string) ([]joined, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, errors.Join(fmt.Errorf("%s is no table", filepath.Base(path)), err)
	}
	var list []joined
	for _, r := range rows[1:] {
		list = append(list, joined{province: r[0], name: r[1], from: names(r[2])})
	}
	return list, nil
}

// names parts a list at the commas that stand in no brackets.
func names(text string) []string {
	var list []string
	depth, from := 0, 0
	for i, r := range text + "," {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth <= 0:
			if name := strings.TrimSpace(text[from:i]); name != "" {
				list = append(list, name)
			}
			from = i + 1
		}
	}
	return list
}

// linker finds communes by name.
type linker struct {
	today, before map[string][]*place // by name, as spell gives it
	province      map[string]string   // the name of a province of today, by code
	// newProvince is what an old province became, by their codes.
	newProvince map[string][]string
}

// newLinker finds out which old provinces make up a new one: a new commune
// keeps the code of one of the old ones, and most tell.
func newLinker(today, before, provinces []*place) linker {
	l := linker{today: map[string][]*place{}, before: map[string][]*place{}, province: map[string]string{}, newProvince: map[string][]string{}}
	for _, p := range provinces {
		l.province[p.code] = spell(bare(p.name))
	}
	now := map[string]string{}
	for _, p := range today {
		now[p.code] = p.province
		l.today[spell(bare(p.name))] = append(l.today[spell(bare(p.name))], p)
	}
	for _, p := range before {
		l.before[spell(p.name)] = append(l.before[spell(p.name)], p)
	}
	votes := map[string]map[string]int{}
	for _, p := range before {
		if to := now[p.code]; to != "" {
			if votes[p.province] == nil {
				votes[p.province] = map[string]int{}
			}
			votes[p.province][to]++
		}
	}
	for old, counted := range votes {
		best, most := "", 0
		for to, n := range counted {
			if n > most {
				best, most = to, n
			}
		}
		l.newProvince[old] = []string{best}
	}
	return l
}

// beside is what stands in brackets after a name.
var beside = regexp.MustCompile(`^(.*?)\s*\((.*?)\)?$`)

// districtName is that of a unit between province and commune.
var districtName = regexp.MustCompile(`^(huyện|thị xã|thành phố|quận) `)

// link gives the old communes of a line their successor.
func (l linker) link(m joined, c *counts) {
	now := l.newCommune(m)
	if now == nil {
		c.named += len(m.from)
		c.unclear += len(m.from)
		return
	}
	found := make([][]*place, len(m.from))
	districts := map[string]int{}
	for i, name := range m.from {
		if found[i] = l.old(name, now); len(found[i]) == 1 {
			districts[found[i][0].district]++
		}
	}
	for _, candidates := range found {
		c.named++
		if len(candidates) > 1 { // the one that lies where the others of the line lie
			candidates = slices.DeleteFunc(candidates, func(p *place) bool { return districts[p.district] == 0 })
		}
		if len(candidates) != 1 {
			c.unclear++
			continue
		}
		if old := candidates[0]; !slices.Contains(old.became, now.code) {
			old.became = append(old.became, now.code)
		}
	}
}

// newCommune is the commune of today that a line is about; nil when that is not
// clear.
func (l linker) newCommune(m joined) *place {
	found := slices.DeleteFunc(slices.Clone(l.today[spell(m.name)]), func(p *place) bool { return l.province[p.province] != spell(m.province) })
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// old are the communes of before that a name of a line may mean.
func (l linker) old(name string, now *place) []*place {
	district := ""
	if m := beside.FindStringSubmatch(name); m != nil {
		if name = m[1]; districtName.MatchString(spell(m[2])) {
			district = m[2]
		}
	}
	if name == "-" || spell(name) == spell("Không sáp nhập") {
		name = now.name
	}
	var found []*place
	for _, p := range l.before[spell(name)] {
		if slices.Contains(l.newProvince[p.province], now.province) && (district == "" || spell(p.district) == spell(district)) {
			found = append(found, p)
		}
	}
	return found
}

// spell is a name in one spelling of its tones, letters, marks and blanks.
func spell(name string) string {
	name = strings.NewReplacer("’", "'", "TP HCM", "Hồ Chí Minh").Replace(name)
	return viet.Normalise(strings.Join(strings.Fields(name), " "))
}

// bare is a name without what kind of unit it is.
func bare(name string) string {
	for _, kind := range []string{"Thành phố ", "Tỉnh ", "Phường ", "Xã ", "Đặc khu "} {
		if rest, ok := strings.CutPrefix(name, kind); ok {
			return rest
		}
	}
	return name
}
