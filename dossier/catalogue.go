package dossier

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

//go:embed tables/*.csv
var embeddedTables embed.FS

// DefaultGate is the confidence below which a person decides, where no table
// says otherwise. At 0.80 a title may lose about one letter in six.
const DefaultGate = 0.80

// Catalogue is the loaded data of kinds, fields, procedures and agencies. It
// does not change after loading and is safe for concurrent use.
type Catalogue struct {
	kinds      []Kind
	fields     []FieldDef
	procedures []Procedure
	agencies   []AgencyCode
}

// LoadCatalogue reads the embedded tables and then those of overrides, which
// may be nil. An override is a file of the same name and columns; a row with a
// known id replaces that row, others are added. labels.csv is replaced for each
// kind it mentions. Any mistake is an error that names file and line.
func LoadCatalogue(overrides fs.FS) (*Catalogue, error) {
	embedded, err := fs.Sub(embeddedTables, "tables")
	if err != nil {
		return nil, err
	}
	var c Catalogue
	var labels []labelRow
	for _, source := range []fs.FS{embedded, overrides} {
		if source == nil {
			continue
		}
		if err := c.read(source, &labels); err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
	}
	if err := c.attachLabels(labels); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return &c, nil
}

// Kinds lists every kind in the order of the table.
func (c *Catalogue) Kinds() []Kind { return slices.Clone(c.kinds) }

// Kind finds a kind by id.
func (c *Catalogue) Kind(id string) (Kind, bool) {
	return find(c.kinds, func(k Kind) bool { return k.ID == id })
}

// Sensitive tells whether papers of the kind are shown only to whoever says why.
func (c *Catalogue) Sensitive(id string) bool {
	kind, ok := c.Kind(id)
	return ok && kind.Sensitive
}

// Field finds a field by id.
func (c *Catalogue) Field(id string) (FieldDef, bool) {
	return find(c.fields, func(f FieldDef) bool { return f.ID == id })
}

// Procedures lists every procedure in the order of the table.
func (c *Catalogue) Procedures() []Procedure { return slices.Clone(c.procedures) }

// Procedure finds a procedure by its national code.
func (c *Catalogue) Procedure(code string) (Procedure, bool) {
	return find(c.procedures, func(p Procedure) bool { return p.Code == code })
}

// Agency finds a level-1 agency code.
func (c *Catalogue) Agency(code string) (AgencyCode, bool) {
	return find(c.agencies, func(a AgencyCode) bool { return a.Code == code })
}

func find[T any](all []T, match func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, match); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}

func (c *Catalogue) read(source fs.FS, labels *[]labelRow) error {
	var overriding []labelRow
	tables := []struct {
		name    string
		columns []string
		row     func(row) error
	}{
		{"fields.csv", []string{"id", "vi", "en", "type", "gate"}, func(r row) error { return put(&c.fields, r, parseField, func(f FieldDef) string { return f.ID }) }},
		{"kinds.csv", []string{"id", "group", "role", "keep", "symbol", "gate", "titles", "synonyms", "old_titles", "continues", "fields", "sensitive"},
			func(r row) error { return put(&c.kinds, r, parseKind, func(k Kind) string { return k.ID }) }},
		{"agencies.csv", []string{"code", "name", "verified"}, func(r row) error {
			return put(&c.agencies, r, parseAgency, func(a AgencyCode) string { return a.Code })
		}},
		{"procedures.csv", []string{"code", "name", "area", "days", "result_code", "result", "required", "optional", "presented", "verified"},
			func(r row) error {
				return put(&c.procedures, r, parseProcedure, func(p Procedure) string { return p.Code })
			}},
		{"labels.csv", []string{"kind", "field", "how", "labels", "after", "before", "column", "type"},
			func(r row) error { return appendLabel(&overriding, r) }},
	}
	for _, t := range tables {
		if err := readTable(source, t.name, t.columns, t.row); err != nil {
			return err
		}
	}
	*labels = slices.DeleteFunc(*labels, func(old labelRow) bool {
		return slices.ContainsFunc(overriding, func(l labelRow) bool { return l.kind == old.kind })
	})
	*labels = append(*labels, overriding...)
	return nil
}

// put parses a row and replaces the entry of the same id, or adds one. Two rows
// of one file with the same id are a mistake.
func put[T any](all *[]T, r row, parse func(row) (T, error), id func(T) string) error {
	v, err := parse(r)
	if err != nil {
		return err
	}
	if id(v) == "" {
		return errors.New("the first column is empty")
	}
	if r.repeated(id(v)) {
		return fmt.Errorf("%s is there twice", id(v))
	}
	if i := slices.IndexFunc(*all, func(old T) bool { return id(old) == id(v) }); i >= 0 {
		(*all)[i] = v
		return nil
	}
	*all = append(*all, v)
	return nil
}

func parseField(r row) (FieldDef, error) {
	gate, err := r.gate()
	f := FieldDef{ID: r.get("id"), Vi: r.get("vi"), En: r.get("en"), Type: FieldType(r.get("type")), Gate: gate}
	if err == nil && !knownType(f.Type) {
		err = fmt.Errorf("column type: %q is not a type of field", f.Type)
	}
	return f, err
}

func knownType(t FieldType) bool {
	return slices.Contains([]FieldType{TypeName, TypeDate, TypeText, TypeSex, TypeID, TypePhone, TypeInteger, TypeArea,
		TypeMoney, TypeSerial, TypeCode, TypeNumber, TypeEntry, TypeEntries}, t)
}

