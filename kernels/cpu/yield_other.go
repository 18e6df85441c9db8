//go:build !linux

package cpu

import "time"

// yieldThread lets another thread have the core.
func yieldThread() { time.Sleep(time.Microsecond) }
