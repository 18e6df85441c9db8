package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"caucus/engine/mini"
)

// TestMain lets tests run this program, and a busy loop, as processes: both are in PATH.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"caucus": main,
		"spin": func() {
			for start := time.Now(); time.Since(start) < time.Minute; { // longer than any test needs it
			}
		},
	})
}

// TestScripts runs testdata/script, a file a topic. $EXAMPLES is a file of a dozen problems. The scripts know these commands besides testscript's own:
//
//	exits CODE PROGRAM ...     run a program that must exit with this code and, unless it is 0, say why on standard error
//	jsonlines N KEY ...        the last standard output is N lines, each a JSON object with these keys
//	checkpoint FOLDER          write the embedded model there
//	truncated FILE BYTES       cut a file off
//	header FILE BYTES JSON     write a safetensors file of this header, which it says is so many bytes long
//	filled FILE BYTES          write a file of so many letters
//	bytes FILE TEXT            write a file of a text with Go's escapes
//	hub FOLDER                 serve the files of a folder as a hub's models org/name and org/gated, in HF_ENDPOINT
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error { // a user without any cache
			env.Setenv("HOME", filepath.Join(env.WorkDir, ".home"))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			examples, err := filepath.Abs("../../problems/examples.jsonl")
			env.Setenv("EXAMPLES", examples)
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":      command(exits),
			"jsonlines":  command(jsonLines),
			"checkpoint": command(checkpoint),
			"truncated":  command(truncated),
			"header":     command(header),
			"filled":     command(filled),
			"bytes":      command(writeBytes),
			"hub":        command(serveHub),
		},
	})
}

// ownCache is the environment of a process that neither finds nor leaves anything in the user's cache.
func ownCache(t *testing.T) []string {
	folder := t.TempDir()
	return append(os.Environ(), "HOME="+folder, "XDG_CACHE_HOME="+folder)
}

// command adapts a script command that has no negation.
func command(do func(ts *testscript.TestScript, args []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command cannot be negated")
		}
		ts.Check(do(ts, args))
	}
}

func exits(ts *testscript.TestScript, args []string) error {
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return err
	}
	if want := number(ts, args[0]); code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
	said := strings.TrimSuffix(ts.ReadFile("stderr"), "\n")
	if code != 0 && !strings.HasPrefix(said, "caucus: ") {
		ts.Fatalf("the message does not begin with \"caucus: \"")
	}
	if strings.Contains(said, "goroutine ") {
		ts.Fatalf("a stack is no message")
	}
	return nil
}

func jsonLines(ts *testscript.TestScript, args []string) error {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n")
	if want := number(ts, args[0]); len(lines) != want {
		ts.Fatalf("%d lines, want %d", len(lines), want)
	}
	for i, line := range lines {
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("line %d: %v", i+1, err)
		}
		for _, key := range args[1:] {
			if object[key] == nil {
				ts.Fatalf("line %d has no %q", i+1, key)
			}
		}
	}
	return nil
}

func checkpoint(ts *testscript.TestScript, args []string) error {
	folder := ts.MkAbs(args[0])
	model := mini.FS()
	files, err := fs.Glob(model, "*")
	if err != nil {
		return err
	}
	for _, name := range files {
		data, err := fs.ReadFile(model, name)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(folder, name), data); err != nil {
			return err
		}
	}
	return nil
}

func truncated(ts *testscript.TestScript, args []string) error {
	return os.Truncate(ts.MkAbs(args[0]), int64(number(ts, args[1])))
}

func header(ts *testscript.TestScript, args []string) error {
	length, err := strconv.ParseUint(args[1], 10, 64)
	ts.Check(err)
	return writeFile(ts.MkAbs(args[0]), append(binary.LittleEndian.AppendUint64(nil, length), args[2]...))
}

func filled(ts *testscript.TestScript, args []string) error {
	return writeFile(ts.MkAbs(args[0]), []byte(strings.Repeat("a", number(ts, args[1]))))
}

func writeBytes(ts *testscript.TestScript, args []string) error {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	return writeFile(ts.MkAbs(args[0]), []byte(text))
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}
