package dossier

// Deed is what somebody did to a record, or looked at, as the log keeps it.
type Deed struct {
	// Action is one of the actions below, or a change as the catalogue names it.
	Action string
	// Subject is the id of what was acted on, never a name.
	Subject string
	// Payload holds further ids and counts, or nothing; it is kept apart from
	// the log, and can be erased.
	Payload map[string]any
	// Words are what a person typed. They may be a name, so the log keeps a
	// keyed digest of them only.
	Words string
}

// The actions that change nothing: somebody looked.
const (
	ActionDossierView   = "dossier.view"   // subject: dossier
	ActionDossierReason = "dossier.reason" // subject: dossier; why a paper of a sensitive kind is looked at
	ActionDossierLookup = "dossier.lookup" // subject: dossier, or unit where there is none; by nobody who is known
	ActionPageView      = "page.view"      // subject: page
	ActionBatchView     = "batch.view"     // subject: batch; its pages as thumbnails
	ActionDossiersList  = "dossiers.list"  // subject: unit
	ActionPagesList     = "pages.list"     // subject: unit; the pages that wait
	ActionEntriesList   = "entries.list"   // subject: unit; the entries of registers that wait
	ActionUnsignedList  = "papers.list"    // subject: unit; the papers that await a signature
	ActionSearch        = "search"         // subject: unit
	ActionPDFDownload   = "pdf.download"   // subject: component
	ActionDossierExport = "dossier.export" // subject: dossier
	ActionLogView       = "log.view"       // subject: archive
)
