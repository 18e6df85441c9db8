package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"

	"github.com/dustin/go-humanize"
)

// A Pull is the files that are to be fetched into a folder.
type Pull struct {
	Files   []File // that are not there yet
	Present []File // that are there and right
	Size    int64  // of all Files

	folder *Folder
	model  Model
	got    atomic.Int64
}

// Got is how many bytes of Files are there. It may be called at any time, and falls where a part has to be fetched anew.
func (p *Pull) Got() int64 { return p.got.Load() }

// Plan finds out which of the files are missing, refuses if the disk has no room for them, and records in the folder what it
// is for. Files that are there are read, to see whether they are right: that may take a while.
func (f *Folder) Plan(ctx context.Context, m Model, files []File) (*Pull, error) {
	p := &Pull{folder: f, model: m}
	for _, file := range files {
		right, err := f.holds(ctx, file)
		switch {
		case err != nil:
			return nil, fmt.Errorf("see what is in %s: %w", f.path, err)
		case right:
			p.Present = append(p.Present, file)
		default:
			p.Files = append(p.Files, file)
			p.Size += file.Size
			p.got.Add(f.begun(file))
		}
	}
	if err := f.room(p.Size - p.Got()); err != nil {
		return nil, err
	}
	if err := f.prepare(m, files); err != nil {
		return nil, fmt.Errorf("prepare the folder %s: %w", f.path, err)
	}
	return p, nil
}

// holds reports whether a file is there and right.
func (f *Folder) holds(ctx context.Context, file File) (bool, error) {
	info, err := os.Stat(f.at(file.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || info.Size() != file.Size {
		return false, err
	}
	opened, err := os.Open(f.at(file.Name))
	if err != nil {
		return false, err
	}
	sum := file.newHash()
	_, err = io.Copy(sum, untilDone{ctx, opened})
	return file.matches(sum), errors.Join(err, opened.Close())
}

// begun is the size of a file's part, as far as it can be gone on with.
func (f *Folder) begun(file File) int64 {
	old := f.record.Files
	i := slices.IndexFunc(old, func(o File) bool { return o.Name == file.Name })
	info, err := os.Stat(f.at(file.part()))
	if err != nil || info.Size() > file.Size || i < 0 || !old[i].same(file) {
		return 0
	}
	return info.Size()
}

// room refuses what the disk cannot take.
func (f *Folder) room(size int64) error {
	free, err := freeSpace(f.path)
	if err != nil || size <= free { // a disk that does not tell may have it
		return nil
	}
	return fmt.Errorf("there is no room in %s: %s are to be fetched, and the disk has %s free; make room, or name a folder elsewhere",
		f.path, humanize.Bytes(uint64(size)), humanize.Bytes(uint64(max(0, free))))
}

// prepare removes what an earlier commit had and this one has not, or has otherwise, and records what is to be there now.
// Other files that the model still has stay: somebody chose them before.
func (f *Folder) prepare(m Model, files []File) error {
	now := record{m.Repo, m.Revision, m.Commit, slices.Clone(files)}
	var errs []error
	for _, old := range f.record.Files {
		i := slices.IndexFunc(m.Files, func(n File) bool { return n.Name == old.Name })
		if i < 0 {
			errs = append(errs, f.remove(old.Name), f.remove(old.part()))
			continue
		}
		if !old.same(m.Files[i]) {
			errs = append(errs, f.remove(old.part()))
		}
		if !now.has(old.Name) {
			now.Files = append(now.Files, old)
		}
	}
	return errors.Join(append(errs, f.write(now))...)
}

func (f *Folder) remove(name string) error {
	if err := os.Remove(f.at(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// untilDone reads until ctx ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
