package ocr

import (
	"time"

	"golang.org/x/sys/unix"
)

// Stage is a step of reading a page and what it cost.
type Stage struct {
	Name string        `json:"name"`
	CPU  time.Duration `json:"cpu"`  // user and system time of the page worker
	Wall time.Duration `json:"wall"` // as a clock on the wall has it
}

// clock adds up what the steps of one page cost. The process does nothing else
// meanwhile, so that its CPU time is the page's.
type clock struct {
	stages []Stage
	cpu    time.Duration
	wall   time.Time
}

func startClock() *clock { return &clock{cpu: spent(), wall: time.Now()} }

// Lap books everything since the last call on a step.
func (c *clock) Lap(step string) {
	cpu, wall := spent(), time.Now()
	at := c.stage(step)
	at.CPU += cpu - c.cpu
	at.Wall += wall.Sub(c.wall)
	c.cpu, c.wall = cpu, wall
}

func (c *clock) stage(name string) *Stage {
	for i := range c.stages {
		if c.stages[i].Name == name {
			return &c.stages[i]
		}
	}
	c.stages = append(c.stages, Stage{Name: name})
	return &c.stages[len(c.stages)-1]
}

// spent is the CPU time of the process so far.
func spent() time.Duration {
	var t unix.Timespec
	// It fails only for a clock that does not exist.
	_ = unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t)
	return time.Duration(t.Nano())
}

// Stages tells what the last call of Read cost, step by step.
func (r *Reader) Stages() []Stage {
	if r.clock == nil {
		return nil
	}
	return r.clock.stages
}
