//go:build unix

// Package filemap maps files for reading.
package filemap

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Open maps a file for reading, so that its pages are read when they are first needed and shared between processes.
// The file must not be changed or truncated until release is called, which ends the life of data.
func Open(path string) (data []byte, release func() error, err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0) // a named pipe is not to wait for its writer, but to be refused
	if err != nil {
		return nil, nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written, and the mapping outlives the descriptor
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	switch size := info.Size(); {
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%s: not a regular file", path)
	case int64(int(size)) != size:
		return nil, nil, fmt.Errorf("%s: %d bytes are more than can be addressed", path, size)
	case size == 0: // which mmap refuses
		return nil, func() error { return nil }, nil
	}
	data, err = unix.Mmap(int(file.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, fmt.Errorf("map %s: %w", path, err)
	}
	return data, func() error { return unix.Munmap(data) }, nil
}
