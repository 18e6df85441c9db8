package engine

import (
	"errors"
	"io/fs"
	"os"
)

// regularFS is a folder on disk of which only regular files and folders open. To open a named pipe would wait for whoever
// writes to it, for ever and deaf to interrupts, and a device may never end.
type regularFS struct{ fs.FS }

func regularFolder(path string) fs.FS { return regularFS{os.DirFS(path)} }

// Open implements fs.FS.
func (r regularFS) Open(name string) (fs.File, error) {
	info, err := fs.Stat(r.FS, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	return r.FS.Open(name)
}
