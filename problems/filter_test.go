package problems_test

import (
	"fmt"
	"strings"
	"testing"

	"caucus/problems"
)

// filtered reads text, and returns the ids of what an expression takes, and the warnings.
func filtered(t *testing.T, name, text, expression string) (ids, told string, err error) {
	t.Helper()
	filter, err := problems.ParseFilter(expression)
	if err != nil {
		t.Fatal(err)
	}
	var warnings strings.Builder
	list, err := problems.Read(strings.NewReader(text), name, problems.Options{
		Filter: filter, Warn: func(err error) { fmt.Fprintln(&warnings, err) },
	})
	for _, p := range list {
		ids += p.ID
	}
	return ids, warnings.String(), err
}

func TestAFilterSeesTheRowsOwnFields(t *testing.T) {
	const lines = `{"id": "a", "question": "1+1", "answer": "so\n#### 2", "level": 5, "subject": "Algebra", "type": "T", "tags": ["x", 7], "src": {"year": 2024}}
{"id": "b", "question": "1+2", "answer": "so\n#### 3", "level": 3.5, "subject": "Geometry", "tags": [], "src": {"year": 1999}}
{"id": "c", "question": "1+3", "answer": "so\n#### 4", "level": "Level 4", "subject": "Algebra", "Odd Name": true, "tags": ["Level 4"]}`
	for _, tt := range []struct{ expression, want string }{
		{`level >= 4 && subject == "Algebra"`, "ac"},
		{`level < 4`, "b"},
		{`level == 4`, "c"},
		{`level == 5 && level % 2 == 1`, "a"},
		{`subject in ["Geometry", "Number Theory"]`, "b"},
		{`subject startsWith "Alg" and not (level == 4)`, "a"},
		{`answer == "3"`, "b"},
		{`id == "a" || statement == "1+2"`, "ab"},
		{`question == "1+3"`, "c"},
		{`7 in tags`, "a"},
		{`any(tags, # == "Level 4")`, "c"},
		{`(src?.year ?? 0) > 2000`, "a"},
		{`src != nil && src.year < 2000`, "b"},
		{`$env["Odd Name"] == true`, "c"},
		{`let n = level; n > 4`, "a"},
		{`type == "T" or count(tags, # == "Level 4") == 1`, "ac"},
		{`true`, "abc"},
	} {
		got, told, err := filtered(t, "p.jsonl", lines, tt.expression)
		if err != nil || got != tt.want || told != "" {
			t.Errorf("%s: took %q, told %q, %v; want %q", tt.expression, got, told, err, tt.want)
		}
	}
}

func TestCellsThatReadAsNumbersAreNumbersToAFilter(t *testing.T) {
	const table = "id,problem,answer,level,year\na,1+1,007,Level 2,2024\nb,1+2,7,3,1999\nc,1+3,-1.5e1,Level ?,\n"
	for _, tt := range []struct{ expression, want string }{
		{`level != "Level ?" && level <= 2`, "a"},
		{`year != nil and year > 2000`, "a"},
		{`year == nil`, "c"},
		{`answer == "007"`, "a"},
		{`answer == "7"`, "b"},
		{`answer == "-1.5e1"`, "c"},
	} {
		got, told, err := filtered(t, "p.csv", table, tt.expression)
		if err != nil || got != tt.want || told != "" {
			t.Errorf("%s: took %q, told %q, %v; want %q", tt.expression, got, told, err, tt.want)
		}
	}
}

func TestParquetColumnsAreNumbersAndListsToAFilter(t *testing.T) {
	type row struct {
		ID      string             `parquet:"id"`
		Problem string             `parquet:"problem"`
		Level   *int32             `parquet:"level,optional"`
		Score   float64            `parquet:"score"`
		Tags    []string           `parquet:"tags,list"`
		Final   []float32          `parquet:"final_answer,list"`
		Raw     []byte             `parquet:"raw"`
		More    map[string]float64 `parquet:"more"`
		Hard    bool               `parquet:"hard"`
	}
	file := parquetOf(t, []row{
		{ID: "a", Problem: "1+1", Level: new(int32(3)), Score: 0.5, Tags: []string{"x"}, Final: []float32{2}, Raw: []byte("r"), More: map[string]float64{"k": 1}, Hard: true},
		{ID: "b", Problem: "1+2", Score: 51, Final: []float32{0.1}},
	})
	for _, tt := range []struct{ expression, want string }{
		{`level == 3`, "a"}, {`level == nil`, "b"}, {`score == 51`, "b"}, {`"x" in tags`, "a"}, {`raw == "r"`, "a"},
		{`more.k == 1`, "a"}, {`hard`, "a"}, {`answer == "2"`, "a"}, {`answer == "0.1"`, "b"},
	} {
		got, told, err := filtered(t, "p.parquet", file, tt.expression)
		if err != nil || got != tt.want || told != "" {
			t.Errorf("%s: took %q, told %q, %v; want %q", tt.expression, got, told, err, tt.want)
		}
	}
}

func TestARowThatAFilterFailsOnIsBad(t *testing.T) {
	const lines = `{"id": "a", "problem": "x", "level": 5}
{"id": "b", "problem": "x"}
{"id": "c", "problem": "x", "level": "hard"}`
	for _, tt := range []struct{ expression, want, told string }{
		{"level >= 4", "a", "p.jsonl:2: the filter: invalid operation: <nil> >= int"},
		{"level == 5 || level < 3", "a", "p.jsonl:2: the filter: invalid operation: <nil> < int"},
		{"level", "", "p.jsonl:1: the filter: invalid operation: bool(int)"},
		{"level(3)", "", "p.jsonl:1: the filter: "},
	} {
		got, told, err := filtered(t, "p.jsonl", lines, tt.expression)
		if (err == nil) != (tt.want != "") || got != tt.want || !strings.HasPrefix(told, tt.told) || !strings.Contains(told, "p.jsonl:3: ") {
			t.Errorf("%s: took %q, %v, told %q", tt.expression, got, err, told)
		}
	}
}

func TestAFilterNamesTheFieldThatNoRowHas(t *testing.T) {
	const lines = `{"problem": "x", "level": 5}` + "\n" + `{"problem": "y", "topic": "z"}`
	for _, tt := range []struct{ expression, want string }{
		{`lvl == 5`, `p.jsonl: no row has a field "lvl": the fields are "level", "problem", "topic"`},
		{`Level == 5`, `p.jsonl: no row has a field "Level"`},
		{`lvl >= 5`, `p.jsonl: no row has a field "lvl"`},
		{`any([1], # == lvl)`, `p.jsonl: no row has a field "lvl"`},
		{`topic == "nowhere"`, `p.jsonl: no problems: the filter takes none of the rows`},
	} {
		if _, _, err := filtered(t, "p.jsonl", lines, tt.expression); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.expression, err, tt.want)
		}
	}
}

func TestParseFilterRefusesWhatIsNoCondition(t *testing.T) {
	for _, bad := range []string{"", "level >=", "1 + 1", `"a"`, "level >= 4 &&& x"} {
		if _, err := problems.ParseFilter(bad); err == nil {
			t.Errorf("%q was compiled", bad)
		}
	}
}
