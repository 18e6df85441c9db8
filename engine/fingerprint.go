package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A large file's fingerprint is made of so many blocks of so many bytes, evenly spread: weights of gigabytes are not to be
// read for it.
const (
	fingerprintBlocks = 64
	fingerprintBlock  = 4096

	fingerprintText = 64 << 20 // bytes of a file of text, of which all counts; no larger one is part of a checkpoint
)

// Fingerprint tells the checkpoint apart from others; see the function. Of a .gguf file it has the blocks and, since these are few
// and its header can be edited in place, the folder that is made of the header.
func (f *Files) Fingerprint() (string, error) {
	if f.gguf != "" {
		dir, name := filepath.Split(f.gguf)
		return fingerprint(func(sum hash.Hash) error {
			return errors.Join(fingerprintFolder(sum, f.fsys),
				fingerprintContent(sum, ggufSuffix, os.DirFS(filepath.Clean(dir)), name, 0)) // whatever its name is
		})
	}
	return Fingerprint(f.fsys)
}

// Fingerprint tells checkpoints apart: SHA-256 over the names, the sizes and the content of their JSON files, chat templates and
// weights, of weights above a quarter of a megabyte over blocks of them. Weights that were trained differ in every block. Hidden
// files, such as what a pull has noted, and folders are no part of a checkpoint.
func Fingerprint(fsys fs.FS) (string, error) {
	return fingerprint(func(sum hash.Hash) error { return fingerprintFolder(sum, fsys) })
}

func fingerprintFolder(sum hash.Hash, fsys fs.FS) error {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return err
	}
	for _, entry := range entries { // which are sorted
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		if err := fingerprintFile(sum, fsys, entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

// fingerprint is the hash of what add adds to it.
func fingerprint(add func(hash.Hash) error) (string, error) {
	sum := sha256.New()
	if err := add(sum); err != nil {
		return "", fmt.Errorf("fingerprint the model: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func fingerprintFile(sum hash.Hash, fsys fs.FS, name string) error {
	switch filepath.Ext(name) {
	case ".json", ".jinja":
		return fingerprintContent(sum, name, fsys, name, fingerprintText)
	case ".safetensors":
		return fingerprintContent(sum, name, fsys, name, 0)
	}
	return nil
}

// fingerprintContent takes, under a label, all of a file that is no larger than whole, and blocks of others.
func fingerprintContent(sum hash.Hash, label string, fsys fs.FS, name string, whole int64) (err error) {
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
	sum.Write(fmt.Appendf(nil, "%q %d\n", label, size)) // a hash takes everything
	if size <= whole {
		_, err := io.Copy(sum, io.LimitReader(file, size))
		return err
	}
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
