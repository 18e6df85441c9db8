package problems

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Bounds on what a parquet file may ask for. The library allocates what the numbers in a file say before it looks
// whether so much is there, and running out of memory is no panic that could be caught. A page that unpacks to more than
// its header says is not caught either: that takes malice, not damage.
const (
	maxFooter     = 16 << 20 // bytes that describe the file
	maxColumns    = 10_000
	maxPage       = 64 << 20 // bytes of a page, unpacked; writers make pages of one to a few MiB
	maxPageValues = 16 << 20
)

// checkParquet reads the footer and every page's header, and reports the first that asks for too much.
func checkParquet(r io.ReaderAt, size int64) error {
	meta, err := readFooter(r, size)
	if err != nil {
		return fmt.Errorf("the footer of the parquet: %w", err)
	}
	if n := len(meta.Schema); n > maxColumns {
		return fmt.Errorf("parquet with %d columns: keep at most %d", n, maxColumns)
	}
	for i := range meta.RowGroups {
		for j := range meta.RowGroups[i].Columns {
			if err := checkPages(r, size, &meta.RowGroups[i].Columns[j].MetaData); err != nil {
				return fmt.Errorf("column %d in row group %d of the parquet: %w", j+1, i+1, err)
			}
		}
	}
	return nil
}

var errDamaged = errors.New("damaged, or not parquet: write the file anew")

// readFooter decodes what stands before the last eight bytes, which are its length and the magic bytes.
func readFooter(r io.ReaderAt, size int64) (*format.FileMetaData, error) {
	var end [8]byte
	const least = int64(len(parquetMagic) + len(end))
	if size < least {
		return nil, errDamaged
	}
	if _, err := r.ReadAt(end[:], size-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(end[:]))
	if string(end[4:]) != parquetMagic || length > size-least || length > maxFooter {
		return nil, errDamaged
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, size-int64(len(end))-length); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var protocol thrift.CompactProtocol
	meta := new(format.FileMetaData)
	return meta, thrift.NewDecoder(wary{protocol.NewReaderFromBytes(footer), len(footer)}).Decode(meta)
}

// wary refuses lists that are longer than the bytes they could stand in.
type wary struct {
	thriftReader
	size int
}

type thriftReader interface{ thrift.Reader } // whose method Reader a field of that name would hide

func (w wary) ReadList() (thrift.List, error) {
	list, err := w.thriftReader.ReadList()
	return list, errors.Join(err, w.check(list.Size))
}

func (w wary) ReadSet() (thrift.Set, error) {
	set, err := w.thriftReader.ReadSet()
	return set, errors.Join(err, w.check(set.Size))
}

func (w wary) ReadMap() (thrift.Map, error) {
	m, err := w.thriftReader.ReadMap()
	return m, errors.Join(err, w.check(m.Size))
}

func (w wary) check(n int32) error {
	if n < 0 || int(n) > w.size-w.BytesRead() {
		return errDamaged
	}
	return nil
}

// checkPages follows the pages of a column, from header to header.
func checkPages(r io.ReaderAt, size int64, column *format.ColumnMetaData) error {
	start, length := column.DataPageOffset, column.TotalCompressedSize
	if column.DictionaryPageOffset != 0 {
		start = column.DictionaryPageOffset
	}
	if start < 0 || length < 0 || start > size-length {
		return errDamaged
	}
	const headerBuffer = 512 // bytes, of which most headers need a few dozen
	pages := io.NewSectionReader(r, start, length)
	in := bufio.NewReaderSize(pages, headerBuffer)
	for at := int64(0); at < length; {
		var protocol thrift.CompactProtocol
		var header format.PageHeader
		if err := thrift.NewDecoder(protocol.NewReader(in)).Decode(&header); err != nil {
			return fmt.Errorf("a page's header: %w", err)
		}
		read, _ := pages.Seek(0, io.SeekCurrent) // which cannot fail
		at = read - int64(in.Buffered()) + int64(header.CompressedPageSize)
		if header.CompressedPageSize < 0 || at > length {
			return errDamaged
		}
		values := max(header.DataPageHeader.V.NumValues, header.DataPageHeaderV2.V.NumValues, header.DictionaryPageHeader.V.NumValues)
		if header.UncompressedPageSize > maxPage || values > maxPageValues {
			return fmt.Errorf("a page of %d bytes and %d values: write the file with smaller pages", header.UncompressedPageSize, values)
		}
		_, _ = pages.Seek(at, io.SeekStart)
		in.Reset(pages)
	}
	return nil
}
