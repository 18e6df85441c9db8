package problems

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// WriteParquet writes a whole file of results, with a column for each field of [Result].
func WriteParquet(w io.Writer, results []Result) error {
	results = slices.Clone(results)
	for i := range results {
		results[i].Votes = results[i].Votes.sorted()
	}
	out := parquet.NewGenericWriter[Result](w, parquet.Compression(&parquet.Snappy))
	_, err := out.Write(results)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("writing %d results as parquet: %w", len(results), err)
	}
	return nil
}
