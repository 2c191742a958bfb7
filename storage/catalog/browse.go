package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// The queries below fill lists on a screen. They only read, are bounded by the
// limit they are given, and always name the unit.

// Batches lists the unit's newest batches with their accounts, newest first.
// Whoever is limited to kinds of paper sees none: a batch has no kind.
func (c *Catalog) Batches(ctx context.Context, scope dossier.Scope, limit int) ([]dossier.BatchSummary, error) {
	if scope.Limited() {
		return nil, nil
	}
	rows, err := c.newestBatches(ctx, scope.Unit, limit)
	if err != nil {
		return nil, err
	}
	batches := make([]dossier.BatchSummary, len(rows))
	for i, r := range rows {
		account, err := c.Account(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		batches[i] = dossier.BatchSummary{ID: r.ID, Device: r.Device, At: r.At, Done: r.State == batchDone, Account: account}
	}
	return batches, nil
}

func (c *Catalog) newestBatches(ctx context.Context, unit dossier.UnitID, limit int) ([]batchRow, error) {
	var rows []batchRow
	err := c.read.NewSelect().Model(&rows).Where("unit = ?", unit).Order("at DESC", "id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list newest batches: %w", err)
	}
	return rows, nil
}

// arrivalBatches is how many batches [Catalog.Arrivals] looks back: enough to
// fill a screen with batches of one sheet, few enough to stay quick.
const arrivalBatches = 24

// Arrivals lists the newest files and pages of the unit, newest first: pages
// where the file is opened, else the file itself. It goes batch by batch, so
// that one of a thousand sheets costs no more than it shows. Whoever is limited
// to kinds of paper sees none.
func (c *Catalog) Arrivals(ctx context.Context, scope dossier.Scope, limit int) ([]dossier.Arrival, error) {
	if scope.Limited() {
		return nil, nil
	}
	batches, err := c.newestBatches(ctx, scope.Unit, arrivalBatches)
	if err != nil {
		return nil, err
	}
	var rows []arrivalRow
	for _, b := range batches {
		if len(rows) >= limit {
			break
		}
		var some []arrivalRow
		err := c.read.NewSelect().TableExpr("files AS f").ColumnExpr(arrivalColumns).
			Join("JOIN batches AS b ON b.id = f.batch").
			Join("LEFT JOIN images AS i ON i.batch = f.batch AND i.ordinal = f.ordinal").
			Join("LEFT JOIN pages AS p ON p.unit = i.unit AND p.image = i.id").
			Join(joinMiscounts, dossier.ReasonSheetCount, dossier.ReasonBacks).Join(joinDue).
			Where("f.unit = ?", scope.Unit).Where("f.batch = ?", b.ID).
			OrderExpr("f.ordinal DESC, i.idx DESC, p.part DESC").Limit(int64(limit-len(rows))).Scan(ctx, &some)
		if err != nil {
			return nil, fmt.Errorf("list arrivals: %w", err)
		}
		rows = append(rows, some...)
	}
	return arrivals(rows), nil
}

// Unread counts what is still to be read: images, and files of which nobody
// knows yet how many images they hold.
func (c *Catalog) Unread(ctx context.Context, scope dossier.Scope) (dossier.Unread, error) {
	unit := scope.Unit
	files, err := c.read.NewSelect().Model((*fileRow)(nil)).Where("unit = ?", unit).Where("state = 'claimed'").Count(ctx)
	if err != nil {
		return dossier.Unread{}, fmt.Errorf("count unopened files: %w", err)
	}
	images, err := c.read.NewSelect().Model((*imageRow)(nil)).Where("unit = ?", unit).Where("state = 'claimed'").Count(ctx)
	if err != nil {
		return dossier.Unread{}, fmt.Errorf("count unread images: %w", err)
	}
	return dossier.Unread{Files: int(files), Images: int(images)}, nil
}

// Parked lists the pages that wait for a person and that no decision has
// claimed, and counts all of them: those whose dossier is due first, then the
// oldest batch, and always in the order of the paper. Whoever is limited to kinds of
// paper sees none: what waits has no certain kind.
func (c *Catalog) Parked(ctx context.Context, filter dossier.ReviewFilter) (pages []dossier.Arrival, total int, err error) {
	if filter.Scope.Limited() {
		return nil, 0, nil
	}
	count, err := c.read.NewSelect().TableExpr("pages AS p").Apply(askedPages(filter)).Count(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("count parked pages: %w", err)
	}
	total = int(count)
	if filter.Limit == 0 || total == 0 {
		return nil, total, nil
	}
	var rows []arrivalRow
	err = c.pageQuery().Apply(askedPages(filter)).
		OrderExpr("CASE WHEN due.due_at IS NULL THEN 1 ELSE 0 END, due.due_at, b.at, b.id, f.ordinal, i.idx, p.part").
		Offset(int64(filter.Offset)).Limit(int64(filter.Limit)).Scan(ctx, &rows)
	if err != nil {
		return nil, 0, fmt.Errorf("list parked pages: %w", err)
	}
	return arrivals(rows), total, nil
}

