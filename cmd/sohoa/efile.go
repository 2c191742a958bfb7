package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"sohoa/dossier"
	"sohoa/pipeline/pades"
)

// efileCmd takes in papers that were filed electronically.
type efileCmd struct {
	Folder      string        `arg:"" help:"Folder with the files, as CODE/KIND/FILE." placeholder:"FOLDER"`
	PageTimeout time.Duration `help:"Processor time for one page before it is given up; ten times as long by the clock." default:"60s"`
}

// Help teaches the layout of the folder.
func (efileCmd) Help() string {
	return `Takes in files that were filed electronically. Where each belongs is said by its
folders, the code of its dossier and the kind of paper, and nothing is guessed:

  filed/H38.12-260102-0001/birth_notice/giay-chung-sinh.pdf
  filed/H38.12-260102-0001/birth_registration_application/to-khai.pdf

Or a list beside the files says it, manifest.csv in the folder itself:

  code,kind,file,signature
  H38.12-260102-0001,birth_notice,giay-chung-sinh.pdf,signed
  H38.12-260102-0001,birth_registration_application,scans/to-khai.jpg,

It names every file of the folder; "signed" wants a signature that holds. With
any mistake in the list, or in a file, nothing is taken in, and each mistake is
named with its line: exit code 2.

A PDF is published as it is, byte for byte, with the signatures it came with;
what they are worth is told. Pictures are published like scans. Either is read,
found by its words and counted as present in its dossier.

The files are only read, never moved or changed. What has no code or no kind
that the catalogue knows, can not be opened, or is in the archive already for
another dossier, is named with its reason: exit code 3.

  sohoa efile filed/
  sohoa efile --json filed/ > result.json`
}

// filedInput is one file of the folder, with what its folders say of it.
type filedInput struct {
	input
	filing dossier.Filing
	sum    dossier.SHA256
	// line of the manifest that names it, and whether that says that it is signed.
	line   int
	signed bool
}

// Run takes the folder in, judges the signatures, and says where each file went.
func (e efileCmd) Run(ctx context.Context, c *cli, con console) error {
	kinds, err := layout{root: c.Data}.kinds()
	if err != nil {
		return err
	}
	files, refused, err := c.filedInputs(ctx, kinds, e.Folder)
	if err != nil {
		return err
	}
	result := filedOutcome{outcome: newOutcome(), Filed: []filedFile{}}
	if len(files) > 0 {
		if result.outcome, err = c.takeIn(ctx, con, feeding{files: plainInputs(files)}, e.PageTimeout); err != nil {
			return err
		}
	}
	result.Rejected = append(result.Rejected, refused...)
	for _, file := range files {
		if err := result.add(ctx, file); err != nil {
			return err
		}
	}
	return result.print(con, c.JSON)
}

// filedInputs lists the files of a folder. A file of which the folders say
// nothing certain stays where it is and is named. Where a manifest lies beside
// them, that says it all, or nothing is taken.
func (c *cli) filedInputs(ctx context.Context, kinds *dossier.Catalogue, folder string) (files []filedInput, refused []waiting, err error) {
	if stat, err := os.Stat(folder); err != nil || !stat.IsDir() {
		return nil, nil, usage("Give a folder with CODE/KIND/FILE in it.", "%s is no folder", folder)
	}
	all, err := inputs([]string{folder}, c.Data)
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(all, func(in input) bool { return in.name == filedManifest }) {
		files, err = c.manifestInputs(ctx, kinds, folder, all)
		return files, nil, err
	}
	for _, in := range all {
		filing, reason := filingOf(kinds, in.name)
		if reason != "" {
			refused = append(refused, newWaiting(in.name, 0, reason))
			continue
		}
		sum, err := digestFile(in.path)
		if err != nil {
			return nil, nil, err
		}
		in.filed = &filing
		files = append(files, filedInput{input: in, filing: filing, sum: sum})
	}
	return files, refused, nil
}

// filingOf reads what the folders of a file say, or why they say nothing.
func filingOf(kinds *dossier.Catalogue, name string) (dossier.Filing, dossier.Reason) {
	parts := strings.Split(name, "/")
	if len(parts) != 3 {
		return dossier.Filing{}, dossier.ReasonFiledPlace
	}
	return newFiling(kinds, parts[0], parts[1])
}

