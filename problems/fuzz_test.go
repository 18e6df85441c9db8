package problems_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"caucus/problems"
)

// What is read from any text can be written out and read again without change, and every statement passes Check. What
// is bad in it never keeps the rest from being read, and nothing panics.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"", "f.jsonl", "f.csv", "f.tsv"} {
		for _, text := range []string{
			twoLines, twoArray, twoCommas, twoTabs, zipped(f, twoLines), zipped(f, twoCommas)[:30],
			"{\"problem\": \"a\", \"answer\": 1.50}\r\n\n{\"question\": \"b\", \"id\": 7}",
			"\ufeff[{\"problem\": \"a\", \"answer\": [true]},\n{\"problem\": \"\\ud800\"}]",
			"[{}, nul", "[{]},,{\"problem\": \"a\"}", "{\"problem\": \"\xff\"}", "problem,answer\n\"a\n", "problem\tlevel\na\t\"Level 5\"",
			`{"problem": "a", "solution": ["\\boxed{\\{}", 1]}` + "\n" + `{"Question": "b", "Body": "a", "final_answer": [1, 2], "is_multiple_answer": true}`,
		} {
			f.Add([]byte(text), name)
		}
	}
	filter, err := problems.ParseFilter(`level == nil || level != 5 || statement contains answer`)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		if strings.HasPrefix(string(data), "PAR1") || strings.Contains(strings.ToLower(name), "parquet") {
			return // FuzzReadParquet
		}
		list, strictly := problems.Read(strings.NewReader(string(data)), name, problems.Options{})
		good, err := problems.Read(strings.NewReader(string(data)), name, problems.Options{Warn: func(error) {}})
		if strictly == nil && (err != nil || !reflect.DeepEqual(good, list)) {
			t.Fatalf("with warnings %q, %v; without %q", good, err, list)
		}
		checkRead(t, good)
		_, _ = problems.Read(strings.NewReader(string(data)), name, problems.Options{
			Filter: filter, Limit: 2, Shuffle: true, Warn: func(error) {}, Fields: problems.Fields{Answer: "answer"},
		})
	})
}

// No bytes behind the magic ones panic or take much memory.
func FuzzReadParquet(f *testing.F) {
	type nested struct {
		Question string           `parquet:"question,dict"`
		Final    []string         `parquet:"final_answer,list"`
		Level    *int64           `parquet:"level,optional"`
		More     map[string]int32 `parquet:"more"`
	}
	f.Add([]byte(twoParquet(f)))
	f.Add([]byte(parquetOf(f, []nested{{"a", []string{"1"}, new(int64(5)), map[string]int32{"k": 1}}, {Question: "a"}})))
	f.Add([]byte(parquetOf(f, []nested{{"a", []string{"1", "2"}, nil, nil}}, parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(1))))
	f.Fuzz(func(t *testing.T, data []byte) {
		good, _ := problems.Read(strings.NewReader(string(data)), "f.parquet", problems.Options{Warn: func(error) {}})
		checkRead(t, good)
	})
}

// checkRead wants problems that can be written out and read again without change.
func checkRead(t *testing.T, list []problems.Problem) {
	t.Helper()
	if len(list) == 0 {
		return
	}
	var again strings.Builder
	for _, p := range list {
		if err := problems.Check(p.Text); err != nil {
			t.Fatalf("read a statement that does not pass: %v", err)
		}
		line, err := json.Marshal(map[string]string{"id": p.ID, "problem": p.Text, "answer": p.Answer})
		if err != nil {
			t.Fatal(err)
		}
		again.Write(append(line, '\n'))
	}
	if got, err := problems.Read(strings.NewReader(again.String()), "f", problems.Options{}); err != nil || !reflect.DeepEqual(got, list) {
		t.Fatalf("read again: %q, %v; want %q", got, err, list)
	}
}
