package cpu

import "golang.org/x/sys/unix"

// adviseLargePages asks the kernel for large pages. It is a wish: the memory is the same without.
func adviseLargePages(b []byte) { _ = unix.Madvise(b, unix.MADV_HUGEPAGE) }
