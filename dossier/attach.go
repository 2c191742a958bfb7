package dossier

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// attachments are the rows that belong to kinds: where fields stand, and what
// fields have to do with each other.
type attachments struct {
	labels  []labelRow
	checks  []checkRow
	entries []entryRow
	places  []PlaceChange
}

// replace takes the rows of an override instead of all that were there for the
// kinds it mentions.
func (a *attachments) replace(over attachments) {
	a.labels = slices.DeleteFunc(a.labels, func(old labelRow) bool {
		return slices.ContainsFunc(over.labels, func(l labelRow) bool { return l.kind == old.kind })
	})
	a.labels = append(a.labels, over.labels...)
	a.checks = slices.DeleteFunc(a.checks, func(old checkRow) bool {
		return slices.ContainsFunc(over.checks, func(l checkRow) bool { return l.kind == old.kind })
	})
	a.checks = append(a.checks, over.checks...)
	a.entries = slices.DeleteFunc(a.entries, func(old entryRow) bool {
		return slices.ContainsFunc(over.entries, func(l entryRow) bool { return l.kind == old.kind })
	})
	a.entries = append(a.entries, over.entries...)
	a.places = withPlaces(a.places, over.places)
}

// labelRow is a row of labels.csv: a label and the kind, or "@group", or "*".
type labelRow struct {
	kind  string
	where string // file and line, for messages
	label Label
}

func (a *attachments) addLabel(r row) error {
	l := Label{
		Field: r.get("field"), How: LabelHow(r.get("how")), Type: FieldType(r.get("type")), Words: r.list("labels"),
		After: r.list("after"), Before: r.list("before"), Column: r.list("column"),
	}
	if !slices.Contains([]LabelHow{LabelLine, LabelInline, LabelTable, LabelBelow, LabelPage, LabelLetterhead, LabelTicked}, l.How) {
		return fmt.Errorf("column how: %q is not line, inline, table, page, letterhead or ticked", l.How)
	}
	if column := r.get("column"); l.How != LabelTable && l.How != LabelTicked && !slices.Contains([]string{"", "left", "right"}, column) {
		return fmt.Errorf("column column: %q is not left or right", column)
	}
	if len(l.Column) == 0 && l.How == LabelTable {
		return errors.New("column column: a table wants the head of the column")
	}
	if len(l.Column) < 2 && l.How == LabelTicked {
		return errors.New("column column: squares to be ticked want their options, parted by |")
	}
	if l.Type != "" && !knownType(l.Type) {
		return fmt.Errorf("column type: %q is not a type of field", l.Type)
	}
	if len(l.Words) == 0 && slices.Contains([]LabelHow{LabelLine, LabelInline, LabelTable, LabelBelow, LabelTicked}, l.How) {
		return errors.New("column labels is empty")
	}
	for kind := range strings.FieldsSeq(r.get("kind")) {
		a.labels = append(a.labels, labelRow{kind: kind, where: r.where(), label: l})
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
	for k := range c.kindsNamed(r.kind) {
		if slices.Contains(k.Fields, r.label.Field) {
			k.Labels = append(k.Labels, r.label)
			found = true
		}
	}
	return found
}

// kindsNamed yields the kinds that a cell means: one by its id, or "@group".
func (c *Catalogue) kindsNamed(name string) iter.Seq[*Kind] {
	group, byGroup := strings.CutPrefix(name, "@")
	return func(yield func(*Kind) bool) {
		for i := range c.kinds {
			k := &c.kinds[i]
			if (byGroup && string(k.Group) == group || !byGroup && k.ID == name) && !yield(k) {
				return
			}
		}
	}
}

// checkRow is a row of checks.csv for one kind or "@group".
type checkRow struct {
	kind, where string
	check       Check
}

func (a *attachments) addCheck(r row) error {
	check := Check{How: CheckHow(r.get("check")), Fields: strings.Fields(r.get("fields"))}
	fields, known := map[CheckHow][]int{CheckPerson: {2, 3}, CheckOrder: {2}, CheckApart: {2}}[check.How]
	if !known {
		return fmt.Errorf("column check: %q is not person, order or apart", check.How)
	}
	if !slices.Contains(fields, len(check.Fields)) {
		return fmt.Errorf("column fields: %d fields for a check %s", len(check.Fields), check.How)
	}
	kinds := strings.Fields(r.get("kind"))
	if len(kinds) == 0 {
		return errors.New("the first column is empty")
	}
	for _, kind := range kinds {
		a.checks = append(a.checks, checkRow{kind: kind, where: r.where(), check: check})
	}
	return nil
}

// attachChecks gives every check to its kinds, which must have its fields.
func (c *Catalogue) attachChecks(rows []checkRow) error {
	for _, r := range rows {
		found := false
		for k := range c.kindsNamed(r.kind) {
			for _, f := range r.check.Fields {
				if !slices.Contains(k.Fields, f) {
					return fmt.Errorf("%s: column fields: kind %s has no field %q", r.where, k.ID, f)
				}
			}
			k.Checks = append(k.Checks, r.check)
			found = true
		}
		if !found {
			return fmt.Errorf("%s: column kind: no kind %q", r.where, r.kind)
		}
	}
	return nil
}

// entryRow is a row of registers.csv: a field of the entries of one kind.
type entryRow struct {
	kind, where string
	field       EntryField
}

func (a *attachments) addEntryField(r row) error {
	if !slices.Contains([]string{"", "opens", "named"}, r.get("role")) {
		return fmt.Errorf("column role: %q is not opens or named", r.get("role"))
	}
	words := r.list("words")
	if len(words) == 0 {
		return errors.New("column words is empty")
	}
	if _, err := r.flag("verified"); err != nil {
		return err
	}
	a.entries = append(a.entries, entryRow{kind: r.get("kind"), where: r.where(), field: EntryField{
		Field: r.get("field"), Opens: r.get("role") == "opens", Named: r.get("role") == "named", Words: words,
	}})
	return nil
}

// attachEntryFields gives every field of entries to its kind. An entry begins
// with one of them, and can be found again by another.
func (c *Catalogue) attachEntryFields(rows []entryRow) error {
	for _, r := range rows {
		if _, ok := c.Field(r.field.Field); !ok {
			return fmt.Errorf("%s: column field: %q is not in fields.csv", r.where, r.field.Field)
		}
		i := slices.IndexFunc(c.kinds, func(k Kind) bool { return k.ID == r.kind })
		if i < 0 {
			return fmt.Errorf("%s: column kind: no kind %q", r.where, r.kind)
		}
		k := &c.kinds[i]
		if slices.ContainsFunc(k.Entries, func(f EntryField) bool { return f.Field == r.field.Field }) {
			return fmt.Errorf("%s: column field: %q is there twice", r.where, r.field.Field)
		}
		k.Entries = append(k.Entries, r.field)
	}
	for _, k := range c.kinds {
		opening, named := 0, 0
		for _, f := range k.Entries {
			opening, named = opening+count(f.Opens), named+count(f.Named)
		}
		if k.IsRegister() && (opening != 1 || named == 0) {
			return fmt.Errorf("registers.csv: kind %s: an entry begins with one field (role opens) and is found by another (role named)", k.ID)
		}
	}
	return nil
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
