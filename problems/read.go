package problems

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadFile reads the problem file at path. See [Read].
func ReadFile(path string, o Options) ([]Problem, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading problems: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written: closing cannot lose data
	return Read(f, path, o)
}

// Read reads a problem file in one of the formats that the package comment gives. The extension of name tells which, and
// otherwise the first bytes do. It returns at least one problem. Whatever the size of the file, it holds no more than the
// problems that o asks for and a few rows in memory, and it reads no further than to the last of them.
//
// Bad rows are told as "name:line: what is wrong", the first ten of them, and then how many more there are.
func Read(r io.Reader, name string, o Options) ([]Problem, error) {
	rows, err := rowsOf(r, name)
	if err != nil {
		return nil, fmt.Errorf("reading problems from %s: %w", name, err)
	}
	chosen, fields, bad := newSelection(o), newCensus(o), badRows{name: name, warn: o.Warn}
	read := 0
	for row, err := range rows {
		if err != nil {
			return nil, fmt.Errorf("reading problems from %s: %w", name, err)
		}
		read++
		fields.count(row.values)
		if err := o.offer(row, chosen); err != nil {
			bad.add(row.line, err)
		}
		if chosen.full() {
			break
		}
	}
	if err := fields.err(); err != nil && !chosen.full() { // what was not read may have the field
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if list := chosen.problems(); len(list) > 0 {
		return list, nil
	}
	return nil, fmt.Errorf("%s: no problems: %w", name, why(read, bad))
}

// why tells how so many rows can give no problem.
func why(read int, bad badRows) error {
	switch read {
	case 0:
		return fmt.Errorf("it has no rows; write one object a line, such as %s, or a table with a row of names", example)
	case bad.count:
		return fmt.Errorf("all rows are bad, the first being %w", bad.errs[0])
	}
	return errors.New("the filter takes none of the rows: loosen it")
}

// offer adds a row to the selection if it is a problem and the filter takes it. The error tells what is wrong with it.
func (o *Options) offer(r row, chosen *selection) error {
	p, err := o.Fields.problem(r)
	if err != nil {
		return err
	}
	if o.Filter != nil {
		if taken, err := o.Filter.takes(r.values, p); err != nil || !taken {
			return err
		}
	}
	return chosen.offer(candidate{Problem: p, line: r.line})
}
