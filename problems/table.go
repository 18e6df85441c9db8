package problems

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// tableRows reads a table whose cells are parted by comma, a comma or tab. Its first row names the columns.
func tableRows(in *bufio.Reader, comma rune) rows {
	return func(yield func(row, error) bool) {
		limit := &rowLimit{r: in}
		table := csv.NewReader(limit)
		table.Comma, table.ReuseRecord = comma, true
		columns, err := header(table)
		for err == nil {
			var r row
			r, err = limit.row(table, columns)
			if (err == nil || errors.Is(err, errTooLong)) && !yield(r, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, errTooLong) {
			yield(row{}, err)
		}
	}
}

// header reads the names of the columns.
func header(table *csv.Reader) ([]string, error) {
	record, err := table.Read()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			err = fmt.Errorf("the row that names the columns: %w", err)
		}
		return nil, err
	}
	columns := make([]string, len(record))
	taken := make(map[string]bool, len(record))
	for i, cell := range record {
		name := strings.TrimSpace(cell)
		if name != "" && taken[name] {
			return nil, fmt.Errorf("two columns are named %q: rename one", name)
		}
		columns[i], taken[name] = name, true
	}
	return columns, nil
}

// rowLimit keeps a quote that is never closed from taking the rest of the file into memory.
type rowLimit struct {
	r    io.Reader
	read int // bytes since the row began, or a little before
}

// Read feigns the end of the file behind a row that is too long, so that csv.Reader ends the row and tells its line.
func (l *rowLimit) Read(p []byte) (int, error) {
	if l.exceeded() {
		return 0, io.EOF
	}
	n, err := l.r.Read(p)
	if len(bytes.Trim(p[:n], "\r\n")) > 0 { // blank lines belong to no row
		l.read += n
	}
	return n, err
}

func (l *rowLimit) exceeded() bool {
	const readAhead = 16 << 10 // more than csv.Reader has buffered
	return l.read > MaxLine+readAhead
}

// row reads the next row. With errTooLong it is the last, since nobody knows where the next one begins.
func (l *rowLimit) row(table *csv.Reader, columns []string) (row, error) {
	l.read = 0
	record, err := table.Read()
	var fault *csv.ParseError
	var r row
	switch {
	case errors.As(err, &fault):
		r.line = fault.StartLine
	case err != nil:
		return row{}, err
	default:
		r.line, _ = table.FieldPos(0)
	}
	switch {
	case l.exceeded():
		r.err = fmt.Errorf("%w, or close the quote in it", errTooLong)
		return r, errTooLong
	case length(record) > MaxLine:
		r.err = errTooLong
	case errors.Is(err, csv.ErrFieldCount):
		r.err = fmt.Errorf("%d cells under %d columns: put cells that hold the separator in quotes", len(record), len(columns))
	case err != nil:
		r.err = fmt.Errorf("%w: put the cell in quotes and double the quotes in it", fault.Err)
	default:
		r.id = strconv.Itoa(r.line)
		r.values = make(values, len(columns))
		for i, name := range columns {
			r.values[name] = cellValue(record[i])
		}
	}
	return r, nil
}

// length is that of a row with its separators.
func length(record []string) int {
	n := len(record)
	for _, cell := range record {
		n += len(cell)
	}
	return n
}

// cellValue is nil for an empty cell, and a number for one that JSON would read as a number.
func cellValue(cell string) any {
	const longest = 40 // bytes of a number that is worth trying
	switch {
	case cell == "":
		return nil
	case len(cell) <= longest && (cell[0] == '-' || '0' <= cell[0] && cell[0] <= '9') && json.Valid([]byte(cell)):
		return json.Number(strings.TrimSpace(cell))
	}
	return cell
}
