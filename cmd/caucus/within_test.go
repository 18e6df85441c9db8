package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhatComesLateButSoonIsPutAway: a ledger that is opened as the window closes must not stay half made.
func TestWhatComesLateButSoonIsPutAway(t *testing.T) {
	for takes, want := range map[time.Duration]string{
		5 * time.Millisecond: "made", 10*time.Millisecond + soonEnough/2: "put away", 10*time.Millisecond + 2*soonEnough: "left",
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			got := "left"
			begin := time.Now()
			made, err := withinOr(ctx, "making it", func() (string, error) {
				time.Sleep(takes)
				return "made", nil
			}, func(string, error) { got = "put away" })
			if err == nil {
				got = made
			}
			if took := time.Since(begin); got != want || took > 10*time.Millisecond+soonEnough {
				t.Errorf("what takes %v is %s after %v, want %s", takes, got, took, want)
			}
			time.Sleep(takes) // for what is left behind
		})
	}
}
