package cpu

import "syscall"

// yieldThread lets another thread have the core. The Go scheduler alone would not: it knows no other program's threads.
func yieldThread() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
}
