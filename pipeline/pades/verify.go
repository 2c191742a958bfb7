package pades

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"

	"sohoa/pipeline/pades/pdfread"
)

// VerifyOptions are what a verdict depends on besides the file.
type VerifyOptions struct {
	// Roots are the certificates to believe in; nil leaves trust unknown.
	Roots *x509.CertPool
	// At is the time of judging, which certificates are compared with; zero
	// leaves that out.
	At time.Time
}

// Bounds of Verify.
const (
	maxFields    = 4096
	maxJudged    = 64
	maxContainer = 4 << 20
	maxIssued    = 512   // signatures on certificates that are looked at
	maxKey       = 16384 // bits of an RSA key that is worked with
)

// Verify judges every signature of a PDF from anywhere. An error means that the
// file could not be read, or that ctx ended; whatever is wrong with the file
// itself is in the report.
func Verify(ctx context.Context, r io.ReaderAt, size int64, options VerifyOptions) (Report, error) {
	watched := &watchedReader{ctx: ctx, r: r}
	v := &verifier{ctx: ctx, r: watched, size: size, options: options}
	v.report = Report{Size: size, Signatures: []SignatureFacts{}, Findings: []Finding{}}
	v.file()
	if watched.err != nil {
		return Report{}, fmt.Errorf("verify pdf: %w", watched.err)
	}
	return v.report, nil
}

// watchedReader remembers that the medium failed, as opposed to the file being
// wrong, and ends all work when ctx does.
type watchedReader struct {
	ctx context.Context
	r   io.ReaderAt
	err error
}

func (w *watchedReader) ReadAt(p []byte, at int64) (int, error) {
	if err := w.ctx.Err(); err != nil {
		w.err = err
		return 0, err
	}
	n, err := w.r.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// verifier is the state of one Verify.
type verifier struct {
	ctx     context.Context
	r       io.ReaderAt
	size    int64
	options VerifyOptions
	report  Report
	pdf     *pdfread.File
	issued  int // signatures on certificates looked at so far
}

// find notes something about the whole file.
func (v *verifier) find(c Code, detail string) {
	v.report.Findings = append(v.report.Findings, finding(c, detail))
}

// file judges all signatures and sums up.
func (v *verifier) file() {
	fields, err := v.open()
	if err != nil {
		v.report.Verdict = NotJudged
		v.find(readingCode(err, FileUnreadable), err.Error())
		return
	}
	if len(v.report.Findings) > 0 {
		v.report.Verdict = NotJudged
		return
	}
	v.usageRights()
	v.report.Verdict = Valid
	if len(fields) == 0 {
		v.report.Verdict = Unsigned
	}
	for i, f := range fields {
		if i == maxJudged {
			v.find(BeyondLimits, fmt.Sprintf("%d signatures", len(fields)))
			v.report.Verdict = worse(v.report.Verdict, NotJudged)
			break
		}
		facts := v.judge(f)
		v.report.Verdict = worse(v.report.Verdict, facts.Verdict)
		v.report.Signatures = append(v.report.Signatures, facts)
	}
}

// readingCode tells a file beyond the limits from a wrong one.
func readingCode(err error, other Code) Code {
	if errors.Is(err, pdfread.ErrLimit) {
		return BeyondLimits
	}
	return other
}

func (v *verifier) open() (fields []signatureField, err error) {
	if v.pdf, err = pdfread.Open(v.r, v.size); err != nil {
		return nil, err
	}
	if v.pdf.Encrypted() {
		v.find(FileEncrypted, "")
		return nil, nil
	}
	return signatureFields(v.pdf)
}

func (v *verifier) usageRights() {
	catalog, err := v.pdf.Dict(v.pdf.Trailer.Get("Root"))
	if err != nil {
		return
	}
	if rights, err := v.pdf.Dict(catalog.Get("Perms")); err == nil && (rights.Get("UR3") != nil || rights.Get("UR") != nil) {
		v.find(UsageRights, "")
	}
}

// signatureField is a field of the form that holds a signature.
type signatureField struct {
	name  string
	value pdfread.Ref // zero when the dictionary stands in the field itself
	dict  pdfread.Dict
}

// signatureFields walks the form of a file and gives its filled signature
// fields in their order.
func signatureFields(f *pdfread.File) ([]signatureField, error) {
	w, err := walkFields(f)
	if err != nil {
		return nil, err
	}
	return w.found, nil
}

// walkFields walks the whole form.
func walkFields(f *pdfread.File) (*fieldWalk, error) {
	catalog, err := f.Dict(f.Trailer.Get("Root"))
	if err != nil {
		return nil, err
	}
	if catalog == nil {
		return nil, errors.New("no catalog")
	}
	form, err := f.Dict(catalog.Get("AcroForm"))
	if err != nil {
		return nil, err
	}
	fields, err := f.Array(form.Get("Fields"))
	if err != nil {
		return nil, err
	}
	w := &fieldWalk{f: f, seen: map[pdfread.Ref]bool{}, signatures: map[pdfread.Ref]bool{}}
	return w, w.walk(fields, inherited{})
}

// fieldWalk is a walk through the tree of fields.
type fieldWalk struct {
	f     *pdfread.File
	seen  map[pdfread.Ref]bool
	found []signatureField
	// signatures are all fields of that kind, and their widgets.
	signatures map[pdfread.Ref]bool
}

// inherited is what a field has from the ones above it.
type inherited struct {
	name  string
	kind  pdfread.Name
	value any
	depth int
}

func (w *fieldWalk) walk(fields pdfread.Array, above inherited) error {
	const maxDepth = 16
	if above.depth > maxDepth {
		return pdfread.ErrLimit
	}
	for _, field := range fields {
		r, ok := field.(pdfread.Ref)
		if !ok {
			continue // a field must be an object of its own
		}
		if w.seen[r] {
			return errors.New("a field stands twice in the form")
		}
		w.seen[r] = true
		if len(w.seen) > maxFields {
			return pdfread.ErrLimit
		}
		if err := w.field(r, above); err != nil {
			return err
		}
	}
	return nil
}

func (w *fieldWalk) field(r pdfread.Ref, above inherited) error {
	d, err := w.f.Dict(r)
	if err != nil || d == nil {
		return err
	}
	here := above
	here.depth++
	if kind := d.Name("FT"); kind != "" {
		here.kind = kind
	}
	if here.kind == "Sig" && d.Get("A") == nil && d.Get("AA") == nil {
		w.signatures[r] = true
	}
	if part, ok := d.Get("T").(pdfread.Text); ok {
		here.name = joined(above.name, textOf(part.Value))
		here.value = nil
	}
	if value := d.Get("V"); value != nil {
		here.value = value
	}
	kids, err := w.f.Array(d.Get("Kids"))
	if err != nil {
		return err
	}
	before := len(w.found)
	if err := w.walk(kids, here); err != nil {
		return err
	}
	// The kids of a filled field may be just its appearances.
	if here.kind != "Sig" || d.Get("V") == nil || len(w.found) > before {
		return nil
	}
	return w.take(here)
}

func (w *fieldWalk) take(here inherited) error {
	s := signatureField{name: here.name}
	s.value, _ = here.value.(pdfread.Ref)
	d, err := w.f.Dict(here.value)
	if err != nil {
		return err
	}
	if d != nil {
		s.dict = d
		w.found = append(w.found, s)
	}
	return nil
}

func joined(above, part string) string {
	if above == "" {
		return part
	}
	return above + "." + part
}
