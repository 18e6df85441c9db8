package token_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"caucus/engine/token"
)

func TestTemplatesRenderAsInTheReferenceLibrary(t *testing.T) {
	var want struct {
		Message string
		Texts   map[string]string
	}
	if err := json.Unmarshal([]byte(read(t, "templates/golden.json")), &want); err != nil {
		t.Fatal(err)
	}
	if len(want.Texts) < 12 {
		t.Fatalf("%d templates", len(want.Texts))
	}
	for name, text := range want.Texts {
		tok := load(t, "llama3", map[string]string{
			"tokenizer_config.json": fmt.Sprintf(`{"bos_token":"<|begin|>","eos_token":"<|end|>","chat_template":%q}`, "unused"),
			"chat_template.jinja":   read(t, "templates/"+name+".jinja"),
		})
		got, err := tok.Prompt(want.Message)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := tok.Encode(text, true); !slices.Equal(got, want) {
			t.Errorf("%s: got  %q\nwant %q", name, pieces(tok, got), pieces(tok, want))
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, source := range []string{headers, namespaces, plain, `{% set x = "x" %}{% set x %}{{ x ~ x }}{% endset %}`,
		`{{ (x if y else [z, {"a": 1 if b}]) | tojson(indent=2) }}{% raw %}{{ {% endraw %}`, `{% macro m(a, b=1) %}{{ m(a * 2) }}{% endmacro %}`} {
		f.Add(source)
	}
	tokenizer := read(f, "gpt2.json.gz")
	f.Fuzz(func(t *testing.T, source string) {
		tok, err := token.Load(folder(map[string]string{"tokenizer.json": tokenizer, "chat_template.jinja": source}))
		if err != nil {
			return
		}
		start := time.Now()
		if _, err := tok.Prompt("hi"); err != nil && len(err.Error()) > 1000 {
			t.Errorf("the error has %d bytes", len(err.Error()))
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("it takes %v", took)
		}
	})
}
