package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"caucus/problems"
)

// results is where a batch's results go: the file of --out or standard output.
type results struct {
	stdout io.Writer
	path   string // empty for standard output
}

// piped reports whether they go to standard output, which - names, too.
func (r results) piped() bool { return r.path == "" || r.path == "-" }

// check reports a path that cannot be written, before the window is spent.
func (r results) check() error {
	if r.piped() {
		return nil
	}
	info, err := os.Stat(r.path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("--out %s is a folder; name a file in it", r.path)
	case err == nil && !info.Mode().IsRegular():
		return nil // a device or a pipe, which is written in place
	}
	file, err := createBeside(r.path)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// write lets a function write the results. A file comes into being whole, by a rename: whatever stops the program, no
// earlier file is lost and no half of one is left. An interrupt meanwhile, which would leave one, is let pass: the program is
// about to end.
func (r results) write(write func(io.Writer) error) error {
	if r.piped() {
		return write(r.stdout)
	}
	if info, err := os.Stat(r.path); err == nil && !info.Mode().IsRegular() {
		return writeInPlace(r.path, write)
	}
	passed := make(chan os.Signal, 1)
	signal.Notify(passed, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(passed)
	file, err := createBeside(r.path)
	if err != nil {
		return err
	}
	const public = 0o644 // as a file that a shell makes
	err = errors.Join(write(file), file.Chmod(public), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), r.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep the results in %s: %w", r.path, err), os.Remove(file.Name()))
	}
	return nil
}

// apart refuses to write over a file that the command reads or keeps, by whatever path.
func (r results) apart(from, what string) error {
	if !sameFile(r.path, from) {
		return nil
	}
	return usagef("--out %s is %s; name another file for the results", r.path, what)
}

// sameFile reports whether two paths are of one file that there is, and no device or pipe.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil || !x.Mode().IsRegular() {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// createBeside makes a file, hidden until it is renamed, in the folder of another.
func createBeside(path string) (*os.File, error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		if fault := (*fs.PathError)(nil); errors.As(err, &fault) {
			err = fault.Err // without the name of the hidden file
		}
		return nil, fmt.Errorf("create %s: %w; name a file in a folder that can be written", path, err)
	}
	return file, nil
}

func writeInPlace(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	return errors.Join(write(file), file.Close())
}

// encode writes the results of problems: parquet if the file's name says so, or else a line each.
func (r results) encode(out io.Writer, graded []problems.Result) error {
	if strings.EqualFold(filepath.Ext(r.path), ".parquet") {
		return problems.WriteParquet(out, graded)
	}
	return problems.NewWriter(out).Write(graded...)
}
