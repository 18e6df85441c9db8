package hub

import (
	"crypto/sha1" // git's
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
)

// A File is one of a model's, with one of two checksums: the SHA-256 of large files, or git's of the others.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
	Blob   string `json:"blob,omitempty"` // SHA-1 of a header and the content
}

// part is the name of a file that is not whole.
func (f File) part() string { return f.Name + partSuffix }

const partSuffix = ".part"

// same reports whether two files have the same content.
func (f File) same(g File) bool { return f.Size == g.Size && f.SHA256 == g.SHA256 && f.Blob == g.Blob }

// newHash begins the checksum.
func (f File) newHash() hash.Hash {
	if f.SHA256 != "" {
		return sha256.New()
	}
	h := sha1.New()
	h.Write(fmt.Appendf(nil, "blob %d\x00", f.Size))
	return h
}

// matches reports whether a checksum is the right one.
func (f File) matches(h hash.Hash) bool {
	sum := hex.EncodeToString(h.Sum(nil))
	return sum == f.SHA256 || f.SHA256 == "" && sum == f.Blob
}
