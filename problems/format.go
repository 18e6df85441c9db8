package problems

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

const (
	byteOrderMark = "\ufeff"
	gzipMagic     = "\x1f\x8b"
	parquetMagic  = "PAR1"
	lookAhead     = 64 << 10 // bytes at which the format is told
)

// A fileFormat is a way to write rows into a file.
type fileFormat int

const (
	jsonText fileFormat = iota // lines or an array, which the first byte tells
	commaText
	tabText
	parquetFile
)

// formats are those that a file's extension names.
var formats = map[string]fileFormat{
	".jsonl": jsonText, ".ndjson": jsonText, ".json": jsonText, ".csv": commaText, ".tsv": tabText, ".parquet": parquetFile,
}

// rowsOf returns the rows of a file, which may be packed by gzip whatever its name says.
func rowsOf(r io.Reader, name string) (rows, error) {
	in := bufio.NewReaderSize(r, lookAhead)
	packed := false
	if head, _ := in.Peek(len(gzipMagic)); string(head) == gzipMagic { // a failure to read comes again
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		packed, in = true, bufio.NewReaderSize(unpacked, lookAhead)
	}
	if head, _ := in.Peek(len(byteOrderMark)); string(head) == byteOrderMark {
		_, _ = in.Discard(len(head)) // which are there
	}
	switch formatOf(in, name) {
	case commaText:
		return tableRows(in, ','), nil
	case tabText:
		return tableRows(in, '\t'), nil
	case parquetFile:
		if packed {
			return nil, errors.New("parquet behind gzip cannot be read: unpack it first")
		}
		return parquetRowsOf(r, in)
	}
	return jsonRows(in), nil
}

// formatOf goes by the extension, or else by the first bytes.
func formatOf(in *bufio.Reader, name string) fileFormat {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	if f, known := formats[filepath.Ext(name)]; known {
		return f
	}
	head, _ := in.Peek(lookAhead)
	text := bytes.TrimLeft(head, " \t\r\n")
	line, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case bytes.HasPrefix(head, []byte(parquetMagic)):
		return parquetFile
	case bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("[")):
		return jsonText
	case bytes.Contains(line, []byte("\t")):
		return tabText
	case bytes.Contains(line, []byte(",")):
		return commaText
	}
	return jsonText // whose errors show what is wanted
}

// maxPiped is how much parquet is read into memory where the reader is no file: its end has to be known first.
const maxPiped = 64 << 20

// parquetRowsOf reads parquet from r itself if it is a file, or else all of in.
func parquetRowsOf(r io.Reader, in *bufio.Reader) (rows, error) {
	if f, ok := r.(statReaderAt); ok {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			return parquetRows(f, info.Size()), nil
		}
	}
	data, err := io.ReadAll(io.LimitReader(in, maxPiped+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxPiped:
		return nil, fmt.Errorf("more than %d bytes of parquet that is no file: give the name of a file", maxPiped)
	}
	return parquetRows(bytes.NewReader(data), int64(len(data))), nil
}
