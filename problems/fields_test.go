package problems_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"caucus/problems"
)

func TestTheStylesOfDataSetsAreKnown(t *testing.T) {
	for _, tt := range []struct {
		style, row string
		want       problems.Problem
	}{
		{"GSM8K", `{"question": "Two and two?", "answer": "2+2=<<2+2=4>>4\n#### 4"}`, problems.Problem{ID: "1", Text: "Two and two?", Answer: "4"}},
		{"MATH", `{"problem": "Halve $1$.", "level": "Level 5", "type": "Algebra", "solution": "First \\boxed{x}? No, $\\boxed{\\frac{1}{2}}$."}`,
			problems.Problem{ID: "1", Text: "Halve $1$.", Answer: `\frac{1}{2}`}},
		{"MATH-500", `{"problem": "Halve $1$.", "solution": "\\boxed{0.5}", "answer": "\\frac12", "subject": "Algebra", "level": 2, "unique_id": "test/algebra/1.json"}`,
			problems.Problem{ID: "test/algebra/1.json", Text: "Halve $1$.", Answer: `\frac12`}},
		{"AIME 2024", `{"ID": "2024-I-1", "Problem": "Find $n$.", "Solution": "\\boxed{025}", "Answer": 25}`, problems.Problem{ID: "2024-I-1", Text: "Find $n$.", Answer: "25"}},
		{"AIME 1983-2024", `{"ID": "1983-1", "Year": 1983, "Problem Number": 1, "Question": "Find $n$.", "Answer": "060", "Part": null}`,
			problems.Problem{ID: "1983-1", Text: "Find $n$.", Answer: "060"}},
		{"AIME in boxes", `{"id": 60, "problem": "Find $n$.", "solution": "\\boxed{204}", "url": "x"}`, problems.Problem{ID: "60", Text: "Find $n$.", Answer: "204"}},
		{"AIME 2025", `{"problem_idx": 1, "answer": 70, "problem": "Find $n$."}`, problems.Problem{ID: "1", Text: "Find $n$.", Answer: "70"}},
		{"AMC", `{"id": 0, "problem": "Find $n$.", "answer": 142.0, "url": "x"}`, problems.Problem{ID: "0", Text: "Find $n$.", Answer: "142.0"}},
		{"OlympiadBench", `{"id": 1606, "question": "Find $n$.", "solution": ["So 2."], "final_answer": ["2"], "is_multiple_answer": false, "subfield": "Algebra"}`,
			problems.Problem{ID: "1606", Text: "Find $n$.", Answer: "2"}},
		{"OlympiadBench, several", `{"id": 1, "question": "Find $n$.", "final_answer": ["1", "-2"], "is_multiple_answer": true}`, problems.Problem{ID: "1", Text: "Find $n$.", Answer: "1, -2"}},
		{"OlympiadBench, a proof", `{"id": 2, "question": "Prove it.", "solution": ["Clear."], "final_answer": null, "is_multiple_answer": false}`, problems.Problem{ID: "2", Text: "Prove it."}},
		{"Minerva", `{"problem": "How hot?", "type": "Physics", "solution": "It is \\boxed{3e4} K.", "idx": 0}`, problems.Problem{ID: "1", Text: "How hot?", Answer: "3e4"}},
		{"Minerva, answered", `{"question": "How hot?", "answer": "3e4"}`, problems.Problem{ID: "1", Text: "How hot?", Answer: "3e4"}},
		{"SVAMP", `{"ID": "chal-1", "Body": "Tom has 3 pens.", "Question": "How many?", "Equation": "3.0", "Answer": 3.0, "Type": "Addition"}`,
			problems.Problem{ID: "chal-1", Text: "Tom has 3 pens. How many?", Answer: "3.0"}},
		{"mathematics_dataset", `{"module": "algebra__linear", "question": "Solve x = 1.", "answer": "1"}`, problems.Problem{ID: "1", Text: "Solve x = 1.", Answer: "1"}},
	} {
		got, err := problems.Read(strings.NewReader(tt.row), "p.jsonl", problems.Options{})
		if err != nil || !reflect.DeepEqual(got, []problems.Problem{tt.want}) {
			t.Errorf("%s: got %q, %v; want %q", tt.style, got, err, tt.want)
		}
	}
}

