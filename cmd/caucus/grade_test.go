package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// grade runs caucus grade on standard input.
func grade(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, flags ...string) int {
	return run(ctx, append(append([]string{"caucus", "grade"}, flags...), "-"), stdin, stdout, stderr)
}

func TestGradeKeepsTheOrderOfTheRows(t *testing.T) {
	for _, n := range []int{1, maxBatch - 1, maxBatch, maxBatch + 1, 50*maxBatch + 3} {
		var in strings.Builder
		for i := range n {
			// Some rows are long, so that batches take unlike times.
			pad := strings.Repeat("so it goes on ", i%7*(i%maxBatch))
			fmt.Fprintf(&in, `{"id": %d, "gold": %d, "pred": "%s\\boxed{%d}", "equal": %v}`+"\n", i, i/2*2, pad, i, i%2 == 0)
		}
		var out, errs bytes.Buffer
		if code := grade(t.Context(), strings.NewReader(in.String()), &out, &errs); code != 0 {
			t.Fatalf("%d rows: exit code %d: %s", n, code, errs.String())
		}
		if want := fmt.Sprintf("%d of %d agree", n, n); !strings.Contains(errs.String(), want) {
			t.Errorf("%d rows: no %q in %s", n, want, errs.String())
		}
		read := 0
		for line := range bytes.Lines(out.Bytes()) {
			var r struct {
				ID           int
				Equal, Label bool
			}
			if err := json.Unmarshal(line, &r); err != nil {
				t.Fatalf("%v in %s", err, line)
			}
			if r.ID != read || r.Equal != r.Label {
				t.Fatalf("row %d is %s", read, line)
			}
			read++
		}
		if read != n {
			t.Errorf("%d rows of %d", read, n)
		}
	}
}

func TestGradeAnswersRowByRow(t *testing.T) {
	toGrade, rows := io.Pipe()
	verdicts, graded := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- grade(t.Context(), toGrade, graded, io.Discard)
		_ = graded.Close()
	}()
	lines := bufio.NewScanner(verdicts)
	for i := range 3 {
		// The beginning of a next row must not hold this one back.
		row := fmt.Sprintf("{\"gold\":%d,\"pred\":\"\\\\boxed{%d}\"}\n{", i, i)
		if _, err := io.WriteString(rows, row[min(i, 1):]); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || !strings.Contains(lines.Text(), `"equal":true`) {
			t.Fatalf("row %d: %s", i, lines.Text())
		}
	}
	if _, err := io.WriteString(rows, "}\n"); err != nil {
		t.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	if lines.Scan() {
		t.Errorf("a row too many: %s", lines.Text())
	}
	if code := <-done; code != exitFailed { // for the last row, which is {}
		t.Errorf("exit code %d", code)
	}
}

func TestGradeEndsWhenItIsInterrupted(t *testing.T) {
	silent, _ := io.Pipe()
	in := io.MultiReader(strings.NewReader(`{"gold":"1","pred":"1","mode":"bare"}`+"\n"), silent)
	ctx, interrupt := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	time.AfterFunc(100*time.Millisecond, interrupt)
	if code := grade(ctx, in, &out, &errs); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(out.String(), `"equal":true`) {
		t.Errorf("the row read was not written: %q", out.String())
	}
	for _, want := range []string{"1 row, 1 equal", "interrupted while reading standard input"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("no %q in %s", want, errs.String())
		}
	}
}

// fullWriter takes one write.
type fullWriter struct{ full bool }

func (w *fullWriter) Write(p []byte) (int, error) {
	if w.full {
		return 0, errors.New("no space left")
	}
	w.full = true
	return len(p), nil
}

func TestGradeStopsWhenNothingCanBeWritten(t *testing.T) {
	toGrade, rows := io.Pipe()
	defer func() { _ = toGrade.Close() }()
	go func() { // without end
		for {
			if _, err := io.WriteString(rows, `{"gold":"1","pred":"1","mode":"bare"}`+"\n"); err != nil {
				return
			}
		}
	}()
	var errs bytes.Buffer
	if code := grade(t.Context(), toGrade, &fullWriter{}, &errs); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if !strings.HasSuffix(errs.String(), "write graded rows: no space left\n") {
		t.Errorf("it says %s", errs.String())
	}
}

func TestObjectsComeApart(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                 ``,
		`{"a":1}`:                            `a=1;`,
		"{ \"a\"\t: -1.50e+3 ,\"b\" : [ ]}":  `a=-1.50e+3;b=[ ];`,
		`{"a":"}","b":"\"","c":"\\"}`:        `a="}";b="\"";c="\\";`,
		`{"a":{"b":[1,{"c":"]"}]},"d":null}`: `a={"b":[1,{"c":"]"}]};d=null;`,
		`{"\u0061\"":true,"":false}`:         `a"=true;=false;`,
	} {
		o, err := parseObject([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var got strings.Builder
		for _, m := range o {
			fmt.Fprintf(&got, "%s=%s;", m.name, m.raw)
		}
		if got.String() != want {
			t.Errorf("%s comes apart into %s, want %s", text, got.String(), want)
		}
	}
	for _, text := range []string{
		``, `{`, `{"a"}`, `{"a":1`, `{"a":1,}`, `{"a":1}}`, `null`, `[]`, `{"a":01}`, "{\"a\":\"\n\"}",
	} {
		if o, err := parseObject([]byte(text)); err == nil {
			t.Errorf("%s comes apart into %v", text, o)
		}
	}
}

// FuzzObject wants a row's fields to be what encoding/json finds in it.
func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"a": [1, "]"], "b" : {"c": "\"}"}, "a": 1.50, "\u0061": null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if !utf8.Valid(text) {
			return // parseRow has refused it
		}
		text = bytes.TrimSpace(text)
		var want map[string]json.RawMessage
		err := json.Unmarshal(text, &want)
		got, gotErr := parseObject(text)
		if (err == nil && want != nil) != (gotErr == nil) {
			t.Fatalf("%v, but encoding/json says %v", gotErr, err)
		}
		for name, value := range want {
			if gotErr == nil && !bytes.Equal(got.get(name), value) {
				t.Errorf("%q is %s, want %s", name, got.get(name), value)
			}
		}
	})
}

// BenchmarkGrade grades the answers of answer's tables over and over.
func BenchmarkGrade(b *testing.B) {
	var tables []byte
	paths, err := filepath.Glob("../../answer/testdata/golden/*.jsonl")
	if err != nil || len(paths) == 0 {
		b.Fatalf("no tables to grade: %v", err)
	}
	for _, path := range paths {
		table, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		tables = append(tables, table...)
	}
	tables = bytes.ReplaceAll(tables, []byte("}\n"), []byte(`,"mode":"bare"}`+"\n"))
	tables = bytes.Repeat(tables, 10)
	rows := bytes.Count(tables, []byte("\n"))
	b.SetBytes(int64(len(tables)))
	for b.Loop() {
		var errs bytes.Buffer
		if code := grade(context.Background(), bytes.NewReader(tables), io.Discard, &errs); code != 0 {
			b.Fatalf("exit code %d: %s", code, errs.String())
		}
		if !strings.HasPrefix(errs.String(), "caucus: "+strconv.Itoa(rows)+" rows, ") {
			b.Fatalf("%d rows: %s", rows, errs.String())
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
