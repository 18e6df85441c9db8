package problems_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"caucus/problems"
)

var two = []problems.Problem{{"a", "What is 1 + 1?", "2"}, {"b", "Say \"so\",\nplease", "1.50"}}

const (
	twoLines = `{"id": "a", "problem": "What is 1 + 1?", "answer": 2}` + "\n" +
		`{"id": "b", "problem": "Say \"so\",\nplease", "answer": "1.50"}` + "\n"
	twoArray = "[\n" + `{"id": "a", "problem": "What is 1 + 1?", "answer": 2},` + "\n" +
		`{"id": "b", "problem": "Say \"so\",\nplease", "answer": "1.50"}` + "]"
	twoCommas = "id,problem,answer\n" + `a,What is 1 + 1?,2` + "\n" + `b,"Say ""so"",` + "\n" + `please",1.50` + "\n"
	twoTabs   = "id\tproblem\tanswer\n" + "a\tWhat is 1 + 1?\t2\n" + "b\t\"Say \"\"so\"\",\nplease\"\t1.50\n"
)

// zipped packs a text by gzip.
func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parquetOf writes rows as a parquet file.
func parquetOf[T any](t testing.TB, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type problemRow struct {
	ID      string `parquet:"id"`
	Problem string `parquet:"problem"`
	Answer  string `parquet:"answer,optional"`
}

func twoParquet(t testing.TB) string {
	return parquetOf(t, []problemRow{{two[0].ID, two[0].Text, two[0].Answer}, {two[1].ID, two[1].Text, two[1].Answer}})
}

func TestEveryFormatIsReadByItsExtensionOrItsFirstBytes(t *testing.T) {
	for _, tt := range []struct {
		text  string
		names []string
	}{
		{twoLines, []string{"p.jsonl", "p.ndjson", "p.json", "P.JSONL", "p.txt", ""}},
		{twoArray, []string{"p.json", "p.jsonl", "p", "standard input"}},
		{twoCommas, []string{"p.csv", "P.Csv", "p"}},
		{strings.ReplaceAll(twoCommas, "\n", "\r\n"), []string{"p.csv", "p"}},
		{twoTabs, []string{"p.tsv", "p"}},
		{twoParquet(t), []string{"p.parquet", "p", ""}},
	} {
		texts := []string{tt.text}
		if !strings.HasPrefix(tt.text, "PAR1") {
			texts = append(texts, "\ufeff"+tt.text, zipped(t, tt.text), zipped(t, "\ufeff"+tt.text))
		}
		for _, text := range texts {
			for _, name := range append(tt.names, tt.names[0]+".gz") {
				got, err := problems.Read(strings.NewReader(text), name, problems.Options{})
				if err != nil || !reflect.DeepEqual(got, two) {
					t.Errorf("%.12q as %q: got %q, %v", text, name, got, err)
				}
			}
		}
	}
}

func TestALimitEndsEveryFormat(t *testing.T) {
	for _, text := range []string{twoLines, twoArray, twoCommas, twoTabs, twoParquet(t), zipped(t, twoLines)} {
		got, err := problems.Read(strings.NewReader(text), "", problems.Options{Limit: 1})
		if err != nil || !reflect.DeepEqual(got, two[:1]) {
			t.Errorf("%.12q: got %q, %v", text, got, err)
		}
	}
}

func TestRowsWithoutAnIDAreNamedByLineOrPosition(t *testing.T) {
	type row struct {
		Problem string `parquet:"problem"`
	}
	for _, tt := range []struct{ name, text, first, second string }{
		{"p.jsonl", "\n{\"problem\": \"a\"}\n\n{\"problem\": \"b\"}", "2", "4"},
		{"p.json", "[\n\n{\"problem\": \"a\"},\n\n{\"problem\": \"b\"}]", "1", "2"},
		{"p.csv", "problem,x\n\"a\n\",\n\nb,\n", "2", "5"},
		{"p.tsv", "x\tproblem\n\ta\n\n\tb", "2", "4"},
		{"p.parquet", parquetOf(t, []row{{"a"}, {"b"}}), "1", "2"},
	} {
		got, err := problems.Read(strings.NewReader(tt.text), tt.name, problems.Options{})
		if err != nil || len(got) != 2 || got[0].ID != tt.first || got[1].ID != tt.second {
			t.Errorf("%s: got %q, %v", tt.name, got, err)
		}
	}
}

func TestBadRowsHaveTheirLineInEveryFormat(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"p.csv", "id,problem\n\na,What?\nb\n", "p.csv:4: 1 cells under 2 columns"},
		{"p.csv", "id,problem\na,\"one\ntwo\"\nb,x,y\n", "p.csv:4: 3 cells under 2 columns"},
		{"p.csv", "id,problem\na,5\" wide\n", `p.csv:2: bare " in non-quoted-field: put the cell in quotes`},
		{"p.csv", "id,problem\na,\"5\" wide\"\n", `p.csv:2: extraneous or missing " in quoted-field`},
		{"p.csv", "id,problem\na,What?\nb,\"never\nclosed", `p.csv:3: extraneous or missing " in quoted-field`},
		{"p.csv", "id,problem\na,What?\nb,\n", "p.csv:3: the statement is empty"},
		{"p.csv", "id,problem\na,What?\nb,17\n", `p.csv:3: "problem" is not a string`},
		{"p.csv", "id,problem\na,caf\xe9?\n", "p.csv:2: the statement is not valid UTF-8"},
		{"p.csv", "id,problem\na\xe9,What?\n", `p.csv:2: "id" is neither a string`},
		{"p.csv", "problem,solution\nWhat?,\\boxed{\xe9}\n", `p.csv:2: "solution": not valid UTF-8`},
		{"p.tsv", "id\tproblem\na\tWhat?\na\tWhy?\n", `p.tsv:3: id "a" is that of line 2`},
		{"p.csv", "problem;answer\nWhat?;3\n", `p.csv:2: no statement in the only column, "problem;answer": part cells by commas, or, in a .tsv file, by tabs`},
		{"p.csv", "my prompt,gold\nWhat?,3\n", `p.csv:2: no statement among the fields "gold", "my prompt": name its field, as in --field statement=NAME`},
		{"p.csv", "prompt,gold\nWhat?,3\n", `p.csv:2: no statement among the fields "gold", "prompt": name its field, as in --field statement=prompt`},
		{"p.parquet", parquetOf(t, []problemRow{{"a", "What?", ""}, {"a", "Why?", ""}}), `p.parquet:2: id "a" is that of line 1`},
		{"p.parquet", parquetOf(t, []problemRow{{"a", "What?", ""}, {"b", "\x1b[2J", ""}}), "p.parquet:2: the statement has control byte 0x1b"},
		{"p.json", "[{\"problem\": \"a\"},\n{\"problem\": nul},\n{\"problem\": \"c\"}]", "p.json:2: not a JSON object"},
		{"p.json", "[{\"problem\": \"a\"},\n]", "p.json:2: not a JSON object"},
		{"p.json", "[{\"problem\": \"a\"},\n{\"problem\": \"b\"]", "p.json:2: not a JSON object"},
		{"p.jsonl.gz", zipped(t, "{\"problem\": \"a\"}\n{"), "p.jsonl.gz:2: not a JSON object"},
	} {
		got, err := problems.Read(strings.NewReader(tt.text), tt.name, problems.Options{})
		if err == nil || got != nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q: got %q, %v; want the error %q", tt.text, got, err, tt.want)
		}
	}
}

