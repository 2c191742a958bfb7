// Command sohoa turns paper fed through a scanner into searchable, never-lost
// records. Every subcommand is one file here; wire.go is the only place that
// knows every part; exit.go maps errors to exit codes and advice. Start with
// process.go, the main job.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is the program's version as `sohoa --version` prints it.
const version = "0.1.0-dev"

// cli is the whole command line.
type cli struct {
	Data     string           `help:"Folder of the archive." default:"./var" env:"SOHOA_DATA" placeholder:"DIR" short:"d"`
	Database string           `help:"Database of the catalogue, sqlite:FILE or postgres://… Default: a file in the archive's folder." env:"SOHOA_DATABASE" placeholder:"URL"`
	Log      slog.Level       `help:"Technical log lines on standard error: debug, info, warn or error." default:"warn" env:"SOHOA_LOG" placeholder:"LEVEL"`
	JSON     bool             `help:"Print one JSON value instead of text." name:"json"`
	Version  kong.VersionFlag `help:"Print the version."`

	// flags are settings that the command itself was given.
	flags map[string]any

	Init       initCmd       `cmd:"" help:"Make an office archive."`
	Process    processCmd    `cmd:"" help:"Take scans in, finish them, and exit."`
	Efile      efileCmd      `cmd:"" help:"Take in files that were filed electronically, and exit."`
	Serve      serveCmd      `cmd:"" help:"Watch the inbox, work, and show the pages."`
	Ocr        ocrCmd        `cmd:"" help:"Read pages to text, JSON, hOCR, ALTO or PDF, without an archive."`
	Search     searchCmd     `cmd:"" help:"Find pages by their words, with or without tones."`
	Show       showCmd       `cmd:"" help:"Show a dossier by its code or id."`
	Export     exportCmd     `cmd:"" help:"Write the published PDFs to a folder."`
	Sign       signCmd       `cmd:"" help:"Sign papers with the archive's key."`
	Sample     sampleCmd     `cmd:"" help:"Measure by lot how well papers are read."`
	Close      closeCmd      `cmd:"" help:"Close a dossier, and say what it lacks."`
	Reopen     reopenCmd     `cmd:"" help:"Open a closed dossier again."`
	Presented  presentedCmd  `cmd:"" help:"List papers that were only presented, and what holds their scans."`
	Verify     verifyCmd     `cmd:"" help:"Check that nothing in the archive is lost or changed."`
	Audit      auditCmd      `cmd:"" help:"The log of every change and every view."`
	Rebuild    rebuildCmd    `cmd:"" help:"Restore the catalogue from the objects alone."`
	User       userCmd       `cmd:"" help:"Accounts, roles and tokens."`
	Unit       unitCmd       `cmd:"" help:"Names and codes of units, today and before."`
	Separator  separatorCmd  `cmd:"" help:"Print separator sheets with a dossier's code."`
	Doctor     doctorCmd     `cmd:"" help:"Say what is installed, what is missing and how to get it."`
	ExitCodes  exitCodesCmd  `cmd:"" name:"exit-codes" help:"Explain the exit codes."`
	PageWorker pageWorkerCmd `cmd:"" name:"page-worker" hidden:""`
}

// console is where a command talks to people and programs.
type console struct {
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], console{out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// run is the program without the process around it.
func run(ctx context.Context, args []string, con console) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("sohoa"),
		kong.Description(description),
		kong.UsageOnError(),
		kong.Writers(con.out, con.err),
		kong.Exit(func(code int) { exited = code }),
		kong.Vars{"version": "sohoa " + version},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(con),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		_, _ = fmt.Fprintln(con.err, "sohoa:", err)
		return exitOther
	}
	if len(args) == 2 && args[0] == "help" { // `sohoa help exit-codes`
		args = helpArgs(args[1])
	}
	if len(args) == 0 || len(args) == 1 && args[0] == "help" {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		_, _ = fmt.Fprintf(con.err, "sohoa: %v\nTry `sohoa --help`.\n", err)
		return exitUsage
	}
	return report(con, c.JSON, parsed.Run(&c))
}

func helpArgs(topic string) []string {
	if topic == "exit-codes" {
		return []string{"exit-codes"}
	}
	return []string{topic, "--help"}
}

const description = `Số hóa: turn scans into searchable, never-lost records.

First steps:

  sohoa process scans/*.jpg      take scans in (makes a demo archive in ./var)
  sohoa search "khai sinh"       find them again, with or without tones
  sohoa show H38.12-260102-0001  look at a dossier
  sohoa sign --all               sign what waits (a demo archive has a test key)
  sohoa verify                   prove that nothing is lost or changed

An office's own archive starts with sohoa init --unit CODE.
Exit codes are explained by sohoa help exit-codes.`
