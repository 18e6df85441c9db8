//go:build !unix

package weights

import "os"

// mapFile reads the whole file where the system has no mmap.
func mapFile(path string) (data []byte, release func() error, err error) {
	data, err = os.ReadFile(path)
	return data, func() error { return nil }, err
}
