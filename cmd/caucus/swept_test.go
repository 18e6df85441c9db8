package main

import (
	"testing"
	"time"
)

func TestTimesAreWrittenWithoutUnitsOfWhichThereAreNone(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 500 * time.Millisecond: "500ms", 10 * time.Second: "10s", time.Minute: "1m", 90 * time.Second: "1m30s",
		10 * time.Minute: "10m", time.Hour: "1h", 10 * time.Hour: "10h", time.Hour + time.Second: "1h0m1s", 70 * time.Minute: "1h10m",
		time.Minute + 500*time.Millisecond: "1m0.5s",
	} {
		if got := brief(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
