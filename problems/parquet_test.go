package problems_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"caucus/problems"
)

func TestParquetIsReadInEveryCompressionAndAcrossRowGroups(t *testing.T) {
	rows := make([]problemRow, 100)
	for i := range rows {
		rows[i] = problemRow{fmt.Sprint("id ", i), fmt.Sprintf("What is %d + 1?", i), fmt.Sprint(i + 1)}
	}
	for name, codec := range map[string]parquet.WriterOption{
		"none": parquet.Compression(&parquet.Uncompressed), "snappy": parquet.Compression(&parquet.Snappy), "gzip": parquet.Compression(&parquet.Gzip),
		"zstd": parquet.Compression(&parquet.Zstd), "lz4": parquet.Compression(&parquet.Lz4Raw),
	} {
		for _, options := range [][]parquet.WriterOption{
			{codec}, {codec, parquet.MaxRowsPerRowGroup(7)}, {codec, parquet.DataPageVersion(1)}, {codec, parquet.PageBufferSize(64)},
		} {
			got, err := problems.Read(strings.NewReader(parquetOf(t, rows, options...)), "p.parquet", problems.Options{})
			if err != nil || len(got) != len(rows) {
				t.Fatalf("%s: %d problems, %v", name, len(got), err)
			}
			for i, p := range got {
				if want := (problems.Problem{ID: rows[i].ID, Text: rows[i].Problem, Answer: rows[i].Answer}); p != want {
					t.Errorf("%s: got %q, want %q", name, p, want)
				}
			}
		}
	}
}

// TestBrotliIsRead reads a file that the encoder wrote which this program leaves out (third_party/brotli).
func TestBrotliIsRead(t *testing.T) {
	list, err := problems.ReadFile("testdata/brotli.parquet", problems.Options{})
	if err != nil || len(list) != 100 {
		t.Fatalf("%d problems, %v", len(list), err)
	}
	for i, p := range list {
		if want := (problems.Problem{ID: fmt.Sprint("id ", i), Text: fmt.Sprintf("What is %d + 1?", i), Answer: fmt.Sprint(i + 1)}); p != want {
			t.Errorf("got %q, want %q", p, want)
		}
	}
}

func TestColumnsInADictionaryAreRead(t *testing.T) {
	type row struct {
		Question string   `parquet:"question,dict"`
		Final    []string `parquet:"final_answer,list"`
		Several  bool     `parquet:"is_multiple_answer"`
	}
	text := parquetOf(t, []row{{"How many?", []string{"1", "2"}, true}, {"How many?", []string{"3"}, false}, {"Why?", nil, true}})
	list, told := readWarned(t, "p.parquet", text)
	if len(list) != 2 || list[0].Answer != "1, 2" || list[1].Answer != "3" || len(told) != 1 || !strings.Contains(told[0], "p.parquet:3: \"final_answer\" is a list of 0") {
		t.Errorf("got %q, %q", list, told)
	}
}

func TestDamagedParquetIsAnErrorWhateverByteIsWrong(t *testing.T) {
	rows := []problemRow{{"a", "What is 1 + 1?", "2"}, {"b", "What is 1 + 2?", "3"}}
	for _, option := range []parquet.WriterOption{parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy)} {
		whole := parquetOf(t, rows, option)
		for i := range whole {
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				damaged := []byte(whole)
				damaged[i] ^= flip
				_, _ = problems.Read(strings.NewReader(string(damaged)), "p.parquet", problems.Options{}) // it must return
			}
		}
		for n := range whole {
			if list, err := problems.Read(strings.NewReader(whole[:n]), "p.parquet", problems.Options{}); err == nil {
				t.Errorf("%d bytes of %d were read: %q", n, len(whole), list)
			}
		}
	}
}

func TestParquetThatAsksForMuchMemoryIsRefused(t *testing.T) {
	footer := func(body string) string {
		return "PAR1" + body + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + "PAR1"
	}
	for _, tt := range []struct{ name, text string }{
		{"a footer that is longer than the file", "PAR1" + "\xff\xff\xff\x7f" + "PAR1"},
		{"a schema of 2^31 - 1 columns", footer("\x15\x02\x19\xfc\xff\xff\xff\xff\x07")},
		{"an empty footer", footer("")},
	} {
		if _, err := problems.Read(strings.NewReader(tt.text), "p.parquet", problems.Options{}); err == nil || !strings.Contains(err.Error(), "the footer of the parquet: ") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
