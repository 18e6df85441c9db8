package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
)

// Files of ours in a model's folder.
const (
	recordName = ".caucus-pull.json"
	lockName   = ".caucus-pull.lock"
)

// A Folder is where a model is fetched to, and nobody else fetches to meanwhile.
type Folder struct {
	path   string
	lock   *flock.Flock
	record record
	made   bool // by OpenFolder
}

// A record tells what a folder was made for.
type record struct {
	Repo     string `json:"repo"`
	Revision string `json:"revision"`
	Commit   string `json:"commit"`
	Files    []File `json:"files"`
}

// OpenFolder takes a folder for a model, and makes it if there is none. It is refused while another process has it, and if
// there is anything in it but what was fetched of this model before. The caller closes it.
func OpenFolder(path, repo string) (*Folder, error) {
	_, err := os.Stat(path)
	made := errors.Is(err, fs.ErrNotExist)
	if err == nil { // a folder that is somebody else's gets no lock
		_, err = readRecord(path, repo)
	}
	if err != nil && !made {
		return nil, fmt.Errorf("use the folder %s: %w", path, err)
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder %s: %w", path, err)
	}
	f := &Folder{path: path, lock: flock.New(filepath.Join(path, lockName)), made: made}
	locked, err := f.lock.TryLock()
	if err == nil && !locked {
		err = errors.New("another caucus is fetching into it; wait for that, or name another folder")
	}
	if err == nil {
		f.record, err = readRecord(path, repo)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("use the folder %s: %w", path, err), f.Close())
	}
	return f, nil
}

// at is the path of a file in the folder.
func (f *Folder) at(name string) string { return filepath.Join(f.path, name) }

// Commit is what was fetched into the folder before; empty if nothing was.
func (f *Folder) Commit() string { return f.record.Commit }

// Close lets others use the folder. One that was made in vain goes; else the lock's file stays, because a process that has just
// opened it would lock what nobody else finds.
func (f *Folder) Close() error {
	if f.made && f.lock.Locked() && f.record.Repo == "" {
		_ = os.Remove(f.lock.Path())
		_ = os.Remove(f.path)
	}
	return f.lock.Close()
}

// readRecord reads what a folder was made for, and reports one that holds something else.
func readRecord(path, repo string) (r record, err error) {
	data, err := os.ReadFile(filepath.Join(path, recordName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return r, err
	case json.Unmarshal(data, &r) != nil || r.check() != nil:
		return r, fmt.Errorf("its %s is damaged; name another folder, or remove this one", recordName)
	case r.Repo != repo:
		return r, fmt.Errorf("it is for %s; name another folder", r.Repo)
	}
	entries, err := os.ReadDir(path)
	for _, entry := range entries {
		name := entry.Name()
		ours := entry.Type().IsRegular() && r.has(strings.TrimSuffix(name, partSuffix)) // a link could lead to another's file
		if !ours && !strings.HasPrefix(name, ".") {
			return r, fmt.Errorf("it holds %q, which was not fetched of this model; name another folder, or move that", name)
		}
	}
	return r, err
}

// check reports what no pull has written, above all names that are not of files in the folder.
func (r record) check() error {
	if !commitForm.MatchString(r.Commit) {
		return fmt.Errorf("commit %q: %w", r.Commit, fs.ErrInvalid)
	}
	for _, f := range r.Files {
		if err := f.check(); err != nil || strings.Contains(f.Name, "/") || strings.HasPrefix(f.Name, ".") {
			return fmt.Errorf("file %q: %w", f.Name, errors.Join(err, fs.ErrInvalid))
		}
	}
	return CheckRepo(r.Repo)
}

func (r record) has(name string) bool {
	return slices.ContainsFunc(r.Files, func(f File) bool { return f.Name == name })
}

// write replaces the folder's record, whole.
func (f *Folder) write(r record) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	const fresh = recordName + partSuffix
	if err := os.WriteFile(f.at(fresh), append(data, '\n'), 0o644); err != nil {
		return err
	}
	f.record = r
	return os.Rename(f.at(fresh), f.at(recordName))
}