func TestOfASolutionWhatItMarksIsTheAnswer(t *testing.T) {
	for _, tt := range []struct{ solution, want string }{
		{`"\\boxed{\\{1, 2\\}}"`, `\{1, 2\}`},
		{`"\\boxed {7}"`, "7"},
		{`"\\boxed{\\boxed{7}}"`, "7"},
		{`"\\boxed{7} and \\boxed{8"`, "7"},
		{`"\\boxed{\\}"`, ""},
		{`"\\boxed7"`, ""},
		{`"\\boxed"`, ""},
		{`"so\n#### 7"`, "7"},
		{`"It is 7."`, ""},
		{`["One way: \\boxed{7}.", "Another: \\boxed{8}."]`, "8"},
		{`[[1], {"a": 2}]`, ""},
		{`17`, ""},
		{`null`, ""},
	} {
		row := `{"problem": "a", "solution": ` + tt.solution + `}`
		got, err := problems.Read(strings.NewReader(row), "p.jsonl", problems.Options{})
		if err != nil || got[0].Answer != tt.want {
			t.Errorf("%s: got %q, %v; want %q", tt.solution, got, err, tt.want)
		}
	}
}

func TestManyBoxesTakeLittleTime(t *testing.T) {
	row := `{"problem": "a", "solution": "` + strings.Repeat(`\\boxed{`, 100_000) + `"}`
	if _, err := problems.Read(strings.NewReader(row), "p.jsonl", problems.Options{}); err != nil {
		t.Error(err)
	}
}

func TestFieldsCanBeNamed(t *testing.T) {
	const row = `{"problem": "a", "prompt": "b", "gold": "1", "answer": "2", "key": "k", "Body": "c", "Question": "d", "solution": "\\boxed{3}"}`
	for _, tt := range []struct {
		set  string
		want problems.Problem
	}{
		{"", problems.Problem{ID: "1", Text: "a", Answer: "2"}},
		{"statement=prompt", problems.Problem{ID: "1", Text: "b", Answer: "2"}},
		{"statement=Question", problems.Problem{ID: "1", Text: "d", Answer: "2"}},
		{"statement=prompt answer=gold id=key", problems.Problem{ID: "k", Text: "b", Answer: "1"}},
		{"answer=solution", problems.Problem{ID: "1", Text: "a", Answer: "3"}},
	} {
		var o problems.Options
		for _, text := range strings.Fields(tt.set) {
			if err := o.Fields.Set(text); err != nil {
				t.Fatal(err)
			}
		}
		got, err := problems.Read(strings.NewReader(row), "p.jsonl", o)
		if err != nil || !reflect.DeepEqual(got, []problems.Problem{tt.want}) {
			t.Errorf("%q: got %q, %v; want %q", tt.set, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "prompt", "statement", "statement=", "Statement=x", "=x"} {
		if err := new(problems.Fields).Set(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestANamedFieldThatNoRowHasIsAnError(t *testing.T) {
	const rows = `{"problem": "a"}` + "\n" + `{"problem": "b", "gold": "1", "note": "x"}`
	for _, tt := range []struct{ set, want string }{
		{"answer=gold", ""},
		{"answer=gild", `p.jsonl: no row has a field "gild": the fields are "gold", "note", "problem"`},
		{"id=Note", `p.jsonl: no row has a field "Note"`},
		{"statement=prompt", `p.jsonl: no row has a field "prompt"`},
	} {
		var o problems.Options
		if err := o.Fields.Set(tt.set); err != nil {
			t.Fatal(err)
		}
		_, err := problems.Read(strings.NewReader(rows), "p.jsonl", o)
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.set, err, tt.want)
		}
	}
}

func TestPublicDataSetsAreReadWhole(t *testing.T) {
	const public = "../../shared/data" // which a checkout may lack
	for _, tt := range []struct {
		file, first, answer string // the id and answer of the first problem
		n                   int
	}{
		{"gsm8k/test.jsonl", "1", "18", 1319},
		{"gsm8k/train.jsonl", "1", "72", 7473},
		{"math500/test.json", "test/precalculus/807.json", `\left( 3, \frac{\pi}{2} \right)`, 500},
		{"svamp/SVAMP.json", "chal-1", "51.0", 1000},
		{"mathematics_dataset/dev.jsonl.gz", "1", "-3, -1/4, 1, 5, 12", 5600},
	} {
		list, err := problems.ReadFile(filepath.Join(public, tt.file), problems.Options{})
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("the data sets are not here")
		}
		if err != nil || len(list) != tt.n || list[0].ID != tt.first || list[0].Answer != tt.answer {
			t.Errorf("%s: %d problems, %v, the first %q", tt.file, len(list), err, list[:min(1, len(list))])
		}
		for _, p := range list {
			if p.Answer == "" {
				t.Errorf("%s: problem %s has no answer", tt.file, p.ID)
			}
		}
	}
}
