package catalog

import (
	"time"

	"github.com/uptrace/bun"

	"sohoa/dossier"
)

// The rows, as bun reads and writes them. Columns are explained in
// migrations/0001_catalogue.sql.

type batchRow struct {
	bun.BaseModel `bun:"table:batches"`

	ID      dossier.BatchID `bun:"id,pk"`
	Unit    dossier.UnitID  `bun:"unit"`
	Actor   string          `bun:"actor"`
	Role    dossier.Role    `bun:"role"`
	Device  string          `bun:"device"`
	At      time.Time       `bun:"at"`
	State   string          `bun:"state"`
	Version int             `bun:"version"`

	Background bool `bun:"background"`
}

// The states of a batch.
const (
	batchTaken = "taken" // images are being opened and read
	batchSplit = "split" // every page has its place; dossiers are being published
	batchDone  = "done"
)

type fileRow struct {
	bun.BaseModel `bun:"table:files"`

	Batch       dossier.BatchID `bun:"batch,pk"`
	Ordinal     int             `bun:"ordinal,pk"`
	Unit        dossier.UnitID  `bun:"unit"`
	Name        string          `bun:"name"`
	SHA256      dossier.SHA256  `bun:"sha256"`
	Size        int64           `bun:"size"`
	DuplicateOf dossier.BatchID `bun:"duplicate_of"`
	State       string          `bun:"state"`
	Reason      dossier.Reason  `bun:"reason"`
	Images      int             `bun:"images"`
}

// The states of a file.
const (
	fileClaimed   = "claimed"
	fileOpened    = "opened"
	fileRejected  = "rejected"
	fileDuplicate = "duplicate"
)

type imageRow struct {
	bun.BaseModel `bun:"table:images"`

	Unit    dossier.UnitID    `bun:"unit,pk"`
	ID      dossier.ImageID   `bun:"id,pk"`
	Batch   dossier.BatchID   `bun:"batch"`
	Ordinal int               `bun:"ordinal"`
	Index   int               `bun:"idx"`
	State   dossier.PageState `bun:"state"`
	Reason  dossier.Reason    `bun:"reason"`
	Reading int               `bun:"reading"`
}

type pageRow struct {
	bun.BaseModel `bun:"table:pages"`

	Unit   dossier.UnitID    `bun:"unit,pk"`
	ID     dossier.PageID    `bun:"id,pk"`
	Image  dossier.ImageID   `bun:"image"`
	Batch  dossier.BatchID   `bun:"batch"`
	Part   int               `bun:"part"`
	State  dossier.PageState `bun:"state"`
	Reason dossier.Reason    `bun:"reason"`
	// Dossier is where the page is or waits; Home is the dossier that lists it
	// as pending, also while a decision has claimed it for another.
	Dossier   dossier.DossierID   `bun:"dossier"`
	Home      dossier.DossierID   `bun:"home"`
	Component dossier.ComponentID `bun:"component"`
	Position  int                 `bun:"position"`
	// Reading is the version by which a turned page is shown, 0 for all others.
	Reading int `bun:"reading"`
}

type dossierRow struct {
	bun.BaseModel `bun:"table:dossiers"`

	ID         dossier.DossierID `bun:"id,pk"`
	Unit       dossier.UnitID    `bun:"unit"`
	Code       *string           `bun:"code"`
	Type       dossier.Type      `bun:"type"`
	Procedure  string            `bun:"procedure"`
	ReceivedAt time.Time         `bun:"received_at"`
	DueAt      *time.Time        `bun:"due_at"` // nil where nothing presses
	State      dossier.State     `bun:"state"`
	Version    int               `bun:"version"`

	ReceivingUnit dossier.UnitID `bun:"receiving_unit"`
	DecidingUnit  dossier.UnitID `bun:"deciding_unit"`
}

// dossierHead is the row of a dossier that has no published version.
func dossierHead(d dossier.Dossier) dossierRow {
	return dossierRow{
		ID: d.ID, Unit: d.Unit, ReceivingUnit: d.ReceivingUnit, DecidingUnit: d.DecidingUnit, Code: d.Code, Type: d.Type,
		Procedure: d.Procedure, ReceivedAt: d.ReceivedAt.UTC(), DueAt: d.Pressing(), State: d.State,
	}
}

type manifestRow struct {
	bun.BaseModel `bun:"table:manifests"`

	Dossier dossier.DossierID `bun:"dossier,pk"`
	Version int               `bun:"version,pk"`
	Unit    dossier.UnitID    `bun:"unit"`
	Batch   dossier.BatchID   `bun:"batch"`
	At      time.Time         `bun:"at"`
	Body    string            `bun:"body"`
}

type componentRow struct {
	bun.BaseModel `bun:"table:components"`

	ID      dossier.ComponentID    `bun:"id,pk"`
	Dossier dossier.DossierID      `bun:"dossier"`
	Unit    dossier.UnitID         `bun:"unit"`
	Kind    string                 `bun:"kind"`
	Role    dossier.ComponentRole  `bun:"role"`
	State   dossier.ComponentState `bun:"state"`
	Version int                    `bun:"version"`
	PDF     string                 `bun:"pdf"`
}

type intentRow struct {
	bun.BaseModel `bun:"table:intents"`

	ID      string            `bun:"id,pk"`
	Unit    dossier.UnitID    `bun:"unit"`
	Batch   dossier.BatchID   `bun:"batch"`
	Dossier dossier.DossierID `bun:"dossier"`
	Version int               `bun:"version"`
	Body    string            `bun:"body"`
}

type miscountRow struct {
	bun.BaseModel `bun:"table:miscounts"`

	Batch   dossier.BatchID   `bun:"batch,pk"`
	Dossier dossier.DossierID `bun:"dossier,pk"`
	Body    string            `bun:"body"`
}

type objectRow struct {
	bun.BaseModel `bun:"table:objects"`

	Key    string         `bun:"key,pk"`
	Unit   dossier.UnitID `bun:"unit"`
	SHA256 dossier.SHA256 `bun:"sha256"`
	Size   int64          `bun:"size"`
	Listed int            `bun:"listed"`
}
