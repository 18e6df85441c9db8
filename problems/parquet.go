package problems

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/sourcegraph/conc/panics"
)

// statReaderAt is what parquet is read from: an *os.File.
type statReaderAt interface {
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// parquetRows reads a parquet file of size bytes. The library panics on some damaged files, so each call of it is guarded.
func parquetRows(r io.ReaderAt, size int64) rows {
	return func(yield func(row, error) bool) {
		reader, err := guard(func() (*parquet.GenericReader[any], error) { return openParquet(r, size) })
		if err != nil {
			yield(row{}, err)
			return
		}
		defer func() { _, _ = guard(func() (int, error) { return 0, reader.Close() }) }() // it cannot lose data
		const few = 16                                                                    // rows that are in memory together
		batch := make([]any, few)
		done := 0
		for err == nil {
			clear(batch)
			var n int
			n, err = guard(func() (int, error) { return reader.Read(batch) })
			if n == 0 && err == nil {
				err = io.ErrNoProgress
			}
			for _, record := range batch[:n] {
				done++
				members, _ := plain(record).(map[string]any) // nothing else is made of a row
				if !yield(row{line: done, id: strconv.Itoa(done), values: members}, nil) {
					return
				}
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(row{}, fmt.Errorf("parquet behind row %d: %w", done, err))
		}
	}
}

func openParquet(r io.ReaderAt, size int64) (*parquet.GenericReader[any], error) {
	if err := checkParquet(r, size); err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, err
	}
	return parquet.NewGenericReader[any](file), nil
}

// guard returns what f returns, or an error if it panics.
func guard[T any](f func() (T, error)) (result T, err error) {
	if panicked := panics.Try(func() { result, err = f() }); panicked != nil {
		err = fmt.Errorf("damaged: %v", panicked.Value)
	}
	return result, err
}

// plain returns a value as JSON would have it: numbers with their digits, and bytes as the text that they are.
func plain(value any) any {
	switch v := value.(type) {
	case nil, bool, string:
		return v
	case []byte:
		return string(v)
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	case map[string]any:
		for name := range v {
			v[name] = plain(v[name])
		}
		return v
	}
	if digits, err := json.Marshal(value); err == nil && digits[0] != '"' {
		return json.Number(digits)
	}
	return fmt.Sprint(value) // a time, or a float that is no number
}