func TestWhatIsNoFileOfItsFormatIsAnError(t *testing.T) {
	whole := twoParquet(t)
	for _, tt := range []struct{ name, text, want string }{
		{"p.csv", "", "p.csv: no problems"},
		{"p.csv", "id,problem\n", "p.csv: no problems"},
		{"p.csv", "id,id\n", `reading problems from p.csv: two columns are named "id"`},
		{"p.csv", "id,5\" wide\n", "reading problems from p.csv: the row that names the columns: "},
		{"p.jsonl.gz", zipped(t, twoLines)[:40], "reading problems from p.jsonl.gz: unexpected EOF"},
		{"p.jsonl.gz", "\x1f\x8bno", "reading problems from p.jsonl.gz: "},
		{"p.parquet", "", "reading problems from p.parquet: the footer of the parquet: damaged, or not parquet"},
		{"p.parquet", twoLines, "reading problems from p.parquet: the footer of the parquet: damaged, or not parquet"},
		{"p.parquet", whole[:len(whole)-1], "reading problems from p.parquet: the footer of the parquet: damaged, or not parquet"},
		{"p.parquet", zipped(t, whole), "reading problems from p.parquet: parquet behind gzip cannot be read: unpack it first"},
	} {
		got, err := problems.Read(strings.NewReader(tt.text), tt.name, problems.Options{})
		if err == nil || got != nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s, %.20q: got %q, %v; want the error %q", tt.name, tt.text, got, err, tt.want)
		}
	}
}

