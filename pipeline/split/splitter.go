package split

import (
	"strings"

	"sohoa/dossier"
)

// nowhere stands for "no group" and "no component".
const nowhere = -1

// splitter walks over the sheets. Pages are noted by their index in sheets
// until the plan is made, so that held groups keep the feeding order.
type splitter struct {
	cat    *dossier.Catalogue
	sheets []Sheet
	stacks map[int]bool // inputs of more than one paper

	groups      []openGroup
	byCode      map[string]int // code → index in groups
	provisional int            // index of the group without opener

	// Where the walk stands.
	group     int            // index of the current group
	component int            // index of the component a page may continue
	broken    bool           // a page behind the component's last one was parked
	hold      dossier.Reason // set: everything is parked with this reason
	run       run

	separators, blanks []int
	parked             []parkedSheet
}

type openGroup struct {
	Group
	pages [][]int // of each component, indices of sheets
}

type parkedSheet struct {
	sheet  int
	reason dossier.Reason
	group  int
}

// place decides about one sheet.
func (s *splitter) place(i int) {
	sheet := s.sheets[i]
	switch {
	case sheet.Lost != "":
		s.count(i)
		s.park(i, sheet.Lost)
	case s.isSure(i, dossier.KindSeparator):
		s.openBySeparator(i)
	case sheet.Guess.Kind == dossier.KindSeparator:
		s.holdBehindDoubtful(i)
	case isBlank(sheet.Reading):
		s.dropBlank(i)
	case s.isSure(i, dossier.KindReceiptSlip) && sheet.Guess.First:
		s.placeSlip(i)
	case sheet.Guess.Kind == dossier.KindReceiptSlip && sheet.Guess.First && !s.run.opened:
		s.openByDoubtfulSlip(i)
	default:
		s.count(i)
		s.placePage(i)
	}
}

// isBlank holds the front end's word against the text it found: a page that
// carries text is never dropped.
func isBlank(r dossier.Reading) bool {
	return r.Blank && hasNothing(r)
}

func hasNothing(r dossier.Reading) bool {
	return len(r.Words) == 0 && len(r.Codes) == 0 && strings.TrimSpace(r.Text) == ""
}

// dropBlank drops an empty page. It does not break a component: backs are
// empty. Right behind a separator it is that sheet's own back.
func (s *splitter) dropBlank(i int) {
	s.blanks = append(s.blanks, i)
	if s.run.opened && !s.run.started && s.run.backs == 0 {
		s.run.backs++
		return
	}
	s.count(i)
}

// openBySeparator closes what is open and opens the separator's dossier.
func (s *splitter) openBySeparator(i int) {
	s.endRun()
	s.separators = append(s.separators, i)
	sep, err := separatorCode(s.sheets[i].Reading)
	if err != nil {
		s.group, s.hold = nowhere, dossier.ReasonCodeInvalid
		return
	}
	s.run = run{expected: sep.Sheets, opened: true}
	s.open(sep.Code, OpenerSeparator)
	s.groups[s.group].SheetsExpected += sep.Sheets
}

// open makes the dossier of the code the current one.
func (s *splitter) open(code string, opener Opener) {
	s.component, s.hold = nowhere, ""
	if known, ok := s.byCode[code]; ok && code != "" {
		s.group = known
		return
	}
	g := openGroup{Group: Group{Opener: opener}}
	s.group = len(s.groups)
	if code != "" {
		g.Code = &code
		s.byCode[code] = s.group
	}
	s.groups = append(s.groups, g)
}

// holdBehindDoubtful parks a sheet that may be a separator and everything
// behind it: what follows may belong to a dossier nobody can name yet.
func (s *splitter) holdBehindDoubtful(i int) {
	s.endRun()
	s.group, s.hold = nowhere, dossier.ReasonCodeInvalid
	s.park(i, dossier.ReasonKindUnsure)
}

// placeSlip opens the slip's dossier, or adds the slip to the dossier of the
// same code that is open already.
func (s *splitter) placeSlip(i int) {
	code := s.sheets[i].Guess.Code
	onTop := s.run.opened && !s.run.started // right behind a separator
	switch {
	case code != "" && code == s.currentCode():
	case onTop && s.groups[s.group].Code == nil && code != "":
		s.name(code)
	case onTop && code == "":
		// The slip of a dossier lies on top: an unread code right behind the
		// separator is the separator's.
	case onTop:
		// Separator and slip contradict each other: nobody knows which dossier
		// follows.
		s.count(i)
		s.hold = dossier.ReasonCodeInvalid
		s.park(i, s.hold)
		return
	default:
		s.run.leaveOutLast()
		s.endRun()
		s.open(code, OpenerSlip)
	}
	s.count(i)
	s.begin(i)
}

