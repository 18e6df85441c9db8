package problems_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"caucus/problems"
)

var result = problems.Result{
	ID: "p1", Problem: "Is 2 < 3 & 3 > 2?", Answer: "2<3", Reference: "2<3", Correct: new(true), Verdict: "certified mode (delta 0.05)",
	Votes:   problems.Votes{{"a", 1}, {"b\"", 3}, {"2<3", 3}, {"c", 2}},
	Samples: map[string]int{"landed": 2, "finished": 7}, Seconds: 1.5, Tokens: 900,
}

func TestWriterWritesFieldsInOrderAndVotesByCount(t *testing.T) {
	var out bytes.Buffer
	w := problems.NewWriter(&out)
	for _, r := range []problems.Result{result, {ID: "p2", Problem: "x\ny"}} {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"id":"p1","problem":"Is 2 < 3 & 3 > 2?","answer":"2<3","reference":"2<3","correct":true,` +
		`"verdict":"certified mode (delta 0.05)","votes":{"b\"":3,"2<3":3,"c":2,"a":1},"samples":{"finished":7,"landed":2},"seconds":1.5,"tokens":900}` + "\n" +
		`{"id":"p2","problem":"x\ny","answer":"","verdict":"","votes":{},"samples":{},"seconds":0,"tokens":0}` + "\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

func TestResultsReadBackWithTheirVotesInOrder(t *testing.T) {
	var out bytes.Buffer
	if err := problems.NewWriter(&out).Write(result); err != nil {
		t.Fatal(err)
	}
	want := result
	want.Votes = problems.Votes{{"b\"", 3}, {"2<3", 3}, {"c", 2}, {"a", 1}}
	var got problems.Result
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{`{"votes": [1]}`, `{"votes": {"a": "b"}}`, `{"votes": 3}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestWriterNamesTheResultThatJSONCannotHoldAndGoesOn(t *testing.T) {
	var out bytes.Buffer
	w := problems.NewWriter(&out)
	if err := w.Write(problems.Result{ID: "p7", Seconds: math.Inf(1)}); err == nil || !strings.Contains(err.Error(), `"p7"`) {
		t.Errorf("got %v", err)
	}
	if err := w.Write(result); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
		t.Errorf("after it: %v, %q", err, out.String())
	}
}

// calls counts the writes that reach it.
type calls struct{ n int }

func (c *calls) Write(p []byte) (int, error) { c.n++; return len(p), nil }

func TestALineIsOneWrite(t *testing.T) {
	var out calls
	w := problems.NewWriter(&out)
	for n := 1; n <= 3; n++ {
		if err := w.Write(result); err != nil || out.n != n {
			t.Errorf("after %d results: %d writes, %v", n, out.n, err)
		}
	}
}

// full is a file on a disk that has room for a few bytes more.
type full struct {
	*os.File
	room int
}

func (f *full) Write(p []byte) (int, error) {
	n, err := f.File.Write(p[:min(f.room, len(p))])
	f.room -= n
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

func TestAFullDiskLeavesNoHalfLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	w := problems.NewWriter(&full{file, 300})
	first := w.Write(result)
	for range 2 {
		if err := w.Write(result); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("on the full disk: %v", err)
		}
	}
	got, err := os.ReadFile(path)
	if first != nil || err != nil || bytes.Count(got, []byte("\n")) != 1 || got[len(got)-1] != '\n' {
		t.Errorf("%v, %v: the file is %q", first, err, got)
	}
}
