package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sohoa/dossier"
)

// listLength is how many lines a list shows at once.
const listLength = 50

// maxOffset bounds how far a list is leafed through; beyond it a search is the
// better way, and a database the better judge.
const maxOffset = 100_000

// dossierLine is one dossier as a line of the table.
type dossierLine struct {
	Dossier   dossier.Dossier
	Procedure string
	About     string // kind of the first paper that is not a slip, where no procedure is known
	Person    string
	Papers    int
	Asked     int // how many the procedure asks for, 0 when not known
	Pages     int
	Signed    int // papers of it that are signed
}

type dossierListBody struct {
	Lines   []dossierLine
	Total   int
	Code    string
	State   dossier.State
	Waiting bool
	Month   string // only dossiers received in it, "2026-11"
	Chips   []chip
	Pager   pager
	Rate    *monthRate
}

// chip is a filter that stands in the address.
type chip struct {
	Word string // key
	Link string
	On   bool
}

// pager leads through a long list.
type pager struct{ From, To, Total, Earlier, Later string }

func (s *site) dossierList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	filter := dossier.DossierFilter{
		Scope: scopeOf(r.Context()), Code: short(q.Get("q")), State: dossierState(q.Get("state")), Waiting: q.Get("waiting") != "",
		Digitized: digitized(q.Get("digitized")), Offset: offset(q), Limit: listLength,
	}
	month, asked := s.month(q.Get("month"))
	if asked {
		filter.From, filter.Until = month, month.AddDate(0, 1, 0)
	}
	page, total, err := s.Dossiers.Dossiers(r.Context(), filter)
	if err != nil {
		return err
	}
	body := dossierListBody{
		Total: total, Code: filter.Code, State: filter.State, Waiting: filter.Waiting,
		Chips: dossierChips(filter), Pager: newPager(r.URL, span{filter.Offset, len(page), total, listLength}),
	}
	for _, m := range page {
		body.Lines = append(body.Lines, s.line(r.Context(), m.Dossier))
	}
	if asked {
		body.Month = month.Format(monthForm)
	}
	if body.Rate, err = s.rate(r.Context(), month); err != nil {
		return err
	}
	if err := s.viewed(r, s.viewOfList(dossier.ActionDossiersList, filter.Code, filter.Offset, len(page))); err != nil {
		return err
	}
	return s.page(w, r, "dossiers", "dossiers", body)
}

// maxQuery bounds what is taken of a typed text.
const maxQuery = 200

func short(s string) string {
	s = strings.TrimSpace(s)
	for i := range s {
		if utf8.RuneCountInString(s[:i]) >= maxQuery {
			return s[:i]
		}
	}
	return s
}

// dossierState lets through the states a person may ask for.
func dossierState(s string) dossier.State {
	state := dossier.State(s)
	if slices.Contains(dossierStates, state) {
		return state
	}
	return ""
}

var dossierStates = []dossier.State{dossier.StateOpen, dossier.StateIncomplete, dossier.StateComplete, dossier.StateClosed}

func dossierChips(f dossier.DossierFilter) []chip {
	link := func(state dossier.State, waiting bool) string {
		v := url.Values{}
		if f.Code != "" {
			v.Set("q", f.Code)
		}
		if state != "" {
			v.Set("state", string(state))
		}
		if waiting {
			v.Set("waiting", "1")
		}
		return "/dossiers?" + v.Encode()
	}
	chips := []chip{{Word: "chip.all", Link: link("", false), On: f.State == "" && !f.Waiting}}
	for _, state := range dossierStates {
		chips = append(chips, chip{Word: "state." + string(state), Link: link(state, false), On: f.State == state})
	}
	return append(chips, chip{Word: "chip.waiting", Link: link(f.State, !f.Waiting), On: f.Waiting})
}

func offset(q url.Values) int {
	n, err := strconv.Atoi(q.Get("from"))
	if err != nil || n < 0 || n > maxOffset {
		return 0
	}
	return n
}

// span is what of a list is shown: how many of all, from where, and the step to
// the next ones.
type span struct{ from, shown, total, step int }

// newPager keeps the rest of the address as it is.
func newPager(at *url.URL, s span) pager {
	link := func(from int) string {
		v := at.Query()
		v.Set("from", strconv.Itoa(from))
		return at.Path + "?" + v.Encode()
	}
	p := pager{From: number(min(s.from+1, s.total)), To: number(s.from + s.shown), Total: number(s.total)}
	if s.from > 0 {
		p.Earlier = link(max(s.from-s.step, 0))
	}
	if s.from+s.shown < s.total {
		p.Later = link(s.from + s.step)
	}
	return p
}

// line is a dossier in a table.
func (s *site) line(ctx context.Context, d dossier.Dossier) dossierLine {
	line := dossierLine{Dossier: d, Papers: len(d.Components)}
	if !s.sensitive(ctx, d) { // whom such a dossier is about is said to who tells why
		line.Person = s.person(d)
	}
	for _, c := range d.Components {
		line.Pages += len(c.Pages)
		if c.State == dossier.ComponentSigned {
			line.Signed++
		}
		if line.About == "" && c.Role != dossier.RoleSlip {
			line.About = c.Kind
		}
	}
	if asked, ok := s.Kinds.Procedure(d.Procedure); ok {
		line.Procedure, line.Asked = asked.Name, len(asked.Required)
		line.Papers = 0
		for _, requirement := range asked.Required {
			if slices.ContainsFunc(d.Components, func(c dossier.Component) bool {
				return slices.Contains(requirement, c.Kind) && !c.State.Gone()
			}) {
				line.Papers++
			}
		}
	}
	return line
}

// person is whom the dossier is about: the first name read on its papers, in
// the order in which papers name people. It is shown as written.
func (s *site) person(d dossier.Dossier) string {
	for _, c := range d.Components {
		kind, ok := s.Kinds.Kind(c.Kind)
		if !ok {
			continue
		}
		for _, id := range kind.Fields {
			def, known := s.Kinds.Field(id)
			if value := c.Fields[id].Value; known && def.Type == dossier.TypeName && value != "" {
				return value
			}
		}
	}
	return ""
}
