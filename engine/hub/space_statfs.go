//go:build linux || darwin || freebsd

package hub

import "golang.org/x/sys/unix"

// freeSpace is how many bytes this user may still write there.
func freeSpace(folder string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return int64(float64(s.Bavail) * float64(s.Bsize)), nil // whose types differ between systems
}
