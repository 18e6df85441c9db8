package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
)

// A large file's fingerprint is made of so many blocks of so many bytes, evenly spread: weights of gigabytes are not to be
// read for it.
const (
	fingerprintBlocks = 64
	fingerprintBlock  = 4096
)

// Fingerprint tells checkpoints apart: SHA-256 over the names, the sizes and the content of their JSON files, chat templates and
// weights, of weights above a quarter of a megabyte over blocks of them. Weights that were trained differ in every block.
func Fingerprint(fsys fs.FS) (string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return "", fmt.Errorf("fingerprint the model: %w", err)
	}
	sum := sha256.New()
	for _, entry := range entries { // which are sorted
		name := entry.Name()
		var err error
		switch filepath.Ext(name) {
		case ".json", ".jinja":
			var text []byte
			text, err = fs.ReadFile(fsys, name)
			sum.Write(fmt.Appendf(nil, "%q %d\n", name, len(text))) // a hash takes everything
			sum.Write(text)
		case ".safetensors":
			err = fingerprintWeights(sum, fsys, name)
		}
		if err != nil {
			return "", fmt.Errorf("fingerprint the model: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func fingerprintWeights(sum hash.Hash, fsys fs.FS, name string) (err error) {
	file, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	sum.Write(fmt.Appendf(nil, "%q %d\n", name, size))
	content, ok := file.(io.ReaderAt)
	if !ok {
		return fmt.Errorf("%s cannot be read from its middle", name)
	}
	for _, at := range blocksOf(size) {
		if _, err := io.Copy(sum, io.NewSectionReader(content, at, fingerprintBlock)); err != nil {
			return err
		}
	}
	return nil
}

// blocksOf is where the blocks of a file begin: all of a small one, and the first and the last of a large one.
func blocksOf(size int64) []int64 {
	var at []int64
	if size <= fingerprintBlocks*fingerprintBlock {
		for from := int64(0); from < size; from += fingerprintBlock {
			at = append(at, from)
		}
		return at
	}
	for i := range int64(fingerprintBlocks) {
		at = append(at, i*(size-fingerprintBlock)/(fingerprintBlocks-1))
	}
	return slices.Compact(at)
}
