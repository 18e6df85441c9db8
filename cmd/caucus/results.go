package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"
)

// results is where a batch's results go. A file comes into being whole, when keep renames it: whatever stops the run, no
// earlier file is lost and no half of one is left.
type results struct {
	io.Writer
	file *os.File // nil for standard output
	path string
}

// createResults opens --out, or standard output without it, so that a path that cannot be written is known before the
// window is spent.
func createResults(c *cli.Context) (*results, error) {
	path := c.String("out")
	if path == "" {
		return &results{Writer: c.App.Writer}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("create the result file: %w", err)
	}
	return &results{file, file, path}, nil
}

// keep puts the finished file in its place.
func (r *results) keep() error {
	if r.file == nil {
		return nil
	}
	const public = 0o644 // as a file that a shell makes
	err := errors.Join(r.file.Chmod(public), r.file.Sync(), r.file.Close())
	if err == nil {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		return fmt.Errorf("keep the results of %s: %w", r.path, err)
	}
	return nil
}

// discard removes what was written.
func (r *results) discard() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.file.Close(), os.Remove(r.file.Name()))
}
