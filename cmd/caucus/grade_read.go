package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	maxRow       = 16 << 20 // bytes of a row: far above real texts, it keeps a wrong file from filling the memory
	maxBatch     = 128      // rows of a batch: handing it on costs far less than grading it
	maxBatchText = 1 << 20  // bytes of a batch, after which it takes no further row
)

// inputRow is a line as it was read.
type inputRow struct {
	line    int // from 1
	text    []byte
	tooLong bool // its text is missing
}

// A rowReader reads lines in batches.
type rowReader struct {
	in   *bufio.Reader
	line int
}

func newRowReader(r io.Reader) *rowReader { return &rowReader{in: bufio.NewReaderSize(r, 256<<10)} }

// batch returns the next rows that are not blank. It waits for one at most, and takes what is there without waiting, so
// that whoever writes row after row is answered row by row. With the last rows it returns io.EOF.
func (r *rowReader) batch() (rows []inputRow, err error) {
	for size := 0; len(rows) < maxBatch && size < maxBatchText && (len(rows) == 0 || r.ready()); {
		row, err := r.row()
		if len(row.text) > 0 || row.tooLong {
			rows = append(rows, row)
			size += len(row.text)
		}
		if errors.Is(err, io.EOF) {
			return rows, io.EOF
		}
		if err != nil {
			return rows, fmt.Errorf("read line %d: %w", r.line, err)
		}
	}
	return rows, nil
}

// ready reports whether a whole line has been read ahead.
func (r *rowReader) ready() bool {
	ahead, _ := r.in.Peek(r.in.Buffered()) // what is buffered cannot fail
	return bytes.IndexByte(ahead, '\n') >= 0
}

// row returns the next line, without white space around it.
func (r *rowReader) row() (inputRow, error) {
	r.line++
	row := inputRow{line: r.line}
	for {
		part, err := r.in.ReadSlice('\n')
		if row.tooLong = row.tooLong || len(row.text)+len(part) > maxRow; row.tooLong {
			row.text = nil
		} else {
			row.text = append(row.text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if row.line == 1 {
				row.text = bytes.TrimPrefix(row.text, []byte("\ufeff"))
			}
			row.text = bytes.TrimSpace(row.text)
			return row, err
		}
	}
}
