package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"caucus/budget"
	"caucus/engine/sampling"
)

// newBar makes a bar on standard error, which is visible if that is a terminal.
func newBar(c *cli.Context, most int64) (bar *progressbar.ProgressBar, visible bool) {
	f, ok := c.App.ErrWriter.(*os.File)
	visible = ok && term.IsTerminal(int(f.Fd()))
	return progressbar.NewOptions64(most,
		progressbar.OptionSetWriter(c.App.ErrWriter), progressbar.OptionSetVisibility(visible),
		progressbar.OptionSetWidth(30), progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish()), visible
}

// showProgress draws the window as a bar, with the number of samples that have ended, if standard error is a terminal.
// The function that it returns takes the bar away again.
func showProgress(c *cli.Context, w budget.Window, s *sampling.Sampler) (hide func()) {
	bar, visible := newBar(c, w.End.Sub(w.Start).Milliseconds())
	if !visible {
		return func() {}
	}
	stop, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			bar.Describe(fmt.Sprintf("%4.1f s left, %d samples", time.Until(w.End).Seconds(), s.Ended()))
			_ = bar.Set64(time.Since(w.Start).Milliseconds()) // a bar that cannot be drawn is no reason to stop
			select {
			case <-stop:
				_ = bar.Clear()
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(stop)
		select {
		case <-gone:
		case <-time.After(50 * time.Millisecond): // a stopped terminal must not hold the answer back
		}
	}
}