func parseKind(r row) (Kind, error) {
	gate, gateErr := r.gate()
	keep, keepErr := r.flag("keep")
	sensitive, sensitiveErr := r.flag("sensitive")
	k := Kind{
		ID: r.get("id"), Group: Group(r.get("group")), Role: ComponentRole(r.get("role")), Keep: keep, Sensitive: sensitive, Gate: gate,
		Titles: r.list("titles"), Synonyms: r.list("synonyms"), OldTitles: r.list("old_titles"),
		Symbols: r.list("symbol"), Continues: r.list("continues"), Fields: strings.Fields(r.get("fields")),
	}
	var roleErr error
	if !slices.Contains([]ComponentRole{RoleComponent, RoleResult, RoleSlip, RoleInternal}, k.Role) {
		roleErr = fmt.Errorf("column role: %q is not a role", k.Role)
	}
	return k, errors.Join(gateErr, keepErr, sensitiveErr, roleErr)
}

func parseAgency(r row) (AgencyCode, error) {
	verified, err := r.flag("verified")
	return AgencyCode{Code: r.get("code"), Name: r.get("name"), Verified: verified}, err
}

func parseProcedure(r row) (Procedure, error) {
	verified, err := r.flag("verified")
	p := Procedure{
		Code: r.get("code"), Name: r.get("name"), Area: r.get("area"), ResultCode: r.get("result_code"), Result: r.get("result"),
		Optional: strings.Fields(r.get("optional")), Presented: strings.Fields(r.get("presented")), Days: -1, Verified: verified,
	}
	for _, alternatives := range strings.Fields(r.get("required")) {
		p.Required = append(p.Required, strings.Split(alternatives, "/"))
	}
	if days, calendar := strings.CutSuffix(r.get("days"), "c"); days != "" {
		n, daysErr := strconv.Atoi(days)
		if daysErr != nil || n < 0 {
			err = errors.Join(err, fmt.Errorf("column days: %q is not a number of days", r.get("days")))
		}
		p.Days, p.Calendar = n, calendar
	}
	return p, err
}

// labelRow is a row of labels.csv: a label and the kind, or "@group", or "*".
type labelRow struct {
	kind  string
	where string // file and line, for messages
	label Label
}

func appendLabel(all *[]labelRow, r row) error {
	l := Label{
		Field: r.get("field"), How: LabelHow(r.get("how")), Type: FieldType(r.get("type")), Words: r.list("labels"),
		After: r.list("after"), Before: r.list("before"), Column: r.get("column"),
	}
	if !slices.Contains([]LabelHow{LabelLine, LabelInline, LabelPage, LabelLetterhead}, l.How) {
		return fmt.Errorf("column how: %q is not line, inline, page or letterhead", l.How)
	}
	if !slices.Contains([]string{"", "left", "right"}, l.Column) {
		return fmt.Errorf("column column: %q is not left or right", l.Column)
	}
	if l.Type != "" && !knownType(l.Type) {
		return fmt.Errorf("column type: %q is not a type of field", l.Type)
	}
	if len(l.Words) == 0 && (l.How == LabelLine || l.How == LabelInline) {
		return errors.New("column labels is empty")
	}
	for kind := range strings.FieldsSeq(r.get("kind")) {
		*all = append(*all, labelRow{kind: kind, where: r.where(), label: l})
	}
	return nil
}

// attachLabels gives every label to its kinds and resolves its type.
func (c *Catalogue) attachLabels(rows []labelRow) error {
	var stops []string
	for _, r := range rows {
		if r.kind == "*" {
			stops = append(stops, r.label.Words...)
			continue
		}
		if r.label.Type == "" {
			f, ok := c.Field(r.label.Field)
			if !ok {
				return fmt.Errorf("%s: column field: %q is not in fields.csv", r.where, r.label.Field)
			}
			r.label.Type = f.Type
		}
		if !c.attach(r) {
			return fmt.Errorf("%s: column kind: no kind %q with a field %q", r.where, r.kind, r.label.Field)
		}
	}
	for i := range c.kinds {
		c.kinds[i].Stops = stops
	}
	return nil
}

func (c *Catalogue) attach(r labelRow) (found bool) {
	group, byGroup := strings.CutPrefix(r.kind, "@")
	for i := range c.kinds {
		k := &c.kinds[i]
		if byGroup && string(k.Group) != group || !byGroup && k.ID != r.kind || !slices.Contains(k.Fields, r.label.Field) {
			continue
		}
		k.Labels = append(k.Labels, r.label)
		found = true
	}
	return found
}

// check finds references into nothing and titles that two kinds claim.
func (c *Catalogue) check() error {
	for _, id := range []string{KindSeparator, KindBlank, KindOther, KindReceiptSlip, KindOfficialLetter, KindCitizenIDCard} {
		if _, ok := c.Kind(id); !ok {
			return fmt.Errorf("kinds.csv: kind %q is missing", id)
		}
	}
	owner := map[string]string{}
	for _, k := range c.kinds {
		for _, f := range k.Fields {
			if _, ok := c.Field(f); !ok {
				return fmt.Errorf("kinds.csv: kind %s: field %q is not in fields.csv", k.ID, f)
			}
		}
		for _, t := range k.AllTitles() {
			if other := owner[t]; other != "" {
				return fmt.Errorf("kinds.csv: title %q belongs to %s and to %s", t, other, k.ID)
			}
			owner[t] = k.ID
		}
	}
	for _, p := range c.procedures {
		for _, id := range p.kinds() {
			if _, ok := c.Kind(id); !ok {
				return fmt.Errorf("procedures.csv: procedure %s: kind %q is not in kinds.csv", p.Code, id)
			}
		}
	}
	return nil
}

// kinds lists every kind the procedure mentions.
func (p Procedure) kinds() []string {
	all := slices.Concat(p.Optional, p.Presented)
	for _, r := range p.Required {
		all = append(all, r...)
	}
	if p.Result != "" {
		all = append(all, p.Result)
	}
	return all
}
