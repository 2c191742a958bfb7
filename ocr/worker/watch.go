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

// watch calls exceeded when the process, together with the others of its group,
// has reached a limit. It returns when ctx is done.
//
// Time is what the processors worked, not what the clock shows: on a machine
// that is busy with other things a page takes long through no fault of its own.
func watch(ctx context.Context, pid int, l limits, exceeded context.CancelCauseFunc) {
	ticker := time.NewTicker(samplePeriod)
	defer ticker.Stop()
	others, before := groupUse(pid)
	for sample := 0; ; sample++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if sample%groupEvery == 0 {
			var worked time.Duration
			if others, worked = groupUse(pid); worked-before > l.time {
				exceeded(faultOf(dossier.ReasonTime, errors.New("processor time limit")))
				return
			}
		}
		if residentMemory(pid)+others > l.memory-overshoot {
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

// groupUse is the resident memory of the other processes of a group, and the
// processor time that all of them have used, together with those that the
// leader has waited for.
func groupUse(group int) (others int64, worked time.Duration) {
	dir, err := os.Open("/proc")
	if err != nil {
		return 0, 0
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return 0, 0
	}
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		in, used := useOf(pid)
		if in != group {
			continue
		}
		worked += used
		if pid != group {
			others += residentMemory(pid)
		}
	}
	return others, worked
}

// userTick is the unit of times in /proc/PID/stat: USER_HZ is 100 on every
// machine that Go knows (proc(5), sysconf(3)).
const userTick = 10 * time.Millisecond

// useOf is the process group of a process and its processor time; 0 when it has
// gone. The name in /proc/PID/stat may hold spaces and brackets, so fields are
// counted from the last bracket: the group is the third, and utime, stime,
// cutime and cstime are the twelfth to fifteenth.
func useOf(pid int) (group int, worked time.Duration) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0
	}
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 15 {
		return 0, 0
	}
	if group, err = strconv.Atoi(string(fields[2])); err != nil {
		return 0, 0
	}
	for _, field := range fields[11:15] {
		ticks, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, 0
		}
		worked += time.Duration(ticks) * userTick
	}
	return group, worked
}