// askedPages narrows a query over pages p to those that wait and that nobody has
// decided about.
func askedPages(filter dossier.ReviewFilter) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("p.unit = ?", filter.Scope.Unit).Where("p.state = ?", dossier.PageParked).Where("p.component = ''")
		if filter.Reason != "" {
			q = q.Where("p.reason = ?", filter.Reason)
		}
		return q
	}
}

// Arrival tells where one page stands; [ErrNotFound] when the scope sees no such
// page.
func (c *Catalog) Arrival(ctx context.Context, scope dossier.Scope, page dossier.PageID) (dossier.Arrival, error) {
	var row arrivalRow
	if err := c.pageQuery().Apply(seenPages(scope)).Where("p.id = ?", page).Scan(ctx, &row); err != nil {
		return dossier.Arrival{}, fmt.Errorf("look up page: %w", orNotFound(err))
	}
	return row.arrival(), nil
}

func (c *Catalog) pageQuery() *bun.SelectQuery {
	return c.read.NewSelect().TableExpr("pages AS p").ColumnExpr(arrivalColumns).
		Join("JOIN images AS i ON i.unit = p.unit AND i.id = p.image").
		Join("JOIN files AS f ON f.batch = i.batch AND f.ordinal = i.ordinal").
		Join("JOIN batches AS b ON b.id = f.batch").
		Join(joinMiscounts, dossier.ReasonSheetCount, dossier.ReasonBacks).Join(joinDue)
}

// joinMiscounts adds the count that holds a page: of the sheets of its dossier, or
// of the fronts and backs of its batch.
const joinMiscounts = "LEFT JOIN miscounts AS m ON m.batch = p.batch AND m.dossier = p.dossier AND p.reason IN (?, ?)"

// joinDue adds until when the dossier of a page wants to be done.
const joinDue = "LEFT JOIN dossiers AS due ON due.id = p.dossier"

// arrivalColumns are what an arrivalRow is read from: files f of batches b,
// with images i and pages p where they exist.
const arrivalColumns = `f.batch, b.device, b.at, f.name, f.ordinal, f.state AS file_state, f.reason AS file_reason,
	COALESCE(i.idx, 0) AS idx, COALESCE(i.id, '') AS image, COALESCE(i.state, '') AS image_state, COALESCE(NULLIF(p.reading, 0), i.reading, 0) AS reading,
	COALESCE(p.id, '') AS page, COALESCE(p.state, '') AS page_state, COALESCE(p.reason, '') AS page_reason,
	COALESCE(p.dossier, '') AS dossier, COALESCE(p.component, '') AS component, COALESCE(m.body, '') AS miscount, due.due_at`

type arrivalRow struct {
	Batch      dossier.BatchID     `bun:"batch"`
	Device     string              `bun:"device"`
	At         time.Time           `bun:"at"`
	Name       string              `bun:"name"`
	Ordinal    int                 `bun:"ordinal"`
	FileState  string              `bun:"file_state"`
	FileReason dossier.Reason      `bun:"file_reason"`
	Index      int                 `bun:"idx"`
	Image      dossier.ImageID     `bun:"image"`
	ImageState dossier.PageState   `bun:"image_state"`
	Reading    int                 `bun:"reading"`
	Page       dossier.PageID      `bun:"page"`
	PageState  dossier.PageState   `bun:"page_state"`
	PageReason dossier.Reason      `bun:"page_reason"`
	Dossier    dossier.DossierID   `bun:"dossier"`
	Component  dossier.ComponentID `bun:"component"`
	Miscount   string              `bun:"miscount"`
	DueAt      *time.Time          `bun:"due_at"`
}

func arrivals(rows []arrivalRow) []dossier.Arrival {
	all := make([]dossier.Arrival, len(rows))
	for i, r := range rows {
		all[i] = r.arrival()
	}
	return all
}

