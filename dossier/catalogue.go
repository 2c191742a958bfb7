package dossier

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
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
	places     []PlaceChange
	surnames   surnames
}

// LoadCatalogue reads the embedded tables and then those of overrides, which
// may be nil. An override is a file of the same name and columns; a row with a
// known id replaces that row, others are added. labels.csv, checks.csv and
// registers.csv are replaced for each kind they mention, places.csv for each place. Any mistake is an error
// that names file and line; so is a file that is no table, since a misspelt name
// would change nothing and say nothing.
func LoadCatalogue(overrides fs.FS) (*Catalogue, error) {
	embedded, err := fs.Sub(embeddedTables, "tables")
	if err != nil {
		return nil, err
	}
	c := Catalogue{surnames: surnames{}}
	var byKind attachments
	for _, source := range []fs.FS{embedded, overrides} {
		if source == nil {
			continue
		}
		if err := c.read(source, &byKind); err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
	}
	for _, finish := range []func() error{
		func() error { return c.attachLabels(byKind.labels) },
		func() error { return c.attachChecks(byKind.checks) },
		func() error { return c.attachEntryFields(byKind.entries) },
		c.check,
	} {
		if err := finish(); err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
	}
	c.places = byKind.places
	for i := range c.kinds {
		c.kinds[i].surnames = c.surnames
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

// table is one file of the catalogue: its name, its columns, and what becomes
// of each row.
type table struct {
	name    string
	columns []string
	row     func(row) error
}

func (c *Catalogue) tables(over *attachments) []table {
	return []table{
		{"fields.csv", []string{"id", "vi", "en", "type", "gate"}, func(r row) error {
			return put(&c.fields, r, parseField, func(f FieldDef) string { return f.ID })
		}},
		{"kinds.csv", []string{"id", "group", "role", "keep", "symbol", "gate", "titles", "synonyms", "old_titles", "forms", "continues", "fields", "sensitive", "verified", "source"}, func(r row) error {
			return put(&c.kinds, r, parseKind, func(k Kind) string { return k.ID })
		}},
		{"agencies.csv", []string{"code", "name", "verified"}, func(r row) error {
			return put(&c.agencies, r, parseAgency, func(a AgencyCode) string { return a.Code })
		}},
		{"procedures.csv", []string{"code", "name", "area", "days", "result_code", "result", "required", "optional", "presented", "verified", "source"}, func(r row) error {
			return put(&c.procedures, r, parseProcedure, func(p Procedure) string { return p.Code })
		}},
		{"labels.csv", []string{"kind", "field", "how", "labels", "after", "before", "column", "type"}, over.addLabel},
		{"checks.csv", []string{"kind", "check", "fields"}, over.addCheck},
		{"places.csv", []string{"old", "within", "new", "verified", "source"}, over.addPlace},
		{"surnames.csv", []string{"surname", "known"}, c.surnames.add},
		{"registers.csv", []string{"kind", "field", "role", "words", "verified"}, over.addEntryField},
	}
}

// read takes one folder of tables.
func (c *Catalogue) read(source fs.FS, byKind *attachments) error {
	var over attachments
	tables := c.tables(&over)
	if err := onlyTables(source, tables); err != nil {
		return err
	}
	for _, t := range tables {
		if err := readTable(source, t.name, t.columns, t.row); err != nil {
			return err
		}
	}
	byKind.replace(over)
	return nil
}

// onlyTables refuses a CSV file that is none of the tables.
func onlyTables(source fs.FS, tables []table) error {
	files, err := fs.Glob(source, "*.csv")
	if err != nil {
		return err
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.name
	}
	for _, file := range files {
		if !slices.Contains(names, file) {
			return fmt.Errorf("%s: no table has this name; they are %v", file, names)
		}
	}
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
				return fmt.Errorf("%s: kind %s: field %q is not in fields.csv", k.where, k.ID, f)
			}
		}
		for _, t := range slices.Concat(k.AllTitles(), k.Forms) {
			if other := owner[t]; other != "" {
				return fmt.Errorf("%s: title or form %q belongs to %s and to %s", k.where, t, other, k.ID)
			}
			owner[t] = k.ID
		}
	}
	for _, p := range c.procedures {
		for _, id := range p.kinds() {
			if _, ok := c.Kind(id); !ok {
				return fmt.Errorf("%s: procedure %s: kind %q is not in kinds.csv", p.where, p.Code, id)
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

// OnlyPresented tells whether papers of the kind are only shown at the counter
// in the procedure with this code: the kind is none to keep, and the procedure
// neither takes it in nor gives it out. Where the procedure is not known, or
// does not speak of the kind, nobody can tell, and the paper is kept.
func (c *Catalogue) OnlyPresented(procedure, kind string) bool {
	k, known := c.Kind(kind)
	p, ok := c.Procedure(procedure)
	if !known || !ok || k.Keep || p.Result == kind || slices.Contains(p.Optional, kind) {
		return false
	}
	asked := func(r Requirement) bool { return slices.Contains(r, kind) }
	return slices.Contains(p.Presented, kind) && !slices.ContainsFunc(p.Required, asked)
}
