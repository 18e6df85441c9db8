//go:build !unix

// Package filemap maps files for reading.
package filemap

import "os"

// Open reads the whole file where the system has no mmap.
func Open(path string) (data []byte, release func() error, err error) {
	data, err = os.ReadFile(path)
	return data, func() error { return nil }, err
}