func TestARowOverTheLimitIsBadAndTheOthersAreRead(t *testing.T) {
	const small = `{"problem": "b"}`
	for _, tt := range []struct {
		name, before, row, after string
		line                     int
	}{
		{"p.jsonl", small + "\n", `{"problem": "a", "x": "%s"}`, "\n" + small, 2},
		{"p.json", "[" + small + ",", `{"problem": "a", "x": "%s"}`, "," + small + "]", 1},
		{"p.csv", "problem,x\nb,\n", "a,%s\n", "c,\n", 3},
	} {
		for over, want := range []int{3, 2} {
			padding := strings.Repeat("x", problems.MaxLine+over-len(tt.row)+len("%s"))
			list, told := readWarned(t, tt.name, tt.before+fmt.Sprintf(tt.row, padding)+tt.after)
			if len(list) != want || len(told) != over || over > 0 && !strings.HasPrefix(told[0], fmt.Sprintf("%s:%d: a row of more than", tt.name, tt.line)) {
				t.Errorf("%s with %d bytes too many: %d problems, %.200q", tt.name, over, len(list), told)
			}
		}
	}
}

func TestAQuoteThatIsNeverClosedEndsATable(t *testing.T) {
	list, told := readWarned(t, "p.csv", "problem\nfirst\n\"second\n"+strings.Repeat("more\n", problems.MaxLine))
	if len(list) != 1 || len(told) != 1 || !strings.HasPrefix(told[0], "p.csv:3: a row of more than 1048576 bytes: shorten it, or close the quote") {
		t.Errorf("%d problems, %.200q", len(list), told)
	}
}

func TestManyBlankLinesDoNotEndATable(t *testing.T) {
	list, told := readWarned(t, "p.csv", "problem\nfirst\n"+strings.Repeat("\n", 3*problems.MaxLine)+"second\n")
	if len(list) != 2 || list[1].ID != fmt.Sprint(3*problems.MaxLine+3) || told != nil {
		t.Errorf("%q, %q", list, told)
	}
}

// readWarned reads what is good in a text, and returns the warnings.
func readWarned(t *testing.T, name, text string) (list []problems.Problem, told []string) {
	t.Helper()
	list, err := problems.Read(strings.NewReader(text), name, problems.Options{Warn: func(err error) { told = append(told, err.Error()) }})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return list, told
}

func TestReadFileReadsParquetFromTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.parquet")
	if err := os.WriteFile(path, []byte(twoParquet(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := problems.ReadFile(path, problems.Options{}); err != nil || !reflect.DeepEqual(got, two) {
		t.Errorf("got %q, %v", got, err)
	}
}
