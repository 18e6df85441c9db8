//go:build !linux

package cpu

// adviseLargePages has no common way elsewhere.
func adviseLargePages([]byte) {}
