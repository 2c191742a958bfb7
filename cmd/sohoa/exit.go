package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"

	"sohoa/dossier"
	"sohoa/pipeline"
	"sohoa/pipeline/signkey"
	"sohoa/storage"
	"sohoa/storage/audit"
	"sohoa/storage/catalog"
)

// The exit codes: people script against them.
const (
	exitDone      = 0
	exitOther     = 1
	exitUsage     = 2
	exitParked    = 3
	exitIntegrity = 4
	exitMissing   = 5
)

// exitError is an error that carries its exit code and, where there is one,
// what to do about it.
type exitError struct {
	code int
	hint string
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }

func (e *exitError) Unwrap() error { return e.err }

// errParked ends a command that did its work and has named inputs that wait
// for a person: it prints nothing more.
var errParked = &exitError{code: exitParked, err: errors.New("some inputs were parked or rejected")}

func usage(hint, format string, args ...any) error {
	return &exitError{code: exitUsage, hint: hint, err: fmt.Errorf(format, args...)}
}

// report prints an error once, for people or as JSON, and returns the exit
// code.
func report(con console, asJSON bool, err error) int {
	if err == nil {
		return exitDone
	}
	exit := classifyExit(err)
	if errors.Is(err, errParked) || exit.code == exitIntegrity && exit.hint == "" {
		return exit.code
	}
	if asJSON {
		body, _ := json.Marshal(map[string]any{"error": exit.Error(), "hint": exit.hint, "exit_code": exit.code}) // strings and a number
		_, _ = fmt.Fprintln(con.err, string(body))
		return exit.code
	}
	_, _ = fmt.Fprintln(con.err, "sohoa:", exit.Error())
	if exit.hint != "" {
		_, _ = fmt.Fprintln(con.err, exit.hint)
	}
	return exit.code
}

// classifyExit is the one table from errors to exit codes and advice.
func classifyExit(err error) *exitError {
	if exit, ok := errors.AsType[*exitError](err); ok {
		return exit
	}
	if problem, ok := errors.AsType[*signkey.Problem](err); ok {
		return &exitError{code: exitUsage, err: fmt.Errorf("cannot sign: %s", problem.Text("en")), hint: problem.Text("vi")}
	}
	switch {
	case errors.Is(err, pipeline.ErrOlderCatalogue):
		return &exitError{code: exitIntegrity, err: err, hint: "Nothing was changed; the objects have everything.\n" +
			"Move catalog.db and its -wal and -shm files away and run `sohoa rebuild`."}
	case catalog.Damaged(err):
		return &exitError{code: exitIntegrity, err: err, hint: "The catalogue's database is damaged; the objects are not.\n" +
			"Move catalog.db and its -wal and -shm files away and run `sohoa rebuild`."}
	case errors.Is(err, audit.ErrNoKey):
		return &exitError{code: exitMissing, err: err, hint: "Restore audit.key, in the archive's folder, from a backup. If it is lost for good: `sohoa audit new-key`."}
	case errors.Is(err, audit.ErrForked):
		return &exitError{code: exitIntegrity, err: err, hint: "Put the newest catalog.db back. If there is none, move catalog.db and its -wal and -shm files away and run `sohoa rebuild`."}
	case errors.Is(err, audit.ErrUnproven):
		return &exitError{code: exitIntegrity, err: err, hint: "Restore the objects that are named from a backup, and run the same command again."}
	case errors.Is(err, context.Canceled):
		return &exitError{code: exitOther, err: err, hint: "Stopped. Nothing is lost: run the same command again to go on."}
	case errors.Is(err, syscall.ENOSPC):
		return &exitError{code: exitOther, err: err, hint: "The disk is full. Free some space and run the same command again; nothing is lost."}
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return &exitError{code: exitOther, err: err, hint: "The file or folder may not be used by this account. Check its permissions."}
	}
	fault, ok := errors.AsType[*dossier.Fault](err)
	if ok && fault.Kind == dossier.Stop && fault.Reason == dossier.ReasonDamaged || errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDamaged) {
		return &exitError{code: exitIntegrity, err: err, hint: "An object of the archive is missing or damaged. Restore it from a backup; `sohoa verify` names all of them."}
	}
	if ok && fault.Reason != dossier.ReasonUnknown {
		return &exitError{code: exitOther, err: err, hint: fault.Reason.Text("vi") + "\n" + fault.Reason.Text("en")}
	}
	return &exitError{code: exitOther, err: err}
}

// exitCodesCmd prints the table of exit codes.
type exitCodesCmd struct{}

// Run prints the table.
func (exitCodesCmd) Run(con console) error {
	_, err := fmt.Fprint(con.out, `Exit codes of sohoa:

  0  done
  1  anything else went wrong; the message says what
  2  the command line or the configuration is wrong; nothing was done
  3  some inputs were parked or rejected, some papers could not be signed, or a
     file has no signature; each is named with its reason, all else is done
  4  the archive or a signature is not intact
  5  a needed part is missing (named, with the command that installs it)
`)
	return err
}
