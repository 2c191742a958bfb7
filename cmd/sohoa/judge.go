package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"sohoa/pipeline/pades"
	"sohoa/pipeline/signkey"
	"sohoa/web"
)

// judgement is what is said of the signatures of one file.
type judgement struct {
	File string `json:"file"`
	pades.Report
	// Text and TextEn are the verdict in a sentence.
	Text   string `json:"text"`
	TextEn string `json:"text_en"`
}

// judgeFile judges a file from anywhere, by the clock of this machine.
func judgeFile(ctx context.Context, path string) (_ judgement, err error) {
	file, err := os.Open(path)
	if err != nil {
		return judgement{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	stat, err := file.Stat()
	if err != nil {
		return judgement{}, err
	}
	report, err := pades.Verify(ctx, file, stat.Size(), pades.VerifyOptions{At: time.Now()})
	if err != nil {
		return judgement{}, err
	}
	j := judgement{File: path, Report: report}
	j.Text, j.TextEn = j.sentence("vi"), j.sentence("en")
	return j, nil
}

// judgeTime is how long the signatures of one file may take to judge.
const judgeTime = time.Minute

// judgeApart judges a file from anywhere in a process of its own, which ends with
// this one: whoever owns an archive does not read foreign files itself. A file
// that breaks that process, or takes too long, cannot be judged.
func judgeApart(ctx context.Context, path string) (judgement, error) {
	self, err := os.Executable()
	if err != nil {
		return judgement{}, fmt.Errorf("judge signatures: %w", err)
	}
	limited, stop := context.WithTimeout(ctx, judgeTime)
	defer stop()
	child := exec.CommandContext(limited, self, "verify", "--json", "--", path)
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said bytes.Buffer
	child.Stdout = &said
	// Its exit code repeats the verdict.
	runErr := child.Run()
	var judged []judgement
	if err := json.Unmarshal(said.Bytes(), &judged); err == nil && len(judged) == 1 {
		return judged[0], nil
	}
	if ctx.Err() != nil {
		return judgement{}, ctx.Err()
	}
	if _, ended := errors.AsType[*exec.ExitError](runErr); !ended && limited.Err() == nil {
		return judgement{}, fmt.Errorf("judge signatures: %w", runErr)
	}
	j := judgement{File: path, Report: pades.Report{Verdict: pades.NotJudged}}
	j.Text, j.TextEn = j.sentence("vi"), j.sentence("en")
	return j, nil
}

// last is the newest signature, nil when there is none.
func (j judgement) last() *pades.SignatureFacts {
	if n := len(j.Signatures); n > 0 {
		return &j.Signatures[n-1]
	}
	return nil
}

// verdictWords are the beginnings of the sentences.
func verdictWords(lang string, v pades.Verdict) string {
	words := map[pades.Verdict]struct{ vi, en string }{
		pades.Valid:     {"Chữ ký hợp lệ", "The signature is valid"},
		pades.Changed:   {"CHỮ KÝ KHÔNG CÒN ĐÚNG: tệp đã bị sửa sau khi ký", "THE SIGNATURE NO LONGER HOLDS: the file was changed after signing"},
		pades.Invalid:   {"CHỮ KÝ KHÔNG HỢP LỆ", "THE SIGNATURE IS NOT VALID"},
		pades.NotJudged: {"Không kiểm tra được chữ ký", "The signature cannot be judged"},
		pades.Unsigned:  {"Tệp không có chữ ký số", "The file has no signature"},
	}[v]
	if lang == "vi" {
		return words.vi
	}
	return words.en
}

// sentence is the verdict: "Chữ ký hợp lệ, ký ngày …, phủ toàn bộ tệp."
func (j judgement) sentence(lang string) string {
	parts := []string{verdictWords(lang, j.Verdict)}
	if s := j.last(); s != nil {
		say := map[bool][]string{true: {", ký ngày ", ", phủ toàn bộ tệp"}, false: {", signed on ", ", covers the whole file"}}[lang == "vi"]
		if !s.ClaimedAt.IsZero() {
			parts = append(parts, say[0], s.ClaimedAt.In(time.FixedZone("+07", 7*3600)).Format("02/01/2006 15:04:05"))
		}
		if s.WholeFile && j.Verdict == pades.Valid {
			parts = append(parts, say[1])
		}
	}
	return strings.Join(append(parts, "."), "")
}

// isTest tells whether the file carries the signature of a demo archive.
func (j judgement) isTest() bool {
	s := j.last()
	return s != nil && s.Certificate != nil && s.Certificate.Name == signkey.TestName
}

func (j judgement) forWeb() web.Signature {
	shown := web.Signature{Valid: j.Verdict == pades.Valid, Test: j.isTest(), Says: web.Sentence{Vi: j.Text, En: j.TextEn}}
	if s := j.last(); s != nil {
		shown.At = s.ClaimedAt
		if s.Certificate != nil {
			shown.Holder, shown.Organization = s.Certificate.Name, s.Certificate.Organization
		}
	}
	return shown
}

// lines is the verdict for people, with who signed and what else is to know.
func (j judgement) lines() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n  %s\n", j.File, j.Text, j.TextEn)
	for _, s := range j.Signatures {
		if s.Certificate != nil {
			fmt.Fprintf(&b, "  Người ký · signed by: %s, %s\n", s.Certificate.Name, s.Certificate.Organization)
		}
		for _, f := range s.Findings {
			fmt.Fprintf(&b, "  - %s\n    %s\n", f.Text, f.TextEN)
		}
	}
	for _, f := range j.Findings {
		fmt.Fprintf(&b, "  - %s\n    %s\n", f.Text, f.TextEN)
	}
	if j.isTest() {
		b.WriteString("  CHỮ KÝ THỬ: không có giá trị pháp lý.\n  TEST SIGNATURE: it has no legal value.\n")
	}
	return b.String()
}