// arrival takes the state from the most particular row there is: page, image,
// file.
func (r arrivalRow) arrival() dossier.Arrival {
	a := dossier.Arrival{
		Batch: r.Batch, Device: r.Device, At: r.At, File: r.Name, Ordinal: r.Ordinal, Index: r.Index,
		Page: r.Page, State: r.PageState, Reason: r.PageReason, Reading: r.Reading, Dossier: r.Dossier, Component: r.Component, DueAt: r.DueAt,
	}
	if m := (dossier.Miscount{}); r.Miscount != "" && json.Unmarshal([]byte(r.Miscount), &m) == nil {
		a.Miscount = &m
	}
	switch {
	case r.Page != "":
	case r.Image != "":
		a.Page, a.State = r.Image.Page(1), r.ImageState
	default:
		a.State, a.Reason = fileRow{State: r.FileState}.taken().State, r.FileReason
	}
	return a
}

// Dossiers lists the newest manifests of published dossiers, newest dossier
// first, and counts all that the filter lets through.
func (c *Catalog) Dossiers(ctx context.Context, filter dossier.DossierFilter) (page []dossier.Manifest, total int, err error) {
	count, err := c.read.NewSelect().TableExpr("dossiers AS d").Apply(where(filter)).Count(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("count dossiers: %w", err)
	}
	var bodies []string
	err = c.read.NewSelect().TableExpr("dossiers AS d").ColumnExpr("m.body").
		Join("JOIN manifests AS m ON m.dossier = d.id AND m.version = d.version").Apply(where(filter)).
		OrderExpr("d.received_at DESC, d.id").Offset(int64(filter.Offset)).Limit(int64(filter.Limit)).Scan(ctx, &bodies)
	if err != nil {
		return nil, 0, fmt.Errorf("list dossiers: %w", err)
	}
	page, err = manifests(filter.Scope, bodies)
	return page, int(count), err
}

// where narrows a query over dossiers d.
func where(filter dossier.DossierFilter) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Apply(seenDossiers(filter.Scope))
		if filter.Code != "" {
			q = q.Where("d.code LIKE ? ESCAPE '!'", "%"+escapeLike(strings.ToUpper(filter.Code))+"%")
		}
		if filter.State != "" {
			q = q.Where("d.state = ?", filter.State)
		}
		if filter.Waiting {
			q = q.Where("EXISTS (SELECT 1 FROM pages AS p WHERE p.dossier = d.id AND p.state = ?)", dossier.PageParked)
		}
		if !filter.From.IsZero() {
			q = q.Where("d.received_at >= ?", filter.From.UTC())
		}
		if !filter.Until.IsZero() {
			q = q.Where("d.received_at < ?", filter.Until.UTC())
		}
		return q.Apply(digitized(filter.Digitized))
	}
}

// hasFile tells whether dossier d has a paper of a role.
const hasFile = "EXISTS (SELECT 1 FROM components AS c WHERE c.dossier = d.id AND c.role = ? AND c.state NOT IN (?, ?, ?))"

// digitized narrows a query over dossiers d to those with both files, or with
// one of the two.
func digitized(degree dossier.Digitized) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		args := func(role dossier.ComponentRole) []any {
			return []any{role, dossier.ComponentSuperseded, dossier.ComponentDisposed, dossier.ComponentNotKept}
		}
		paper, result := args(dossier.RoleComponent), args(dossier.RoleResult)
		switch degree {
		case dossier.DigitizedWhole:
			return q.Where(hasFile, paper...).Where(hasFile, result...)
		case dossier.DigitizedShort:
			return q.Where("("+hasFile+") <> ("+hasFile+")", append(paper, result...)...)
		}
		return q
	}
}

// escapeLike makes a text stand for itself in a LIKE pattern.
func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// Versions lists the published manifests of a dossier, newest first; none of one
// that the scope does not see.
func (c *Catalog) Versions(ctx context.Context, scope dossier.Scope, id dossier.DossierID) ([]dossier.Manifest, error) {
	var bodies []string
	err := c.read.NewSelect().TableExpr("dossiers AS d").ColumnExpr("m.body").Join("JOIN manifests AS m ON m.dossier = d.id").
		Apply(seenDossiers(scope)).Where("d.id = ?", id).OrderExpr("m.version DESC").Scan(ctx, &bodies)
	if err != nil {
		return nil, fmt.Errorf("versions of dossier %s: %w", id, err)
	}
	return manifests(scope, bodies)
}

// manifests reads stored manifests and leaves of each what may be seen.
func manifests(scope dossier.Scope, bodies []string) ([]dossier.Manifest, error) {
	all := make([]dossier.Manifest, len(bodies))
	for i, body := range bodies {
		if err := json.Unmarshal([]byte(body), &all[i]); err != nil {
			return nil, fmt.Errorf("read manifest: %w", err)
		}
		all[i] = scope.Cut(all[i])
	}
	return all, nil
}
