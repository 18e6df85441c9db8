package gguf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// FS is the checkpoint's folder, but for its tensors: config.json, tokenizer.json, tokenizer_config.json and
// generation_config.json, of which only the first is there if the file has no tokenizer.
func (f *File) FS() (fs.FS, error) {
	if f.values == nil {
		return nil, fmt.Errorf("%s: it is closed", f.name)
	}
	m := &metadata{values: f.values, read: make(map[string]bool)}
	made := map[string]any{"config.json": f.config}
	if kind := m.text("tokenizer.ggml.model"); !slices.Contains([]string{"", "none", "no_vocab"}, kind) {
		v := m.vocabulary()
		made["tokenizer.json"] = v.tokenizer()
		made["tokenizer_config.json"] = v.config()
		made["generation_config.json"] = v.generation()
	}
	if m.err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, m.err)
	}
	folder := make(folder, len(made))
	for name, content := range made {
		data, err := json.Marshal(content)
		if err != nil {
			return nil, fmt.Errorf("%s: make %s: %w", f.name, name, err)
		}
		folder[name] = data
	}
	return folder, nil
}

// folder is files in memory, by name.
type folder map[string][]byte

// Open implements fs.FS.
func (f folder) Open(name string) (fs.File, error) {
	data, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &openFile{bytes.NewReader(data), info{name, int64(len(data))}}, nil
}

// ReadDir implements fs.ReadDirFS.
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var entries []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(f)) {
		entries = append(entries, fs.FileInfoToDirEntry(info{name, int64(len(f[name]))}))
	}
	return entries, nil
}

type openFile struct {
	io.Reader
	info info
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

// info is about a file in memory, which anyone may read and none may write.
type info struct {
	name string
	size int64
}

func (i info) Name() string     { return i.name }
func (i info) Size() int64      { return i.size }
func (info) Mode() fs.FileMode  { return 0o444 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }
