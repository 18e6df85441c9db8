package problems_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"caucus/problems"
)

func TestReadAcceptsEveryDocumentedForm(t *testing.T) {
	tests := []struct {
		name, file string
		want       []problems.Problem
	}{
		{"a statement under problem", `{"problem": "1+1?"}`, []problems.Problem{{ID: "1", Text: "1+1?"}}},
		{"a statement under question", `{"question": "1+1?"}`, []problems.Problem{{ID: "1", Text: "1+1?"}}},
		{"problem goes before question", `{"question": "b", "problem": "a"}`, []problems.Problem{{ID: "1", Text: "a"}}},
		{"null is absent", `{"problem": null, "question": "b", "answer": null, "id": null}`,
			[]problems.Problem{{ID: "1", Text: "b"}}},
		{"an empty id is absent", `{"id": "", "problem": "a"}`, []problems.Problem{{ID: "1", Text: "a"}}},
		{"a string id that reads like a boolean", `{"id": "true", "problem": "a"}`, []problems.Problem{{ID: "true", Text: "a"}}},
		{"a number as id", `{"id": 17, "problem": "a"}`, []problems.Problem{{ID: "17", Text: "a"}}},
		{"a string answer", `{"problem": "a", "answer": "1/2"}`, []problems.Problem{{"1", "a", "1/2"}}},
		{"a number keeps its digits", `{"problem": "a", "answer": 12345678901234567890.10}`,
			[]problems.Problem{{"1", "a", "12345678901234567890.10"}}},
		{"a boolean answer", `{"problem": "a", "answer": true}`, []problems.Problem{{"1", "a", "true"}}},
		{"a list of one", `{"problem": "a", "answer": ["204"]}`, []problems.Problem{{"1", "a", "204"}}},
		{"a worked solution", `{"question": "a", "answer": "2*36 = <<2*36=72>>72\n#### 72"}`, []problems.Problem{{"1", "a", "72"}}},
		{"a list of one number", `{"problem": "a", "answer": [2.50]}`, []problems.Problem{{"1", "a", "2.50"}}},
		{"unknown fields", `{"problem": "a", "Problem": "x", "level": {"n": [1]}}`, []problems.Problem{{ID: "1", Text: "a"}}},
		{"a byte order mark", "\ufeff" + `{"problem": "a"}`, []problems.Problem{{ID: "1", Text: "a"}}},
		{"blank lines count as lines", "\n  \n{\"problem\": \"a\"}\n\n{\"problem\": \"b\"}",
			[]problems.Problem{{ID: "3", Text: "a"}, {ID: "5", Text: "b"}}},
		{"CRLF", "{\"problem\": \"a\"}\r\n\r\n{\"problem\": \"b\"}\r\n",
			[]problems.Problem{{ID: "1", Text: "a"}, {ID: "3", Text: "b"}}},
		{"an array", "\ufeff [{\"problem\": \"a\"},\n\n{\"problem\": \"b\", \"answer\": 3}]\n",
			[]problems.Problem{{ID: "1", Text: "a"}, {"2", "b", "3"}}},
		{"other scripts", `{"problem": "什么是 1+1？ \u00e9"}`, []problems.Problem{{ID: "1", Text: "什么是 1+1？ é"}}},
	}
	for _, tt := range tests {
		got, err := problems.Read(strings.NewReader(tt.file), "f.jsonl", problems.Options{})
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestReadNamesTheLineAndTheFault(t *testing.T) {
	ok := `{"problem": "a"}` + "\n"
	tests := []struct{ name, file, want string }{
		{"broken JSON", ok + ok + `{"problem": "a"`, "f.jsonl:3: not a JSON object (it breaks off): write one object a line"},
		{"two objects on a line", `{"problem": "a"} {"problem": "b"}`, "f.jsonl:1: not a JSON object (there is text behind it)"},
		{"a number", ok + "5", "f.jsonl:2: not a JSON object (it is a JSON number)"},
		{"an array behind an object", ok + "[5]", "f.jsonl:2: not a JSON object (it is a JSON array)"},
		{"no JSON", ok + "nope", "f.jsonl:2: not a JSON object (it is wrong at byte 2)"},
		{"rows to grade", `{"gold": "1/2", "mode": "bare", "pred": "2"}`, `f.jsonl:1: no statement among the fields "gold", "mode", "pred": name its field, as in --field statement=NAME`},
		{"no statement", `{"prompt": "1 + 1?", "gold": "2"}`, `f.jsonl:1: no statement among the fields "gold", "prompt": name its field, as in --field statement=prompt`},
		{"a statement that is no string", `{"problem": ["a"]}`, `f.jsonl:1: "problem" is not a string`},
		{"an empty statement", `{"problem": " \n"}`, "f.jsonl:1: the statement is empty"},
		{"an undoubled LaTeX backslash", `{"problem": "\frac12"}`, "f.jsonl:1: the statement has control byte 0x0c at byte 0"},
		{"Latin-1", "\n{\"problem\": \"\xe9\"}", "f.jsonl:2: not valid UTF-8"},
		{"a boolean id", `{"id": true, "problem": "a"}`, `f.jsonl:1: "id" is neither`},
		{"a long id", `{"id": "` + strings.Repeat("x", problems.MaxID+1) + `", "problem": "a"}`, `f.jsonl:1: "id" has over 256`},
		{"an id that would move the cursor", `{"id": "a\u001b[2J", "problem": "a"}`, `f.jsonl:1: "id" has over`},
		{"two answers", `{"problem": "a", "answer": [1, 2]}`, `f.jsonl:1: "answer" is a list of 2`},
		{"no answer in the list", `{"problem": "a", "answer": []}`, `f.jsonl:1: "answer" is a list of 0`},
		{"an object as answer", `{"problem": "a", "answer": {"x": 1}}`, `f.jsonl:1: "answer": an object`},
		{"a list in a list", `{"problem": "a", "answer": [[1]]}`, `f.jsonl:1: "answer": an object or list`},
		{"a duplicate id", `{"id": "p", "problem": "a"}` + "\n\n" + `{"id": "p", "problem": "b"}`, `f.jsonl:3: id "p" is that of line 1`},
		{"an id that is another's line", `{"id": 2, "problem": "a"}` + "\n" + ok, `f.jsonl:2: id "2" is that of line 1`},
		{"an empty file", "", "f.jsonl: no problems"},
		{"an empty array", "[]", "f.jsonl: no problems"},
		{"an array with a bad element", "[\n{\"problem\": \"a\"},\n\n{\"problem\": 3}]", `f.jsonl:4: "problem" is not a string`},
		{"an array that ends early", "[{\"problem\": \"a\"},\n{\"problem\": \"b\"", "f.jsonl:2: the array breaks off here"},
		{"an array without its bracket", "[{\"problem\": \"a\"}\n", "f.jsonl:2: the array breaks off here"},
		{"an array without a comma", "[{\"problem\": \"a\"}\n{\"problem\": \"b\"}]", "f.jsonl:2: the array breaks off here"},
		{"text behind an array", "[{\"problem\": \"a\"}]\n{}", "f.jsonl:2: text after the end"},
	}
	for _, tt := range tests {
		got, err := problems.Read(strings.NewReader(tt.file), "f.jsonl", problems.Options{})
		if err == nil || got != nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %q, %v; want the error %q", tt.name, got, err, tt.want)
		}
	}
}

func TestReadListsTenBadLinesAndCountsTheRest(t *testing.T) {
	for _, bad := range []int{1, 9, 10, 11, 25} {
		_, err := problems.Read(strings.NewReader(`{"problem": "a"}`+"\n"+strings.Repeat("{}\n", bad)), "f", problems.Options{})
		if err == nil {
			t.Fatalf("%d bad lines were read", bad)
		}
		got := strings.Split(err.Error(), "\n")
		if listed := min(bad, 10); !strings.HasPrefix(got[listed-1], fmt.Sprintf("f:%d: ", listed+1)) {
			t.Errorf("%d bad lines: line %d of the error is %q", bad, listed, got[listed-1])
		}
		if bad <= 10 && len(got) != bad || bad > 10 && got[len(got)-1] != fmt.Sprintf("f: and %d more bad rows", bad-10) {
			t.Errorf("%d bad lines: the error is %q", bad, got)
		}
	}
}

func TestReadHoldsItsLimitsExactly(t *testing.T) {
	line := func(text, padding int) string {
		head := fmt.Sprintf(`{"problem": %q, "x": "`, strings.Repeat("a", text))
		return head + strings.Repeat("y", padding-len(head)-2) + `"}`
	}
	for _, tt := range []struct {
		name, file string
		ok         bool
	}{
		{"a statement at the limit", line(problems.MaxText, problems.MaxText+50), true},
		{"a statement over the limit", line(problems.MaxText+1, problems.MaxText+50), false},
		{"a line at the limit", line(5, problems.MaxLine) + "\r\n", true},
		{"a line over the limit", line(5, problems.MaxLine+1), false},
		{"an element over the limit", "[" + line(5, problems.MaxLine+1) + "]", false},
	} {
		if _, err := problems.Read(strings.NewReader(tt.file), "f", problems.Options{}); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestReadPassesOnAnErrorOfTheReader(t *testing.T) {
	broken := errors.New("broken")
	if _, err := problems.Read(iotest.ErrReader(broken), "f", problems.Options{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.jsonl")
	if _, err := problems.ReadFile(path, problems.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte(`{"problem": "a"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := problems.ReadFile(path, problems.Options{}); err != nil || len(got) != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestExamplesAreADozenWithAnswers(t *testing.T) {
	list, err := problems.Examples(problems.Options{})
	if err != nil || len(list) != 12 {
		t.Errorf("%d examples, %v", len(list), err)
	}
	for _, p := range list {
		if p.Answer == "" {
			t.Errorf("%s has no answer", p.ID)
		}
	}
}
