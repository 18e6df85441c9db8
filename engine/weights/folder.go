package weights

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"caucus/engine/internal/filemap"
)

// What a checkpoint's folder calls its tensors: one file, or an index that tells each tensor's shard.
const (
	wholeName = "model.safetensors"
	indexName = "model.safetensors.index.json"
)

// Open opens a safetensors file, or a folder with model.safetensors or with model.safetensors.index.json and its shards.
func Open(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open weights: %w", err)
	}
	file := &File{name: path}
	if info.IsDir() {
		err = file.readFolder(path, filemap.Open)
	} else {
		file.tensors, err = file.read(path, filemap.Open)
	}
	return file.opened(err)
}

// OpenFS is Open for a folder that is an fs.FS, of which it reads the files into memory.
func OpenFS(fsys fs.FS) (*File, error) {
	file := &File{name: "weights"}
	err := file.readFolder(".", func(name string) ([]byte, func() error, error) {
		data, err := fs.ReadFile(fsys, name)
		return data, func() error { return nil }, err
	})
	return file.opened(err)
}

// opener reads or maps a file; release ends the life of data.
type opener func(path string) (data []byte, release func() error, err error)

// opened returns f, or on an error gives back what has been mapped for it.
func (f *File) opened(err error) (*File, error) {
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open weights: %w", err), f.Close())
	}
	return f, nil
}

// read parses one file, whose data f keeps.
func (f *File) read(path string, open opener) (map[string]tensor, error) {
	data, release, err := open(path)
	if err != nil {
		return nil, err
	}
	f.releases = append(f.releases, release)
	tensors, err := parse(data, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return tensors, nil
}

// readFolder fills f from the whole file or, in its absence, from the shards that the index names.
func (f *File) readFolder(dir string, open opener) error {
	tensors, err := f.read(filepath.Join(dir, wholeName), open)
	if !errors.Is(err, fs.ErrNotExist) {
		f.tensors = tensors
		return err
	}
	index := filepath.Join(dir, indexName)
	shards, err := readIndex(index, open)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("neither %s nor %s is there: %w", wholeName, indexName, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", index, err)
	}
	f.tensors = make(map[string]tensor)
	for _, shard := range slices.Sorted(maps.Keys(shards)) {
		tensors, err := f.read(filepath.Join(dir, shard), open)
		if err != nil {
			return fmt.Errorf("shard of %s: %w", index, err)
		}
		for _, name := range shards[shard] {
			t, ok := tensors[name]
			if !ok {
				return fmt.Errorf("%s: tensor %q is not in %q", index, name, shard)
			}
			f.tensors[name] = t
		}
	}
	return nil
}

// readIndex returns the tensors of each shard.
func readIndex(path string, open opener) (map[string][]string, error) {
	data, release, err := open(path)
	if err != nil {
		return nil, err
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if len(data) > maxHeader {
		return nil, errors.Join(fmt.Errorf("it has %d bytes, and at most %d are allowed", len(data), maxHeader), release())
	}
	err = errors.Join(decodeStrict(data, &index), release())
	if err != nil {
		return nil, err
	}
	if len(index.WeightMap) == 0 {
		return nil, errors.New("weight_map is missing or empty")
	}
	shards := make(map[string][]string)
	for name, shard := range index.WeightMap {
		if shard == "" || shard == "." || shard == ".." || strings.ContainsAny(shard, `/\:`) {
			return nil, fmt.Errorf("tensor %q is in %q, which is not the name of a file in this folder", name, shard)
		}
		shards[shard] = append(shards[shard], name)
	}
	return shards, nil
}
