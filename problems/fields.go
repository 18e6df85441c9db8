package problems

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fields are the names of the fields that hold a problem's parts, letter for letter. An empty name stands for the known
// ones, which the package comment lists.
type Fields struct {
	Statement, Answer, ID string
}

// Set sets one of them, as the text PART=NAME tells it: "statement=prompt".
func (f *Fields) Set(text string) error {
	part, name, _ := strings.Cut(text, "=")
	to := map[string]*string{"statement": &f.Statement, "answer": &f.Answer, "id": &f.ID}[part]
	if to == nil || name == "" {
		return fmt.Errorf("%q names no field: write statement=NAME, answer=NAME or id=NAME", text)
	}
	*to = name
	return nil
}

// The known names. The first that a row has a value for counts.
var (
	statementNames = []string{"problem", questionName, "statement"}
	answerNames    = []string{"answer", "final_answer", "expected_answer", solutionName}
	idNames        = []string{"id", "unique_id", "problem_id", "problem_idx"}
)

const (
	questionName = "question"
	bodyName     = "body"               // what SVAMP says before it asks
	solutionName = "solution"           // works the answer out
	severalName  = "is_multiple_answer" // of OlympiadBench
)

// values are the fields of a row by name: nil, bool, string, json.Number, []any and map[string]any.
type values map[string]any

// named returns the field of a known name, in whatever letter case it is there.
func (v values) named(known string) (name string, value any) {
	if value, found := v[known]; found {
		return known, value
	}
	for other := range v {
		if strings.EqualFold(other, known) && (name == "" || other < name) {
			name = other
		}
	}
	return name, v[name]
}

// find returns the field that is chosen, or else the first of the known ones that has a value. If none has, name is still
// that of one that is there, and "" if none is.
func (v values) find(chosen string, known []string) (name string, value any) {
	if chosen != "" {
		if value, found := v[chosen]; found {
			return chosen, value
		}
		return "", nil
	}
	for _, k := range known {
		if other, value := v.named(k); other != "" {
			if value != nil && value != "" {
				return other, value
			}
			name = other
		}
	}
	return name, nil
}

// problem makes a row a problem. It keeps nothing else of the row in memory.
func (f Fields) problem(r row) (p Problem, err error) {
	if r.err != nil {
		return p, r.err
	}
	text, err := f.statement(r.values)
	if err != nil {
		return p, err
	}
	id, err := f.id(r.values)
	if err != nil {
		return p, err
	}
	if id == "" {
		id = r.id
	}
	answer, err := f.answer(r.values)
	if err != nil {
		return p, err
	}
	return Problem{ID: strings.Clone(id), Text: strings.Clone(text), Answer: strings.Clone(answer)}, nil
}

// statement returns the checked text of a problem.
func (f Fields) statement(v values) (string, error) {
	name, value := v.find(f.Statement, statementNames)
	if name == "" {
		return "", v.noStatement()
	}
	text, err := words(name, value)
	if err != nil {
		return "", err
	}
	if f.Statement == "" && strings.EqualFold(name, questionName) {
		if name, value := v.named(bodyName); value != nil {
			body, err := words(name, value)
			if err != nil {
				return "", err
			}
			text = body + " " + text
		}
	}
	return text, Check(text)
}

// words returns a field that has to be a string, or nothing.
func words(name string, value any) (string, error) {
	text, ok := value.(string)
	if !ok && value != nil {
		return "", fmt.Errorf("%q is not a string: write the statement as one", name)
	}
	return text, nil
}

// noStatement tells which fields there are, and how to choose the one with the longest text that is more than a word.
func (v values) noStatement() error {
	if len(v) == 0 {
		return errors.New(`no statement, nor any other field: give it in the field "problem"`)
	}
	longest, length := "NAME", 0
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if len(v) == 1 && strings.Contains(name, ";") {
			return fmt.Errorf("no statement in the only column, %q: part cells by commas, or, in a .tsv file, by tabs", name)
		}
		if text, ok := v[name].(string); ok && len(text) > length && strings.ContainsAny(text, " ?") {
			longest, length = name, len(text)
		}
	}
	if !plainName.MatchString(longest) {
		longest = "NAME" // a shell would take it apart
	}
	return fmt.Errorf("no statement among the fields %s: name its field, as in --field statement=%s", listed(maps.Keys(v)), longest)
}

var plainName = regexp.MustCompile(`^[\w.-]+$`)

// id returns the id of a problem, "" where there is none.
func (f Fields) id(v values) (string, error) {
	name, value := v.find(f.ID, idNames)
	id, err := scalar(value)
	_, truth := value.(bool)
	switch {
	case truth || err != nil:
		return "", fmt.Errorf("%q is neither a string nor a number: make it one, or leave it out", name)
	case len(id) > MaxID || strings.ContainsFunc(id, unicode.IsControl):
		return "", fmt.Errorf("%q has over %d bytes or a control character: choose a plain one", name, MaxID)
	}
	return id, nil
}

// answer returns the reference answer, "" where there is none.
func (f Fields) answer(v values) (string, error) {
	name, value := v.find(f.Answer, answerNames)
	if strings.EqualFold(name, solutionName) {
		value = solved(value)
	}
	if list, ok := value.([]any); ok {
		_, several := v.named(severalName)
		if len(list) != 1 && (several != true || len(list) == 0) {
			return "", fmt.Errorf("%q is a list of %d: give one answer", name, len(list))
		}
		return joined(name, list)
	}
	return joined(name, []any{value})
}

// joined writes the answers of a list as one.
func joined(name string, list []any) (string, error) {
	texts := make([]string, len(list))
	for i, value := range list {
		text, err := scalar(value)
		if err != nil {
			return "", fmt.Errorf("%q: %w: write it as a string", name, err)
		}
		texts[i] = behindMark(text)
	}
	return strings.Join(texts, ", "), nil
}

// scalar returns a string, a number as it is written, a boolean by its name, and nothing as "".
func scalar(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		if !utf8.ValidString(v) {
			return "", errors.New("not valid UTF-8")
		}
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	}
	return "", errors.New("an object or list is no single value")
}
