package worker

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strconv"
	"time"

	"sohoa/dossier"
)

// The watchdog samples resident memory rather than limiting address space: Go
// and the libraries map far more than they touch. A picture is filled at a few
// gigabytes a second, so that between two samples some tens of megabytes can
// be added; the limit is held that much lower.
const (
	samplePeriod = 20 * time.Millisecond
	overshoot    = 64 << 20
	// groupPeriod: looking for the programs a child runs means reading all of
	// /proc; they have limits of their own besides.
	groupEvery = 10
)

// watchMemory calls exceeded when the process, together with the others of its
// group, has reached the limit. It returns when ctx is done.
func watchMemory(ctx context.Context, pid int, limit int64, exceeded context.CancelCauseFunc) {
	ticker := time.NewTicker(samplePeriod)
	defer ticker.Stop()
	others := int64(0)
	for sample := 0; ; sample++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if sample%groupEvery == 0 {
			others = groupMemory(pid)
		}
		if residentMemory(pid)+others > limit-overshoot {
			exceeded(faultOf(dossier.ReasonMemory, errors.New("memory limit")))
			return
		}
	}
}

// residentMemory of a process in bytes; 0 when it has gone.
func residentMemory(pid int) int64 {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(data)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// groupMemory is the resident memory of the other processes of a group.
func groupMemory(group int) int64 {
	dir, err := os.Open("/proc")
	if err != nil {
		return 0
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return 0
	}
	sum := int64(0)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err == nil && pid != group && groupOf(pid) == group {
			sum += residentMemory(pid)
		}
	}
	return sum
}

// groupOf is the process group of a process, 0 when it has gone. The name in
// /proc/PID/stat may hold spaces and brackets, so fields are counted from the
// last bracket: state, parent, group.
func groupOf(pid int) int {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 3 {
		return 0
	}
	group, err := strconv.Atoi(string(fields[2]))
	if err != nil {
		return 0
	}
	return group
}
