package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// presentedCmd lists papers that were only presented.
type presentedCmd struct{}

// Help says what the list is for.
func (presentedCmd) Help() string {
	return `A paper that was only presented, such as an identity card, is not kept: it is
not published, searched or signed. Its scan is in the archive still. For each
such paper this names the objects that hold it, and says when they hold
something else, too, so that they can not go. Nothing is removed.`
}

// Run prints the papers, and what holds them.
func (presentedCmd) Run(ctx context.Context, c *cli, con console) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	papers, err := a.flow(nil).Presented(ctx, a.catalog)
	if err != nil {
		return err
	}
	deed := dossier.Deed{Action: dossier.ActionDossiersList, Subject: string(a.unit().ID), Payload: map[string]any{"presented": len(papers)}}
	if err := a.viewed(ctx, deed); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(con.out, struct {
			Papers []presentedPaper `json:"papers"`
		}{explained(papers)})
	}
	_, err = con.out.Write([]byte(presentedText(papers)))
	return err
}

// presentedPaper is a paper with its obstacles in words.
type presentedPaper struct {
	pipeline.Presented
	Text   []string `json:"text"`
	TextEn []string `json:"text_en"`
}

func explained(papers []pipeline.Presented) []presentedPaper {
	all := make([]presentedPaper, 0, len(papers))
	for _, p := range papers {
		one := presentedPaper{Presented: p, Text: []string{}, TextEn: []string{}}
		for _, why := range p.Why {
			words := obstacleWords[why]
			one.Text, one.TextEn = append(one.Text, words[0]), append(one.TextEn, words[1])
		}
		all = append(all, one)
	}
	return all
}

// obstacleWords are the obstacles in Vietnamese and English.
var obstacleWords = map[pipeline.Obstacle][2]string{
	pipeline.ObstacleShared:    {"Tệp gốc còn chứa trang khác được giữ", "The original holds other pages, too"},
	pipeline.ObstacleTwice:     {"Tệp gốc còn có trong lô quét khác", "The original is known to another batch, too"},
	pipeline.ObstacleFiled:     {"Tệp gốc được nộp điện tử", "The original was filed electronically"},
	pipeline.ObstaclePublished: {"Trang của tệp gốc đã có trong tệp PDF được lưu", "A page of the original was in a published PDF"},
	pipeline.ObstacleChanging:  {"Hồ sơ đang chờ ghi phiên bản mới", "A new version of the dossier waits to be published"},
}

func presentedText(papers []pipeline.Presented) string {
	if len(papers) == 0 {
		return "No paper was only presented.\n"
	}
	var b strings.Builder
	for _, p := range explained(papers) {
		name := string(p.Dossier)
		if p.Code != nil {
			name = *p.Code
		}
		fmt.Fprintf(&b, "%s  %s  %s  not kept since %s\n", name, p.Kind, p.Component, p.Since.Format("2006-01-02"))
		for _, original := range p.Originals {
			fmt.Fprintf(&b, "  original %s  %d image(s), %d page(s), %d object(s), %d bytes\n", original.SHA256, original.Images, original.Pages, len(original.Objects), original.Bytes)
		}
		for _, why := range p.TextEn {
			fmt.Fprintf(&b, "  can not go: %s\n", why)
		}
	}
	return b.String()
}
