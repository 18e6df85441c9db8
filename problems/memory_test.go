package problems_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"caucus/problems"
)

var readSize = flag.Int64("read.size", 16<<20, "bytes of each file that TestAFileOfAnySizeTakesLittleMemory reads")

// filler is what makes a row as long as those of data sets: about 700 bytes.
var filler = strings.Repeat("Every step of the working is written out. ", 15)

// madeRow is the n-th row of a file that is made while it is read.
type madeRow struct {
	ID       string `parquet:"id"`
	Problem  string `parquet:"problem"`
	Solution string `parquet:"solution"`
	N        int64  `parquet:"n"`
}

func made(n int64) madeRow {
	return madeRow{fmt.Sprintf("row-%d", n), fmt.Sprintf("What is %d + 1?", n), filler + fmt.Sprintf(`\boxed{%d}`, n+1), n}
}

// A madeFile is read like a file of size bytes, or a little more, that is nowhere.
type madeFile struct {
	head, tail string
	row        func(madeRow) string
	size       int64
	rows       int64
	ready      string
	memory     *peak
}

func (f *madeFile) Read(p []byte) (int, error) {
	if f.ready == "" {
		f.memory.look()
		var b strings.Builder
		if f.rows == 0 {
			b.WriteString(f.head)
		}
		for b.Len() < 1<<20 && f.size > 0 {
			row := f.row(made(f.rows))
			b.WriteString(row)
			f.rows++
			if f.size -= int64(len(row)); f.size <= 0 {
				b.WriteString(f.tail)
			}
		}
		f.ready = b.String()
	}
	n := copy(p, f.ready)
	f.ready = f.ready[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// peak is the largest heap that was seen: the spans in use, garbage with the rest.
type peak struct{ bytes uint64 }

func (p *peak) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.bytes = max(p.bytes, m.HeapInuse)
}

func TestAFileOfAnySizeTakesLittleMemory(t *testing.T) {
	array := func(r madeRow) string {
		return fmt.Sprintf(",\n"+`{"id": %q, "problem": %q, "solution": %q, "n": %d}`, r.ID, r.Problem, r.Solution, r.N)
	}
	lines := func(r madeRow) string { return strings.TrimPrefix(array(r), ",\n") + "\n" }
	cells := func(r madeRow) string { return fmt.Sprintf("%s,%s,\"%s\",%d\n", r.ID, r.Problem, r.Solution, r.N) }
	for _, f := range []struct {
		name string
		file *madeFile
	}{
		{"p.jsonl", &madeFile{row: lines}},
		{"p.json", &madeFile{head: `[{"id": "first", "problem": "What?", "n": 1}`, row: array, tail: "]"}},
		{"p.csv", &madeFile{head: "id,problem,solution,n\n", row: cells}},
	} {
		var memory peak
		f.file.size, f.file.memory = *readSize, &memory
		readLarge(t, f.file, f.name, &memory)
	}
}

func TestAParquetFileOfAnySizeTakesLittleMemory(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "p.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	writeLarge(t, file)
	runtime.GC()
	runtime.GC() // a pool outlives the first
	var memory peak
	readLarge(t, &watchedFile{file, &memory}, "p.parquet", &memory)
}

// writeLarge writes rows of *readSize bytes or a little more.
func writeLarge(t *testing.T, file *os.File) {
	t.Helper()
	const rowGroup = 50_000 // rows
	w := parquet.NewGenericWriter[madeRow](file, parquet.MaxRowsPerRowGroup(rowGroup))
	for n := int64(0); n*int64(len(filler)) < *readSize; n++ {
		if _, err := w.Write([]madeRow{made(n)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// A watchedFile looks at the memory while it is read.
type watchedFile struct {
	*os.File
	memory *peak
}

func (f *watchedFile) ReadAt(p []byte, offset int64) (int, error) {
	f.memory.look()
	return f.File.ReadAt(p, offset)
}

// readLarge reads a hundred of the rows with an even n, and wants the heap to stay small.
func readLarge(t *testing.T, r io.Reader, name string, memory *peak) {
	t.Helper()
	filter, err := problems.ParseFilter("n % 2 == 0")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	list, err := problems.Read(r, name, problems.Options{Filter: filter, Shuffle: true, Limit: 100})
	if err != nil || len(list) != 100 {
		t.Fatalf("%s: %d problems, %v", name, len(list), err)
	}
	for _, p := range list {
		if p.Answer == "" {
			t.Errorf("%s: problem %s has no answer", name, p.ID)
		}
	}
	t.Logf("%s: %d MB in %.1f s, at most %d MB of heap in use", name, *readSize/1e6, time.Since(start).Seconds(), memory.bytes/1e6)
	if memory.bytes > 100e6 {
		t.Errorf("%s: %d bytes of heap in use", name, memory.bytes)
	}
}