// newFiling is a code and a kind as they were given, in their one form, or why
// they are none.
func newFiling(kinds *dossier.Catalogue, code, kind string) (dossier.Filing, dossier.Reason) {
	parsed, err := dossier.ParseCode(code)
	if err != nil {
		return dossier.Filing{}, dossier.ReasonCodeInvalid
	}
	if _, ok := kinds.Kind(kind); !ok || slices.Contains([]string{dossier.KindSeparator, dossier.KindBlank, dossier.KindOther}, kind) {
		return dossier.Filing{}, dossier.ReasonFiledKind
	}
	return dossier.Filing{Code: parsed.String(), Kind: kind}, ""
}

func plainInputs(files []filedInput) []input {
	plain := make([]input, len(files))
	for i, file := range files {
		plain[i] = file.input
	}
	return plain
}

func digestFile(path string) (_ dossier.SHA256, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return dossier.SumString([32]byte(sum.Sum(nil))), nil
}

// filedOutcome is what `efile --json` prints. Its form is stable.
type filedOutcome struct {
	outcome
	Filed []filedFile `json:"filed"`
}

// filedFile is a file that is a paper of its dossier now. Signature is there for
// a PDF.
type filedFile struct {
	File      string              `json:"file"`
	Code      string              `json:"code"`
	Kind      string              `json:"kind"`
	Dossier   dossier.DossierID   `json:"dossier"`
	Component dossier.ComponentID `json:"component"`
	Signature *filedSignature     `json:"signature,omitempty"`
}

// filedSignature is what the signatures of a file are worth.
type filedSignature struct {
	Verdict pades.Verdict `json:"verdict"`
	Text    string        `json:"text"`
	TextEn  string        `json:"text_en"`
}

// add says where one file went. One that is in the archive, but not where its
// folders say, is named as such.
func (o *filedOutcome) add(ctx context.Context, file filedInput) error {
	said := filedFile{File: file.name, Code: file.filing.Code, Kind: file.filing.Kind}
	paper, ok := paperOf(o.Dossiers, file)
	if !ok {
		named := func(w waiting) bool { return w.File == file.name }
		if !slices.ContainsFunc(o.Rejected, named) && !slices.ContainsFunc(o.Parked, named) {
			o.Rejected = append(o.Rejected, newWaiting(file.name, 0, dossier.ReasonFiledKnown))
		}
		return nil
	}
	said.Dossier, said.Component = paper.in, paper.ID
	if paper.State == dossier.ComponentFiled {
		judged, err := judgeApart(ctx, file.path)
		if err != nil {
			return err
		}
		said.Signature = &filedSignature{Verdict: judged.Verdict, Text: judged.Text, TextEn: judged.TextEn}
	}
	o.Filed = append(o.Filed, said)
	return nil
}

// paperIn is a paper with its dossier.
type paperIn struct {
	dossier.Component
	in dossier.DossierID
}

// paperOf finds the paper that a file is in the dossier of its code.
func paperOf(dossiers []touched, file filedInput) (paperIn, bool) {
	ofFile := func(p dossier.Page) bool { return strings.HasPrefix(string(p.ID), string(file.sum)+".") }
	for _, d := range dossiers {
		if d.Code == nil || *d.Code != file.filing.Code {
			continue
		}
		for _, c := range d.Components {
			if slices.ContainsFunc(c.Pages, ofFile) {
				return paperIn{Component: c, in: d.ID}, true
			}
		}
	}
	return paperIn{}, false
}

// print writes the outcome and gives the error that carries the exit code.
func (o filedOutcome) print(con console, asJSON bool) error {
	var err error
	if asJSON {
		err = printJSON(con.out, o)
	} else {
		_, err = io.WriteString(con.out, o.text()+o.filedText())
	}
	if err == nil && len(o.Parked)+len(o.Rejected) > 0 {
		err = errParked
	}
	return err
}

func (o filedOutcome) filedText() string {
	var b strings.Builder
	for _, f := range o.Filed {
		fmt.Fprintf(&b, "filed     %s\n", f.File)
		if f.Signature != nil {
			fmt.Fprintf(&b, "          %s\n          %s\n", f.Signature.Text, f.Signature.TextEn)
		}
	}
	return b.String()
}
