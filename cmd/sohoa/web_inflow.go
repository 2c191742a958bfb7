package main

import (
	"time"

	"sohoa/dossier"
	"sohoa/scanner/watch"
	"sohoa/web"
)

// inflow shows the watcher's look at the inbox.
type inflow struct {
	snapshot         func() watch.Snapshot
	stopped, delayed func() (dossier.Reason, time.Time)
}

// Inflow is what lies before the catalogue now.
func (i inflow) Inflow() web.Inflow {
	s := i.snapshot()
	shown := web.Inflow{InboxGone: s.InboxGone, Devices: devices(s)}
	if i.stopped != nil {
		shown.Stopped, shown.StoppedAt = i.stopped()
	}
	if i.delayed != nil && shown.Stopped == "" {
		shown.Delayed, shown.DelayedAt = i.delayed()
	}
	for _, o := range s.Offers {
		if o.Err != nil {
			shown.NotStored = dossier.ReasonOf(o.Err)
		}
	}
	for _, b := range untaken(s) {
		for n, file := range b.Files {
			shown.Files = append(shown.Files, web.IncomingFile{Batch: b.ID, N: n + 1, Name: file.Name})
		}
	}
	return shown
}

// devices puts what is open and what waits under the device it came from.
func devices(s watch.Snapshot) []web.Device {
	var all []web.Device
	at := map[string]int{}
	device := func(name string) *web.Device {
		i, known := at[name]
		if !known {
			i = len(all)
			at[name], all = i, append(all, web.Device{Name: name})
		}
		return &all[i]
	}
	for _, open := range s.Open {
		d := device(open.Device)
		d.Last, d.Filling = open.Last, len(open.Files)
	}
	for _, waiting := range s.Waiting {
		d := device(waiting.Device)
		d.Waiting = append(d.Waiting, web.WaitingFile{
			Name: waiting.Name,
			Why:  web.Sentence{Vi: waiting.Reason.Text("vi", waiting.For), En: waiting.Reason.Text("en", waiting.For)},
		})
	}
	return all
}
