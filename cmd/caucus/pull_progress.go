package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine/hub"
)

// quiet is how long a log hears nothing of a large file.
const quiet = 30 * time.Second

// showPull draws a pull as a bar, if standard error is a terminal, and else writes a line now and then. The functions that it
// returns say a line meanwhile, and take the bar away again.
func showPull(c *cli.Context, p *hub.Pull) (sayBeside func(string), hide func()) {
	if len(p.Files) == 0 {
		return func(string) {}, func() {}
	}
	bar, visible := newBar(c, p.Size)
	begin, begun := time.Now(), p.Got()
	var line sync.Mutex // one writes to the terminal at a time
	sayBeside = func(text string) {
		line.Lock()
		defer line.Unlock()
		_ = bar.Clear()
		say(c.App.ErrWriter, "%s", text)
	}
	status := func() string {
		rate := float64(p.Got()-begun) / max(time.Since(begin).Seconds(), 1)
		return fmt.Sprintf("%s of %s, %s/s", size(p.Got()), size(p.Size), size(int64(rate)))
	}
	draw, every := func() { sayBeside(status()) }, quiet
	if visible {
		every = 100 * time.Millisecond
		draw = func() {
			line.Lock()
			defer line.Unlock()
			bar.Describe(status())
			_ = bar.Set64(min(p.Got(), p.Size-1)) // a bar that is full is gone, and files are still checked
		}
	}
	stop := repeat(every, draw)
	return sayBeside, func() {
		stop()
		_ = bar.Clear()
	}
}

// repeat calls do again and again, until the function that it returns is called, which waits for the last call.
func repeat(every time.Duration, do func()) (stop func()) {
	end, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				do()
			}
		}
	}()
	return func() {
		close(end)
		<-gone
	}
}