// name gives the dossier that a separator without a code has opened, and in which
// nothing lies yet, the code of its slip.
func (s *splitter) name(code string) {
	if _, known := s.byCode[code]; known {
		s.open(code, OpenerSeparator)
		return
	}
	s.groups[s.group].Code, s.byCode[code] = &code, s.group
}

// openByDoubtfulSlip parks what may be a slip and opens a dossier without a
// code for what follows, so that it does not join the dossier before.
func (s *splitter) openByDoubtfulSlip(i int) {
	s.run.leaveOutLast()
	s.endRun()
	s.open("", OpenerSlip)
	s.count(i)
	s.park(i, dossier.ReasonKindUnsure)
}

// currentCode is the code of the open dossier, "" for none.
func (s *splitter) currentCode() string {
	if s.hold != "" || s.group == nowhere || s.groups[s.group].Code == nil {
		return ""
	}
	return *s.groups[s.group].Code
}

// placePage puts an ordinary page into a component or parks it.
func (s *splitter) placePage(i int) {
	sheet := s.sheets[i]
	s.ensureGroup()
	switch {
	case s.hold != "":
		s.park(i, s.hold)
	case hasNothing(sheet.Reading):
		s.park(i, dossier.ReasonUnreadable)
	case s.canContinue(i):
		s.extend(i)
	case s.isSure(i, sheet.Guess.Kind) && (sheet.Guess.First || sheet.Guess.Continues == sheet.Guess.Kind):
		s.begin(i)
	case sheet.Guess.First || s.opensInput(i) || s.component != nowhere && s.opensAnew(i):
		s.park(i, dossier.ReasonKindUnsure)
	default:
		s.park(i, dossier.ReasonPageUnplaced)
	}
}

// ensureGroup opens the one provisional dossier of the batch where no opener
// has come.
func (s *splitter) ensureGroup() {
	if s.group != nowhere || s.hold != "" {
		return
	}
	if s.provisional == nowhere {
		s.open("", OpenerNone)
		s.provisional = s.group
	}
	s.group = s.provisional
}

// isSure tells whether the page is of the kind, above its gate.
func (s *splitter) isSure(i int, kind string) bool {
	g := s.sheets[i].Guess
	return g.Kind == kind && kind != dossier.KindOther && kind != dossier.KindBlank && g.Confidence >= s.gate(kind)
}

func (s *splitter) gate(kind string) float64 {
	if k, ok := s.cat.Kind(kind); ok {
		return k.Gate
	}
	return 1
}

// opensInput tells whether the page is the first of an input of several pages:
// then it begins a paper, though no cue says so.
func (s *splitter) opensInput(i int) bool {
	input := s.sheets[i].Input
	before := i > 0 && s.sheets[i-1].Input == input
	after := i+1 < len(s.sheets) && s.sheets[i+1].Input == input
	return !before && after
}

// begin opens a component with the page.
func (s *splitter) begin(i int) {
	guess := s.sheets[i].Guess
	g := &s.groups[s.group]
	g.Components = append(g.Components, Component{Kind: guess.Kind, Confidence: guess.Confidence, Role: guess.Role, Reasons: guess.Reasons})
	g.pages = append(g.pages, []int{i})
	s.component, s.broken = len(g.Components)-1, false
}

// extend adds the page to the open component.
func (s *splitter) extend(i int) {
	g := &s.groups[s.group]
	g.pages[s.component] = append(g.pages[s.component], i)
	s.broken = false
}

// park sets the page aside. What follows belongs to it if it looks like the
// first page of a paper; else a printed number may still prove a later page of
// the same input to be the component's.
func (s *splitter) park(i int, reason dossier.Reason) {
	s.ensureGroup()
	s.parked = append(s.parked, parkedSheet{sheet: i, reason: reason, group: s.group})
	if s.component != nowhere && s.cuts(i) {
		s.component = nowhere
	}
	s.broken = true
}

// cuts tells whether the parked page ends the component.
func (s *splitter) cuts(i int) bool {
	sheet, pages := s.sheets[i], s.current()
	return sheet.Guess.First || s.opensAnew(i) || sheet.Input != s.sheets[pages[len(pages)-1]].Input
}

// plan writes the page ids.
func (s *splitter) plan() Plan {
	p := Plan{Separators: s.ids(s.separators), Blanks: s.ids(s.blanks)}
	for _, g := range s.groups {
		for c := range g.Components {
			g.Components[c].Pages = s.ids(g.pages[c])
		}
		p.Groups = append(p.Groups, g.Group)
	}
	for _, k := range s.parked {
		p.Parked = append(p.Parked, Parked{Page: s.sheets[k.sheet].Page, Reason: k.reason, Group: k.group})
	}
	return p
}

func (s *splitter) ids(sheets []int) []dossier.PageID {
	var ids []dossier.PageID
	for _, i := range sheets {
		ids = append(ids, s.sheets[i].Page)
	}
	return ids
}
