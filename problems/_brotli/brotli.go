// Package brotli stands in for github.com/andybalholm/brotli, which parquet-go imports, by a line in go.mod. This program
// reads parquet files that are packed by brotli and writes none, and nine tenths of that library, 0.7 MB of the program, are
// its encoder. The decoder here is dsnet/compress's.
package brotli

import (
	"errors"
	"io"

	"github.com/dsnet/compress/brotli"
)

// Reader unpacks.
type Reader struct{ *brotli.Reader }

// NewReader unpacks what r has.
func NewReader(r io.Reader) *Reader {
	reader, err := brotli.NewReader(r, nil)
	if err != nil {
		panic(err) // only a configuration is refused
	}
	return &Reader{reader}
}

var errNoWriter = errors.New("brotli: this program cannot pack by brotli; choose another compression")

// Writer refuses to pack.
type Writer struct{}

// WriterOptions are what parquet-go asks for.
type WriterOptions struct{ Quality, LGWin int }

// NewWriterOptions makes a Writer.
func NewWriterOptions(io.Writer, WriterOptions) *Writer { return &Writer{} }

func (*Writer) Write([]byte) (int, error) { return 0, errNoWriter }

// Close implements io.Closer.
func (*Writer) Close() error { return errNoWriter }

// Reset implements compress.Writer of parquet-go.
func (*Writer) Reset(io.Writer) {}
