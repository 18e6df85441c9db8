package problems

import (
	"fmt"
	"iter"
)

// A row is one record of a file, of which nobody knows yet whether it is a problem.
type row struct {
	line   int    // where it begins, from 1; of parquet the number of the row
	id     string // what names the problem unless a field does
	values values
	err    error // what is wrong with it, and then it has no values
}

// rows reads a file row by row. A row that is bad does not end it, but what it yields an error for does.
type rows = iter.Seq2[row, error]

// errTooLong is the fault of a row with more than MaxLine bytes.
var errTooLong = fmt.Errorf("a row of more than %d bytes: shorten it", MaxLine)
